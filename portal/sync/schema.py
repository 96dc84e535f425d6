"""``GET /sync/schema``: what a client needs beside ``sync.md``; JSON Schema 2020-12, only of what is built.

Every ``$ref`` stays within the answer, so that ``{"$ref": "#/facts/visit"}`` validates a whole fact against it.
"""

from functools import lru_cache
from typing import Any

from portal.core import clock
from portal.core.db import db
from portal.domain import formspec
from portal.domain.formspec.model import PATTERNS
from portal.domain.pointers import ID
from portal.sync import office_records, words
from portal.sync.envelope import Caller
from portal.sync.kinds import KINDS, Kind
from portal.sync.prepare import ATTACHMENT_MOST, ATTACHMENTS_MOST, INLINE_MOST, ROLES, TYPES
from portal.sync.record_schemas import RECORDS, nullable, of

STATES = ("stored", "same", "partial", "waiting", "conflict", "quarantined", "settled")


def schema(caller: Caller) -> dict[str, Any]:
    """The whole answer; only the enumerations depend on who asks."""
    offices = caller.actor.offices if not caller.revoked else ()
    session = db.session()
    day = clock.day_at(clock.now(), "Asia/Shanghai")
    found = office_records.enumerations(session, offices, day) if offices else {}
    session.rollback()
    return {**_static(), "enumerations": {str(office): told for office, told in found.items()}}


@lru_cache(maxsize=1)
def _static() -> dict[str, Any]:
    forms = {
        f"{form}@{version}": _body(form, version)
        for kind in KINDS.values()
        for form in kind.forms
        for version in formspec.published()[form]
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": _defs(),
        "facts": {kind.name: _fact(kind) for kind in KINDS.values()},
        "forms": forms,
        "current": {form: formspec.published()[form][-1] for kind in KINDS.values() for form in kind.forms},
        "records": RECORDS,
        "problems": words.in_three_languages(),
        "calls": _calls(),
    }


def _body(form: str, version: int) -> dict[str, Any]:
    found = formspec.json_schema(formspec.load(form, version))
    del found["$schema"]
    return found


def _fact(kind: Kind) -> dict[str, Any]:
    names = [f"{form}@{version}" for form in kind.forms for version in formspec.published()[form]]
    properties = {
        "id": {"$ref": "#/$defs/id", "x-new": True},
        "kind": {"const": kind.name},
        "subject": {"$ref": "#/$defs/id", "x-ref": kind.subject},
        "follows": {**nullable({"$ref": "#/$defs/id"}), "x-ref": "fact"},
        "base": {"type": ["integer", "null"], "minimum": 0, "x-read": kind.reads_base},
        "form": {"enum": names},
        "occurred_at": {"$ref": "#/$defs/time"},
        "recorded_at": {"$ref": "#/$defs/time"},
        "clock": {"$ref": "#/$defs/clock"},
        "body": {"type": "object"},
        "attachments": {"type": "array", "maxItems": ATTACHMENTS_MOST, "items": {"$ref": "#/$defs/attachment"}},
        "sha256": {"$ref": "#/$defs/sha256"},
    }
    bodies = [
        {
            "if": {"properties": {"form": {"const": name}}},
            "then": {"properties": {"body": {"$ref": f"#/forms/{name}"}}},
        }
        for name in names
    ]
    return {**of(properties), "allOf": bodies}


