"""What a conversion must not touch, per format: placeholders, addresses, code, markup.

The rest is handed on as a *body*: the free text with each protected stretch replaced by one stand-in character (or by
nothing, for inline tags in the middle of a word), and a map back to the source.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

STAND_IN: Final = "\ufffc"

# Han characters belong to an address only behind one of its own separators: in …/report查询 the address has ended.
_HAN: Final = r"[\u3400-\u9fff]"
_HOST: Final = (
    r"(?:(?:[\w-]+\.)+(?:[a-z]{2,63}|中国|中國|公司|网络|網絡|網路|香港|台湾|台灣)|localhost|\d+(?:\.\d+){3}|\[[0-9a-f:]+\])"
    r"(?::\d+)?"
)
_PATH: Final = rf"(?:[/?#](?:[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%|]|(?<=[/?=&#\-_.%+:~,]){_HAN}+|\([^\s()]*\))*)?"
_LINK: Final = rf"(?:https?|ftp)://(?:[\w.~%:-]+@)?{_HOST}{_PATH}|\b(?:mailto|tel):[A-Za-z0-9._%+@?=&-]+"
_WWW: Final = rf"\bwww\.{_HOST}{_PATH}"
_MAIL: Final = rf"(?:[A-Za-z0-9._%+-]+|(?:(?<=[\s：:<(（,，;；、])|^){_HAN}{{1,8}})@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_PLACEHOLDERS: Final = (
    r"<%.*?%>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\$\{[^{}\n]*\}|%\([^()\n]*\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]"
    r"|\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}"
)
_PERCENT: Final = r"%[#0\-+]*\d*(?:\.\d+)?[sdifgr](?![a-zA-Z])"
_KEEP: Final = r"-\{(?!\s*zh)[^{}|\n]*\}-"
_FENCE: Final = r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)?[ \t]*(?P=fence)[`~]*[ \t]*$"
_CODE_SPAN: Final = r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
_TARGET: Final = r"(?<=\])\((?:<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?=[\s)])|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*\S+"
_REFERENCE: Final = r"(?<=\])\[[^\]\n]+\]"
_COMMENT: Final = r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<![A-Za-z][^>]*>|<\?.*?\?>"
_RAW: Final = r"<(?P<raw>code|pre|script|style|kbd|samp|var|textarea)\b[^>]*>.*?</(?P=raw)\s*>"
_NO_CONVERT: Final = r"<(?P<kept>\w+)\b[^>]*\btranslate\s*=\s*[\"']?no\b[^>]*>.*?</(?P=kept)\s*>"
_TAG: Final = r"</?[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
_ENTITY: Final = r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);"

_PLAIN: Final = (_LINK, _WWW, _MAIL, _PLACEHOLDERS, _KEEP)
_MARKUP: Final = (_COMMENT, _NO_CONVERT, _RAW, _PLACEHOLDERS, rf"(?P<tag>{_TAG})", _LINK, _WWW, _MAIL, _KEEP, _ENTITY)


_PATTERNS: Final[dict[str, tuple[str, ...]]] = {
    "plain": _PLAIN,
    "message": (_RAW, rf"(?P<tag>{_TAG})", *_PLAIN, _PERCENT, _ENTITY),
    "markdown": (_FENCE, _CODE_SPAN, _TARGET, _REFERENCE, *_MARKUP, r"(?P<mark>\*{1,3}|~~)"),
    "html": _MARKUP,
}


@cache
def _pattern(fmt: str) -> re.Pattern[str]:
    """The pattern of a format, made on first use: it is large."""
    joined = "|".join(f"(?:{part})" for part in _PATTERNS[fmt])
    return re.compile(joined, re.DOTALL | re.MULTILINE | re.IGNORECASE)


# Words are read through these: 发<b>现</b> is one word.
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|em|font|i|ins|del|mark|q|s|small|span|strong|sub|sup|u|wbr)\b", re.IGNORECASE
)
_SPOKEN_ATTRIBUTE: Final = re.compile(
    r"(?<=[\s\"'/])(?:alt|title|placeholder|aria-label)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Body:
    """Free text and, for each of its characters, the place in the source (-1 for a stand-in)."""

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """``running`` is the text that a reader reads in one go; ``apart`` are attribute values, each read by itself."""

    running: Body
    apart: tuple[Body, ...]
    protected: tuple[tuple[int, int], ...]


def divide(text: str, fmt: str) -> Divided:
    """Separates what may be converted from what may not; ``fmt`` is one of ``records.FORMATS``."""
    pattern = _pattern(fmt)
    chars: list[str] = []
    places: list[int] = []
    apart: list[Body] = []
    protected: list[tuple[int, int]] = []
    at = 0
    for match in pattern.finditer(text):
        if match.end() == match.start():
            continue
        chars.extend(text[at : match.start()])
        places.extend(range(at, match.start()))
        at = match.end()
        groups = match.groupdict()
        tag = groups.get("tag")
        values = _spoken(match.start(), tag, pattern) if tag else []
        apart.extend(values)
        protected.extend(_between(match.start(), match.end(), values))
        if not groups.get("mark") and not (tag and _INLINE.match(tag)):
            chars.append(STAND_IN)
            places.append(-1)
    chars.extend(text[at:])
    places.extend(range(at, len(text)))
    return Divided(Body("".join(chars), tuple(places)), tuple(apart), tuple(protected))


def _spoken(offset: int, tag: str, pattern: re.Pattern[str]) -> list[Body]:
    """The values of the attributes that are read out or shown; placeholders inside them stay."""
    found: list[Body] = []
    for match in _SPOKEN_ATTRIBUTE.finditer(tag):
        group = "double" if match["double"] is not None else "single"
        value, start = match[group], offset + match.start(group)
        chars: list[str] = []
        places: list[int] = []
        at = 0
        for inner in pattern.finditer(value):
            chars.extend([*value[at : inner.start()], STAND_IN])
            places.extend([*range(start + at, start + inner.start()), -1])
            at = inner.end()
        chars.extend(value[at:])
        places.extend(range(start + at, start + len(value)))
        if chars:
            found.append(Body("".join(chars), tuple(places)))
    return found


def _between(start: int, end: int, values: list[Body]) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    free = sorted({place for body in values for place in body.places if place >= 0})
    at = start
    for place in free:
        if place > at:
            gaps.append((at, place))
        at = place + 1
    if at < end:
        gaps.append((at, end))
    return gaps
