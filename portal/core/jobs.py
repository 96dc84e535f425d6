"""Long work in slices: a table of jobs, claimed by a worker beside the web server, each repeatable without harm."""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import clock
from portal.core.db import Json, Model, db, writing
from portal.core.ids import new_id

STANDING = "standing"  # the key of work that nobody asks for: it comes round by itself
LEASE = timedelta(minutes=5)  # after this a job whose worker died is taken by another
log = logging.getLogger(__name__)

Slice = Callable[[UUID, Any, int], tuple[int, bool]]
"""Do one slice: (id, arguments, cursor) → (new cursor, finished). Opens its own ``writing()``."""


class Job(Model):
    """One piece of long work; ``key`` makes asking twice one job; progress is ``done`` of ``total`` (None: unknown)."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_job_waiting", "status", "due_at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    key: Mapped[str]
    arguments: Mapped[Any] = mapped_column(Json)
    status: Mapped[str] = mapped_column(default="waiting")  # waiting | working | done | failed
    cursor: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]


def ask(session: Session, kind: str, key: str, arguments: Any, *, at: datetime, again: bool = False) -> UUID:
    """Ask for work once per key; ``again`` starts a finished or failed one anew."""
    found = session.scalar(select(Job).where(Job.kind == kind, Job.key == key).with_for_update())
    if found is None:
        found = Job(kind=kind, key=key, arguments=arguments, due_at=at)
        session.add(found)
        session.flush()
    elif again and found.status in ("done", "failed"):
        found.status, found.cursor, found.done, found.attempts = "waiting", 0, 0, 0
        found.problem, found.due_at, found.arguments = None, at, arguments
    return found.id


def progress(job_id: UUID, done: int, total: int | None = None) -> None:
    """Tell how far a job has come; shown on its page."""
    with writing() as session:
        job = session.get_one(Job, job_id)
        job.done = done
        job.total = total if total is not None else job.total


Claimed = tuple[UUID, str, Any, int]


def _claim(at: datetime) -> Claimed | None:
    with writing() as session:
        job = session.scalar(
            select(Job)
            .where(
                Job.due_at <= at,
                (Job.status == "waiting") | ((Job.status == "working") & (Job.claimed_until < at)),
            )
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.status, job.claimed_until = "working", at + LEASE
        return job.id, job.kind, job.arguments, job.cursor


def hold(session: Session, job_id: UUID, *, at: datetime) -> None:
    """Keep a job just asked for to this process, which works it with ``run_held``; if it dies, a worker goes on."""
    job = session.get_one(Job, job_id)
    job.status, job.claimed_until = "working", at + LEASE


def run_held(job_id: UUID, handlers: dict[str, Slice]) -> bool:
    """Work a job that ``hold`` kept, to its end; whether it got there."""
    with writing() as session:
        job = session.get_one(Job, job_id)
        claimed = job.id, job.kind, job.arguments, job.cursor
    _work_through(claimed, handlers, attempts=3)
    finished = db.session.get_one(Job, job_id).status == "done"
    db.session.rollback()
    return finished


def run_one(handlers: dict[str, Slice], *, attempts: int = 3) -> bool:
    """Claim one job and work it slice by slice to its end; False when nothing waits."""
    claimed = _claim(clock.now())
    if claimed is None:
        return False
    _work_through(claimed, handlers, attempts=attempts)
    return True


def _work_through(claimed: Claimed, handlers: dict[str, Slice], *, attempts: int) -> None:
    job_id, kind, arguments, cursor = claimed
    finished = False
    try:
        while not finished:
            cursor, finished = handlers[kind](job_id, arguments, cursor)
            with writing() as session:
                job = session.get_one(Job, job_id)
                job.cursor, job.claimed_until = cursor, clock.now() + LEASE
                if finished:
                    job.status, job.claimed_until = "done", None
    except Exception as problem:
        log.exception("job %s of kind %s failed", job_id, kind)
        with writing() as session:
            job = session.get_one(Job, job_id)
            job.attempts += 1
            job.problem = type(problem).__name__
            job.claimed_until = None
            job.status = "failed" if job.attempts >= attempts else "waiting"
            job.due_at = clock.now() + timedelta(seconds=2**job.attempts)
    finally:
        db.session.remove()


def ask_standing(kinds: Iterable[str], *, hour: datetime) -> None:
    """Ask for the work that comes round by itself, each kind once an hour however many workers there are."""
    try:
        with writing() as session:
            for kind in kinds:
                due = session.scalar(select(Job.due_at).where(Job.kind == kind, Job.key == STANDING))
                if due is None or due < hour:
                    ask(session, kind, STANDING, {}, at=hour, again=True)
    except IntegrityError:
        log.info("another worker asked for the standing work first")


def work(
    handlers: dict[str, Slice], *, standing: Iterable[str] = (), until_empty: bool = False, pause: float = 1.0
) -> int:
    """Work jobs as they come, and those kinds of ``standing`` every hour; with ``until_empty`` return when none waits.

    Returns how many were worked.
    """
    worked, asked = 0, None
    while True:
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        if hour != asked:
            ask_standing(standing, hour=hour)
            asked = hour
        if run_one(handlers):
            worked += 1
        elif until_empty:
            return worked
        else:
            time.sleep(pause)
