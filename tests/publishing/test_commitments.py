"""What became of each promise: reported, moved with its reason, declined, verified by somebody else; nothing edited away."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.domain.refusals import Refused
from portal.publishing import commitments
from portal.publishing.commitments import Words, shown_state
from portal.publishing.models import Commitment
from tests.client import PortalClient
from tests.factories import Estate
from tests.publishing import letters

WORDS = Words("已经换好", "已經換好")
SOON = date(2026, 3, 28)


def promise(kind: str = "date") -> Commitment:
    db.session.rollback()
    return db.session.scalars(select(Commitment).where(Commitment.due_kind == kind)).one()


def test_a_new_date_keeps_the_old_one_and_its_reason(app: Flask, estate: Estate) -> None:
    letters.published(estate)
    for day, reason in ((date(2026, 4, 10), "配件未到"), (date(2026, 4, 20), "仍未到")):
        commitments.change_date(
            promise().id, day, Words(reason, reason), revision=promise().revision, by=estate.actor("supervisor"),
            at=letters.LATER,
        )  # fmt: skip
    kept = promise()
    assert (kept.status, kept.first_due_on, kept.due_on) == ("changed", SOON, date(2026, 4, 20))
    assert [(c["from"], c["to"], c["reason_hans"]) for c in kept.changes] == [
        ("2026-03-28", "2026-04-10", "配件未到"), ("2026-04-10", "2026-04-20", "仍未到"),
    ]  # fmt: skip


def test_a_date_that_passed_shows_as_overdue_without_anybody_touching_it() -> None:
    assert shown_state("open", SOON, "date", SOON) == "open"
    assert shown_state("open", SOON, "date", SOON + timedelta(days=1)) == "overdue"
    assert shown_state("changed", SOON, "span", SOON + timedelta(days=1)) == "overdue"
    assert shown_state("done", SOON, "date", SOON + timedelta(days=1)) == "done"
    assert shown_state("open", None, "ongoing", SOON) == "open"


def test_a_promise_moved_after_its_date_tells_that_the_date_had_passed(app: Flask, estate: Estate) -> None:
    from portal.core.audit import Event

    letters.published(estate)
    commitments.change_date(
        promise().id, date(2026, 5, 1), WORDS, revision=promise().revision, by=estate.actor("supervisor"),
        at=letters.LATER + timedelta(days=40),
    )  # fmt: skip
    names = db.session.scalars(
        select(Event.name).where(Event.subject_id == promise().id).order_by(Event.at, Event.id)
    ).all()
    assert names == ["publishing:commitment:lapsed", "publishing:commitment:changed"]


def test_quality_assurance_verifies_what_others_reported(app: Flask, estate: Estate) -> None:
    letters.published(estate)
    commitments.report_done(
        promise().id, WORDS, letters.LATER.date(), revision=promise().revision, by=estate.actor("department_head"),
        at=letters.LATER,
    )  # fmt: skip
    assert promise().status == "done"
    qa = estate.actor("qa")
    with pytest.raises(Refused, match="required"):
        commitments.verify(promise().id, holds=False, remark="", revision=promise().revision, by=qa, at=letters.LATER)
    commitments.verify(
        promise().id, holds=False, remark="还有响声", revision=promise().revision, by=qa, at=letters.LATER
    )
    assert (promise().status, promise().done_on) == ("open", None)
    commitments.report_done(
        promise().id, WORDS, letters.LATER.date(), revision=promise().revision, by=estate.actor("supervisor"),
        at=letters.LATER,
    )  # fmt: skip
    commitments.verify(promise().id, holds=True, remark="", revision=promise().revision, by=qa, at=letters.LATER)
    assert (promise().status, promise().verified_by_id) == ("verified", estate.staff["qa"])


def test_who_reported_it_does_not_verify_it(app: Flask, estate: Estate) -> None:
    from portal.accounts import service as accounts
    from portal.accounts.models import Staff
    from portal.core.db import writing

    letters.published(estate)
    commitments.report_done(
        promise().id, WORDS, letters.LATER.date(), revision=promise().revision, by=estate.actor("supervisor"),
        at=letters.LATER,
    )  # fmt: skip
    with writing() as session:
        staff = session.get_one(Staff, estate.staff["supervisor"])
        accounts.grant_role(session, staff, "qa", None, from_day=date(2020, 1, 1), at=letters.AT, by=None)
    with pytest.raises(Refused, match=r"commitment\.own_report"):
        commitments.verify(
            promise().id, holds=True, remark="", revision=promise().revision, by=estate.actor("supervisor"),
            at=letters.LATER,
        )  # fmt: skip


def test_a_recurring_promise_names_its_next_check_and_opens_again_then(app: Flask, estate: Estate) -> None:
    from portal.core.db import writing

    letters.published(estate)
    by = estate.actor("supervisor")
    with pytest.raises(Refused, match=r"commitment\.date_needed"):
        commitments.report_done(
            promise("recurring").id, WORDS, letters.LATER.date(), revision=promise("recurring").revision, by=by,
            at=letters.LATER,
        )  # fmt: skip
    commitments.report_done(
        promise("recurring").id, WORDS, letters.LATER.date(), next_on=date(2026, 5, 15),
        revision=promise("recurring").revision, by=by, at=letters.LATER,
    )  # fmt: skip
    commitments.verify(
        promise("recurring").id, holds=True, remark="", revision=promise("recurring").revision, by=estate.actor("qa"),
        at=letters.LATER,
    )  # fmt: skip
    for today, opened in ((date(2026, 5, 14), 0), (date(2026, 5, 15), 1)):
        with writing() as session:
            assert commitments.reopen_recurring(session, today, letters.LATER, estate.office_id) == opened
    assert (promise("recurring").status, promise("recurring").due_on) == ("open", date(2026, 5, 15))


def test_a_promise_not_yet_in_public_cannot_be_reported(app: Flask, estate: Estate) -> None:
    letters.checked(estate)
    with pytest.raises(Refused, match=r"commitment\.unknown"):
        commitments.report_done(
            promise().id, WORDS, letters.LATER.date(), revision=1, by=estate.actor("supervisor"), at=letters.LATER
        )


def test_a_department_reports_on_its_own_promises_only(app: Flask, estate: Estate) -> None:
    letters.published(estate)
    with pytest.raises(Refused, match=r"commitment\.unknown"):
        commitments.decline(
            promise("recurring").id, WORDS, revision=promise("recurring").revision, by=estate.actor("department_head"),
            at=letters.LATER,
        )  # fmt: skip


def test_words_for_residents_are_read_in_both_scripts_before_they_go_out(
    app: Flask, estate: Estate, sign_in: Callable[[str], PortalClient]
) -> None:
    letters.published(estate)
    client = sign_in("supervisor")
    address = f"/desk/promises/{promise().id}"
    form: dict[str, object] = {"done-revision": promise().revision, "done-done_on": letters.LATER.date().isoformat()}
    html = client.send(
        f"{address}/done", {**form, "done-words": "请您听一听，发现异响再告诉我们"}, status=422
    ).get_data(as_text=True)
    assert "請您聽一聽，發現異響再告訴我們" in html
    html = client.send(f"{address}/done", {**form, "done-words": "陈文203 家已回访"}, status=422).get_data(as_text=True)
    assert "陈文203" in html and "会看出是谁家" in html
    html = client.send(
        f"{address}/done", {**form, "done-words": "已换好", "done-words_other": "已换好"}, status=422
    ).get_data(as_text=True)
    assert "夹有另一种文字的字" in html
    client.send(f"{address}/done", {**form, "done-words": "已换好", "done-words_other": "已換好"})
    assert (promise().status, promise().outcome_hant) == ("done", "已換好")
    page = client.page(address)
    assert "已报办结" in page.text("main")
    assert client.page("/desk/promises?state=verify").text("main").count("更换两部电梯的导靴") == 1


def test_a_page_that_is_too_old_changes_nothing(app: Flask, estate: Estate) -> None:
    letters.published(estate)
    seen = promise().revision
    commitments.decline(promise().id, WORDS, revision=seen, by=estate.actor("supervisor"), at=letters.LATER)
    with pytest.raises(Refused, match=r"commitment\.stale"):
        commitments.report_done(
            promise().id, WORDS, letters.LATER.date(), revision=seen, by=estate.actor("supervisor"), at=letters.LATER
        )
    assert promise().status == "declined"
