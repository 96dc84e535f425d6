"""After an upgrade, and after a form was published: quarantined facts are looked at again, by a job in slices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import changes, clock, jobs
from portal.core.db import writing
from portal.core.facts import Fact
from portal.sync import kept
from portal.sync.applying import wake
from portal.sync.office import reconsider

KIND = "sync_reexamine"
AT_ONCE = 50


def ask(session: Session, at: datetime, **_: Any) -> None:
    """Ask for it where there is anything in quarantine."""
    if session.scalar(select(Fact.id).where(Fact.status == "quarantined").limit(1)):
        jobs.ask(session, KIND, "all", {}, at=at, again=True)


def work(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """One slice; the cursor counts those that stay in quarantine."""
    at = clock.now()
    with writing() as session:
        changes.lock(session, session.scalars(select(Office.id)).all())
        ids = session.scalars(
            select(Fact.id).where(Fact.status == "quarantined").order_by(Fact.id).offset(cursor).limit(AT_ONCE)
        ).all()
        rows = list(kept.by_ids(session, ids, with_payload=True).values())
        applied = reconsider(session, rows, at=at)
        woken = wake(session, applied, scope=list({row.office_id for row in applied}), at=at)
        kept.tell(session, [*applied, *woken], by=None, at=at)
    return cursor + len(ids) - len(applied), len(ids) < AT_ONCE
