"""Light or dark is chosen on each device, before and after signing in, and follows the device until it is."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.client import PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]


@pytest.mark.parametrize(("theme", "told"), [("dark", "dark"), ("light", "light"), ("auto", None)])
def test_the_theme_is_remembered_on_the_device(estate: Estate, sign_in: SignIn, theme: str, told: str | None) -> None:
    client = sign_in("supervisor")
    assert client.page("/desk/inbox").all("html")[0].get("data-theme") is None
    answer = client.send(f"/settings/theme/{theme}", headers={"Referer": "http://localhost/desk/inbox"})
    assert answer.headers["Location"] == "/desk/inbox"
    assert client.page("/desk/inbox").all("html")[0].get("data-theme") == told


def test_a_theme_that_is_none_is_not_found(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    sign_in("supervisor").send("/settings/theme/pink", status=404)
    visitor = app.test_client()
    visitor.set_cookie("theme", '"><script>')
    assert "<script>" not in visitor.get("/login").get_data(as_text=True)
