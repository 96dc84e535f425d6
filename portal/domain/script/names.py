"""Surnames before a title, given names between the two: the characters that stay as they are in a person's name.

A converter that writes 範先生 or 於女士 has insulted somebody. Where the reading is not certain (the preposition and
the surname 于 look the same in simplified script) the place is left to the ordinary conversion and marked.
"""

import re
from collections.abc import Sequence
from typing import Final

from portal.domain.script.phrases import to_traditional
from portal.domain.script.records import Lock, free_of
from portal.domain.script.vocabulary import vocabulary

# Never assumed, only marked: both readings are common before a title.
_MARKED: Final = {"于": ("於", "于"), "云": ("雲", "云"), "后": ("後", "后"), "种": ("種", "种"), "干": ("幹", "干")}
# In a count, a time or a journey these are not surnames.
_NOT_AFTER: Final = {"余": "0123456789百千万十数两", "钟": "点分秒刻时口座半", "游": "日夜周天导旅郊"}
# 于 before one of these behind the title means at or before, and the title is not a person addressed.
_PLACE_OR_TIME: Final = re.compile(r"办|处|室|到|来|签|同意|审|批|所|之|前|后|在场|离|值班|上班|下班|休息")
_OCCASION: Final = re.compile(r"节|专场|优先|们|专用|专属")

_SAID: Final = re.compile(
    r"(?<=姓)(?P<after>[范余郁岳游涂朴钟于])(?=[，。、；的\s业住租老男女]|$)"
    r"|(?P<before>[范余郁岳游涂朴钟于])(?=姓(?:[业住租老男女先员居]|[，。、；的\s]|$))"
    r"|(?P<some>[范余郁岳游涂朴钟])(?=某)|(?P<yu>于)(?=某(?:某|[，。、：（]|$|因|先|女|称|说))"
    r"|(?<=[老小])(?P<familiar>[范余郁岳游涂钟])(?=[和与及、，。说在负已师等来去的到将向]|$)"
)
# A list of names has at least three of them between the same marks.
_LISTED: Final = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,3}(?:[、，]\s?[\u4e00-\u9fff]{2,3}){2,}(?![\u4e00-\u9fff])"
)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")

Found = list[tuple[int, str]]


def name_locks(text: str, taken: Sequence[Lock], edges: frozenset[int]) -> list[Lock]:
    """The characters of names, each to be confirmed (tier 1).

    A surname that belongs to a longer word (关于女士, 其余女士) is none.
    """
    found: Found = []
    for match in _SAID.finditer(text):
        place = match.start(str(match.lastgroup))
        if place in edges or match.lastgroup in ("after", "familiar"):
            found.append((place, vocabulary().surnames.get(text[place], text[place])))
    for match in vocabulary().title.finditer(text):
        if _stands_alone(text, match, edges):
            found += _before_title(text, match, edges)
    for start, end in _unaddressed(text, edges):
        found += _whole_name(text, start, end)
    locks: list[Lock] = []
    for place, out in found:
        if free_of(taken, place, place + 1) and free_of(locks, place, place + 1):
            candidates = tuple(dict.fromkeys((out, *to_traditional().chars.get(text[place], ()))))
            locks.append(Lock(place, place + 1, out, "name", candidates, 1))
    return locks


def marked_names(text: str, edges: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """Places where a surname is possible but was not assumed, with both readings."""
    found: dict[int, tuple[str, ...]] = {}
    for match in vocabulary().title.finditer(text):
        place = match.start() - 1
        if place >= 0 and text[place] in _MARKED and place in edges and match.end() in edges:
            found[place] = _MARKED[text[place]]
    return found


def _stands_alone(text: str, title: re.Match[str], edges: frozenset[int]) -> bool:
    """Whether the title is a word of its own; 余生 is only Mr Yu among other names."""
    if title[0] == "生" and title.start() not in edges:
        return text[title.end() : title.end() + 1] == "、" or text[: title.start() - 1][-1:] in ("、", "和", "与")
    if title[0] == "工" and not re.match(r"[，。、；：:（(\s]|$", text[title.end() :]):
        return title.start() in edges and title.end() in edges
    return title.end() in edges or title[0] == "工"


def _before_title(text: str, title: re.Match[str], edges: frozenset[int]) -> Found:
    place = title.start() - 1
    if place < 0:
        return []
    words, char, before = vocabulary(), text[place], text[:place]
    address = title["address"] is not None
    if address and (found := _given_before(text, title.start(), edges)):
        return found
    if place in edges:
        if char in words.surnames and (not before or before[-1] not in _NOT_AFTER.get(char, "")):
            return [(place, words.surnames[char])]
        if char in words.rare and address and words.begins.search(before):
            return [(place, char)]
        if char == "于" and _is_surname_yu(before, text[title.end() :], address):
            return [(place, char)]
    return []


def _is_surname_yu(before: str, after: str, address: bool) -> bool:
    """于女士 is a person unless a word before asks for a preposition; 于经理 only where a person is spoken of."""
    if before and before[-1] in vocabulary().preposition:
        return False
    if address:
        return not _OCCASION.match(after)
    if before.endswith("请"):
        return False
    if not before or before[-1] in "，。；：！？ \ufffc（(":
        return bool(vocabulary().speaks.match(after)) and not _PLACE_OR_TIME.match(after)
    return bool(vocabulary().begins.search(before)) and not re.match(r"办公|处|室", after)


def _given_before(text: str, end: int, edges: frozenset[int]) -> Found:
    """A full name that ends where the title begins: 李松仁先生."""
    words = vocabulary()
    for start in (end - 3, end - 2):
        if start < 0 or text[start] not in words.common or start not in edges:
            continue
        if text[start] == "于" and (text[start + 1] in words.common or text[start - 1 : start] in words.preposition):
            continue
        phrases = to_traditional().phrases
        if text[start] in words.surnames and any(text[start : start + n] in phrases for n in (2, 3)):
            return []
        return _whole_name(text, start, end)
    return []


def _unaddressed(text: str, edges: frozenset[int]) -> list[tuple[int, int]]:
    """Where names without a title stand: behind a label, behind 审核：, in a list of names."""
    words = vocabulary()
    found = [m.span("name") for m in words.labelled.finditer(text) if m["gap"] or _separate(m.start("name"), edges)]
    found += [m.span("name") for m in words.signed.finditer(text)]
    for match in _LISTED.finditer(text):
        items = [(match.start() + m.start(), match.start() + m.end()) for m in _HAN.finditer(match[0])]
        if all(text[a] in words.common and any(x in edges for x in range(a + 1, b)) for a, b in items):
            found += items
    return found


def _separate(start: int, edges: frozenset[int]) -> bool:
    return start in edges and start + 1 in edges


def _whole_name(text: str, start: int, end: int) -> Found:
    words, chars = vocabulary(), to_traditional().chars
    if text[start] not in words.common or not _HAN.fullmatch(text, start, end):
        return []
    found: Found = []
    if text[start] in words.surnames or text[start] == "于":
        found.append((start, words.surnames.get(text[start], text[start])))
    for place in range(start + 1, end):
        char = text[place]
        if len(chars.get(char, ())) > 1:
            found.append((place, char if char in words.given else chars[char][0]))
    return found
