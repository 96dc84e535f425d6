"""Signing in, being refused, and what is remembered."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.accounts import service
from portal.accounts.models import Staff
from portal.core.db import writing
from tests.client import Page, PortalClient
from tests.factories import Estate

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def hashed() -> str:
    return service.hash_password(PASSWORD)


@pytest.fixture
def login(app: Flask, estate: Estate, hashed: str) -> Callable[..., object]:
    with writing() as session:
        session.get_one(Staff, estate.staff["supervisor"]).password_hash = hashed
    client = app.test_client()
    assert isinstance(client, PortalClient)

    def _login(name: str = "supervisor", password: str = PASSWORD, status: int = 303, **more: str) -> object:
        return client.send("/login", {"login": name, "password": password, **more}, status=status)

    _login.client = client  # type: ignore[attr-defined]
    return _login


def test_a_person_signs_in_with_any_spelling_of_the_login(login: Callable[..., object]) -> None:
    login(" Supervisor ")
    page = login.client.page("/desk/me")  # type: ignore[attr-defined]
    assert "supervisor 王" in page.text("h1")


def test_an_unknown_login_is_answered_like_a_wrong_password(login: Callable[..., object]) -> None:
    wrong = Page(login(password="not this one", status=403))  # type: ignore[arg-type]
    unknown = Page(login("nobody", status=403))  # type: ignore[arg-type]
    assert "不正确" in wrong.words
    assert wrong.words == unknown.words


def test_ten_wrong_passwords_stop_even_the_right_one(login: Callable[..., object]) -> None:
    for _ in range(10):
        login(password="wrong wrong wrong", status=403)
    login(status=429)


def test_after_signing_in_one_is_not_led_off_the_site(login: Callable[..., object]) -> None:
    answer = login(next="https://evil.example/desk")
    assert answer.headers["Location"].startswith("/")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("role", "first"), [("supervisor", "/desk/inbox"), ("department_head", "/desk/opinions/mine")])
def test_each_role_begins_where_its_work_lies(
    app: Flask, sign_in: Callable[[str], PortalClient], role: str, first: str
) -> None:
    assert sign_in(role).get("/login").headers["Location"] == first


def test_a_page_for_staff_leads_strangers_to_the_login(app: Flask) -> None:
    answer = app.test_client().get("/desk/me")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/desk/me?"


def test_language_follows_the_person(app: Flask, estate: Estate, sign_in: Callable[[str], PortalClient]) -> None:
    client = sign_in("manager")
    client.send("/settings/language/zh_Hant")
    assert client.page("/desk/me", language="en").all("html")[0].get("lang") == "zh-Hant"
    client.send("/settings/text-size/largest")
    assert client.page("/desk/me").all("html")[0].get("data-size") == "largest"


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("en-US,en", "en"),
        ("fr", "zh-Hans"),
        ("yue", "zh-Hant"),
    ],
)
def test_the_browsers_language_is_understood(app: Flask, estate: Estate, header: str, tag: str) -> None:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    assert client.page("/login", language=header).all("html")[0].get("lang") == tag


def test_an_unknown_page_is_told_in_words(app: Flask, estate: Estate) -> None:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    assert client.page("/desk/nothing", status=404, language="zh-TW").text("h1") == "沒有這一頁"
