"""``make screens``: every picture of the handbook and of the README, taken from the running program.

``python -m tests.pages.screens [--only WORD]`` fills the demo at its fixed day, opens each page named here as whoever works
with it, in each language, and writes ``static/handbook/<language>/<name>.webp``; those the README shows go to ``docs/screens``.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from portal.accounts.models import Department
from portal.core.handbook import PICTURES
from portal.core.i18n import BY_SLUG
from portal.opinions.models import Opinion
from tests.browser.conftest import installed
from tests.browser.tablet import QUIET
from tests.pages import demo
from tests.pages.browser import Reader, served
from tests.pages.conftest import all_pages
from tests.pages.examples import Find, Page, first

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
LANGUAGES = ("zh-hans", "zh-hant", "en")
TABLET, DESK, PHONE = (820, 1180), (1100, 760), (390, 1000)
WIDTH = {TABLET: 600, DESK: 1100}  # of the picture in the handbook
IN_README = {DESK: (1440, 900)}  # where it is larger there
QUALITY = 60
Act = Callable[[Tab], None]


def _opinion(department: str, *statuses: str) -> dict[str, Find]:
    """The oldest opinion in one of these states; ``department``: of that one, '' of any."""
    query = select(Opinion.id).where(Opinion.status.in_(statuses)).order_by(Opinion.round.desc(), Opinion.id)
    if department:
        query = query.join(Department, Department.id == Opinion.department_id).where(Department.slug == department)
    return {"opinion_id": first(query)}


def as_it_is(_: Tab) -> None:
    """Nothing to be done before the picture."""


def unfolded(selector: str) -> Act:
    """What a person has opened to write in it."""

    def act(tab: Tab) -> None:
        tab.locator(selector).first.evaluate("e => { e.open = true; }")

    return act


@dataclass(frozen=True)
class Picture:
    """``page``: its name in ``examples``; ``login``: who looks, where it is not the page's usual reader."""

    name: str
    page: str
    size: tuple[int, int] = DESK
    login: str = ""
    act: Act = as_it_is
    find: Mapping[str, Find] = field(default_factory=dict)
    readme: str = ""  # its file under docs/screens
    handbook: bool = True


PICTURES_TAKEN = (
    Picture("tablet-today", "field.shell", TABLET, readme="tablet-today"),
    Picture("tablet-door", "field.shell household", TABLET, readme="tablet-door"),
    Picture("tablet-outbox", "field.shell outbox", TABLET),
    Picture("tablet-elevation", "field.shell elevation", TABLET),
    Picture("household", "households.show", login="desk"),
    Picture("opinion-classify", "opinions.show", login="desk", find=_opinion("", "received")),
    Picture("opinion-revisit", "opinions.show", login="desk", find=_opinion("", "done")),
    Picture("inbox", "inbox.index", readme="inbox"),
    Picture("record-return", "visits.show", act=unfolded("details[data-return]")),
    Picture("plan", "plans.index"),
    Picture("letter-editor", "publishing.show", readme="letter-editor"),
    Picture("measures", "opinions.mine", login="engineering"),
    Picture("measure-name", "opinions.show", login="engineering", find=_opinion("engineering", "assigned", "again")),
    Picture("measure-done", "opinions.show", login="engineering", find=_opinion("engineering", "measured")),
    Picture("letter-approve", "publishing.show: checked", login="representative"),
    Picture("promises", "promises.index", login="representative"),
    Picture("exit", "opinions.show", login="representative", find=_opinion("", "again", "assigned")),
    Picture("roster-look-over", "rosters.show: to be looked over"),
    Picture("household-check", "households.check"),
    Picture("tablets", "tablets.index"),
    Picture("figures", "figures.show", readme="figures", handbook=False),
    Picture("public-letter", "public.letter", PHONE, readme="public-letter", handbook=False),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.screens", description=__doc__)
    parser.add_argument("--only", default="", help="pictures whose name has this word in it")
    asked = parser.parse_args()
    wanted = [picture for picture in PICTURES_TAKEN if asked.only in picture.name]
    with tempfile.TemporaryDirectory() as folder:
        app = demo.copy_of(demo.made_once(Path(folder) / "demo"), Path(folder) / "installation")
        with demo.standing_clock(), sync_playwright() as driver, served(app) as address:
            browser = driver.chromium.launch(executable_path=installed(), args=QUIET)
            reader = Reader(app, address, driver, browser, installed(), Path(folder))
            for slug in LANGUAGES:
                for picture in wanted:
                    _take(reader, picture, slug)
            reader.close()
            browser.close()
    for slug in LANGUAGES:
        kept = sum(path.stat().st_size for path in (PICTURES / slug).glob("*.webp"))
        print(f"{slug}: {kept / 1e6:.2f} MB")
    return 0


def _shot(tab: Tab) -> Image.Image:
    return Image.open(io.BytesIO(tab.screenshot())).convert("RGB")


def page_of(picture: Picture) -> Page:
    page = {page.name: page for page in all_pages()}[picture.page]
    return replace(page, login=picture.login or page.login, find={**page.find, **picture.find})


def _take(reader: Reader, picture: Picture, slug: str) -> None:
    if not picture.handbook and slug != LANGUAGES[0]:
        return
    with reader.tab(page_of(picture), BY_SLUG[slug], picture.size) as tab:
        tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        tab.evaluate("() => { for (const hint of document.querySelectorAll('[data-hint]')) hint.remove(); }")
        picture.act(tab)
        tab.wait_for_timeout(300)
        image = _shot(tab)
        if picture.readme and slug == LANGUAGES[0]:
            width, height = IN_README.get(picture.size, picture.size)
            tab.set_viewport_size({"width": width, "height": height})
            tab.wait_for_timeout(300)
            _shot(tab).quantize(96).save(SCREENS / f"{picture.readme}.png", optimize=True)
    if picture.handbook:
        small = image.resize(
            (WIDTH[picture.size], round(image.height * WIDTH[picture.size] / image.width)), Image.Resampling.LANCZOS
        )
        there = PICTURES / slug / f"{picture.name}.webp"
        there.parent.mkdir(parents=True, exist_ok=True)
        small.save(there, "WEBP", quality=QUALITY, method=6)
    print(f"{slug} {picture.name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
