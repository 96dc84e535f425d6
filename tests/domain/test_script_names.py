"""Names of persons are never spoilt, and what only looks like a name is converted."""

import pytest

from portal.domain.script import GlossaryEntry, convert, doubtful


def traditional(text: str) -> str:
    return convert(text, source="zh-Hans", target="zh-Hant").text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("范先生、余太太和于小姐", "范先生、余太太和于小姐"),
        ("于女士反映漏水", "于女士反映漏水"),
        ("业主于先生", "業主于先生"),
        ("3号楼501室于女士家", "3號樓501室于女士家"),
        ("请转告于师傅和涂经理", "請轉告于師傅和涂經理"),
        ("保安李松仁先生", "保安李松仁先生"),
        ("联系人：余志松，电话", "聯繫人：余志松，電話"),
        ("范姓业主、老范、余某", "范姓業主、老范、余某"),
        ("钟先生修钟", "鍾先生修鐘"),
    ],
)
def test_a_surname_with_a_title_stays_a_name(text: str, expected: str) -> None:
    assert traditional(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("关于女士优先车位", "關於女士優先車位"),
        ("请于经理到场后签字", "請於經理到場後簽字"),
        ("会议将于主任办公室召开", "會議將於主任辦公室召開"),
        ("其余女士请稍候", "其餘女士請稍候"),
        ("200余女士参加", "200餘女士參加"),
        ("规范先生的停车行为", "規範先生的停車行為"),
        ("十点钟师傅上门", "十點鐘師傅上門"),
        ("余款、余额、余数", "餘款、餘額、餘數"),
    ],
)
def test_what_only_looks_like_a_name_is_converted(text: str, expected: str) -> None:
    assert traditional(text) == expected


def test_a_surname_is_marked_for_confirmation_with_both_readings() -> None:
    (span,) = doubtful("范女士来电", "zh-Hant")
    assert (span.start, span.end, span.src, span.out, span.reason) == (0, 1, "范", "范", "name")
    assert set(span.candidates) == {"范", "範"}


def test_a_possible_surname_is_marked_even_where_it_was_not_assumed() -> None:
    assert [(s.src, s.out, s.reason) for s in doubtful("请于经理到场后签字", "zh-Hant")] == [("于", "於", "name")]


@pytest.mark.parametrize("target", ["zh-Hant", "zh-Hant-HK"])
def test_a_name_given_as_such_is_never_converted(target: str) -> None:
    kept = [GlossaryEntry.kept("万里云"), GlossaryEntry.kept("干于里")]
    text = "请万里云和干于里到后门，万里云海。"
    done = convert(text, source="zh-Hans", target=target, glossary=kept).text
    assert done.startswith("請万里云和干于里到後門")


def test_a_traditional_name_given_as_such_stays_in_simplified_text() -> None:
    kept = [GlossaryEntry.kept("鍾於後")]
    assert convert("請鍾於後先生於後門等候", target="zh-Hans", glossary=kept).text == "请鍾於後先生于后门等候"
