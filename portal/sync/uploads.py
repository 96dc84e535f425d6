"""Resumable uploads: tus 1.0 with creation, creation-with-upload, checksum, termination and expiration (``sync.md``).

The file's own length is the offset, so that a worker that dies keeps what came; a lock on the file lets one request
write at a time, whichever worker has it. No transaction is open while bytes trickle in.
"""

import base64
import binascii
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy import delete
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from portal.core import clock
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.core.storage import Store, Upload
from portal.sync import arrivals, limits
from portal.sync.envelope import TUS, Caller, Problem, reply
from portal.sync.prepare import ATTACHMENT_MOST, HASH, kind_of

EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256")
CHUNK = 256 * 1024
OFFSET_TYPE = "application/offset+octet-stream"
OTHER_TYPE = "application/octet-stream"  # what bytes count as that are none of the pictures we take


@dataclass(frozen=True)
class Part:
    """An upload as it stands: a copy of its row, so that no session is needed while its bytes come."""

    id: UUID
    sha256: str
    type: str
    length: int
    finished: bool
    quarantined: bool
    expires_at: datetime

    @property
    def path(self) -> Path:
        folder: Path = current_app.config["PORTAL"].instance / "uploads"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / self.id.hex

    @property
    def offset(self) -> int:
        if self.finished:
            return self.length
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


