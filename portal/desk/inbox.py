"""What waits for one person: signatures (late first, in bundles or singly), what came back, what is still to be handed up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Office, Staff
from portal.core import lists
from portal.core.i18n import short_moment
from portal.core.labels import label
from portal.core.registry import Description, registry
from portal.signoff import queries
from portal.signoff.models import Approval, Bundle, BundleLine, Signature

MOST = 100


@dataclass(frozen=True)
class Row:
    """One line of the inbox. ``pick``: the value of its tick box (record, revision, step), empty where nothing is picked."""

    id: UUID
    title: str
    note: str
    url: str
    end: str
    end_note: str = ""
    late: bool = False
    tag: str = ""
    pick: str = ""
    box: str = "pick"
    pane: str = ""
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    key: str
    rows: list[Row]


@dataclass(frozen=True)
class Task:
    """Work beside signing: how much, and the list in which it stands. ``more``: there is more than was counted."""

    label: str
    url: str
    count: int
    more: bool


@dataclass(frozen=True)
class Elsewhere:
    """What waits for the person's signature in another office of theirs."""

    office: Office
    count: int


@dataclass(frozen=True)
class Inbox:
    groups: list[Group]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    def count(self, key: str) -> int:
        return sum(len(group.rows) for group in self.groups if group.key == key)


def waiting_number(session: Session, actor: Actor) -> int:
    """What the menu shows beside the inbox."""
    own = actor.here()
    back = len(queries.returned_to(session, actor.id, limit=100)) if actor.may("visits:visit:record") else 0
    return queries.waiting_count(session, own) + back


def described(session: Session, found: Sequence[tuple[str, UUID]]) -> dict[UUID, Description]:
    """How records of any kind are told in a list."""
    kinds: dict[str, list[UUID]] = {}
    for kind, record_id in found:
        kinds.setdefault(kind, []).append(record_id)
    told: dict[UUID, Description] = {}
    for kind, ids in kinds.items():
        if kind in registry().signoff:
            told |= registry().signoff[kind].describe(session, ids)
    return told


def inbox(session: Session, actor: Actor, at: datetime) -> Inbox:
    """Everything that waits, in the order in which it should be done."""
    own = actor.here()
    bundles = queries.bundles_waiting(session, own)
    bundled = {line.record_id for bundle in bundles for line in bundle.lines if not line.left_out}
    waiting = [a for a in queries.waiting_for(session, own, limit=MOST) if a.record_id not in bundled]
    back = [r for r in queries.returned_to(session, actor.id) if r.office_id == actor.office_id]
    mine = _mine(session, own)
    records: list[Approval | queries.Returned] = [*waiting, *back, *mine]
    told = described(session, [(r.kind, r.record_id) for r in records])
    names = _names(session, {b.author_id for b in bundles})
    signing = [
        *(_bundle_row(b, names, at) for b in bundles),
        *(_record_row(a, told[a.record_id], at) for a in waiting if a.record_id in told),
    ]
    return Inbox(
        [
            Group("late", [row for row in signing if row.late]),
            Group("sign", [row for row in signing if not row.late]),
            Group("back", [_back_row(r, told[r.record_id]) for r in back if r.record_id in told]),
            Group("mine", [_mine_row(a, told[a.record_id]) for a in mine if a.record_id in told]),
        ]
    )


def tasks(session: Session, actor: Actor, reader: lists.Reader) -> list[Task]:
    """What waits beside signatures, in the order of the registry; nothing that has nothing in it."""
    found = []
    for duty in registry().duties:
        if not all(actor.may(permission) for permission in duty.permissions):
            continue
        asked = lists.read_address(duty.listing, reader, duty.asked)
        number, more = lists.count(session, duty.listing, asked, reader)
        if number:
            found.append(Task(str(duty.label), url_for(duty.endpoint, **duty.asked), number, more))
    return found


