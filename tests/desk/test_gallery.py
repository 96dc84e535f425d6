"""The gallery of the design system: for the administrator, and a list on it that really works."""

from collections.abc import Callable

import pytest

from tests.client import PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]
GALLERY = "/desk/gallery"


def test_only_the_administrator_opens_it_and_finds_it_on_the_page_of_the_own_login(
    estate: Estate, sign_in: SignIn
) -> None:
    admin, manager = sign_in("administrator"), sign_in("manager")
    assert GALLERY in admin.page("/desk/me").links()
    assert GALLERY not in [a.get("href") for a in admin.page("/desk/me").all("nav")[0].iter("a")]
    assert GALLERY not in manager.page("/desk/me").links()
    assert manager.get(GALLERY).status_code == 403


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_every_part_stands_on_it_in_each_state(estate: Estate, sign_in: SignIn, language: str) -> None:
    html = sign_in("administrator").page(GALLERY, language=language).html
    for told in (
        "field--wrong", "errors", 'aria-busy="true"', 'aria-disabled="true"', "tag--late", "state--ok", "aria-sort", "pager", "is-picked",
        'aria-current="true"', "<dialog", "toast--late", "empty", "skeleton", "<progress", "is-now", "rounds__step--again", "is-late",
        "photo__waits", "sign__ink", "figure__rate", "plot--columns", "chart__numbers", "is-overdue", "spread", 'class="leak"', "place",
    ):  # fmt: skip
        assert told in html, told


def test_the_list_on_it_is_sorted_searched_and_filtered(estate: Estate, sign_in: SignIn) -> None:
    admin = sign_in("administrator")

    def places(asked: str) -> list[str]:
        page = admin.page(f"{GALLERY}?{asked}", language="zh-CN")
        (table,) = [t for t in page.all("table") if t.get("class") == "table"]
        return ["".join(th.itertext()) for th in table.iter("th") if th.get("scope") == "row"]

    assert places("sort=count") == ["1栋2单元 305", "5栋1单元 101", "1栋1单元 1203", "3栋 2801"]
    assert places("kind=praise") == ["5栋1单元 101"]
    assert places("q=2801") == ["3栋 2801"]
    assert len(places("kind=nonsense&from=yesterday")) == 4
