"""A survey fact typed at the desk: the same fact, the same intake as a tablet's, as a list of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.core import bulk
from portal.core.facts import Fact, Problem, ReceivedFact, row_of
from portal.core.ids import new_id
from portal.domain.canonical import digest, fact_text
from portal.surveys.intake import SurveyIntake


class NotRecorded(Exception):
    """The intake found something wrong; nothing was written. ``problems`` as a tablet would get them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def record_at_desk(
    session: Session,
    form: str,
    household_id: UUID,
    body: dict[str, Any],
    *,
    office_id: UUID,
    by: UUID,
    at: datetime,
    occurred_at: datetime,
    fact_id: UUID | None = None,
) -> UUID:
    """Record one hand-out or one answer (``survey_handout@1``, ``survey_response@1``); returns the fact's id.

    ``occurred_at`` and ``at`` in UTC. With ``fact_id``, made when the form was opened, a form sent twice is one fact.
    Raises ``NotRecorded``.
    """
    kind = form.partition("@")[0]
    fact_id = fact_id or new_id()
    if session.get(Fact, fact_id) is not None:
        return fact_id
    fact: dict[str, Any] = {
        "id": str(fact_id), "kind": kind, "subject": str(household_id), "follows": None, "base": None, "form": form,
        "occurred_at": _instant(occurred_at), "recorded_at": _instant(at),
        "clock": {"offset_ms": 0, "measured_at": _instant(at)}, "body": body, "attachments": [],
    }  # fmt: skip
    content = fact_text(fact)
    received = ReceivedFact(
        id=fact_id, kind=kind, form=form, subject_id=household_id, follows_id=None, base=None, office_id=office_id,
        staff_id=by, device_id=None, occurred_at=occurred_at, recorded_at=at, received_at=at, body=body, attachments=[],
        sha256=digest(content), content=content,
    )  # fmt: skip
    intake = SurveyIntake()
    wrong = intake.problems(session, [received]).get(fact_id)
    if wrong:
        raise NotRecorded(wrong)
    bulk.put(session, Fact, [row_of(received, status="stored")])
    intake.apply(session, [received])
    return fact_id
