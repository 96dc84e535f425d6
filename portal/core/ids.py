"""Identifiers: UUID version 7, so that rows made later sort later."""

import secrets
import threading
import time
from functools import lru_cache
from uuid import UUID, uuid5

__all__ = ["new_id", "part_id", "read_id"]


_VERSION = 0x7 << 76 | 0x2 << 62
_RANDOM = ~(0xF << 76 | 0x3 << 62) & ((1 << 80) - 1)
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A fresh UUID, version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness.

    Ids made later in one process are larger, also within a millisecond: what is written in order is read in order.
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | secrets.randbits(80) & _RANDOM | _VERSION
    with _lock:
        if value <= _last:
            value = _last + 1 + secrets.randbits(24)
            value = value & ~(0xF << 76 | 0x3 << 62) | _VERSION
        _last = value
    return UUID(int=value)


@lru_cache(maxsize=4_096)
def read_id(text: str) -> UUID:
    """A UUID from its text; remembered, since one batch names the same colleague, department or opinion many times.

    Raises ValueError.
    """
    return UUID(text)


def part_id(whole: UUID, part: str) -> UUID:
    """The id of a part that is made from a whole, the same each time it is made (``sync.md``: applying twice doubles nothing)."""
    return uuid5(whole, part)
