"""From checked to published, corrected and taken down; who may, who may not, and what each step leaves behind."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import audit, jobs
from portal.core.db import db
from portal.core.registry import registry
from portal.domain.refusals import Refused
from portal.opinions.models import Issue, Opinion
from portal.publishing import approval, release, rows, wording
from portal.publishing.models import Edition, Publication, PublicationVersion
from portal.signoff import queries as signoff
from tests.factories import AT, Estate
from tests.publishing import letters


def editions(made: UUID, version: int = 1) -> dict[str, Edition]:
    db.session.rollback()
    rows = db.session.scalars(select(Edition).where(Edition.publication_id == made, Edition.version == version))
    return {e.script: e for e in rows}


def version(made: UUID, number: int = 1) -> PublicationVersion:
    return db.session.scalars(
        select(PublicationVersion).where(
            PublicationVersion.publication_id == made, PublicationVersion.version == number
        )
    ).one()


def test_a_letter_goes_from_draft_to_published_with_its_number_and_both_editions(app: Flask, estate: Estate) -> None:
    made = letters.published(estate)
    publication = letters.get(made)
    assert (publication.status, publication.year, publication.number, publication.public_version) == (
        "published",
        2026,
        1,
        1,
    )
    both = editions(made)
    assert both["zh-Hans"].texts["number"] == "锦物公〔2026〕1号"
    assert both["zh-Hant"].texts["number"] == "錦物公〔2026〕1號"
    assert both["zh-Hans"].checked_by_id == estate.staff["second_supervisor"]
    assert both["zh-Hans"].content_sha256 != both["zh-Hant"].content_sha256
    assert (both["zh-Hans"].origin, both["zh-Hant"].origin) == ("source", "converted")
    assert both["zh-Hant"].engine.startswith("opencc")
    assert db.session.scalars(select(Issue.status)).all() == ["answered"]
    assert set(db.session.scalars(select(Opinion.status))) == {"classified"}  # the letter closes no opinion (SV-11)
    names = db.session.scalars(select(audit.Event.name).where(audit.Event.subject_id == made)).all()
    assert {
        "publishing:publication:drafted",
        "publishing:publication:checked",
        "publishing:publication:published",
    } <= set(names)


def test_the_letter_waits_in_the_approvers_inbox(app: Flask, estate: Estate) -> None:
    made = letters.checked(estate)
    waiting = signoff.waiting_for(db.session(), estate.actor("management_representative"))
    assert [w.record_id for w in waiting] == [version(made).id]
    with app.test_request_context():
        told = registry().signoff["open_letter"].describe(db.session(), [version(made).id])
    assert told[version(made).id].title == "关于电梯夜间异响的公开信"
    assert told[version(made).id].counts == {"promises": 2}


def test_the_author_never_approves_even_with_the_role(app: Flask, estate: Estate) -> None:
    from portal.accounts import service as accounts
    from portal.accounts.models import Staff
    from portal.core.db import writing

    made = letters.checked(estate)
    with writing() as session:
        accounts.grant_role(
            session, session.get_one(Staff, estate.staff["supervisor"]), "management_representative", None,
            from_day=date(2020, 1, 1), at=AT, by=None,
        )  # fmt: skip
    with pytest.raises(Refused, match=r"signoff\.author"):
        approval.approve(made, revision=letters.get(made).revision, by=estate.actor("supervisor"), at=AT)
    assert letters.get(made).status == "checked"


def test_who_only_worded_it_does_not_approve_it_through_the_inbox_either(app: Flask, estate: Estate) -> None:
    from portal.accounts import service as accounts
    from portal.accounts.models import Staff
    from portal.core.db import writing
    from portal.signoff import service as signing

    with writing() as session:
        accounts.grant_role(
            session, session.get_one(Staff, estate.staff["manager"]), "management_representative", None,
            from_day=date(2020, 1, 1), at=AT, by=None,
        )  # fmt: skip
    made = letters.draft(estate)
    wording.save_source(
        made, letters.text(made, "closing").id, "谢谢。", revision=None, by=estate.actor("manager"), at=AT
    )
    letters.checked(estate, made)
    with pytest.raises(Refused, match=r"signoff\.author"):
        signing.sign([(version(made).id, 1, 1)], by=estate.actor("manager"), at=AT)
    assert letters.get(made).number is None


@pytest.mark.parametrize("role", ["manager", "director", "qa", "executive", "second_supervisor"])
def test_nobody_but_the_management_representative_approves(app: Flask, estate: Estate, role: str) -> None:
    made = letters.checked(estate)
    with pytest.raises(Refused):
        approval.approve(made, revision=letters.get(made).revision, by=estate.actor(role), at=AT)
    assert letters.get(made).status == "checked"


def test_a_half_with_something_left_to_do_is_not_checked(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    wording.save_source(
        made, letters.text(made, "explanation").id, "住1栋1单元302", revision=None, by=estate.actor("supervisor"), at=AT
    )
    letters.settle_all(estate, made)
    for script in ("zh-Hans", "zh-Hant"):
        with pytest.raises(Refused, match=r"publication\.problems") as why:
            approval.check(made, script, revision=None, by=estate.actor("supervisor"), at=AT)
        assert why.value.params["first"] == "leak"
    assert not editions(made)


def test_one_half_alone_is_not_handed_in(app: Flask, estate: Estate) -> None:
    made = letters.draft(estate)
    letters.settle_all(estate, made)
    approval.check(made, "zh-Hans", revision=None, by=estate.actor("supervisor"), at=AT)
    assert letters.get(made).status == "draft"
    with pytest.raises(Refused, match=r"publication\.not_now"):
        approval.approve(made, revision=letters.get(made).revision, by=estate.actor("management_representative"), at=AT)


def test_wording_an_approved_letter_costs_it_check_and_approval_but_not_its_number(app: Flask, estate: Estate) -> None:
    made = letters.approved(estate)
    wording.save_source(
        made, letters.text(made, "closing").id, "谢谢您。", revision=None, by=estate.actor("supervisor"), at=AT
    )
    assert letters.get(made).status == "draft"
    assert not editions(made)
    with pytest.raises(Refused, match=r"publication\.not_now"):
        release.publish(made, revision=letters.get(made).revision, by=estate.actor("manager"), at=AT)
    letters.published(estate, made)
    publication = letters.get(made)
    assert (publication.status, publication.number) == ("published", 1)
    assert editions(made)["zh-Hans"].texts["closing"] == "谢谢您。"


def test_a_returned_letter_says_what_is_to_be_changed_and_can_be_handed_in_again(app: Flask, estate: Estate) -> None:
    made = letters.checked(estate)
    by = estate.actor("management_representative")
    with pytest.raises(Refused, match=r"signoff\.comment_needed"):
        approval.send_back(made, " ", revision=letters.get(made).revision, by=by, at=AT)
    approval.send_back(made, "完成时间写得太晚", revision=letters.get(made).revision, by=by, at=AT)
    assert letters.get(made).status == "draft"
    assert version(made).returned_with == "完成时间写得太晚"
    letters.published(estate, made)
    assert letters.get(made).status == "published"


def test_a_changed_letter_is_not_approved_by_who_saw_the_older_one(app: Flask, estate: Estate) -> None:
    made = letters.checked(estate)
    seen = letters.get(made).revision
    wording.save_source(
        made, letters.text(made, "closing").id, "谢谢您。", revision=None, by=estate.actor("supervisor"), at=AT
    )
    letters.checked(estate, made)
    with pytest.raises(Refused, match=r"publication\.stale"):
        approval.approve(made, revision=seen, by=estate.actor("management_representative"), at=AT)


def test_numbers_follow_each_other_without_gaps_whatever_is_drafted_between(app: Flask, estate: Estate) -> None:
    first = letters.approved(estate)
    letters.draft(estate, [letters.issue(estate, "地库积水", ("104",))])
    second = letters.published(estate, letters.draft(estate, [letters.issue(estate, "外墙渗水", ("201",))]))
    assert [letters.get(m).number for m in (first, second)] == [1, 2]


def test_a_correction_is_a_new_version_that_keeps_number_address_and_promises(app: Flask, estate: Estate) -> None:
    made = letters.published(estate)
    before = letters.get(made)
    address, promises = before.public_id, [c.id for c in before.rows[0].commitments]
    with pytest.raises(Refused, match=r"publication\.reason_needed"):
        release.correct(made, "", revision=before.revision, by=estate.actor("supervisor"), at=AT)
    release.correct(made, "日期写错了", revision=before.revision, by=estate.actor("supervisor"), at=AT)
    publication = letters.get(made)
    assert (publication.version, publication.public_version, publication.status) == (2, 1, "draft")
    with pytest.raises(Refused, match=r"publication\.promise_stays"):
        rows.remove_measure(made, promises[0], revision=None, by=estate.actor("supervisor"), at=AT)
    with pytest.raises(Refused, match=r"publication\.promise_stays"):
        rows.set_terms(
            made, promises[0], {"due_kind": "date", "due_on": date(2027, 1, 1)}, revision=None,
            by=estate.actor("supervisor"), at=AT,
        )  # fmt: skip
    letters.published(estate, made)
    publication = letters.get(made)
    assert (publication.public_id, publication.number, publication.public_version) == (address, 1, 2)
    assert [c.id for c in publication.rows[0].commitments] == promises
    assert (version(made, 1).status, version(made, 2).status) == ("corrected", "published")
    assert version(made, 2).reason_hant == "日期寫錯了"
    assert editions(made, 1)["zh-Hans"].content_sha256 != editions(made, 2)["zh-Hans"].content_sha256


def test_a_correction_given_up_leaves_the_published_letter_as_it_was(app: Flask, estate: Estate) -> None:
    made = letters.published(estate)
    release.correct(made, "看错了", revision=letters.get(made).revision, by=estate.actor("supervisor"), at=AT)
    rows.add_row(made, "新的一项", revision=None, by=estate.actor("supervisor"), at=AT)
    release.drop_correction(made, revision=letters.get(made).revision, by=estate.actor("supervisor"), at=AT)
    publication = letters.get(made)
    assert (publication.version, publication.status, len(publication.rows)) == (1, "published", 1)
    release.correct(made, "这次真的", revision=publication.revision, by=estate.actor("supervisor"), at=AT)
    assert letters.get(made).version == 3
    letters.published(estate, made)
    assert letters.get(made).public_version == 3


def test_taking_down_ends_it_and_nothing_follows(app: Flask, estate: Estate) -> None:
    made = letters.published(estate)
    release.take_down(made, revision=letters.get(made).revision, by=estate.actor("manager"), at=AT)
    publication = letters.get(made)
    assert (publication.status, publication.public_version) == ("taken_down", None)
    for again in (
        lambda: release.take_down(made, revision=None, by=estate.actor("manager"), at=AT),
        lambda: release.correct(made, "x", revision=publication.revision, by=estate.actor("manager"), at=AT),
        lambda: release.publish(made, revision=publication.revision, by=estate.actor("manager"), at=AT),
        lambda: wording.save_source(
            made, letters.text(made, "title").id, "x", revision=None, by=estate.actor("supervisor"), at=AT
        ),
    ):
        with pytest.raises(Refused, match=r"publication\.not_now"):
            again()


def test_what_should_never_have_gone_out_goes_at_once_while_its_correction_is_written(
    app: Flask, estate: Estate
) -> None:
    made = letters.published(estate)
    release.correct(made, "写了不该写的", revision=letters.get(made).revision, by=estate.actor("supervisor"), at=AT)
    release.take_down(made, fault=True, revision=None, by=estate.actor("manager"), at=AT)
    assert letters.get(made).public_version is None
    assert version(made, 1).status == "withdrawn"
    letters.published(estate, made)
    assert letters.get(made).public_version == 2


def test_the_pdf_of_both_scripts_is_made_by_a_job_and_kept_by_its_hash(
    app: Flask, estate: Estate, fonts: object
) -> None:
    made = letters.published(estate)
    assert jobs.run_one(registry().jobs)
    kept = {e.script: e.pdf_sha256 for e in editions(made).values()}
    store = app.extensions["store"]
    for sha256 in kept.values():
        assert sha256 is not None
        assert store.read(sha256).startswith(b"%PDF")
    assert not jobs.run_one(registry().jobs)
    assert {e.script: e.pdf_sha256 for e in editions(made).values()} == kept


def test_public_ids_are_short_and_cannot_be_counted_up(app: Flask, estate: Estate) -> None:
    from portal.publishing.drafting import public_id

    made = {public_id() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 10 and not set(one) & set("01ilo") for one in made)
    assert len({one[0] for one in made}) > 10
    assert db.session.scalar(select(Publication.id)) is None
