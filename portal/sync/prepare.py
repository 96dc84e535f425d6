"""What can be said of one sent fact without the database: text, hash, its twelve keys, signatures that travel inside.

All of it is done before the write lock is taken. The order of ``sync.md`` is kept by what is remembered: ``reason``
(text, hash, id) comes before the id is looked up, ``problems`` (keys, kind, times, attachments) counts only for a new id.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.facts import Problem
from portal.domain.canonical import RawFact, digest, fact_text
from portal.domain.formspec.model import PATTERNS
from portal.domain.pointers import ID, own_id

KEYS = frozenset(
    ("id", "kind", "subject", "follows", "base", "form", "occurred_at", "recorded_at", "clock", "body", "attachments", "sha256")
)  # fmt: skip
ATTACHMENT_KEYS = frozenset(("sha256", "size", "type", "role", "by", "data"))
ROLES = ("photo", "resident_signature", "staff_signature")
TYPES = ("image/jpeg", "image/png", "image/webp")
INLINE_MOST = 16 * 1024
ATTACHMENT_MOST = 64 * 1024 * 1024
ATTACHMENTS_MOST = 400
TIME = re.compile(PATTERNS["date"] + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
HASH = re.compile(r"[0-9a-f]{64}")
FORM = re.compile(r"[a-z][a-z0-9_]{0,63}@[1-9][0-9]{0,5}")
KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass
class Sent:
    """One element of a batch. ``reason``: why it can't take an id (``text``, ``wrong_hash``), else None."""

    raw: bytes
    value: dict[str, Any]
    claimed_id: str | None
    reason: str | None = None
    problems: list[Problem] = field(default_factory=list)
    id: UUID = UUID(int=0)
    sha256: str = ""
    content: bytes = b""
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None
    inline: dict[str, bytes] = field(default_factory=dict)
    seen: Any = None  # what the form says of the body, once it was asked
    data_lost: bool = False  # ``data`` that could not be taken: the payload has it not, so the bytes are kept beside

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """Its attachments, where the list could be read."""
        found = self.value.get("attachments")
        sound = isinstance(found, list) and all(isinstance(a, dict) and _is_hash(a.get("sha256")) for a in found)
        return found if sound and found is not None else []

    def id_of(self, key: str) -> UUID | None:
        found = self.value.get(key)
        return UUID(found) if isinstance(found, str) and ID.fullmatch(found) else None

    def word(self, key: str, shape: re.Pattern[str]) -> str:
        """A short word such as the kind; '' where it is none."""
        found = self.value.get(key)
        return found if isinstance(found, str) and shape.fullmatch(found) else ""


def prepare(raw: RawFact) -> Sent:
    """Look at one element as far as it goes without the database."""
    if raw.problem is not None:
        problem = Problem(raw.problem.pointer, "text", {"rule": raw.problem.rule})
        return Sent(raw.raw, {}, raw.claimed_id, "text", [problem])
    if not isinstance(raw.value, dict):
        return Sent(raw.raw, {}, None, "text", [Problem("", "not_a_fact")])
    sent = Sent(raw.raw, raw.value, own_id(raw.value))
    content = fact_text(raw.value)
    sent.sha256 = digest(content)
    if raw.value.get("sha256") != sent.sha256:
        sent.reason, sent.problems = "wrong_hash", [Problem("/sha256", "wrong_hash")]
    elif sent.claimed_id is None:
        sent.reason, sent.problems = "text", [Problem("/id", "not_an_id")]
    else:
        sent.id, sent.content = UUID(sent.claimed_id), content
        examine(sent)
    return sent


def examine(sent: Sent) -> None:
    """Note what is wrong with the twelve keys and the attachments."""
    value, found = sent.value, sent.problems
    if value.keys() != KEYS:
        found += [Problem(f"/{key}", "missing_key") for key in sorted(KEYS - value.keys())]
        found += [Problem(f"/{key}", "unknown_key") for key in sorted(value.keys() - KEYS)]
    for key, shape, code in (("kind", KIND, "unknown_kind"), ("form", FORM, "unknown_form")):
        if key in value and not sent.word(key, shape):
            found.append(Problem(f"/{key}", code))
    if "subject" in value and sent.id_of("subject") is None:
        found.append(Problem("/subject", "not_an_id"))
    if value.get("follows") is not None and sent.id_of("follows") is None:
        found.append(Problem("/follows", "not_an_id"))
    base = value.get("base")
    if base is not None and (type(base) is not int or base < 0):
        found.append(Problem("/base", "not_a_number"))
    if "body" in value and not isinstance(value["body"], dict):
        found.append(Problem("/body", "not_an_object"))
    sent.occurred_at = _time(value.get("occurred_at"), "/occurred_at", found)
    sent.recorded_at = _time(value.get("recorded_at"), "/recorded_at", found)
    _clock(value.get("clock"), found)
    _attachments(sent)


