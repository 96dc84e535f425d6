"""A letter on its way, made as people make it: opinions, an issue with measures, a draft, both halves read."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.core.db import db, writing
from portal.opinions import issues
from portal.opinions.models import Opinion
from portal.opinions.service import NewContact, NewOpinion, record_contacts
from portal.publishing import approval, drafting, release, wording
from portal.publishing.halves import open_doubts
from portal.publishing.models import Publication, Wording
from tests.factories import AT, Estate

LATER = AT + timedelta(days=2)


def opinions(
    estate: Estate, rooms: Sequence[str], content: str = "电梯夜间有响声", category: str = "lift"
) -> list[UUID]:
    record_contacts(
        [
            NewContact("phone", (NewOpinion("suggestion", content, category),), estate.households[room], person="本人")
            for room in rooms
        ],
        by=estate.actor("front_desk"),
        at=AT,
    )
    return list(db.session.scalars(select(Opinion.id).where(Opinion.content == content)))


def issue(estate: Estate, title: str = "电梯夜间异响", rooms: Sequence[str] = ("101", "102", "203")) -> UUID:
    made = issues.open_issue(
        title, "lift", opinions(estate, rooms, f"{title}，请处理"), by=estate.actor("supervisor"), at=AT
    )
    issues.word_issue(made, title, "经检查，是导靴磨损。", by=estate.actor("supervisor"), at=AT)
    issues.name_measure(
        made, "更换两部电梯的导靴，换好后请反映的住户再听一听", department_id=estate.departments["engineering"],
        due_on=date(2026, 3, 28), by=estate.actor("supervisor"), at=AT,
    )  # fmt: skip
    issues.name_measure(
        made, "请维保公司每月检查一次", department_id=None, actor="contractor", due_kind="recurring",
        due_on=date(2026, 4, 15), by=estate.actor("supervisor"), at=AT,
    )  # fmt: skip
    return made


def draft(estate: Estate, issue_ids: Sequence[UUID] | None = None) -> UUID:
    return drafting.draft_letter(issue_ids or [issue(estate)], by=estate.actor("supervisor"), at=AT)


def get(publication_id: UUID) -> Publication:
    db.session.rollback()
    found = db.session.get(Publication, publication_id)
    assert found is not None
    return found


def text(publication_id: UUID, field: str) -> Wording:
    publication = get(publication_id)
    found = db.session.scalars(
        select(Wording)
        .where(Wording.publication_id == publication_id, Wording.version == publication.version, Wording.field == field)
        .order_by(Wording.id)
    ).first()
    assert found is not None
    return found


def settle_all(estate: Estate, publication_id: UUID) -> int:
    """Confirm every doubtful place as it stands; returns how many there were."""
    settled = 0
    while True:
        publication = get(publication_id)
        waiting = [
            (w.id, open_doubts(w)[0])
            for w in db.session.scalars(
                select(Wording).where(Wording.publication_id == publication_id, Wording.version == publication.version)
            )
            if open_doubts(w)
        ]
        if not waiting:
            return settled
        wording_id, doubt = waiting[0]
        wording.settle(
            publication_id, wording_id, doubt["start"], doubt["end"], doubt["out"], revision=None,
            by=estate.actor("supervisor"), at=AT,
        )  # fmt: skip
        settled += 1


def checked(estate: Estate, publication_id: UUID | None = None) -> UUID:
    made = publication_id or draft(estate)
    settle_all(estate, made)
    for script in ("zh-Hans", "zh-Hant"):
        approval.check(made, script, revision=None, by=estate.actor("second_supervisor"), at=AT)
    return made


def approved(estate: Estate, publication_id: UUID | None = None) -> UUID:
    made = checked(estate, publication_id)
    approval.approve(made, revision=get(made).revision, by=estate.actor("management_representative"), at=LATER)
    return made


def published(estate: Estate, publication_id: UUID | None = None) -> UUID:
    made = approved(estate, publication_id)
    release.publish(made, revision=get(made).revision, by=estate.actor("manager"), at=LATER)
    return made


def add_line(estate: Estate) -> None:
    from portal.accounts.models import OfficeLine

    with writing() as session:
        session.add(
            OfficeLine(
                office_id=estate.office_id,
                kind="duty",
                number="0000-0001",
                hours_hans="随时",
                hours_hant="隨時",
                position=0,
            )
        )
