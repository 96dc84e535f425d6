"""What holds for any text at all."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.script import FORMATS, convert, detect_script

PIECES = (
    "水龙头发生漏水", "请于周三前", "范女士", "于经理", "后台", "里长", "{业主}", "{{后}}", "%(里)s", "<b>发</b>现", "`后台`", "[后](/里)",
    "https://a.example/后台", "頭髮", "於是", "著名", "乾隆", "ABC", "12:30", "\n", "，", "。", " ", "“", "”", "😀", "干", "只", "发布",
)  # fmt: skip
TARGETS = st.sampled_from(("zh-Hans", "zh-Hant", "zh-Hant-HK"))
SOURCES = st.sampled_from(("auto", "zh-Hans", "zh-Hant", "zh-Hant-HK"))
CHINESE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
ANYTHING = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
few = settings(max_examples=60, derandomize=True, deadline=None, database=None)


@few
@given(text=st.one_of(CHINESE, ANYTHING), source=SOURCES, target=TARGETS, fmt=st.sampled_from(FORMATS))
def test_any_text_is_converted_and_keeps_its_length(text: str, source: str, target: str, fmt: str) -> None:
    assert len(convert(text, source=source, target=target, fmt=fmt).text) == len(text)


@few
@given(text=CHINESE, target=TARGETS)
def test_latin_letters_digits_and_line_ends_never_change(text: str, target: str) -> None:
    def kept(value: str) -> list[tuple[int, str]]:
        return [(m.start(), m[0]) for m in re.finditer(r"[\x00-\x7f]", value)]

    assert kept(convert(text, target=target).text) == kept(text)


@few
@given(text=CHINESE, target=TARGETS, fmt=st.sampled_from(FORMATS))
def test_protected_places_come_out_as_they_went_in(text: str, target: str, fmt: str) -> None:
    done = convert(text, target=target, fmt=fmt)
    for span in done.spans:
        if span.reason == "protected":
            assert done.text[span.start : span.end] == text[span.start : span.end]


@few
@given(text=CHINESE, target=TARGETS, fmt=st.sampled_from(FORMATS))
def test_a_decided_text_is_stable(text: str, target: str, fmt: str) -> None:
    once = convert(text, target=target, fmt=fmt).text
    if all(detect_script(line) in (target[:7], "undecided") for line in once.split("\n")):
        again = convert(once, target=target, fmt=fmt).text
        assert [a for a, b in zip(once, again, strict=True) if a != b and detect_script(once) != "undecided"] == []


@few
@given(text=CHINESE, target=TARGETS)
def test_spans_and_text_agree(text: str, target: str) -> None:
    done = convert(text, target=target)
    for span in done.spans:
        assert (text[span.start : span.end], done.text[span.start : span.end]) == (span.src, span.out)
