"""The whole content of one version in one script, as plain data: what is checked, approved, hashed, printed and shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Department, Office, OfficeLine
from portal.domain.canonical import canonical, digest
from portal.domain.script import convert
from portal.households.models import Community
from portal.publishing.halves import half, wordings
from portal.publishing.models import Publication, PublicationVersion, Wording

Texts = Mapping[tuple[UUID, str], Wording]
FRAME = ("title", "salutation", "opening", "closing")


def version_of(session: Session, publication: Publication, version: int | None = None) -> PublicationVersion:
    """A version's row; the newest by default."""
    return session.scalars(
        select(PublicationVersion).where(
            PublicationVersion.publication_id == publication.id,
            PublicationVersion.version == (version or publication.version),
        )
    ).one()


def number_in(office: Office, year: int | None, number: int | None, script: str) -> str:
    """锦物公〔2026〕12号: hexagonal brackets, full year, no leading zero; empty before the approval."""
    if number is None:
        return ""
    target = "zh-Hant-HK" if script == "zh-Hant" and office.region == "HK" else script
    code = convert(office.letter_code, target=target).text
    return f"{code}〔{year}〕{number}{'号' if script == 'zh-Hans' else '號'}"


def content_of(session: Session, publication: Publication, script: str) -> dict[str, Any]:
    """The newest version in one script, numbered once it has its number."""
    office = session.get_one(Office, publication.office_id)
    version = version_of(session, publication)
    texts = wordings(session, publication.id, publication.version)
    departments = {
        d.id: half(d, "name", script)
        for d in session.scalars(select(Department).where(Department.office_id == office.id))
    }
    frame = {name: _text(texts, publication.id, name, script) for name in FRAME}
    return frame | {
        "kind": publication.kind,
        "script": script,
        "number": number_in(office, publication.year, publication.number, script),
        "version": publication.version,
        "dated": version.dated.isoformat(),
        "reason": half(version, "reason", script),
        "company": half(session.get_one(Company, office.company_id), "name", script),
        "office": half(office, "name", script),
        "community": half(session.get_one(Community, publication.community_id), "name", script),
        "lines": lines_of(session, office.id, script),
        "rows": [
            {
                "id": str(row.id),
                "households": row.households,
                "brief": _text(texts, row.id, "brief", script),
                "explanation": _text(texts, row.id, "explanation", script),
                "measures": [_measure(c, texts, departments, script) for c in row.commitments],
            }
            for row in publication.rows
        ],
    }


def _text(texts: Texts, owner_id: UUID, name: str, script: str) -> str:
    wording = texts.get((owner_id, name))
    return "" if wording is None else (wording.hans if script == "zh-Hans" else wording.hant)


def _measure(c: Any, texts: Texts, departments: Mapping[UUID, str], script: str) -> dict[str, Any]:
    return {
        "id": str(c.id),
        "text": _text(texts, c.id, "measure", script),
        "actor": c.actor,
        "department": departments.get(c.department_id, ""),
        "due_kind": c.due_kind,
        "due_from": _day(c.due_from),
        "due_on": _day(c.due_on),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def lines_of(session: Session, office_id: UUID, script: str) -> list[dict[str, str]]:
    """The office's telephone lines with their hours (PB-08)."""
    rows = session.scalars(
        select(OfficeLine).where(OfficeLine.office_id == office_id).order_by(OfficeLine.position, OfficeLine.id)
    )
    return [{"kind": r.kind, "number": r.number, "hours": half(r, "hours", script)} for r in rows]


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, printed on paper in part and confirmed at ``/verify``."""
    return digest(canonical(dict(content)))
