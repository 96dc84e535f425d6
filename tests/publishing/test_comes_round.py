"""A promise that recurs opens again on the day of its next check, because the worker of the installation looks every hour."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from portal.cli import cli
from portal.core.changes import Change
from portal.core.db import db
from portal.core.jobs import Job, ask_standing
from portal.publishing import commitments
from portal.publishing.recurring import KIND
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.publishing import letters
from tests.publishing.test_commitments import WORDS, promise

SignIn = Callable[[str], PortalClient]
SOON, FAR = date(2026, 3, 8), date(2999, 1, 1)


def verified(estate: Estate, next_on: date) -> None:
    commitments.report_done(
        promise("recurring").id, WORDS, letters.LATER.date(), next_on=next_on, revision=promise("recurring").revision,
        by=estate.actor("supervisor"), at=letters.LATER,
    )  # fmt: skip
    commitments.verify(
        promise("recurring").id, holds=True, remark="", revision=promise("recurring").revision, by=estate.actor("qa"),
        at=letters.LATER,
    )  # fmt: skip


def jobs_run(app: Flask) -> None:
    cli.main(["jobs", "run"], standalone_mode=False, obj=lambda: app)


def newest(estate: Estate) -> int:
    db.session.rollback()
    found = db.session.scalars(
        select(Change.seq).where(Change.office_id == estate.office_id).order_by(Change.seq)
    ).all()
    return found[-1]


def test_on_the_day_of_its_check_a_promise_is_open_again_and_tablets_hear_of_it(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    letters.published(estate)
    verified(estate, SOON)
    before = newest(estate)
    jobs_run(app)
    assert promise("recurring").status == "open"
    assert newest(estate) > before
    page = sign_in("supervisor").page(f"/desk/promises/{promise('recurring').id}")
    assert "报告办结" in page.words or "办结" in page.words


def test_before_that_day_it_stays_verified(app: Flask, estate: Estate) -> None:
    letters.published(estate)
    verified(estate, FAR)
    jobs_run(app)
    assert promise("recurring").status == "verified"


def test_a_letter_that_was_taken_down_promises_nothing_any_more(app: Flask, estate: Estate) -> None:
    from portal.publishing import release

    made = letters.published(estate)
    verified(estate, SOON)
    release.take_down(made, revision=None, by=estate.actor("manager"), at=letters.LATER)
    jobs_run(app)
    assert promise("recurring").status == "verified"


@pytest.mark.parametrize(("hour", "asked"), [(AT.hour, "done"), (AT.hour + 1, "waiting")])
def test_it_is_asked_for_once_an_hour(app: Flask, estate: Estate, hour: int, asked: str) -> None:
    from portal.core import jobs
    from portal.core.registry import registry

    def standing(at: datetime) -> str:
        ask_standing([KIND], hour=at)
        db.session.rollback()
        return db.session.scalars(select(Job.status).where(Job.kind == KIND)).one()

    first = AT.replace(minute=0)
    assert standing(first) == "waiting"
    db.session.rollback()
    assert jobs.run_one(registry().jobs)
    assert standing(first.replace(hour=hour)) == asked
