"""The handbook for staff: Markdown under ``docs/handbook``, a folder for each language, read and rendered for desk and tablet.

What the authors may write is small: ``##`` headings, paragraphs, lists, tables, ``![what is to be seen](picture)``,
``[words](chapter)`` and ``【label】`` for what stands on a button or in a menu. A guard holds the labels against the
catalogues, so that a button cannot be renamed without its handbook.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from portal.config import ROOT
from portal.core.i18n import Language
from portal.core.pages import STATIC, asset

FOLDER = ROOT / "docs" / "handbook"
PICTURES = STATIC / "handbook"
LABEL = re.compile(r"【([^】]+)】")


@dataclass(frozen=True)
class Chapter:
    """One page. ``tablet``: kept on the tablet too, where it can be read without a network."""

    slug: str
    title: Any  # a lazy string
    about: Any  # a lazy string: whom it serves
    tablet: bool = False


CHAPTERS = (
    Chapter("field", _l("Field staff"), _l("At the door, with the tablet"), tablet=True),
    Chapter("counter", _l("Front desk"), _l("Calls, the counter, asking residents again")),
    Chapter("signing", _l("Supervisor, manager, director"), _l("Signing, returning, plans, letters")),
    Chapter("department", _l("Departments"), _l("Measures: name them, carry them out, report them done")),
    Chapter("representative", _l("Management representative"), _l("Approving letters, closing after review")),
    Chapter("estate", _l("Rosters and estates"), _l("Bringing in rosters, looking after buildings and tablets")),
    Chapter("statuses", _l("What each status means"), _l("Every state of a record, in one line each"), tablet=True),
    Chapter("trouble", _l("When something goes wrong"), _l("No signal, a returned record, a lost tablet"), tablet=True),
    Chapter("glossary", _l("Words we use"), _l("The same thing has the same name, in three languages"), tablet=True),
)  # fmt: skip
BY_SLUG = {chapter.slug: chapter for chapter in CHAPTERS}
SLUGS = ",".join(BY_SLUG)
ON_THE_TABLET = tuple(chapter for chapter in CHAPTERS if chapter.tablet)


@dataclass(frozen=True)
class Term:
    """One thing and its one name in each language; ``avoid`` are names it must not have on screen."""

    en: str
    hans: str
    hant: str
    meaning_hans: str
    meaning_hant: str
    avoid_hans: tuple[str, ...]
    avoid_hant: tuple[str, ...]

    @classmethod
    def of(cls, row: list[str]) -> "Term":
        """From the cells of one line. Raises ValueError for a line of another length."""
        en, hans, hant, meaning_hans, meaning_hant, avoid_hans, avoid_hant = row
        return cls(en, hans, hant, meaning_hans, meaning_hant, _several(avoid_hans), _several(avoid_hant))


@dataclass(frozen=True)
class Text:
    """A chapter ready for a page: ``parts`` are its headings with the ids they carry."""

    html: Markup
    parts: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def source(script: str, slug: str) -> str:
    """A chapter as it was written."""
    return (FOLDER / script / f"{slug}.md").read_text("utf-8")


def pictures_of(script: str, slug: str) -> list[str]:
    """The names of a chapter's pictures, in order."""
    return re.findall(r"!\[[^\]]*\]\(([a-z0-9-]+)\)", source(script, slug))


def picture(script: str, name: str) -> str:
    """The address of a picture."""
    return asset(f"handbook/{script.lower()}/{name}.webp")


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a WebP picture of the plain lossy kind. Raises ValueError for anything else."""
    head = path.read_bytes()[:30]
    if head[:4] != b"RIFF" or head[8:16] != b"WEBPVP8 ":
        raise ValueError(f"{path.name} is no plain WebP picture")
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """The words of the glossary, in the order of the file."""
    with (FOLDER / "glossary.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return tuple(map(Term.of, rows))


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("、")))


def text_of(language: Language, slug: str, address: Callable[[str], str | None]) -> Text:
    """A chapter for a reader; ``address`` says where another chapter is, or None where it cannot be reached."""
    script = language.tag
    tokens = _PARSER.parse(source(script, slug).split("\n", 1)[1])
    parts: list[tuple[str, str]] = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            own = f"part-{len(parts) + 1}"
            token.attrSet("id", own)
            parts.append((own, LABEL.sub(r"\1", tokens[at + 1].content)))
        if token.type == "inline":
            token.content = _inline(token, script, address)
            token.type = "html_block"
        if token.type in ("paragraph_open", "paragraph_close") and _shows(tokens, at):
            token.hidden = True
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Text(Markup(html), tuple(parts))  # noqa: S704  every text in it went through escape()


_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def _shows(tokens: list[Token], at: int) -> bool:
    """Whether the paragraph that opens or closes here holds a picture and nothing else."""
    inner = tokens[at + 1 if tokens[at].type == "paragraph_open" else at - 1]
    return bool(inner.children) and [child.type for child in inner.children or ()] == ["image"]


def _inline(token: Token, script: str, address: Callable[[str], str | None]) -> str:
    """The words of one block, made safe: labels, strong words, pictures, ways to other chapters."""
    said: list[str] = []
    dead = 0
    for child in token.children or ():
        if child.type == "text":
            said.append(LABEL.sub(r'<b class="label">\1</b>', str(escape(child.content))))
        elif child.type in ("strong_open", "strong_close"):
            said.append("<strong>" if child.type == "strong_open" else "</strong>")
        elif child.type in ("softbreak", "hardbreak"):
            said.append("<br>" if child.type == "hardbreak" else "\n")
        elif child.type == "link_open":
            there = address(str(child.attrGet("href")))
            dead += not there
            said.append(f'<a href="{escape(there)}">' if there else "")
        elif child.type == "link_close":
            said.append("" if dead else "</a>")
            dead = max(0, dead - 1)
        elif child.type == "image":
            said.append(_figure(script, str(child.attrGet("src")), child.content))
        elif child.type == "code_inline":
            said.append(f"<kbd>{escape(child.content)}</kbd>")
        else:
            raise ValueError(f"the handbook has no {child.type}")
    return "".join(said)


def _figure(script: str, name: str, words: str) -> str:
    width, height = size_of(PICTURES / script.lower() / f"{name}.webp")
    there = escape(picture(script, name))
    image = f'<img src="{there}" alt="{escape(words)}" width="{width}" height="{height}" loading="lazy">'
    if height > width:
        return f'<figure class="shot shot--tall">{image}<figcaption aria-hidden="true">{escape(words)}</figcaption></figure>'
    return f'<figure class="shot"><a href="{there}">{image}</a><figcaption aria-hidden="true">{escape(words)}</figcaption></figure>'
