"""From chosen issues to a draft letter in both scripts, worded from what is on record (PB-02, PB-03)."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Office
from portal.core import audit, clock, search
from portal.core.db import db, writing
from portal.core.i18n import speaking
from portal.core.ids import new_id
from portal.domain.refusals import Refused
from portal.households.models import Community
from portal.opinions.models import Issue, Measure, Opinion
from portal.publishing.approval import WORD
from portal.publishing.halves import LIMITS, Made, converter_for, half, same_text, take
from portal.publishing.models import Commitment, Publication, PublicationRow, PublicationVersion, Wording

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else on paper
CATALOGUE = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}


def public_id() -> str:
    """An address that cannot be guessed and can be typed: ten characters of 31, about 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def draft_letter(issue_ids: Sequence[UUID], *, kind: str = "open_letter", by: Actor, at: datetime) -> UUID:
    """A draft in both scripts that answers these issues of one community, worded from what is on record.

    Raises Refused: ``publication.no_issue``, ``publication.several_communities``, ``publication.unknown_issue``.
    """
    session: Session = db.session()
    issues = issues_of(session, issue_ids, by)
    office = session.get_one(Office, issues[0].office_id)
    community = session.get_one(Community, issues[0].community_id)
    script = office.script
    converter = converter_for(session, office, community, script)
    rows = [row_of(session, issue) for issue in issues]
    frame = _frame(kind, half(community, "name", script), [r["brief"] for r in rows], script)
    made: dict[str, Made] = {text: converter.make(text) for text in texts_in(frame, rows)}
    today = clock.day_at(at, office.time_zone)
    with writing() as session:
        publication = Publication(
            id=new_id(), office_id=office.id, community_id=community.id, public_id=public_id(), kind=kind,
            source_script=script, title=frame["title"], author_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(publication)
        session.flush()
        session.add(fresh_version(publication, 1, today, by, at))
        search.index(session, [search.entry(publication.id, office.id, "publication", [frame["title"]])])
        for name, text in frame.items():
            session.add(fresh_wording(publication, publication.id, name, text, made[text]))
        for position, row in enumerate(rows):
            add_row(session, publication, row, position, made.__getitem__)
        audit.record(
            session, "publishing:publication:drafted", publication.id, office_id=office.id, by=by.id, at=at,
            kind=kind, issues=[str(i.id) for i in issues],
        )  # fmt: skip
        return publication.id


def issues_of(session: Session, issue_ids: Sequence[UUID], by: Actor) -> list[Issue]:
    ids = list(dict.fromkeys(issue_ids))
    if not ids:
        raise Refused("publication.no_issue")
    found = {
        i.id: i
        for i in session.scalars(select(Issue).where(Issue.id.in_(ids), Issue.office_id.in_(by.offices_with(WORD))))
    }
    if len(found) != len(ids):
        raise Refused("publication.unknown_issue")
    if len({i.community_id for i in found.values()}) > 1:
        raise Refused("publication.several_communities")
    return [found[i] for i in ids]


def households_of(session: Session, issue_id: UUID) -> int:
    """How many different households raised it; opinions without a household count one each."""
    row = session.execute(
        select(func.count(Opinion.household_id.distinct()), func.count() - func.count(Opinion.household_id)).where(
            Opinion.issue_id == issue_id
        )
    ).one()
    return int(row[0]) + int(row[1])


def row_of(session: Session, issue: Issue) -> dict[str, Any]:
    own = session.scalars(
        select(Measure).where(Measure.issue_id == issue.id).order_by(Measure.position, Measure.id)
    ).all()
    return {
        "issue_id": issue.id,
        "brief": same_text(issue.title),
        "explanation": same_text(issue.explanation),
        "households": households_of(session, issue.id),
        "measures": [
            {
                "measure_id": m.id, "measure": same_text(m.action), "actor": m.actor, "department_id": m.department_id,
                "due_kind": m.due_kind, "due_from": m.due_from, "due_on": m.due_on,
            }
            for m in own
        ],
    }  # fmt: skip


def _frame(kind: str, community: str, briefs: Sequence[str], script: str) -> dict[str, str]:
    """Title, salutation, opening, closing as they are usual, for a person to word (reference, section 4)."""
    with speaking(CATALOGUE[script]):
        listed = gettext(", ").join(briefs[:3])
        if kind == "open_letter":
            title = gettext("An open letter about %(issues)s", issues=listed)
        else:
            title = gettext("What became of your opinions: %(issues)s", issues=listed)
        return {
            "title": title[: LIMITS["title"]],
            "salutation": gettext("Dear owners and residents of %(community)s:", community=community),
            "opening": gettext(
                "These are the %(number)s things you told us most. Here is what we do about each, who does it and by when.",
                number=len(briefs),
            ),
            "closing": gettext(
                "Opinions that are not in this letter are answered one by one. How far each promise is stands on its page."
            ),
        }


def texts_in(frame: dict[str, str], rows: Iterable[dict[str, Any]]) -> set[str]:
    texts = set(frame.values())
    for row in rows:
        texts |= {row["brief"], row["explanation"], *(m["measure"] for m in row["measures"])}
    return texts


def fresh_version(publication: Publication, version: int, dated: date, by: Actor, at: datetime) -> PublicationVersion:
    return PublicationVersion(
        office_id=publication.office_id, publication_id=publication.id, version=version, dated=dated, made_by_id=by.id,
        made_at=at, worded_by=[str(by.id)],
    )  # fmt: skip


def fresh_wording(publication: Publication, owner_id: UUID, name: str, text: str, made: Made) -> Wording:
    wording = Wording(
        office_id=publication.office_id, publication_id=publication.id, version=publication.version, owner_id=owner_id,
        field=name, origin="converted",
    )  # fmt: skip
    take(wording, publication, text, made)
    return wording


def add_row(
    session: Session, publication: Publication, row: dict[str, Any], position: int, made: Callable[[str], Made]
) -> PublicationRow:
    fresh = PublicationRow(
        id=new_id(), office_id=publication.office_id, publication_id=publication.id, issue_id=row["issue_id"],
        since_version=publication.version, position=position, households=row["households"],
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    for name in ("brief", "explanation"):
        session.add(fresh_wording(publication, fresh.id, name, row[name], made(row[name])))
    for place, measure in enumerate(row["measures"]):
        add_measure(session, publication, fresh, measure, place, made)
    return fresh


def add_measure(
    session: Session,
    publication: Publication,
    row: PublicationRow,
    measure: dict[str, Any],
    position: int,
    made: Callable[[str], Made],
) -> Commitment:
    fresh = Commitment(
        id=new_id(), office_id=publication.office_id, row_id=row.id, measure_id=measure.get("measure_id"),
        since_version=publication.version, position=position,
        **{k: measure.get(k) for k in ("actor", "department_id", "due_kind", "due_from", "due_on")},
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    session.add(fresh_wording(publication, fresh.id, "measure", measure["measure"], made(measure["measure"])))
    return fresh
