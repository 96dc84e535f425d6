"""The codes of rosters in words: what was refused, what is doubtful, what was understood of the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from portal.core.labels import LABELS, label
from portal.core.messages import WORDS, sentence
from portal.domain.refusals import Refused

_LABELLED = {"field": "roster_field", "order": "date_order", "encoding": "encoding"}


def column_letter(place: int) -> str:
    """The name a spreadsheet gives a column, from 0: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def row_words(code: str, params: Mapping[str, Any]) -> str:
    """Why a row was refused, or what is doubtful about it."""
    return sentence(f"roster_row.{code}", _told(params))


def note_words(note: Sequence[Any]) -> str:
    """What should be looked at before a roster is imported."""
    code, params = note[0], dict(note[1])
    if isinstance(params.get("column"), int):
        params["column"] = column_letter(params["column"])
    return sentence(f"roster_note.{str(code).removeprefix('roster.')}", _told(params))


def reason_words(reason: str) -> str:
    """A reason of an import's counts (``refused:no_room``), without the particulars of one row."""
    return label("roster_reason", reason.partition(":")[2])


def worded(why: Refused) -> Refused:
    """A refusal whose code and parameters lead to the fullest sentence there is."""
    kind = why.params.get("format")
    code = f"{why.code}.{kind}" if f"{why.code}.{kind}" in WORDS else why.code
    return Refused(code, why.field, **_told(why.params))


def refusal_words(code: str, params: Mapping[str, Any]) -> str:
    """A refusal that was kept with an import."""
    why = worded(Refused(code, **params))
    return sentence(why.code, why.params)


def _told(params: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in params.items():
        group = _LABELLED.get(name)
        if name == "fields":
            told[name] = gettext(", ").join(label("roster_field", field) for field in value)
        elif isinstance(value, (list, tuple)):
            told[name] = gettext(", ").join(map(str, value))
        else:
            told[name] = label(group, value) if group and value in LABELS[group] else value
    return told
