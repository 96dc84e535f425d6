"""One definition of due, overdue, never visited and covered: the list, the drawing, the plan and the count agree (VS-03)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db, writing
from portal.domain.policy import DEFAULT
from portal.households.models import Household
from portal.households.standing import conditions, standing
from portal.visits.queries import coverage
from tests.client import PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]


def visited_long_and_short_ago(estate: Estate) -> None:
    """Two never, one vacant and never, one renovating and never; the others from today back to half a year ago."""
    today = clock.day_at(clock.now(), "Asia/Shanghai")
    with writing() as session:
        homes = session.scalars(select(Household).where(Household.building_id == estate.building_id)).all()
        for n, home in enumerate(sorted(homes, key=lambda h: h.room)[2:]):
            home.last_visit_on = today - timedelta(days=18 * n + 1)
        for home, occupancy in zip(sorted(homes, key=lambda h: h.room)[1:3], ("renovating", "vacant"), strict=True):
            home.occupancy = occupancy


def test_one_household_and_the_database_are_told_the_same(app: Flask, estate: Estate) -> None:
    visited_long_and_short_ago(estate)
    today = clock.day_at(clock.now(), "Asia/Shanghai")
    for shift in range(-120, 121, 8):
        day = today + timedelta(days=shift)
        who = conditions(DEFAULT, day)
        for home in db.session.scalars(select(Household).where(Household.building_id == estate.building_id)).all():
            told = standing(home.occupancy, home.last_visit_on, DEFAULT, day)
            said = {
                name: db.session.scalar(select(Household.id).where(Household.id == home.id, getattr(who, name)))
                is not None
                for name in ("never", "overdue", "covered", "due_soon", "to_visit")
            }
            assert said == {
                "never": told.state == "due" and told.due is None, "overdue": told.state == "overdue",
                "covered": told.covered, "due_soon": told.state == "due" and told.due is not None,
                "to_visit": told.state != "vacant",
            }  # fmt: skip


def test_list_drawing_plan_and_count_tell_the_same_numbers(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    visited_long_and_short_ago(estate)
    today = clock.day_at(clock.now(), "Asia/Shanghai")
    *_, total = coverage(db.session(), estate.office_id, today, DEFAULT)
    client = sign_in("supervisor")
    listed = Counter(
        {
            state: len(client.page(f"/desk/households?visit={state}").all("tr")[1:])
            for state in ("never", "overdue", "due")
        }
    )
    assert (listed["never"], listed["overdue"]) == (total.never, total.overdue)
    assert listed["due"] == total.waiting + total.due_soon
    drawn = client.page(f"/desk/households/communities/{estate.community_id}").words
    assert f"{total.covered} / {total.households}" in drawn
    assert f"{total.waiting}" in client.page("/desk/plans", language="zh-CN").text("main")
    assert total.covered + total.waiting == total.households and total.never and total.overdue and total.due_soon
