"""Decisions about one character by what stands around it (``data/rules.tsv``)."""

import re
from collections.abc import Sequence
from functools import cache

from portal.domain.script.characters import DATA
from portal.domain.script.records import Lock, free_of


@cache
def _rules(direction: str) -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    rules: list[tuple[re.Pattern[str], str, bool]] = []
    for line in (DATA / "rules.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            way, pattern, out, *flags = line.split("\t")
            if way == direction:
                rules.append((re.compile(pattern), out, "ask" in flags))
    return tuple(rules)


def context_locks(text: str, direction: str, taken: Sequence[Lock], edges: frozenset[int]) -> list[Lock]:
    """The places decided by a rule of ``direction`` (``s2t`` or ``t2s``); earlier rules win.

    The group of a rule's pattern is what is decided; its length is kept.
    """
    locks: list[Lock] = []
    for pattern, out, ask in _rules(direction):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            if free_of(taken, start, end) and free_of(locks, start, end):
                locks.append(Lock(start, end, out, "context", tier=1 if ask else 0))
    return locks
