"""Rosters as text: in which encoding, divided by what, and what to do about a stray quotation mark.

UTF-8, UTF-16, GB18030 and Big5-HKSCS are told apart by the file itself. A spreadsheet program in Guangzhou saves CSV in
the second last, one in Hong Kong in the last; each reads most files of the other without an error, as rubbish.
"""

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from portal.domain.refusals import Refused
from portal.domain.roster.layout import guess_layout
from portal.domain.roster.limits import HEADING_ROWS, MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS

ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be")
"""What a user may name where the guess is wrong."""

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_BYTES = 256 * 1024
MOST_DAMAGE = 0.02
MOST_CONTROL = 0.002
LEAST_COMMON = 0.5
LONGEST_HEADING_LINE = 8000
LONGEST_LINE = 1_000_000

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"|\'\s*([=+\-@＝＋－＠][\s\S]*)')
_SAID_DELIMITER = re.compile(r'\s*"?sep=([,;|\t])"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text is written. ``damaged``: some bytes belong to no character and show as U+FFFD in their rows."""

    encoding: str
    damaged: bool = False
    delimiter: str = ","


def detect(path: Path, encoding: str = "") -> TextForm:
    """Encoding and delimiter of a file of text.

    Refused: ``roster.not_a_table`` for bytes that are no text, ``roster.encoding`` where none fits, or the one named
    does not.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if encoding:
        if encoding not in ENCODINGS or not _decodes(path, encoding, "replace", MOST_DAMAGE):
            raise Refused("roster.encoding", encoding=encoding)
        found, damaged = encoding, not _decodes(path, encoding)
    else:
        found, damaged = _encoding(path, sample)
    text = _text_of(sample, found)
    return TextForm(found, damaged, _delimiter(text))


def _encoding(path: Path, sample: bytes) -> tuple[str, bool]:
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return _whole_or_damaged(path, [name])
    if sample.count(0) > len(sample) * MOST_CONTROL:
        first, second = sample[::2].count(0), sample[1::2].count(0)
        wide = "utf-16-le" if second > first else "utf-16-be"
        # Latin letters and commas have their zero on one side only; zeros on both are no text.
        one_sided = min(first, second) * 10 <= max(first, second)
        if not one_sided or not _decodes(path, wide) or _CONTROL.search(_text_of(sample, wide).encode()):
            raise Refused("roster.not_a_table", format="binary")
        return wide, False
    if len(_CONTROL.findall(sample)) > len(sample) * MOST_CONTROL:
        raise Refused("roster.not_a_table", format="binary")
    if _decodes(path, "utf-8"):
        return "utf-8", False
    if _decodes(path, "utf-8", "replace", MOST_DAMAGE):
        return "utf-8", True
    ranked = sorted(("gb18030", "big5hkscs"), key=lambda name: _likeness(sample, name), reverse=True)
    if _likeness(sample, ranked[0]) >= LEAST_COMMON:
        return _whole_or_damaged(path, ranked)
    raise Refused("roster.encoding", encoding="")


def _whole_or_damaged(path: Path, names: Iterable[str]) -> tuple[str, bool]:
    for name in names:
        if _decodes(path, name):
            return name, False
        if _decodes(path, name, "replace", MOST_DAMAGE):
            return name, True
    raise Refused("roster.encoding", encoding="")


def _decodes(path: Path, name: str, errors: str = "strict", most_damage: float = 0.0) -> bool:
    """Whether the whole file can be read so; with ``replace``, whether at most that share of its letters is lost."""
    decoder = codecs.getincrementaldecoder(name)(errors)
    lost = telling = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(SAMPLE_BYTES):
                text = decoder.decode(chunk)
                lost += text.count("\ufffd")
                telling += len(text) - len(text.encode("ascii", "ignore"))
            lost += decoder.decode(b"", final=True).count("\ufffd")
    except UnicodeError:
        return False
    return errors == "strict" or lost <= most_damage * telling


def _text_of(sample: bytes, name: str) -> str:
    """The sample as text, without a character or line that its end cuts."""
    text = codecs.getincrementaldecoder(name)("replace").decode(sample)
    cut = text.rfind("\n")
    return text[:cut] if cut > 0 and len(sample) >= SAMPLE_BYTES else text


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The 3,755 characters of the first plane of GB 2312 and the 5,401 of Big5's first: what people really write."""
    found: set[str] = set()
    for name, leads, trails in (
        ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
        ("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
    ):
        for lead in leads:
            for trail in trails:
                found.update(bytes((lead, trail)).decode(name, "ignore"))
    return frozenset(found)


def _likeness(sample: bytes, name: str) -> float:
    """Share of common characters among those beyond ASCII, punctuation apart, and a bonus for a heading understood."""
    text = _text_of(sample, name)
    letters = [sign for sign in text if sign > "\u2fff" or "\x7f" < sign < "\u2000"]
    letters = [sign for sign in letters if not "\u3000" <= sign <= "\u303f" and not "\uff00" <= sign <= "\uffef"]
    if not letters:
        return 0.0
    share = sum(sign in _common() for sign in letters) / len(letters)
    layout = guess_layout(_sample_rows(text, _delimiter(text)))
    return share + (len(set(layout.columns.values())) / 10 if layout.header else 0.0)


def _delimiter(text: str) -> str:
    """The sign that makes most of a heading, else the one that makes rows of one width."""
    lines = text.splitlines()
    if lines and (said := _SAID_DELIMITER.fullmatch(lines[0])):
        return said[1]
    ranked = []
    for sign in DELIMITERS:
        rows = _sample_rows(text, sign)
        widths = Counter(len(row) for row in rows if any(row))
        width, often = widths.most_common(1)[0] if widths else (1, 0)
        named = len(guess_layout(rows).columns) if width > 1 else 0
        ranked.append((named, often if width > 1 else 0, -DELIMITERS.index(sign), sign))
    return max(ranked)[-1]


def _sample_rows(text: str, delimiter: str) -> list[list[str]]:
    lines = (line[:LONGEST_HEADING_LINE] for line in text.splitlines()[:HEADING_ROWS])
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]


def write_rows(path: Path, form: TextForm, target: Path) -> tuple[int, int]:
    """Write the rows as lines of JSON; (rows that hold anything, line of the first stray quotation mark or 0).

    A mark that is opened and never closed would swallow all rows below it, so such a file is read line by line instead.
    Refused: ``roster.too_many_rows``.
    """
    stray = _write(_by_quotes(path, form), target)
    if stray >= 0:
        return stray, 0
    return _write(_by_lines(path, form), target), -stray


def _write(rows: Iterator[list[str] | int], target: Path) -> int:
    """Rows written that hold anything, or minus the line at which the reading of quotation marks went wrong."""
    held, blank = 0, 0
    with target.open("w", encoding="utf-8", newline="\n", errors="replace") as out:
        for cells in rows:
            if isinstance(cells, int):
                return -cells
            if not any(cell.strip() for cell in cells):
                blank += 1
                continue
            out.write("[]\n" * blank)
            blank = 0
            out.write(json.dumps([_cell(cell) for cell in cells[:MAX_COLUMNS]], ensure_ascii=False))
            out.write("\n")
            held += 1
            if held > MAX_ROWS:
                raise Refused("roster.too_many_rows", most=MAX_ROWS)
    return held


def _cell(text: str) -> str:
    """``="0101"`` and ``'+86 139…`` are how a spreadsheet is told to keep a text; what is inside is meant."""
    kept = _KEPT_AS_TEXT.fullmatch(text.strip())
    return ((kept[1] or kept[2] or "") if kept else text)[: MAX_CELL_CHARACTERS + 1]


def _by_quotes(path: Path, form: TextForm) -> Iterator[list[str] | int]:
    """Rows as the standard of CSV has them; the number of a row whose cell swallows other rows ends it."""
    number, fewest = 0, 2
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        reader = csv.reader(_lines(file), delimiter=form.delimiter)
        try:
            for number, row in enumerate(reader, start=1):
                if any("\n" in cell and _swallowed(cell, form.delimiter, fewest) for cell in row):
                    yield number
                    return
                fewest = max(fewest, len(row) // 2)
                yield row
        except csv.Error:
            yield number + 1


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Refused("roster.not_a_table", format="long_lines")
        yield line


def _swallowed(cell: str, delimiter: str, fewest: int) -> bool:
    return any(line.count(delimiter) >= fewest for line in cell.splitlines()[1:])


def _by_lines(path: Path, form: TextForm) -> Iterator[list[str] | int]:
    with path.open(encoding=form.encoding, errors="replace", newline=None) as file:
        for line in _lines(file):
            plain = line.rstrip("\n")
            if plain.count('"') % 2 or len(plain) > csv.field_size_limit():
                yield [cell.strip('"') for cell in plain.split(form.delimiter)]
            else:
                yield next(csv.reader([plain], delimiter=form.delimiter), [])
