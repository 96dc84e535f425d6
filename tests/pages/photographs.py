"""The gallery photographed, section by section, and held against how it looked before.

So that a photograph depends on our pages and not on whose machine took it, all text is set in a font of plain blocks made
here: any machine breaks the same lines at the same places, bold is a thicker block, and no letter's edge can differ. What is kept is
a quarter of the size; edges drawn a hair differently by another Chromium vanish in that, a moved or recoloured part does not.

``make gallery`` takes them anew, after a change that was meant.
"""

import base64
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from portal.core.i18n import LANGUAGES, Language
from tests.browser.conftest import installed
from tests.browser.tablet import QUIET
from tests.pages import demo
from tests.pages.browser import PAIRWISE, Reader, served

KEPT = Path(__file__).parent / "photographs"
SHOTS = Path(__file__).parents[2] / "shots" / "gallery"
WIDTHS = {"zh-hans": (1280, 820, 390), "zh-hant": (390, 1280, 820), "en": (820, 390, 1280)}
SMALLER = 4
# Of 256. FLAT: an area of this much another colour (three kept pixels square) was painted otherwise; MOVED: a pixel that
# differs so much lies where something else was before; ODD of them may, in corners of many small curves.
FLAT, MOVED, ODD = 5, 44, 6


@dataclass(frozen=True)
class View:
    """One way of looking: every language with every width, size and theme, in nine views (all pairs)."""

    language: Language
    theme: str
    size: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.language.slug}-{self.theme}-{self.size}-{self.width}"


VIEWS = [
    View(language, theme, size, width)
    for language in LANGUAGES
    for (theme, size), width in zip(PAIRWISE[language.slug], WIDTHS[language.slug], strict=True)
]
Photographs = dict[str, Image.Image]


@cache
def blocks(bold: bool) -> str:
    """A font in base64 whose letters are blocks: half an em for Latin, an em for everything Chinese, full-width or drawn."""
    glyphs = {".notdef": _block(0, 0, 0), "space": _block(0, 0, 0), "narrow": _block(60, 440, 620 if bold else 480)}
    glyphs["wide"] = _block(60, 940, 780 if bold else 640)
    cmap = dict.fromkeys(range(33, 8192), "narrow") | dict.fromkeys(range(8192, 65520), "wide")
    cmap |= dict.fromkeys((0x20, 0xA0, 0x3000), "space")
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(list(glyphs))
    made.font["cmap"] = table = newTable("cmap")
    table.tableVersion, table.tables = 0, [CmapSubtable.newSubtable(12)]  # the only format with room for so many
    table.tables[0].platformID, table.tables[0].platEncID, table.tables[0].language, table.tables[0].cmap = (
        3,
        10,
        0,
        cmap,
    )
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics({".notdef": (500, 0), "space": (500, 0), "narrow": (500, 60), "wide": (1000, 60)})
    made.setupHorizontalHeader(ascent=880, descent=-120)
    made.setupNameTable({"familyName": "Blocks", "styleName": "Bold" if bold else "Regular"})
    made.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    made.setupPost()
    file = io.BytesIO()
    made.save(file)
    return base64.b64encode(file.getvalue()).decode()


def _block(left: int, right: int, top: int) -> object:
    pen = TTGlyphPen(None)
    if right:
        pen.moveTo((left, 0))
        for point in ((left, top), (right, top), (right, 0)):
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def style() -> str:
    faces = "".join(
        f"@font-face {{ font-family: Blocks; font-weight: {weight}; src: url(data:font/ttf;base64,{blocks(weight > 400)}); }}"
        for weight in (400, 600)
    )
    return f"{faces} *, *::before, *::after, *::file-selector-button {{ font-family: Blocks !important; }} .toasts {{ display: none; }}"


@contextmanager
def opened(reader: Reader, language: Language) -> Iterator[Tab]:
    """The gallery in a language, set in blocks."""
    context = reader.new_context("admin", language, bypass_csp=True, reduced_motion="reduce")
    tab = context.new_page()
    try:
        tab.goto(f"{reader.address}/desk/gallery")
        tab.add_style_tag(content=style())
        tab.evaluate("for (const image of document.images) image.loading = 'eager'")
        yield tab
    finally:
        context.close()


