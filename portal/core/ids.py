"""Identifiers: UUID version 7, so that rows made later sort later."""

import secrets
import time
from uuid import UUID, uuid5

__all__ = ["new_id", "part_id"]


def new_id() -> UUID:
    """A fresh UUID, version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def part_id(whole: UUID, part: str) -> UUID:
    """The id of a part that is made from a whole, the same each time it is made (``sync.md``: applying twice doubles nothing)."""
    return uuid5(whole, part)