def _time(given: Any, pointer: str, found: list[Problem]) -> datetime | None:
    if isinstance(given, str) and TIME.fullmatch(given):
        return datetime.fromisoformat(given)
    found.append(Problem(pointer, "not_a_moment"))
    return None


def _clock(clock: Any, found: list[Problem]) -> None:
    if not isinstance(clock, dict) or clock.keys() != {"offset_ms", "measured_at"}:
        found.append(Problem("/clock", "not_an_object"))
        return
    if type(clock["offset_ms"]) is not int:
        found.append(Problem("/clock/offset_ms", "not_a_number"))
    if clock["measured_at"] is not None:
        _time(clock["measured_at"], "/clock/measured_at", found)


def _attachments(sent: Sent) -> None:
    listed = sent.value.get("attachments")
    if not isinstance(listed, list):
        sent.problems.append(Problem("/attachments", "not_a_list"))
        return
    if len(listed) > ATTACHMENTS_MOST:
        sent.problems.append(Problem("/attachments", "too_many", {"limit": ATTACHMENTS_MOST}))
    for index, each in enumerate(listed):
        before = len(sent.problems)
        if isinstance(each, dict):
            _attachment(each, f"/attachments/{index}", sent.problems)
            if "data" in each:
                _take_data(sent, each, index, sound=len(sent.problems) == before)
        else:
            sent.problems.append(Problem(f"/attachments/{index}", "not_an_object"))


def _attachment(each: dict[str, Any], here: str, found: list[Problem]) -> None:
    found += [Problem(f"{here}/{key}", "unknown_key") for key in sorted(each.keys() - ATTACHMENT_KEYS)]
    if not _is_hash(each.get("sha256")):
        found.append(Problem(f"{here}/sha256", "not_a_hash"))
    size = each.get("size")
    if type(size) is not int or not 1 <= size <= ATTACHMENT_MOST:
        found.append(Problem(f"{here}/size", "out_of_range", {"min": 1, "max": ATTACHMENT_MOST}))
    if each.get("type") not in TYPES:
        found.append(Problem(f"{here}/type", "wrong_type"))
    if each.get("role") not in ROLES:
        found.append(Problem(f"{here}/role", "not_a_choice"))
    by = each.get("by")
    if by is not None and not (isinstance(by, str) and ID.fullmatch(by)):
        found.append(Problem(f"{here}/by", "not_an_id"))


def _take_data(sent: Sent, each: dict[str, Any], index: int, *, sound: bool) -> None:
    content, code = _decoded(each["data"])
    if code is None and sound and content is not None:
        if len(content) != each["size"]:
            code = "wrong_size"
        elif kind_of(content) != each["type"]:
            code = "wrong_type"
        elif hashlib.sha256(content).hexdigest() != each["sha256"]:
            code = "wrong_hash"
        else:
            sent.inline[each["sha256"]] = content
            return
    sent.data_lost = True
    if code is not None:
        params = {"limit": INLINE_MOST} if code == "too_large" else {}
        sent.problems.append(Problem(f"/attachments/{index}/data", code, params))


def _decoded(data: Any) -> tuple[bytes | None, str | None]:
    """Standard base64 of at most 16 KiB, or the code of what is wrong with it."""
    try:
        content = base64.b64decode(data.encode("ascii"), validate=True)
    except (AttributeError, UnicodeEncodeError, binascii.Error):
        return None, "not_base64"
    if base64.b64encode(content).decode() != data:
        return None, "not_base64"  # bits that stand for nothing: another text for the same bytes
    return (None, "too_large") if len(content) > INLINE_MOST else (content, None)


def kind_of(content: bytes) -> str | None:
    """The type of a picture by its first bytes: JPEG, PNG or WebP, else None."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None
