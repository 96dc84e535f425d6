"""Reading a page of a list: by key, never by offset; a filter without an index looks through so many rows and stops."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from portal.core import search
from portal.core.db import Id, Instant
from portal.core.lists.address import Asked, Cursor, read_cursor
from portal.core.lists.declare import Filter, Listing, Reader

SCAN = 5_000
COUNT_UP_TO = 1_000

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page as it is shown.

    ``count`` stops at ``COUNT_UP_TO``, then ``more`` is set; ``about``: rows found by search, of which some may not be
    meant. ``go_on``: where to look further when ``SCAN`` rows held too few. ``newest_only``: too many hits to be sorted.
    """

    listing: Listing[Row]
    asked: Asked
    reader: Reader
    rows: list[Row]
    count: int
    more: bool = False
    about: bool = False
    newest_only: bool = False
    next: str | None = None
    previous: str | None = None
    go_on: str | None = None

    @property
    def chosen(self) -> list[tuple[Filter, str, str]]:
        """The filters that are set: (filter, value, words)."""
        found = [(self.listing.filter(key), value) for key, value in self.asked.chosen]
        return [(each, value, each.words(value, self.reader)) for each, value in found if each]


@dataclass
class _Plan:
    """The statements of one list as asked: what an index serves, what is looked for row by row, in which order."""

    listing: Listing[Any]
    asked: Asked
    reader: Reader
    hits: CTE | None = None
    newest_only: bool = False
    served: list[ColumnElement[bool]] = field(default_factory=list)
    looked_for: list[ColumnElement[bool]] = field(default_factory=list)

    @property
    def id(self) -> Any:
        return self.listing.model.id

    @property
    def columns(self) -> tuple[Any, ...]:
        if self.newest_only and self.hits is not None:
            return (self.hits.c.n,)
        return (*self.asked.sort.columns, self.id)

    @property
    def descending(self) -> bool:
        return True if self.newest_only else self.asked.descending

    def parts(self, backward: bool) -> list[bool]:
        """A nullable sort is read in two parts, rows without a value and rows with one, each in index order."""
        if not self.asked.sort.nullable or self.newest_only:
            return [True]
        return [True, False] if self.descending != backward else [False, True]

    def of(self, what: Select[Any]) -> Select[Any]:
        if self.hits is not None:
            what = what.join(self.hits, self.hits.c.record_id == self.id)
        return what.where(self.listing.scope(self.reader), *self.served)

    def keys(self, present: bool) -> tuple[Any, ...]:
        return self.columns if present else self.columns[1:]

    def at(self, what: Select[Any], present: bool, cursor: Cursor | None, backward: bool) -> Select[Any]:
        """One part of the list from a place on, in order."""
        columns = self.keys(present)
        down = self.descending != backward
        if self.asked.sort.nullable and not self.newest_only:
            first = self.columns[0]
            what = what.where(first.is_not(None) if present else first.is_(None))
        if cursor is not None:
            place = tuple_(*(literal(v, c.type) for v, c in zip(cursor.key, columns, strict=True)))
            own = tuple_(*columns)
            what = what.where(own < place if down else own > place)
        return what.order_by(*(c.desc() if down else c.asc() for c in columns))


def _plan(session: Session, listing: Listing[Any], asked: Asked, reader: Reader) -> _Plan:
    plan = _Plan(listing, asked, reader)
    if asked.words and listing.few:
        plan.served.append(listing.model.id.in_(_among_few(session, plan)))
    elif asked.words:
        plan.hits = search.hits(session, [reader.office_id], listing.search_kind, asked.words)
        found = session.scalar(select(func.count()).select_from(plan.hits)) if plan.hits is not None else 0
        plan.newest_only = (found or 0) >= search.LIMIT
    found_filters = [(each, value) for key, value in asked.chosen if (each := listing.filter(key))]
    ready = [each for each, _ in found_filters if asked.sort.key in each.indexed_with]
    first = max((each for each in ready if not each.span), key=lambda each: each.rank, default=None)
    for each, value in found_filters:
        served = plan.hits is not None or each is first or (each.span and each in ready)
        (plan.served if served else plan.looked_for).append(each.where(value, reader))
    return plan


def _among_few(session: Session, plan: _Plan) -> list[UUID]:
    rows = session.scalars(plan.of(select(plan.listing.model)).options(*plan.listing.options)).unique()
    return [row.id for row in rows if _meant(plan, row)]


def _finds_nothing(plan: _Plan) -> bool:
    """Words that hold nothing to look for, only punctuation."""
    return bool(plan.asked.words) and plan.hits is None and not plan.listing.few


def fetch(session: Session, listing: Listing[Row], asked: Asked, reader: Reader) -> Page[Row]:
    """The page asked for. Words that hold nothing to look for (only punctuation) find nothing."""
    plan = _plan(session, listing, asked, reader)
    if _finds_nothing(plan):
        return Page(listing, asked, reader, [], 0)
    cursor = asked.cursor if _fits(plan, asked.cursor) else None
    backward = asked.backward and cursor is not None
    found, go_on = _rows(session, plan, cursor, backward, listing.page_size + 1)
    further = len(found) > listing.page_size
    found = found[: listing.page_size]
    if backward:
        found.reverse()
    rows = [row for row, _ in found]
    later = found[-1][1].text() if found and (further or backward) else None
    earlier = found[0][1].text() if found and (further if backward else cursor is not None) else None
    count, more = _count(session, plan)
    alone = cursor is None and not further and go_on is None
    return Page(
        listing, asked, reader, rows,
        count=len(rows) if alone else count, more=more and not alone, about=plan.hits is not None and not alone,
        newest_only=plan.newest_only, next=later, previous=earlier, go_on=None if backward else go_on,
    )  # fmt: skip