def options() -> Response:
    return reply({}, 204, {"Tus-Version": TUS, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(ATTACHMENT_MOST),
                           "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)})  # fmt: skip


def create(caller: Caller) -> Response:
    """A new upload; complete at once where one of the caller's offices has these bytes already."""
    _speaks_tus()
    length, sha256, kind = _announced()
    at = clock.now()
    if caller.revoked:
        limits.check_revoked(caller, at=at)
    offices = caller.actor.offices
    there = None if caller.revoked else arrivals.known(db.session(), offices, sha256)
    if there is not None and there[0] != length:
        raise Problem(400, "wrong_length", length=there[0])
    own = new_id()
    with writing() as session:
        session.add(
            Upload(
                id=own, office_id=caller.home, staff_id=caller.actor.id, sha256=sha256, type=kind, length=length,
                offset=length if there else 0, finished=there is not None, quarantined=caller.revoked,
                expires_at=at + limits.UNFINISHED,
            )
        )  # fmt: skip
        if there is not None:
            waiting = arrivals.offices_awaiting(session, sha256, staff_id=caller.actor.id, offices=offices)
            arrivals.arrived(session, waiting, sha256, *there, by=caller.actor.id, at=at)
        limits.ask_for_sweep(session, at=at)
    part = _part(caller, own)
    headers = {"Location": f"/sync/uploads/{own}"}
    if there is None and request.content_type == OFFSET_TYPE:
        part = _receive(caller, part, 0)
    return reply({"id": str(own)}, 201, headers | _standing(part))


def head(caller: Caller, upload_id: UUID) -> Response:
    _speaks_tus()
    part = _part(caller, upload_id)
    named = ",".join(
        f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in (("sha256", part.sha256), ("type", part.type))
    )
    return reply({}, 200, {"Upload-Length": str(part.length), "Upload-Metadata": named} | _standing(part))


def patch(caller: Caller, upload_id: UUID) -> Response:
    _speaks_tus()
    if request.content_type != OFFSET_TYPE:
        raise Problem(415, "wrong_content_type", expected=OFFSET_TYPE)
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isascii() or not offset.isdecimal():
        raise Problem(400, "bad_offset")
    part = _receive(caller, _part(caller, upload_id), int(offset))
    return reply({}, 204, _standing(part))


def terminate(caller: Caller, upload_id: UUID) -> Response:
    """Give an upload up; what an office has by now it keeps."""
    _speaks_tus()
    part = _part(caller, upload_id)
    with _alone(part):
        with writing() as session:
            session.execute(delete(Upload).where(Upload.id == part.id))
        part.path.unlink(missing_ok=True)
    return reply({}, 204)


def _standing(part: Part) -> dict[str, str]:
    found = {"Upload-Offset": str(part.offset)}
    return found if part.finished else found | {"Upload-Expires": http_date(part.expires_at)}


def _speaks_tus() -> None:
    if request.headers.get("Tus-Resumable") != TUS:
        raise Problem(412, "tus_version", headers={"Tus-Version": TUS}, version=TUS)


def _announced() -> tuple[int, str, str]:
    """Length, hash and type as the creation request says them. Raises Problem 400 and 413."""
    length = request.headers.get("Upload-Length", "")
    if not length.isascii() or not length.isdecimal() or len(length) > 18 or int(length) < 1:
        raise Problem(400, "bad_length")
    if int(length) > ATTACHMENT_MOST:
        raise Problem(413, "too_large", limit=ATTACHMENT_MOST)
    told = dict(_metadata(request.headers.get("Upload-Metadata", "")))
    sha256, kind = told.get("sha256", ""), told.get("type", "")
    if not HASH.fullmatch(sha256):
        raise Problem(400, "bad_metadata", key="sha256")
    if not kind or len(kind) > 100:
        raise Problem(400, "bad_metadata", key="type")
    return int(length), sha256, kind


def _metadata(header: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            yield key, base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Problem(400, "bad_metadata", key=key[:60]) from None


def _part(caller: Caller, upload_id: UUID) -> Part:
    """The caller's own upload. Raises Problem 404 for anybody else's, 410 once it has expired."""
    row = db.session.get(Upload, upload_id, populate_existing=True)
    found = row and row.staff_id == caller.actor.id and row.quarantined == caller.revoked
    if row is None or not found:
        db.session.rollback()
        raise Problem(404, "not_found")
    part = Part(row.id, row.sha256, row.type, row.length, row.finished, row.quarantined, row.expires_at)
    db.session.rollback()
    if not part.finished and part.expires_at <= clock.now():
        raise Problem(410, "expired")
    return part


@contextmanager
def _alone(part: Part) -> Iterator[int]:
    """The file, opened and locked. Raises Problem 423 while another request writes it."""
    descriptor = os.open(part.path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(423, "locked", headers={"Retry-After": "1"}) from None
        yield descriptor
    finally:
        os.close(descriptor)


def _receive(caller: Caller, part: Part, offset: int) -> Part:
    """Append the body at the offset; whole and of the right hash, the upload is finished."""
    checksum = _checksum()
    with _alone(part) as descriptor:
        part = _part(caller, part.id)  # it may have been finished while we waited for the file
        size = part.length if part.finished else os.fstat(descriptor).st_size
        if offset != size:
            raise Problem(409, "wrong_offset", headers={"Upload-Offset": str(size)}, offset=size)
        if part.finished:
            if os.fstat(descriptor).st_size == 0:
                part.path.unlink(missing_ok=True)
            return part
        _append(descriptor, size, part.length, checksum)
        if os.fstat(descriptor).st_size == part.length:
            _finish(caller, part, descriptor)
    return _part(caller, part.id)


def _checksum() -> tuple[Any, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Problem(400, "checksum_algorithm", known=list(ALGORITHMS))
    try:
        return hashlib.new(algorithm, usedforsecurity=False), base64.b64decode(value, validate=True)
    except binascii.Error:
        raise Problem(400, "bad_checksum") from None


def _append(descriptor: int, size: int, length: int, checksum: tuple[Any, bytes] | None) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported_coding")
    request.max_content_length = None
    declared = request.content_length
    if declared is not None and size + declared > length:
        raise Problem(413, "beyond_length", limit=length - size)
    os.lseek(descriptor, size, os.SEEK_SET)
    came = size
    try:
        while chunk := request.stream.read(CHUNK):
            came += len(chunk)
            if came > length:
                os.ftruncate(descriptor, size)
                raise Problem(413, "beyond_length", limit=length - size)
            os.write(descriptor, chunk)
            if checksum is not None:
                checksum[0].update(chunk)
    except (ClientDisconnected, OSError):
        os.fsync(descriptor)  # what came before the line broke stays, and the next request goes on from there
        raise
    if checksum is not None and checksum[0].digest() != checksum[1]:
        os.ftruncate(descriptor, size)
        raise Problem(460, "wrong_checksum", headers={"Upload-Offset": str(size)})
    os.fsync(descriptor)


def _finish(caller: Caller, part: Part, descriptor: int) -> None:
    digest, start = hashlib.sha256(), b""
    os.lseek(descriptor, 0, os.SEEK_SET)
    while chunk := os.read(descriptor, CHUNK):
        start = start or chunk[:16]
        digest.update(chunk)
    if digest.hexdigest() != part.sha256:
        os.ftruncate(descriptor, 0)
        raise Problem(460, "wrong_hash", headers={"Upload-Offset": "0"})
    store: Store = current_app.extensions["store"]
    # The file stays where others look for it until the row says that it is whole: who comes meanwhile finds it locked.
    whole = part.path.with_suffix(".whole")
    whole.unlink(missing_ok=True)
    try:
        os.link(part.path, whole)
    except OSError:  # a file system without links
        shutil.copyfile(part.path, whole)
    store.put_file(whole)
    kind, at = kind_of(start) or OTHER_TYPE, clock.now()
    with writing() as session:
        row = session.get_one(Upload, part.id)
        row.finished, row.offset, row.type = True, part.length, kind
        row.expires_at = at + limits.UNNAMED
        if not part.quarantined:
            offices = {caller.home} | arrivals.offices_awaiting(
                session, part.sha256, staff_id=caller.actor.id, offices=caller.actor.offices
            )
            arrivals.arrived(session, offices, part.sha256, part.length, kind, by=caller.actor.id, at=at)
    part.path.unlink(missing_ok=True)
