"""The calls of ``/sync`` (``sync.md``): each answers JSON with the envelope; no cookies, so no CSRF token."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import MethodNotAllowed, NotFound

from portal.core import access, clock
from portal.domain.canonical import NotFacts, NotJson, split_batch
from portal.sync import bodies, enrolment, envelope, facts, limits, pulling, schema, uploads
from portal.sync.envelope import Caller, Problem, by_device, reply
from portal.sync.prepare import prepare

bp = Blueprint("sync", __name__, url_prefix="/sync")
BATCH_MOST = 50
BATCH_BYTES, FACT_BYTES = 1 * bodies.MIB, 4 * bodies.MIB


@bp.errorhandler(Problem)
def _problem(problem: Problem) -> Response:
    return envelope.refused(problem)


@bp.post("/devices")
@access.anyone("a tablet is enrolled by login and password, which the call checks")
def enrol() -> Response:
    return reply(enrolment.enrol(bodies.read_object(enrolment.BYTES), clock.now()), 201)


@bp.post("/recovery")
@access.anyone("a forgotten PIN: login and password, which the call checks")
def recover() -> Response:
    return reply(enrolment.recover(bodies.read_object(enrolment.BYTES), clock.now()))


@bp.get("/schema")
@by_device
def read_schema(caller: Caller) -> Response:
    return reply(schema.schema(caller))


@bp.get("/pull")
@by_device
def pull(caller: Caller) -> Response:
    return reply(pulling.pull(caller, request.args.get("cursor"), at=clock.now()))


@bp.post("/facts")
@by_device
def send(caller: Caller) -> Response:
    at = clock.now()
    if caller.revoked:
        limits.check_revoked(caller, at=at)
    sents = [prepare(raw) for raw in _batch(caller)]
    store = current_app.extensions["store"]
    for sent in sents:
        for content in sent.inline.values():
            store.put(content)  # before the lock is taken; without a row that names them they are nobody's
    try:
        return reply({"results": facts.take(caller, sents, at=at)})
    except DBAPIError as problem:
        if not envelope.is_busy(problem):
            raise
        current_app.logger.error("database: %s", type(problem.orig).__name__)
        return envelope.busy()


def _batch(caller: Caller) -> Any:
    """The elements of the batch. Raises Problem 400 (the bytes are kept), 413."""
    body = bodies.read(FACT_BYTES)
    try:
        if body.content is None:
            code = "bad_gzip"
        else:
            raws = split_batch(body.content)
            if len(raws) > BATCH_MOST:
                raise Problem(413, "too_many", limit=BATCH_MOST)
            if len(body.content) > BATCH_BYTES and len(raws) != 1:
                raise Problem(413, "too_large", limit=BATCH_BYTES)
            return raws
    except NotFacts:
        code = "not_facts"
    except NotJson:
        code = "not_json"
    facts.keep_unreadable(caller, body.sent, code, at=clock.now())
    raise Problem(400, code)


@bp.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@bp.route("/uploads/<upload_id>", methods=["OPTIONS"], provide_automatic_options=False, endpoint="upload_abilities")
@access.anyone("says what the upload protocol can do here, nothing else")
def abilities(upload_id: str = "") -> Response:
    return uploads.options()


@bp.post("/uploads")
@by_device
def create_upload(caller: Caller) -> Response:
    return uploads.create(caller)


@bp.route("/uploads/<upload_id>", methods=["HEAD", "PATCH", "DELETE", "POST"])
@by_device
def upload(caller: Caller, upload_id: str) -> Response:
    """One upload; a proxy that knows POST only names the method in ``X-HTTP-Method-Override``."""
    try:
        own = UUID(upload_id)
    except ValueError:
        raise NotFound from None
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    calls = {"HEAD": uploads.head, "PATCH": uploads.patch, "DELETE": uploads.terminate}
    if method not in calls:
        raise MethodNotAllowed(sorted(calls))
    return calls[method](caller, own)
