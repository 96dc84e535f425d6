"""A quarantined fact as the office sees it: what it says, field by field, and the fields that can be put right."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from portal.core.i18n import current_language
from portal.domain import formspec
from portal.domain.formspec.model import Document, Field
from portal.domain.pointers import own_id, pointer
from portal.domain.refusals import Refused
from portal.sync.kept import Row
from portal.sync.kinds import KINDS
from portal.sync.office import in_words

SCALAR = ("text", "long_text", "choice", "scale", "number", "date", "time", "phone")


@dataclass(frozen=True)
class Line:
    """One answer: where it stands, how its form calls it, what it says, what is wrong with it."""

    where: str
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


def document_of(row: Row) -> Document | None:
    """The form it was written on, where it is known."""
    name, _, version = row.form.partition("@")
    if row.kind not in KINDS or not version.isdecimal():
        return None
    try:
        return formspec.load(name, int(version))
    except Refused:
        return None


def lines(row: Row) -> list[Line]:
    """What the body says, in its own order, whatever its shape; labels of the form where it knows the key."""
    document = document_of(row)
    words: dict[str, list[str]] = {}
    for each in row.problems:
        words.setdefault(each["field"], []).extend(in_words([each]))
    fields = document.fields if document else ()
    return list(_lines(row.content.get("body"), fields, ("body",), words, 0))


def _lines(
    value: Any, fields: Sequence[Field], path: tuple[str, ...], words: Mapping[str, list[str]], depth: int
) -> Iterator[Line]:
    if isinstance(value, dict):
        by_key = {field.key: field for field in fields}
        for key, inner in value.items():
            field = by_key.get(key)
            here = (*path, key)
            told = words.get(pointer(here), [])
            nested = isinstance(inner, dict) or (isinstance(inner, list) and any(isinstance(i, dict) for i in inner))
            text = "" if nested else _text(inner, field)
            yield Line(pointer(here), _label(field, key), text, tuple(told), depth)
            if nested:
                yield from _lines(inner, field.fields if field else (), here, words, depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            here = (*path, own_id(member) or str(index))
            yield Line(pointer(here), str(index + 1), "" if isinstance(member, dict) else _text(member, None),
                       tuple(words.get(pointer(here), [])), depth)  # fmt: skip
            if isinstance(member, dict):
                yield from _lines(member, fields, here, words, depth + 1)
    else:
        yield Line(pointer(path), "", _text(value, None), (), depth)


def _label(field: Field | None, key: str) -> str:
    return str(field.label[current_language().catalogue]) if field else key


def _text(value: Any, field: Field | None) -> str:
    if value is None:
        return "—"
    if field and isinstance(value, str):
        value = dict(_options(field)).get(value, value)
    return "、".join(str(each) for each in value) if isinstance(value, list) else str(value)


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
        options = _options(field) if field else ()
        found[each["field"]] = Editable(
            each["field"], _label(field, parts[-1]), "" if value is None else str(value), options,
            field is not None and field.type == "long_text", tuple(in_words([each])),
        )  # fmt: skip
    return list(found.values())


def _options(field: Field) -> tuple[tuple[str, str], ...]:
    """What may be chosen, in the reader's language."""
    language = current_language().catalogue
    options = [(option.key, option.label[language]) for option in field.options]
    return (*options, *((grade.key, grade.label[language]) for grade in field.grades))


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
            by_id = next((m for m in value if own_id(m) == part), None)
            value = by_id if by_id is not None else value[int(part)] if _is_place(part, value) else None
        else:
            return None
    return value


def _is_place(part: str, value: Sequence[Any]) -> bool:
    return part.isascii() and part.isdecimal() and int(part) < len(value)


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
