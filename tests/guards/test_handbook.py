"""The handbook says what the program says: its labels are those of the catalogues, its pictures those of the script that
takes them, its chapters the same in all languages."""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from portal.core import handbook
from portal.core.labels import LABELS
from portal.domain.script.characters import leftovers
from tests.guards.test_catalogues import catalogue, strings
from tests.pages.screens import PICTURES_TAKEN

ROOT = Path(__file__).parents[2]
CATALOGUES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
SLUGS = [chapter.slug for chapter in handbook.CHAPTERS]
ROLES = ("field", "counter", "signing", "department", "representative", "estate")
STATES = ("visit_status", "opinion_status", "publication_status", "commitment_status", "door_state")
MOST = 1_500_000  # bytes of one script's pictures


@cache
def words(language: str) -> dict[str, str]:
    """msgid → what is said in a language; in English that is the msgid itself."""
    held = catalogue(CATALOGUES.get(language, "zh_Hans"))
    msgids = {str(m.id if isinstance(m.id, str) else m.id[0]): strings(m)[0] for m in held if m.id}
    return msgids if language in CATALOGUES else {msgid: msgid for msgid in msgids}


@cache
def said() -> set[tuple[str, ...]]:
    """What stands on screen, in each language: on pages, in scripts, in forms."""
    found = set(zip(*(words(language).values() for language in LANGUAGES), strict=True))
    for path in (ROOT / "portal" / "domain" / "forms").glob("*.json"):
        found |= {(pair["zh_Hans"], pair["zh_Hant"], pair["en"]) for pair in pairs(json.loads(path.read_text("utf-8")))}
    return found


def pairs(node: object) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        if isinstance(node.get("zh_Hans"), str):
            yield node
        for inner in node.values():
            yield from pairs(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from pairs(inner)


def unknown(*texts: str) -> list[str]:
    """Labels of a chapter that stand nowhere in the program, or that are called otherwise in another language."""
    labels = [handbook.LABEL.findall(text) for text in texts]
    if len({len(each) for each in labels}) != 1:
        return [f"{[len(each) for each in labels]} labels"]
    return [" / ".join(same) for same in zip(*labels, strict=True) if same not in said()]


def shape(text: str) -> list[str]:
    """What must be the same in both scripts: headings, steps, rows, pictures, ways on, in their order."""
    parts = re.compile(r"^(#+) |^(\d+\.) |^(\|)|\]\(([a-z0-9-]+)\)|(`[^`]+`)", re.M)
    return ["".join(filter(None, found)) for found in parts.findall(text)]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_chapter_is_the_same_in_every_language(slug: str) -> None:
    hans, *others = (shape(handbook.source(language, slug)) for language in LANGUAGES)
    assert all(hans == other for other in others)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_label_a_chapter_names_stands_in_the_program_under_that_name(slug: str) -> None:
    assert unknown(*(handbook.source(language, slug) for language in LANGUAGES)) == []


def test_a_renamed_button_would_be_seen() -> None:
    assert unknown("点【签字】。", "點【簽字】。", "Press 【Sign】.") == []
    assert unknown("点【签个字】。", "點【簽個字】。", "Press 【Sign it】.")
    assert unknown("点【签字】。", "點【籤字】。", "Press 【Sign】.") and unknown(
        "点【签字】。", "點簽字。", "Press 【Sign】."
    )


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("script", LANGUAGES)
def test_a_chapter_is_in_its_script_and_begins_with_its_title(script: str, slug: str) -> None:
    text = handbook.source(script, slug)
    title = next(chapter.title for chapter in handbook.CHAPTERS if chapter.slug == slug)
    assert leftovers(text, script) == [] if script in CATALOGUES else not re.search(r"[\u3400-\u9fff]", text)
    assert text.split("\n", 1)[0] == f"# {words(script)[str(title)]}"


@pytest.mark.parametrize("script", LANGUAGES)
def test_no_chapter_lies_about_that_the_menu_does_not_know(script: str) -> None:
    assert {path.stem for path in (handbook.FOLDER / script).glob("*.md")} == set(SLUGS)


@pytest.mark.parametrize("slug", ROLES)
def test_each_role_has_its_three_commonest_jobs_in_steps_with_a_picture(slug: str) -> None:
    jobs = handbook.source("zh-Hans", slug).split("\n## ")[1:]
    whole = [job for job in jobs if re.search(r"^2\. ", job, re.M) and "](" in job]
    assert len(whole) >= 3


@pytest.mark.parametrize("slug", SLUGS)
def test_every_way_on_leads_to_a_chapter_that_is_there(slug: str) -> None:
    links = set(re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", handbook.source("zh-Hans", slug)))
    kept = {chapter.slug for chapter in handbook.ON_THE_TABLET}
    assert links <= (kept if slug in kept else set(SLUGS))


@pytest.mark.parametrize("script", LANGUAGES)
def test_the_pictures_are_those_that_the_chapters_show_and_the_script_takes(script: str) -> None:
    named = set(chain.from_iterable(handbook.pictures_of(script, slug) for slug in SLUGS))
    there = list((handbook.PICTURES / script.lower()).glob("*"))
    assert named == {path.stem for path in there} == {picture.name for picture in PICTURES_TAKEN if picture.handbook}
    assert all(min(handbook.size_of(path)) >= 400 for path in there)
    assert sum(path.stat().st_size for path in there) < MOST


def test_the_pictures_of_the_readme_are_taken_by_the_same_script() -> None:
    shown = set(re.findall(r"\(docs/screens/([a-z-]+)\.png\)", (ROOT / "README.md").read_text("utf-8")))
    there = {path.stem for path in (ROOT / "docs" / "screens").glob("*.png")}
    assert shown == there == {picture.readme for picture in PICTURES_TAKEN if picture.readme}


@pytest.mark.parametrize("group", STATES)
def test_every_state_is_explained(group: str) -> None:
    told = set(handbook.LABEL.findall(handbook.source("zh-Hans", "statuses")))
    assert {words("zh-Hans")[str(label._args[0])] for label in LABELS[group].values()} <= told


def test_the_program_uses_the_words_of_the_glossary() -> None:
    terms = handbook.terms()
    assert len(terms) >= 30 and len({term.en for term in terms}) == len(terms)
    hans, hant = words("zh-Hans"), words("zh-Hant")
    for term in terms:
        assert leftovers(term.hans + term.meaning_hans, "zh-Hans") == []
        assert leftovers(term.hant + term.meaning_hant, "zh-Hant") == []
        named = [m for m in hans if term.en.lower() in m.lower() and term.hans in hans[m] and term.hant in hant[m]]
        assert named, f"{term.en}: no message says {term.hans} and {term.hant}"


@pytest.mark.parametrize("script", CATALOGUES)
def test_no_message_uses_a_name_that_the_glossary_sets_aside(script: str) -> None:
    avoided = [
        word for term in handbook.terms() for word in (term.avoid_hans if script == "zh-Hans" else term.avoid_hant)
    ]
    found = [f"{word}: {text}" for text in words(script).values() for word in avoided if word in text]
    assert avoided and found == []
