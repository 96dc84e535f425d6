import io
import itertools
import logging
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from portal.core.documents import corrections
from portal.core.documents.failures import DocumentFailed
from portal.core.documents.fonts import families_for
from portal.core.documents.linebreak import NEVER_FIRST, NEVER_LAST
from portal.core.documents.pdf import render, render_pdf
from tests.core.prints import ROOT, fonts_in, page, pages_of, squeezed, text_of
from tests.core.test_documents_linebreak import prose

pytestmark = pytest.mark.usefixtures("fonts")


def drawn(body: str, style: str = "", lang: str = "zh-Hans") -> bytes:
    return render(page(body, style, lang), title="试", lang=lang).content


def words_of(content: bytes) -> list[tuple[float, float, str]]:
    """Left edge, right edge and text of each word, in points."""
    found = re.findall(
        r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', text_of(content, "-bbox")
    )
    return [(float(left), float(right), text) for left, right, text in found]


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
def test_names_beyond_the_basic_plane_come_back_from_the_file(lang: str) -> None:
    content = drawn("<p>欧阳𬱖住𨋢旁，<b>龚𬱖</b>乘<b>𨋢</b>。</p>", lang=lang)
    assert squeezed(text_of(content)) == "欧阳𬱖住𨋢旁，龚𬱖乘𨋢。"
    assert squeezed(PdfReader(io.BytesIO(content)).pages[0].extract_text()) == "欧阳𬱖住𨋢旁，龚𬱖乘𨋢。"


def test_every_han_character_in_use_comes_back_in_order() -> None:
    common = [chr(point) for point in range(0x4E00, 0x4E00 + 3000)] + [chr(point) for point in range(0x2CC50, 0x2CC60)]
    rendered = render(page(f"<p>{''.join(common)}</p>"), title="字", lang="zh-Hans")
    assert rendered.missing == () or set(rendered.missing) <= {chr(point) for point in range(0x2CC50, 0x2CC60)}
    kept = [character for character in common if character not in rendered.missing]
    assert [character for character in squeezed(text_of(rendered.content)) if character in set(kept)] == kept


@pytest.mark.parametrize("seed", range(6))
def test_no_printed_line_begins_or_ends_with_a_forbidden_mark(seed: int) -> None:
    width = random.Random(seed).choice([31, 46, 77, 120])
    content = drawn(f'<table width="{width}mm"><tr><td>水{prose(seed, 900)}水</td></tr></table>')
    printed = [line.strip() for line in text_of(content).splitlines() if line.strip()]
    assert len(printed) > 15
    assert [line for line in printed if line[0] in NEVER_FIRST or line[-1] in NEVER_LAST] == []


def test_justified_lines_end_at_the_same_edge() -> None:
    content = drawn(f"<p style='text-align: justify'>水{prose(3, 600)}水</p>")
    rights = [right for _, right, _ in words_of(content)]
    edge = max(rights)
    full = [right for right in rights if edge - right < 1]
    ragged = drawn(f"<p>水{prose(3, 600)}水</p>")
    rights = [right for _, right, _ in words_of(ragged)]
    assert len(full) > 3 * len([right for right in rights if max(rights) - right < 1])


def test_a_line_break_in_a_paragraph_is_kept() -> None:
    assert text_of(drawn("<p>锦绣物业<br>管理处</p>")).split() == ["锦绣物业", "管理处"]


def test_an_ideographic_space_keeps_its_width() -> None:
    first, second = words_of(drawn("<p style='font-size: 20pt'>甲　乙</p>"))
    assert 16 <= second[0] - first[1] <= 21


def test_words_stay_apart_where_a_paragraph_runs_over_the_page() -> None:
    text = " ".join(f"word{number}" for number in range(2500))
    content = drawn(f"<p>{text}</p>")
    assert pages_of(content) > 1
    assert text_of(content).split() == text.split()


def test_chinese_gains_no_space_where_a_paragraph_runs_over_the_page() -> None:
    text = "".join(itertools.islice(itertools.cycle("电梯夜间异响外墙渗水"), 4000))
    content = drawn(f"<p>{text}</p>")
    assert pages_of(content) > 1
    assert squeezed(text_of(content)) == text
    assert re.search(r"[^\n\f] +[^\n]", text_of(content)) is None


def test_bold_is_a_face_of_its_own_and_all_faces_are_in_the_file() -> None:
    found = fonts_in(drawn("<p>平<b>粗</b></p>"))
    assert {name: embedded for name, embedded in found.items() if name.startswith("Noto")} == {
        "NotoSansSC-Regular": True,
        "NotoSansSC-Bold": True,
    }


def test_each_script_is_set_in_its_own_shapes_and_borrows_only_what_it_lacks() -> None:
    assert "NotoSansTC-Regular" not in fonts_in(drawn("<p>管理处</p>", lang="zh-Hans"))
    assert "NotoSansSC-Regular" not in fonts_in(drawn("<p>管理處</p>", lang="zh-Hant"))
    assert {"NotoSansTC-Regular", "NotoSansSC-Regular"} <= set(fonts_in(drawn("<p>我们</p>", lang="zh-Hant")))


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "zh-HK", "zh_Hant", "en"])
def test_templates_and_code_agree_on_the_order_of_fonts(lang: str) -> None:
    assert f"font-family: {families_for(lang)} " in page("", lang=lang)


