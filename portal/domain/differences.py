"""What changed between two states of a record, field by field; list members with an identity are told apart by it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from portal.domain.pointers import pointer

_IDENTITIES = ("id", "opinion")  # a part's own id; a check of an earlier opinion goes by that opinion


class Difference(NamedTuple):
    """``field`` is a JSON Pointer in which a list member goes by its id; None stands for what is not there."""

    field: str
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Difference]:
    """The smallest fields that differ, in the order of the newer state, then those that are gone."""
    return _walk(before, after, ())


def _walk(before: Any, after: Any, path: tuple[str, ...]) -> list[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        pairs = _pairs(before, after)
    else:
        named_before, named_after = _named(before), _named(after)
        if named_before is None or named_after is None:
            same = type(before) is type(after) and before == after
            return [] if same else [Difference(pointer(path), before, after)]
        pairs = _pairs(named_before, named_after)
    return [found for key, old, new in pairs for found in _walk(old, new, (*path, key))]


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    gone = [key for key in before if key not in after]
    return [(key, before.get(key), after.get(key)) for key in (*after, *gone)]


def _named(value: Any) -> Mapping[str, Any] | None:
    """A list of parts as a mapping by their identity; None where a member has none or the value is no list of parts."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    named = {}
    for member in value:
        name = next((member[k] for k in _IDENTITIES if k in member), None) if isinstance(member, Mapping) else None
        if not isinstance(name, str):
            return None
        named[name] = member
    return named
