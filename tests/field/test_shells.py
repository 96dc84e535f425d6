"""What a tablet keeps is neutral: the same bytes whoever asks, no name in it, every address there."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from portal.app import create_app
from portal.config import Settings
from portal.core.i18n import LANGUAGES
from portal.core.pages import build
from portal.field import forms, shells
from tests.client import Page, PortalClient
from tests.factories import Estate


@pytest.fixture
def addresses(app: Flask) -> list[str]:
    with app.test_request_context():
        return shells.precache()


@pytest.fixture
def stranger(app: Flask) -> Iterator[PortalClient]:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    yield client


def fetched(client: PortalClient, address: str) -> tuple[int, bytes, Headers]:
    """Status, body and headers, the file behind the answer closed."""
    with client.get(address) as answer:
        return answer.status_code, answer.data, answer.headers


def pages() -> list[str]:
    return [
        f"/field/{language.slug}/{'' if page == 'today' else page}" for language in LANGUAGES for page in shells.PAGES
    ]


@pytest.mark.parametrize("address", pages())
def test_a_shell_is_a_sound_page(stranger: PortalClient, address: str) -> None:
    page = stranger.page(address)
    assert page.all("html")[0].get("lang") in [language.tag for language in LANGUAGES]


def test_every_kept_address_is_there_and_the_same_whoever_asks(
    addresses: list[str], stranger: PortalClient, sign_in: Callable[[str], PortalClient], estate: Estate
) -> None:
    known = sign_in("field_staff")
    known.set_cookie("language", "zh_Hant")
    known.set_cookie("text_size", "largest")
    assert len(addresses) == len(set(addresses)) > 60
    for address in addresses:
        one, other = fetched(stranger, address), fetched(known, address)
        assert one[0] == other[0] == 200, address
        assert one[1] == other[1], address
        for _, _, headers in (one, other):
            assert "Set-Cookie" not in headers, address
            assert "Cookie" not in headers.get("Vary", ""), address


def test_no_kept_page_holds_a_name_or_a_token(
    app: Flask, addresses: list[str], sign_in: Callable[[str], PortalClient], estate: Estate
) -> None:
    client = sign_in("field_staff")
    names = ["field_staff 王", "陈文101", "锦绣花园", "錦繡花園", str(estate.office_id), str(estate.households["101"])]
    for address in addresses:
        text = fetched(client, address)[1].decode("utf-8", "replace")
        assert not [name for name in names if name in text], address
        assert "csrf" not in text.lower() or "/static/" in address, address


def test_what_carries_the_build_in_its_address_is_kept_for_good(addresses: list[str], stranger: PortalClient) -> None:
    for address in addresses:
        rule = fetched(stranger, address)[2]["Cache-Control"]
        if f"/{build()}/" in address:
            assert rule == "public, max-age=31536000, immutable", address
        else:
            assert rule == "no-cache", address


def test_another_builds_address_is_answered_but_not_kept(stranger: PortalClient) -> None:
    answer = stranger.get("/field/zh-hans/0123456789ab/words.json")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_the_worker_is_asked_for_anew_and_lists_what_is_kept(addresses: list[str], stranger: PortalClient) -> None:
    answer = stranger.get("/field/sw.js")
    text = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"
    listed = json.loads(re.search(r"const ADDRESSES = (\[.*\]);", text)[1])  # type: ignore[index]
    assert listed == addresses
    assert f'const BUILD = "{build()}"' in text


def test_an_unchanged_shell_is_answered_in_a_line(stranger: PortalClient) -> None:
    first = stranger.get("/field/zh-hant/outbox")
    again = stranger.get("/field/zh-hant/outbox", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_every_script_style_and_link_of_a_shell_is_kept(addresses: list[str], stranger: PortalClient) -> None:
    kept = set(addresses)
    for address in pages():
        page = stranger.page(address)
        asked = [e.get("src") for e in page.all("script")]
        asked += [e.get("href") for e in page.all("link") if e.get("rel") in ("stylesheet", "icon", "manifest")]
        asked += [link.split("?")[0].split("#")[0] for link in page.links() if link.startswith("/")]
        assert set(asked) <= kept, set(asked) - kept


def test_every_module_that_a_module_imports_is_kept(addresses: list[str]) -> None:
    scripts = shells.STATIC / "js" / "field"
    for path in scripts.rglob("*.js"):
        for name in re.findall(r"""(?:from|import|import\()\s*["']([^"'$]+)["']""", path.read_text("utf-8")):
            target = (path.parent / name).resolve()
            assert target.is_file(), f"{path.name}: {name}"
            assert f"/static/{build()}/{target.relative_to(shells.STATIC)}" in addresses, name


def test_the_start_leads_to_the_language_of_the_browser(stranger: PortalClient) -> None:
    for accepted, slug in (("zh-TW,zh;q=0.9", "zh-hant"), ("zh-CN", "zh-hans"), ("en-GB", "en"), ("", "zh-hans")):
        answer = stranger.get("/field/", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/field/{slug}/")
        assert "Set-Cookie" not in answer.headers


def test_the_manifest_gives_one_app_for_all_languages(stranger: PortalClient) -> None:
    said = {language.slug: stranger.get(f"/field/{language.slug}/manifest.webmanifest").json for language in LANGUAGES}
    for slug, manifest in said.items():
        assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/field/", "/field/", "/field/"), slug
        for each in manifest["icons"]:
            assert fetched(stranger, each["src"])[0] == 200
    assert said["zh-hans"]["name"] != said["zh-hant"]["name"]


def test_a_form_is_found_by_the_hash_of_its_document_only(stranger: PortalClient) -> None:
    for name, form_hash in forms.index().items():
        base = f"/field/zh-hant/{build()}/forms/{form_hash}/"
        document = stranger.get(f"/field/{build()}/forms/{form_hash}.json").json
        assert f"{document['form']}@{document['version']}" == name
        page = Page(stranger.get(base + "form"), part=True)
        paths = [e.get("data-path") for e in page.tree.iter() if isinstance(e.tag, str) and e.get("data-path")]
        top = [field["key"] for step in document["steps"] for field in step["fields"]]
        assert [path for path in paths if "/" not in path] == top
        for step in document["steps"]:
            assert step["title"]["zh_Hant"] in page.html
    assert stranger.get(f"/field/zh-hant/{build()}/forms/{'0' * 64}/form").status_code == 404
    assert stranger.get(f"/field/zh-hant/{build()}/forms/{form_hash}/nothing").status_code == 404


def test_a_fragment_is_one_member_with_its_id_still_open(stranger: PortalClient) -> None:
    form_hash = forms.index()["visit@1"]
    page = Page(stranger.get(f"/field/zh-hans/{build()}/forms/{form_hash}/opinions"), part=True)
    paths = [e.get("data-path") for e in page.tree.iter() if e.get("data-path")]
    assert "opinions/__id__/kind" in paths and "opinions/__id__/photos" in paths
    assert "报修" in page.html


def test_a_page_that_is_not_there_is_neutral_too(sign_in: Callable[[str], PortalClient], estate: Estate) -> None:
    answer = sign_in("field_staff").get("/field/zh-hans/nothing")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert "field_staff" not in answer.get_data(as_text=True)


def test_shells_are_answered_where_the_database_is_away(settings: Settings) -> None:
    app = create_app(settings)
    app.test_client_class = PortalClient
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.core.db.db.session.execute", None)
        assert app.test_client().get("/field/zh-hans/visit").status_code == 200
