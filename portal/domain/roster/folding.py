"""One spelling for comparing: half width, one script, no invisible characters, Chinese numbers as digits.

What is folded here is only ever compared or used as a key; what is shown stays as the office wrote it.
"""

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Literal

from portal.domain.script.characters import simplify_for_key, weigh

_FULL_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES: dict[int, str] = dict.fromkeys([0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x09], " ")
_INVISIBLE: dict[int, None] = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        0xAD,
        0xFEFF,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    ]
)
_TIDY: dict[int, int | str | None] = {**_FULL_TO_HALF, **_SPACES, **_INVISIBLE}
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100}
NUMERAL = "[〇零一二两三四五六七八九十百]+"
"""Regular expression of a number in Chinese characters, simplified form."""

CACHED_CELLS = 1 << 15
"""A roster repeats itself: 100,000 rows hold some thousand different buildings, rooms, states and days."""

_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


def tidy(text: str) -> str:
    """The text in half width without control, zero-width and direction marks; line breaks inside stay."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return text.translate(_TIDY).strip()


def script_of(text: str) -> Literal["", "zh_Hans", "zh_Hant"]:
    """The script that most telling characters of a text belong to; '' where all are alike in both."""
    simplified, traditional = weigh(text)
    if traditional == simplified:
        return ""
    return "zh_Hant" if traditional > simplified else "zh_Hans"


def fold(text: str) -> str:
    """Tidy, simplified, Latin letters upper case; as long as ``tidy(text)``, so places in both agree."""
    return simplify_for_key(tidy(text)).translate(_UPPER)


@lru_cache(maxsize=CACHED_CELLS)
def squeeze(text: str) -> str:
    """``fold`` after NFKC and without blanks and line breaks: for comparing whole words such as headings."""
    return "".join(fold(unicodedata.normalize("NFKC", text)).split())


def chinese_number(text: str) -> int | None:
    """``十二`` → 12, ``一〇一`` → 101, ``二百零三`` → 203; None where the text is no such number."""
    if not re.fullmatch(NUMERAL, text):
        return None
    if not any(sign in text for sign in _TENS):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, pending = 0, 0
    for sign in text:
        if sign in _TENS:
            total += (pending or 1) * _TENS[sign]
            pending = 0
        else:
            pending = _DIGITS[sign]
    return total + pending


def arabic(text: str) -> str:
    """A number in Chinese characters as digits, leading zeros of a plain number dropped, anything else unchanged."""
    number = chinese_number(text)
    if number is not None:
        return str(number)
    return (text.lstrip("0") or "0") if text.isdigit() else text


def table(name: str) -> list[tuple[str, ...]]:
    """The lines of a table of words of this package, without comments."""
    text = resources.files("portal.domain.roster").joinpath(name).read_text(encoding="utf-8")
    return [tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("# ")]
