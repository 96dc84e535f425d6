"""A visit as a person reads it: the fields of its own form version, in the reader's language, with names for ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Department, Staff
from portal.core.i18n import current_language, day, in_script
from portal.core.labels import LABELS, label
from portal.core.storage import Attachment
from portal.domain.differences import Difference
from portal.domain.formspec import Document, references
from portal.domain.formspec.model import Field
from portal.domain.pointers import pointer
from portal.domain.refusals import Refused
from portal.households.models import Resident
from portal.opinions.models import Opinion
from portal.opinions.scope import document_of
from portal.visits.models import Visit

LONG = ("long_text",)


@dataclass(frozen=True)
class Entry:
    """One answered field. ``where`` is its JSON Pointer in the record; ``parts`` are the members of a repeated group."""

    where: str
    key: str
    type: str
    label: str
    text: str = ""
    code: str = ""
    parts: tuple["Part", ...] = ()
    pictures: tuple[Attachment, ...] = ()

    @property
    def long(self) -> bool:
        return self.type in LONG


@dataclass(frozen=True)
class Part:
    """A member of a group: an opinion, a check, the ratings."""

    where: str
    entries: tuple[Entry, ...]

    def entry(self, key: str) -> Entry | None:
        return next((each for each in self.entries if each.key == key), None)


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    entries: tuple[Entry, ...]


@dataclass
class Names:
    """What the ids in a record stand for."""

    staff: dict[str, str] = field(default_factory=dict)
    resident: dict[str, str] = field(default_factory=dict)
    department: dict[str, str] = field(default_factory=dict)
    opinion: dict[str, str] = field(default_factory=dict)
    attachment: dict[str, Attachment] = field(default_factory=dict)

    def of(self, kind: str, value: str) -> str:
        if kind == "category":
            return label("category", value) if value in LABELS["category"] else value
        found: dict[str, str] = getattr(self, kind, {})
        return found.get(value, gettext("unknown"))


def document_for(form: str) -> Document:
    """The form a visit was recorded on."""
    return document_of(form)


def words(texts: Mapping[str, str]) -> str:
    """The reader's language of a text of a form document."""
    return texts.get(current_language().catalogue) or texts["en"]


def names_in(session: Session, visit: Visit, bodies: Iterable[Mapping[str, Any]]) -> Names:
    """The names for every id in these states of a visit."""
    document = document_for(visit.form)
    wanted: dict[str, set[UUID]] = {}
    for body in bodies:
        for _, of, value in _references(document, body):
            if of not in ("attachment", "category"):
                wanted.setdefault(of, set()).add(UUID(value))
    names = Names()
    tables: dict[str, tuple[Any, Any]] = {
        "staff": (Staff, Staff.name),
        "resident": (Resident, Resident.name),
        "opinion": (Opinion, Opinion.content),
    }
    for kind, (model, column) in tables.items():
        rows = session.execute(select(model.id, column).where(model.id.in_(wanted.get(kind, ()))))
        getattr(names, kind).update({str(own): text for own, text in rows})
    departments = session.scalars(select(Department).where(Department.id.in_(wanted.get("department", ()))))
    names.department = {str(row.id): in_script(row, "name") for row in departments}
    attachments = session.scalars(
        select(Attachment).where(Attachment.owner_id == visit.id).order_by(Attachment.position)
    )
    names.attachment = {row.sha256: row for row in attachments}
    return names


def _references(document: Document, body: Mapping[str, Any]) -> Iterator[tuple[Any, str, str]]:
    try:
        yield from references(document, body)
    except (TypeError, ValueError, Refused):  # what an erased or older state lacks has no names
        return


def sections(document: Document, body: Mapping[str, Any], names: Names) -> list[Section]:
    """What was answered, step by step; unanswered fields are left out."""
    found = []
    for step in document.steps:
        entries = tuple(_entries(step.fields, body, (), names))
        if entries:
            found.append(Section(step.key, words(step.title), entries))
    return found


