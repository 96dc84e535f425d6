"""Reads a roster as it comes from an office into rows of text, or says in a code why it cannot.

Whatever comes, the answer is a ``Table`` or ``Refused``: an empty file, a picture, 300 MB, an archive that unpacks
without end, a workbook with a password. Rows lie in a spool of their own on disk, so that 100,000 cost no memory.
"""

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import portal
from portal.domain.refusals import Refused
from portal.domain.roster.layout import Note
from portal.domain.roster.limits import (
    MAX_FILE_BYTES,
    MAX_PACKING_RATIO,
    MAX_PARTS,
    MAX_UNPACKED_BYTES,
    RATIO_COUNTS_FROM_BYTES,
    READING_SECONDS,
    SAMPLE_ROWS,
)
from portal.households.roster_text import detect, write_rows

log = logging.getLogger(__name__)

_CHUNK = 1 << 20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN_STARTS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "document"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<div")


@dataclass(eq=False, slots=True, weakref_slot=True)
class Table:
    """The rows of one sheet as text, kept in a file until ``close`` (or the end of ``with``).

    ``encoding`` and ``delimiter`` are '' for a workbook, ``sheet`` and ``sheets`` for text. ``sha256`` is that of the
    file handed in. ``row_count`` counts up to the last row that holds anything, ``filled_count`` those that do.
    ``notes``: ``encoding_damaged``, ``quotes_damaged``, ``formulas``, ``other_sheets``.
    """

    filename: str
    format: str
    sha256: str
    spool: Path
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    row_count: int = 0
    filled_count: int = 0
    notes: tuple[Note, ...] = ()

    def rows(self, start: int = 1) -> Iterator[tuple[int, list[str]]]:
        """Number, as a spreadsheet shows it, and cells of each row from ``start`` on; a blank row has none."""
        with self.spool.open(encoding="utf-8") as lines:
            for line, text in enumerate(lines, start=1):
                if line >= start:
                    yield line, json.loads(text)

    def head(self, count: int = SAMPLE_ROWS) -> list[list[str]]:
        """The cells of the first rows, from which the layout is guessed."""
        return [cells for _, cells in islice(self.rows(), count)]

    def close(self) -> None:
        """Remove the rows from the disk."""
        self.spool.unlink(missing_ok=True)

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_table(
    source: Path | bytes, filename: str = "", *, sheet: str = "", encoding: str = "", scratch: Path | None = None
) -> Table:
    """The rows of a roster; ``sheet`` and ``encoding`` are guessed where not named, ``scratch`` is the spool's folder.

    Refused: ``roster.empty``, ``roster.too_large``, ``roster.too_large_unpacked``, ``roster.too_many_rows``,
    ``roster.not_a_table``, ``roster.old_format``, ``roster.encrypted``, ``roster.encoding``, ``roster.no_such_sheet``,
    ``roster.unreadable``.
    """
    if isinstance(source, bytes):
        _refuse_large(len(source))
        with tempfile.NamedTemporaryFile(dir=scratch, prefix="roster-") as kept:
            kept.write(source)
            kept.flush()
            return _read(Path(kept.name), filename, sheet, encoding, scratch)
    if not source.is_file():
        raise Refused("roster.unreadable")
    return _read(source, filename or source.name, sheet, encoding, scratch)


def take_in(stream: BinaryIO, target: Path) -> str:
    """Copy an upload to ``target`` and give its SHA-256; Refused ``roster.too_large`` before more is kept than that."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                out.close()
                target.unlink()
                _refuse_large(size)
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _refuse_large(size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise Refused("roster.too_large", most_mb=MAX_FILE_BYTES >> 20)


def _read(path: Path, filename: str, sheet: str, encoding: str, scratch: Path | None) -> Table:
    _refuse_large(path.stat().st_size)
    with path.open("rb") as file:
        start = file.read(4096)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not start.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise Refused("roster.empty")
    handle, name = tempfile.mkstemp(dir=scratch, prefix="roster-", suffix=".jsonl")
    os.close(handle)
    table = Table(filename, "", digest, Path(name))
    weakref.finalize(table, table.spool.unlink, missing_ok=True)
    try:
        if start.startswith(b"PK"):
            _read_workbook(path, table, sheet)
        else:
            _refuse_other_formats(path, start)
            _read_text(path, table, encoding)
    except BaseException:
        table.close()
        raise
    return table


def _refuse_other_formats(path: Path, start: bytes) -> None:
    if start.startswith(_OLD_OFFICE):
        locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise Refused("roster.encrypted") if locked else Refused("roster.old_format", format="xls")
    for sign, name in _KNOWN_STARTS:
        if start.startswith(sign):
            raise Refused("roster.not_a_table", format=name)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Refused("roster.not_a_table", format="web_page")


def _read_text(path: Path, table: Table, encoding: str) -> None:
    form = detect(path, encoding)
    table.filled_count, stray = write_rows(path, form, table.spool)
    if not table.filled_count:
        raise Refused("roster.empty")
    table.format, table.encoding, table.delimiter = "csv", form.encoding, form.delimiter
    notes: list[Note] = [("encoding_damaged", {"encoding": form.encoding})] if form.damaged else []
    if stray:
        notes.append(("quotes_damaged", {"line": stray}))
    _finish(table, notes)


def _read_workbook(path: Path, table: Table, sheet: str) -> None:
    _check_archive(path)
    answer = _unpack(path, table.spool, sheet)
    if refused := answer.get("refused"):
        raise Refused(refused, **answer.get("params", {}))
    table.format, table.sheet, table.sheets = "xlsx", answer["sheet"], tuple(answer["sheets"])
    table.filled_count = answer["rows"]
    notes: list[Note] = [("other_sheets", {"sheets": answer["alike"]})] if answer["alike"] else []
    if answer["formulas"]:
        notes.append(("formulas", {}))
    _finish(table, notes)


def _finish(table: Table, notes: list[Note]) -> None:
    with table.spool.open("rb") as lines:
        table.row_count = sum(1 for _ in lines)
    table.notes = tuple(notes)


def _check_archive(path: Path) -> None:
    """Refuse what only looks like a workbook or would unpack into more than one; reads the table of contents only."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused("roster.unreadable") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("roster.encrypted")
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise Refused("roster.old_format", format="xlsb" if "xl/workbook.bin" in names else "ods")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Refused("roster.too_large_unpacked")
    for part in parts:
        if part.file_size > RATIO_COUNTS_FROM_BYTES and part.file_size > MAX_PACKING_RATIO * max(part.compress_size, 1):
            raise Refused("roster.too_large_unpacked")
    if "xl/workbook.xml" not in names:
        raise Refused("roster.not_a_table", format="archive")


def _unpack(path: Path, spool: Path, sheet: str) -> dict[str, Any]:
    """Let a process of its own read the workbook (``roster_sheet`` says why) and tell how it went."""
    # Our own settings hold secrets, which a process that reads strangers' files has no need of.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    surroundings |= {"PYTHONPATH": str(Path(portal.__file__).parents[1]), "RUST_BACKTRACE": "0"}
    command = [sys.executable, "-m", "portal.households.roster_sheet", str(path.resolve()), str(spool), sheet]
    try:
        done = subprocess.run(
            command,
            env=surroundings,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=READING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("roster.too_large_unpacked") from None
    if done.returncode:
        log.warning("reading a workbook ended with status %d", done.returncode)
        raise Refused("roster.too_large_unpacked" if done.returncode < 0 else "roster.unreadable")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
