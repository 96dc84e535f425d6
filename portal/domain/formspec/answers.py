"""What is wrong with the answers to a form.

Problems come in the order of the document, depth first, unknown keys at the end of each object. The answers are
taken as they are: nothing is dropped, added or normalised (``sync.md``). A field hidden by ``when`` is never required.
A value left in it is accepted, though its shape is still looked at: whoever reads a stored body finds the types of its
form. The tablet drops such values before it finishes a record (:func:`without_hidden`).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from portal.domain.formspec.conditions import answered, holds
from portal.domain.formspec.model import MATCHERS, Document, Field, Problem
from portal.domain.pointers import own_id

_Path: TypeAlias = tuple[str, ...]
_Found: TypeAlias = list[Problem]
_Check: TypeAlias = Callable[[Field, Any, _Path, _Found], None]


def problems(document: Document, answers: Any) -> list[Problem]:
    """All problems of the answers, none if they may be stored.

    Codes: ``required``, ``unknown_key``, ``not_an_object``, ``not_a_list``, ``not_text``, ``too_long`` {limit},
    ``too_many`` {limit}, ``not_a_choice``, ``not_a_number``, ``out_of_range`` {min, max}, ``not_a_date``,
    ``not_a_time``, ``not_a_phone``, ``not_an_id``, ``not_a_code``, ``not_a_hash``, ``duplicate_id`` (two members of one
    name), ``duplicate`` (a value given twice). A length counts code points. A list member with an id is named by it.
    """
    found: _Found = []
    _object(document.fields, document.names, answers, (), found)
    return found


def without_hidden(document: Document, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers less those that ``when`` hides, at every depth, judged by the answers as given."""
    return _shown(document.fields, answers)


def _shown(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(answers)
    for field in fields:
        value = kept.get(field.key)
        if not holds(field.when, answers):
            kept.pop(field.key, None)
        elif field.type == "group" and isinstance(value, dict):
            kept[field.key] = _shown(field.fields, value)
        elif field.type == "group" and isinstance(value, list):
            kept[field.key] = [_shown(field.fields, each) if isinstance(each, dict) else each for each in value]
    return kept


def _object(fields: tuple[Field, ...], names: frozenset[str], answers: Any, path: _Path, found: _Found) -> None:
    if not isinstance(answers, dict):
        found.append((path, "not_an_object", {}))
        return
    for field in fields:
        answer = answers.get(field.key)
        if answer is None and field.required is False:
            continue  # most fields of most forms
        if not answered(answer):
            if field.required and holds(field.when, answers) and holds(field.required, answers):
                found.append(((*path, field.key), "required", {}))
                continue
            if answer is None:
                continue
        check = _list if field.is_list else _CHECKS[field.type]
        check(field, answer, (*path, field.key), found)
    if not names.issuperset(answers):
        found.extend(((*path, key), "unknown_key", {}) for key in sorted(answers.keys() - names))


def _list(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    if not isinstance(answer, list):
        found.append((path, "not_a_list", {}))
    elif len(answer) > field.max:
        found.append((path, "too_many", {"limit": field.max}))
    elif field.type == "group":
        _members(field, answer, path, found)
    else:
        _values(field, answer, path, found)


def _members(field: Field, answer: list[Any], path: _Path, found: _Found) -> None:
    identity = field.by or "id"
    seen: set[str] = set()
    for index, member in enumerate(answer):
        own = own_id(member)
        here = (*path, own or str(index))
        if isinstance(member, dict):
            name = member.get(identity)
            if field.carries_id and own is None:
                found.append(((*here, "id"), "required" if name is None else "not_an_id", {}))
            elif isinstance(name, str):
                if name in seen:
                    found.append(((*here, identity), "duplicate_id", {}))
                seen.add(name)
        _object(field.fields, field.names, member, here, found)


def _values(field: Field, answer: list[Any], path: _Path, found: _Found) -> None:
    check = _CHECKS[field.type]
    seen: set[str] = set()
    for index, value in enumerate(answer):
        here = (*path, str(index))
        before = len(found)
        check(field, value, here, found)
        if len(found) == before:
            if value in seen:
                found.append((here, "duplicate", {}))
            seen.add(value)


def _text(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    if not isinstance(answer, str):
        found.append((path, "not_text", {}))
    elif len(answer) > field.max:
        found.append((path, "too_long", {"limit": field.max}))


def _choice(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    if not isinstance(answer, str) or answer not in field.choices:
        found.append((path, "not_a_choice", {}))


def _number(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    if type(answer) is not int:
        found.append((path, "not_a_number", {}))
    elif not field.min <= answer <= field.max:
        found.append((path, "out_of_range", {"min": field.min, "max": field.max}))


def _group(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    _object(field.fields, field.names, answer, path, found)


def _record(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    check = _code if field.of == "category" else _id
    check(field, answer, path, found)


def _note(field: Field, answer: Any, path: _Path, found: _Found) -> None:
    """A note is only read; an answer to it is reported with the unknown keys."""


def _matching(name: str, code: str) -> _Check:
    fits = MATCHERS[name].fullmatch

    def check(field: Field, answer: Any, path: _Path, found: _Found) -> None:
        if not isinstance(answer, str) or not fits(answer):
            found.append((path, code, {}))

    return check


_id = _matching("id", "not_an_id")
_code = _matching("code", "not_a_code")
_hash = _matching("hash", "not_a_hash")

_CHECKS: dict[str, _Check] = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "choices": _choice,
    "scale": _choice,
    "number": _number,
    "date": _matching("date", "not_a_date"),
    "time": _matching("time", "not_a_time"),
    "phone": _matching("phone", "not_a_phone"),
    "person": _id,
    "department": _id,
    "record": _record,
    "photos": _hash,
    "signature": _hash,
    "note": _note,
    "group": _group,
}
"""By type: what is wrong with one value, or with each member where the type is a list."""
