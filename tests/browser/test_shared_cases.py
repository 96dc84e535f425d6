"""The cases that hold Python and the tablet together, run in a real browser under the policy of our pages."""

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from playwright.sync_api import Browser

from portal.domain.formspec import problems, read_document
from tests.cases import read_cases
from tests.cases.mutations import documents, spoilt_answers
from tests.cases.random_values import random_value

ROOT = Path(__file__).parents[2]
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; form-action 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = '<!doctype html><html lang="en"><title>Cases</title><body><script type="module" src="/run_cases.js"></script>'
TYPES = {".js": "text/javascript", ".json": "application/json", ".html": "text/html"}

pytestmark = pytest.mark.browser


def all_cases() -> dict[str, Any]:
    """Everything that the page runs: the written cases, and as many made by chance with Python's own answer beside."""
    chance = random.Random(8785)
    values = [random_value(chance) for _ in range(1000)]
    typed = {name: read_document(raw) for name, raw in documents().items()}
    return {
        "documents": documents(),
        "formspec": read_cases("formspec"),
        "canonical": read_cases("canonical"),
        "spoilt": [
            {
                "says": f"spoilt {number}",
                "document": name,
                "answers": answers,
                "problems": problems(typed[name], answers),
            }
            for number, (name, answers) in enumerate(spoilt_answers(seed=1127, count=1500))
        ],
        "random": [{"says": "random", "given": value, "text": rfc8785.dumps(value).decode()} for value in values],
    }


class Pages(BaseHTTPRequestHandler):
    """A page under our policy, the modules as they are, and the cases."""

    cases = b""

    def do_GET(self) -> None:
        content = self.content()
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", TYPES.get(Path(self.path).suffix, "text/html") + "; charset=utf-8")
        self.end_headers()
        self.wfile.write(content or b"")

    def content(self) -> bytes | None:
        if self.path == "/":
            return PAGE.encode()
        if self.path == "/cases.json":
            return self.cases
        if self.path == "/run_cases.js":
            return (ROOT / "tests/browser/run_cases.js").read_bytes()
        module = ROOT / "static/js/field" / Path(self.path).name
        return module.read_bytes() if self.path.startswith("/static/js/field/") and module.is_file() else None

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the tests say what matters."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    Pages.cases = json.dumps(all_cases()).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def outcome(chromium: Browser, address: str) -> dict[str, Any]:
    page = chromium.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    try:
        page.locator("#outcome").wait_for(state="attached", timeout=20_000)
    finally:
        assert errors == []
    found: dict[str, Any] = json.loads(page.locator("#outcome").text_content() or "{}")
    page.close()
    return found


GROUPS = [
    "formspec",
    "spoilt",
    "hidden",
    "pointers",
    "answered",
    "unanswered",
    "built",
    "cleaned",
    "refused",
    "facts",
    "sealed",
    "undefined",
    "depth",
    "uuid5",
    "uuid7",
]


@pytest.mark.parametrize("group", GROUPS)
def test_the_browser_answers_as_python_does(outcome: dict[str, Any], group: str) -> None:
    assert outcome["differences"][group] == []


def test_every_group_was_run_and_no_other(outcome: dict[str, Any]) -> None:
    assert list(outcome["differences"]) == GROUPS
    written = read_cases("formspec")
    assert outcome["ran"] > len(written["cases"]) + len(written["hidden"]) + 2500
