"""Request bodies: unpacked while they stream in, so that a small file that unpacks to gigabytes costs nothing."""

import zlib
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.domain.canonical import NotJson, TextFault, parse_strict
from portal.sync.envelope import Problem

CHUNK = 64 * 1024
MIB = 1 << 20
DRAIN = 16 * MIB  # of a refused body so much is read away, so that its sender gets to see the answer


@dataclass(frozen=True)
class Body:
    """``sent`` as it came; ``content`` unpacked, None where the gzip is broken."""

    sent: bytes
    content: bytes | None


def read(limit: int) -> Body:
    """The whole body. Raises Problem 415 (another coding than gzip) and 413 (more than ``limit`` bytes, unpacked or packed)."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip"):
        _drain()
        raise Problem(415, "unsupported_coding", coding=coding[:40])
    request.max_content_length = None  # the limit here is the caller's, and a refused body is read away
    packed, unpacked = bytearray(), bytearray()
    gunzip = _Gunzip() if coding == "gzip" else None
    while chunk := request.stream.read(CHUNK):
        packed += chunk
        if gunzip is not None:
            unpacked += gunzip.feed(chunk, limit + 1 - len(unpacked))
        if max(len(packed), len(unpacked)) > limit:
            _drain()
            raise Problem(413, "too_large", limit=limit)
    if gunzip is None:
        return Body(bytes(packed), bytes(packed))
    return Body(bytes(packed), bytes(unpacked) if gunzip.whole else None)


def read_object(limit: int) -> dict[str, Any]:
    """A small JSON object. Raises Problem 400 ``not_json``."""
    content = read(limit).content
    try:
        value = parse_strict(content) if content is not None else None
    except (NotJson, TextFault):
        value = None
    if not isinstance(value, dict):
        raise Problem(400, "not_json")
    return value


class _Gunzip:
    """Members of a gzip stream, unpacked no further than asked for."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._broken = False

    @property
    def whole(self) -> bool:
        return self._member.eof and not self._broken

    def feed(self, chunk: bytes, most: int) -> bytes:
        out = bytearray()
        while chunk and not self._broken and len(out) < most:
            if self._member.eof:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                out += self._member.decompress(chunk, most - len(out))
            except zlib.error:
                self._broken = True
            chunk = self._member.unused_data or self._member.unconsumed_tail
        return bytes(out)


def _drain() -> None:
    taken = 0
    while taken < DRAIN and (chunk := request.stream.read(CHUNK)):
        taken += len(chunk)
