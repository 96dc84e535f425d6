"""Answers spoilt at random, with a seed: what no list of hand-written cases thinks of."""

import copy
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.cases import read_cases, read_form

ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    "\u3000",
    "x" * 6000,
    "😀" * 201,
    "yes",
    "no",
    "proxy",
    "phone",
    "complaint",
    "no_contact",
    "2026-02-30",
    "2026-03-05",
    "12:00",
    "24:00",
    "engineering",
    "0190c5a1-0000-7000-8000-00000000000a",
    "c" * 64,
    0,
    7,
    100,
    -(2**53 - 1),
    True,
    [],
    {},
    ["x"],
    ["c" * 64, "c" * 64],
    {"id": "0190c5a1-0000-7000-8000-00000000000a"},
    [{"id": "0190c5a1-0000-7000-8000-00000000000f"}, "leak", None],
)


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Every document that a case speaks of, by the name it goes by there."""
    cases = read_cases("formspec")
    known: dict[str, dict[str, Any]] = dict(cases["documents"])
    for case in (*cases["cases"], *cases["hidden"]):
        if "@" in case["document"]:
            known.setdefault(case["document"], read_form(case["document"]))
    return known


@cache
def _keys_of(name: str) -> list[str]:
    """The keys of a document's own fields, and one it does not know."""
    return [field["key"] for step in documents()[name]["steps"] for field in step["fields"]] + ["unasked"]


def spoilt_answers(seed: int, count: int) -> Iterator[tuple[str, Any]]:
    """Pairs of document name and answers, each with one to four places changed, added or taken away."""
    chance = random.Random(seed)
    cases = [case for case in read_cases("formspec")["cases"] if isinstance(case["answers"], dict)]
    for _ in range(count):
        case = chance.choice(cases)
        answers = copy.deepcopy(case["answers"])
        for _ in range(chance.randint(1, 4)):
            _spoil(answers, _keys_of(case["document"]), chance)
        yield case["document"], answers


def _spoil(answers: dict[str, Any], keys: list[str], chance: random.Random) -> None:
    places = list(_places(answers))
    if not places or chance.random() < 0.3:
        answers[chance.choice(keys)] = copy.deepcopy(chance.choice(ODD_VALUES))
        return
    holder, name = chance.choice(places)
    if chance.random() < 0.3:
        del holder[name]
    else:
        holder[name] = copy.deepcopy(chance.choice(ODD_VALUES))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    names = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        yield value, name
        yield from _places(value[name])
