"""The list of visits and the page of one: found, read, signed, returned, changed meanwhile, on paper."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.core.db import db, writing
from portal.core.documents.fonts import fonts_ready
from portal.core.jobs import Job
from portal.core.storage import Attachment, Blob
from portal.signoff.models import Approval, Signature
from portal.visits import views
from portal.visits.models import Visit
from portal.visits.service import record_visits
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.facts import attempt_body, correction_body, opinion, received, visit_body

HOSTILE = "<img src=x onerror=alert(1)>\"'{{7*7}}"
SignIn = Callable[[str], PortalClient]
Visited = Callable[..., UUID]


def seen(visit_id: UUID) -> dict[str, str]:
    approval = db.session.scalars(select(Approval).where(Approval.record_id == visit_id)).one()
    return {"revision": str(approval.revision), "step": str(approval.step)}


def correct(estate: Estate, visit_id: UUID, **changed: Any) -> None:
    visit = db.session.get_one(Visit, visit_id)
    body = correction_body(visit.body, "已补正", **changed)
    fact = received(
        estate,
        body,
        kind="correction",
        form="correction@1",
        base=1,
        subject=visit_id,
        occurred_at=AT + timedelta(hours=5),
    )
    record_visits([fact], by=estate.actor("field_staff"), at=AT + timedelta(hours=5))


@pytest.fixture
def several(estate: Estate, visited: Visited) -> dict[str, UUID]:
    said = [opinion(content="单车棚渗水，一下雨就积水", category="maintenance")]
    return {
        "leak": visited("101", hours=1, opinions=said),
        "plain": visited(
            "203", "second_field_staff", hours=30, type="special", method="phone", no_signature_because=None
        ),
        "nobody": visited("304", hours=50, body=attempt_body(estate, again_on="2026-03-20"), form="attempt@1"),
    }


def rooms(client: PortalClient, query: str) -> list[str]:
    page = client.page(f"/desk/visits{query}")
    bodies = page.all("tbody")
    return ["".join(next(iter(tr.iter("th"))).itertext()).strip()[-3:] for tr in bodies[0].iter("tr")] if bodies else []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["304", "203", "101"]),
        ("?sort=occurred", ["101", "203", "304"]),
        ("?sort=-received", ["304", "203", "101"]),
        ("?q=渗水", ["101"]),
        ("?q=滲水", ["101"]),
        ("?q=單車棚", ["101"]),
        ("?q=203", ["203"]),
        ("?outcome=not_in", ["304"]),
        ("?status=received&type=special", ["203"]),
        ("?type=regular", ["304", "101"]),
        ("?from=2026-03-06&until=2026-03-06", ["203"]),
        ("?until=2026-03-05", ["101"]),
        ("?q=陈文&outcome=met&sort=occurred", ["101", "203"]),
        ("?q=没有这回事", []),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    app: Flask, several: dict[str, UUID], sign_in: SignIn, query: str, found: list[str]
) -> None:
    assert rooms(sign_in("supervisor"), query) == found


def test_the_list_is_filtered_by_author_and_community(
    app: Flask, estate: Estate, several: dict[str, UUID], sign_in: SignIn
) -> None:
    client = sign_in("director")
    assert rooms(client, f"?author={estate.staff['second_field_staff']}") == ["203"]
    assert rooms(client, f"?community={estate.community_id}&author={estate.staff['field_staff']}") == ["304", "101"]


def test_the_export_has_every_visit_with_its_three_times(app: Flask, several: dict[str, UUID], sign_in: SignIn) -> None:
    client = sign_in("manager")
    client.send("/settings/language/zh_Hant")
    answer = client.send("/desk/visits/export", {"kind": "xlsx", "sort": "occurred"}, status=200)
    grid = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)
    assert "房號" in grid[0] and "房号" not in grid[0]
    assert [row[1][-3:] for row in grid[1:]] == ["101", "203", "304"]
    assert grid[1][0].year == 2026  # a real date


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_the_record_shows_what_its_form_asked(
    app: Flask, several: dict[str, UUID], sign_in: SignIn, language: str
) -> None:
    client = sign_in("supervisor")
    client.send(f"/settings/language/{language}")
    words = client.page(f"/desk/visits/{several['leak']}").words
    own = {
        "zh_Hans": ("定期走访", "总体评价", "满意"),
        "zh_Hant": ("定期走訪", "總體評價", "滿意"),
        "en": ("Regular visit", "Overall", "Satisfied"),
    }
    for told in ("单车棚渗水", *own[language]):
        assert told in words, told


def test_signing_moves_the_record_along_its_chain(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    visit_id = visited()
    for login in ("supervisor", "manager", "director"):
        client = sign_in(login)
        assert client.page(f"/desk/visits/{visit_id}").html.count("data-sign") == 1
        client.send(f"/desk/visits/{visit_id}/sign", seen(visit_id))
        db.session.rollback()
    assert db.session.get_one(Visit, visit_id).status == "closed"
    assert sign_in("director").page(f"/desk/visits/{visit_id}").html.count("data-sign") == 0


@pytest.mark.parametrize("login", ["field_staff", "front_desk", "qa", "executive"])
def test_who_may_not_sign_is_refused(app: Flask, estate: Estate, visited: Visited, sign_in: SignIn, login: str) -> None:
    visit_id = visited()
    sign_in(login).send(f"/desk/visits/{visit_id}/sign", seen(visit_id), status=403)
    assert db.session.scalar(select(Signature.id)) is None


def test_another_step_is_not_mine_to_sign(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited()
    client = sign_in("manager")
    assert "data-sign" not in client.page(f"/desk/visits/{visit_id}").html
    client.send(f"/desk/visits/{visit_id}/sign", seen(visit_id), status=403)


def test_a_record_of_my_own_is_signed_by_another(app: Flask, estate: Estate, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited(author="supervisor")
    client = sign_in("supervisor")
    assert "data-sign" not in client.page(f"/desk/visits/{visit_id}").html
    client.send(f"/desk/visits/{visit_id}/sign", seen(visit_id), status=403)
    sign_in("second_supervisor").send(f"/desk/visits/{visit_id}/sign", seen(visit_id))


def test_a_returned_visit_shows_the_reason_beside_its_fields_and_what_changed_since(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    visit_id = visited()
    member = db.session.get_one(Visit, visit_id).body["opinions"][0]["id"]
    client = sign_in("supervisor")
    where = f"/opinions/{member}/content"
    client.send(
        f"/desk/visits/{visit_id}/return", {**seen(visit_id), "comment": "异响在哪一层？", f"field:{where}": "写明楼层"}
    )
    author = sign_in("field_staff").page(f"/desk/visits/{visit_id}", language="zh-CN")
    assert "异响在哪一层？" in author.words and "写明楼层" in author.words
    body = db.session.get_one(Visit, visit_id).body
    correct(estate, visit_id, opinions=[{**body["opinions"][0], "content": "十四层夜里有异响"}, body["opinions"][1]])
    page = client.page(f"/desk/visits/{visit_id}", language="zh-CN")
    assert [e.text or "".join(e.itertext()) for e in page.all("del")] and "十四层夜里有异响" in page.words
    assert any("电梯夜间有异响" in "".join(e.itertext()) for e in page.all("del"))
    assert any("十四层夜里有异响" in "".join(e.itertext()) for e in page.all("ins"))


def test_returning_asks_for_a_reason_and_keeps_what_was_typed(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited()
    answer = sign_in("supervisor").send(
        f"/desk/visits/{visit_id}/return",
        {**seen(visit_id), "comment": " ", "field:/method": "电话还是上门？"},
        status=422,
    )
    assert "电话还是上门？" in answer.get_data(as_text=True)
    assert db.session.scalar(select(Signature.id)) is None


def test_a_stale_revision_is_told_with_its_difference_and_nothing_is_signed(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    visit_id = visited()
    first, second = sign_in("supervisor"), sign_in("second_supervisor")
    before = seen(visit_id)
    second.send(f"/desk/visits/{visit_id}/return", {**before, "comment": "补楼层"})
    body = db.session.get_one(Visit, visit_id).body
    correct(estate, visit_id, opinions=[{**body["opinions"][0], "content": "十四层夜里有异响"}, body["opinions"][1]])
    answer = first.send(f"/desk/visits/{visit_id}/sign", before, status=409)
    html = answer.get_data(as_text=True)
    assert "十四层夜里有异响" in html and "电梯夜间有异响" in html and "补楼层" in html
    assert db.session.scalars(select(Signature.decision)).all() == ["returned"]


def test_who_comes_second_is_told_who_was_first(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited()
    before = seen(visit_id)
    sign_in("second_supervisor").send(f"/desk/visits/{visit_id}/sign", before)
    answer = sign_in("supervisor").send(f"/desk/visits/{visit_id}/sign", before, status=409)
    assert "second_supervisor 王" in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(Signature)).all()) == 1


@pytest.mark.parametrize("data", [{}, {"revision": "x", "step": "1"}, {"revision": "1"}])
def test_signing_without_saying_what_was_seen_is_refused(
    app: Flask, visited: Visited, sign_in: SignIn, data: dict[str, str]
) -> None:
    sign_in("supervisor").send(f"/desk/visits/{visited()}/sign", data, status=400)


def picture(
    estate: Estate, app: Flask, colour: str = "teal", *, kind: str = "image/png", role: str = "photo"
) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    sha256 = app.extensions["store"].put(out.getvalue())
    with writing() as session:
        session.add(
            Blob(office_id=estate.office_id, sha256=sha256, size=len(out.getvalue()), type=kind, received_at=AT)
        )
    return {"sha256": sha256, "size": len(out.getvalue()), "type": kind, "role": role}


def test_a_photo_is_served_to_its_office_only(app: Flask, estate: Estate, visited: Visited, sign_in: SignIn) -> None:
    photo = picture(estate, app)
    visit_id = visited(photos=[photo["sha256"]], attachments=[photo])
    attachment = db.session.scalars(select(Attachment).where(Attachment.owner_id == visit_id)).one()
    address = f"/desk/visits/{visit_id}/pictures/{attachment.id}"
    client = sign_in("supervisor")
    assert address in [img.get("src") for img in client.page(f"/desk/visits/{visit_id}").all("img")]
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert sign_in("other_supervisor").get(address).status_code == 404
    assert sign_in("department_head").get(address).status_code == 403
    assert client.get(f"/desk/visits/{visited('102')}/pictures/{attachment.id}").status_code == 404


def test_the_department_sees_the_photos_of_its_opinion_and_nothing_else_of_the_visit(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    leak, door = picture(estate, app), picture(estate, app, "brown")
    ours = opinion(photos=[leak["sha256"]], department=str(estate.departments["engineering"]))
    theirs = opinion(content="楼道灯太暗", department=str(estate.departments["security"]))
    visit_id = visited(opinions=[ours, theirs], photos=[door["sha256"]], attachments=[leak, door])
    found = db.session.scalars(select(Attachment).where(Attachment.owner_id == visit_id)).all()
    shown, hidden = (next(a.id for a in found if a.sha256 == each["sha256"]) for each in (leak, door))
    officer, address = sign_in("department_head"), f"/desk/opinions/{ours['id']}"
    page = officer.page(address)
    assert [img.get("src") for img in page.all("img")] == [f"{address}/pictures/{shown}"]
    assert f"/desk/visits/{visit_id}" not in [a.get("href") for a in page.all("a")]
    assert officer.get(f"{address}/pictures/{shown}").content_type == "image/png"
    assert officer.get(f"{address}/pictures/{hidden}").status_code == 404
    assert officer.get(f"/desk/opinions/{theirs['id']}/pictures/{shown}").status_code == 404
    assert f"/desk/visits/{visit_id}" in [a.get("href") for a in sign_in("supervisor").page(address).all("a")]


def test_the_signature_of_who_visited_stands_under_the_record(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    by = str(estate.staff["field_staff"])
    visit_id = visited(attachments=[picture(estate, app, role="staff_signature") | {"by": by}])
    attachment = db.session.scalars(select(Attachment).where(Attachment.owner_id == visit_id)).one()
    page = sign_in("supervisor").page(f"/desk/visits/{visit_id}", language="zh-CN")
    shown = {img.get("src"): img.get("alt") for img in page.all("img")}
    assert shown == {f"/desk/visits/{visit_id}/pictures/{attachment.id}": "field_staff 王"}
    assert "走访人签名" in page.words
    assert "走访人签名" not in sign_in("supervisor").page(f"/desk/visits/{visited('102')}", language="zh-CN").words


def test_what_is_no_picture_is_never_shown_as_a_page(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    photo = picture(estate, app)
    visit_id = visited(photos=[photo["sha256"]], attachments=[photo])
    with writing() as session:
        attachment = session.scalars(select(Attachment).where(Attachment.owner_id == visit_id)).one()
        attachment.type = "text/html"
        own = attachment.id
    answer = sign_in("supervisor").get(f"/desk/visits/{visit_id}/pictures/{own}")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_a_record_whose_photo_is_on_its_way_says_so_and_is_not_signed(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    photo = {"sha256": "ab" * 32, "size": 9, "type": "image/jpeg", "role": "photo"}
    visit_id = visited(photos=[photo["sha256"]], attachments=[photo], complete=False)
    client = sign_in("supervisor")
    page = client.page(f"/desk/visits/{visit_id}", language="zh-CN")
    assert "到齐后才能签字" in page.words and not page.all("img")
    client.send(f"/desk/visits/{visit_id}/sign", seen(visit_id), status=409)


@pytest.mark.parametrize("path", ["", "/record.pdf"])
def test_another_offices_visit_is_not_there(app: Flask, visited: Visited, sign_in: SignIn, path: str) -> None:
    visit_id = visited()
    client = sign_in("other_supervisor")
    client.page(f"/desk/visits/{visit_id}{path}", status=404)
    for act in ("sign", "return"):
        client.send(f"/desk/visits/{visit_id}/{act}", {**seen(visit_id), "comment": "x"}, status=404)
    assert rooms(client, "") == []


def test_hostile_text_stays_text(app: Flask, estate: Estate, visited: Visited, sign_in: SignIn) -> None:
    body = visit_body(
        estate, resident_name=HOSTILE, reported=HOSTILE, rating_remark=HOSTILE, remark=HOSTILE, purpose=HOSTILE,
        opinions=[opinion(content=HOSTILE, case_number=HOSTILE[:20], answered_at_once="yes", answered_with=HOSTILE)],
    )  # fmt: skip
    visit_id = visited(body=body)
    client = sign_in("supervisor")
    client.send(
        f"/desk/visits/{visit_id}/return",
        {**seen(visit_id), "comment": HOSTILE, "field:/remark": HOSTILE, f"field:/{HOSTILE}": HOSTILE},
    )
    correct(estate, visit_id, remark=HOSTILE * 2)
    for address in ("", "?q=" + HOSTILE, f"/{visit_id}"):
        page = client.page(f"/desk/visits{address}")
        assert not page.all("img") and "49" not in page.text("h1")
    assert client.page(f"/desk/visits/{visit_id}").words.count(HOSTILE.split('"')[0]) >= 5


def test_the_record_on_paper(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = picture(estate, app)
    visit_id = visited(photos=[photo["sha256"]], attachments=[photo])
    client = sign_in("supervisor")
    client.send(f"/desk/visits/{visit_id}/sign", seen(visit_id))
    if fonts_ready():
        answer = client.get(f"/desk/visits/{visit_id}/record.pdf")
        assert answer.data.startswith(b"%PDF") and answer.content_type == "application/pdf"
    monkeypatch.setattr(views, "fonts_ready", lambda: False)
    waiting = client.page(f"/desk/visits/{visit_id}/record.pdf", status=202, language="zh-CN")
    assert waiting.text("h1") == "正在准备 PDF"
    client.send("/desk/documents/prepare", {"next": f"/desk/visits/{visit_id}/record.pdf"})
    assert db.session.scalars(select(Job.kind)).all() == ["documents:fonts"]
    assert (
        client.send("/desk/documents/prepare", {"next": "https://evil.example/desk/"}).headers["Location"] == "/login"
    )


def test_the_words_of_the_paper_come_from_the_record(app: Flask, estate: Estate, visited: Visited) -> None:
    from portal.visits.paper import context_of
    from portal.visits.queries import record_of

    visit_id = visited()
    with app.test_request_context("/", headers={"Accept-Language": "zh-TW"}):
        from flask_login import login_user

        login_user(estate.actor("supervisor"))
        record = record_of(db.session(), estate.office_id, visit_id)
        assert record is not None
        told = context_of(db.session(), record)
    assert told["opinions"][0]["content"] == "电梯夜间有异响" and told["opinions"][0]["kind"] == "報修"
    assert told["unsigned_because"] and told["outcome"] and told["household"] == "1棟1單元 101"
    assert len(told["content_hash"]) == 64
