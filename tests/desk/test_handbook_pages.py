"""The handbook at the desk and on the tablet, and hints that stay away once they were put away."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.core import handbook
from tests.client import Page, PortalClient
from tests.factories import Estate

SLUGS = [chapter.slug for chapter in handbook.CHAPTERS]


@pytest.fixture
def reader(sign_in: Callable[[str], PortalClient], estate: Estate) -> PortalClient:
    return sign_in("supervisor")


def said(page: Page) -> str:
    """The words without the spaces that stand between Chinese characters and parts of a line."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=[^ -~]) | (?=[^ -~])", "", page.text()))


def hints(page: Page) -> list[str]:
    return [form.get("action").rsplit("/", 1)[1] for form in page.all("form") if form.get("data-hint") is not None]


def test_every_page_of_the_desk_leads_to_the_handbook(reader: PortalClient) -> None:
    assert "/desk/help/" in reader.page("/desk/visits").links()


def test_the_first_page_leads_to_every_chapter(reader: PortalClient) -> None:
    assert {f"/desk/help/{slug}" for slug in SLUGS} <= set(reader.page("/desk/help/").links())


@pytest.mark.parametrize("slug", SLUGS)
def test_a_chapter_is_shown_in_the_readers_language_with_its_pictures(reader: PortalClient, slug: str) -> None:
    for language, script in (("zh_Hans", "zh-Hans"), ("zh_Hant", "zh-Hant"), ("en", "en")):
        reader.set_cookie("language", language)
        page = reader.page(f"/desk/help/{slug}")
        first = handbook.source(script, slug).split("\n## ")[0].split("\n\n")[1].strip()
        assert first.replace("【", "").replace("】", "") in said(page)
        pictures = [image.get("src") for image in page.all("img")]
        names = [address.rsplit("/handbook/", 1)[1] for address in pictures]
        assert names == [f"{script.lower()}/{name}.webp" for name in handbook.pictures_of(script, slug)]
        for address in pictures:
            with reader.get(address) as answer:
                assert (answer.status_code, answer.mimetype) == (200, "image/webp")


def test_a_chapter_that_does_not_exist_is_not_found(reader: PortalClient) -> None:
    assert reader.get("/desk/help/cooking").status_code == 404


def test_the_handbook_of_the_desk_asks_who_reads(app: Flask, estate: Estate) -> None:
    answer = app.test_client().get("/desk/help/field")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/login")


def test_the_tablet_keeps_its_chapters_and_their_pictures(app: Flask, estate: Estate) -> None:
    client = app.test_client()
    listed = client.get("/field/sw.js").get_data(as_text=True)
    for script, slug in (("zh-Hans", "zh-hans"), ("zh-Hant", "zh-hant"), ("en", "en")):
        for chapter in handbook.ON_THE_TABLET:
            assert f'"/field/{slug}/help/{chapter.slug}"' in listed
            page = client.page(f"/field/{slug}/help/{chapter.slug}")
            assert all(f'"{image.get("src")}"' in listed for image in page.all("img"))
            assert len(page.all("img")) == len(handbook.pictures_of(script, chapter.slug))
    assert client.get("/field/zh-hans/help/signing").status_code == 404


def test_a_hint_put_away_stays_away_for_this_person_only(
    sign_in: Callable[[str], PortalClient], estate: Estate
) -> None:
    client = sign_in("supervisor")
    assert hints(client.page("/desk/inbox")) == ["inbox"]
    answer = client.send("/desk/help/hints/inbox", {})
    assert answer.status_code == 303
    assert hints(client.page("/desk/inbox")) == []
    client.become(estate.staff["manager"], 1)
    assert hints(client.page("/desk/inbox")) == ["inbox"]


def test_a_name_that_no_hint_can_have_is_not_kept(sign_in: Callable[[str], PortalClient], estate: Estate) -> None:
    client = sign_in("supervisor")
    client.send("/desk/help/hints/x.y;z", {})
    client.send("/desk/help/hints/" + "x" * 400, {})
    assert client.page("/desk/inbox").response.status_code == 200
    cookie = client.get_cookie(f"hints-{str(estate.staff['supervisor'])[-12:]}")
    assert cookie is None or cookie.value == ""
