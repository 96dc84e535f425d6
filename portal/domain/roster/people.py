"""Who lives there: several names and telephone numbers in one cell, taken apart as a careful clerk would.

Names are kept as written, never converted; ``name_key`` only compares. Telephone numbers become digits without blanks;
a malformed one is kept and marked, for a clerk who sees it can still ask. What is said about a doubt never repeats the
number: reasons are kept longer and read more widely than numbers.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from portal.domain.roster.folding import squeeze, tidy
from portal.domain.roster.words import is_firm, nothing, read_relation

MAX_NAME_CHARACTERS = 60
MAX_NAMES_IN_A_CELL = 12

Doubt = tuple[str, dict[str, object]]
"""Code of what is doubtful, and the parameters of its sentence."""

_NAME_BREAK = re.compile(r"[、,，;；/|＆&+]|\s{2,}")
_CJK = re.compile(r"[㐀-鿿\U00020000-\U0003ffff·]+")
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
_NOT_IN_KEY = re.compile(r"[\s.,·・•'\-]+")
_PHONE_BREAK = re.compile(r"[、,，;；/|\n或和]+")
_NUMBER = re.compile(r"(?:\(?\+\d{1,3}\)?[\s\-]*|\(\d{2,4}\))?[\d][\d\s\-.()*]*[\d*]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:转|轉|EXT\.?|X|分机|分機)\s*(\d{1,6})", re.IGNORECASE)
_LABELS = re.compile(
    r"手机|手機|电话|電話|联系|聯繫|固话|住宅|宅电|宅電|办公|號碼|号码|TEL|MOBILE|MOB|PHONE|HOME|OFFICE|[:：.\s]",
    re.IGNORECASE,
)
_WELL_FORMED = {
    "86": re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|400\d{7}|800\d{7}"),
    "852": re.compile(r"[2-9]\d{7}"),
    "853": re.compile(r"[268]\d{7}"),
    "886": re.compile(r"09\d{8}|0\d{8,9}"),
}
_AREA_CODE = re.compile(r"0\d{9,11}")
_SHAPES = {"86": re.compile(r"1[3-9]\d{9}"), "852": re.compile(r"[2-9]\d{7}"), "886": re.compile(r"09\d{8}")}


@dataclass(frozen=True, slots=True)
class ResidentIn:
    """A person of a household as the roster has them; relation '' where the roster does not say it.

    ``phone`` is the first number; ``more_phones`` the others in the order written.
    """

    name: str
    relation: str = ""
    phone: str = ""
    more_phones: tuple[str, ...] = ()

    @property
    def name_key(self) -> str:
        """For finding the same person again."""
        return name_key(self.name)

    @property
    def phone_tail(self) -> str:
        """The last four digits, by which staff look a caller up."""
        return re.sub(r"\D", "", self.phone)[-4:]


def name_key(name: str) -> str:
    """``陳 大文`` and ``陈大文`` → one key; blanks, dots and case do not count."""
    return _NOT_IN_KEY.sub("", squeeze(name))


def read_names(text: str, relation: str = "") -> list[tuple[str, str]]:
    """(name, relation) of each person in a cell; ``relation`` is that of the column. A firm's name is never divided."""
    if nothing(text):
        return []
    found: list[tuple[str, str]] = []
    if "\n" in text:
        return [person for line in text.split("\n") for person in read_names(line, relation)]
    if is_firm(text):
        return [(re.sub(r"\s+", " ", tidy(text)), relation)]
    for part in _NAME_BREAK.split(tidy(text)):
        for name in _apart(part.strip()):
            note = _BRACKETS.search(name)
            told = read_relation(note[1]) if note else ""
            if note and told:
                name = (name[: note.start()] + name[note.end() :]).strip()
            if name and not nothing(name):
                found.append((name, told or relation))
    return found


def _apart(part: str) -> list[str]:
    """``张三 李四`` are two, ``张 三`` is one written wide, ``Chan Tai Man`` is one."""
    pieces = part.split()
    if len(pieces) < 2 or not all(_CJK.fullmatch(piece) for piece in pieces):
        return [" ".join(pieces)]
    return pieces if all(len(piece) > 1 for piece in pieces) else ["".join(pieces)]


@lru_cache(maxsize=2048)
def phone_region(number: str) -> str:
    """``86``, ``852`` or ``886`` by the shape of a number without prefix, '' where it has none of theirs."""
    digits = re.sub(r"[\s\-]", "", tidy(number))
    return next((region for region, shape in _SHAPES.items() if shape.fullmatch(digits)), "")


