"""The kinds of fact that are built: their forms, what their subject is, and the feature that takes them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.facts import Intake
from portal.households.models import Household
from portal.opinions.intake import OPINIONS
from portal.surveys.intake import SURVEYS
from portal.visits.corrections import CORRECTIONS
from portal.visits.intake import VISITS
from portal.visits.models import Visit


@dataclass(frozen=True)
class Kind:
    """``forms``: the names its body may come in. ``reads_base``: it changes a record, whose new revision is receipted."""

    name: str
    forms: tuple[str, ...]
    subject: str
    intake: Intake
    reads_base: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("visit", ("visit", "attempt"), "household", VISITS),
        Kind("opinion", ("opinion",), "household", OPINIONS),
        Kind("survey_handout", ("survey_handout",), "household", SURVEYS),
        Kind("survey_response", ("survey_response",), "household", SURVEYS),
        Kind("correction", ("correction", "attempt_correction"), "visit", CORRECTIONS, reads_base=True),
        Kind("survey_handout", ("survey_handout",), "household", SURVEYS),
        Kind("survey_response", ("survey_response",), "household", SURVEYS),
    )
}

_SUBJECTS: dict[str, Any] = {"household": Household, "visit": Visit}


def offices_of_subjects(
    session: Session, subjects: Sequence[tuple[str, UUID]], scope: Sequence[UUID]
) -> dict[UUID, UUID]:
    """The office of each subject that lies in the scope, by (kind of fact, id); of others nothing is said."""
    found: dict[UUID, UUID] = {}
    for name, model in _SUBJECTS.items():
        ids = {subject for kind, subject in subjects if kind in KINDS and KINDS[kind].subject == name}
        if ids:
            query = select(model.id, model.office_id).where(model.id.in_(ids), model.office_id.in_(scope))
            found.update({row.id: row.office_id for row in session.execute(query)})
    return found
