"""The letter that answers a survey's remarks shows on the survey's timeline as soon as it is out (SV-11, SV-16)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal.core.db import db, writing
from portal.opinions import issues
from portal.opinions.models import Opinion
from portal.surveys import fieldwork
from portal.surveys.models import Answer
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.publishing import letters
from tests.surveys.surveying import ITEMS, campaign, campaign_of, handout, response, take

SignIn = Callable[[str], PortalClient]
REMARK = "电梯夜里响得睡不着"


def closed_campaign(estate: Estate) -> UUID:
    """Everybody answers; one remark on the last item but one."""
    made = campaign_of(estate)
    homes = list(estate.households.values())
    take(
        *(handout(estate, made, home) for home in homes),
        *(response(estate, made, home, remarks={ITEMS[3]: REMARK} if n < 3 else None) for n, home in enumerate(homes)),
    )
    with writing() as session:
        fieldwork.close_collection(session, made, by=estate.staff["supervisor"], at=AT + timedelta(hours=1))
    return made


def issue_of_remarks(estate: Estate) -> UUID:
    raised = db.session.scalars(select(Opinion.id).join(Answer, Answer.opinion_id == Opinion.id)).all()
    by = estate.actor("supervisor")
    made = issues.open_issue("电梯夜间异响", "lift", list(raised), by=by, at=AT)
    issues.word_issue(made, "电梯夜间异响", "经检查，是导靴磨损。", by=by, at=AT)
    issues.name_measure(
        made, "更换导靴", department_id=estate.departments["engineering"],
        due_on=(letters.LATER + timedelta(days=20)).date(), by=by, at=AT,
    )  # fmt: skip
    return made


def publish_on_screen(estate: Estate, sign_in: SignIn, issue: UUID) -> None:
    made = letters.approved(estate, letters.draft(estate, [issue]))
    sign_in("manager").send(f"/desk/letters/{made}/publish", {"revision": letters.get(made).revision})


def test_a_letter_on_the_survey_s_remarks_is_the_survey_s_letter(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = closed_campaign(estate)
    assert "open_letter" not in campaign(made).events
    publish_on_screen(estate, sign_in, issue_of_remarks(estate))
    assert "open_letter" in campaign(made).events
    page = sign_in("supervisor").page(f"/desk/surveys/{made}")
    (step,) = [li for li in page.all("li") if "SV-11" in "".join(li.itertext())]
    assert "is-done" in step.get("class") and "公开信" in "".join(step.itertext())


def test_a_letter_on_other_matters_is_not(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = closed_campaign(estate)
    publish_on_screen(estate, sign_in, letters.issue(estate))
    assert "open_letter" not in campaign(made).events


def test_a_letter_from_outside_the_portal_is_noted_by_hand(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = closed_campaign(estate)
    sign_in("supervisor").send(f"/desk/surveys/{made}/steps/open_letter/done", {"on": "2026-03-06"})
    assert campaign(made).events["open_letter"] == "2026-03-06"
