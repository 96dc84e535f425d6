"""What stands on the public pages, read from what is published and from nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Office
from portal.core.i18n import Language, day, moment
from portal.households.models import Community
from portal.publishing import queries
from portal.publishing.content import lines_of
from portal.publishing.halves import half
from portal.publishing.models import Edition, Publication, PublicationVersion
from portal.publishing.queries import Shown
from portal.publishing.telling import Promise, Standing, Tally, Told, standing, tally, tell

Today = Callable[[str], date]
Found = tuple[Publication, Community, Office]
SHOWN_PROMISES = 6
CODE = re.compile(r"[0-9a-f]{16,64}")


def script_for(language: Language, source: str) -> str:
    """The half that a reader reads; English readers get the script it was written in."""
    return {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}.get(language.catalogue, source)


def is_on_display(publication: Publication, today: date) -> bool:
    return publication.public_version is not None and (
        publication.take_down_on is None or publication.take_down_on >= today
    )


def edition_of(session: Session, publication: Publication, script: str) -> Edition:
    return session.scalars(
        select(Edition).where(
            Edition.publication_id == publication.id,
            Edition.version == publication.public_version,
            Edition.script == script,
        )
    ).one()


def communities(session: Session, language: Language) -> list[tuple[str, str, str]]:
    """(slug, name, language tag) of every estate."""
    rows = session.scalars(select(Community).order_by(Community.name_hans, Community.id))
    return [(c.slug, half(c, "name", script_for(language, c.script)), script_for(language, c.script)) for c in rows]


@dataclass(frozen=True)
class Notice:
    """A line in the list of letters."""

    public_id: str
    kind: str
    title: str
    number: str
    day: str
    tally: Tally


@dataclass(frozen=True)
class CommunityPage:
    name: str
    company: str
    office: str
    lang: str
    lines: list[dict[str, str]]
    letters: list[Notice]
    tally: Tally
    promises: list[tuple[str, Told]]  # (public id of the letter, promise): late ones first, then the newest
    year: int


def community(session: Session, slug: str, language: Language, today_in: Today) -> CommunityPage | None:
    """An estate's own page: what was promised this year and how far it is, the letters, the lines."""
    own = session.scalar(select(Community).where(Community.slug == slug))
    if own is None:
        return None
    office = session.get_one(Office, own.office_id)
    company = session.get_one(Company, office.company_id)
    script, today = script_for(language, own.script), today_in(office.time_zone)
    letters = queries.letters_of(session, own.id, script, today)
    promises = queries.promises_of(session, [x.id for x in letters])
    made = {x.public_id: _made(x.texts, promises.get(x.id, []), today) for x in letters}
    this_year = {x.public_id for x in letters if x.published_at and x.published_at.year == today.year}
    here = [(public_id, m) for public_id, all_of in made.items() if public_id in this_year for m in all_of]
    order = {"late": 0, "open": 1, "done": 2, "declined": 3, "asked": 4}
    shown = sorted((x for x in here if x[1].stands.ours), key=lambda x: order[x[1].stands.kind])[:SHOWN_PROMISES]
    return CommunityPage(
        name=half(own, "name", script), company=half(company, "name", script), office=half(office, "name", script),
        lang=script, lines=lines_of(session, office.id, script),
        letters=[_notice(x, made[x.public_id]) for x in letters], tally=tally(m.stands for _, m in here),
        promises=[(public_id, tell(m.text, m.promise, script, today)) for public_id, m in shown], year=today.year,
    )  # fmt: skip


class _Made(NamedTuple):
    """A promise as an edition words it, and where it stands; it is told in words only where it is shown."""

    text: dict[str, Any]
    promise: Promise
    stands: Standing


def _made(texts: dict[str, Any], promises: Sequence[Promise], today: date) -> list[_Made]:
    measures = {m["id"]: m for row in texts["rows"] for m in row["measures"]}
    return [_Made(measures[own], c, standing(c, today)) for c in promises if (own := str(c.id)) in measures]


def _notice(shown: Shown, made: Sequence[_Made]) -> Notice:
    return Notice(
        shown.public_id, shown.kind, shown.texts["title"], shown.texts["number"], day(shown.published_at),
        tally(m.stands for m in made),
    )  # fmt: skip