def _entries(
    fields: Sequence[Field], answers: Mapping[str, Any], path: tuple[str, ...], names: Names
) -> Iterator[Entry]:
    for each in fields:
        value = answers.get(each.key)
        if value is None or value == "" or value == [] or each.type == "note":
            continue
        where = (*path, each.key)
        if each.type == "group":
            yield _group(each, value, where, names)
        elif each.type in ("photos", "signature"):
            pictures = tuple(names.attachment[v] for v in _listed(value) if v in names.attachment)
            yield Entry(pointer(where), each.key, each.type, words(each.label), pictures=pictures)
        else:
            text = gettext(", ").join(_said(each, part, names) for part in _listed(value))
            code = value if isinstance(value, str) else ""
            yield Entry(pointer(where), each.key, each.type, words(each.label), text, code)


def _group(each: Field, value: Any, where: tuple[str, ...], names: Names) -> Entry:
    members = value if isinstance(value, list) else [value]
    parts = []
    for member in members:
        own = (*where, str(member.get("id") or member.get(each.by) or "")) if each.repeat else where
        parts.append(Part(pointer(own), tuple(_entries(each.fields, member, own, names))))
    return Entry(pointer(where), each.key, "group", words(each.label), parts=tuple(parts))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _said(each: Field, value: Any, names: Names) -> str:
    if each.options or each.grades:
        labels = {option.key: option.label for option in each.options} | {g.key: g.label for g in each.grades}
        return words(labels[value]) if value in labels else str(value)
    if each.type in ("person", "record", "department"):
        return names.of(each.of or "department", str(value))
    if each.type == "date":
        try:
            return day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return str(value)


@dataclass(frozen=True)
class Change:
    """A difference in words."""

    label: str
    before: str
    after: str


def told(document: Document, changed: Sequence[Difference], names: Names, body: Mapping[str, Any]) -> list[Change]:
    """Differences between two states of a record, each with the name of its field and both values in words."""
    return [
        Change(_name_of(document, each.field, body), *(_value(document, each.field, v, names) for v in (each.before, each.after)))
        for each in changed
    ]  # fmt: skip


def _walk(document: Document, where: str) -> tuple[list[Field], list[str]]:
    """The fields along a pointer, and the identities of members it goes through."""
    fields: Sequence[Field] = document.fields
    found: list[Field] = []
    members: list[str] = []
    for part in (p.replace("~1", "/").replace("~0", "~") for p in where.split("/")[1:]):
        each = next((f for f in fields if f.key == part), None)
        if each is None:
            members.append(part)
            continue
        found.append(each)
        fields = each.fields
    return found, members


def _name_of(document: Document, where: str, body: Mapping[str, Any]) -> str:
    path, members = _walk(document, where)
    if where == "/corrected":
        return gettext("What was corrected")
    if not path:
        return where.strip("/") or gettext("Record")
    names = [words(each.label) for each in path]
    if members and path[0].repeat:
        position = _position(body.get(path[0].key), members[0])
        names[0] += f" {position}" if position else ""
    return " · ".join(names)


def _position(listed: Any, own: str) -> int | None:
    for number, member in enumerate(listed if isinstance(listed, list) else [], start=1):
        if isinstance(member, Mapping) and own in (member.get("id"), member.get("opinion")):
            return number
    return None


def _value(document: Document, where: str, value: Any, names: Names) -> str:
    path, _ = _walk(document, where)
    if value is None:
        return "—"
    if not path:
        return str(value)
    last = path[-1]
    if last.type in ("photos", "signature"):
        return gettext("%(count)s pictures", count=len(_listed(value)))
    if isinstance(value, Mapping):
        return gettext("; ").join(
            f"{entry.label}{gettext(': ')}{entry.text}"
            for entry in _entries(last.fields, value, (), names)
            if entry.text
        )
    return gettext(", ").join(_said(last, part, names) for part in _listed(value))
