"""How a lower feature reaches a higher one: ``app.py`` fills this, and an entry is always a function or plain data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from portal.core.jobs import Slice
from portal.core.lists import Listing
from portal.core.storage import Attachment


@dataclass(frozen=True)
class MenuItem:
    """One line of the desk's menu; shown to who holds the permission, with what waits behind it where it counts that."""

    endpoint: str
    label: Any  # a lazy string
    permission: str
    position: int
    count: Callable[[], int] | None = None


@dataclass(frozen=True)
class Duty:
    """Work beside signing that waits for whoever holds all of ``permissions``: a line of the inbox.

    It is a list as ``asked`` for at ``endpoint``, so that the number and what the link opens never differ.
    """

    label: Any  # a lazy string
    permissions: tuple[str, ...]
    listing: Listing[Any]
    endpoint: str
    asked: Mapping[str, Any]


@dataclass(frozen=True)
class Description:
    """How a record that waits for a signature is told in a list."""

    title: str
    note: str
    url: str
    late: bool = False
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SignoffKind:
    """What signing means for one kind of record.

    ``describe(session, record_ids)`` tells them for a list; ``moved(session, record_id, status, revision, at)`` is called
    in the writing transaction when the chain moves and keeps the record's own status.
    """

    describe: Callable[[Session, Sequence[UUID]], dict[UUID, Description]]
    moved: Callable[[Session, UUID, str, int, datetime], None]


@dataclass(frozen=True)
class Origin:
    """The record in which an opinion was raised: its page, what it takes to open that, and the photos of this opinion."""

    endpoint: str
    values: Mapping[str, Any]
    permission: str
    pictures: Sequence[Attachment]


@dataclass
class Registry:
    menu: list[MenuItem] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    signoff: dict[str, SignoffKind] = field(default_factory=dict)
    jobs: dict[str, Slice] = field(default_factory=dict)
    standing: list[str] = field(default_factory=list)  # kinds of jobs that come round every hour
    origins: list[Callable[[Session, Any], Origin | None]] = field(default_factory=list)
    reactions: dict[str, list[Callable[..., Any]]] = field(default_factory=dict)

    def origin(self, session: Session, opinion: Any) -> Origin | None:
        """Where an opinion was raised, told by the feature that recorded it."""
        return next((told for tell in self.origins if (told := tell(session, opinion))), None)

    def react(self, event: str, **what: Any) -> None:
        """Tell the features that asked for ``event``, in the caller's transaction."""
        for reaction in self.reactions.get(event, []):
            reaction(**what)


def registry() -> Registry:
    """The registry of the running application."""
    found: Registry = current_app.extensions["registry"]
    return found
