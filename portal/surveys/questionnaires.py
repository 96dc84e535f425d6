"""A questionnaire as the surveys read it: its scored items, their scales, and what its grades are worth (SV-20, SV-26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.facts import FormVersion
from portal.domain.formspec import Document, Field, Words, load, published, read_document
from portal.domain.formspec import Grade as FormGrade
from portal.domain.refusals import Refused
from portal.domain.satisfaction import NO_OPINION, Grade, Reading, Scale

OVERALL = "overall"
"""The item 总体评价, whose rate is "the" satisfaction rate (SV-21)."""

CATEGORIES: Mapping[str, str] = {
    "service_attitude": "service",
    "security": "security",
    "cleaning": "cleaning",
    "greening": "greening",
    "facility_repair": "maintenance",
    "repair_timeliness": "maintenance",
    "car_park": "parking",
}
"""The category proposed for a remark on an item; whoever classifies it may change it (VS-07)."""


@dataclass(frozen=True)
class Item:
    """A scored item: its words, its scale for figures, its grades for the form (those without an opinion included)."""

    key: str
    label: Words
    grades: tuple[FormGrade, ...]
    scale: Scale

    def label_of(self, grade: str) -> Words:
        """The words of a grade. Raises KeyError for one that the item does not have."""
        return {g.key: g.label for g in self.grades}[grade]


@dataclass(frozen=True)
class Questionnaire:
    """A version of a questionnaire. ``items`` are those with a scale, in order; ``others`` what is asked besides."""

    name: str
    document: Document
    items: tuple[Item, ...]
    others: tuple[Field, ...]

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items if item.key == key), None)

    @property
    def lead(self) -> Item:
        """The item of the whole: 总体评价, or the last one where a questionnaire does not ask it."""
        return self.item(OVERALL) or self.items[-1]


def read_questionnaire(document: Document) -> Questionnaire:
    """Raises ``Refused``: ``questionnaire.no_items`` without a scored item, and the codes of ``Scale``."""
    items = tuple(
        Item(field.key, field.label, field.grades, scale_of(field.grades))
        for field in document.fields
        if field.type == "scale"
    )
    if not items:
        raise Refused("questionnaire.no_items", form=document.name)
    others = tuple(field for field in document.fields if field.type not in ("scale", "note"))
    return Questionnaire(document.name, document, items, others)


def scale_of(grades: tuple[FormGrade, ...]) -> Scale:
    """The scale of a form's grades: a form ranks upwards, a scale from 1 down; grades without rank are no opinion.

    A version that gives no points has them evenly from 100 to 0 (methods 2.5). Raises ``Refused``:
    ``scale.no_rank`` for a grade that has neither a rank nor a reserved key, and the codes of ``Scale``.
    """
    if any(g.rank is None and g.key not in NO_OPINION for g in grades):
        raise Refused("scale.no_rank")
    ranked = sorted((g for g in grades if g.rank is not None), key=lambda g: -(g.rank or 0))
    steps = max(len(ranked) - 1, 1)
    return Scale(
        tuple(
            Grade(
                g.key, at + 1, Reading(g.satisfied), g.points if g.points is not None else Fraction(100 * (steps - at), steps)
            )
            for at, g in enumerate(ranked)
        )
    )  # fmt: skip


@lru_cache(maxsize=64)
def _builtin(form: str, version: int) -> Questionnaire:
    return read_questionnaire(load(form, version))


def questionnaire(session: Session, name: str) -> Questionnaire:
    """The questionnaire ``form@version``, built in or made on screen. Raises ``Refused("unknown_form")``."""
    form, _, number = name.partition("@")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    if version in published().get(form, ()):
        return _builtin(form, version)
    spec: Any = session.scalar(select(FormVersion.spec).where(FormVersion.form == form, FormVersion.version == version))
    if spec is None:
        raise Refused("unknown_form", form=form, version=version)
    return read_questionnaire(read_document(spec))


def available() -> list[str]:
    """The current version of each built-in questionnaire, as a campaign names it."""
    return [f"{form}@{versions[-1]}" for form, versions in published().items() if form.startswith("questionnaire_")]
