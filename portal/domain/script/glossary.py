"""Spellings that are final wherever they occur: the portal's own list, an estate's, a notice's."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from portal.domain.script.characters import DATA
from portal.domain.script.records import GlossaryEntry, Kind, Lock, Reason, Script, free_of

_REASON: Final[dict[Kind, Reason]] = {"term": "glossary", "keep": "glossary", "name": "name", "place": "place"}
_RANK: Final = {"notice": 0, "estate": 1, "portal": 2}


@cache
def portal_glossary() -> tuple[GlossaryEntry, ...]:
    """The general phrases shipped with the portal (``data/glossary.tsv``: kind, hans, hant, hant_hk)."""
    entries: list[GlossaryEntry] = []
    for line in (DATA / "glossary.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, hans, hant, *hong_kong = line.split("\t")
            entries.append(GlossaryEntry(hans, hant, kind, "portal", hong_kong[0] if hong_kong else ""))  # type: ignore[arg-type]
    return tuple(entries)


def sides(entry: GlossaryEntry, goal: Script) -> tuple[tuple[str, ...], str]:
    """What the entry looks for in a source, and what it writes, for a target script."""
    if goal == "zh-Hans":
        return tuple(dict.fromkeys(s for s in (entry.hant, entry.hant_hk) if s)), entry.hans
    return (entry.hans,), (entry.hant_hk or entry.hant) if goal == "zh-Hant-HK" else entry.hant


class Glossary:
    """Entries in the order in which they win, looked up by their first character."""

    def __init__(self, entries: Sequence[GlossaryEntry], goal: Script) -> None:
        self._by_first: dict[str, list[tuple[str, str, GlossaryEntry]]] = {}
        for entry in entries:
            sources, out = sides(entry, goal)
            for source in sources:
                if source:
                    self._by_first.setdefault(source[0], []).append((source, out, entry))
        for found in self._by_first.values():
            found.sort(key=lambda item: (_RANK[item[2].scope], -len(item[0])))

    def locks(self, text: str, taken: Sequence[Lock], edges: frozenset[int]) -> list[Lock]:
        """The places decided by the glossary.

        A portal entry gives way where its edge lies inside a longer word; what an office entered itself does not.
        """
        found: list[tuple[int, int, Lock]] = []
        for start, char in enumerate(text):
            for source, out, entry in self._by_first.get(char, ()):
                end = start + len(source)
                if text.startswith(source, start) and (entry.scope != "portal" or (start in edges and end in edges)):
                    found.append((_RANK[entry.scope], -len(source), Lock(start, end, out, _REASON[entry.kind])))
        locks: list[Lock] = []
        for *_, lock in sorted(found, key=lambda item: (item[0], item[1], item[2].start)):
            if free_of(taken, lock.start, lock.end) and free_of(locks, lock.start, lock.end):
                locks.append(lock)
        return locks


@cache
def portal_lookup(goal: Script) -> Glossary:
    """The portal's own entries, ready for a target script."""
    return Glossary(portal_glossary(), goal)
