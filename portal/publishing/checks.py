"""What still stands between a half and its readers: empty texts, personal data, open places, characters of the other script."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Office, OfficeLine, Staff
from portal.domain.personal_data import Leak, find_leaks
from portal.households.models import Household, Resident
from portal.publishing.content import version_of
from portal.publishing.halves import SCRIPTS, is_stale, open_doubts, strangers, wordings
from portal.publishing.models import Publication, PublicationVersion, Wording

NEEDED = ("title", "salutation", "opening", "brief", "measure")
STOPS = ("empty", "no_rows", "row_empty", "leak", "strangers", "doubts", "stale", "no_department")


@dataclass(frozen=True)
class Problem:
    """One thing to be put right: a code, where (text, row) and in which script, with what it is about."""

    code: str
    script: str
    owner_id: UUID
    field: str = ""
    place: str = ""  # row and measure number, as a reader counts them: "1.2"
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Guard:
    """What the linter knows of an estate: its residents, the office's lines, its staff, and what was declared harmless."""

    residents: frozenset[str]
    numbers: tuple[str, ...]
    staff: frozenset[str]
    cleared: tuple[str, ...] = ()

    def leaks(self, text: str) -> tuple[Leak, ...]:
        return find_leaks(text, names=self.residents - self.staff, numbers=self.numbers, cleared=self.cleared)


def guard_for(
    session: Session, office_id: UUID, community_id: UUID, version: PublicationVersion | None = None
) -> Guard:
    """Residents of the estate, former ones too; an office's own colleagues may be named."""
    residents = session.scalars(
        select(Resident.name)
        .join(Household, Household.id == Resident.household_id)
        .where(Household.community_id == community_id)
        .distinct()
    )
    company = select(Office.company_id).where(Office.id == office_id).scalar_subquery()
    return Guard(
        residents=frozenset(residents),
        numbers=tuple(session.scalars(select(OfficeLine.number).where(OfficeLine.office_id == office_id))),
        staff=frozenset(session.scalars(select(Staff.name).where(Staff.company_id == company))),
        cleared=tuple(c["text"] for c in version.cleared) if version else (),
    )


def text_in(wording: Wording, script: str) -> str:
    return wording.hans if script == "zh-Hans" else wording.hant


def problems(session: Session, publication: Publication, scripts: Sequence[str] = SCRIPTS) -> list[Problem]:
    """Everything that keeps the newest version from being checked, in the order of the letter."""
    version = version_of(session, publication)
    guard = guard_for(session, publication.office_id, publication.community_id, version)
    texts = wordings(session, publication.id, publication.version)
    places = places_of(publication)
    found = []
    if not publication.rows and publication.kind == "open_letter":
        found.append(Problem("no_rows", publication.source_script, publication.id))
    for row in publication.rows:
        explained = texts.get((row.id, "explanation"))
        if not row.commitments and not (explained and explained.hans.strip()):
            found.append(Problem("row_empty", publication.source_script, row.id, place=places[row.id]))
        for c in row.commitments:
            if c.actor == "office" and c.department_id is None:
                found.append(Problem("no_department", publication.source_script, c.id, "measure", places[c.id]))
    for (owner_id, name), wording in texts.items():
        if owner_id not in places:
            continue
        for script in scripts:
            found += _in_half(publication, wording, script, guard, owner_id, name, places[owner_id])
    return sorted(found, key=lambda p: (_order(p.place), p.code))


def _in_half(
    publication: Publication, wording: Wording, script: str, guard: Guard, owner_id: UUID, name: str, place: str
) -> list[Problem]:
    text = text_in(wording, script)
    found = []
    if name in NEEDED and not text.strip():
        found.append(Problem("empty", script, owner_id, name, place))
    found += [
        Problem("leak", script, owner_id, name, place, {"text": leak.text, "kind": leak.kind})
        for leak in guard.leaks(text)
    ]
    foreign = strangers(text, script, guard.staff)
    if foreign:
        found.append(Problem("strangers", script, owner_id, name, place, {"characters": " ".join(foreign[:8])}))
    if script != publication.source_script:
        if is_stale(wording, publication):
            found.append(Problem("stale", script, owner_id, name, place))
        if doubts := open_doubts(wording):
            words = " ".join(d["out"] for d in doubts[:8])
            found.append(Problem("doubts", script, owner_id, name, place, {"number": len(doubts), "characters": words}))
    return found


def places_of(publication: Publication) -> dict[UUID, str]:
    """How a reader counts: the letter itself "", its rows "1", "2", their measures "1.1"."""
    places = {publication.id: ""}
    for number, row in enumerate(publication.rows, 1):
        places[row.id] = str(number)
        for inner, commitment in enumerate(row.commitments, 1):
            places[commitment.id] = f"{number}.{inner}"
    return places


def _order(place: str) -> tuple[int, ...]:
    return tuple(int(part) for part in place.split(".")) if place else (0,)
