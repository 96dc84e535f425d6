"""Planning, drawing, substitutes, closing, and the clocks of a campaign."""

from collections import Counter
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.households.models import Community, Household
from portal.opinions.intake import OPINIONS
from portal.surveys import fieldwork, service
from portal.surveys.models import Campaign, FrameLine, SampleLine
from tests.factories import AT, DAY, Estate
from tests.facts import opinion, received
from tests.surveys.surveying import (
    SEED,
    campaign,
    campaign_of,
    community,
    grow,
    handout,
    lines,
    plan,
    response,
    take,
    utc,
)


def planned(estate: Estate, **changed: object) -> UUID:
    with writing() as session:
        made = service.plan_campaign(
            session, session.get_one(Community, estate.community_id), plan(**changed), by=estate.staff["supervisor"],
            at=AT, seed=SEED,
        )  # fmt: skip
        return made.id


def household(estate: Estate, room: str, **values: object) -> None:
    with writing() as session:
        session.execute(update(Household).where(Household.id == estate.households[room]).values(**values))


def test_an_old_estate_asks_15_percent_and_a_young_one_30_rounded_up(estate: Estate) -> None:
    grow(estate)  # 12 + 48 households
    old = campaign(planned(estate, first_handover_on=date(2015, 1, 1)))
    assert (old.share_percent, old.share_reason, old.size) == (15, "older", 9)
    young = campaign(planned(estate, first_handover_on=date(2021, 3, 5)))  # exactly five years: the larger share
    assert (young.share_percent, young.share_reason, young.size) == (30, "younger", 18)


def test_an_unknown_first_handover_is_asked_for_and_then_remembered(estate: Estate) -> None:
    with writing() as session:
        session.get_one(Community, estate.community_id).first_handover_on = None
    with pytest.raises(Refused) as why:
        planned(estate)
    assert (why.value.code, why.value.field) == ("campaign.handover_unknown", "first_handover_on")
    planned(estate, first_handover_on=date(2019, 6, 1))
    assert community(estate).first_handover_on == date(2019, 6, 1)


def test_vacant_households_are_never_asked_and_are_counted_apart(estate: Estate) -> None:
    household(estate, "101", occupancy="vacant")
    household(estate, "102", occupancy="renovating")
    made = campaign_of(estate)
    assert campaign(made).frame["population"] == 11 and campaign(made).frame["excluded"] == {"vacant": 1}
    assert estate.households["101"] not in lines(made) and estate.households["102"] in lines(made)


def test_the_seed_is_committed_to_before_the_draw(estate: Estate) -> None:
    grow(estate)
    made = planned(estate)
    kept = campaign(made)
    assert kept.status == "planned" and kept.seed_hash != kept.seed and not lines(made)
    with writing() as session:
        service.draw_campaign(session, made, by=estate.staff["supervisor"], at=AT, digits="4711")
    assert campaign(made).status == "running" and campaign(made).digits == "4711"
    assert service.prove_draw(db.session(), campaign(made)).seed == f"{SEED}|4711"
    with pytest.raises(Refused) as why, writing() as session:
        service.draw_campaign(session, made, by=estate.staff["supervisor"], at=AT)
    assert why.value.code == "campaign.drawn_before"