def test_title_and_language_are_in_the_file() -> None:
    html = page("<p>信</p>")
    reader = PdfReader(io.BytesIO(render_pdf(html, title="公开信 <1> & 2", lang="zh-Hant")))
    assert reader.metadata is not None
    assert reader.metadata.title == "公开信 <1> & 2"
    assert reader.root_object["/Lang"] == "zh-Hant"


@pytest.mark.parametrize("sheets", [1, 3, 12])
def test_each_page_says_which_of_how_many_it_is(sheets: int) -> None:
    body = '<p>页</p><div style="page-break-after: always"></div>' * (sheets - 1) + "<p>页</p>"
    source = page(body).replace("</body>", '<div id="foot">&lt;<pdf:pagenumber/> of <pdf:pagecount/>&gt;</div></body>')
    content = render(source, title="页", lang="zh-Hans").content
    assert pages_of(content) == sheets
    assert re.findall(r"<(\d+)of(\d+)>", squeezed(text_of(content))) == [
        (str(number + 1), str(sheets)) for number in range(sheets)
    ]


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What reaches the log of a running portal (pytest's own fixture also hears loggers that are silenced)."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    listener, level = Listener(), logging.root.level
    logging.root.addHandler(listener)
    logging.root.setLevel(logging.DEBUG)
    yield heard
    logging.root.setLevel(level)
    logging.root.removeHandler(listener)


def test_a_character_without_a_glyph_is_reported_and_nothing_around_it(log: list[str]) -> None:
    html = page("<p>好😀𠮶</p>")
    assert render(html, title="字", lang="zh-Hans").missing == ("😀", "𠮶")
    render_pdf(html, title="字", lang="zh-Hans")
    assert log == ["no glyph for U+1F600 U+20BB6"]


def test_characters_that_no_reader_sees_do_not_print_as_boxes() -> None:
    rendered = render(page("<p>甲\u200b\u202e乙\ufe0f\x0b\x00丙\ud800</p>"), title="字", lang="zh-Hans")
    assert squeezed(text_of(rendered.content)) == "甲乙丙?"


def test_a_page_that_cannot_be_laid_out_fails_with_a_code_and_without_its_text(log: list[str]) -> None:
    with pytest.raises(DocumentFailed) as failure:
        drawn(
            '<p>欧阳晓曦的密语</p><img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%2210%22 height=%2210%22%3E'
            '%3Cimage href=%22http://127.0.0.1:9/x.png%22 width=%2210%22 height=%2210%22/%3E%3C/svg%3E">'
        )
    assert failure.value.code == "not_drawn"
    assert failure.value.__cause__ is None and failure.value.__suppress_context__
    assert "密语" not in f"{failure.value}{log}"


def test_another_version_of_the_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(corrections.WRITTEN_FOR, "xhtml2pdf", "0.2.29")
    with pytest.raises(DocumentFailed) as failure:
        corrections.assert_versions()
    assert failure.value.code == "wrong_library"
    assert failure.value.params == {"package": "xhtml2pdf", "found": "0.2.28", "wanted": "0.2.29"}


@pytest.mark.parametrize("package", sorted(corrections.WRITTEN_FOR))
def test_the_requirements_pin_the_versions_the_corrections_were_written_for(package: str) -> None:
    pinned = (ROOT / "requirements" / "runtime.txt").read_text()
    assert f"\n{package}=={corrections.WRITTEN_FOR[package]} " in pinned


def test_importing_the_part_loads_no_pdf_library() -> None:
    script = "import sys, portal.core.documents.pdf, portal.core.documents.qr, portal.core.documents.sheets\n"
    script += "print([name for name in ('xhtml2pdf', 'reportlab', 'svglib', 'fontTools', 'xlsxwriter', 'flask') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_fonts_the_answer_is_that_they_are_not_ready(tmp_path: Path) -> None:
    script = (
        "from portal.core.documents.pdf import render_pdf\n"
        "from portal.core.documents.fonts import fonts_ready\n"
        "from portal.core.documents.failures import DocumentFailed\n"
        "try: render_pdf('<html><body>x</body></html>', title='', lang='en')\n"
        "except DocumentFailed as failed: print(fonts_ready(), failed.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PORTAL_FONT_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "fonts_not_ready"]


def test_the_libraries_are_told_of_the_faces_only_once() -> None:
    drawn("<p>一</p>")
    from reportlab.pdfbase import pdfmetrics

    before: Any = pdfmetrics.getFont("NotoSC")
    drawn("<p>二</p>")
    assert pdfmetrics.getFont("NotoSC") is before


def test_a_chart_is_set_in_the_same_faces_and_spoils_nothing_after_it() -> None:
    chart = (
        "%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%22200%22 height=%2240%22%3E%3Ctext x=%2210%22 y=%2220%22 "
        "font-family=%22NotoSC%22 font-size=%2212%22%3E满意率%3C/text%3E%3C/svg%3E"
    )
    content = drawn(f'<p>图前</p><p><img src="data:image/svg+xml,{chart}"></p><p>图后</p>')
    assert squeezed(text_of(content)) == "图前满意率图后"
    assert {name for name in fonts_in(content) if name != "Helvetica"} == {"NotoSansSC-Regular"}
