"""The linter between personal data and everything that residents read (decision 9; PIPL 25, PDPO, 個資法).

A public text may say "5栋" and "28 户", never whose flat, whose name, whose number. It looks at the text itself, in
either script, and at the names that the office has on record.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from portal.domain.script.characters import simplify_for_index

Kind = Literal["phone", "id_number", "email", "plate", "room", "name"]


@dataclass(frozen=True, slots=True)
class Leak:
    """A place that would tell who somebody is: code-point offsets into the text, what stands there, what it is."""

    start: int
    end: int
    text: str
    kind: Kind


# Patterns read the text folded to simplified form and half width, which keeps its length.
_NUMERAL: Final = "0-9一二三四五六七八九十〇零"
_MEASURE: Final = "年月日号时点分秒户元件次米平份人部个余多盏扇台项套块把%℃°.:~-—至到—"
_BUILDING: Final = rf"(?:[{_NUMERAL}]{{1,3}}|[A-Za-z]\d?)\s*(?:栋|幢|座|号楼|楼|#)"
_STAIR: Final = rf"(?:\s*[,，/]?\s*(?:[{_NUMERAL}]{{1,2}}|[A-Za-z])\s*(?:单元|门|梯|座))?"
_FLOOR: Final = rf"(?:\s*[{_NUMERAL}]{{1,3}}\s*(?:层|楼))?"
_ROOM: Final = r"\s*[A-Za-z]?\d{3,4}[A-Za-z]?"
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("id_number", re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dXx])")),
    ("email", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("plate", re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]\s?[·•]?\s?[A-Z0-9]{5,6}(?![A-Z0-9])")),
    ("phone", re.compile(r"(?<![\d-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    ("phone", re.compile(r"(?<![\d-])(?:\+?(?:852|853|886)[ -]?)?(?:09\d{2}[ -]?\d{3}[ -]?\d{3}|(?!(?:19|20)\d{2}[ -]?[0-2])[2-9]\d{3}[ -]?\d{4})(?![\d-])")),
    ("phone", re.compile(r"(?<![\d-])0\d{1,3}[ -]\d{3,4}[ -]?\d{4}(?!\d)|(?<![\d-])\(0\d{1,3}\)\s?\d{3,4}[ -]?\d{4}(?!\d)")),
    ("room", re.compile(rf"{_BUILDING}{_STAIR}{_FLOOR}{_ROOM}(?:\s*(?:室|房|号|户主))?(?!\s*[{_MEASURE}\d])")),
    ("room", re.compile(rf"{_BUILDING}{_STAIR}{_FLOOR}{_ROOM}\s*(?:室|房|号房|户主)")),
    ("room", re.compile(rf"[{_NUMERAL}]{{1,3}}\s*(?:楼|层)\s*[A-Za-z\d]{{1,4}}\s*(?:室|房|座)")),
    ("room", re.compile(r"(?<![\d-])\d{1,3}[A-Za-z]?-\d{1,2}-\d{3,4}(?![\d-])|(?<![\d.])[A-Za-z]?\d{3,4}[A-Za-z]?\s*(?:室|房(?![屋价源产贷东子租]))")),
)  # fmt: skip
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_ADDRESSED: Final = re.compile(rf"[{_SURNAMES}](?:先生|女士|太太|小姐|阿姨|大爷|大妈|奶奶|爷爷|老太太)")
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９－（）　＠", "0123456789-() @")


def find_leaks(
    text: str, *, names: Iterable[str] = (), numbers: Iterable[str] = (), cleared: Iterable[str] = ()
) -> tuple[Leak, ...]:
    """Every place of ``text`` that names a person, a flat or a private number, in order, none inside another.

    ``names`` are the residents on record (two characters or more are looked for); ``numbers`` the office's own public
    lines, which may stand in the text; ``cleared`` words that a person has declared to name nobody.
    """
    folded = simplify_for_index(text).translate(_FULL_WIDTH)
    public = {_digits(number) for number in numbers}
    passed = {simplify_for_index(word) for word in cleared}
    found: list[Leak] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if kind == "phone" and _digits(match[0]) in public:
                continue
            _add(found, text, match.start(), match.end(), kind)
    for start, end in _names(folded, names, passed):
        _add(found, text, start, end, "name")
    for match in _ADDRESSED.finditer(folded):
        if match[0] not in passed:
            _add(found, text, match.start(), match.end(), "name")
    return tuple(
        sorted((leak for leak in found if folded[leak.start : leak.end].strip() not in passed), key=lambda x: x.start)
    )


def _names(folded: str, names: Iterable[str], passed: set[str]) -> Iterable[tuple[int, int]]:
    """Where a name on record stands. Blanks inside a Latin name count as they are."""
    known: dict[int, set[str]] = {}
    for name in names:
        key = simplify_for_index(name.strip())
        if len(key) > 1 and key not in passed:
            known.setdefault(len(key), set()).add(key)
    for length, keys in sorted(known.items(), reverse=True):
        for start in range(len(folded) - length + 1):
            if folded[start : start + length] in keys:
                yield start, start + length


def _add(found: list[Leak], text: str, start: int, end: int, kind: Kind) -> None:
    while start < end and text[start].isspace():
        start += 1
    if all(leak.end <= start or end <= leak.start for leak in found):
        found.append(Leak(start, end, text[start:end], kind))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
