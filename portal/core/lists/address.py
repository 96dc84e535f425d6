"""What a reader asked of a list, as it stands in the address: words, filters, order, and the place in the list."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.core.lists.declare import Listing, Reader, Sort

WORDS_MOST = 100


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the key of the row it comes after, and whether that row's first column was there."""

    present: bool
    key: tuple[Any, ...]

    def text(self) -> str:
        body = json.dumps([int(self.present), *map(_plain, self.key)], separators=(",", ":"))
        return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Asked:
    """A list as asked for; whatever could not be understood has been left out."""

    sort: Sort
    descending: bool
    words: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    cursor: Cursor | None = None
    backward: bool = False

    def address(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an address with changes; None takes one away. The place is kept only when it is named."""
        found: dict[str, str] = {**({"q": self.words} if self.words else {}), **dict(self.chosen)}
        found["sort"] = ("-" if self.descending else "") + self.sort.key
        for key, value in changes.items():
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value
        return found

    def sorted_by(self, sort: Sort) -> dict[str, str]:
        """The address of the same list in another order; the order it has already is turned round."""
        turned = not self.descending if sort.key == self.sort.key else sort.descending
        return self.address(sort=("-" if turned else "") + sort.key)


def read_address(listing: Listing[Any], reader: Reader, given: Mapping[str, str]) -> Asked:
    """Understand the parameters of an address; what is unknown or broken counts as not asked for."""
    named = given.get("sort", "")
    sort = listing.sort(named.removeprefix("-"))
    descending = named.startswith("-") if sort else listing.sorts[0].descending
    sort = sort or listing.sorts[0]
    chosen = []
    for each in listing.filters:
        value = given.get(each.key, "").strip()
        if value and _understood(each.where, value, reader):
            chosen.append((each.key, value))
    backward = bool(given.get("before"))
    cursor = read_cursor(given.get("before") or given.get("after") or "")
    words = " ".join(given.get("q", "").replace("\0", " ").split())[:WORDS_MOST] if listing.searched else ""
    return Asked(sort, descending, words, tuple(chosen), cursor, backward and cursor is not None)


def _understood(where: Any, value: str, reader: Reader) -> bool:
    try:
        where(value, reader)
    except (ValueError, KeyError, OverflowError):
        return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return {"u": value.hex}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


_READ: dict[str, Callable[[str], Any]] = {"u": UUID, "t": datetime.fromisoformat, "d": date.fromisoformat}


def read_cursor(text: str) -> Cursor | None:
    """The place a text of ``Cursor.text`` names; None for anything else."""
    if not text:
        return None
    try:
        body = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        present, *key = body
        values = tuple(_rich(part) for part in key)
    except (binascii.Error, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Cursor(bool(present), values)


def _rich(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    ((kind, value),) = part.items()
    return _READ[kind](value)
