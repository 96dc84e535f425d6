"""What a list is: its rows, its sorts, its filters, its columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from portal.core.documents.sheets import Value
from portal.core.labels import LABELS

Row = TypeVar("Row")


@dataclass(frozen=True)
class Reader:
    """For whom a list is read: whose rows, in which time zone, on which day."""

    office_id: UUID
    zone: str
    today: date


@dataclass(frozen=True)
class Sort:
    """An order that an index serves: ``columns`` in the index's order, the id follows by itself.

    ``descending`` is the direction offered first. With ``nullable`` the first column may be absent; absent comes first.
    """

    key: str
    label: Any
    columns: tuple[Any, ...]
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Filter:
    """A condition the reader may set. ``where`` raises ValueError for a value it does not know, which is then left out.

    ``options`` gives (value, words) for a choice; without them it is a date. ``indexed_with`` names the sorts under which
    an index serves this filter; under any other it is looked for row by row. An index serves one choice at a time: of
    several that are set the one of highest ``rank`` (the one that leaves fewest rows), and any ``span`` of the sorted column.
    """

    key: str
    label: Any
    where: Callable[[str, Reader], ColumnElement[bool]]
    options: Callable[[Reader], Sequence[tuple[str, Any]]] | None = None
    indexed_with: frozenset[str] = frozenset()
    rank: int = 0
    span: bool = False

    def words(self, value: str, reader: Reader) -> str:
        """How the chosen value is told."""
        if self.options is None:
            return value
        return next((str(words) for key, words in self.options(reader) if key == value), value)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column on screen (where ``shown``; left out on a narrow one unless ``narrow``) and in the export.

    ``number``: its heading stands right, as its figures do.
    """

    key: str
    label: Any
    value: Callable[[Row], Value]
    sort: str = ""
    width: float = 14
    shown: bool = True
    narrow: bool = True
    number: bool = False


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A declared list. ``scope`` keeps it to its office; ``texts`` are the words a row was made findable by.

    ``few``: there are never more than some hundreds, so that words are looked for in the rows themselves.
    """

    name: str
    model: type[Row]
    scope: Callable[[Reader], ColumnElement[bool]]
    sorts: tuple[Sort, ...]
    columns: tuple[Column[Row], ...]
    filters: tuple[Filter, ...] = ()
    search_kind: str = ""
    search_hint: Any = _l("Search")
    texts: Callable[[Row], Iterable[str]] = lambda row: ()
    options: tuple[Any, ...] = ()
    page_size: int = 50
    few: bool = False

    @property
    def searched(self) -> bool:
        return bool(self.search_kind) or self.few

    def sort(self, key: str) -> Sort | None:
        return next((sort for sort in self.sorts if sort.key == key), None)

    def filter(self, key: str) -> Filter | None:
        return next((each for each in self.filters if each.key == key), None)


def coded(key: str, label: Any, column: Any, group: str, *, indexed_with: Iterable[str] = (), rank: int = 0) -> Filter:
    """A filter over the codes of a group of ``core.labels``."""

    def where(value: str, _: Reader) -> ColumnElement[bool]:
        if value not in LABELS[group]:
            raise ValueError(value)
        found: ColumnElement[bool] = column == value
        return found

    return Filter(key, label, where, lambda _: list(LABELS[group].items()), frozenset(indexed_with), rank)


def between(key: str, label: Any, column: Any, *, last: bool, indexed_with: Iterable[str]) -> Filter:
    """A first (or, with ``last``, last) day for a column of moments, by the office's calendar."""

    def where(value: str, reader: Reader) -> ColumnElement[bool]:
        day = date.fromisoformat(value)
        if not 1970 < day.year < 3000:
            raise ValueError(value)
        start = datetime.combine(day + timedelta(days=last), time.min, ZoneInfo(reader.zone))
        found: ColumnElement[bool] = column < start if last else column >= start
        return found

    return Filter(key, label, where, None, frozenset(indexed_with), span=True)
