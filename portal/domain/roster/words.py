"""Single words in the cells of a roster: states, yes and no, relations, languages, kinds, totals, notes.

All are compared folded, so traditional and simplified forms need one entry in ``words.tsv``; English is in upper case.
"""

import re
from functools import lru_cache

from portal.domain.roster.folding import fold, squeeze, table

_BETWEEN_STATES = re.compile(r"[/、,;+\n]")


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    lists: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name, value, pattern in table("words.tsv"):
        lists.setdefault(name, []).append((value, re.compile(pattern)))
    return lists


@lru_cache(maxsize=8192)
def _whole(name: str, words: str) -> str | None:
    return next((value for value, pattern in _lists()[name] if pattern.fullmatch(words)), None)


@lru_cache(maxsize=8192)
def nothing(text: str) -> bool:
    """Whether a cell says that there is nothing to say: empty, ``无``, ``/``, ``N/A``."""
    words = squeeze(text)
    return not words or _whole("nothing", words) is not None


@lru_cache(maxsize=4096)
def read_status(text: str) -> tuple[str, str] | None:
    """(occupancy, tenure) of a word of state, each '' where it is silent; None for an unknown word.

    occupancy: ``occupied``, ``renovating``, ``vacant``; tenure: ``own``, ``let``. Two words in a cell (``出租/装修``)
    add up: a flat under renovation or empty is that, whoever holds it.
    """
    occupancy = tenure = ""
    for word in filter(None, _BETWEEN_STATES.split(squeeze(text).strip("()"))):
        state = _whole("state", word)
        if state is None:
            return None
        lives, _, holds = state.partition(" ")
        occupancy = lives if lives != "occupied" or not occupancy else occupancy
        tenure = tenure or holds
    return occupancy, tenure


@lru_cache(maxsize=4096)
def read_relation(text: str) -> str | None:
    """``owner``, ``tenant``, ``family``, ``proxy``, ``contact`` (of a firm); '' for an empty cell, None if unknown."""
    words = squeeze(text).strip("()")
    return "" if nothing(words) else _whole("relation", words)


@lru_cache(maxsize=4096)
def read_flag(text: str) -> tuple[bool | None, bool]:
    """(yes, no or unsaid; understood?): ``是`` → (True, True), '' → (None, True), ``大概`` → (None, False)."""
    words = squeeze(text)
    if not words:
        return None, True
    said = _whole("flag", words)
    return (None if said is None else said == "yes"), said is not None


@lru_cache(maxsize=4096)
def read_language(text: str) -> str | None:
    """``zh_Hant``, ``zh_Hans``, ``en``; '' for an empty cell, None for another language."""
    words = squeeze(text)
    return "" if nothing(words) else _whole("language", words)


def is_firm(name: str) -> bool:
    """Whether a name is that of a firm or institution rather than of a person."""
    words = fold(name)
    return any(pattern.search(words) for _, pattern in _lists()["firm"])


@lru_cache(maxsize=4096)
def room_kind(text: str) -> str:
    """``shop``, ``firm`` or ``dwelling`` where a room's name or a column of kinds says so, else ''."""
    words = squeeze(text)
    return next((kind for kind, pattern in _lists()["room"] if pattern.search(words)), "")


@lru_cache(maxsize=4096)
def is_total(text: str) -> bool:
    """Whether a cell introduces a total: ``合计``, ``1栋小计：``, ``Grand total``."""
    words = squeeze(text)
    return len(words) <= 20 and any(pattern.search(words) for _, pattern in _lists()["total"])


@lru_cache(maxsize=4096)
def is_note(text: str) -> bool:
    """Whether a cell is a line of the sheet and not of a household: ``制表：…``, ``第1页 共3页``, ``备注：…``."""
    return _whole("note", squeeze(text)) is not None
