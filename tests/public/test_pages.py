"""What residents see: without login, without script, in both scripts, small, cacheable, and nothing that is not published."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db, writing
from portal.domain.script import leftovers
from portal.publishing import commitments, release, wording
from portal.publishing.models import Commitment, Edition, Publication
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.publishing import letters

SLUGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@pytest.fixture
def visitor(app: Flask, estate: Estate) -> PortalClient:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    return client


class Letter(NamedTuple):
    id: UUID
    public_id: str


def published(estate: Estate, **texts: str) -> Letter:
    letters.add_line(estate)
    made = letters.draft(estate)
    for field, text in texts.items():
        wording.save_source(
            made, letters.text(made, field).id, text, revision=None, by=estate.actor("supervisor"), at=AT
        )
    letters.published(estate, made)
    return Letter(made, letters.get(made).public_id)


def edition(script: str) -> Edition:
    return db.session.scalars(select(Edition).where(Edition.script == script).order_by(Edition.version.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_letter_is_read_by_anybody_in_its_own_script(
    app: Flask, estate: Estate, visitor: PortalClient, slug: str
) -> None:
    letter = published(estate)
    page = visitor.page(f"/{slug}/letters/{letter.public_id}")
    texts = edition(SLUGS[slug]).texts
    told = page.text("main")
    for words in (
        texts["title"],
        texts["number"],
        texts["salutation"],
        texts["opening"],
        texts["closing"],
        texts["office"],
    ):
        assert words in told
    for row in texts["rows"]:
        assert row["brief"] in told and row["explanation"] in told
        assert all(m["text"] in told for m in row["measures"])
    assert "0000-0001" in told
    names = "简繁體简体中文中文"
    assert not [c for c in leftovers(page.text("body"), SLUGS[slug]) if c not in names]
    assert page.all("html")[0].get("lang") == SLUGS[slug]


def test_english_readers_get_english_words_around_the_source(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    page = visitor.page(f"/en/letters/{letter.public_id}")
    assert "What you said, what we answer" in page.text("main")
    assert page.all("h1")[0].get("lang") == "zh-Hans"


def test_the_printed_address_leads_to_the_readers_language(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    for header, slug in (
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-hant"),
        ("zh-CN", "zh-hans"),
        ("en-GB", "en"),
        ("", "zh-hans"),
    ):
        answer = visitor.get(f"/p/{letter.public_id}", headers={"Accept-Language": header})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/{slug}/letters/{letter.public_id}")
        assert "Accept-Language" in answer.headers["Vary"]
        assert visitor.get("/", headers={"Accept-Language": header}).headers["Location"] == f"/{slug}/"


def test_what_is_not_published_is_nowhere(estate: Estate, visitor: PortalClient, app: Flask) -> None:
    for made in (letters.draft(estate), letters.checked(estate, letters.draft(estate, [letters.issue(estate, "地库积水", ("104",))])),
                 letters.approved(estate, letters.draft(estate, [letters.issue(estate, "外墙渗水", ("201",))]))):  # fmt: skip
        public_id = letters.get(made).public_id
        for address in (
            f"/p/{public_id}", f"/zh-hans/letters/{public_id}", f"/zh-hant/letters/{public_id}",
            f"/zh-hans/letters/{public_id}/letter.pdf", "/zh-hans/letters/zzzzzzzzzz",
        ):  # fmt: skip
            assert visitor.get(address).status_code == 404, address
        assert "没有公布过" in visitor.page(f"/zh-hans/verify/{public_id}/1").text("main")
        sealed = edition("zh-Hans")
        if sealed and sealed.content_sha256:
            assert "没有公布过" in visitor.page(f"/zh-hans/verify/{sealed.content_sha256[:32]}").text("main")
    home = visitor.page("/zh-hans/jinxiu/").text("main")
    assert "电梯" not in home and "外墙" not in home


def test_a_correction_under_way_shows_nothing_of_itself(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    made = letter.id
    release.correct(made, "日期写错了", revision=letters.get(made).revision, by=estate.actor("supervisor"), at=AT)
    wording.save_source(
        made, letters.text(made, "closing").id, "这是新的结尾", revision=None, by=estate.actor("supervisor"), at=AT
    )
    told = visitor.page(f"/zh-hans/letters/{letter.public_id}").text("main")
    assert "这是新的结尾" not in told and "第 1 版" in told and "日期写错了" not in told
    letters.published(estate, made)
    told = visitor.page(f"/zh-hans/letters/{letter.public_id}").text("main")
    assert "这是新的结尾" in told and "第 2 版" in told and "日期写错了" in told


def test_a_letter_taken_down_says_so_and_nothing_of_its_text(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    release.take_down(letter.id, revision=None, by=estate.actor("manager"), at=AT)
    page = visitor.page(f"/zh-hant/letters/{letter.public_id}", status=410)
    assert "電梯" not in page.text("body")
    assert "0000-0001" in page.text("main")
    assert visitor.get(f"/zh-hans/letters/{letter.public_id}/letter.pdf").status_code == 404
    assert "电梯" not in visitor.page("/zh-hans/jinxiu/").text("main")


def test_a_letter_is_gone_the_day_after_its_last_day_on_display(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    for last, status in ((clock.now().date() + timedelta(days=2), 200), (clock.now().date() - timedelta(days=2), 410)):
        with writing() as session:
            session.get_one(Publication, letter.id).take_down_on = last
        assert visitor.get(f"/zh-hans/letters/{letter.public_id}").status_code == status


def test_the_state_of_each_promise_is_told_in_words_with_its_past(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    at = clock.now()
    by = estate.actor("supervisor")

    def promise(kind: str) -> Commitment:
        db.session.rollback()
        return db.session.scalars(select(Commitment).where(Commitment.due_kind == kind)).one()

    def told(slug: str = "zh-hans") -> str:
        return re.sub(r"\s+", " ", visitor.page(f"/{slug}/letters/{letter.public_id}").text("main"))

    assert "已请求" in told()  # the contractor's is not ours to count
    late = (at.date() - date(2026, 3, 28)).days
    if late > 0:
        assert f"逾期 {late} 天" in told() or "逾期" in told()
    soon = at.date() + timedelta(days=20)
    commitments.change_date(
        promise("date").id,
        soon,
        commitments.Words("配件到货推迟", "配件到貨推遲"),
        revision=promise("date").revision,
        by=by,
        at=at,
    )
    assert "原定" in told() and "配件到货推迟" in told()
    assert "配件到貨推遲" in told("zh-hant")
    assert [e.text for e in visitor.page(f"/zh-hans/letters/{letter.public_id}").all("del")] != []
    commitments.report_done(
        promise("date").id,
        commitments.Words("已换好", "已換好"),
        at.date(),
        revision=promise("date").revision,
        by=by,
        at=at,
    )
    assert "已办结" in told() and "已换好" in told()
    home = re.sub(r"\s+", " ", visitor.page("/zh-hant/jinxiu/").text("main"))
    assert "已辦結" in home


def test_a_page_is_small_needs_no_script_sets_no_cookie_and_is_not_sent_twice(
    estate: Estate, visitor: PortalClient, app: Flask
) -> None:
    letter = published(estate)
    address = f"/zh-hans/letters/{letter.public_id}"
    plain = {"Accept-Encoding": "gzip"}
    answer = visitor.get(address, headers=plain)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    page = visitor.page(address)
    scripts = [e.get("src") for e in page.all("script")]
    (own,) = [script.rpartition("/")[2] for script in scripts]
    assert own == "look.js"  # it remembers a choice; the page stands without it
    assets = [e.get("href") for e in page.all("link") if e.get("rel") in ("stylesheet", "icon")] + scripts
    size = len(answer.get_data()) + sum(len(visitor.get(a, headers=plain).get_data()) for a in assets)
    assert size < 60_000, size
    again = visitor.get(address, headers={**plain, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    promise = db.session.scalars(select(Commitment).where(Commitment.due_kind == "date")).one()
    commitments.decline(
        promise.id,
        commitments.Words("不办了", "不辦了"),
        revision=promise.revision,
        by=estate.actor("supervisor"),
        at=AT,
    )
    assert visitor.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_text_size_and_language_are_kept_by_the_address(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    page = visitor.page(f"/zh-hans/letters/{letter.public_id}?size=xl")
    assert page.all("html")[0].get("data-size") == "largest"
    links = page.links()
    assert f"/zh-hant/letters/{letter.public_id}?size=xl" in links
    assert "/zh-hans/jinxiu/?size=xl" in links
    assert visitor.page("/zh-hans/jinxiu/?size=huge").all("html")[0].get("data-size") == "normal"
    dark = visitor.page(f"/zh-hans/letters/{letter.public_id}?size=l&theme=d")
    assert dark.all("html")[0].get("data-theme") == "dark"
    assert "/zh-hans/jinxiu/?size=l&theme=d" in dark.links()


def test_every_version_names_its_siblings_in_the_other_languages(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    page = visitor.page(f"/zh-hans/letters/{letter.public_id}")
    other = {e.get("hreflang"): e.get("href") for e in page.all("link") if e.get("rel") == "alternate"}
    assert set(other) == {"zh-Hans", "zh-Hant", "en", "x-default"}
    assert other["zh-Hant"] == f"http://localhost/zh-hant/letters/{letter.public_id}"
    assert other["x-default"] == f"http://localhost/p/{letter.public_id}"


def test_a_printed_letter_is_confirmed_by_its_content_check(estate: Estate, visitor: PortalClient) -> None:
    letter = published(estate)
    code = edition("zh-Hant").content_sha256
    assert code is not None
    typed = " ".join(code[i : i + 4] for i in range(0, 32, 4)).upper()
    told = visitor.page(f"/zh-hant/verify?code={typed.replace(' ', '%20')}").text("main")
    assert "現行有效" in told and "錦物公〔2026〕1號" in told
    assert "現行有效" in visitor.page(f"/verify/{code[:32]}", language="zh-TW").text("main")
    assert "现行有效" in visitor.page(f"/zh-hans/verify/{letter.public_id}/1").text("main")
    wrong = ("0" if code[0] != "0" else "1") + code[1:32]
    assert "沒有公布過" in visitor.page(f"/zh-hant/verify/{wrong}").text("main")
    assert "沒有公布過" in visitor.page(f"/zh-hant/verify/{code[:12]}").text("main")  # too short to prove anything
    release.correct(letter.id, "写错了", revision=letters.get(letter.id).revision, by=estate.actor("supervisor"), at=AT)
    letters.published(estate, letter.id)
    assert "已有新版" in visitor.page(f"/zh-hans/verify/{code[:32]}").text("main")


HOSTILE = "<script>alert(1)</script><b>&amp;\"'"


def test_markup_typed_into_a_letter_stays_text_on_its_page(estate: Estate, visitor: PortalClient) -> None:
    texts = {
        name: f"{name} {HOSTILE}"
        for name in ("title", "salutation", "opening", "closing", "brief", "explanation", "measure")
    }
    letter = published(estate, **texts)
    for slug in ("zh-hans", "zh-hant", "en"):
        page = visitor.page(f"/{slug}/letters/{letter.public_id}")
        assert len(page.all("script")) == 1 and len(page.all("b")) < 20
        told = page.text("main")
        for text in texts.values():
            assert text in told
    assert HOSTILE in visitor.page("/zh-hans/jinxiu/").text("main")


@pytest.mark.parametrize("path", ["/zh-hans/nothing/", "/zh-hant/letters/none", "/p/none", "/zh-hans/letters/"])
def test_an_unknown_address_is_told_in_words(estate: Estate, visitor: PortalClient, path: str) -> None:
    answer = visitor.get(path, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 404


def test_the_pages_of_all_estates_are_found_from_the_first_page(
    estate: Estate, visitor: PortalClient, sign_in: Callable[[str], PortalClient]
) -> None:
    page = visitor.page("/zh-hans/")
    assert "/zh-hans/jinxiu/" in page.links() and "/zh-hans/haibin/" in page.links()
    # who is signed in gets the very same bytes
    own = sign_in("manager").get("/zh-hans/jinxiu/", headers={"Accept-Encoding": ""})
    assert own.get_data() == visitor.get("/zh-hans/jinxiu/", headers={"Accept-Encoding": ""}).get_data()
