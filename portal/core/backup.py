"""Backup and restore: one file that holds every row and every attachment, the same on both databases.

A ZIP with ``manifest.json`` (schema revision, rows and SHA-256 of each member, heads of the ledgers), one JSON-lines member
per table and one member per attachment. Read in one snapshot, so that it is a state that was once true. The installation's
secret key is not in it. A restored installation gets a new epoch, so that tablets offer again what the backup missed.
"""

import base64
import fcntl
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Date, Table, func, select, text, update

from portal.core.db import Canonical, Id, Instant, Model, db, writing
from portal.core.ids import new_id
from portal.core.storage import Store
from portal.domain.refusals import Refused

FORMAT = 1
SLICE = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _to_text(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, Id):
        return lambda v: v.hex
    if isinstance(kind, Instant):
        return lambda v: round((v - _EPOCH) / timedelta(milliseconds=1))
    if isinstance(kind, Canonical):
        return lambda v: base64.b64encode(v).decode()
    if isinstance(kind, Date):
        return lambda v: v.isoformat()
    return lambda v: v


def _from_text(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, Id):
        return lambda v: UUID(hex=v)
    if isinstance(kind, Instant):
        return lambda v: _EPOCH + timedelta(milliseconds=v)
    if isinstance(kind, Canonical):
        return base64.b64decode
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Boolean):
        return bool
    return lambda v: v


class _Hashed(io.RawIOBase):
    """Writes through and hashes what it writes."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.digest = inner, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return int(self.inner.write(data))


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    encoders = [_to_text(column) for column in table.columns]
    result = connection.execution_options(yield_per=SLICE).execute(select(table).order_by(*table.primary_key.columns))
    for row in result:
        yield [None if value is None else encode(value) for value, encode in zip(row, encoders, strict=True)]


def backup(target: Path, store: Store, *, at: datetime) -> dict[str, Any]:
    """Write a backup to ``target`` (appears whole or not at all) and return its manifest."""
    draft = target.with_name(f".{target.name}.part")
    manifest: dict[str, Any] = {"format": FORMAT, "made_at": at.isoformat(), "tables": {}, "blobs": {}}
    snapshot = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with (
        db.engine.connect().execution_options(**snapshot) as connection,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        manifest["revision"] = connection.scalar(text("SELECT version_num FROM alembic_version"))
        head = Model.metadata.tables["ledger_head"]
        manifest["ledger_heads"] = {row.office_id.hex: [row.seq, row.hash] for row in connection.execute(select(head))}
        for table in Model.metadata.sorted_tables:
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member:
                hashed, count = _Hashed(member), 0
                hashed.write(json.dumps([c.name for c in table.columns]).encode() + b"\n")
                for row in _rows(connection, table):
                    hashed.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
                    count += 1
            manifest["tables"][table.name] = {"rows": count, "sha256": hashed.digest.hexdigest()}
        blob = Model.metadata.tables["blob"]
        for (sha256,) in connection.execute(select(blob.c.sha256).distinct().order_by(blob.c.sha256)):
            content = store.read(sha256)
            archive.writestr(zipfile.ZipInfo(f"blobs/{sha256}"), content)
            manifest["blobs"][sha256] = len(content)
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    draft.replace(target)
    return manifest


def restore(source: Path, store: Store, *, revision: str) -> dict[str, Any]:
    """Load a backup into an empty, migrated database; everything or nothing. Returns the manifest.

    Raises Refused: ``backup.unreadable``, ``backup.other_version``, ``backup.not_empty``, ``backup.damaged``.
    """
    try:
        archive = zipfile.ZipFile(source)
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        raise Refused("backup.unreadable", name=source.name) from None
    with archive:
        if manifest.get("format") != FORMAT or manifest.get("revision") != revision:
            raise Refused("backup.other_version", made=str(manifest.get("revision")), ours=revision)
        _check_members(archive, manifest)
        for sha256 in manifest["blobs"]:
            if store.put(archive.read(f"blobs/{sha256}")) != sha256:
                raise Refused("backup.damaged", name=sha256[:12])
        with writing() as session:
            if session.scalar(select(func.count()).select_from(Model.metadata.tables["company"])):
                raise Refused("backup.not_empty")
            connection = session.connection()
            for table in Model.metadata.sorted_tables:
                connection.execute(table.delete())
            for table in Model.metadata.sorted_tables:
                _load(connection, table, archive)
            connection.execute(update(Model.metadata.tables["company"]).values(sync_epoch=new_id().hex))
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text(
                        "SELECT setval(pg_get_serial_sequence('search_row', 'n'), (SELECT coalesce(max(n), 1) FROM search_row))"
                    )
                )
    return manifest


def _check_members(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for name, told in manifest["tables"].items():
        digest = hashlib.sha256()
        try:
            with archive.open(f"tables/{name}.jsonl") as member:
                while chunk := member.read(1 << 20):
                    digest.update(chunk)
        except (KeyError, zipfile.BadZipFile, OSError):
            raise Refused("backup.damaged", name=name) from None
        if digest.hexdigest() != told["sha256"]:
            raise Refused("backup.damaged", name=name)


def _load(connection: Connection, table: Table, archive: zipfile.ZipFile) -> None:
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    with archive.open(f"tables/{table.name}.jsonl") as member:
        names = json.loads(member.readline())
        decoders = [_from_text(table.columns[name]) for name in names]
        later, rows = [], []
        for line in member:
            values = zip(names, json.loads(line), decoders, strict=True)
            row = {name: None if value is None else decode(value) for name, value, decode in values}
            if any(row[name] is not None for name in own):
                later.append({"b_id": row["id"]} | {name: row[name] for name in own})
                row |= dict.fromkeys(own)
            rows.append(row)
            if len(rows) == SLICE:
                connection.execute(table.insert(), rows)
                rows = []
        if rows:
            connection.execute(table.insert(), rows)
    for row in later:  # rows of one table that point at one another are joined once all are there
        key = row.pop("b_id")
        connection.execute(table.update().where(table.c.id == key).values(**row))


@contextmanager
def holding(instance: Path, *, by: str) -> Iterator[None]:
    """Hold the instance as the server does; a restore meanwhile is refused with ``backup.server_runs``."""
    with (instance / ".held").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("backup.server_runs", by=by) from None
        yield