def count(session: Session, listing: Listing[Any], asked: Asked, reader: Reader) -> tuple[int, bool]:
    """How many rows a list holds as asked, up to ``COUNT_UP_TO``, and whether there are more."""
    return _count(session, _plan(session, listing, asked, reader))


def every_row(session: Session, listing: Listing[Row], asked: Asked, reader: Reader) -> Iterator[Row]:
    """All rows that fit, in order, a thousand in memory at a time; for the export."""
    plan = _plan(session, listing, asked, reader)
    if _finds_nothing(plan):
        return
    cursor: Cursor | None = None
    while True:
        found, go_on = _rows(session, plan, cursor, False, 1_000)
        yield from (row for row, _ in found)
        session.expunge_all()  # what was written down is let go
        if len(found) == 1_000:
            cursor = found[-1][1]
        elif go_on is not None:
            cursor = read_cursor(go_on)
        else:
            return


def _fits(plan: _Plan, cursor: Cursor | None) -> bool:
    """A place from another order of the list, or made up, is no place: the list then begins at its start."""
    if cursor is None or cursor.present not in plan.parts(False):
        return False
    columns = plan.keys(cursor.present)
    return len(cursor.key) == len(columns) and all(
        isinstance(v, _kind(c.type)) for v, c in zip(cursor.key, columns, strict=True)
    )


def _kind(type_: Any) -> type:
    if isinstance(type_, Id):
        return UUID
    return datetime if isinstance(type_, Instant) else type_.python_type


Found = list[tuple[Any, Cursor]]


def _rows(session: Session, plan: _Plan, cursor: Cursor | None, backward: bool, want: int) -> tuple[Found, str | None]:
    """``want`` rows from a place on, and where the looking stopped if it stopped before the list's end."""
    rows: Found = []
    left = SCAN
    parts = plan.parts(backward)
    for present in parts[parts.index(cursor.present) :] if cursor else parts:
        place = cursor if cursor and cursor.present is present else None
        if not plan.looked_for:
            rows += _served(session, plan, present, place, backward, want - len(rows))
        else:
            found, through, stopped = _looked_for(session, plan, present, place, backward, want - len(rows), left)
            rows += found
            left -= through
            if stopped:
                return rows, stopped.text()
        if len(rows) == want:
            break
    return rows, None


def _served(session: Session, plan: _Plan, present: bool, place: Cursor | None, backward: bool, want: int) -> Found:
    """Rows that an index gives; hits of a search that are not meant are passed over."""
    rows: Found = []
    take = want
    while len(rows) < want:
        statement = plan.at(plan.of(select(plan.listing.model, *plan.keys(present))), present, place, backward)
        found = _read_rows(session, statement.limit(take), plan, present)
        rows += [(row, at) for row, at in found if _meant(plan, row)]
        if len(found) < take:
            break
        place, take = found[-1][1], min(take * 2, 1_000)
    return rows[:want]


def _looked_for(
    session: Session, plan: _Plan, present: bool, place: Cursor | None, backward: bool, want: int, left: int
) -> tuple[Found, int, Cursor | None]:
    """Rows that fit among at most ``left``; how many were looked through; the place where that stopped short."""
    keys = plan.keys(present)
    names = [f"k{i}" for i in range(len(keys))]
    inner = plan.of(select(plan.id.label("at"), *(k.label(n) for k, n in zip(keys, names, strict=True))))
    looked = plan.at(inner, present, place, backward).limit(max(left, 1)).cte("looked")
    down = plan.descending != backward
    statement = (
        select(plan.listing.model, *(looked.c[n] for n in names))
        .join(looked, looked.c.at == plan.id)
        .where(and_(*plan.looked_for))
        .order_by(*(looked.c[n].desc() if down else looked.c[n].asc() for n in names))
        .limit(want)
    )
    found = _read_rows(session, statement, plan, present)
    if len(found) == want:
        return found, 0, None
    through = session.scalar(select(func.count()).select_from(looked)) or 0
    if through < left:
        return found, through, None
    turned = (looked.c[n].asc() if down else looked.c[n].desc() for n in names)
    last = session.execute(select(*(looked.c[n] for n in names)).order_by(*turned).limit(1)).one()
    return found, through, Cursor(present, tuple(last))


def _read_rows(session: Session, statement: Select[Any], plan: _Plan, present: bool) -> Found:
    result = session.execute(statement.options(*plan.listing.options)).unique()
    return [(row[0], Cursor(present, tuple(row[1:]))) for row in result]


def _meant(plan: _Plan, row: Any) -> bool:
    return not plan.asked.words or search.matches(plan.asked.words, *plan.listing.texts(row))


def _count(session: Session, plan: _Plan) -> tuple[int, bool]:
    """How many there are, and whether there are more than were counted."""
    if not plan.looked_for:
        few = plan.of(select(literal(1).label("one")).select_from(plan.listing.model)).limit(COUNT_UP_TO + 1).subquery()
        counted = session.scalar(select(func.count()).select_from(few)) or 0
        return min(counted, COUNT_UP_TO), counted > COUNT_UP_TO
    order = [column.desc() if plan.descending else column.asc() for column in plan.columns]
    first = plan.of(select(plan.id.label("at"))).order_by(*order).limit(SCAN).cte("looked")
    fit = select(func.count()).select_from(plan.listing.model).join(first, first.c.at == plan.id)
    counted = session.scalar(fit.where(and_(*plan.looked_for))) or 0
    through = session.scalar(select(func.count()).select_from(first)) or 0
    return min(counted, COUNT_UP_TO), through >= SCAN or counted > COUNT_UP_TO