def elsewhere(session: Session, actor: Actor) -> list[Elsewhere]:
    """The person's other offices in which something waits for them to sign."""
    others = session.scalars(
        select(Office)
        .where(Office.id.in_(actor.offices), Office.id != actor.office_id)
        .order_by(Office.name_hans, Office.id)
    )
    counted = [(each, queries.waiting_count(session, actor.inside(each.id))) for each in others]
    return [Elsewhere(each, number) for each, number in counted if number]


def _mine(session: Session, actor: Actor) -> Sequence[Approval]:
    """The person's own records that nobody has signed or bundled yet."""
    if not actor.may("signoff:bundle:make"):
        return []
    bundled = (
        select(BundleLine.id)
        .where(
            BundleLine.record_id == Approval.record_id,
            BundleLine.revision == Approval.revision,
            BundleLine.left_out == "",
        )
        .exists()
    )
    return session.scalars(
        select(Approval)
        .where(
            Approval.author_id == actor.id, Approval.status == "open", Approval.step == 1,
            Approval.office_id.in_(actor.offices), ~bundled,
        )
        .order_by(Approval.waiting_since, Approval.id)
        .limit(MOST)
    ).all()  # fmt: skip


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}


def _due(due: datetime | None, at: datetime) -> tuple[str, str, bool]:
    """How a deadline is told: the word, the moment, whether it is past."""
    if due is None:
        return gettext("no date"), "", False
    hours = (at - due).total_seconds() / 3600
    if hours > 0:
        late = (
            ngettext("%(num)s day late", "%(num)s days late", int(hours // 24))
            if hours >= 24
            else ngettext("%(num)s hour late", "%(num)s hours late", int(hours) or 1)
        )
        return late, gettext("due %(when)s", when=short_moment(due)), True
    left = -hours
    word = (
        gettext("today") if left < 12 else ngettext("%(num)s day left", "%(num)s days left", max(round(left / 24), 1))
    )
    return word, gettext("by %(day)s", day=short_moment(due)), False


def _record_row(approval: Approval, told: Description, at: datetime) -> Row:
    end, note, late = _due(approval.due_at, at)
    return Row(
        approval.record_id, told.title, told.note, told.url, end, note, late,
        tag=gettext("handed in again") if approval.revision > 1 else "",
        pick=f"{approval.record_id}.{approval.revision}.{approval.step}" if approval.complete else "",
        pane=url_for("inbox.pane", record=approval.record_id), counts=told.counts,
    )  # fmt: skip


def _bundle_row(bundle: Bundle, names: dict[UUID, str], at: datetime) -> Row:
    cover = bundle.cover
    note = [ngettext("%(num)s record", "%(num)s records", cover["records"])]
    opinions, exceptions = cover["counts"].get("opinions", 0), cover["counts"].get("exceptions", 0)
    note.append(ngettext("%(num)s opinion", "%(num)s opinions", opinions))
    note.append(
        ngettext("%(num)s exception", "%(num)s exceptions", exceptions) if exceptions else gettext("no exception")
    )
    end = short_moment(bundle.made_at)
    return Row(
        bundle.id, title_of(bundle, names.get(bundle.author_id, "")), " · ".join(note),
        url_for("inbox.bundle", bundle_id=bundle.id), end, gettext("handed up"), pick=f"{bundle.id}.{bundle.step}",
        box="bundle", pane=url_for("inbox.pane", bundle=bundle.id),
        counts={"visits": cover["records"], "opinions": opinions, "exceptions": exceptions},
    )  # fmt: skip


def title_of(bundle: Bundle, name: str) -> str:
    return gettext("Bundle of %(when)s, %(name)s", when=short_moment(bundle.made_at), name=name)


def _back_row(back: queries.Returned, told: Description) -> Row:
    tag = gettext("returned by %(name)s", name=back.by_name)
    return Row(
        back.record_id,
        told.title,
        back.comment,
        told.url,
        short_moment(back.at),
        tag=tag,
        pane=url_for("inbox.pane", record=back.record_id),
    )


def _mine_row(approval: Approval, told: Description) -> Row:
    ready = f"{approval.record_id}.{approval.revision}.{approval.step}" if approval.complete else ""
    return Row(
        approval.record_id, told.title, told.note, told.url, short_moment(approval.waiting_since),
        "" if approval.complete else gettext("photos on their way"), pick=ready,
        pane=url_for("inbox.pane", record=approval.record_id), counts=told.counts,
    )  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A record in a bundle: how it is told, and what became of its line."""

    record_id: UUID
    told: Description
    revision: int
    left_out: str
    status: str
    exception: bool


@dataclass(frozen=True)
class Step:
    name: str
    note: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class Cover:
    """A bundle as its cover sheet shows it."""

    bundle: Bundle
    title: str
    members: list[Member]
    chain: list[Step]
    may_sign: bool

    @property
    def first(self) -> list[Member]:
        return [m for m in self.members if m.exception and not m.left_out]

    @property
    def rest(self) -> list[Member]:
        return [m for m in self.members if not m.exception and not m.left_out]

    @property
    def gone(self) -> list[Member]:
        return [m for m in self.members if m.left_out]

    def number(self, key: str) -> int:
        found: int = self.bundle.cover["counts"].get(key, 0)
        return found

    def words(self, prefix: str, group: str) -> str:
        """Counts of one sort in words: At the door 17 · By phone 4."""
        counts: dict[str, int] = self.bundle.cover["counts"]
        found = [(key.removeprefix(prefix), number) for key, number in counts.items() if key.startswith(prefix)]
        return " · ".join(f"{label(group, key)} {number}" for key, number in found if number)


def cover(session: Session, bundle: Bundle, actor: Actor) -> Cover:
    """A bundle with its records as they stand now."""
    ids = [line.record_id for line in bundle.lines]
    told = described(session, [(bundle.kind, i) for i in ids])
    approvals = {a.record_id: a for a in session.scalars(select(Approval).where(Approval.record_id.in_(ids)))}
    members = [
        _member(line, told[line.record_id], approvals[line.record_id].status)
        for line in bundle.lines
        if line.record_id in told and line.record_id in approvals
    ]
    author = _names(session, {bundle.author_id}).get(bundle.author_id, "")
    mine = {a.record_id for a in queries.waiting_for(session, actor.here(), kind=bundle.kind, limit=1_000)}
    may = actor.may("signoff:record:sign") and any(
        m.record_id in mine and not m.left_out and approvals[m.record_id].step == bundle.step for m in members
    )
    return Cover(bundle, title_of(bundle, author), members, _steps(session, bundle, author, approvals, may), may)


def _member(line: BundleLine, told: Description, status: str) -> Member:
    exception = bool(told.counts.get("exceptions"))
    return Member(line.record_id, told, line.revision, line.left_out, status, exception)


def _steps(session: Session, bundle: Bundle, author: str, approvals: dict[UUID, Approval], mine: bool) -> list[Step]:
    rows = session.execute(
        select(Signature.step, Staff.name, Signature.at)
        .join(Staff, Staff.id == Signature.by_id)
        .where(Signature.bundle_id == bundle.id, Signature.decision == "signed")
        .order_by(Signature.at)
    )
    signed: dict[int, Any] = {row.step: row for row in rows}
    chain: list[str] = next((a.chain for a in approvals.values()), [])
    steps = [Step(author, "", "done", bundle.made_at)]
    for number, role in enumerate(chain, start=1):
        done = signed.get(number)
        if done is not None:
            steps.append(Step(done.name, label("role", role), "done", done.at))
        else:
            now = number == bundle.step
            steps.append(
                Step(label("role", role), gettext("you") if now and mine else "", "now" if now else "next", None)
            )
    return steps