def taken(tab: Tab, view: View, *, soft: float = 0) -> Photographs:
    """Each section of the gallery as it is seen, made smaller; ``soft``: every edge drawn softer by so many pixels."""
    tab.set_viewport_size({"width": view.width, "height": 900})
    tab.emulate_media(color_scheme=view.theme)  # type: ignore[arg-type]
    boxes = tab.evaluate(
        """async (size) => {
          document.documentElement.dataset.size = size;
          await document.fonts.ready;
          await Promise.all([...document.images].map((image) => image.decode()));
          return Object.fromEntries([...document.querySelectorAll(".specimen")].map((e) => {
            const box = e.getBoundingClientRect();
            return [e.id, [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round)];
          }));
        }""",
        view.size,
    )
    whole = Image.open(io.BytesIO(tab.screenshot(full_page=True, type="png"))).convert("RGB")
    whole = whole.filter(ImageFilter.GaussianBlur(soft)) if soft else whole
    return {name: _smaller(whole.crop((x, y, x + w, y + h))) for name, (x, y, w, h) in boxes.items()}


def _smaller(image: Image.Image) -> Image.Image:
    width, height = (max(side // SMALLER, 1) for side in image.size)
    return image.crop((0, 0, width * SMALLER, height * SMALLER)).resize((width, height), Image.Resampling.BOX)


def changed(before: Photographs, now: Photographs) -> dict[str, str]:
    """The sections that look different, each with what is different about it."""
    found = dict.fromkeys(now.keys() - before.keys(), "is new") | dict.fromkeys(before.keys() - now.keys(), "is gone")
    for name in sorted(before.keys() & now.keys()):
        one, other = before[name], now[name]
        if max(abs(a - b) for a, b in zip(one.size, other.size, strict=True)) > 0:
            found[name] = f"was {_pixels(one)} large, is {_pixels(other)}"
            continue
        red, green, blue = ImageChops.difference(one, other).split()
        most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        painted = _share(most.point(lambda v: 255 * (v > FLAT)).filter(ImageFilter.MinFilter(3)))
        moved = _share(most.point(lambda v: 255 * (v > MOVED)))
        if painted or moved > ODD:
            found[name] = f"{painted} places have another colour, {moved} something else in them"
    return found


def _pixels(image: Image.Image) -> str:
    return "×".join(str(side * SMALLER) for side in image.size)


def _share(mask: Image.Image) -> int:
    return mask.histogram()[255]


def keep(view: View, photographs: Photographs) -> None:
    """All sections of a view in one file, below each other; their names and heights beside it."""
    KEPT.mkdir(exist_ok=True)
    sheet = Image.new("RGB", (max(i.width for i in photographs.values()), sum(i.height for i in photographs.values())))
    top, told = 0, {}
    for name, image in photographs.items():
        sheet.paste(image, (0, top))
        told[name] = [top, *image.size]
        top += image.height
    sheet.save(KEPT / f"{view.name}.png", optimize=True)
    (KEPT / f"{view.name}.json").write_text(json.dumps(told, separators=(",", ":")) + "\n", "utf-8")


def kept(view: View) -> Photographs:
    sheet = Image.open(KEPT / f"{view.name}.png").convert("RGB")
    told = json.loads((KEPT / f"{view.name}.json").read_text("utf-8"))
    return {name: sheet.crop((0, top, width, top + height)) for name, (top, width, height) in told.items()}


def show(view: View, name: str, before: Photographs, now: Photographs) -> Path:
    """Before and now beside each other, for who has to decide whether it was meant."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    pair = [photographs[name] for photographs in (before, now) if name in photographs]
    sheet = Image.new("RGB", (sum(i.width for i in pair) + 8, max(i.height for i in pair)), "#888")
    sheet.paste(pair[0], (0, 0))
    sheet.paste(pair[-1], (pair[0].width + 8 if len(pair) > 1 else 0, 0))
    sheet.save(SHOTS / f"{view.name}-{name}.png")
    return SHOTS / f"{view.name}-{name}.png"


def main() -> int:
    for old in KEPT.glob("*"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        app = demo.copy_of(demo.made_once(Path(folder) / "demo"), Path(folder) / "copy")
        with demo.standing_clock(), sync_playwright() as driver, served(app) as address:
            browser = driver.chromium.launch(executable_path=installed(), args=QUIET)
            reader = Reader(app, address, driver, browser, installed(), Path(folder))
            for language in LANGUAGES:
                with opened(reader, language) as tab:
                    for view in (view for view in VIEWS if view.language is language):
                        keep(view, taken(tab, view))
            browser.close()
    size = sum(file.stat().st_size for file in KEPT.glob("*"))
    print(f"{len(VIEWS)} photographs of the gallery, {size / 1000:.0f} kB: {KEPT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
