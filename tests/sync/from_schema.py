"""Values that fit a schema, at random: how a client that knows nothing else fills in a form."""

import random
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema

TEXTS = ("电梯夜间有异响", "樓道燈太暗", "a", "é 与 é", "🏠 门口", "x" * 60)
WHOLE = {
    "(?:19|2[01])[0-9]{2}-(?:": ("2026-03-05", "2024-02-29", "1999-12-31"),
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]": ("09:30", "23:59", "00:00"),
    "\\+?[0-9(]": ("139 0000 0101", "(0755) 1234567#12"),
}


def sample(schema: Mapping[str, Any], chance: random.Random, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """An object that fits; what is asked only under a condition is added until it does."""
    for _ in range(300):
        value = _object(schema, chance, known)
        for _ in range(12):
            missing = _missing(schema, value)
            if not missing:
                return value
            for holder, key, part in missing:
                holder[key] = _value(part, chance, known, fill=True)
    raise AssertionError("no body was found that fits")


def _missing(schema: Mapping[str, Any], value: Any) -> list[tuple[Any, str, Any]]:
    """The keys that a condition asks for, with their schemas."""
    found = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        if error.validator == "required":
            holder: Any = value
            for part in error.absolute_path:
                holder = holder[part]
            place: Any = schema
            for part in error.absolute_path:
                place = place["items"] if isinstance(part, int) else place["properties"][part]
            for key in error.validator_value:
                if holder.get(key) is None:
                    found.append((holder, key, place["properties"][key]))
        elif error.validator == "not":  # there, but blank
            holder, place = value, schema
            for part in list(error.absolute_path)[:-1]:
                holder = holder[part]
                place = place["items"] if isinstance(part, int) else place["properties"][part]
            key = error.absolute_path[-1]
            found.append((holder, str(key), place["properties"][key]))
    return found


def _object(schema: Mapping[str, Any], chance: random.Random, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    made = {}
    for key, part in schema["properties"].items():
        if key in required:
            made[key] = _value(part, chance, known, fill=True)
        elif chance.random() < 0.4:
            made[key] = _value(part, chance, known, fill=False)
    return made


def _value(part: Mapping[str, Any], chance: random.Random, known: Mapping[str, Sequence[str]], *, fill: bool) -> Any:
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    if not fill and "null" in kinds and chance.random() < 0.3:
        return None
    kind = next(k for k in kinds if k != "null")
    if kind == "object":
        return _object(part, chance, known) or None
    if kind == "array":
        return _list(part, chance, known, fill=fill)
    if kind == "integer":
        return chance.randint(part["minimum"], part["maximum"])
    return _text(part, chance, known)


def _list(part: Mapping[str, Any], chance: random.Random, known: Mapping[str, Sequence[str]], *, fill: bool) -> Any:
    items = part["items"]
    least = max(part.get("minItems", 0), int(fill))
    if "x-ref" in items:
        pool = list(known[items["x-ref"]])
        return chance.sample(pool, min(len(pool), chance.randint(least, min(2, part["maxItems"]))))
    by = part.get("x-unique-by")
    if by and by != "id" and not known[items["properties"][by]["x-ref"]]:
        return []
    return [_object(items, chance, known) for _ in range(chance.randint(least, 2))]


def _text(part: Mapping[str, Any], chance: random.Random, known: Mapping[str, Sequence[str]]) -> Any:
    if part.get("x-new"):
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    if "x-ref" in part:
        pool = known[part["x-ref"]]
        return chance.choice(list(pool)) if pool else None
    if "enum" in part:
        return chance.choice([each for each in part["enum"] if each is not None])
    for start, values in WHOLE.items():
        if start in part.get("pattern", ""):
            return chance.choice(values)
    return chance.choice(TEXTS)[: part.get("maxLength", 60)]
