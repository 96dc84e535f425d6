"""Identifiers: UUID version 7, so that rows made later sort later."""

import os
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID, SafeUUID, uuid5

__all__ = ["new_id", "part_id", "read_id"]


_VERSION = 0x7 << 76 | 0x2 << 62
_RANDOM = ~(0xF << 76 | 0x3 << 62) & ((1 << 80) - 1)
_POOL = 256  # ids for which randomness is drawn at once: a call of the system for each costs more than all the rest
_lock = threading.Lock()
_last = 0
_drawn: Iterator[int] = iter(())


def _forget() -> None:
    """A forked process draws its own: two processes never use the same randomness."""
    global _drawn
    _drawn = iter(())


os.register_at_fork(after_in_child=_forget)


def _draw() -> int:
    global _drawn
    found = next(_drawn, None)
    if found is None:
        fresh = os.urandom(10 * _POOL)
        _drawn = iter([int.from_bytes(fresh[at : at + 10], "big") & _RANDOM for at in range(0, 10 * _POOL, 10)])
        found = next(_drawn)
    return found


def new_id() -> UUID:
    """A fresh UUID, version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness.

    Ids made later in one process are larger, also within a millisecond: what is written in order is read in order.
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | _draw() | _VERSION
        if value <= _last:
            value = _last + 1 + int.from_bytes(os.urandom(3), "big")
            value = value & ~(0xF << 76 | 0x3 << 62) | _VERSION
        _last = value
    # What UUID(int=…) makes, without its checks: intake makes five of them a fact.
    made = object.__new__(UUID)
    object.__setattr__(made, "int", value)
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


@lru_cache(maxsize=4_096)
def read_id(text: str) -> UUID:
    """A UUID from its text; remembered, since one batch names the same colleague, department or opinion many times.

    Raises ValueError.
    """
    return UUID(text)


def part_id(whole: UUID, part: str) -> UUID:
    """The id of a part that is made from a whole, the same each time it is made (``sync.md``: applying twice doubles nothing)."""
    return uuid5(whole, part)
