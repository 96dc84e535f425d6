"""The slow, exact reader behind ``portal.domain.canonical``: which rule a JSON text breaks, and where."""

import json
import re
from dataclasses import dataclass
from typing import Any

from portal.domain.pointers import ID, pointer

KEY = re.compile(r"[a-z][a-z0-9_]*")
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 100

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


class NotJson(ValueError):
    """Bytes that are no JSON in UTF-8, or nested deeper than the contract allows."""


@dataclass(frozen=True, slots=True)
class TextProblem:
    """A broken rule of the text: ``number``, ``key``, ``key_twice``, ``nul`` or ``surrogate``.

    ``pointer`` is a JSON Pointer in which a list member with an id goes by its id; a key that is itself at fault stands
    at its end.
    """

    pointer: str
    rule: str


class _Members(list[tuple[str, Any]]):
    """The pairs of an object as written, a key given twice included."""


class _Written(str):
    """A number as written."""


def depth_exceeds(value: Any, around: int) -> bool:
    """Whether some value inside has more than ``around`` objects and lists about it, ``value`` itself having none."""
    stack = [(value, 0)]
    while stack:
        here, depth = stack.pop()
        if depth > around:
            return True
        if isinstance(here, dict):
            stack.extend((member, depth + 1) for member in here.values())
        elif isinstance(here, list):
            stack.extend((member, depth + 1) for member in here)
    return False


def find_problem(text: str, around: int) -> TextProblem | None:
    """The first broken rule in the order of the text, which is known to be JSON.

    Raises :class:`NotJson` for a value with more than ``around`` objects and lists about it, also where a key given
    twice hides that value from everybody else.
    """
    read = json.loads(text, object_pairs_hook=_Members, parse_int=_Written, parse_float=_Written)
    return _in_value(read, (), around)


def _in_value(value: Any, path: tuple[str, ...], around: int) -> TextProblem | None:
    if len(path) > around:
        raise NotJson("more than 100 objects and lists around a value")
    if isinstance(value, _Members):
        return _in_members(value, path, around)
    if isinstance(value, list):
        for index, member in enumerate(value):
            problem = _in_value(member, (*path, _name_of(member, index)), around)
            if problem:
                return problem
        return None
    if isinstance(value, _Written):
        rule = None if _number_is_sound(value) else "number"
    elif isinstance(value, str):
        rule = _fault_in_string(value)
    else:
        return None
    return TextProblem(pointer(path), rule) if rule else None


def _in_members(members: _Members, path: tuple[str, ...], around: int) -> TextProblem | None:
    seen: set[str] = set()
    for key, value in members:
        if not KEY.fullmatch(key):
            shown = key.encode("utf-8", "replace").decode().replace("\0", "?")
            return TextProblem(pointer((*path, shown)), "key")
        if key in seen:
            return TextProblem(pointer((*path, key)), "key_twice")
        seen.add(key)
        problem = _in_value(value, (*path, key), around)
        if problem:
            return problem
    return None


def _name_of(member: Any, index: int) -> str:
    if isinstance(member, _Members):
        for key, value in member:
            if key == "id" and type(value) is str and ID.fullmatch(value):
                return value
    return str(index)


def _number_is_sound(written: str) -> bool:
    return (
        bool(_WHOLE.fullmatch(written)) and written != "-0" and len(written) < 18 and abs(int(written)) <= MAX_INTEGER
    )


def _fault_in_string(value: str) -> str | None:
    if "\0" in value:
        return "nul"
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        return "surrogate"
    return None
