"""What a resident types is text, and a document fetches nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from portal.core.documents.pdf import render
from tests.core.prints import letter, page, printed, report, squeezed, text_of, visit

pytestmark = pytest.mark.usefixtures("fonts")

ATTACK = '<u>{0}</u><script>alert({0})</script><img src="file:///etc/passwd"><pdf:nextpage/>'
CODES = {"lang", "picture", "qr_data_uri", "state", "content_hash", "type", "method", "satisfaction"}


class Poison:
    """Puts markup, numbered, in place of every text of a context that a person could have typed."""

    def __init__(self) -> None:
        self.fields = 0

    def text(self) -> str:
        self.fields += 1
        return ATTACK.format(self.fields)

    def of(self, value: Any, name: str = "") -> Any:
        match value:
            case str() if value and name not in CODES:
                return self.text()
            case dict():
                return {key: self.of(item, key) for key, item in value.items()}
            case list():
                return [self.of(item) for item in value]
            case (code, words):
                return (code, self.of(words))
            case _:
                return value


@pytest.mark.parametrize(
    ("template", "context"),
    [
        ("publishing/letter_pdf.html", letter()),
        ("statistics/report_pdf.html", report()),
        ("visits/record_pdf.html", visit()),
    ],
    ids=["letter", "report", "visit"],
)
def test_markup_in_any_field_is_printed_as_text(template: str, context: dict[str, Any]) -> None:
    poison = Poison()
    content = printed(template, poison.of(context))
    body = squeezed(text_of(content, "-raw"))
    assert poison.fields > 20
    for field in range(1, poison.fields + 1):
        assert f"<u>{field}</u><script>" in body, field
    assert "root:" not in body
    assert b"/JavaScript" not in content


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that remembers what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_nothing_is_fetched_over_the_network(listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    body = (
        f'<p>前</p><img src="{address}/img.png"><link rel="stylesheet" href="{address}/link.css">'
        f'<div style="background-image: url({address}/back.png)">中</div>'
        f'<pdf:insertpdf src="{address}/other.pdf"/><p>后</p>'
    )
    style = f'@import url("{address}/import.css"); @font-face {{ font-family: X; src: url("{address}/font.ttf") }}'
    content = render(page(body, style), title="试", lang="zh-Hans").content
    assert squeezed(text_of(content)) == "前中后"
    assert asked == []


def images_in(content: bytes, tmp_path: Path) -> int:
    target = tmp_path / "out.pdf"
    target.write_bytes(content)
    return sum(len(sheet.images) for sheet in PdfReader(target).pages)


def test_a_local_file_is_read_only_from_the_folder_that_was_named(tmp_path: Path) -> None:
    assets, elsewhere = tmp_path / "assets", tmp_path / "elsewhere"
    assets.mkdir()
    elsewhere.mkdir()
    for folder in (assets, elsewhere):
        Image.new("RGB", (8, 8), "red").save(folder / "red.png")

    def images(address: str, allowed: Path | None) -> int:
        rendered = render(page(f'<p><img src="{address}"></p>'), title="图", lang="zh-Hans", assets=allowed)
        return images_in(rendered.content, tmp_path)

    inside, outside = assets / "red.png", elsewhere / "red.png"
    assert images(str(inside), assets) == 1
    assert images(str(inside), None) == 0
    assert images(f"file://{inside}", None) == 0
    assert images(str(outside), assets) == 0
    assert images(f"file://{outside}", assets) == 0
    assert images(f"{assets}/../elsewhere/red.png", assets) == 0


def test_a_file_of_the_program_itself_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    monkeypatch.chdir(tmp_path)
    rendered = render(page('<p><img src="red.png"></p>'), title="图", lang="zh-Hans")
    assert images_in(rendered.content, tmp_path) == 0


def test_an_entity_in_a_chart_is_not_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    chart = (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{secret}">]><svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">'
        '<text x="0" y="20" font-family="NotoSC" font-size="12">值&x;</text></svg>'
    )
    from urllib.parse import quote

    content = render(
        page(f'<p>图<img src="data:image/svg+xml,{quote(chart)}"></p>'), title="图", lang="zh-Hans"
    ).content
    assert "SECRET" not in text_of(content)
