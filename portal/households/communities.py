"""Communities by name, and new ones: every name is a pair, one half of which may have been converted by machine."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import audit, changes
from portal.core.db import writing
from portal.domain.refusals import Refused
from portal.domain.roster.folding import squeeze, tidy
from portal.domain.script import convert, detect_script
from portal.households.models import Community, Household
from portal.households.words import find_again

MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class NamePair:
    """A name in both scripts; ``script`` (``zh-Hans`` or ``zh-Hant``) is that of the half a person wrote."""

    hans: str
    hant: str
    script: str


@dataclass(frozen=True)
class NewCommunity:
    """A community to be made. ``checked``: a person gave both halves of the name."""

    names: NamePair
    checked: bool = False
    first_handover_on: date | None = None


@lru_cache(maxsize=4096)
def name_pair(name: str, script: str, region: str) -> NamePair:
    """Both halves of the name of a place; ``script`` is the office's, for a name that is alike in both.

    Conversion takes milliseconds, so it is never done inside ``writing()``.
    """
    found = detect_script(name)
    written = found if found in ("zh-Hans", "zh-Hant") else script
    traditional = "zh-Hant-HK" if region == "HK" else "zh-Hant-TW"
    if written == "zh-Hant":
        return NamePair(convert(name, source=traditional, target="zh-Hans").text, name, "zh-Hant")
    return NamePair(name, convert(name, source="zh-Hans", target=traditional).text, "zh-Hans")


def new_community(
    name: str, office: Office, *, other_half: str = "", first_handover_on: date | None = None, today: date
) -> NewCommunity:
    """A community as a person named it, in one script or in both.

    Refused: ``community.name_missing``, ``community.name_long``, ``community.handover_future``.
    """
    name, other_half = tidy(name), tidy(other_half)
    if not name:
        raise Refused("community.name_missing", "name")
    if max(len(name), len(other_half)) > MAX_NAME_CHARACTERS:
        raise Refused("community.name_long", "name", most=MAX_NAME_CHARACTERS)
    if first_handover_on and first_handover_on > today:
        raise Refused("community.handover_future", "first_handover")
    names = name_pair(name, office.script, office.region)
    if other_half:
        halves = (name, other_half) if names.script == "zh-Hans" else (other_half, name)
        names = NamePair(*halves, names.script)
    return NewCommunity(names, bool(other_half), first_handover_on)


def communities_of(session: Session, office_id: UUID) -> Sequence[Community]:
    """The communities that an office serves, by name."""
    return session.scalars(
        select(Community).where(Community.office_id == office_id).order_by(Community.name_hans, Community.id)
    ).all()


def find_community(session: Session, office_id: UUID, *names: str) -> Community | None:
    """The community that has one of the names in either script; blanks and width do not count."""
    wanted = {squeeze(name) for name in names}
    for community in communities_of(session, office_id):
        if wanted & {squeeze(community.name_hans), squeeze(community.name_hant)}:
            return community
    return None


def community_named(session: Session, office_id: UUID, name: str) -> Community:
    """The community of this name. Refused ``community.unknown``, naming those there are."""
    found = find_community(session, office_id, name)
    if found is None:
        known = "、".join(community.name_hans for community in communities_of(session, office_id))
        raise Refused("community.unknown", "community", known=known) if known else Refused("community.unknown_none")
    return found


def add_community(session: Session, office: Office, new: NewCommunity, *, by: UUID | None, at: datetime) -> Community:
    """Make a community. Refused ``community.name_taken``. The office's change counter is locked by the caller."""
    if find_community(session, office.id, new.names.hans, new.names.hant):
        raise Refused("community.name_taken", "name")
    community = Community(
        office_id=office.id,
        slug=f"c-{secrets.token_hex(5)}",
        name_hans=new.names.hans,
        name_hant=new.names.hant,
        name_checked=new.checked,
        script=new.names.script,
        first_handover_on=new.first_handover_on,
        handover_proposed=False,
    )
    session.add(community)
    session.flush()
    changes.number(session, office.id, [changes.Touched("community", community.id, community.id)])
    audit.record(session, "households:community:added", community.id, office_id=office.id, by=by, at=at)
    return community


def check_community(
    community_id: UUID, hans: str, hant: str, first_handover_on: date | None, *, by: UUID, at: datetime, today: date
) -> None:
    """A person read both halves of the name and the day of the first handover: what was proposed by machine is confirmed.

    Refused: ``required``, ``community.name_long``, ``community.name_used``, ``community.handover_future``.
    """
    names = {"name_hans": tidy(hans), "name_hant": tidy(hant)}
    for field, name in names.items():
        if not name:
            raise Refused("required", field)
        if len(name) > MAX_NAME_CHARACTERS:
            raise Refused("community.name_long", field, most=MAX_NAME_CHARACTERS)
    if first_handover_on and first_handover_on > today:
        raise Refused("community.handover_future", "first_handover_on")
    with writing() as session:
        office_id = session.scalars(select(Community.office_id).where(Community.id == community_id)).one()
        changes.lock(session, [office_id])
        community = session.get_one(Community, community_id, populate_existing=True, with_for_update=True)
        _check_unused(session, community, names)
        now = names | {"first_handover_on": first_handover_on, "name_checked": True, "handover_proposed": False}
        changed = sorted(field for field, value in now.items() if getattr(community, field) != value)
        for field in changed:
            setattr(community, field, now[field])
        if not changed:
            return
        session.flush()
        changes.number(session, office_id, [changes.Touched("community", community_id, community_id)])
        audit.record(
            session, "households:community:checked", community_id, office_id=office_id, by=by, at=at, fields=changed
        )
        if not names.keys().isdisjoint(changed):
            homes = session.scalars(select(Household.id).where(Household.community_id == community_id)).all()
            for some in changes.in_slices(homes, 500):
                find_again(session, some)


def _check_unused(session: Session, community: Community, names: dict[str, str]) -> None:
    """Raises Refused ``community.name_used`` where another community is called so in either script."""
    for other in communities_of(session, community.office_id):
        taken = {squeeze(other.name_hans), squeeze(other.name_hant)}
        for field, name in names.items():
            if other.id != community.id and squeeze(name) in taken:
                raise Refused("community.name_used", field)
