"""The way of one line from one script to the other: what is decided first, and OpenCC for the rest."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from portal.domain.script.characters import characters, verdict, weigh
from portal.domain.script.context import context_locks
from portal.domain.script.glossary import Glossary, portal_lookup
from portal.domain.script.marks import doubts
from portal.domain.script.names import marked_names, name_locks
from portal.domain.script.phrases import cut_points, edges_of, to_simplified, to_traditional, versions
from portal.domain.script.records import Detected, Lock, Script, free_of

_CONFIGS: Final[dict[tuple[Script, Script], tuple[str, ...]]] = {
    ("zh-Hans", "zh-Hant-TW"): ("s2tw",),
    ("zh-Hans", "zh-Hant-HK"): ("s2hk",),
    ("zh-Hant-TW", "zh-Hans"): ("tw2s",),
    ("zh-Hant-HK", "zh-Hans"): ("hk2s",),
    ("zh-Hant-TW", "zh-Hant-HK"): ("tw2t", "t2hk"),
    ("zh-Hant-HK", "zh-Hant-TW"): ("hk2t", "t2tw"),
}


def converted_line(
    line: str, script: Script, goal: Script, locks: list[Lock], glossary: Glossary, sparing: bool
) -> list[Lock]:
    """The pieces of a line that are decided or changed.

    ``locks`` are decided already (overrides); ``sparing`` limits the change to characters foreign to ``goal``.
    """
    if script == goal:
        pieces = locks
    elif script == "zh-Hans":
        pieces = _to_traditional(line, locks, glossary, goal)
    elif goal == "zh-Hans":
        pieces = _to_simplified(line, locks, glossary, script)
    else:
        pieces = _across(line, locks, glossary, script, goal)
    if not sparing:
        return pieces
    foreign = characters().hans if script == "zh-Hans" else characters().hant
    return [p for p in pieces if p.reason == "override" or any(c in foreign for c in line[p.start : p.end])]


def script_of_line(line: str, given: Script | None, goal: Script, found: Detected) -> tuple[Script, bool]:
    """The script of a line, and whether only the characters foreign to the target may change.

    The latter is so where a line is mixed and mostly in the target script already.
    """
    traditional: Script = given if given and given != "zh-Hans" else goal if goal != "zh-Hans" else "zh-Hant-TW"
    opposite: Script = "zh-Hans" if goal != "zh-Hans" else traditional
    hans, hant = weigh(line)
    decided = verdict(hans, hant)
    if decided == "zh-Hans":
        return "zh-Hans", False
    if decided == "zh-Hant":
        return traditional, False
    if decided == "mixed":
        home, foreign = (hans, hant) if goal == "zh-Hans" else (hant, hans)
        return opposite, home > foreign and given is None
    if given:
        return given, False
    if found in ("zh-Hans", "zh-Hant"):
        return ("zh-Hans" if found == "zh-Hans" else traditional), False
    return opposite, False


def _to_traditional(line: str, locks: list[Lock], glossary: Glossary, goal: Script) -> list[Lock]:
    edges = edges_of(line)
    locks = locks + glossary.locks(line, locks, edges)
    locks += [_regional(lock, goal) for lock in name_locks(line, locks, edges)]
    decided, begun = context_locks(line, "s2t", locks, edges)
    locks += [_regional(lock, goal) for lock in decided]
    locks += [_regional(lock, goal) for lock in portal_lookup(goal).locks(line, locks, edges)]
    configs = _CONFIGS["zh-Hans", goal]
    stops = sorted({x for lock in locks for x in (lock.start, lock.end)})
    plain = _by_pieces(line, stops, locks, configs)
    begun = [place for place in begun if free_of(locks, place, place + 1)]
    cuts = cut_points(to_traditional(), line, edges, [*stops, *begun])
    cut = _by_pieces(line, cuts, locks, configs)
    named = marked_names(line, edges)
    return locks + doubts(line, plain, cut, cuts, locks, named, lambda text: _regional_form(text, goal))


def _to_simplified(line: str, locks: list[Lock], glossary: Glossary, script: Script) -> list[Lock]:
    # The segmenter knows simplified words only; folding keeps the length, so its edges hold for the original too.
    edges = edges_of(line.translate(characters().index))
    locks = locks + glossary.locks(line, locks, edges)
    locks += context_locks(line, "t2s", locks, edges)[0]
    locks += portal_lookup("zh-Hans").locks(line, locks, edges)
    stops = sorted({x for lock in locks for x in (lock.start, lock.end)})
    cuts = cut_points(to_simplified(), line, edges, stops)
    done = _by_pieces(line, cuts, locks, _CONFIGS[script, "zh-Hans"])
    tables = characters()
    out = [tables.index.get(ord(c), c) if c in tables.hant else c for c in done]
    free = [i for i in range(len(line)) if free_of(locks, i, i + 1) and out[i] != line[i]]
    return locks + [Lock(i, i + 1, out[i], "undecided") for i in free]


def _across(line: str, locks: list[Lock], glossary: Glossary, script: Script, goal: Script) -> list[Lock]:
    """Between Taiwan's and Hong Kong's forms; only where the source was named, because the two cannot be told apart."""
    edges = edges_of(line.translate(characters().index))
    locks = locks + glossary.locks(line, locks, edges)
    stops = sorted({x for lock in locks for x in (lock.start, lock.end)})
    done = _by_pieces(line, stops, locks, _CONFIGS[script, goal])
    return locks + [
        Lock(i, i + 1, done[i], "undecided")
        for i in range(len(line))
        if done[i] != line[i] and free_of(locks, i, i + 1)
    ]


def _by_pieces(line: str, cuts: Sequence[int], locks: Sequence[Lock], configs: tuple[str, ...]) -> str:
    """The line converted piece by piece; what is locked stays as it was, for the caller to overwrite."""
    bounds = sorted({0, *cuts, len(line)})
    parts: list[str] = []
    for start, end in zip(bounds, bounds[1:], strict=False):
        piece = line[start:end]
        parts.append(_opencc(piece, configs) if free_of(locks, start, end) else piece)
    return "".join(parts)


def _regional(lock: Lock, goal: Script) -> Lock:
    """The lock with Hong Kong's character forms, where its text was written with Taiwan's."""
    if goal != "zh-Hant-HK":
        return lock
    return replace(lock, out=_opencc(lock.out, _CONFIGS["zh-Hant-TW", "zh-Hant-HK"]))


def _regional_form(char: str, goal: Script) -> str:
    """A character of OpenCC's standard in the target's form (裏 is 裡 in Taiwan)."""
    return _opencc(char, ("t2hk",) if goal == "zh-Hant-HK" else ("t2tw",))


def _opencc(text: str, configs: tuple[str, ...]) -> str:
    """OpenCC's answer, which has the length of the question: where it has not, character by character."""
    for config in configs:
        converter = _converter(config)
        done = str(converter.convert(text))
        if len(done) != len(text):
            singles = [str(converter.convert(c)) for c in text]
            done = "".join(s if len(s) == 1 else c for s, c in zip(singles, text, strict=True))
        text = done
    return text


@cache
def _converter(config: str) -> Any:
    """One converter of a kind per process (0.1 s and 50 MB for the first)."""
    import opencc

    versions()
    return opencc.OpenCC(config, include_tofu_risk_dictionaries=False)
