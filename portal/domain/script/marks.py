"""Which places of a conversion a person should look at: undecided characters, phrases that compete, word boundaries.

The list must be short, or nobody reads it: a notice without names has none or one (tier 1). The rest (tier 2) is what
was looked at too and is right as far as anybody can tell.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from portal.domain.script.characters import characters
from portal.domain.script.phrases import to_traditional
from portal.domain.script.records import Lock, Reason, free_of

# Undecided, but the default is right in ordinary sentences: the exceptions are phrases, rules or names of their own.
SAFE: Final = frozenset(
    "家个并向当须毁面荐术迹象糊果具证广启线了于后"
    "同千致出回烟板布占台合局念杆核欲泛注炼玩秋背胜针链雇升吊喂坐席彩才扣挂挨杯获困周游借尽几"
)
# Worth a look only in this company.
_ONLY_HERE: Final = {
    "只": re.compile(r"(?<=[0-9一二两三四五六七八九十百几数余犬猫狗鸟禽鸡鸭羊牲船])只"),
    "里": re.compile(r"里(?=[里长民办弄巷路街社小居号\d])"),
}


def doubts(
    line: str,
    plain: str,
    cut: str,
    cuts: Sequence[int],
    locks: Sequence[Lock],
    named: dict[int, tuple[str, ...]],
    regional: Callable[[str], str],
) -> list[Lock]:
    """One lock for each free character that changes or is worth a look.

    ``plain`` is the line as OpenCC alone would write it, ``cut`` as it is written with cuts at word boundaries;
    ``named`` are places where a surname is possible; ``regional`` gives a candidate the target's form.
    """
    free = [i for i in range(len(line)) if free_of(locks, i, i + 1)]
    unsure = _unsure(line, cuts, locks)
    found: list[Lock] = []
    for i in free:
        reason, tier, candidates = unsure.get(i, ("undecided", 0, ()))
        if i in named:
            reason, tier, candidates = "name", 1, named[i]
        elif plain[i] != cut[i]:
            reason, tier, candidates = "word-boundary", 1 if reason == "undecided" and candidates else 2, (plain[i],)
        if candidates:
            candidates = tuple(dict.fromkeys((cut[i], *map(regional, candidates))))
        if tier == 1 and len(candidates) < 2:
            tier = 2
        if cut[i] != line[i] or tier:
            found.append(Lock(i, i + 1, cut[i], reason, candidates, tier))
    return found


def _unsure(line: str, cuts: Sequence[int], locks: Sequence[Lock]) -> dict[int, tuple[Reason, int, tuple[str, ...]]]:
    """The one-to-many characters that no phrase decided, or that two phrases decide differently."""
    table = to_traditional()
    unsure: dict[int, tuple[Reason, int, tuple[str, ...]]] = {}
    bounds = sorted({0, *cuts, len(line)})
    for a, b in zip(bounds, bounds[1:], strict=False):
        if not free_of(locks, a, b):
            continue
        want = _wanted(line[a:b])
        for start, end, phrase in table.greedy(line[a:b]):
            for place in range(start, end):
                targets = table.chars.get(line[a + place], ())
                if len(targets) < 2:
                    continue
                if phrase is None:
                    unsure[a + place] = ("undecided", 1 if _risky(line, a + place) else 2, targets)
                elif len(want.get(place, ())) > 1:
                    unsure[a + place] = ("phrase-conflict", 1, tuple(sorted(want[place])))
    return unsure


def _risky(line: str, place: int) -> bool:
    char = line[place]
    if char in _ONLY_HERE:
        return _ONLY_HERE[char].match(line, place) is not None
    return char in characters().live and char not in SAFE


def _wanted(text: str) -> dict[int, set[str]]:
    """For each place, what the phrases over it would write there, taken or not; second spellings do not count."""
    table = to_traditional()
    want: dict[int, set[str]] = {}
    for i in range(len(text)):
        for phrase in table.at(text, i):
            for offset, char in enumerate(table.phrases[phrase][0]):
                want.setdefault(i + offset, set()).add(char)
    return want