def read_phones(text: str, home: str = "86") -> tuple[list[str], list[Doubt], str]:
    """(numbers, doubts, what else the cell says). ``home`` is the country code left out of local numbers.

    ``+86 139 0000 4080`` becomes ``13900004080``, a mobile number of the mainland being plain anywhere; any other
    number from elsewhere keeps its code: ``+85251001910``. Doubts: ``phone_malformed``, ``phone_masked``,
    ``phone_rounded`` (a spreadsheet kept only some digits).
    """
    numbers: list[str] = []
    doubts: list[Doubt] = []
    rest: list[str] = []
    if nothing(text):
        return numbers, doubts, ""
    for part in filter(None, (piece.strip() for piece in _PHONE_BREAK.split(tidy(text)))):
        if _SCIENTIFIC.fullmatch(part):
            doubts.append(("phone_rounded", {}))
            continue
        extension = _EXTENSION.search(part)
        found = _NUMBER.findall(part[: extension.start()] if extension else part)
        for number in (one for run in found for one in _runs(run, home)):
            plain, doubt = _normal(number, home)
            plain += f"-{extension[1]}" if extension else ""
            if plain and plain not in numbers:
                numbers.append(plain)
            if doubt:
                doubts.append((doubt, {"digits": len(re.sub(r"\D", "", number))}))
        left = _LABELS.sub("", _NUMBER.sub("", part[: extension.start()] if extension else part)).strip("()（）-+ ")
        if left and not found:
            doubts.append(("phone_malformed", {"digits": 0}))
        if left:
            rest.append(left)
    return numbers, doubts, "、".join(rest)


def _runs(run: str, home: str) -> list[str]:
    """Numbers that only blanks divide: ``5100 1910`` is one, ``13900004080 13900001910`` are two."""
    if not _normal(run, home)[1]:
        return [run]
    pieces, numbers = run.split(), [""]
    for piece in pieces:
        if numbers[-1] and not _normal(numbers[-1], home)[1]:
            numbers.append("")
        numbers[-1] += piece
    return numbers if all(not _normal(number, home)[1] for number in numbers) else [run]


def _normal(number: str, home: str) -> tuple[str, str]:
    """(digits, with the code in front where the number is from elsewhere; doubt)."""
    digits = re.sub(r"[^\d+*]", "", re.sub(r"\.0$", "", number.strip()))
    if "*" in digits:
        return "", "phone_masked"
    code = ""
    if match := re.fullmatch(r"(?:\+|00)(852|853|886|86)0?(\d+)", digits):
        code, digits = match[1], match[2]
    elif match := re.fullmatch(r"86(1[3-9]\d{9})|852([2-9]\d{7})", digits):
        code, digits = ("86", match[1]) if match[1] else ("852", match[2])
    elif digits.startswith("+"):
        return digits, "" if 9 <= len(digits) <= 16 else "phone_malformed"
    if _SHAPES["86"].fullmatch(digits):
        return digits, ""
    if code in ("86", "886"):
        digits = f"0{digits}"
    shapes = [_WELL_FORMED[code]] if code else [_WELL_FORMED[home], *_SHAPES.values(), _AREA_CODE]
    doubt = "" if any(shape.fullmatch(digits) for shape in shapes) else "phone_malformed"
    return (f"+{code}{digits.lstrip('0')}" if code not in ("", home) else digits), doubt


def residents_of(names: list[tuple[str, str]], phones: list[str]) -> tuple[list[ResidentIn], list[Doubt]]:
    """Give each person the number written for them: in order, or all to the first.

    In order is a guess and a doubt (``phones_by_order``), as is two names with three numbers (``phones_unmatched``).
    Two names with one number, or one name with two, is how offices write a couple, and no doubt.
    """
    if not names:
        return [], []
    if len(names) == len(phones):
        doubts: list[Doubt] = [("phones_by_order", {"count": len(names)})] if len(names) > 1 else []
        return [ResidentIn(name, told, phone) for (name, told), phone in zip(names, phones, strict=True)], doubts
    unclear: list[Doubt] = []
    if len(names) > 1 and len(phones) > 1:
        unclear = [("phones_unmatched", {"names": len(names), "phones": len(phones)})]
    first = ResidentIn(*names[0], phones[0] if phones else "", tuple(phones[1:]))
    return [first, *(ResidentIn(name, told) for name, told in names[1:])], unclear
