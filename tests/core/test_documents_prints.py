"""The printed sheets as a reader finds them."""

from pathlib import Path
from typing import Any

import pytest

from portal.core.documents.qr import PRINTED_MM, qr_data_uri
from tests.core.prints import HASH, fill, letter, pages_of, printed, report, squeezed, text_of, visit

pytestmark = pytest.mark.usefixtures("fonts")

GOLDEN = Path(__file__).parent / "golden"
LETTER = "publishing/letter_pdf.html"
REPORT = "statistics/report_pdf.html"
VISIT = "visits/record_pdf.html"


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
def test_the_letter_reads_as_it_was_approved(lang: str) -> None:
    golden = (GOLDEN / f"letter_{lang.lower().replace('-', '_')}.txt").read_text(encoding="utf-8")
    assert squeezed(text_of(printed(LETTER, letter(lang)))) == squeezed(golden)


def test_a_letter_on_three_matters_fits_one_sheet() -> None:
    assert pages_of(printed(LETTER, letter())) == 1


def test_a_long_letter_runs_on_and_its_signature_is_not_alone_on_a_sheet() -> None:
    context = letter()
    context["rows"] = [row | {"no": number} for number in range(1, 4) for row in context["rows"]]
    sheets = text_of(printed(LETTER, context)).split("\f")
    assert len([sheet for sheet in sheets if sheet.strip()]) == 3
    (last,) = [sheet for sheet in sheets if context["company"] in sheet]
    assert context["closing"] in squeezed(last)


def test_every_sheet_of_a_letter_says_which_version_and_content_it_is() -> None:
    context = letter()
    context["rows"] = context["rows"] * 3
    for sheet in text_of(printed(LETTER, context)).split("\f")[:3]:
        assert "第2版" in squeezed(sheet)
        assert HASH[:32] in squeezed(sheet)


def test_a_promise_whose_date_was_changed_shows_both_dates() -> None:
    text = squeezed(text_of(printed(LETTER, letter()), "-raw"))
    assert "!11月27日前原定11月18日" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("done", "✓已完成"),
        ("verified", "✓已完成并核实"),
        ("ongoing", "✓持续进行"),
        ("open", "○办理中"),
        ("overdue", "!逾期"),
        ("declined", "×不予办理"),
    ],
)
def test_a_state_is_a_sign_and_a_word(state: str, words: str) -> None:
    context = letter()
    context["rows"] = [
        {
            "no": 1,
            "brief": "门禁",
            "measures": [{"text": "检修", "actor": "工程部", "completion": "即时", "state": state}],
        }
    ]
    assert f"工程部{words}即时" in squeezed(text_of(printed(LETTER, context), "-raw"))


def test_an_explanation_of_several_paragraphs_is_kept() -> None:
    context = letter()
    context["rows"][1]["explanation"] = "三月雨后查看。\n\n防水层已过保修期。"
    text = text_of(printed(LETTER, context))
    assert "三月雨后查看。" in text.split() and "防水层已过保修期。" in text.split()


def test_a_letter_without_phone_lines_or_an_earlier_version_leaves_no_gap_to_fill() -> None:
    context = letter() | {"lines": [], "replaces": None, "posted_until": ""}
    text = squeezed(text_of(printed(LETTER, context)))
    assert "0000-0001" not in text and "取代" not in text and "None" not in text


def test_more_than_three_phone_lines_go_on_below() -> None:
    context = letter()
    context["lines"] = [{"name": f"热线{number}", "number": f"0000-000{number}"} for number in range(5)]
    text = squeezed(text_of(printed(LETTER, context)))
    assert [number for number in range(5) if f"0000-000{number}" in text] == [0, 1, 2, 3, 4]


def test_the_seal_is_an_empty_ring_named_in_the_reader_s_shapes() -> None:
    assert "盖章处" in squeezed(text_of(printed(LETTER, letter())))
    assert "font-family%3D%22NotoTC%22" in fill(LETTER, letter("zh-Hant"))
    assert "font-family%3D%22NotoSC%22" in fill(LETTER, letter("zh-Hans"))


@pytest.mark.parametrize(
    "address", ["https://a.cn/p/1", "https://linli.example/p/7k3m9q", "https://portal.example.com.hk/zh-hant/p/7k3m9q"]
)
def test_the_code_is_printed_at_least_25_mm_wide(address: str) -> None:
    import base64
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(qr_data_uri(address).partition(",")[2]))).convert("L")
    dark = picture.point(lambda shade: 255 if shade < 128 else 0).getbbox()
    assert dark is not None
    assert (dark[2] - dark[0]) / picture.width * PRINTED_MM >= 25
    assert dark[0] / (dark[2] - dark[0]) >= 4 / 57
    assert f"width: {PRINTED_MM}mm" in fill(LETTER, letter())


def test_a_report_shows_numerator_denominator_and_interval_of_every_rate() -> None:
    context = report()
    text = squeezed(text_of(printed(REPORT, context), "-layout"))
    for item in [*context["items"], context["total"]]:
        assert f"{item['rate']}{item['numerator']}/{item['denominator']}{item['interval']}" in text
    for name, value in context["method"]:
        assert squeezed(f"{name}{value}") in text
    assert pages_of(printed(REPORT, context)) == 1


def test_a_long_report_repeats_its_headings() -> None:
    context = report()
    context["items"] = context["items"] * 8
    sheets = [sheet for sheet in text_of(printed(REPORT, context)).split("\f") if sheet.strip()]
    assert len(sheets) >= 3
    assert all("置信区间" in sheet for sheet in sheets[:2])


def test_a_report_may_have_a_chart() -> None:
    chart = "%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%22600%22 height=%2240%22%3E%3Crect width=%22300%22 height=%2240%22/%3E%3C/svg%3E"
    context = report() | {"chart_data_uri": f"data:image/svg+xml,{chart}", "chart_text": "服务态度最高。"}
    assert "服务态度最高。" in squeezed(text_of(printed(REPORT, context)))


def test_a_visit_record_holds_what_was_said_what_was_ticked_and_who_signed() -> None:
    context = visit()
    text = squeezed(text_of(printed(VISIT, context), "-raw"))
    for wanted in (
        "■定期走访",
        "□专项走访",
        "■上门面谈",
        "■满意",
        "□很满意",
        "欧阳𬱖",
        "138****5566",
        "当场答复：本周起",
    ):
        assert wanted in text
    for opinion in context["opinions"]:
        assert squeezed(opinion["content"]) in text
    for signoff in context["signoffs"]:
        assert f"{signoff['role']}" in text and f"{signoff['name']}{signoff['decision']}" in text


def test_a_visit_record_without_the_resident_s_signature_says_why() -> None:
    context = visit() | {"resident_signature": None, "unsigned_because": "住户不便签字"}
    assert "未签字住户不便签字" in squeezed(text_of(printed(VISIT, context), "-raw"))


def test_a_visit_without_opinions_says_so() -> None:
    assert "住户未提意见。" in squeezed(text_of(printed(VISIT, visit() | {"opinions": [], "photos": []})))


def overlong(context: dict[str, Any]) -> dict[str, Any]:
    context["opinions"][0]["content"] = "卫生间吊顶渗水，" * 600
    context["briefing"] = "通报了进展。" * 700
    return context


def test_a_text_longer_than_a_page_runs_on() -> None:
    content = printed(VISIT, overlong(visit()))
    assert pages_of(content) >= 4
    assert squeezed(text_of(content, "-raw")).count("卫生间吊顶渗水，") >= 590
