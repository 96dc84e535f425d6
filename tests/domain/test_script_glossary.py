"""Glossaries, overrides, and the places they decide."""

from portal.domain.script import GlossaryEntry, Override, convert
from portal.domain.script.glossary import portal_glossary, sides


def test_an_entry_is_final_in_both_directions() -> None:
    estate = [GlossaryEntry("燃气", "瓦斯", scope="estate"), GlossaryEntry("复印件", "影本", scope="estate")]
    done = convert("请带燃气卡和复印件，后天来。", source="zh-Hans", target="zh-Hant", glossary=estate)
    assert done.text == "請帶瓦斯卡和影本，後天來。"
    assert convert(done.text, target="zh-Hans", glossary=estate).text == "请带燃气卡和复印件，后天来。"


def test_the_notice_wins_over_the_estate_and_the_longer_entry_over_the_shorter() -> None:
    entries = [
        GlossaryEntry("里仁", "裡仁", "place", "estate"),
        GlossaryEntry("里仁", "里仁", "place", "notice"),
        GlossaryEntry("里仁坊后街", "里仁坊后街", "place", "notice"),
    ]
    assert (
        convert("里仁坊后街和里仁路", source="zh-Hans", target="zh-Hant", glossary=entries).text == "里仁坊后街和里仁路"
    )


def test_hong_kong_may_have_a_word_of_its_own() -> None:
    entry = GlossaryEntry("电梯", "電梯", scope="estate", hant_hk="升降機")
    assert convert("电梯里", source="zh-Hans", target="zh-Hant-HK", glossary=[entry]).text == "升降機裏"
    assert convert("電梯裡", source="zh-Hant-TW", target="zh-Hans", glossary=[entry]).text == "电梯里"


def test_the_portal_glossary_gives_way_to_a_longer_word_and_an_office_entry_does_not() -> None:
    assert convert("办理发卡", source="zh-Hans", target="zh-Hant").text == "辦理發卡"
    assert convert("范水泥", source="zh-Hans", target="zh-Hant").text == "範水泥"
    own = GlossaryEntry("范水", "范水", scope="estate")
    assert convert("范水泥", source="zh-Hans", target="zh-Hant", glossary=[own]).text == "范水泥"


def test_every_portal_entry_writes_what_it_says() -> None:
    for entry in portal_glossary():
        (source,), out = sides(entry, "zh-Hant-TW")
        assert convert(source, source="zh-Hans", target="zh-Hant").text == out
        assert len(source) == len(out)


def test_an_override_decides_one_place_and_survives_edits_elsewhere() -> None:
    override = Override("里", "里", before="湖", after="小区")
    text = "园里有湖里小区，湖里的鱼。"
    assert convert(text, source="zh-Hans", target="zh-Hant", overrides=[override]).text == "園裡有湖里小區，湖裡的魚。"
    edited = "通知：" + text + "另行通知。"
    done = convert(edited, source="zh-Hans", target="zh-Hant", overrides=[override])
    assert done.text == "通知：園裡有湖里小區，湖裡的魚。另行通知。"
    assert [(s.src, s.out) for s in done.spans if s.reason == "override"] == [("里", "里")]


def test_the_occurrence_tells_equal_places_apart() -> None:
    override = Override("干", "干", occurrence=1)
    assert convert("干一干", source="zh-Hans", target="zh-Hant", overrides=[override]).text == "幹一干"


def test_an_override_whose_place_is_gone_is_reported_as_lost() -> None:
    gone = Override("干部", "干部", before="社区")
    done = convert("请晾干。", source="zh-Hans", target="zh-Hant", overrides=[gone])
    assert (done.text, done.lost) == ("請晾乾。", (gone,))
    twice = Override("后", "后", before="皇")
    assert convert("后门后街", source="zh-Hans", target="zh-Hant", overrides=[twice]).lost == (twice,)


def test_an_override_with_a_changed_neighbour_holds_while_its_word_is_unique() -> None:
    moved = Override("里仁", "里仁", before="在")
    done = convert("住里仁路", source="zh-Hans", target="zh-Hant", overrides=[moved])
    assert (done.text, done.lost) == ("住里仁路", ())
