"""Where a household is: building, stair, floor and room out of what an office wrote, and the key that finds it again.

``1栋``, ``1棟``, ``一栋``, ``1#``, ``第1座`` are one building; ``101``, ``101室``, ``0101`` one room. The key is in one
script, so that a roster in the other script finds the same household. A floor that the room already tells (``1203``) is
no part of the key, hence a roster with a column of floors and one without agree; where the room does not tell it (HK
``B室``), it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.domain.roster.folding import CACHED_CELLS, NUMERAL, arabic, chinese_number, fold, tidy
from portal.domain.roster.words import room_kind

HIGHEST_FLOOR = 150
LOWEST_FLOOR = -9

_NUMBER = rf"(?:\d+|{NUMERAL})"
_CODE = rf"(?:[A-Z]{{0,3}}-?\d{{1,4}}[A-Z]?|{NUMERAL}|[A-Z]{{1,2}}|[甲乙丙丁戊己庚辛东南西北中]\d?)"
_BUILDING_WORD = r"(?:号楼|号栋|号幢|号座|#楼|#栋|#幢|栋|幢|座|#|大厦)"
_NAME_END = "[阁楼轩苑台居厦庭峰邸院馆座栋幢里筑府园]"
_PHASE = re.compile(rf"第?(?P<phase>{_NUMBER}|[A-Z]|[东南西北中])(?P<word>期|区|组团|苑区)")
_BUILDING = re.compile(rf"(?P<before>[^\d#]*?)第?(?P<code>{_CODE})(?P<word>{_BUILDING_WORD})")
_BUILDING_FLOOR = re.compile(rf"第?(?P<code>{_CODE})(?P<word>楼)(?!层)")
_BUILDING_NAMED = re.compile(
    rf"(?P<code>[一-鿿]{{1,7}}?{_NAME_END})(?=[\s\-/,]*[A-Z]{{0,2}}\d|[\s\-/,]*第?{NUMERAL}[楼层])"
)
_STAIR = re.compile(rf"第?(?P<code>{_CODE})(?:号)?(?:单元|梯|门栋|门)(?!口)")
_LEVEL = rf"负{_NUMBER}|地下{_NUMBER}|B\d|{_NUMBER}|LG\d?|UG|G|地下|地面"
_FLOOR = re.compile(rf"第?(?P<code>{_LEVEL})(?:楼层|楼|层|/F\.?|F(?![A-Z0-9]))")
_ENGLISH = {
    "building": re.compile(r"\b(?:BLOCK|BLK|TOWER|BUILDING|BLDG)\b\.?\s*(?P<code>[A-Z]?\d+[A-Z]?|[A-Z])\b"),
    "floor": re.compile(
        r"\b(?P<code>LG\d?|UG|G|B\d|\d+)(?:ST|ND|RD|TH)?\s*(?:/F\b\.?|FLOOR\b|FL\b)|\b(?:FLOOR|LEVEL)\s*(?P<after>B?\d+|G)\b"
    ),
    "room": re.compile(r"\b(?:FLAT|ROOM|RM|UNIT|SHOP|APARTMENT|APT)\b\.?\s*(?P<code>[A-Z]?\d*[A-Z]?)\b"),
}
_ROOM_END = re.compile(r"(?:房间|室|号房|号|房|户|单位)$")
_ROOM = re.compile(
    r"(?:[A-Z]{0,3}\d{1,6}[A-Z]{0,2}|[A-Z]{1,2})(?:[-/][A-Z]?\d{1,4}[A-Z]?)?|[甲乙丙丁东南西北中][边侧户]?"
)
_ROOM_NAMED = re.compile(
    r"[A-Z0-9一-鿿]{0,6}(?:商铺|铺位|铺|商店|门面|会所|车库|储藏室|办公室|物业用房|幼儿园|SHOP)[-A-Z0-9一-鿿]{0,6}"
)
_SPLIT = re.compile(r"\s*[-/,.·~_—–−]+\s*|\s+")
_STAIR_LIKE = re.compile(rf"\d{{1,2}}|{NUMERAL}|[A-Z甲乙丙丁东南西北中]")
_DASHES = str.maketrans("—–−－﹣", "-----")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; the building's name is as written, all else folded. An empty part was not said."""

    building: str = ""
    building_code: str = ""
    stair: str = ""
    floor: int | None = None
    floor_guessed: bool = False
    room: str = ""

    @property
    def key(self) -> str:
        """Unique in its community, the same in either script: ``12|2|1102`` (building, stair, room), ``A|20F|B``."""
        floor = ""
        if self.floor is not None and not self.floor_guessed and self.floor != floor_of_room(self.room):
            floor = f"{self.floor}F"
        within = [part for part in (self.stair, floor) if part]
        return "|".join([self.building_code, *within, room_code(self.room)])


