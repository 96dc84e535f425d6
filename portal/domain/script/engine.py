"""The conversion itself: what is protected, decided by people, by names, by context - and OpenCC for the rest."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from portal.domain.refusals import Refused
from portal.domain.script.characters import verdict, weigh
from portal.domain.script.glossary import Glossary
from portal.domain.script.phrases import versions
from portal.domain.script.protect import Body, divide
from portal.domain.script.quotes import turned
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
from portal.domain.script.steps import converted_line, script_of_line

# Raised whenever the rules or the portal's glossary change, so that stored conversions can be told apart.
RULES: Final = 1

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def convert(
    text: str,
    *,
    source: str = "auto",
    target: str,
    fmt: str = "plain",
    glossary: Sequence[GlossaryEntry] = (),
    overrides: Sequence[Override] = (),
    quotes: bool = False,
) -> Converted:
    """Converts a text between the scripts.

    ``source`` is ``auto`` or a tag like ``target`` (``zh-Hans``, ``zh-Hant`` = ``zh-Hant-TW``, ``zh-Hant-TW``,
    ``zh-Hant-HK``); with ``auto`` each line is looked at by itself. A line that is in the target script already stays
    as it is, whatever ``source`` says, because converting it again would damage it. ``fmt`` is one of ``FORMATS``.
    Names given as glossary entries with equal halves are not converted. ``quotes`` turns the quotation marks too. The
    text should be NFC; code points stay in number except where a glossary entry or an override says otherwise.

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
        if quotes:
            job.quotes(body)
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

    def quotes(self, body: Body) -> None:
        """Turns the quotation marks of each paragraph of a body that were not decided otherwise."""
        start = 0
        for line in body.text.split("\n"):
            for offset, mark in turned(line, self.goal != "zh-Hans").items():
                place = body.places[start + offset]
                if self.out[place] == self.text[place]:
                    self.out[place] = mark
            start += len(line) + 1

    def _line(self, line: str, places: Sequence[int], found: Detected) -> None:
        script, sparing = script_of_line(line, self.given, self.goal, found)
        locks = self._overrides_in(places)
        pieces = converted_line(line, script, self.goal, locks, self.glossary, sparing)
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
            self.spans.append(Span(where[0], where[-1] + 1, src, piece.out, piece.reason, piece.candidates, piece.tier))
