"""The tablet's promise, in a real browser: filled without a network, closed, opened again, sent by itself when it is back."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Response, request
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core.facts import Fact
from portal.core.storage import Blob
from portal.opinions.models import Opinion
from portal.visits.models import Visit
from tests.browser.tablet import (
    Office,
    Tablet,
    add_opinion,
    choose,
    go,
    onward,
    photo,
    saved,
    shown,
    sign,
    write,
)

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


def sent(page: Page) -> None:
    """Nothing is left on the tablet that has not been proven to have arrived."""
    go(page, "outbox")
    expect(page.locator("[data-slot=headline]")).to_have_text("全部已送达", timeout=20_000)


def begin(page: Page, room: str) -> None:
    """From the plan to the first question in two taps."""
    stop = page.locator(".plan li", has_text=room).last
    if stop.locator("[data-slot=begin]").count():
        stop.locator("[data-slot=begin]").click()
    else:
        stop.locator("a").click()
        shown(page, "household")
        page.click("[data-slot=begin]")
    shown(page, "visit")


def test_a_visit_filled_offline_survives_the_browser_and_goes_up_by_itself(
    office: Office, tablet: Make, tmp_path: Path
) -> None:
    office.plan("101", "202", brief="本月电梯钢丝绳已更换。")
    mine = tablet()
    page = mine.enrol()
    expect(page.locator("[data-slot=sum]")).to_contain_text("今日 2 户")
    mine.offline()
    begin(page, "202")
    onward(page)
    choose(page, "briefing", "all")
    onward(page)
    first = add_opinion(page, "repair", "10 楼走廊窗户关不严，下雨天会飘水进来")
    page.locator(f'[data-path="opinions/{first}/photos"] input[type=file]').set_input_files(photo(tmp_path / "a.jpg"))
    expect(page.locator(f'[data-path="opinions/{first}/photos"] figure img')).to_have_count(1)
    second = add_opinion(page, "praise", "夜班保安帮父亲提菜上楼", answered="谢谢您")
    saved(page)
    mine.close()

    page = mine.open(offline=True)
    shown(page, "today")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    begin(page, "202")
    expect(page.locator('[aria-current="step"]').first).to_contain_text("意见")
    kept = page.locator(f'[data-member="{first}"]')
    expect(kept.locator("[data-slot=summary-words]")).to_have_text("10 楼走廊窗户关不严，下雨天会飘水进来")
    kept.locator("[data-act=open]").click()
    expect(page.locator(f'[data-path="opinions/{first}/photos"] figure img')).to_have_count(1)
    expect(page.locator(f'[data-member="{second}"] [data-slot=summary-kind]')).to_have_text("表扬")
    onward(page)
    choose(page, "ratings/overall", "satisfied")
    onward(page)
    sign(page)
    sign(page, ".field--ink")
    write(page, "remark", "约好月底再来")
    saved(page)
    onward(page)
    shown(page, "today")
    expect(page.locator("[data-slot=unsent-words]")).to_have_text("1 条待上传")
    with office.session() as session:
        assert session.scalars(select(Visit)).all() == []

    mine.offline(False)
    sent(page)
    with office.session() as session:
        check_arrived(session, office, first, second)


def test_it_calls_itself_ready_only_when_the_next_page_comes_from_the_tablet(office: Office, tablet: Make) -> None:
    """The worker is made to take its time between being there and taking over the page that is open."""
    served = office.app.view_functions["field.worker"]

    def slow(**given: Any) -> Response:
        request.environ["HTTP_ACCEPT_ENCODING"] = "identity"
        answer = office.app.make_response(served(**given))
        told = answer.get_data(as_text=True)
        assert "sweep().then(" in told
        answer.set_data(told.replace("sweep().then(", "new Promise((go) => setTimeout(go, 1500)).then(sweep).then("))
        return answer

    office.app.view_functions["field.worker"] = slow
    page = tablet().open()
    page.locator("html[data-offline=ready]").wait_for(state="attached", timeout=20_000)
    assert page.evaluate("() => Boolean(navigator.serviceWorker.controller)")


def check_arrived(session: Any, office: Office, first: str, second: str) -> None:
    visit = session.scalars(select(Visit)).one()
    assert (visit.household_id, visit.outcome, visit.satisfaction) == (
        office.estate.households["202"],
        "met",
        "satisfied",
    )
    assert visit.author_id == office.estate.staff["field_staff"]
    fact = session.get_one(Fact, visit.id)
    assert fact.status == "stored"
    told = json.loads(fact.payload)
    assert [(o["id"], o["kind"]) for o in told["body"]["opinions"]] == [(first, "repair"), (second, "praise")]
    assert told["body"]["remark"] == "约好月底再来"
    roles = [each["role"] for each in told["attachments"]]
    assert sorted(roles) == ["photo", "resident_signature", "staff_signature"]
    assert {str(o.id) for o in session.scalars(select(Opinion))} == {first, second}
    store = office.app.extensions["store"]
    for each in told["attachments"]:
        assert session.scalar(select(Blob.sha256).where(Blob.sha256 == each["sha256"])) == each["sha256"]
        content = store.read(each["sha256"])
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert len(content) == each["size"] <= (300 * 1024 if each["role"] == "photo" else 16 * 1024)
    assert told["body"]["opinions"][0]["photos"] == [a["sha256"] for a in told["attachments"] if a["role"] == "photo"]
    assert told["body"]["resident_signature"] in [a["sha256"] for a in told["attachments"]]
