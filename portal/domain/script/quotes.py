"""Quotation marks of the two traditions: “ ” ‘ ’ on the mainland, 「 」『 』 in Taiwan and Hong Kong.

A switch, off by default.
"""

from typing import Final

_TO_CORNER: Final = {"“": "「", "”": "」", "‘": "『", "’": "』"}
_TO_CURLY: Final = {corner: curly for curly, corner in _TO_CORNER.items()}
_CLOSES: Final = {"“": "”", "‘": "’", "「": "」", "『": "』"}


def turned(text: str, to_traditional: bool) -> dict[int, str]:
    """The places of a paragraph's quotation marks and what to write there.

    Only balanced pairs are touched, and never an apostrophe between two Latin letters; a paragraph whose marks do not
    pair up is left alone as a whole.
    """
    table = _TO_CORNER if to_traditional else _TO_CURLY
    changes: dict[int, str] = {}
    waiting: list[str] = []
    for place, char in enumerate(text):
        if char not in table or _apostrophe(text, place):
            continue
        if char in _CLOSES:
            waiting.append(_CLOSES[char])
        elif not waiting or waiting.pop() != char:
            return {}
        changes[place] = table[char]
    return {} if waiting else changes


def _apostrophe(text: str, place: int) -> bool:
    around = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    return text[place] == "’" and len(around) == 2 and all(c.isascii() and c.isalnum() for c in around)
