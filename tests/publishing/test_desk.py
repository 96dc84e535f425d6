"""The wording page through the front door: every act as its form sends it, what is refused comes back with its reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.publishing.halves import open_doubts
from portal.publishing.models import Publication
from tests.client import PortalClient
from tests.factories import Estate
from tests.publishing import letters
from tests.publishing.test_wording import LEAKY

SignIn = Callable[[str], PortalClient]


def act(client: PortalClient, made: UUID, path: str, status: int = 303, **fields: Any) -> str:
    data = {"revision": letters.get(made).revision, **fields}
    return client.send(f"/desk/letters/{made}/{path}", data, status=status).get_data(as_text=True)


def representative(app: Flask, estate: Estate) -> PortalClient:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    client.become(estate.staff["management_representative"], office_id=estate.office_id)
    return client


def test_a_letter_is_drafted_worded_checked_approved_and_published_on_screen(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    issue = letters.issue(estate)
    client = sign_in("supervisor")
    answer = client.send("/desk/letters/new", {"issues": str(issue)})
    made = db.session.scalars(select(Publication.id)).one()
    assert answer.headers["Location"].endswith(f"/desk/letters/{made}")
    act(client, made, f"texts/{letters.text(made, 'explanation').id}/source", text=LEAKY)
    page = client.page(f"/desk/letters/{made}")
    assert [e.text for e in page.all("mark")] == ["表", "採", "余"]
    assert "有待定的字" in page.text("aside")
    refused = act(client, made, "check/zh-Hant", 422)
    assert "还有 1 处须先改好" in refused
    while doubts := open_doubts(letters.text(made, "explanation")):
        d = doubts[0]
        act(
            client,
            made,
            f"texts/{letters.text(made, 'explanation').id}/settle",
            start=d["start"],
            end=d["end"],
            out=d["out"],
        )
    second = sign_in("manager")
    act(second, made, "check/zh-Hans")
    act(second, made, "check/zh-Hant")
    assert "等待管理者代表审批" in client.page(f"/desk/letters/{made}").text("main")
    boss = representative(app, estate)
    assert "批准并编号" in boss.page(f"/desk/letters/{made}").text("main")
    assert "关于电梯夜间异响的公开信" in boss.page("/desk/inbox").text("main")
    act(boss, made, "approve")
    act(client, made, "publish")
    page = client.page(f"/desk/letters/{made}")
    assert "已发布" in page.text("main") or "发布" in page.text("main")
    assert letters.get(made).public_version == 1


def test_an_older_page_is_answered_with_what_was_typed_and_409(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = letters.draft(estate)
    client = sign_in("supervisor")
    text = letters.text(made, "opening").id
    act(client, made, f"texts/{text}/source", text="先写的")
    html = act(client, made, f"texts/{text}/source", 409, text="后写的", revision=1)
    assert "后写的" in html and "有人刚改过这封信" in html
    assert letters.text(made, "opening").hans == "先写的"


def test_rows_and_promises_are_added_changed_and_taken_out(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = letters.draft(estate)
    client = sign_in("supervisor")
    act(client, made, "rows", brief="地库积水")
    row = letters.get(made).rows[1]
    terms = {"actor": "office", "department_id": str(estate.departments["engineering"]), "due_kind": "date"}
    html = act(client, made, f"rows/{row.id}/measures", 422, text="加装水泵", **terms)
    assert "请填写日期" in html and "加装水泵" in html
    act(client, made, f"rows/{row.id}/measures", text="加装水泵", due_on="2027-01-01", **terms)
    promise = letters.get(made).rows[1].commitments[0]
    act(
        client, made, f"measures/{promise.id}/terms", actor="owner", due_kind="span", due_from="2027-01-01",
        due_on="2027-02-01",
    )  # fmt: skip
    assert letters.get(made).rows[1].commitments[0].actor == "owner"
    act(client, made, f"rows/{row.id}/up")
    assert letters.get(made).rows[0].id == row.id
    act(client, made, f"measures/{promise.id}/remove")
    act(client, made, f"rows/{row.id}/remove")
    assert len(letters.get(made).rows) == 1
    html = act(client, made, "rows", 422, brief=" ")
    assert "请回答此项" in html or "请" in html


def test_personal_data_is_marked_where_it_stands_and_stops_the_check(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    made = letters.draft(estate)
    client = sign_in("supervisor")
    act(client, made, f"texts/{letters.text(made, 'explanation').id}/source", text="住1栋1单元302的陈文203家漏水")
    page = client.page(f"/desk/letters/{made}")
    marks = [e.text for e in page.all("mark")]
    assert {"1栋1单元302", "陈文203", "1棟1單元302"} <= set(marks)
    assert "房号 1栋1单元302" in page.text("aside")
    act(client, made, "check/zh-Hans", 422)


@pytest.mark.parametrize("role", ["front_desk", "qa", "director"])
def test_who_may_not_word_it_reads_it_without_buttons(app: Flask, estate: Estate, role: str) -> None:
    made = letters.draft(estate)
    client = app.test_client()
    assert isinstance(client, PortalClient)
    client.become(estate.staff[role], office_id=estate.office_id)
    page = client.page(f"/desk/letters/{made}")
    assert not [f for f in page.all("form") if f"/desk/letters/{made}" in f.get("action", "")]
    act(client, made, "rows", 403, brief="x")


def test_another_office_finds_no_letter_at_a_guessed_address(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = letters.draft(estate)
    assert sign_in("other_supervisor").get(f"/desk/letters/{made}").status_code == 404
    assert "关于电梯夜间异响的公开信" not in sign_in("other_supervisor").page("/desk/letters").text("main")


def test_lists_of_letters_and_promises_are_searched_in_either_script(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    letters.published(estate)
    client = sign_in("supervisor")
    assert "电梯夜间异响" in client.page("/desk/letters?q=電梯").text("main")
    assert "导靴" in client.page("/desk/promises?q=導靴").text("main")
    assert "导靴" not in client.page("/desk/promises?state=verify").text("main")
    for language in ("zh-TW", "en"):
        client.page("/desk/promises", language=language)
