"""JSON Schema of the ``data`` of each kind of pulled record, beside their loaders in ``records``, ``office_records``."""

from collections.abc import Iterable
from typing import Any

_ID = {"$ref": "#/$defs/id"}
_TIME = {"$ref": "#/$defs/time"}
_DAY = {"$ref": "#/$defs/day"}
_PAIR = {"$ref": "#/$defs/pair"}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_COUNT = {"type": "integer", "minimum": 0}


def of(properties: dict[str, Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    """An object of exactly these keys."""
    required = [key for key in properties if key not in set(optional)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(to: str) -> dict[str, Any]:
    return {**_ID, "x-ref": to}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_WORD_OR_NONE = {"type": ["string", "null"]}
_DAY_OR_NONE = nullable(_DAY)

_RESIDENT = of(
    {
        "id": _ID, "name": _TEXT, "relation": _TEXT, "phone": _TEXT, "more_phones": _list(_TEXT),
        "language": _TEXT, "since": _DAY_OR_NONE,
    }
)  # fmt: skip
_VISIT = of(
    {
        "id": _ID, "type": _TEXT, "method": _TEXT, "outcome": _TEXT, "attempt": _COUNT, "satisfaction": _WORD_OR_NONE,
        "met_name": _TEXT, "opinion_count": _COUNT, "status": _TEXT, "revision": _COUNT, "occurred_at": _TIME,
        "next_contact_on": _DAY_OR_NONE, "by": _TEXT,
    }
)  # fmt: skip
_MEASURE = of(
    {
        "id": _ID, "round": _COUNT, "action": _TEXT, "actor": _TEXT, "person": _TEXT,
        "department": nullable(_ref("department")), "due_kind": _TEXT, "due_from": _DAY_OR_NONE, "due_on": _DAY_OR_NONE,
        "done_on": _DAY_OR_NONE, "result": _TEXT,
    }
)  # fmt: skip
_COMMITMENT = of(
    {
        "id": _ID, "text": _PAIR, "actor": _TEXT, "due_kind": _TEXT, "due_from": _DAY_OR_NONE, "due_on": _DAY_OR_NONE,
        "status": _TEXT, "done_on": _DAY_OR_NONE, "published_at": nullable(_TIME),
    }
)  # fmt: skip
_OPINION = of(
    {
        "id": _ID, "kind": _TEXT, "category": _WORD_OR_NONE, "part": _WORD_OR_NONE,
        "department": nullable(_ref("department")), "content": _TEXT, "answered_with": _TEXT, "case_number": _TEXT,
        "status": _TEXT, "round": _COUNT, "raised_at": _TIME, "due_on": _DAY_OR_NONE, "measures": _list(_MEASURE),
        "commitments": _list(_COMMITMENT),
    }
)  # fmt: skip

RECORDS: dict[str, Any] = {
    "community": of(
        {"name": _PAIR, "script": _TEXT, "first_handover_on": _DAY_OR_NONE, "handover_proposed": _FLAG},
    ),
    "building": of({"code": _TEXT, "name": _PAIR, "position": {"type": "integer"}}),
    "household": of(
        {
            "building": _ref("building"), "stair": _TEXT, "floor": {"type": ["integer", "null"]},
            "floor_guessed": _FLAG, "room": _TEXT, "kind": _TEXT, "occupancy": _TEXT, "tenure": _WORD_OR_NONE,
            "permanent": _FLAG, "key": _FLAG, "area_hundredths": {"type": ["integer", "null"]},
            "moved_in_precision": _WORD_OR_NONE, "preference": _TEXT, "quiet_hours": _TEXT, "remark": _TEXT,
            "moved_in": _DAY_OR_NONE, "last_visit_on": _DAY_OR_NONE, "residents": _list(_RESIDENT),
            "visits": {**_list(_VISIT), "maxItems": 3}, "opinions": _list(_OPINION),
            "brief": nullable(of({"text": _TEXT, "by": _WORD_OR_NONE, "on": _DAY})),
        }
    ),
    "plan_line": of(
        {
            "day": _DAY, "household": _ref("household"), "reason": _TEXT, "position": {"type": "integer"},
            "visit": nullable(_ref("visit")), "brief": _TEXT,
        }
    ),
    "own_record": of(
        {
            "kind": _TEXT, "state": _TEXT, "status": _WORD_OR_NONE,
            "comments": {"type": "object", "additionalProperties": _TEXT},
            "signatures": _list(
                of(
                    {
                        "step": _COUNT, "revision": _COUNT, "decision": _TEXT, "role": _TEXT, "by": _TEXT, "at": _TIME,
                        "comment": _TEXT,
                    }
                )
            ),
            "decision": nullable({"$ref": "#/$defs/decision"}),
            "returned": nullable(
                of(
                    {
                        "household": _ref("household"), "form": _TEXT, "occurred_at": _TIME, "body": {"type": "object"},
                        "attachments": _list({"type": "object"}),
                        "earlier": _list(of({"id": _ref("opinion"), "content": _TEXT})),
                    }
                )
            ),
        }
    ),
    "sample_line": of(
        {
            "campaign": _ref("campaign"), "title": _TEXT, "form": _TEXT, "hand_out_by": _DAY, "collect_by": _DAY,
            "household": _ref("household"), "position": {"type": "integer"}, "certainty": _FLAG, "substitute": _FLAG,
            "status": _TEXT, "attempts": _COUNT,
            "handout": nullable(of({"at": _TIME, "collect_on": _DAY_OR_NONE, "collect_time": _TEXT})),
        }
    ),
    "enumerations": of(
        {
            "office": _PAIR, "time_zone": _TEXT,
            "departments": _list(of({"id": _ID, "slug": _TEXT, "name": _PAIR})),
            "categories": _list(_TEXT),
            "colleagues": _list(of({"id": _ID, "name": _TEXT})),
            "policy": of({"visit_interval_months": _COUNT, "visit_due_soon_days": _COUNT}),
        }
    ),
    "phone_lines": of({"lines": _list(of({"kind": _TEXT, "number": _TEXT, "hours": _PAIR}))}),
    "form": of(
        {"form": _TEXT, "version": {"type": "integer", "minimum": 1}, "hash": _TEXT, "document": {"type": "object"}},
    ),
}  # fmt: skip
