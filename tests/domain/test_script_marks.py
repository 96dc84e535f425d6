"""Quiet on ordinary notices, loud on names, places and boundaries."""

from portal.domain.script import convert, doubtful
from tests.domain.script_rows import HERE

NOTICES = (HERE / "script_notices.txt").read_text("utf-8")


def test_an_ordinary_notice_asks_next_to_nothing() -> None:
    assert len(NOTICES) >= 3000
    assert len(doubtful(NOTICES, "zh-Hant", source="zh-Hans")) <= 20 * len(NOTICES) / 10_000


def test_what_was_looked_at_and_is_safe_stays_available() -> None:
    spans = convert(NOTICES, source="zh-Hans", target="zh-Hant").spans
    assert sum(span.tier == 2 for span in spans) > 20


def test_ordinary_notices_come_out_as_a_reader_would_write_them() -> None:
    done = convert(NOTICES, source="zh-Hans", target="zh-Hant").text
    for phrase in (
        "業主對表決事項",
        "停止運行並發出語音",
        "儘快清理倒伏的樹木",
        "受颱風外圍影響",
        "結餘轉入專項維修資金",
        "不要讓犬隻在兒童沙坑",
        "繫好牽引繩",
        "恢復供水後，如發現水質渾濁",
    ):
        assert phrase in done


def test_an_undecided_character_is_marked_with_its_candidates() -> None:
    (span,) = doubtful("这次的干", "zh-Hant")
    assert (span.src, span.out, span.reason, span.tier) == ("干", "幹", "undecided", 1)
    assert {"乾", "干"} <= set(span.candidates)


def test_candidates_have_the_forms_of_the_target() -> None:
    assert "裡" in convert("里号", source="zh-Hans", target="zh-Hant-TW").spans[0].candidates
    assert "裏" in convert("里号", source="zh-Hans", target="zh-Hant-HK").spans[0].candidates


def test_offsets_point_into_the_source() -> None:
    text = "<p>😀 {业主} 范女士</p>\n<p>余先生</p>"
    for span in convert(text, source="zh-Hans", target="zh-Hant", fmt="html").spans:
        assert text[span.start : span.end] == span.src


def test_a_simplified_target_asks_nothing_about_a_plain_notice() -> None:
    assert doubtful("請各位住戶於週三前清理雜物。", "zh-Hans") == ()
