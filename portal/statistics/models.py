"""Statistics sheets as they were made: the bytes stay, with the hash of the figures they show (SV-25)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.core.ids import new_id


class Report(Model):
    """A satisfaction report as PDF in one language; ``figures_hash`` covers the counts it was made from."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_campaign", "campaign_id", "language", "made_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    language: Mapped[str]  # zh_Hans | zh_Hant | en
    figures_hash: Mapped[str]
    sha256: Mapped[str]  # of the PDF, in the store
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
