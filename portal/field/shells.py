"""What a tablet keeps: neutral shells, forms, fragments and assets of one build, and nothing that names anybody."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from flask import url_for

from portal.core import handbook
from portal.core.i18n import LANGUAGES, Language
from portal.core.pages import STATIC, asset, build
from portal.field import forms

PAGES = ("today", "household", "visit", "elevation", "find", "outbox", "survey", "enrol", "unlock", "pin", "help")
ASSETS = (
    "css/tokens.css",
    "css/tablet.css",
    "css/elevation.css",
    "css/tablet-forms.css",
    "js/look.js",
    "icon.svg",
    "icon-192.png",
)
VENDORED = ("htmx.org", "idb", "signature_pad", "tus-js-client")


def precache() -> list[str]:
    """Every address the worker fetches before it says that it is ready, in all languages, each once."""
    return [*_assets(), url_for("field.characters", build_id=build()), *_pages(), *_forms(), *_handbook()]


def _assets() -> Iterator[str]:
    yield from (asset(name) for name in ASSETS)
    scripts = sorted(path.relative_to(STATIC) for path in (STATIC / "js" / "field").rglob("*.js"))
    yield from (asset(str(PurePosixPath(path))) for path in scripts)
    libraries = sorted((STATIC / "vendor").glob("*.js"))
    yield from (asset(f"vendor/{path.name}") for path in libraries)


def _pages() -> Iterator[str]:
    for language in LANGUAGES:
        yield from (page_address(language, page) for page in PAGES)
        yield url_for("field.manifest", language=language)
        yield url_for("field.words_json", language=language, build_id=build())


def _forms() -> Iterator[str]:
    for document in forms.on_the_tablet():
        kept: dict[str, Any] = {"build_id": build(), "form_hash": forms.hash_of(document)}
        yield url_for("field.form_document", **kept)
        for language in LANGUAGES:
            address: dict[str, Any] = {"language": language, **kept}
            yield url_for("field.form_shell", **address)
            for group in forms.fragments(document):
                yield url_for("field.form_fragment", **address, group=group)


def _handbook() -> Iterator[str]:
    """The chapters for the tablet and their pictures."""
    for language in LANGUAGES:
        yield from filter(None, (chapter_address(language, chapter.slug) for chapter in handbook.ON_THE_TABLET))
        names = [name for each in handbook.ON_THE_TABLET for name in handbook.pictures_of(language.tag, each.slug)]
        yield from (handbook.picture(language.tag, name) for name in dict.fromkeys(names))


def chapter_address(language: Language, slug: str) -> str | None:
    """The address of a chapter on the tablet; None where the tablet does not keep it."""
    kept = any(chapter.slug == slug for chapter in handbook.ON_THE_TABLET)
    return url_for("field.help_chapter", language=language, chapter=slug) if kept else None


def page_address(language: Language, page: str) -> str:
    """The address of a shell; the first page is the language's own address."""
    if page == "today":
        return url_for("field.shell", language=language)
    return url_for("field.shell", language=language, page=page)
