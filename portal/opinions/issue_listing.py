"""The list of issues, with how many opinions and how many different households stand behind each."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, coded
from portal.households.models import Community
from portal.opinions.models import Issue, Opinion


def _communities(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Community).where(Community.office_id == reader.office_id).order_by(Community.name_hans, Community.id)
    )
    return [(str(c.id), in_script(c, "name")) for c in rows]


def weights(session: Session, issue_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """(opinions, different households) by issue; opinions without a household count one household each (OP-02)."""
    rows = session.execute(
        select(
            Opinion.issue_id, func.count(),
            func.count(Opinion.household_id.distinct()) + func.count() - func.count(Opinion.household_id),
        )
        .where(Opinion.issue_id.in_(list(issue_ids)))
        .group_by(Opinion.issue_id)
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows if row[0]}


LISTING: Listing[Issue] = Listing(
    name="issues",
    model=Issue,
    scope=lambda reader: Issue.office_id == reader.office_id,
    sorts=(Sort("opened", _l("Opened"), (Issue.opened_at,), descending=True),),
    filters=(
        Filter("community", _l("Community"), lambda v, _: Issue.community_id == UUID(v), _communities),
        coded("category", _l("Category"), Issue.category, "category"),
        coded("status", _l("State"), Issue.status, "issue_status"),
    ),
    columns=(
        Column("title", _l("Issue"), lambda i: i.title, width=40),
        Column("category", _l("Category"), lambda i: label("category", i.category), narrow=False),
        Column("community", _l("Community"), lambda i: in_script(i.community, "name"), narrow=False),
        Column("opinions", _l("Opinions"), lambda i: len(i.opinions)),
        Column("households", _l("Households"), lambda i: weights(db.session(), [i.id]).get(i.id, (0, 0))[1]),
        Column("status", _l("State"), lambda i: label("issue_status", i.status)),
        Column("opened", _l("Opened"), lambda i: i.opened_at, sort="opened", narrow=False),
    ),
    search_kind="issue",
    search_hint=_l("Words of the issue"),
    texts=lambda issue: [issue.title, issue.explanation],
    options=(joinedload(Issue.community),),
)
