"""Form documents as the tablet knows them: by the hash of the document, in every version ever published."""

from functools import cache
from typing import Any

from sqlalchemy import select

from portal.core.db import db
from portal.core.facts import FormVersion
from portal.domain.formspec import Document, Field, document_hash, load, published, read_document

ASKED_ON_THE_TABLET = (
    "visit",
    "attempt",
    "correction",
    "attempt_correction",
    "survey_handout",
    "survey_response",
    "questionnaire_s0",
)


@cache
def on_the_tablet() -> tuple[Document, ...]:
    """The built-in documents that a tablet opens, all versions, since a draft opens in its own (``sync.md``, promise 5)."""
    return tuple(load(form, version) for form in ASKED_ON_THE_TABLET for version in published()[form])


def hash_of(document: Document) -> str:
    return document_hash(document.raw)


def index() -> dict[str, str]:
    """By the name that facts use (``visit@1``): the hash under which the document is found."""
    return {document.name: hash_of(document) for document in on_the_tablet()}


def current() -> dict[str, str]:
    """The newest version of each form that a tablet opens."""
    return {form: f"{form}@{published()[form][-1]}" for form in ASKED_ON_THE_TABLET}


def by_hash(form_hash: str) -> Document | None:
    """A published document; a questionnaire made on screen is looked up among the registered ones."""
    for document in on_the_tablet():
        if hash_of(document) == form_hash:
            return document
    raw: Any = db.session.scalar(select(FormVersion.spec).where(FormVersion.hash == form_hash))
    return read_document(raw) if raw else None


def fragments(document: Document) -> list[str]:
    """The repeated groups, each of which is a fragment of its own."""
    return [field.key for field in document.fields if field.type == "group" and field.repeat]


def group_of(document: Document, key: str) -> Field | None:
    """The repeated group of this name, or nothing."""
    return next((field for field in document.fields if field.key == key and field.repeat and field.fields), None)
