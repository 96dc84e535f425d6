"""Facts as a tablet makes them, for the households of the test estate."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.core.db import writing
from portal.core.facts import ReceivedFact
from portal.core.ids import new_id
from portal.core.storage import Blob
from portal.domain.canonical import digest, fact_text
from tests.factories import AT, Estate


def opinion(**changed: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()), "kind": "repair", "content": "电梯夜间有异响", "category": "lift",
        "part": "common", "answered_at_once": "no", **changed,
    }  # fmt: skip


def visit_body(estate: Estate, author: str = "field_staff", **changed: Any) -> dict[str, Any]:
    return {
        "type": "regular", "method": "door", "visitors": [str(estate.staff[author])],
        "resident_name": "陈文", "relation": "owner", "outcome": "met", "briefing": "all",
        "opinions": [opinion(), opinion(kind="suggestion", content="楼道灯太暗", category="maintenance")],
        "ratings": {"overall": "satisfied"}, "no_signature_because": "not_asked", **changed,
    }  # fmt: skip


def attempt_body(estate: Estate, author: str = "field_staff", **changed: Any) -> dict[str, Any]:
    return {
        "type": "regular", "method": "door", "visitors": [str(estate.staff[author])], "outcome": "not_in",
        "attempt": 1, **changed,
    }  # fmt: skip


def received(
    estate: Estate,
    body: dict[str, Any],
    *,
    author: str = "field_staff",
    kind: str = "visit",
    form: str = "visit@1",
    room: str = "101",
    subject: UUID | None = None,
    occurred_at: datetime = AT,
    attachments: list[dict[str, Any]] | None = None,
    complete: bool = True,
    base: int | None = None,
    own: UUID | None = None,
    office_id: UUID | None = None,
) -> ReceivedFact:
    """A fact whose text and hash are settled, a minute on the way."""
    own = own or new_id()
    subject = subject or estate.households[room]
    stamp = occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = fact_text(
        {
            "id": str(own), "kind": kind, "subject": str(subject), "follows": None, "base": base, "form": form,
            "occurred_at": stamp, "recorded_at": stamp, "clock": {"offset_ms": 0, "measured_at": None}, "body": body,
            "attachments": attachments or [],
        }
    )  # fmt: skip
    return ReceivedFact(
        id=own, kind=kind, form=form, subject_id=subject, follows_id=None, base=base,
        office_id=office_id or estate.office_id, staff_id=estate.staff[author], device_id=None, occurred_at=occurred_at,
        recorded_at=occurred_at, received_at=occurred_at + timedelta(minutes=1), body=body,
        attachments=attachments or [], sha256=digest(content), content=content, complete=complete,
    )  # fmt: skip


def correction_body(body: dict[str, Any], corrected: str, **changed: Any) -> dict[str, Any]:
    """The visit as it should have been, and what was corrected."""
    return {**body, "corrected": corrected, **changed}


def uploaded(estate: Estate, content: bytes, role: str = "photo") -> dict[str, Any]:
    """An attachment whose bytes the office has; as a fact lists it."""
    sha256 = digest(content)
    with writing() as session:
        session.add(
            Blob(office_id=estate.office_id, sha256=sha256, size=len(content), type="image/png", received_at=AT)
        )
    return {"sha256": sha256, "size": len(content), "type": "image/png", "role": role}
