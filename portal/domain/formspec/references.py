"""Which existing records the answers to a form point to, so that whoever keeps the records can look for them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from portal.domain.formspec.model import Document, Field
from portal.domain.pointers import own_id

_OF = {"department": "department", "photos": "attachment", "signature": "attachment"}


class Reference(NamedTuple):
    """``of``: staff, resident, opinion, campaign, household, visit, category, department or attachment (a SHA-256)."""

    path: tuple[str, ...]
    of: str
    value: str


def references(document: Document, answers: Mapping[str, Any]) -> list[Reference]:
    """All references in answers that have no ``problems``, in the order of the document."""
    return list(_walk(document.fields, answers, ()))


def _walk(fields: tuple[Field, ...], answers: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Reference]:
    for field in fields:
        answer = answers.get(field.key)
        if answer is None:
            continue
        if field.type == "group":
            for name, member in _members(field, answer):
                yield from _walk(field.fields, member, (*path, field.key, *name))
            continue
        of = _OF.get(field.type) or field.of
        if not of:
            continue
        if field.is_list:
            for index, value in enumerate(answer):
                yield Reference((*path, field.key, str(index)), of, value)
        else:
            yield Reference((*path, field.key), of, answer)


def _members(field: Field, answer: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not field.is_list:
        yield (), answer
        return
    for index, member in enumerate(answer):
        yield (own_id(member) or str(index),), member
