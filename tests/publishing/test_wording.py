"""Both halves of a letter: converted, confirmed place by place, edited by hand, kept in step."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.domain.refusals import Refused
from portal.domain.script import leftovers
from portal.publishing import checks, wording
from portal.publishing.halves import is_stale, open_doubts
from portal.publishing.models import Wording
from tests.factories import AT, Estate
from tests.publishing import letters

LEAKY = "三月征求意见表已回复，外墙西头发现裂缝三处，采面由余师傅封堵。"


def save(estate: Estate, made: object, field: str, text: str) -> Wording:
    wording.save_source(
        made,
        letters.text(made, field).id,
        text,
        revision=None,
        by=estate.actor("supervisor"),
        at=AT,  # type: ignore[arg-type]
    )
    return letters.text(made, field)  # type: ignore[arg-type]


def test_a_draft_holds_every_issue_in_both_scripts_with_its_households_and_promises(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    publication = letters.get(made)
    assert publication.title == "关于电梯夜间异响的公开信"
    assert [row.households for row in publication.rows] == [3]
    assert [c.due_kind for c in publication.rows[0].commitments] == ["date", "recurring"]
    texts = db.session.scalars(select(Wording).where(Wording.publication_id == made)).all()
    assert len(texts) == 4 + 2 + 2
    for text in texts:
        assert text.hans and not leftovers(text.hans, "zh-Hans")
        assert text.hant and not leftovers(text.hant, "zh-Hant")
    assert letters.text(made, "brief").hant == "電梯夜間異響"


def test_doubtful_places_are_marked_where_they_stand_in_both_halves(app: Flask, estate: Estate) -> None:
    text = save(estate, letters.draft(estate), "explanation", LEAKY)
    assert text.hant == "三月徵求意見表已回覆，外牆西頭發現裂縫三處，採面由余師傅封堵。"
    assert [(d["src"], d["out"]) for d in open_doubts(text)] == [("表", "表"), ("采", "採"), ("余", "余")]
    for doubt in text.doubts:
        assert text.hans[doubt["start"] : doubt["end"]] == doubt["src"]
        assert text.hant[doubt["at"] : doubt["to"]] == doubt["out"]


def test_a_decided_place_stays_decided_when_the_text_is_edited_elsewhere(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    text = save(estate, made, "explanation", LEAKY)
    doubt = open_doubts(text)[0]
    wording.settle(
        made, text.id, doubt["start"], doubt["end"], "錶", revision=None, by=estate.actor("supervisor"), at=AT
    )
    text = letters.text(made, "explanation")
    assert "意見錶已" in text.hant
    assert len(open_doubts(text)) == 2
    text = save(estate, made, "explanation", "我们看过了。" + LEAKY + "请您放心。")
    assert "意見錶已" in text.hant
    assert len(open_doubts(text)) == 2


def test_a_choice_that_was_never_offered_is_refused(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    text = save(estate, made, "explanation", LEAKY)
    for start, out, code in (
        (text.doubts[0]["start"], "家", "publication.not_a_candidate"),
        (0, "錶", "publication.no_such_place"),
    ):
        with pytest.raises(Refused, match=code):
            wording.settle(made, text.id, start, start + 1, out, revision=None, by=estate.actor("supervisor"), at=AT)


def test_what_is_decided_for_the_estate_holds_in_the_next_letter(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    text = save(estate, made, "explanation", LEAKY)
    doubt = open_doubts(text)[0]
    wording.settle(
        made, text.id, doubt["start"], doubt["end"], "表", remember=("意见表", "意見表"), revision=None,
        by=estate.actor("supervisor"), at=AT,
    )  # fmt: skip
    other = letters.draft(estate, [letters.issue(estate, "外墙渗水", ("104",))])
    assert [d["src"] for d in open_doubts(save(estate, other, "explanation", LEAKY))] == ["采", "余"]


def test_a_half_edited_by_hand_is_never_overwritten_and_is_marked_when_its_source_changes(
    app: Flask, estate: Estate
) -> None:
    made = letters.draft(estate)
    by = estate.actor("supervisor")
    wording.save_other(made, letters.text(made, "opening").id, "我們自己寫的話。", revision=None, by=by, at=AT)
    text = save(estate, made, "opening", "换了一种说法。")
    assert text.hant == "我們自己寫的話。"
    assert is_stale(text, letters.get(made))
    assert "stale" in {p.code for p in checks.problems(db.session(), letters.get(made), ["zh-Hant"])}
    wording.still_right(made, text.id, revision=None, by=by, at=AT)
    assert not is_stale(letters.text(made, "opening"), letters.get(made))
    wording.convert_again(made, text.id, revision=None, by=by, at=AT)
    assert letters.text(made, "opening").hant == "換了一種說法。"


def test_names_of_staff_stay_as_they_are_and_names_of_buildings_follow_the_records(app: Flask, estate: Estate) -> None:
    text = save(estate, letters.draft(estate), "explanation", "由supervisor 王带班，锦绣花园1栋先做，工程部随后。")
    assert text.hant == "由supervisor 王帶班，錦繡花園1棟先做，工程部隨後。"


def test_an_older_page_cannot_overwrite_what_somebody_else_wrote(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    seen = letters.get(made).revision
    save(estate, made, "opening", "先写的话。")
    with pytest.raises(Refused, match=r"publication\.stale"):
        wording.save_source(
            made, letters.text(made, "opening").id, "后写的话。", revision=seen, by=estate.actor("manager"), at=AT
        )
    assert letters.text(made, "opening").hans == "先写的话。"


def test_another_offices_people_find_no_letter(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    with pytest.raises(Refused, match=r"publication\.unknown"):
        wording.save_source(
            made, letters.text(made, "opening").id, "x", revision=None, by=estate.actor("other_supervisor"), at=AT
        )


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("请致电 13800138000 联系", "13800138000"),
        ("住在1栋2单元302的陈先生说", "1栋2单元302"),
        ("陈文203 反映，夜里很吵", "陈文203"),
        ("刘女士家门口", "刘女士"),
        ("1楼B室门口", "1楼B室"),
        ("请写信到 someone@example.org", "someone@example.org"),
    ],
)
def test_personal_data_is_found_in_either_script_with_its_place(
    app: Flask, estate: Estate, text: str, leak: str
) -> None:
    made = letters.draft(estate)
    save(estate, made, "explanation", text)
    found = [p for p in checks.problems(db.session(), letters.get(made)) if p.code == "leak"]
    assert {p.script for p in found} == {"zh-Hans", "zh-Hant"}
    assert leak in {p.params["text"] for p in found}
    assert {p.place for p in found} == {"1"}


def test_a_word_that_names_nobody_can_be_declared_so_with_a_reason(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    save(estate, made, "explanation", "刘女士家门口")
    with pytest.raises(Refused, match="required"):
        wording.clear_word(made, "刘女士", " ", revision=None, by=estate.actor("supervisor"), at=AT)
    wording.clear_word(made, "刘女士", "一出话剧的名字", revision=None, by=estate.actor("supervisor"), at=AT)
    assert not [p for p in checks.problems(db.session(), letters.get(made)) if p.code == "leak"]