@lru_cache(maxsize=CACHED_CELLS)
def building_code(text: str) -> str:
    """``第A座`` → ``A``, ``一棟``, ``1#`` → ``1``, ``二期3栋`` → ``2期3``, ``紫荊閣`` → ``紫荆阁``."""
    words = re.sub(r"\s+", " ", fold(text).translate(_DASHES))
    english = _ENGLISH["building"].search(words)
    if english:
        return arabic(english["code"])
    words = words.replace(" ", "")
    phase = _PHASE.match(words)
    head = ""
    if phase and phase.end() < len(words):
        head, words = f"{arabic(phase['phase'])}{phase['word']}", words[phase.end() :]
    code = re.fullmatch(rf"第?(?P<code>{_CODE})(?:{_BUILDING_WORD}|号|楼)?", words)
    if code:
        return head + arabic(code["code"].replace("-", ""))
    tail = re.fullmatch(rf"(?P<name>.+?)第?(?P<code>{_CODE})(?:{_BUILDING_WORD}|楼)", words)
    return head + (tail["name"] + arabic(tail["code"]) if tail else words)


@lru_cache(maxsize=CACHED_CELLS)
def stair_code(text: str) -> str:
    """``1单元``, ``一單元``, ``1梯`` → ``1``; empty stays empty."""
    words = re.sub(r"\s+", "", fold(text))
    match = _STAIR.fullmatch(words) or re.fullmatch(rf"(?:STAIR|ENTRANCE)?(?P<code>{_CODE})", words)
    return arabic(match["code"]) if match else words


@lru_cache(maxsize=CACHED_CELLS)
def room_code(text: str) -> str:
    """``101室`` → ``101``, ``0101`` → ``101``, ``Flat B`` → ``B``, ``ａ室`` → ``A``; a shop's name stays, folded."""
    words = re.sub(r"\s+", " ", fold(text).translate(_DASHES))
    english = _ENGLISH["room"].fullmatch(words)
    words = english["code"] if english and english["code"] else words.replace(" ", "")
    if not _ROOM_NAMED.fullmatch(words):
        words = _ROOM_END.sub("", words) or words
    return arabic(words)


@lru_cache(maxsize=CACHED_CELLS)
def read_floor(text: str) -> int | None:
    """``20樓`` → 20, ``G/F`` → 0, ``B1`` and ``負一層`` → -1, ``十二层`` → 12; None where it is no floor."""
    words = re.sub(r"\s+", "", fold(text).translate(_DASHES))
    if match := _FLOOR.fullmatch(words):
        return _level(match["code"])
    if match := _ENGLISH["floor"].fullmatch(fold(text)):
        return _level(match["code"] or match["after"])
    return _level(words)


def _level(code: str) -> int | None:
    if code in {"G", "GF", "UG", "地下", "地面"}:
        return 0
    if re.fullmatch(r"-?\d+(?:\.0)?", code):
        level = int(float(code))
    elif below := re.fullmatch(rf"(?:B|LG|负|地下)(?P<depth>{_NUMBER})?", code):
        level = -int(arabic(below["depth"] or "1"))
    else:
        number = arabic(code)
        if not number.isdigit():
            return None
        level = int(number)
    return level if LOWEST_FLOOR <= level <= HIGHEST_FLOOR else None


@lru_cache(maxsize=CACHED_CELLS)
def floor_of_room(room: str) -> int | None:
    """The floor a room number tells: 101 → 1, 2601 → 26, 12A → 12, A1203 → 12, G05 → 0; None where it tells none."""
    words = room_code(room)
    main = re.match(r"(?P<letters>[A-Z]{0,2})(?P<digits>\d*)(?P<after>[A-Z]?)(?:$|-)", words)
    if not main:
        return None
    digits = main["digits"]
    if main["letters"] == "G" and 1 <= len(digits) <= 2:
        return 0
    if len(digits) in (3, 4):
        floor = int(digits[:-2])
    elif len(digits) in (1, 2) and main["after"] and not main["letters"]:
        floor = int(digits)
    else:
        return None
    return floor if 0 < floor <= HIGHEST_FLOOR else None


@lru_cache(maxsize=CACHED_CELLS)
def parse_address(text: str, *, prefix: str = "") -> Address | None:
    """Take an address in one cell apart; None where it has no room.

    ``1栋2单元301室``, ``1#102``, ``1-2-301``, ``第A座20樓B室``, ``Flat B, 20/F, Block A`` are understood. ``prefix`` is
    the estate's own name where every line of the roster begins with it; it is no part of the building.
    """
    shown = re.sub(r"\s+", " ", tidy(text)).translate(_DASHES)
    words = fold(shown)
    if prefix and words.startswith(prefix):
        shown, words = shown[len(prefix) :].strip(), words[len(prefix) :].strip()
    if not words:
        return None
    if _ENGLISH["building"].search(words) or sum(1 for pattern in _ENGLISH.values() if pattern.search(words)) >= 2:
        return _english(shown, words)
    return _chinese(shown, words)


