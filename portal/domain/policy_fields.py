"""What a policy number is: its area, unit, source rule and range; how it is checked, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.domain.calendar import Span, read_spans, write_spans
from portal.domain.refusals import Refused

OURS = "ours"  # the source of a number that no source document gives

_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Spec:
    """One policy field as an office sees it.

    ``kind``: number, flag, choice (one of ``options``), choices (several, in the order of ``options``), steps (several,
    in the order given), months (of the year), month_day (``MM-DD``), spans (hours of a day). ``rule`` is where the rule
    stands: an id of the domain (``SV-05``) or a section of the methods (``2.10``). An ``optional`` one may be None: the
    procedure sets no number.
    """

    kind: str
    area: str
    unit: str
    rule: str
    default: object
    low: int = 0
    high: int = 0
    options: tuple[str, ...] = ()
    optional: bool = False


def _declared(spec: Spec) -> Any:
    return field(default=spec.default, metadata={"spec": spec})


def number(default: int | None, area: str, unit: str, rule: str, low: int, high: int, *, optional: bool = False) -> Any:
    """A whole number from ``low`` to ``high``."""
    return _declared(Spec("number", area, unit, rule, default, low, high, optional=optional or default is None))


def flag(default: bool, area: str, rule: str) -> Any:
    """Yes or no."""
    return _declared(Spec("flag", area, "", rule, default))


def choice(default: str, area: str, rule: str, options: str) -> Any:
    """One of the words in ``options``."""
    return _declared(Spec("choice", area, "", rule, default, options=tuple(options.split())))


def choices(default: str, area: str, rule: str, options: str) -> Any:
    """At least one of the words in ``options``."""
    return _declared(Spec("choices", area, "", rule, tuple(default.split()), options=tuple(options.split())))


def steps(default: str, area: str, rule: str, options: str) -> Any:
    """Words of ``options`` in the order in which they act, at least one, none twice."""
    return _declared(Spec("steps", area, "", rule, tuple(default.split()), options=tuple(options.split())))


def months(default: tuple[int, ...], area: str, rule: str) -> Any:
    """Months of the year, 1 to 12; none is allowed."""
    return _declared(Spec("months", area, "month", rule, default, 1, 12))


def month_day(default: str | None, area: str, rule: str) -> Any:
    """A day of every year as ``MM-DD``, or none."""
    return _declared(Spec("month_day", area, "", rule, default, optional=True))


def spans(default: str, area: str, rule: str) -> Any:
    """Hours of a day, ``HH:MM-HH:MM`` separated by commas; none is allowed."""
    return _declared(Spec("spans", area, "", rule, read_spans(default)))


def _is_month_day(value: object) -> bool:
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return match is not None and bool(date(2001, int(match[1]), int(match[2])))
    except ValueError:
        return False


def _is_number(value: object, spec: Spec) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and spec.low <= value <= spec.high


def _is_list(value: object, of: Iterable[object]) -> bool:
    return isinstance(value, tuple) and len(set(value)) == len(value) and set(value) <= set(of)


def check_value(name: str, spec: Spec, value: object) -> None:
    """Raise ``Refused`` for a value this field cannot take.

    ``policy.out_of_range`` (with ``low`` and ``high``) for a number, ``policy.bad_value`` for anything else.
    """
    if value is None and spec.optional:
        return
    if spec.kind == "number":
        if not _is_number(value, spec):
            raise Refused("policy.out_of_range", field=name, value=value, low=spec.low, high=spec.high)
        return
    right = {
        "flag": lambda: isinstance(value, bool),
        "choice": lambda: value in spec.options,
        "choices": lambda: bool(value) and _is_list(value, spec.options),
        "steps": lambda: bool(value) and _is_list(value, spec.options),
        "months": lambda: _is_list(value, range(1, 13)),
        "month_day": lambda: _is_month_day(value),
        "spans": lambda: isinstance(value, tuple) and all(isinstance(span, Span) for span in value),
    }[spec.kind]
    if not right():
        raise Refused("policy.bad_value", field=name, value=value)


def read_value(name: str, spec: Spec, text: str) -> object:
    """The value of a stored or typed text; "" is None where that is allowed. Raises as ``check_value``."""
    text = text.strip()
    value: object = text
    if text == "" and spec.optional:
        return None
    if spec.kind == "number":
        value = int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else text
    elif spec.kind == "flag":
        value = {"yes": True, "no": False}.get(text, text)
    elif spec.kind in ("choices", "steps"):
        words = text.split()
        value = tuple(sorted(words, key=_place(spec.options))) if spec.kind == "choices" else tuple(words)
    elif spec.kind == "months":
        value = tuple(sorted(int(word) if re.fullmatch(r"\d{1,2}", word, re.ASCII) else 0 for word in text.split()))
    elif spec.kind == "spans":
        try:
            value = read_spans(text)
        except Refused as why:
            raise Refused("policy.bad_value", field=name, value=text) from why
    check_value(name, spec, value)
    return value


def _place(options: tuple[str, ...]) -> Any:
    return lambda word: (options.index(word) if word in options else len(options), word)


def write_value(spec: Spec, value: object) -> str:
    """The text that ``read_value`` reads back to the same value."""
    if value is None:
        return ""
    if spec.kind == "flag":
        return "yes" if value else "no"
    if spec.kind == "spans":
        assert isinstance(value, tuple)
        return write_spans(value)
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
