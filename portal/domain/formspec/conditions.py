"""``when`` and ``required``: small syntax trees over the answers of one object, never evaluated as code.

A condition speaks of fields beside it, in the same object, and reads their answers as given, hidden or not.
"""

from collections.abc import Mapping
from typing import Any

from portal.domain.formspec.model import BLANK, Condition


def answered(value: Any) -> bool:
    """Whether a value is an answer: not null, not a blank text, not an empty list or object."""
    if isinstance(value, str):
        return bool(value.strip(BLANK))
    return value is not None and value != [] and value != {}


def holds(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Whether the condition is true of these answers; of a list if any member fits."""
    if isinstance(condition, bool):
        return condition
    operator = condition[0]
    if operator == "and":
        return all(holds(part, answers) for part in condition[1:])
    if operator == "or":
        return any(holds(part, answers) for part in condition[1:])
    if operator == "not":
        return not holds(condition[1], answers)
    answer = answers.get(condition[1])
    if operator == "answered":
        return answered(answer)
    wanted = (condition[2],) if operator == "=" else condition[2]
    given = answer if isinstance(answer, list) else (answer,)
    return any(type(each) is type(value) and each == value for each in given for value in wanted)


def condition_schema(condition: Condition) -> dict[str, Any]:
    """The JSON Schema that fits exactly the objects of which the condition holds."""
    if isinstance(condition, bool):
        return {} if condition else {"not": {}}
    operator = condition[0]
    if operator in ("and", "or"):
        return {"allOf" if operator == "and" else "anyOf": [condition_schema(part) for part in condition[1:]]}
    if operator == "not":
        return {"not": condition_schema(condition[1])}
    key = condition[1]
    if operator == "answered":
        return answered_schema(key)
    wanted = {"enum": [condition[2]] if operator == "=" else list(condition[2])}
    return {"required": [key], "properties": {key: {"anyOf": [wanted, {"type": "array", "contains": wanted}]}}}


def answered_schema(key: str) -> dict[str, Any]:
    """Objects in which ``key`` is answered."""
    unanswered = [
        {"type": "null"},
        {"type": "string", "pattern": f"^[{BLANK}]*$"},
        {"type": "array", "maxItems": 0},
        {"type": "object", "maxProperties": 0},
    ]
    return {"required": [key], "properties": {key: {"not": {"anyOf": unanswered}}}}