def _english(shown: str, words: str) -> Address | None:
    """English parts come in either order, so each is looked for by its own word; what is left over is the room."""
    rest = words
    found = {}
    for part, pattern in _ENGLISH.items():
        found[part] = match = pattern.search(words)
        if match:
            rest = rest.replace(match.group(), " ")
    building, floor, room = found["building"], found["floor"], found["room"]
    level = _level(floor["code"] or floor["after"]) if floor else None
    name = shown[building.start() : building.end()] if building else ""
    flat = room["code"] if room and room["code"] else _room(rest.strip(" ,.-/"))
    code = arabic(building["code"]) if building else ""
    return complete(Address(name, code, "", level, False, flat)) if flat else None


def _chinese(shown: str, words: str) -> Address | None:
    code, at = _building_at(words)
    name = shown[:at].strip()
    stair = ""
    if match := _STAIR.match(words, _skip(words, at)):
        stair, at = arabic(match["code"]), match.end()
    level = None
    if match := _FLOOR.match(words, _skip(words, at)):
        level, at = _level(match["code"]), match.end()
    parts = [part for part in _SPLIT.split(words[at:].strip(" -/,.")) if part]
    if (not code or _PHASE.fullmatch(code)) and len(parts) >= 2:
        name, code = name + parts[0], code + building_code(parts[0])
        parts = parts[1:]
    if len(parts) >= 2 and not stair and _STAIR_LIKE.fullmatch(parts[0]) and _room(parts[1]):
        stair, parts = stair_code(parts[0]), parts[1:]
    if (
        len(parts) == 2
        and level is None
        and _level(parts[0]) not in (None, 0)
        and _level(parts[0]) == floor_of_room(parts[1])
    ):
        parts = parts[1:]
    room = _room("-".join(parts))
    return complete(Address(name, code, stair, level, False, room)) if room else None


def _building_at(words: str) -> tuple[str, int]:
    """The code of the building with which the words begin, and where it ends; ('', 0) where they begin with none."""
    head, at = "", 0
    if phase := _PHASE.match(words):
        head, at = f"{arabic(phase['phase'])}{phase['word']}", phase.end()
    for pattern in (_BUILDING, _BUILDING_NAMED, _BUILDING_FLOOR):
        match = pattern.match(words, at)
        if match and not (pattern is _BUILDING_FLOOR and _is_floor(match, words)):
            before = match["before"].strip() if pattern is _BUILDING else ""
            return head + before + arabic(match["code"].replace("-", "")), match.end()
    return head, at


def _is_floor(match: re.Match[str], words: str) -> bool:
    """``12楼1203`` and ``12楼B室`` name a floor, ``12楼301`` a building: the room decides."""
    floor = floor_of_room(_room(words[match.end() :].strip(" -/")))
    return floor is None or floor == _level(arabic(match["code"]))


def _skip(words: str, at: int) -> int:
    while at < len(words) and words[at] in " -/,.":
        at += 1
    return at


def _room(words: str) -> str:
    plain = words.replace(" ", "")
    if _ROOM_NAMED.fullmatch(plain):
        return plain
    plain = _ROOM_END.sub("", plain)
    number = str(chinese_number(plain) or plain)
    return number if _ROOM.fullmatch(number) else ""


@lru_cache(maxsize=CACHED_CELLS)
def is_room(text: str) -> bool:
    """Whether a cell can be the number or name of a room by itself."""
    return bool(_room(room_code(text))) or room_kind(text) != ""


def estate_prefix(cells: Sequence[str]) -> str:
    """The estate's own name, folded, where every address of a column begins with it: ``翠湖苑1栋101``; else ''.

    Where the names differ they tell buildings apart and stay.
    """
    before = {match["before"].strip() if (match := _BUILDING.match(fold(cell))) else "" for cell in cells}
    return before.pop() if len(before) == 1 else ""


@lru_cache(maxsize=CACHED_CELLS)
def building_name(shown: str, code: str, script: str) -> str:
    """The name as written; a bare code or ``1#`` gets the word of the sheet's script: ``1栋``, ``1座``, ``Block 1``."""
    words = fold(shown).replace(" ", "").replace("第", "")
    if shown and "#" not in words and words.replace("-", "") not in (code, f"0{code}"):
        return re.sub(r"\s+", " ", tidy(shown)) if re.search(r"[A-Za-z]{3}", shown) else re.sub(r"\s+", "", tidy(shown))
    if not code or not re.search(r"[A-Z0-9]$", code):
        return shown or code
    return f"Block {code}" if script == "en" else code + ("座" if script == "zh_Hant" else "栋")


def phase_code(text: str) -> str:
    """``一期``, ``1`` → ``1期``; another name folded."""
    words = re.sub(r"\s+", "", fold(text))
    match = _PHASE.fullmatch(words)
    if match:
        return arabic(match["phase"]) + match["word"]
    return f"{arabic(words)}期" if arabic(words).isdigit() else words


def complete(address: Address) -> Address:
    """The address with the floor its room tells where none was given, marked as guessed."""
    if address.floor is not None:
        return address
    floor = floor_of_room(address.room)
    return Address(address.building, address.building_code, address.stair, floor, floor is not None, address.room)
