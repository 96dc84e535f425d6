"""A quarantined fact as the office sees it: what it says, field by field, and the fields that can be put right."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Department, Staff
from portal.core.i18n import current_language, in_script
from portal.core.labels import LABELS, label
from portal.domain import formspec
from portal.domain.formspec.model import Document, Field
from portal.domain.pointers import ID, own_id, pointer
from portal.domain.refusals import Refused
from portal.households.models import Resident
from portal.sync.kept import Row
from portal.sync.kinds import KINDS
from portal.sync.office import in_words

SCALAR = ("text", "long_text", "choice", "scale", "number", "date", "time", "phone")


@dataclass(frozen=True)
class Line:
    """One answer: how its form calls it, what it says, what is wrong with it."""

    label: str
    text: str
    problems: tuple[str, ...] = ()
    depth: int = 0


@dataclass(frozen=True)
class Editable:
    """A field that can be put right by hand; ``options`` where it is a choice. An empty value leaves the key out."""

    where: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    long: bool
    words: tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """A field on which the tablet and the office differ."""

    label: str
    mine: str
    theirs: str
    by: str


def document_of(row: Row) -> Document | None:
    """The form it was written on, where it is known."""
    name, _, version = row.form.partition("@")
    if row.kind not in KINDS or not version.isdecimal():
        return None
    try:
        return formspec.load(name, int(version))
    except Refused:
        return None


def lines(session: Session, row: Row) -> list[Line]:
    """What the body says, in its own order, whatever its shape; labels of the form where it knows the key."""
    document, body = document_of(row), row.content.get("body")
    words: dict[str, list[str]] = {}
    for each in row.problems:
        words.setdefault(each["field"], []).extend(in_words([each]))
    fields = document.fields if document else ()
    return list(_Reading(words, _names(session, body)).lines(body, fields, ("body",), 0))


@dataclass(frozen=True)
class _Reading:
    words: Mapping[str, list[str]]
    names: Mapping[str, str]

    def lines(self, value: Any, fields: Sequence[Field], path: tuple[str, ...], depth: int) -> Iterator[Line]:
        if isinstance(value, dict):
            by_key = {field.key: field for field in fields}
            for key, inner in value.items():
                if key != "id":
                    yield from self._entry(key, inner, by_key.get(key), (*path, key), depth)
        elif isinstance(value, list):
            for index, member in enumerate(value):
                here = (*path, own_id(member) or str(index))
                text = "" if isinstance(member, dict) else _text(member, None, self.names)
                yield self._line(str(index + 1), text, here, depth)
                if isinstance(member, dict):
                    yield from self.lines(member, fields, here, depth + 1)
        else:
            yield self._line("", _text(value, None, self.names), path, depth)

    def _entry(self, key: str, inner: Any, field: Field | None, here: tuple[str, ...], depth: int) -> Iterator[Line]:
        nested = isinstance(inner, dict) or (isinstance(inner, list) and any(isinstance(i, dict) for i in inner))
        yield self._line(_label(field, key), "" if nested else _text(inner, field, self.names), here, depth)
        if nested:
            yield from self.lines(inner, field.fields if field else (), here, depth + 1)

    def _line(self, words: str, text: str, here: tuple[str, ...], depth: int) -> Line:
        return Line(words, text, tuple(self.words.get(pointer(here), ())), depth)


def _names(session: Session, body: Any) -> dict[str, str]:
    """What the ids in a body stand for, as far as they are known."""
    ids = [UUID(each) for each in _ids(body)]
    if not ids:
        return {}
    found = {str(row.id): row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}
    people = select(Resident.id, Resident.name).where(Resident.id.in_(ids))
    found |= {str(row.id): row.name for row in session.execute(people)}
    departments = session.scalars(select(Department).where(Department.id.in_(ids)))
    return found | {str(department.id): in_script(department, "name") for department in departments}


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
    elif isinstance(value, str) and ID.fullmatch(value):
        yield value


def _label(field: Field | None, key: str) -> str:
    return str(field.label[current_language().catalogue]) if field else key


def _text(value: Any, field: Field | None, names: Mapping[str, str]) -> str:
    if value is None:
        return "—"
    if isinstance(value, list):
        return "、".join(_text(each, field, names) for each in value)
    if not isinstance(value, str):
        return str(value)
    if field and field.of == "category" and value in LABELS["category"]:
        return label("category", value)
    return dict(_options(field)).get(value) or names.get(value, value)


def _options(field: Field | None) -> tuple[tuple[str, str], ...]:
    """What may be chosen, in the reader's language."""
    if field is None:
        return ()
    language = current_language().catalogue
    options = [(option.key, option.label[language]) for option in field.options]
    return (*options, *((grade.key, grade.label[language]) for grade in field.grades))


