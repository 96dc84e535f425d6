"""The parts of a form document, read from its JSON.

Beyond the bare list of the data model a document may state ``scales`` once for all its items (SV-20: a scale is data of
the version), the type ``record`` (the id of an existing record), ``min`` and ``max`` of a field, ``of`` (whose id a
``person`` or ``record`` is) and ``by`` (a repeated group whose members go by the answer to one of their own fields and
carry no id, as the checks of earlier opinions do).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from portal.domain.pointers import ID

Words: TypeAlias = Mapping[str, str]
"""One text in ``en``, ``zh_Hans`` and ``zh_Hant``."""

Condition: TypeAlias = bool | tuple[Any, ...]
"""``True``, ``False`` or a syntax tree such as ``("and", ("=", "method", "phone"), ("answered", "resident"))``."""

Problem: TypeAlias = tuple[tuple[str, ...], str, dict[str, Any]]
"""Where (parts of a JSON Pointer into the answers), which code, and what fills the sentence."""

LANGUAGES = ("en", "zh_Hans", "zh_Hant")

RECORDS = {"person": ("staff", "resident"), "record": ("opinion", "campaign", "category", "household", "visit")}
"""What ``of`` may name; a person without it is a member of staff."""

TEXT_MAX = {"text": 200, "long_text": 5000}
NUMBER_MAX = 2**53 - 1
MEMBERS_MAX = 50
"""Members of a list whose field names no ``max``."""

BLANK = " \t\n\r\u3000"
"""A text of these letters alone is no answer. Written out, since languages disagree on what white space is."""

PATTERNS = {
    "id": ID.pattern,
    "code": r"[a-z0-9][a-z0-9_-]{0,63}",
    "hash": r"[0-9a-f]{64}",
    "date": (
        r"(?:(?:19|2[01])[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
        r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
        r"|(?:(?:19|2[01])(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)"
    ),
    "time": r"(?:[01][0-9]|2[0-3]):[0-5][0-9]",
    "phone": r"\+?[0-9(][0-9() -]{1,28}[0-9](?:#[0-9]{1,6})?",
}
"""Whole-text patterns that read the same in Python, in a browser and in JSON Schema.

``date``: a day of the calendar from 1900 to 2199. ``time``: of the office's day. ``phone``: digits with blanks,
brackets and hyphens, an extension behind ``#``. ``code``: how categories are named.
"""
MATCHERS = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade of a scale.

    ``rank``: higher is better; none for "don't know", which never counts in a denominator (SV-20). ``satisfied``:
    ``strict``, ``broad`` or ``no`` (broad counts both). ``points``: for the index (SV-22), if the version gives any.
    ``asks_why``: the form opens a field for the reason.
    """

    key: str
    label: Words
    rank: int | None
    satisfied: str
    points: int | None = None
    asks_why: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen."""

    key: str
    label: Words
    hint: Words | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``min`` and ``max`` bound a number; ``max`` also the code points of a text, the members of a list.

    ``choices`` are the keys of options or grades, ``names`` the keys that an object of this group may have.
    """

    key: str
    type: str
    label: Words
    hint: Words | None = None
    required: Condition = False
    when: Condition = True
    options: tuple[Option, ...] = ()
    grades: tuple[Grade, ...] = ()
    min: int = 0
    max: int = 0
    of: str = ""
    by: str = ""
    repeat: bool = False
    fields: tuple["Field", ...] = ()
    choices: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    names: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @property
    def is_list(self) -> bool:
        return self.repeat or self.type in ("choices", "photos")

    @property
    def carries_id(self) -> bool:
        """Whether members are new things with an ``id`` of their own, made on the tablet."""
        return self.type == "group" and self.repeat and not self.by


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form on a tablet."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    hint: Words | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A form in one version; ``raw`` is the document itself, which is what is hashed, stored and sent."""

    form: str
    version: int
    title: Words
    steps: tuple[Step, ...]
    fields: tuple[Field, ...]
    names: frozenset[str]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """As a fact names it: ``visit@1``."""
        return f"{self.form}@{self.version}"


def build_document(raw: Mapping[str, Any]) -> Document:
    """The typed document of a JSON in which ``check_document`` finds no fault."""
    scales = {name: tuple(_grade(grade) for grade in scale) for name, scale in raw.get("scales", {}).items()}
    steps = tuple(
        Step(step["key"], step["title"], _fields(step["fields"], scales), step.get("hint")) for step in raw["steps"]
    )
    fields = tuple(each for step in steps for each in step.fields)
    return Document(raw["form"], raw["version"], raw["title"], steps, fields, _names(fields), raw)


def _grade(raw: Mapping[str, Any]) -> Grade:
    return Grade(raw["key"], raw["label"], raw["rank"], raw["satisfied"], raw.get("points"), raw.get("asks_why", False))


def _fields(raw: list[Mapping[str, Any]], scales: Mapping[str, tuple[Grade, ...]]) -> tuple[Field, ...]:
    return tuple(_field(each, scales) for each in raw)


def _field(raw: Mapping[str, Any], scales: Mapping[str, tuple[Grade, ...]]) -> Field:
    kind, repeat = raw["type"], raw.get("repeat", False)
    options = tuple(Option(each["key"], each["label"], each.get("hint")) for each in raw.get("options", ()))
    grades = scales[raw["scale"]] if kind == "scale" else ()
    inner = _fields(raw.get("fields", []), scales)
    by = raw.get("by", "")
    return Field(
        key=raw["key"],
        type=kind,
        label=raw["label"],
        hint=raw.get("hint"),
        required=_frozen(raw.get("required", False)),
        when=_frozen(raw.get("when", True)),
        options=options,
        grades=grades,
        min=raw.get("min", -NUMBER_MAX if kind == "number" else 0),
        max=raw.get("max", NUMBER_MAX if kind == "number" else TEXT_MAX.get(kind, MEMBERS_MAX)),
        of=raw.get("of", "staff" if kind == "person" else ""),
        by=by,
        repeat=repeat,
        fields=inner,
        choices=frozenset([each.key for each in options] + [each.key for each in grades]),
        names=_names(inner) | ({"id"} if kind == "group" and repeat and not by else frozenset()),
    )


def _names(fields: tuple[Field, ...]) -> frozenset[str]:
    return frozenset(each.key for each in fields if each.type != "note")


def _frozen(tree: Any) -> Any:
    return tuple(_frozen(part) for part in tree) if isinstance(tree, list) else tree
