"""Which places of a conversion a person should look at: undecided characters, phrases that compete, word boundaries."""

from collections.abc import Callable, Sequence
from typing import Final

from portal.domain.script.characters import characters
from portal.domain.script.phrases import to_traditional
from portal.domain.script.records import Lock, free_of

# Undecided, but the default was right in every case of a natural sample: these go to the collapsed list.
SAFE: Final = frozenset("家个并向当须毁面荐术迹象糊果具证广启线了于后")


def doubts(
    line: str,
    plain: str,
    cut: str,
    cuts: Sequence[int],
    locks: Sequence[Lock],
    regional: Callable[[str], str],
) -> list[Lock]:
    """One lock for each free character that changes or is worth a look.

    ``plain`` is the line as OpenCC alone would write it, ``cut`` as it is written with cuts at word boundaries;
    ``regional`` gives a candidate the target's form.
    """
    table = to_traditional()
    bounds = sorted({0, *cuts, len(line)})
    unsure: dict[int, tuple[str, int, tuple[str, ...]]] = {}
    for a, b in zip(bounds, bounds[1:], strict=False):
        if not free_of(locks, a, b):
            continue
        want = _wanted(line[a:b])
        for start, end, phrase in table.greedy(line[a:b]):
            for place in range(start, end):
                char = line[a + place]
                targets = table.chars.get(char, ())
                if len(targets) < 2:
                    continue
                if phrase is None:
                    tier = 1 if char in characters().live and char not in SAFE else 2
                    unsure[a + place] = ("undecided", tier, targets)
                elif len(want.get(place, ())) > 1:
                    unsure[a + place] = ("phrase-conflict", 1, tuple(sorted(want[place])))
    locks_out: list[Lock] = []
    for i, (char, out) in enumerate(zip(line, cut, strict=True)):
        if not free_of(locks, i, i + 1):
            continue
        reason, tier, candidates = unsure.get(i, ("undecided", 0, ()))
        if plain[i] != cut[i]:
            reason, tier, candidates = "word-boundary", 1, (cut[i], plain[i])
        elif candidates:
            candidates = tuple(dict.fromkeys((out, *map(regional, candidates))))
        if out != char or tier:
            locks_out.append(Lock(i, i + 1, out, reason, candidates, tier))  # type: ignore[arg-type]
    return locks_out


def _wanted(text: str) -> dict[int, set[str]]:
    """For each place, what the phrases over it would write there, taken or not."""
    table = to_traditional()
    want: dict[int, set[str]] = {}
    for i in range(len(text)):
        for phrase in table.at(text, i):
            for target in table.phrases[phrase]:
                for offset, char in enumerate(target):
                    want.setdefault(i + offset, set()).add(char)
    return want
