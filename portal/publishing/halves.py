"""The two halves of a text: which is the source, how the other is made, what in it a person must still decide.

Conversion is done before ``writing()`` is entered (decision 2); what it gives is plain data.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Department, Office, Staff
from portal.domain.refusals import Refused
from portal.domain.script import GlossaryEntry, Override, Span, convert, leftovers
from portal.households.models import Building, Community
from portal.publishing.models import GlossaryTerm, Publication, Wording

AROUND = 8  # characters kept on each side of a decided place, so that it is found again after edits elsewhere
SCRIPTS = ("zh-Hans", "zh-Hant")
LIMITS = {
    "title": 120,
    "salutation": 120,
    "opening": 4000,
    "closing": 4000,
    "brief": 200,
    "explanation": 4000,
    "measure": 1000,
}


def other(script: str) -> str:
    """The other script of the pair."""
    return "zh-Hant" if script == "zh-Hans" else "zh-Hans"


def half(thing: Any, name: str, script: str) -> str:
    """One half of a pair of columns: ``name_hans`` or ``name_hant``."""
    return str(getattr(thing, f"{name}_{'hans' if script == 'zh-Hans' else 'hant'}"))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """A converted half: its text, the places in it (open and decided), the decisions that still found their place."""

    text: str
    engine: str
    doubts: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    lost: int


@dataclass(frozen=True)
class Converter:
    """What one office's letters are converted with; ``names`` of staff are never converted."""

    source: str  # tag: zh-Hans, zh-Hant-TW, zh-Hant-HK
    target: str
    glossary: tuple[GlossaryEntry, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    def make(self, text: str, overrides: Iterable[dict[str, Any]] = ()) -> Made:
        """Convert a text. Raises Refused as ``script.convert``: ``text.nul``, ``text.surrogate``."""
        kept = [override_of(o) for o in overrides]
        done = convert(text, source=self.source, target=self.target, glossary=self.glossary, overrides=kept)
        lost = set(done.lost)
        still = [as_data(o) for o in kept if o not in lost]
        return Made(done.text, done.engine, _doubts(done.spans), still, len(lost))


def override_of(data: dict[str, Any]) -> Override:
    return Override(data["src"], data["out"], data["before"], data["after"], data["occurrence"])


def as_data(o: Override) -> dict[str, Any]:
    return {"src": o.src, "out": o.out, "before": o.before, "after": o.after, "occurrence": o.occurrence}


def override_at(text: str, start: int, end: int, out: str) -> dict[str, Any]:
    """A decision about one place of a source text, anchored by what stands around it."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    anchor, occurrence, at = before + text[start:end] + after, 0, 0
    while (at := text.find(anchor, at)) >= 0 and at + len(before) < start:
        occurrence, at = occurrence + 1, at + 1
    return {"src": text[start:end], "out": out, "before": before, "after": after, "occurrence": occurrence}


def _doubts(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The places to show, with their offsets in both halves. Only glossary and overrides change the length."""
    shown, shift = [], 0
    for span in spans:
        at = span.start + shift
        shift += len(span.out) - (span.end - span.start)
        if span.tier == 1 or span.reason == "override":
            shown.append(
                {
                    "start": span.start, "end": span.end, "at": at, "to": at + len(span.out), "src": span.src,
                    "out": span.out, "reason": span.reason, "candidates": list(span.candidates),
                    "settled": span.reason == "override",
                }
            )  # fmt: skip
    return shown


def converter_for(session: Session, office: Office, community: Community, source_script: str) -> Converter:
    """The converter of one estate's letters: names of estates, buildings and departments from the records, its own words."""
    traditional = "zh-Hant-HK" if office.region == "HK" else "zh-Hant-TW"
    tags = {"zh-Hans": "zh-Hans", "zh-Hant": traditional}
    company = session.get_one(Company, office.company_id)
    pairs = [(company.name_hans, company.name_hant), (office.name_hans, office.name_hant)]
    pairs += [(community.name_hans, community.name_hant)]
    for query in (
        select(Department.name_hans, Department.name_hant).where(Department.office_id == office.id),
        select(Building.name_hans, Building.name_hant).where(Building.community_id == community.id),
    ):
        pairs += [(row[0], row[1]) for row in session.execute(query)]
    terms = session.execute(
        select(GlossaryTerm.hans, GlossaryTerm.hant).where(GlossaryTerm.community_id == community.id)
    ).all()
    staff = frozenset(session.scalars(select(Staff.name).where(Staff.company_id == office.company_id, Staff.active)))
    entries = [GlossaryEntry(hans, hant, "place", "estate") for hans, hant in pairs if len(hans) > 1]
    entries += [GlossaryEntry(term.hans, term.hant, "term", "notice") for term in terms]
    entries += [GlossaryEntry.kept(name, "name", "estate") for name in staff if len(name) > 1]
    return Converter(tags[source_script], tags[other(source_script)], tuple(entries), staff)


def strangers(text: str, script: str, names: Iterable[str]) -> list[str]:
    """Characters of the other script that a half still holds, names of persons left aside."""
    for name in names:
        text = text.replace(name, "")
    return leftovers(text, script)


# Wordings -----------------------------------------------------------------------------------------------------------


def source_of(wording: Wording, publication: Publication) -> str:
    return wording.hans if publication.source_script == "zh-Hans" else wording.hant


def other_of(wording: Wording, publication: Publication) -> str:
    return wording.hant if publication.source_script == "zh-Hans" else wording.hans


def put(wording: Wording, publication: Publication, *, source: str | None = None, made: str | None = None) -> None:
    """Write one or both halves, by the publication's source script."""
    first = publication.source_script == "zh-Hans"
    if source is not None:
        setattr(wording, "hans" if first else "hant", source)
    if made is not None:
        setattr(wording, "hant" if first else "hans", made)


def take(wording: Wording, publication: Publication, source: str, made: Made) -> None:
    """A new source text with its conversion; a half edited by hand stays, and is seen to be older than its source."""
    if wording.origin == "edited":
        put(wording, publication, source=source)
        return
    put(wording, publication, source=source, made=made.text)
    wording.engine, wording.made_from = made.engine, sha(source)
    wording.doubts, wording.overrides = made.doubts, made.overrides


def is_stale(wording: Wording, publication: Publication) -> bool:
    """Whether the source was changed after the other half was edited by hand."""
    return wording.origin == "edited" and wording.made_from != sha(source_of(wording, publication))


def open_doubts(wording: Wording) -> list[dict[str, Any]]:
    return [d for d in wording.doubts if not d["settled"]]


def wordings(session: Session, publication_id: UUID, version: int) -> dict[tuple[UUID, str], Wording]:
    """The texts of a version by (owner, field)."""
    rows = session.scalars(select(Wording).where(Wording.publication_id == publication_id, Wording.version == version))
    return {(w.owner_id, w.field): w for w in rows}


def same_text(text: str) -> str:
    """What a person typed, as it is kept: line ends unified, outer blanks taken off. Raises Refused ``text.nul``."""
    if "\0" in text:
        raise Refused("text.nul")
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
