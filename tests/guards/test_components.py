"""One design system: each part is a macro, stands in the gallery, is used by a real page, and is written by hand nowhere."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
# Parts of other surfaces: paper, the public pages, the switches in the menu, the tablet, the handbook; a hint that is put away is gone.
ELSEWHERE = {"print", "public", "settings", "choose_language", "handbook", "hint"}
NOT_SHOWN = {"door_templates", "marks"}  # for the tablet's script; shapes that the others refer to
# What a macro writes, as it would look if somebody wrote it by hand.
BY_HAND = {
    "state.tag": r'<span class="tag[" ]', "empty.empty": r'class="empty"', "dialog.dialog": r"<dialog", "tabs.tabs": r'class="tabs',
    "progress.progress": r"<progress", "counts.counts": r'<dl class="counts"', "pictures.strip": r'class="photos"',
    "pictures.inks": r'class="sign__ink"', "timeline.happened": r'class="rounds__step', "timeline.stage": r'class="steps__end"',
    "toast.toast": r'class="toast ', "figure.figure": r'class="figure"', "charts.chart_frame": r'<figure class="chart',
    "skeleton.skeleton": r'class="skeleton', "picking.line": r'class="list__row', "people.place": r'class="place"',
    "sides.sides": r'class="spread"', "fields.error_summary": r"every_error %}<div", "elevation.door": r'class="door is-',
    "buttons.button": r'<button class="button[^"]*" type="submit">{{ [^{}<]* }}</button>',
}  # fmt: skip


def macros() -> dict[str, str]:
    """Every macro of the desk's components with its file's text, by ``file.name``."""
    found = {}
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        if path.stem not in ELSEWHERE:
            text = path.read_text("utf-8")
            found |= {f"{path.stem}.{name}": text for name in re.findall(r"{%-? macro ([a-z]\w*)\(", text)}
    return found


def imported(text: str, name: str) -> bool:
    """Whether a template takes the macro from its component, under whatever name."""
    file, macro = name.split(".")
    return any(
        macro in [part.split(" as ")[0].strip() for part in names.removesuffix(" with context").split(",")]
        for names in re.findall(rf'{{% from "components/{file}\.html" import (.+?) %}}', text)
    )


def users(name: str) -> set[str]:
    """Templates that use a macro; inside its own file a call by another macro counts for the file."""
    own = f"components/{name.split('.')[0]}.html"
    texts = {str(p.relative_to(TEMPLATES)): p.read_text("utf-8") for p in TEMPLATES.rglob("*.html")}
    found = {path for path, text in texts.items() if path != own and imported(text, name)}
    macro = name.split(".")[1]
    if len(re.findall(rf"\b{macro}\(", texts[own])) > 1:
        found.add(own)
    return found


@pytest.mark.parametrize("name", sorted(macros()))
def test_every_part_is_used_by_a_page_and_shown_in_the_gallery(name: str) -> None:
    if name.split(".")[1] in NOT_SHOWN:
        return
    found = users(name)
    assert any(not path.startswith("gallery/") for path in found), "nothing uses it: take it out"
    assert any(path.startswith(("gallery/", "components/")) for path in found), "the gallery does not show it"


def hand_written(text: str) -> list[str]:
    return [name for name, pattern in BY_HAND.items() if re.search(pattern, text)]


def test_no_page_writes_by_hand_what_a_macro_writes() -> None:
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        where = path.relative_to(TEMPLATES)
        if where.parts[0] in ("components", "field", "public") or path.name.endswith("_pdf.html"):
            continue
        if told := hand_written(path.read_text("utf-8")):
            found[str(where)] = told
    assert not found


def test_what_is_written_by_hand_is_seen() -> None:
    assert hand_written('<p><span class="tag tag--late">{{ x }}</span></p>') == ["state.tag"]
    assert hand_written('<button class="button button--go" type="submit">{{ _("Save") }}</button>') == [
        "buttons.button"
    ]
    assert hand_written('<button class="button" type="submit" name="kind" value="csv">{{ _("CSV") }}</button>') == []


def test_the_patterns_stand_for_macros_that_there_are() -> None:
    assert set(BY_HAND) <= set(macros())
