"""Work beside signing: each role sees in the inbox what waits for it, with the number that the list behind it shows."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask, url_for

from portal.accounts.models import RoleGrant
from portal.core.db import writing
from portal.core.registry import registry
from portal.domain.permissions import PERMISSIONS
from tests.client import Page, PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]
Visited = Callable[..., UUID]


def duties(page: Page) -> dict[str, str]:
    found = [e for e in [*page.all("a"), *page.all("button")] if "duty" in (e.get("class") or "").split()]
    told = [(" ".join(" ".join(e.itertext()).split()), e.get("href") or "") for e in found]
    return dict(told)


def test_the_front_desk_sees_what_is_to_be_classified_and_the_link_opens_just_that(
    app: Flask, visited: Visited, sign_in: SignIn
) -> None:
    visited("101")
    desk = sign_in("front_desk")
    found = duties(desk.page("/desk/inbox", language="en"))
    (words,) = [w for w in found if w.startswith("Opinions to be classified")]
    rows = desk.page(found[words], language="en").all("tr")[1:]
    assert words == f"Opinions to be classified {len(rows)}" and rows


def test_nobody_is_told_of_work_that_is_not_theirs(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visited("101")
    assert duties(sign_in("manager").page("/desk/inbox", language="en")).keys() == {"Opinions to be classified 2"}
    for login in ("director", "department_officer", "other_supervisor"):
        assert duties(sign_in(login).page("/desk/inbox", language="en")) == {}


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_every_duty_opens_a_list_that_its_people_may_open(
    app: Flask, estate: Estate, sign_in: SignIn, language: str
) -> None:
    with app.test_request_context():
        found = [(duty, url_for(duty.endpoint, **duty.asked)) for duty in registry().duties]
    assert len(found) > 5
    for duty, address in found:
        role = sorted(set.intersection(*(set(PERMISSIONS[p]) for p in duty.permissions)))[0]
        page = sign_in(role).page(address, language=language)
        assert all(f'value="{value}" selected' in page.html for value in duty.asked.values()), address


def test_whoever_has_several_offices_sees_what_waits_in_the_others_and_goes_there(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    visited("101")
    with writing() as session:
        session.add(
            RoleGrant(
                staff_id=estate.staff["other_supervisor"], role="supervisor", office_id=estate.office_id,
                from_day=date(2026, 1, 1),
            )
        )  # fmt: skip
    supervisor = sign_in("other_supervisor")
    supervisor.send(f"/desk/office/{estate.other_office_id}")
    page = supervisor.page("/desk/inbox", language="en")
    (words,) = [w for w in duties(page) if w.startswith("To be signed in")]
    assert words.endswith(" 1") and "101" not in page.text("main")
    answer = supervisor.send(f"/desk/office/{estate.office_id}", {"next": "/desk/inbox"})
    assert answer.headers["Location"] == "/desk/inbox"
    assert "101" in supervisor.page("/desk/inbox", language="en").text("main")
    answer = supervisor.send(f"/desk/office/{estate.office_id}", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"].startswith("/login")
