"""``make look``: a contact sheet of every page, and axe in every combination; for the eyes of a person.

``python -m tests.pages.sheets [--only WORD] [--processes 2]`` writes ``shots/index.html`` and one PNG a page: three sizes
of screen, two scripts, two themes. Ends with status 1 where something was found.
"""

import argparse
import html
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from portal.core.i18n import BY_SLUG
from tests.browser.conftest import installed
from tests.browser.tablet import QUIET
from tests.pages import demo
from tests.pages.browser import EVERY, THEMES, Reader, looked_at, served
from tests.pages.conftest import all_pages
from tests.pages.examples import Page

SHOTS = Path(__file__).parents[2] / "shots"
WIDTHS = ((390, 844), (820, 1180), (1440, 900))
SCRIPTS = ("zh-hans", "zh-hant")
TALLEST = 2_400  # css pixels of a page that are photographed
COLUMN, GAP = 420, 16  # of the sheet


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.sheets", description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name has this word in it")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    pages = [page for page in all_pages() if asked.only in page.name]
    started = time.monotonic()
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        template = demo.made_once(Path(folder) / "demo")
        found = dict(_everything(pages, template, Path(folder), asked.processes))
    _index([page for page in pages if page.name in found], found)
    wrong = sum(len(told) for told in found.values())
    print(f"{len(found)} pages, {wrong} findings, {time.monotonic() - started:.0f} s: {SHOTS / 'index.html'}")
    return 1 if wrong or len(found) != len(pages) else 0


def _everything(pages: list[Page], template: Path, folder: Path, processes: int) -> Iterator[tuple[str, list[str]]]:
    """Name and findings of each page, as they come; the tablet's pages in one process, since they share a tablet."""
    tablet = [page.name for page in pages if page.tablet]
    rest = [page.name for page in pages if not page.tablet]
    shares = [rest[n::processes] for n in range(processes)]
    shares[-1] = [*tablet, *shares[-1][: max(0, len(shares[-1]) - len(tablet) // 2)]]
    shares[0] += [name for name in rest if not any(name in share for share in shares)]
    context = multiprocessing.get_context("spawn")
    told: Any = context.Queue()
    workers = [context.Process(target=_work, args=(s, template, folder / str(n), told)) for n, s in enumerate(shares)]
    for worker in workers:
        worker.start()
    for n in range(1, len(pages) + 1):
        name, findings, seconds = told.get(timeout=180)
        print(f"[{n:3}/{len(pages)}] {seconds:5.1f} s  {len(findings):3} findings  {name}", flush=True)
        yield name, findings
    for worker in workers:
        worker.join()


def _work(names: list[str], template: Path, folder: Path, told: Any) -> None:
    app = demo.copy_of(template, folder / "installation")
    by_name = {page.name: page for page in all_pages()}
    with demo.standing_clock(), sync_playwright() as driver, served(app) as address:
        browser = driver.chromium.launch(executable_path=installed(), args=QUIET)
        reader = Reader(app, address, driver, browser, installed(), folder)
        for name in names:
            started = time.monotonic()
            try:
                findings = _page(reader, by_name[name])
            except Exception as problem:  # one page that cannot be opened must not hide the others
                findings = [f"could not be opened: {problem}"]
            told.put((name, findings, time.monotonic() - started))
        reader.close()
        browser.close()


def _page(reader: Reader, page: Page) -> list[str]:
    seen = looked_at(reader, page, EVERY)
    rows = []
    for slug in SCRIPTS:
        shots: dict[str, list[Image.Image]] = {theme: [] for theme in THEMES}
        for size in WIDTHS:
            with reader.tab(page, BY_SLUG[slug], size) as tab:
                for theme in THEMES:
                    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
                    shots[theme].append(_shot(tab, size))
        rows += [shots[theme] for theme in THEMES]
    _sheet(rows).save(SHOTS / f"{_file(page)}.png", optimize=False, compress_level=3)
    return [*seen.axe, *seen.sideways, *seen.focus, *seen.moving, *seen.errors, *seen.rows]


def _shot(tab: Tab, size: tuple[int, int]) -> Image.Image:
    tall = min(TALLEST, max(size[1], int(tab.evaluate("document.documentElement.scrollHeight"))))
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        tab.screenshot(path=file.name, full_page=True, clip={"x": 0, "y": 0, "width": size[0], "height": tall})
        image = Image.open(file.name).convert("RGB")
    return image.resize((COLUMN, round(image.height * COLUMN / image.width)), Image.Resampling.LANCZOS)


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Scripts and themes downwards, sizes across."""
    tall = [max(image.height for image in row) for row in rows]
    sheet = Image.new("RGB", (len(WIDTHS) * (COLUMN + GAP) + GAP, sum(tall) + GAP * (len(rows) + 1)), "#888")
    top = GAP
    for row, height in zip(rows, tall, strict=True):
        for n, image in enumerate(row):
            sheet.paste(image, (GAP + n * (COLUMN + GAP), top))
        top += height + GAP
    return sheet


def _file(page: Page) -> str:
    return page.name.replace(": ", "--").replace(" ", "-")


def _index(pages: list[Page], found: dict[str, list[str]]) -> None:
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Contact sheets</title>",
        f"<h1>Contact sheets</h1><p>{len(pages)} pages; downwards 简 light, 简 dark, 繁 light, 繁 dark; across 390, 820, 1440 px.",
    ]
    for page in pages:
        told = "".join(f"<li>{html.escape(words)}" for words in found[page.name])
        parts.append(
            f"<h2>{html.escape(page.name)}</h2><ul>{told}</ul><a href='{_file(page)}.png'><img src='{_file(page)}.png' alt='' width='660' loading='lazy'></a>"
        )
    (SHOTS / "index.html").write_text("\n".join(parts), "utf-8")
    (SHOTS / "findings.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
