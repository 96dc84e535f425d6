"""The conversion itself: what is protected, decided by people, by names, by context - and OpenCC for the rest."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from portal.domain.refusals import Refused
from portal.domain.script.characters import characters, verdict, weigh
from portal.domain.script.context import context_locks
from portal.domain.script.glossary import Glossary, portal_lookup
from portal.domain.script.marks import doubts
from portal.domain.script.names import name_locks
from portal.domain.script.phrases import cut_points, edges_of, to_simplified, to_traditional, versions
from portal.domain.script.protect import Body, divide
from portal.domain.script.records import (
    FORMATS,
    Converted,
    Detected,
    GlossaryEntry,
    Lock,
    Override,
    Script,
    Span,
    free_of,
    script_of,
)

# Raised whenever the rules or the portal's glossary change, so that stored conversions can be told apart.
RULES: Final = 1

_CONFIGS: Final[dict[tuple[Script, Script], tuple[str, ...]]] = {
    ("zh-Hans", "zh-Hant-TW"): ("s2tw",),
    ("zh-Hans", "zh-Hant-HK"): ("s2hk",),
    ("zh-Hant-TW", "zh-Hans"): ("tw2s",),
    ("zh-Hant-HK", "zh-Hans"): ("hk2s",),
    ("zh-Hant-TW", "zh-Hant-HK"): ("tw2t", "t2hk"),
    ("zh-Hant-HK", "zh-Hant-TW"): ("hk2t", "t2tw"),
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def convert(
    text: str,
    *,
    source: str = "auto",
    target: str,
    fmt: str = "plain",
    glossary: Sequence[GlossaryEntry] = (),
    overrides: Sequence[Override] = (),
) -> Converted:
    """Converts a text between the scripts.

    ``source`` is ``auto`` or a tag like ``target`` (``zh-Hans``, ``zh-Hant`` = ``zh-Hant-TW``, ``zh-Hant-TW``,
    ``zh-Hant-HK``); with ``auto`` each line is looked at by itself. A line that is in the target script already stays
    as it is, whatever ``source`` says, because converting it again would damage it. ``fmt`` is one of ``FORMATS``.
    Names given as glossary entries with equal halves are not converted. The text should be NFC.

    Raises ``Refused``: ``text.nul``, ``text.surrogate``, ``script.unknown``, ``format.unknown``, ``script.versions``.
    """
    goal = script_of(target)
    given = None if source == "auto" else script_of(source)
    if fmt not in FORMATS:
        raise Refused("format.unknown", format=fmt)
    check(text)
    divided = divide(text, fmt)
    job = _Job(text, goal, given, glossary)
    job.anchor(overrides)
    bodies = (divided.running, *divided.apart)
    counts = [weigh(body.text) for body in bodies]
    found = verdict(sum(a for a, _ in counts), sum(b for _, b in counts))
    for body in bodies:
        job.body(body, found)
    spans = [Span(a, b, text[a:b], text[a:b], "protected") for a, b in divided.protected]
    return Converted(
        "".join(job.out),
        tuple(sorted([*spans, *job.spans], key=lambda span: span.start)),
        found,
        engine_name(),
        tuple(job.lost),
    )


def doubtful(text: str, target: str, *, source: str = "auto", fmt: str = "plain") -> tuple[Span, ...]:
    """The places of a text whose conversion a person must confirm."""
    return tuple(span for span in convert(text, source=source, target=target, fmt=fmt).spans if span.tier == 1)


def check(text: str) -> None:
    """Refuses what the converter would lose or choke on: ``text.nul`` (it drops the rest), ``text.surrogate``."""
    if "\0" in text:
        raise Refused("text.nul", place=text.index("\0"))
    if match := _SURROGATE.search(text):
        raise Refused("text.surrogate", place=match.start())


def engine_name() -> str:
    """The versions that made a conversion, for the record kept beside it."""
    engine, data = versions()
    return f"opencc {engine} / data {data} / rules {RULES}"


class _Job:
    """One text on its way: what has been written so far, place by place."""

    def __init__(self, text: str, goal: Script, given: Script | None, glossary: Sequence[GlossaryEntry]) -> None:
        self.text = text
        self.goal = goal
        self.given = given
        self.glossary = Glossary(glossary, goal)
        self.out = list(text)
        self.spans: list[Span] = []
        self.lost: list[Override] = []
        self.anchored: list[Lock] = []

    def anchor(self, overrides: Sequence[Override]) -> None:
        """Finds the places of the overrides; those without exactly one place are reported as lost."""
        for override in overrides:
            places = [m.start() for m in re.finditer(re.escape(override.src), self.text)] if override.src else []
            exact = [p for p in places if self._fits(override, p)]
            if override.occurrence < len(exact):
                place = exact[override.occurrence]
            elif not exact and len(places) == 1:
                place = places[0]
            else:
                self.lost.append(override)
                continue
            lock = Lock(place, place + len(override.src), override.out, "override")
            if free_of(self.anchored, lock.start, lock.end):
                self.anchored.append(lock)

    def _fits(self, override: Override, place: int) -> bool:
        before, after = self.text[:place], self.text[place + len(override.src) :]
        return before.endswith(override.before) and after.startswith(override.after)

    def body(self, body: Body, found: Detected) -> None:
        """Converts one body, line by line."""
        start = 0
        for line in body.text.split("\n"):
            end = start + len(line)
            if line:
                self._line(line, body.places[start:end], found)
            start = end + 1

    def _line(self, line: str, places: Sequence[int], found: Detected) -> None:
        script, sparing = _script_of_line(line, self.given, self.goal, found)
        locks = self._overrides_in(places)
        pieces: list[Lock]
        if script == self.goal:
            pieces = locks
        elif script == "zh-Hans":
            pieces = _to_traditional(line, locks, self.glossary, self.goal)
        elif self.goal == "zh-Hans":
            pieces = _to_simplified(line, locks, self.glossary, script)
        else:
            pieces = _across(line, locks, self.glossary, script, self.goal)
        if sparing:
            foreign = characters().hans if script == "zh-Hans" else characters().hant
            pieces = [p for p in pieces if p.reason == "override" or any(c in foreign for c in line[p.start : p.end])]
        for piece in pieces:
            self._write(piece, line, places)

    def _overrides_in(self, places: Sequence[int]) -> list[Lock]:
        at = {place: i for i, place in enumerate(places) if place >= 0}
        locks: list[Lock] = []
        for lock in self.anchored:
            if all(p in at for p in range(lock.start, lock.end)):
                locks.append(replace(lock, start=at[lock.start], end=at[lock.end - 1] + 1))
        return locks

    def _write(self, piece: Lock, line: str, places: Sequence[int]) -> None:
        where = [p for p in places[piece.start : piece.end] if p >= 0]
        if not where:
            return
        if len(piece.out) == len(where):
            for place, char in zip(where, piece.out, strict=True):
                self.out[place] = char
        else:
            for place in where:
                self.out[place] = ""
            self.out[where[0]] = piece.out
        src = "".join(self.text[p] for p in where)
        if piece.tier or piece.reason != "undecided":
            self.spans.append(
                Span(where[0], where[-1] + 1, src, piece.out, piece.reason, piece.candidates, piece.tier)
            )


def _script_of_line(line: str, given: Script | None, goal: Script, found: Detected) -> tuple[Script, bool]:
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
    locks += [_regional(lock, goal) for lock in context_locks(line, "s2t", locks, edges)]
    locks += [_regional(lock, goal) for lock in portal_lookup(goal).locks(line, locks, edges)]
    configs = _CONFIGS["zh-Hans", goal]
    stops = sorted({x for lock in locks for x in (lock.start, lock.end)})
    plain = _by_pieces(line, stops, locks, configs)
    cuts = cut_points(to_traditional(), line, edges, stops)
    cut = _by_pieces(line, cuts, locks, configs)
    return locks + doubts(line, plain, cut, cuts, locks, lambda text: _opencc(text, configs))


def _to_simplified(line: str, locks: list[Lock], glossary: Glossary, script: Script) -> list[Lock]:
    # The segmenter knows simplified words only; folding keeps the length, so its edges hold for the original too.
    edges = edges_of(line.translate(characters().index))
    locks = locks + glossary.locks(line, locks, edges)
    locks += context_locks(line, "t2s", locks, edges)
    locks += portal_lookup("zh-Hans").locks(line, locks, edges)
    stops = sorted({x for lock in locks for x in (lock.start, lock.end)})
    cuts = cut_points(to_simplified(), line, edges, stops)
    done = _by_pieces(line, cuts, locks, _CONFIGS[script, "zh-Hans"])
    tables = characters()
    out = [chr(tables.index.get(ord(c), ord(c))) if c in tables.hant else c for c in done]  # type: ignore[arg-type]
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
