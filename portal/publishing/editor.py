"""The wording page: every text of a version side by side, with what is marked in each half and what is still to be done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.publishing.checks import Guard, Problem, guard_for, places_of, problems, text_in
from portal.publishing.content import FRAME, version_of
from portal.publishing.halves import SCRIPTS, is_stale, open_doubts, other, source_of, wordings
from portal.publishing.models import Commitment, Edition, Publication, PublicationRow, PublicationVersion, Wording
from portal.signoff.models import Approval

AROUND = 4


@dataclass(frozen=True)
class Piece:
    """A stretch of a half: plain, doubtful, decided, or naming somebody."""

    text: str
    kind: str = ""  # "" | doubt | settled | leak | source


@dataclass(frozen=True)
class Doubt:
    """One place to be decided, with what stands around it and what may stand there."""

    start: int
    end: int
    before: str
    src: str
    after: str
    now: str
    reason: str
    choices: tuple[str, ...]
    term: str  # the word around it, in the source, to be remembered for the estate


@dataclass(frozen=True)
class Spread:
    """One text in both scripts."""

    wording: Wording
    field: str
    place: str
    halves: dict[str, list[Piece]]
    doubts: list[Doubt]
    stale: bool
    edited: bool
    source: str
    made: str


@dataclass(frozen=True)
class MeasureSpread:
    commitment: Commitment
    spread: Spread
    fixed: bool  # was in public: its terms change only as a reported change


@dataclass(frozen=True)
class RowSpread:
    row: PublicationRow
    brief: Spread
    explanation: Spread
    measures: list[MeasureSpread]
    fixed: bool


@dataclass(frozen=True)
class Editor:
    publication: Publication
    version: PublicationVersion
    frame: dict[str, Spread]
    rows: list[RowSpread]
    problems: list[Problem]
    checked: dict[str, Edition]
    names: dict[UUID, str]
    approval: Approval | None
    scripts: tuple[str, str]  # source first
    spots: dict[UUID, str] = field(default_factory=dict)  # owner id → the id of its text on the page

    def left(self, script: str) -> list[Problem]:
        return [p for p in self.problems if p.script == script]

    @property
    def can_edit(self) -> bool:
        return self.version.status in ("draft", "checked", "approved")


def pieces(text: str, marks: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """A text cut at its marks; a mark inside an earlier one is left out."""
    found, at = [], 0
    for start, end, kind in sorted(marks):
        if start < at:
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], kind))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def editor(session: Session, publication: Publication) -> Editor:
    """Everything the page shows of the newest version."""
    version = version_of(session, publication)
    texts = wordings(session, publication.id, publication.version)
    guard = guard_for(session, publication.office_id, publication.community_id, version)
    places = places_of(publication)

    def spread(owner_id: UUID, name: str) -> Spread:
        return _spread(publication, texts[(owner_id, name)], places[owner_id], guard)

    out_before = publication.published_at is not None
    rows = [
        RowSpread(
            row, spread(row.id, "brief"), spread(row.id, "explanation"),
            [
                MeasureSpread(c, spread(c.id, "measure"), out_before and c.since_version < publication.version)
                for c in row.commitments
            ],
            out_before and row.since_version < publication.version,
        )
        for row in publication.rows
    ]  # fmt: skip
    editions = session.scalars(
        select(Edition).where(Edition.publication_id == publication.id, Edition.version == publication.version)
    ).all()
    people = {version.made_by_id, version.approved_by_id, *(e.checked_by_id for e in editions)} - {None}
    return Editor(
        publication, version, {name: spread(publication.id, name) for name in FRAME}, rows,
        problems(session, publication) if version.status == "draft" else [], {e.script: e for e in editions},
        {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(people)))},
        session.scalar(select(Approval).where(Approval.record_id == version.id)),
        (publication.source_script, other(publication.source_script)),
        {owner_id: f"t-{w.id}" for (owner_id, _), w in texts.items()},
    )  # fmt: skip


def _spread(publication: Publication, wording: Wording, place: str, guard: Guard) -> Spread:
    source, second = publication.source_script, other(publication.source_script)
    marks: dict[str, list[tuple[int, int, str]]] = {s: [] for s in SCRIPTS}
    for script in SCRIPTS:
        marks[script] += [(leak.start, leak.end, "leak") for leak in guard.leaks(text_in(wording, script))]
    if wording.origin == "converted":
        for d in wording.doubts:
            marks[second].append((d["at"], d["to"], "settled" if d["settled"] else "doubt"))
            if not d["settled"]:
                marks[source].append((d["start"], d["end"], "source"))
    text = source_of(wording, publication)
    return Spread(
        wording, wording.field, place, {s: pieces(text_in(wording, s), marks[s]) for s in SCRIPTS},
        [_doubt(text, d) for d in open_doubts(wording)], is_stale(wording, publication), wording.origin == "edited",
        text, text_in(wording, second),
    )  # fmt: skip


def _doubt(text: str, d: dict[str, Any]) -> Doubt:
    start, end = d["start"], d["end"]
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    choices = tuple(dict.fromkeys([d["out"], *d["candidates"]]))
    return Doubt(start, end, before, d["src"], after, d["out"], d["reason"], choices, text[max(0, start - 1) : end + 1])


def waits_for(editor: Editor, number: int) -> list[tuple[str, str, str]]:
    """The chain as it stands: (step, who and when or "", done | now | later)."""
    status = editor.version.status
    both = set(editor.checked) == set(SCRIPTS)
    steps = [("draft", "done" if both or status != "draft" else "now")]
    steps.append(
        ("check", "done" if status in ("checked", "approved", "published") else "now" if editor.checked else "later")
    )
    steps.append(
        ("approve", "done" if status in ("approved", "published") else "now" if status == "checked" else "later")
    )
    steps.append(("publish", "done" if status == "published" else "now" if status == "approved" else "later"))
    return [(name, "", state) for name, state in steps][:number]
