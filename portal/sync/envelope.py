"""What every answer under ``/sync`` carries, and who is asking (``sync.md``, every answer).

The envelope is read after the view has done its work, so that ``high`` knows what the request itself wrote. Where the
database can't be read any more, the last epoch this process saw stands in it: better an old number than no envelope.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from portal.accounts import devices
from portal.accounts.actors import Actor, actor_for
from portal.accounts.models import Company, Office, RoleGrant
from portal.core import access, bulk, clock
from portal.core.access import View
from portal.core.changes import ChangeCounter
from portal.core.db import db
from portal.core.pages import compress

PORTAL, VERSION = "linli-sync", 1
HEADER = "Linli-Sync"
TUS = "1.0.0"  # said in every answer about uploads, whoever made it
BUSY_SECONDS = 5
CODES = {
    400: "bad_request",
    403: "not_yours",
    404: "not_found",
    405: "method_not_allowed",
    408: "timed_out",
    409: "conflict",
    413: "too_large",
    415: "unsupported_coding",
    500: "internal",
    503: "busy",
}


class Problem(Exception):
    """An answer of the contract that is no success: its status, code, parameters and headers."""

    def __init__(self, status: int, code: str, *, headers: dict[str, str] | None = None, **params: Any) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.params, self.headers = status, code, params, headers or {}


@dataclass(frozen=True)
class Caller:
    """The person behind a token. ``scope``: the offices whose households they may see; ``home``: where a fact about
    nothing known is kept, so that somebody looks at it."""

    device_id: UUID
    actor: Actor
    revoked: bool
    scope: tuple[UUID, ...]
    home: UUID


class _Envelope:
    """Remembered per process: the epoch, for answers that can't ask the database."""

    epoch: str | None = None


def concerns(path: str) -> bool:
    return path == "/sync" or path.startswith("/sync/")


def reply(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer of the contract; the envelope joins it on the way out."""
    answer = Response(status=status, mimetype="application/json", headers=headers)
    answer.linli = body  # type: ignore[attr-defined]
    return answer


def refusal(status: int, code: str, params: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return reply({"error": {"code": code, "params": params}}, status, headers)


def bearer() -> str | None:
    """The token that the request carries, if it carries one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def by_device(view: View) -> View:
    """Let in who has a known token, of a revoked device too; the view gets a ``Caller`` first. Else 401."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(caller(), *args, **kwargs)

    return access.by_token(guarded)  # type: ignore[return-value]


def caller() -> Caller:
    """Who is asking. Raises Problem 401 ``token_unknown``, nothing else."""
    token = bearer()
    holder = devices.holder_of(token) if token else None
    if holder is None:
        raise Problem(401, "token_unknown")
    session = db.session()
    at = clock.now()
    actor = actor_for(session, holder.staff, on=clock.day_at(at, "Asia/Shanghai"), device_id=holder.device_id)
    scope = tuple(sorted(o for o in actor.offices if actor.may("households:household:read", o)))
    found = Caller(holder.device_id, actor, holder.revoked, scope, home_of(actor, scope))
    g.sync_caller = found
    session.rollback()  # nothing stays open while a body trickles in
    return found


def home_of(actor: Actor, scope: tuple[UUID, ...]) -> UUID:
    if scope:
        return actor.office_id if actor.office_id in scope else scope[0]
    if actor.office_id:
        return actor.office_id
    session = db.session()
    last = session.scalar(
        select(RoleGrant.office_id)
        .where(RoleGrant.staff_id == actor.id, RoleGrant.office_id.is_not(None))
        .order_by(RoleGrant.from_day.desc(), RoleGrant.id.desc())
        .limit(1)
    )
    return last or session.scalars(select(Office.id).order_by(Office.id).limit(1)).one()


def moment(value: datetime) -> str:
    """A time as the contract writes it: ``2026-03-05T02:24:00.000Z``."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def setup(app: Flask) -> None:
    """Envelope on every answer under ``/sync``, whoever made it."""

    @app.after_request
    def _envelope(answer: Response) -> Response:
        return _finished(answer) if concerns(request.path) else answer


def _finished(answer: Response) -> Response:
    body = getattr(answer, "linli", {})
    envelope = _envelope_now()
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Accept-Encoding"] = "gzip"
    if request.path.startswith("/sync/uploads"):
        answer.headers["Tus-Resumable"] = TUS
    if envelope is not None:
        answer.headers[HEADER] = json.dumps(envelope, separators=(",", ":"))
    if answer.status_code == 204:
        answer.set_data(b"")
        del answer.headers["Content-Type"]
        return answer
    answer.mimetype = "application/json"
    if request.method != "HEAD" or answer.status_code >= 400:
        text = json.dumps({**(envelope or {}), **body}, ensure_ascii=False, separators=(",", ":"))
        answer.set_data(text.encode("utf-8", "surrogatepass"))
    return compress(answer)


_NOW = (
    select(Company.sync_epoch, ChangeCounter.office_id, ChangeCounter.seq)
    .outerjoin(ChangeCounter, ChangeCounter.office_id.in_(bindparam("offices", expanding=True)))
    .order_by(ChangeCounter.office_id)
)


def _envelope_now() -> dict[str, Any] | None:
    who: Caller | None = g.get("sync_caller")
    high: dict[str, int] | None = None
    try:
        db.session.rollback()
        rows = bulk.rows(db.session(), _NOW, offices=list(who.actor.offices) if who else [])
        epoch = rows[0].sync_epoch if rows else None
        if who is not None:
            high = {str(row.office_id): row.seq for row in rows if row.office_id}
        db.session.rollback()
        _Envelope.epoch = epoch or _Envelope.epoch
    except SQLAlchemyError:
        pass
    if _Envelope.epoch is None:
        return None
    return {
        "portal": PORTAL,
        "version": VERSION,
        "server_time": moment(clock.now()),
        "epoch": _Envelope.epoch,
        "high": high,
        "device": None if who is None else "revoked" if who.revoked else "active",
    }


def refused(problem: Problem) -> Response:
    return refusal(problem.status, problem.code, problem.params, problem.headers)


def failed(problem: HTTPException) -> Response:
    """An error that Flask or Werkzeug found, told as the contract tells errors."""
    status = problem.code or 500
    headers = {"Retry-After": str(BUSY_SECONDS)} if status == 503 else {}
    allowed = getattr(problem, "valid_methods", None)
    if status == 405 and allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    params = {"limit": request.max_content_length} if isinstance(problem, RequestEntityTooLarge) else {}
    return refusal(status, CODES.get(status, "bad_request" if status < 500 else "internal"), params, headers)


def busy() -> Response:
    return refusal(503, "busy", {}, {"Retry-After": str(BUSY_SECONDS)})


def is_busy(problem: DBAPIError) -> bool:
    """Whether the database would take the same a moment later: locked, gone, deadlocked; not a fault of what was sent."""
    return isinstance(problem, OperationalError) or problem.connection_invalidated
