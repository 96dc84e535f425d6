"""Each page as it is sent: valid HTML, one h1 that begins the title, its language, nothing inline, the policy in force, rows in it."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.core.i18n import LANGUAGES, Language
from tests.client import Page as Parsed
from tests.client import PortalClient
from tests.pages import conformance
from tests.pages.examples import NOT_PAGES, PARTS, Page, staff_id

# Copied from the design, not from the program: who loosens the policy has to say so here.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; form-action 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def opened(app: Flask, page: Page, language: Language) -> TestResponse:
    """What the page answers to a reader of a language who may open it."""
    client = app.test_client()
    assert isinstance(client, PortalClient)
    client.set_cookie("language", language.catalogue)
    if page.login:
        client.become(*staff_id(db.session(), page.login))
    address = page.address(app, db.session(), language)
    headers = {"Accept-Language": language.tag}
    if page.sent is None:
        return client.get(address, headers=headers | ({"HX-Request": "true"} if page.endpoint in NOT_PAGES else {}))
    sent = {"csrf_token": client.token(), **page.sent}
    return client.post(address + page.sent_to, data=sent, headers=headers)


def wrong(answer: TestResponse, language: Language) -> list[str]:
    """Everything about a page that is not as it must be, rows aside."""
    html = answer.get_data(as_text=True)
    found = conformance.problems(html)
    if answer.headers.get("Content-Security-Policy") != POLICY:
        found.append(f"policy: {answer.headers.get('Content-Security-Policy')}")
    if found:
        return found
    page = Parsed(answer)  # one h1, the title begins with it, labels
    told = page.tree.get("lang")
    if told != language.tag:
        found.append(f"lang is {told!r}, not {language.tag!r}")
    return found


def without_rows(page: Page, parsed: Parsed) -> list[str]:
    """Places of a page that would show rows and show none."""
    main = parsed.all("main")[0]
    shown_on_purpose = {e for s in main.iter() if s.get("data-specimen") is not None for e in s.iter()}
    found = [
        f"empty: {words_of(e)}"
        for e in main.iter()
        if "empty" in (e.get("class") or "").split() and e.get("hidden") is None and e not in shown_on_purpose
    ]
    found += [f"a table without rows: {words_of(t)}" for t in main.iter("table") for b in t.iter("tbody") if not len(b)]
    rows = [e for e in main.iter() if e.tag in ("tr", "li") and not within_head(e)]
    if page.list_of_rows and not rows:
        found.append("a list without rows")
    return found


def words_of(e: Any) -> str:
    return re.sub(r"\s+", " ", " ".join(e.itertext())).strip()[:80]


def within_head(row: Any) -> bool:
    return row.tag == "tr" and all(cell.tag == "th" for cell in row)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.slug)
def test_a_page_is_valid_titled_in_its_language_and_holds_nothing_inline(
    demo: Flask, page: Page, language: Language
) -> None:
    answer = opened(demo, page, language)
    assert answer.status_code == page.status
    assert wrong(answer, language) == []


def test_a_page_with_a_list_has_rows(demo: Flask, page: Page) -> None:
    if page.tablet:
        return  # its rows come from the tablet's own store: see test_browser
    answer = opened(demo, page, LANGUAGES[0])
    assert without_rows(page, Parsed(answer)) == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_of_a_page_is_valid_too(demo: Flask, part: Page) -> None:
    for language in LANGUAGES:
        answer = opened(demo, part, language)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert conformance.problems(answer.get_data(as_text=True), part=True) == []
