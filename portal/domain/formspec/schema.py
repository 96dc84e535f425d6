"""The JSON Schema (2020-12) of the body that a form asks for.

A body that fits has no problems, and the other way round, but for two things no schema can say: that members of one
list have different names (``x-unique-by``), and whether the records behind ``x-ref`` are in scope.
"""

from collections.abc import Callable
from typing import Any

from portal.domain.formspec.conditions import answered_schema, condition_schema
from portal.domain.formspec.model import BLANK, PATTERNS, Document, Field


def json_schema(document: Document) -> dict[str, Any]:
    """The schema of the whole body; ``x-ref`` marks the id of an existing record, ``x-new`` a part's own new id.

    ``"x-ref": "attachment"`` is the ``sha256`` of one of the fact's own attachments.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": document.title["en"],
        **_object(document.fields),
    }


def _object(fields: tuple[Field, ...], own: dict[str, Any] | None = None) -> dict[str, Any]:
    asked = [field for field in fields if field.type != "note"]
    properties = dict(own or {})
    properties.update((field.key, _property(field)) for field in asked)
    required = [*(own or {}), *(field.key for field in asked if _always(field))]
    rules = [
        {"if": _needed(field), "then": answered_schema(field.key)}
        for field in asked
        if field.required and not _always(field)
    ]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required
    if rules:
        schema["allOf"] = rules
    return schema


def _always(field: Field) -> bool:
    return field.required is True and field.when is True


def _needed(field: Field) -> dict[str, Any]:
    parts = [condition_schema(each) for each in (field.when, field.required) if each is not True]
    return parts[0] if len(parts) == 1 else {"allOf": parts}


def _property(field: Field) -> dict[str, Any]:
    schema = _list(field) if field.is_list else _SCHEMAS[field.type](field)
    if _always(field):
        schema.update(_answered(field))
    else:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {"title": field.label["en"], **schema}


def _answered(field: Field) -> dict[str, Any]:
    if field.is_list:
        return {"minItems": 1}
    if field.type == "group":
        return {"minProperties": 1}
    return {"pattern": f"[^{BLANK}]"} if field.type in ("text", "long_text") else {}


def _list(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "maxItems": field.max}
    if field.type == "group":
        own = {"id": {**_whole("id"), "x-new": True}} if field.carries_id else None
        return {**schema, "items": _object(field.fields, own), "x-unique-by": field.by or "id"}
    return {**schema, "items": _SCHEMAS[field.type](field), "uniqueItems": True}


def _whole(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^(?:{PATTERNS[pattern]})$"}


def _text(field: Field) -> dict[str, Any]:
    return {"type": "string", "maxLength": field.max}


def _choice(field: Field) -> dict[str, Any]:
    return {"type": "string", "enum": [each.key for each in field.options] + [each.key for each in field.grades]}


def _record(field: Field) -> dict[str, Any]:
    return {**_whole("code" if field.of == "category" else "id"), "x-ref": field.of}


def _attached(field: Field) -> dict[str, Any]:
    return {**_whole("hash"), "x-ref": "attachment"}


_SCHEMAS: dict[str, Callable[[Field], dict[str, Any]]] = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "choices": _choice,
    "scale": _choice,
    "number": lambda field: {"type": "integer", "minimum": field.min, "maximum": field.max},
    "date": lambda field: _whole("date"),
    "time": lambda field: _whole("time"),
    "phone": lambda field: _whole("phone"),
    "person": _record,
    "department": lambda field: {**_whole("id"), "x-ref": "department"},
    "record": _record,
    "photos": _attached,
    "signature": _attached,
    "group": lambda field: _object(field.fields),
}