def _defs() -> dict[str, Any]:
    return {
        "id": {"type": "string", "pattern": f"^(?:{ID.pattern})$"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "time": {
            "type": "string",
            "pattern": rf"^{PATTERNS['date']}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{3}}Z$",
        },
        "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "pair": of({"zh_Hans": {"type": "string"}, "zh_Hant": {"type": "string"}}),
        "clock": of({"offset_ms": _whole(), "measured_at": nullable({"$ref": "#/$defs/time"})}),
        "attachment": _attachment(),
        "problem": of({"field": {"type": "string"}, "code": {"type": "string"}, "params": {"type": "object"}}),
        "receipt": of(
            {
                "id": {"$ref": "#/$defs/id"},
                "sha256": {"$ref": "#/$defs/sha256"},
                "revision": {"type": "integer", "minimum": 0},
                "received_at": {"$ref": "#/$defs/time"},
            }
        ),
        "decision": of(
            {"by": {"type": "string"}, "at": {"$ref": "#/$defs/time"}, "reason": {"type": "string"}},
        ),
        "result": _result(),
        "record": {"anyOf": [_record(kind) for kind in RECORDS]},
        "envelope": _envelope(),
        "failure": _answer({"error": of({"code": {"type": "string"}, "params": {"type": "object"}})}),
    }


def _whole() -> dict[str, Any]:
    return {"type": "integer", "minimum": -(2**53 - 1), "maximum": 2**53 - 1}


def _attachment() -> dict[str, Any]:
    return of(
        {
            "sha256": {"$ref": "#/$defs/sha256"},
            "size": {"type": "integer", "minimum": 1, "maximum": ATTACHMENT_MOST},
            "type": {"enum": list(TYPES)},
            "role": {"enum": list(ROLES)},
            "by": {**nullable({"$ref": "#/$defs/id"}), "x-ref": "staff"},
            "data": {
                "type": "string", "contentEncoding": "base64", "maxLength": (INLINE_MOST + 2) // 3 * 4,
                "x-decoded-max": INLINE_MOST,
            },
        },
        optional=("by", "data"),
    )  # fmt: skip


def _result() -> dict[str, Any]:
    receipted = {"properties": {"receipt": {"type": "object"}}}
    return {
        **of(
            {
                "id": {"type": ["string", "null"]},
                "state": {"enum": list(STATES)},
                "receipt": nullable({"$ref": "#/$defs/receipt"}),
                "missing": {"type": "array", "items": {"$ref": "#/$defs/sha256"}},
                "waits_for": {"type": "array", "items": {"$ref": "#/$defs/id"}},
                "problems": {"type": "array", "items": {"$ref": "#/$defs/problem"}},
                "decision": nullable({"$ref": "#/$defs/decision"}),
            }
        ),
        "if": {"properties": {"state": {"enum": ["stored", "same", "partial"]}}},
        "then": receipted,
        "else": {"properties": {"receipt": {"type": "null"}}},
    }


def _record(kind: str) -> dict[str, Any]:
    return of(
        {
            "kind": {"const": kind},
            "id": {"$ref": "#/$defs/id"},
            "office": nullable({"$ref": "#/$defs/id"}),
            "community": nullable({"$ref": "#/$defs/id"}),
            "n": {"type": "integer", "minimum": 0},
            "revision": {"type": ["integer", "null"], "minimum": 1},
            "data": {"$ref": f"#/records/{kind}"},
        }
    )


def _envelope() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["portal", "version", "server_time", "epoch", "high", "device"],
        "properties": {
            "portal": {"const": "linli-sync"},
            "version": {"const": 1},
            "server_time": {"$ref": "#/$defs/time"},
            "epoch": {"type": "string", "minLength": 1},
            "high": {"type": ["object", "null"], "additionalProperties": {"type": "integer", "minimum": 0}},
            "device": {"enum": ["active", "revoked", None]},
        },
    }


def _answer(properties: dict[str, Any]) -> dict[str, Any]:
    """The envelope and the answer's own keys beside it, no others."""
    return {
        "allOf": [
            {"$ref": "#/$defs/envelope"},
            {"type": "object", "required": list(properties), "properties": properties},
        ],
        "unevaluatedProperties": False,
    }


def _calls() -> dict[str, Any]:
    text, own = {"type": "string"}, {"$ref": "#/$defs/id"}
    filled = {"type": "string", "pattern": r"\S"}
    named = of({"id": own, "name": text})
    removed = of({"kind": text, "id": own})
    digest = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    device = of(
        {
            "login": filled, "password": filled, "device_name": filled, "code": nullable(text), "device_id": nullable(text),
        },
        optional=("code", "device_id"),
    )  # fmt: skip
    upload = {"id": own}
    return {
        "POST /sync/devices": {
            "request": device,
            "answer": _answer(
                {
                    "device_id": own, "token": text, "user": named, "offices": {"type": "array", "items": named},
                    "keys": of({"recovery": {"type": "object", "required": ["kty", "n", "e", "alg"]}}),
                }
            ),
        },
        "POST /sync/recovery": {
            "request": of(
                {
                    "login": filled, "password": filled, "code": nullable(text),
                    "sealed": {**filled, "contentEncoding": "base64"},
                },
                optional=("code",),
            ),
            "answer": _answer({"key": {**filled, "contentEncoding": "base64"}}),
        },
        "GET /sync/schema": {
            "request": None,
            "answer": _answer(
                {
                    key: {"type": "object"}
                    for key in ("$defs", "facts", "forms", "current", "records", "enumerations", "problems", "calls")
                }
                | {"$schema": text}
            ),
        },
        "POST /sync/facts": {
            "request": of({"facts": {"type": "array", "maxItems": 50, "items": {"type": "object"}}}),
            "answer": _answer({"results": {"type": "array", "items": {"$ref": "#/$defs/result"}}}),
        },
        "GET /sync/pull": {
            "request": of({"cursor": text}, optional=("cursor",)),
            "answer": _answer(
                {
                    "records": {"type": "array", "maxItems": 500, "items": {"$ref": "#/$defs/record"}},
                    "removed": {"type": "array", "items": removed},
                    "cursor": nullable(text), "more": {"type": "boolean"}, "reset": {"type": "boolean"},
                    "digests": {"type": ["object", "null"], "additionalProperties": digest},
                }
            ),
        },
        "POST /sync/uploads": {"request": None, "answer": _answer(upload)},
        "HEAD /sync/uploads/{id}": {"request": None, "answer": None},
        "PATCH /sync/uploads/{id}": {"request": None, "answer": None},
        "DELETE /sync/uploads/{id}": {"request": None, "answer": None},
    }  # fmt: skip