def both_sides(row: Row) -> list[Sides]:
    """The fields of a conflict, as a person reads them."""
    document = document_of(row)
    found = []
    for each in row.problems:
        params = each["params"]
        if "mine" in params:
            parts = _parts(each["field"])
            field = _field(document, parts[1:]) if document else None
            mine, theirs = (_text(params[side], field, {}) for side in ("mine", "theirs"))
            found.append(Sides(_named(document, parts[1:]) or each["field"], mine, theirs, params["by"]))
    return found


def editable(row: Row) -> list[Editable]:
    """The fields named by problems that hold one value and that the form knows, or does not know and which may go."""
    document = document_of(row)
    if document is None:
        return []
    found: dict[str, Editable] = {}
    for each in row.problems:
        parts = _parts(each["field"])
        if parts[:1] != ["body"] or len(parts) < 2 or each["field"] in found:
            continue
        field = _field(document, parts[1:])
        if field is None and each["code"] != "unknown_key":
            continue
        if field is not None and field.type not in SCALAR:
            continue
        value = _get(row.content.get("body"), parts[1:])
        found[each["field"]] = Editable(
            each["field"], _named(document, parts[1:], row.content.get("body")) or parts[-1],
            "" if value is None else str(value), _options(field), field is not None and field.type == "long_text",
            tuple(in_words([each])),
        )  # fmt: skip
    return list(found.values())


def with_edits(row: Row, typed: Mapping[str, str]) -> dict[str, Any] | None:
    """The body with what the office typed, by pointer; None where nothing differs."""
    body: Any = deepcopy(row.content.get("body"))
    document = document_of(row)
    for each in editable(row):
        value = typed.get(each.where)
        if value is None or document is None:
            continue
        parts = _parts(each.where)[1:]
        holder = _get(body, parts[:-1])
        if not isinstance(holder, dict):
            continue
        field = _field(document, parts)
        if value == "" or field is None:
            holder.pop(parts[-1], None)
        else:
            holder[parts[-1]] = int(value) if field.type == "number" and value.lstrip("-").isdecimal() else value
    return body if body != row.content.get("body") else None


def _parts(where: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in where.split("/")[1:]]


def _get(value: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list):
            place = _place(value, part)
            value = None if place is None else value[place]
        else:
            return None
    return value


def _place(members: Sequence[Any], part: str) -> int | None:
    """Where in a list the member lies that goes by this name: its own id, or its place."""
    for index, member in enumerate(members):
        if own_id(member) == part:
            return index
    return int(part) if part.isascii() and part.isdecimal() and int(part) < len(members) else None


def _field(document: Document, parts: Sequence[str]) -> Field | None:
    """The form's field at a place; the names of list members are passed over."""
    fields, found = document.fields, None
    for part in parts:
        step = next((field for field in fields if field.key == part), None)
        if step is not None:
            found, fields = step, step.fields
        elif found is None or not found.is_list:
            return None
    return found if found is not None and parts and found.key == parts[-1] else None


def _named(document: Document | None, parts: Sequence[str], body: Any = None) -> str:
    """A place in words: "Opinions 2 Content"."""
    fields = document.fields if document else ()
    told: list[str] = []
    for part in parts:
        step = next((field for field in fields if field.key == part), None)
        if step is not None:
            fields = step.fields
            told.append(_label(step, part))
        elif isinstance(body, list):
            place = _place(body, part)
            told.append(part if place is None else str(place + 1))
        body = body.get(part) if isinstance(body, dict) else _get(body, [part])
    return " ".join(told)