@dataclass(frozen=True)
class LetterPage:
    public_id: str
    kind: str
    lang: str
    texts: dict[str, Any]
    rows: list[dict[str, Any]]
    tally: Tally
    dated: str
    slug: str
    estate: str
    lines: list[dict[str, str]]
    versions: list[dict[str, Any]]
    version: int
    has_pdf: bool
    posted_until: str
    reason: str


def letter(session: Session, public_id: str, language: Language, today: date) -> LetterPage:
    """A letter that is on display, with the state of each promise."""
    found = _found(session, public_id)
    publication, estate, office = found
    script = script_for(language, publication.source_script)
    read = queries.letter(session, found, script, today)
    texts = read.edition.texts
    versions = [
        {
            "version": v.version, "day": day(v.published_at), "reason": half(v, "reason", script),
            "code": grouped(read.hashes.get(v.version, "")), "current": v.version == read.edition.version,
        }
        for v in reversed(read.versions)
    ]  # fmt: skip
    return LetterPage(
        public_id=publication.public_id, kind=publication.kind, lang=script, texts=texts, rows=read.rows,
        tally=read.tally, dated=day(date.fromisoformat(texts["dated"])), slug=estate.slug, estate=half(estate, "name", script),
        lines=lines_of(session, office.id, script), versions=versions, version=read.edition.version,
        has_pdf=read.edition.pdf_sha256 is not None,
        posted_until=day(publication.take_down_on) if publication.take_down_on else "",
        reason=half(read.version, "reason", script),
    )  # fmt: skip


def _found(session: Session, public_id: str) -> Found:
    found = queries.public_publication(session, public_id)
    if found is None:
        raise LookupError(public_id)
    return found


def gone(session: Session, public_id: str, language: Language) -> dict[str, Any]:
    """What is said where a letter hung once: nothing of its text."""
    publication, estate, office = _found(session, public_id)
    script = script_for(language, publication.source_script)
    return {
        "lang": script,
        "slug": estate.slug,
        "estate": half(estate, "name", script),
        "lines": lines_of(session, office.id, script),
    }


def grouped(code: str) -> str:
    """The part of a content hash that stands on paper, in groups that can be read out."""
    return " ".join(code[i : i + 4] for i in range(0, min(len(code), 32), 4))


@dataclass(frozen=True)
class Verified:
    """A printed version that was found: what it is, and whether it is still the one that counts."""

    public_id: str
    number: str
    title: str
    lang: str
    version: int
    day: str
    code: str
    current: bool
    newest: int | None
    on_display: bool
    ended: str


def verified(session: Session, asked: str, version: int | None, language: Language, today_in: Today) -> Verified | None:
    """The printed version that a content check, or a public id with a version, stands for; nothing for anything else."""
    code = re.sub(r"[\s·-]", "", asked).lower()
    found: Sequence[tuple[Publication, Edition, PublicationVersion]] = []
    if CODE.fullmatch(code):
        found = queries.edition_by_hash(session, code)
    elif version is not None:
        found = _by_version(session, asked, version, language)
    if len(found) != 1:
        return None
    publication, edition, row = found[0]
    office = session.get_one(Office, publication.office_id)
    shown = is_on_display(publication, today_in(office.time_zone))
    return Verified(
        public_id=publication.public_id, number=edition.texts["number"], title=edition.texts["title"] if shown else "",
        lang=edition.script, version=edition.version, day=day(row.published_at, office.time_zone),
        code=grouped(edition.content_sha256 or ""), current=shown and publication.public_version == edition.version,
        newest=publication.public_version, on_display=shown, ended=_ended(row.ended_at, office.time_zone),
    )  # fmt: skip


def _ended(at: datetime | None, zone: str) -> str:
    return moment(at, zone) if at else ""


def _by_version(
    session: Session, public_id: str, version: int, language: Language
) -> list[tuple[Publication, Edition, PublicationVersion]]:
    found = queries.public_publication(session, public_id)
    if found is None:
        return []
    script = script_for(language, found[0].source_script)
    rows = session.execute(
        select(Edition, PublicationVersion)
        .join(
            PublicationVersion,
            (PublicationVersion.publication_id == Edition.publication_id)
            & (PublicationVersion.version == Edition.version),
        )
        .where(
            Edition.publication_id == found[0].id,
            Edition.version == version,
            Edition.script == script,
            PublicationVersion.published_at.is_not(None),
        )
    )
    return [(found[0], row[0], row[1]) for row in rows]
