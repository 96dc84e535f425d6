"""A published letter is put up on boards and taken off again, each with place, person and time (PB-03)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.audit import Event
from portal.core.db import db
from portal.publishing import release
from portal.publishing.models import Posting
from tests.client import Page, PortalClient
from tests.factories import Estate
from tests.publishing import letters

SignIn = Callable[[str], PortalClient]
PLACE = "1栋1单元大堂"


def postings() -> list[Posting]:
    db.session.rollback()
    return list(db.session.scalars(select(Posting).order_by(Posting.at, Posting.id)))


def put_up(client: PortalClient, made: UUID, place: str = PLACE, status: int = 303, **more: str) -> Page | None:
    answer = client.send(f"/desk/letters/{made}/postings", {"place": place, **more}, status=status)
    return Page(answer) if status != 303 else None


def test_who_put_it_up_where_and_when_stands_with_the_letter(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = letters.published(estate)
    client = sign_in("field_staff")
    assert "还没有张贴" in client.page(f"/desk/letters/{made}").text("aside")
    put_up(client, made)
    put_up(client, made, "南门公告栏", put_up_at="2026-03-08T09:30")
    first, second = postings()
    assert (first.place, first.at.isoformat()) == ("南门公告栏", "2026-03-08T01:30:00+00:00")
    assert (second.place, second.by_id) == (PLACE, estate.staff["field_staff"])
    words = client.page(f"/desk/letters/{made}").text("aside")
    assert PLACE in words and "南门公告栏" in words and "field_staff 王" in words and "3月8日" in words
    client.send(f"/desk/letters/{made}/postings/{first.id}/off", {"revision": letters.get(made).revision})
    assert [each.down_at is None for each in postings()] == [False, True]
    names = db.session.scalars(
        select(Event.name).where(Event.name.like("publishing:posting:%")).order_by(Event.id)
    ).all()
    assert names == ["publishing:posting:put_up"] * 2 + ["publishing:posting:taken_off"]


def test_a_paper_that_still_hangs_after_the_letter_was_taken_down_is_marked(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    made = letters.published(estate)
    client = sign_in("supervisor")
    put_up(client, made)
    release.take_down(made, revision=None, by=estate.actor("manager"), at=letters.LATER + timedelta(days=30))
    assert "仍在张贴" in client.page(f"/desk/letters/{made}").text("aside")
    client.send(f"/desk/letters/{made}/postings/{postings()[0].id}/off", {"revision": letters.get(made).revision})
    assert "仍在张贴" not in client.page(f"/desk/letters/{made}").text("aside")


@pytest.mark.parametrize(
    ("more", "words"),
    [({"place": " "}, "请填写"), ({"put_up_at": "2999-01-01T08:00"}, "还没有到"), ({}, "已在此处张贴")],
)
def test_what_cannot_be_is_refused_in_words(
    app: Flask, estate: Estate, sign_in: SignIn, more: dict[str, str], words: str
) -> None:
    made = letters.published(estate)
    client = sign_in("front_desk")
    if not more:
        put_up(client, made)
    page = put_up(client, made, status=422, **more)
    assert page is not None and words in page.text("aside")
    assert len(postings()) == (0 if more else 1)


def test_only_a_published_letter_by_the_office_s_own_people(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = letters.approved(estate)
    put_up(sign_in("supervisor"), made, status=422)
    sign_in("other_supervisor").send(f"/desk/letters/{made}/postings", {"place": PLACE}, status=404)
    sign_in("director").send(f"/desk/letters/{made}/postings", {"place": PLACE}, status=403)
    assert postings() == [] and clock.now()
