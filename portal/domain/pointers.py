"""Where in a fact: JSON Pointers (RFC 6901) in which a list member with an id goes by its id (``sync.md``)."""

import re
from collections.abc import Iterable
from typing import Any

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def pointer(parts: Iterable[str]) -> str:
    """``("opinions", "content")`` as ``/opinions/content``; no parts give ``""``, the whole."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def own_id(member: Any) -> str | None:
    """The ``id`` that an object carries, if it is one: lower case with hyphens, any version."""
    if isinstance(member, dict):
        own = member.get("id")
        if isinstance(own, str) and ID.fullmatch(own):
            return own
    return None
