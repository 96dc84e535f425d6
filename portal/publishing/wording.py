"""The words of a version: the source half is typed, the other is converted, confirmed place by place, or edited by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core import audit, search
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.publishing.content import version_of
from portal.publishing.editing import checked_text, converter_of, editable, wording_in
from portal.publishing.halves import override_at, put, sha, source_of, take
from portal.publishing.models import GlossaryTerm, Publication, Wording


def _seen(wording_id: UUID) -> tuple[str, list[dict[str, object]], list[dict[str, object]]]:
    """Source hash, decisions and doubtful places of a text, read before the write."""
    wording = db.session().get(Wording, wording_id)
    if wording is None:
        raise Refused("publication.unknown_text")
    return wording.field, list(wording.overrides), list(wording.doubts)


def save_source(
    publication_id: UUID, wording_id: UUID, text: str, *, revision: int | None, by: Actor, at: datetime
) -> Wording:
    """Word the source half of a text; the other half is converted anew, unless it was edited by hand.

    Raises Refused as ``editable``, and ``publication.unknown_text``, ``too_long``, ``text.nul``, ``text.surrogate``.
    """
    converter = converter_of(publication_id, by=by)
    field, overrides, _ = _seen(wording_id)
    source = checked_text(field, text)
    made = converter.make(source, overrides)
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        wording = wording_in(session, publication, wording_id)
        take(wording, publication, source, made)
        _told(session, publication, wording, "worded", by=by, at=at)
        return wording


def save_other(
    publication_id: UUID, wording_id: UUID, text: str, *, revision: int | None, by: Actor, at: datetime
) -> Wording:
    """Word the converted half by hand. From then on no conversion overwrites it; raises Refused as ``save_source``."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        wording = wording_in(session, publication, wording_id)
        put(wording, publication, made=checked_text(wording.field, text))
        wording.origin, wording.engine, wording.doubts, wording.overrides = "edited", "", [], []
        wording.made_from = sha(source_of(wording, publication))
        _told(session, publication, wording, "edited_by_hand", by=by, at=at)
        return wording


def still_right(publication_id: UUID, wording_id: UUID, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Say that a half edited by hand still says what its changed source says."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        wording = wording_in(session, publication, wording_id)
        wording.made_from = sha(source_of(wording, publication))
        _told(session, publication, wording, "confirmed", by=by, at=at)


def convert_again(publication_id: UUID, wording_id: UUID, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Give up a half edited by hand and convert the source anew."""
    converter = converter_of(publication_id, by=by)
    source = _source_seen(publication_id, wording_id)
    made = converter.make(source)
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        wording = _unchanged(session, publication, wording_id, source)
        wording.origin = "converted"
        take(wording, publication, source, made)
        _told(session, publication, wording, "converted", by=by, at=at)


def _source_seen(publication_id: UUID, wording_id: UUID) -> str:
    session = db.session()
    publication = session.get_one(Publication, publication_id)
    return source_of(wording_in(session, publication, wording_id), publication)


def _unchanged(session: Session, publication: Publication, wording_id: UUID, source: str) -> Wording:
    """The text, if its source is still the one that was converted. Raises Refused ``publication.stale``."""
    wording = wording_in(session, publication, wording_id)
    if source_of(wording, publication) != source:
        raise Refused("publication.stale", revision=publication.revision)
    return wording


def settle(
    publication_id: UUID,
    wording_id: UUID,
    start: int,
    end: int,
    out: str,
    *,
    remember: tuple[str, str] | None = None,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Decide one doubtful place: ``out`` stands there from now on, also after edits elsewhere in the text.

    ``remember`` keeps a pair (source, other) for the whole estate. Raises Refused as ``editable``, and
    ``publication.no_such_place``, ``publication.not_a_candidate``, ``publication.bad_term``.
    """
    converter = converter_of(publication_id, by=by)
    source = _source_seen(publication_id, wording_id)
    _, overrides, doubts = _seen(wording_id)
    doubt = next((d for d in doubts if (d["start"], d["end"]) == (start, end)), None)
    if doubt is None:
        raise Refused("publication.no_such_place")
    if out not in {doubt["out"], doubt["src"], *doubt["candidates"]}:  # type: ignore[misc]
        raise Refused("publication.not_a_candidate")
    decided = override_at(source, start, end, out)
    place = {**decided, "out": None}
    others = [o for o in overrides if {**o, "out": None} != place]
    made = converter.make(source, [*others, decided])
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        wording = _unchanged(session, publication, wording_id, source)
        if wording.origin != "converted":
            raise Refused("publication.no_such_place")
        take(wording, publication, source, made)
        if remember:
            _remember(session, publication, remember, by=by, at=at)
        _told(session, publication, wording, "settled", by=by, at=at)


def _remember(session: Session, publication: Publication, pair: tuple[str, str], *, by: Actor, at: datetime) -> None:
    source, made = (part.strip() for part in pair)
    if not 2 <= len(source) <= 40 or not made or len(made) > 40:
        raise Refused("publication.bad_term", "source_term")
    hans, hant = (source, made) if publication.source_script == "zh-Hans" else (made, source)
    known = session.scalar(
        select(GlossaryTerm.id).where(
            GlossaryTerm.community_id == publication.community_id, GlossaryTerm.hans == hans, GlossaryTerm.hant == hant
        )
    )
    if known is None:
        session.add(
            GlossaryTerm(
                office_id=publication.office_id, community_id=publication.community_id, hans=hans, hant=hant,
                by_id=by.id, at=at,
            )
        )  # fmt: skip


def _told(session: Session, publication: Publication, wording: Wording, past: str, *, by: Actor, at: datetime) -> None:
    if wording.field == "title":
        publication.title = source_of(wording, publication)
        entry = search.entry(publication.id, publication.office_id, "publication", [publication.title])
        search.reindex(session, entry)
    audit.record(
        session, f"publishing:wording:{past}", publication.id, office_id=publication.office_id, by=by.id, at=at,
        version=publication.version, field=wording.field, of=str(wording.owner_id), status=publication.status,
    )  # fmt: skip


def clear_word(publication_id: UUID, word: str, reason: str, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Declare that a word which is also somebody's name names nobody here. Raises Refused: ``required``."""
    word, reason = word.strip(), reason.strip()
    if not word:
        raise Refused("required", "word")
    if not reason:
        raise Refused("required", "reason")
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        version = version_of(session, publication)
        version.cleared = [*version.cleared, {"text": word, "reason": reason, "by": str(by.id)}]
        audit.record(
            session, "publishing:publication:word_cleared", publication.id, office_id=publication.office_id, by=by.id,
            at=at, version=publication.version, status=publication.status,
        )  # fmt: skip
