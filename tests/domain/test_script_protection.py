"""What must come out byte for byte, in each format."""

import pytest

from portal.domain.script import convert


def traditional(text: str, fmt: str) -> str:
    return convert(text, source="zh-Hans", target="zh-Hant", fmt=fmt).text


@pytest.mark.parametrize("fmt", ["plain", "markdown", "html", "message"])
@pytest.mark.parametrize(
    "piece",
    [
        "{业主}",
        "{金额:,.2f}",
        "${时间}",
        "%(金额)d",
        "{{ 业主.姓名 }}",
        "{% if 后台 %}",
        "https://example.com/通知/恢复?类型=后勤#发布",
        "http://localhost:8080/后台/",
        "www.example.com/后台/登录",
        "后勤@example.com",
        "-{后台}-",
        "<%= 业主 %>",
    ],
)
def test_placeholders_and_addresses_stay_in_every_format(fmt: str, piece: str) -> None:
    assert traditional(f"请看 {piece} 里面", fmt) == f"請看 {piece} 裡面"


def test_an_address_ends_where_the_sentence_goes_on() -> None:
    assert traditional("请访问https://example.com/news查询后续", "plain") == "請訪問https://example.com/news查詢後續"
    assert traditional("（见https://example.com/后台）后续", "plain") == "（見https://example.com/后台）後續"


def test_markdown_keeps_targets_and_code_and_converts_what_is_read() -> None:
    text = '请看[后台](/后台/里.html "发布")、![后门](图/后门.png)、`后台`、**水龙**头发生。\n\n```\n后台\n```\n后台'
    expected = (
        '請看[後臺](/后台/里.html "發佈")、![後門](图/后门.png)、`后台`、**水龍**頭發生。\n\n```\n后台\n```\n後臺'
    )
    assert traditional(text, "markdown") == expected


def test_html_converts_text_and_spoken_attributes_only() -> None:
    text = (
        '<p id="后勤" class="里"><img src="/后门.png" alt="后门"><input placeholder="后四位" aria-label="后四位" value="后">'
        "<a href='/发' title='发布'>发<b>现</b></a><code>后台</code><!-- 后台 --><script>后台</script>&nbsp;后勤</p>"
    )
    expected = (
        '<p id="后勤" class="里"><img src="/后门.png" alt="後門"><input placeholder="後四位" aria-label="後四位" value="后">'
        "<a href='/发' title='發佈'>發<b>現</b></a><code>后台</code><!-- 后台 --><script>后台</script>&nbsp;後勤</p>"
    )
    assert traditional(text, "html") == expected


def test_a_word_is_read_through_inline_tags() -> None:
    assert traditional("水龙头<b>发</b>生漏水，理<i>发</i>店", "html") == "水龍頭<b>發</b>生漏水，理<i>髮</i>店"


def test_a_part_marked_as_not_to_be_translated_stays() -> None:
    assert traditional('<span translate="no">后台</span>后台', "html") == '<span translate="no">后台</span>後臺'


def test_a_message_keeps_printf_marks_and_tags() -> None:
    assert traditional("<b>%s</b>后还有%d户，%(业主)s请回复", "message") == "<b>%s</b>後還有%d戶，%(业主)s請回覆"


def test_plain_text_has_no_markup() -> None:
    assert traditional("后台<后台>后台*后台*", "plain") == "後臺<後臺>後臺*後臺*"


def test_protected_places_are_reported() -> None:
    spans = convert("请看{业主}里面", target="zh-Hant", fmt="message").spans
    assert [(s.start, s.end, s.src) for s in spans if s.reason == "protected"] == [(2, 6, "{业主}")]
