"""Attachments: content-addressed, stored once, outside the database; known per office, since a hash must betray nothing."""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.core.ids import new_id

CHUNK = 1 << 20


class Blob(Model):
    """An office has the bytes of this hash; the bytes themselves lie once in the store."""

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("office_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    sha256: Mapped[str]
    size: Mapped[int]
    type: Mapped[str]
    received_at: Mapped[datetime]


class Attachment(Model):
    """A photo or signature that a record names; there once ``received_at`` is set."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_owner", "owner_id", "position"), Index("ix_attachment_sha256", "sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    owner_id: Mapped[UUID]
    role: Mapped[str]  # photo | resident_signature | staff_signature
    position: Mapped[int]
    sha256: Mapped[str]
    size: Mapped[int]
    type: Mapped[str]
    by_id: Mapped[UUID | None]
    received_at: Mapped[datetime | None]


class Upload(Model):
    """A resumable upload under way (tus 1.0); its bytes lie in the instance until they are whole and match their hash."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_expires", "expires_at"), Index("ix_upload_sha256", "sha256", "office_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    sha256: Mapped[str]
    type: Mapped[str]
    length: Mapped[int]
    offset: Mapped[int] = mapped_column(default=0)
    finished: Mapped[bool] = mapped_column(default=False)
    quarantined: Mapped[bool] = mapped_column(default=False)  # of a revoked device: counts when the office takes it out
    expires_at: Mapped[datetime]


class Store(Protocol):
    """Where bytes lie, by their SHA-256."""

    def put(self, content: bytes) -> str: ...
    def put_file(self, path: Path) -> str: ...
    def read(self, sha256: str) -> bytes: ...
    def has(self, sha256: str) -> bool: ...
    def remove(self, sha256: str) -> None: ...
    def hashes(self) -> Iterator[str]: ...


class FolderStore:
    """A local folder, two levels deep; a file appears whole and durable, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or any(c not in "0123456789abcdef" for c in sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(sha256)
        if not target.exists():
            draft = self._draft(target)
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._settle(draft, target)
        return sha256

    def put_file(self, path: Path) -> str:
        """Take a finished file into the store; the file is moved."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            os.fsync(file.fileno())
        target = self._path(digest.hexdigest())
        if not target.exists():
            draft = self._draft(target)
            try:
                os.replace(path, draft)
            except OSError as problem:
                if problem.errno != errno.EXDEV:
                    raise
                self._copy(path, draft)  # uploads may lie on another disk than the store
            self._settle(draft, target)
        path.unlink(missing_ok=True)
        return digest.hexdigest()

    @staticmethod
    def _copy(source: Path, draft: Path) -> None:
        with source.open("rb") as here, draft.open("xb") as there:
            shutil.copyfileobj(here, there, CHUNK)
            there.flush()
            os.fsync(there.fileno())

    def read(self, sha256: str) -> bytes:
        return self._path(sha256).read_bytes()

    def has(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def hashes(self) -> Iterator[str]:
        for path in self.root.glob("??/??/*"):
            if not path.name.startswith("."):
                yield path.name

    def _draft(self, target: Path) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.with_name(f".{target.name}.{secrets.token_hex(4)}")

    @staticmethod
    def _settle(draft: Path, target: Path) -> None:
        os.replace(draft, target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name must survive a power cut, not only the bytes
        finally:
            os.close(folder)


def store_at(url: str) -> Store:
    """The store that ``PORTAL_STORAGE_URL`` names; a local folder (``file:///…``)."""
    parsed = urlparse(url)
    if parsed.scheme != "file":
        raise ValueError(f"PORTAL_STORAGE_URL must begin with file:///, not {parsed.scheme}:")
    return FolderStore(Path(unquote(parsed.path)))
