"""Records of the office as a whole, outside the change log: enumerations, phone lines, forms.

They are few and change seldom, from many places; the cursor remembers a hash of each, and one that differs is sent whole.
Their ``n`` is 0.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Department, Office, OfficeLine, RoleGrant, Staff
from portal.accounts.policy import policy_for
from portal.core.facts import FormVersion
from portal.core.labels import LABELS
from portal.domain.canonical import digest
from portal.sync.records import pair


class Kept(NamedTuple):
    """Records of one office (or of none), and the hash by which a tablet that has them is known."""

    records: list[dict[str, Any]]
    hash: str


def enumerations(session: Session, office_ids: Sequence[UUID], on: date) -> dict[UUID, dict[str, Any]]:
    """Departments, categories and colleagues of each office."""
    found: dict[UUID, dict[str, Any]] = {
        office: {"departments": [], "categories": sorted(LABELS["category"]), "colleagues": []} for office in office_ids
    }
    departments = select(Department).where(Department.office_id.in_(office_ids)).order_by(Department.position)
    for d in session.scalars(departments):
        found[d.office_id]["departments"].append(
            {"id": str(d.id), "slug": d.slug, "name": pair(d.name_hans, d.name_hant)}
        )
    people = (
        select(RoleGrant.office_id, Staff.id, Staff.name)
        .join(Staff, Staff.id == RoleGrant.staff_id)
        .where(
            RoleGrant.office_id.in_(office_ids), Staff.active, RoleGrant.from_day <= on,
            RoleGrant.to_day.is_(None) | (RoleGrant.to_day >= on),
        )
        .distinct()
        .order_by(Staff.name, Staff.id)
    )  # fmt: skip
    for row in session.execute(people):
        found[row.office_id]["colleagues"].append({"id": str(row.id), "name": row.name})
    return found


def _lines(session: Session, office_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {office: [] for office in office_ids}
    query = select(OfficeLine).where(OfficeLine.office_id.in_(office_ids)).order_by(OfficeLine.position, OfficeLine.id)
    for line in session.scalars(query):
        found[line.office_id].append(
            {"kind": line.kind, "number": line.number, "hours": pair(line.hours_hans, line.hours_hant)}
        )
    return found


def of_offices(session: Session, office_ids: Sequence[UUID], on: date) -> dict[UUID, Kept]:
    told, lines = enumerations(session, office_ids, on), _lines(session, office_ids)
    offices = {o.id: o for o in session.scalars(select(Office).where(Office.id.in_(office_ids)))}
    return {
        own: _kept(
            [
                _record(
                    "enumerations", own, own,
                    {
                        "office": pair(offices[own].name_hans, offices[own].name_hant),
                        "time_zone": offices[own].time_zone, **told[own],
                        "policy": _policy(session, own, on),
                    },
                ),
                _record("phone_lines", own, own, {"lines": lines[own]}),
            ]
        )
        for own in office_ids
    }  # fmt: skip


def _policy(session: Session, office_id: UUID, on: date) -> dict[str, int]:
    """The numbers by which a tablet says who is due and who is overdue (VS-03)."""
    policy = policy_for(session, office_id, on=on)
    return {name: getattr(policy, name) for name in ("visit_interval_months", "visit_due_soon_days")}


def forms(session: Session) -> tuple[str, list[Any]]:
    """The hash of all published forms, and their ids; the documents are read only when they are sent."""
    rows = session.execute(
        select(FormVersion.id, FormVersion.hash).order_by(FormVersion.form, FormVersion.version)
    ).all()
    return digest("|".join(row.hash for row in rows).encode()), [row.id for row in rows]


def form_records(session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    rows = session.scalars(select(FormVersion).where(FormVersion.id.in_(ids)).order_by(FormVersion.id))
    return [
        _record(
            "form", row.id, None, {"form": row.form, "version": row.version, "hash": row.hash, "document": row.spec}
        )
        for row in rows
    ]


def _record(kind: str, own: UUID, office_id: UUID | None, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind, "id": str(own), "office": str(office_id) if office_id else None, "community": None, "n": 0,
        "revision": None, "data": data,
    }  # fmt: skip


def _kept(records: list[dict[str, Any]]) -> Kept:
    return Kept(records, digest(json.dumps(records, sort_keys=True).encode()))
