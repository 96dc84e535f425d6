"""Decisions about one character by what stands around it (``data/rules.tsv``)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from portal.domain.script.characters import DATA
from portal.domain.script.records import Lock


@dataclass(frozen=True, slots=True)
class Rule:
    """``pattern`` decides its first group as ``out``; ``=`` leaves it as it is, ``|`` only begins a new word there.

    Flags: the group must ``start`` or ``end`` at a word's edge, or be a ``word`` by itself; ``ask`` makes it a place
    to be confirmed.
    """

    pattern: re.Pattern[str]
    out: str
    flags: frozenset[str]

    def holds(self, start: int, end: int, edges: frozenset[int]) -> bool:
        """Whether the place suits the rule's flags."""
        if ("start" in self.flags or "word" in self.flags) and start not in edges:
            return False
        return not (("end" in self.flags or "word" in self.flags) and end not in edges)


@cache
def rules(way: str) -> tuple[Rule, ...]:
    """The rules of one way, ``s2t`` or ``t2s``, in the order in which they win."""
    found: list[Rule] = []
    for line in (DATA / "rules.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            which, pattern, out, *flags = line.split("\t")
            if which == way:
                found.append(Rule(re.compile(pattern), out, frozenset(flags)))
    return tuple(found)


def context_locks(text: str, way: str, taken: Sequence[Lock], edges: frozenset[int]) -> tuple[list[Lock], list[int]]:
    """The places decided by a rule, earlier rules winning, and the places where a new word begins."""
    decided = {place for lock in taken for place in range(lock.start, lock.end)}
    locks: list[Lock] = []
    cuts: list[int] = []
    for rule in rules(way):
        for match in rule.pattern.finditer(text):
            start, end = match.span(1)
            if not decided.isdisjoint(range(start, end)) or not rule.holds(start, end, edges):
                continue
            if rule.out == "|":
                cuts.append(start)
                continue
            decided.update(range(start, end))
            out = match[1] if rule.out == "=" else rule.out
            locks.append(Lock(start, end, out, "context", tier=1 if "ask" in rule.flags else 0))
    return locks, cuts