def test_the_draw_repeats_and_another_seed_gives_another(estate: Estate) -> None:
    grow(estate)
    first, again = campaign_of(estate, every=False), campaign_of(estate, every=False)
    other = campaign_of(estate, every=False, seed="other|" + "f" * 32)
    drawn = [{home for home, line in lines(made).items() if line.status == "drawn"} for made in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    proof = service.prove_draw(db.session(), campaign(first))
    assert proof.problem is None and proof.floor_gap < 1
    by_building = {row.code: (row.households, row.drawn) for row in proof.rows if row.part == "building"}
    assert by_building == {"1": (12, 2), "2": (48, 7)}  # 9 over 12, 24, 24: 1.8, 3.6, 3.6 → 2, 4, 3


def test_every_stair_and_floor_has_its_share(estate: Estate) -> None:
    grow(estate, stairs=3, floors=18, doors=4)
    made = campaign_of(estate, every=False)
    homes = {h.id: h for h in db.session.scalars(select(Household))}
    drawn = [homes[home] for home, line in lines(made).items() if line.status == "drawn"]
    stairs = Counter((h.building_id, h.stair) for h in drawn)
    assert sorted(stairs.values()) == [2, 11, 11, 11]
    bands = Counter(((h.floor or 1) - 1) // 6 for h in drawn if h.building_id != estate.building_id)
    assert max(bands.values()) - min(bands.values()) <= 3


@pytest.mark.parametrize("where", ["line", "frame", "seed"])
def test_a_draw_that_was_tampered_with_is_seen(estate: Estate, where: str) -> None:
    grow(estate)
    made = campaign_of(estate, every=False)
    with writing() as session:
        if where == "line":
            drawn = session.scalars(
                select(SampleLine).where(SampleLine.status == "drawn", SampleLine.certainty.is_(False))
            ).first()
            other = session.scalars(
                select(SampleLine).where(
                    SampleLine.status == "reserve", SampleLine.stratum == getattr(drawn, "stratum", "")
                )
            ).first()
            assert drawn and other
            drawn.substitute, other.substitute = True, False
            drawn.position, other.position = other.position, drawn.position
        elif where == "frame":
            session.execute(update(FrameLine).where(FrameLine.floor == 2).values(floor=3))
        else:
            session.execute(update(Campaign).values(seed="swapped|" + "0" * 32))
    code = {"line": "sample.draw_other", "frame": "sample.frame_other", "seed": "sample.seed_other"}[where]
    assert service.prove_draw(db.session(), campaign(made)).problem == code


def complain(estate: Estate, room: str) -> None:
    body = {"channel": "phone", "resident_name": "陈文", "opinions": [opinion(kind="complaint")]}
    fact = received(estate, body, kind="opinion", form="opinion@1", room=room)
    with writing() as session:
        assert not OPINIONS.problems(session, [fact])
        OPINIONS.apply(session, [fact])


def test_who_complained_is_certain_to_be_asked_and_comes_on_top(estate: Estate) -> None:
    grow(estate)
    complain(estate, "304")
    made = campaign_of(estate, every=False)
    line = lines(made)[estate.households["304"]]
    assert (line.certainty, line.status, line.stratum) == (True, "drawn", "certainty")
    assert campaign(made).frame["certainty"] == 1 and campaign(made).size == 9  # 15 % of the other 59, rounded up
    assert service.prove_draw(db.session(), campaign(made)).problem is None
    without = campaign_of(estate, every=False, cover_complaints=False)
    assert campaign(without).frame["certainty"] == 0


def test_who_grumbled_in_the_last_survey_is_certain_in_the_next(estate: Estate) -> None:
    grow(estate)
    first = campaign_of(estate)
    take(
        response(estate, first, estate.households["301"], "SSDSSSSSSS"),
        response(estate, first, estate.households["302"]),
    )
    second = campaign_of(estate, frame_day=date(2026, 3, 5), received_on=DAY)
    assert not any(line.certainty for line in lines(second).values())  # the same frame day is no earlier survey
    with writing() as session:
        session.execute(update(Campaign).where(Campaign.id == first).values(frame_day=date(2025, 9, 1)))
    third = campaign_of(estate)
    assert [home for home, line in lines(third).items() if line.certainty] == [estate.households["301"]]


def test_a_substitute_follows_only_who_will_not_answer(estate: Estate) -> None:
    grow(estate)
    made = campaign_of(estate, every=False)
    homes = [home for home, line in lines(made).items() if line.status == "drawn" and line.stratum == "2-1"]
    refusing, away = homes[0], homes[1]

    def release(home: UUID) -> SampleLine:
        with writing() as session:
            return fieldwork.release_substitute(session, lines_id[home], by=estate.staff["supervisor"], at=AT)

    lines_id = {home: line.id for home, line in lines(made).items()}
    with pytest.raises(Refused, match="substitute.line_open"):
        release(refusing)
    take(handout(estate, made, refusing, "refused"), handout(estate, made, away, "not_in"))
    first = release(refusing)
    assert (first.status, first.position, first.stratum, first.released_for) == ("drawn", 1, "2-1", lines_id[refusing])
    with pytest.raises(Refused, match="substitute.replaced"):
        release(refusing)
    with pytest.raises(Refused, match="substitute.attempts_left"):
        release(away)
    take(handout(estate, made, away, "not_in", at=utc(6)), handout(estate, made, away, "not_in", at=utc(7)))
    assert release(away).position == 2
    assert service.prove_draw(db.session(), campaign(made)).problem is None
    assert not take(response(estate, made, first.household_id))


def close(estate: Estate, made: UUID, by: str = "supervisor", **more: object) -> bool:
    with writing() as session:
        return fieldwork.close_collection(session, made, by=estate.staff[by], at=utc(15), **more)  # type: ignore[arg-type]


def give_out(estate: Estate, made: UUID, answered: int) -> None:
    homes = list(estate.households.values())
    take(*(handout(estate, made, home) for home in homes), *(response(estate, made, home) for home in homes[:answered]))


def test_collection_ends_when_three_quarters_are_back(estate: Estate) -> None:
    made = campaign_of(estate)
    give_out(estate, made, 9)  # 9 of 12 is 75 %
    assert close(estate, made) is True
    kept = campaign(made)
    assert (kept.status, kept.closed_at, kept.closed_reason) == ("closed", utc(15), None)


def test_below_the_floor_only_with_a_reason_visits_begun_and_quality_s_consent(estate: Estate) -> None:
    made = campaign_of(estate)
    give_out(estate, made, 8)
    with pytest.raises(Refused) as why:
        close(estate, made)
    assert why.value.code == "campaign.below_floor"
    assert why.value.params == {"returned": 8, "issued": 12, "needed": 9}
    with pytest.raises(Refused):
        close(estate, made, reason="三户出国")
    assert close(estate, made, by="qa", reason="三户出国", visits_since=date(2026, 3, 14)) is False
    assert campaign(made).status == "running"
    with pytest.raises(Refused, match="campaign.own_request"), writing() as session:
        fieldwork.consent_to_closing(session, made, by=estate.staff["qa"], at=utc(16))
    with writing() as session:
        fieldwork.consent_to_closing(session, made, by=estate.staff["management_representative"], at=utc(16))
    assert (campaign(made).status, campaign(made).closed_reason) == ("closed", "三户出国")


def test_nothing_issued_is_no_floor_reached(estate: Estate) -> None:
    made = campaign_of(estate)
    with pytest.raises(Refused, match="campaign.below_floor"):
        close(estate, made)


def test_an_answer_given_after_the_end_is_kept_but_does_not_count(estate: Estate) -> None:
    made = campaign_of(estate)
    give_out(estate, made, 9)
    close(estate, made)
    homes = list(estate.households.values())
    in_time, too_late = response(estate, made, homes[9], at=utc(14)), response(estate, made, homes[10], at=utc(16))
    take(in_time, too_late)
    found = lines(made)
    assert (found[homes[9]].status, found[homes[10]].status) == ("returned", "issued")


def test_each_clock_runs_from_what_happened(estate: Estate) -> None:
    made = campaign_of(estate)
    with writing() as session:
        from portal.accounts.models import PolicyValue

        session.add(
            PolicyValue(
                office_id=estate.office_id, field="collect_within_days", value="3", effective_from=DAY, source="tests"
            )
        )  # a later change of policy judges no campaign made before
    steps = {s.key: s for s in fieldwork.timeline_of(db.session(), campaign(made), DAY)}
    assert steps["handed_out"].due == date(2026, 3, 8) and steps["collected"].due == date(2026, 3, 18)
    homes = list(estate.households.values())
    take(*(handout(estate, made, home, at=utc(7)) for home in homes))
    take(*(response(estate, made, home, at=utc(12)) for home in homes[:9]))
    close(estate, made)
    steps = {s.key: s for s in fieldwork.timeline_of(db.session(), campaign(made), date(2026, 3, 20))}
    assert (steps["handed_out"].done, steps["handed_out"].late) == (date(2026, 3, 7), 0)
    assert (steps["collected"].due, steps["collected"].done) == (date(2026, 3, 17), date(2026, 3, 15))
    assert (steps["statistics"].due, steps["statistics"].late) == (date(2026, 3, 18), 2)
    assert steps["open_letter"].due == date(2026, 3, 29)


def test_what_is_late_asks_for_a_reason_once(estate: Estate) -> None:
    made = campaign_of(estate)
    with pytest.raises(Refused, match="timeline.not_late"), writing() as session:
        fieldwork.explain_late(session, made, "handed_out", "台风", by=estate.staff["supervisor"], at=utc(6))
    with writing() as session:
        fieldwork.explain_late(session, made, "handed_out", "台风", by=estate.staff["supervisor"], at=utc(10))
    assert campaign(made).late_reasons["handed_out"]["reason"] == "台风"
    with pytest.raises(Refused, match="timeline.explained"), writing() as session:
        fieldwork.explain_late(session, made, "handed_out", "忘了", by=estate.staff["supervisor"], at=utc(11))


def test_more_time_comes_from_quality_and_moves_the_date(estate: Estate) -> None:
    made = campaign_of(estate)
    with pytest.raises(Refused, match="campaign.not_later"), writing() as session:
        fieldwork.extend_collection(session, made, date(2026, 3, 10), by=estate.staff["qa"], at=AT)
    with writing() as session:
        fieldwork.extend_collection(session, made, date(2026, 3, 25), by=estate.staff["qa"], at=AT)
    steps = {s.key: s for s in fieldwork.timeline_of(db.session(), campaign(made), DAY)}
    assert steps["collected"].due == date(2026, 3, 25)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"frame_day": date(2026, 3, 9)}, "campaign.frame_later"),
        ({"collect_by": date(2026, 3, 6), "hand_out_by": date(2026, 3, 8)}, "campaign.dates_crossed"),
        ({"hand_out_by": date(2026, 3, 1)}, "campaign.dates_crossed"),
        ({"form": "visit@1"}, "questionnaire.unknown"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(estate: Estate, changed: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as why:
        planned(estate, **changed)
    assert why.value.code == code
