"""What a survey raised was answered in public: the step "open letter" of its timeline is done by itself (SV-11, SV-16)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.policy import zone_of
from portal.core.clock import day_at
from portal.opinions.models import Opinion
from portal.surveys import fieldwork
from portal.surveys.models import Answer, Campaign

LETTER = "open_letter"


def note_letter(*, session: Session, issue_ids: Sequence[UUID], by: UUID, at: datetime) -> None:
    """A letter on these issues went out: the closed surveys whose remarks are among them have their letter."""
    remarks = (
        select(Answer.campaign_id)
        .join(Opinion, Opinion.id == Answer.opinion_id)
        .where(Opinion.issue_id.in_(issue_ids))
        .distinct()
    )
    rows = session.execute(
        select(Campaign.id, Campaign.office_id)
        .where(Campaign.id.in_(remarks), Campaign.status == "closed")
        .order_by(Campaign.id)
    ).all()
    for row in rows:
        fieldwork.note_step(session, row.id, LETTER, day_at(at, zone_of(session, row.office_id)), by=by, at=at)
