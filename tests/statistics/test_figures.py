"""Figures of a campaign checked by hand on small data."""

from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import update

from portal.core.db import db, writing
from portal.domain.satisfaction import Rate, Reading
from portal.households.models import Household
from portal.opinions.models import Opinion
from portal.statistics import service
from portal.statistics.service import CampaignFigures, ItemFigure
from portal.surveys import fieldwork
from portal.surveys.models import Campaign
from tests.factories import Estate
from tests.surveys.surveying import campaign, campaign_of, grow, handout, response, take, utc

OVERALL = "VVVSSSFFND"  # ten answers: 3 very satisfied, 3 satisfied, 2 fairly, 1 neutral, 1 dissatisfied


def answered(estate: Estate, made: UUID, overall: str = OVERALL, cleaning: str = "SSSSSSSS00", **more: object) -> None:
    """All twelve households got a form; as many answer as there are letters."""
    homes = list(estate.households.values())
    take(*(handout(estate, made, home) for home in homes))
    take(
        *(
            response(estate, made, home, f"SS{clean}SSSSSS{grade}", **more)  # type: ignore[arg-type]
            for home, grade, clean in zip(homes, overall, cleaning, strict=False)
        )
    )


def figures(made: UUID) -> CampaignFigures:
    return service.campaign_figures(db.session(), campaign(made))


def item(found: CampaignFigures, key: str) -> ItemFigure:
    return next(f for f in found.items if f.item.key == key)


def close(value: float | None, wanted: float) -> bool:
    return value is not None and abs(value - wanted) < 1e-6


def test_the_overall_rate_is_satisfied_over_valid_answers_in_both_readings(estate: Estate) -> None:
    made = campaign_of(estate)
    answered(estate, made)
    found = figures(made)
    assert found.lead.item.key == "overall" and found.reading is Reading.STRICT
    strict, broad = found.readings[Reading.STRICT].rate, found.readings[Reading.BROAD].rate
    assert (strict.numerator, strict.denominator, strict.percent) == (6, 10, "60.0")
    assert (broad.numerator, broad.denominator, broad.percent) == (8, 10, "80.0")
    # ten of twelve: n* = 10 × 11 ÷ 2 = 55, then Wilson 1927
    assert close(broad.low, 0.676351) and close(broad.high, 0.884478)
    assert found.lead.index == Fraction(3 * 100 + 3 * 75 + 2 * 50 + 25, 10) == 65


def test_no_contact_stands_in_no_denominator_but_is_counted(estate: Estate) -> None:
    made = campaign_of(estate)
    answered(estate, made)
    cleaning = item(figures(made), "cleaning")
    assert (cleaning.count.valid, cleaning.count.no_opinion) == (8, 2)
    assert (cleaning.rate.numerator, cleaning.rate.denominator) == (8, 8)


def test_issue_recovery_and_valid_rate_are_whole_numbers_of_forms(estate: Estate) -> None:
    made = campaign_of(estate)
    answered(estate, made, overall=OVERALL[:9])
    homes = list(estate.households.values())
    take(response(estate, made, homes[9], "SSSS------"), response(estate, made, homes[9], "S" * 10))
    found = figures(made)
    assert (found.returns.eligible, found.returns.issued, found.returns.returned, found.returns.valid) == (
        12,
        12,
        10,
        9,
    )
    assert found.returns.issue_rate.percent == "100.0"
    assert (found.returns.recovery_rate.percent, found.returns.valid_rate.percent) == ("83.3", "90.0")
    assert found.floor_reached and found.counts.flagged == {"second": 1}


def test_response_rate_one_is_not_the_recovery_rate(estate: Estate) -> None:
    made = campaign_of(estate)
    homes = list(estate.households.values())
    take(*(handout(estate, made, home) for home in homes[:9]))
    take(handout(estate, made, homes[9], "refused"), handout(estate, made, homes[10], "moved"))
    take(*(response(estate, made, home) for home in homes[:6]), response(estate, made, homes[6], "SSSSSSS---"))
    found = figures(made)
    d = found.dispositions
    assert (d.complete, d.partial, d.refusal, d.other, d.not_eligible, d.unknown_other) == (6, 1, 1, 2, 1, 1)
    assert found.returns.recovery_rate == Rate(7, 9)
    assert found.outcome["RR1"] == Rate(6, 11) and found.outcome["RR2"] == Rate(7, 11)


def test_strata_are_weighed_by_their_households(estate: Estate) -> None:
    grow(estate, stairs=1, floors=6, doors=6)  # 12 in building 1, 36 in building 2
    made = campaign_of(estate)
    homes = {h.id: h for h in db.session.query(Household).filter_by(office_id=estate.office_id)}
    first = [i for i, h in homes.items() if h.building_id == estate.building_id][:6]
    second = [i for i, h in homes.items() if h.building_id != estate.building_id][:9]
    take(*(response(estate, made, i, "S" * 9 + g) for i, g in zip(first, "SSSDDD", strict=True)))
    take(*(response(estate, made, i, "S" * 9 + "S") for i in second))
    lead = figures(made).lead
    assert lead.rate.percent == "80.0" and (lead.rate.numerator, lead.rate.denominator) == (12, 15)
    assert lead.estimate and close(lead.estimate.value, 12 / 48 * 3 / 6 + 36 / 48)  # .875


def test_households_that_had_to_be_covered_are_a_stratum_of_their_own(estate: Estate) -> None:
    grow(estate)
    made = campaign_of(estate)
    with writing() as session:  # as a draw with three certain households of building 1 leaves it
        from portal.surveys.models import Answer, FrameLine, SampleLine

        homes = list(estate.households.values())[:3]
        session.execute(update(FrameLine).where(FrameLine.household_id.in_(homes)).values(certainty=True))
        session.execute(
            update(SampleLine).where(SampleLine.household_id.in_(homes)).values(certainty=True, stratum="certainty")
        )
        kept = session.get_one(Campaign, made)
        kept.frame = {**kept.frame, "certainty": 3, "places": [["1", "1", 9, 3], *kept.frame["places"][1:]]}
        kept.drawn = {
            "size": 57,
            "strata": [[c, j, h - 3 if c == "1-1" else h, n] for c, j, h, n in kept.drawn["strata"]],
        }
    rest = list(estate.households.values())[3:]
    take(*(response(estate, made, home, "D" * 10) for home in homes))
    take(*(response(estate, made, home, "S" * 10) for home in rest))
    lead = figures(made).lead
    assert (lead.rate.numerator, lead.rate.denominator) == (9, 12)
    # the other strata gave no answer and join the random one: W = 57 of 60 at 1, 3 of 60 at 0
    assert lead.estimate and close(lead.estimate.value, 57 / 60)
    assert db.session.query(Answer).filter_by(certainty=True).count() == 30


@pytest.mark.parametrize(
    ("target", "grades", "verdict"),
    [(60, "S" * 12, "met"), (90, "S" * 6 + "D" * 5, "missed"), (85, "S" * 7 + "D", "undecided")],
)
def test_the_verdict_rests_on_the_interval(estate: Estate, target: int, grades: str, verdict: str) -> None:
    made = campaign_of(estate, target=target)
    answered(estate, made, grades, "S" * 12)
    assert figures(made).lead.verdict == verdict


def test_without_a_target_there_is_no_verdict(estate: Estate) -> None:
    made = campaign_of(estate)
    answered(estate, made)
    assert figures(made).lead.verdict is None


def test_a_building_with_fewer_than_five_answers_is_withheld_and_one_more_against_subtraction(estate: Estate) -> None:
    for number in ("2", "3"):
        grow(estate, building=number, stairs=1, floors=3, doors=3)
    made = campaign_of(estate)
    homes = list(db.session.query(Household).filter_by(office_id=estate.office_id).order_by(Household.id))
    codes: dict[str, int] = {}
    wanted = {"1": 8, "2": 4, "3": 7}
    for home in homes:
        code = home.address_key.split("|")[0]
        if codes.setdefault(code, 0) < wanted[code]:
            codes[code] += 1
            take(response(estate, made, home.id))
    found = figures(made)
    rows = {row.code: row for row in service.by_building(db.session(), found, found.questions.lead)}
    assert {code: row.hidden for code, row in rows.items()} == {"1": False, "2": True, "3": True}
    assert rows["1"].rate.denominator == 8 and not rows["1"].ranked


def test_a_change_is_called_one_only_where_it_is_significant(estate: Estate) -> None:
    first = campaign_of(estate)
    answered(estate, first, "SSSSSSSSSD", "SSSSSDDDDD")
    with writing() as session:
        fieldwork.close_collection(session, first, by=estate.staff["supervisor"], at=utc(15))
        session.execute(update(Campaign).values(frame_day=utc(1).date()))
    second = campaign_of(estate, cover_complaints=False)
    answered(estate, second, "SSSSSSSSSD", "DDDDDDDDDD")
    found = figures(second)
    assert found.previous is not None and found.previous.id == first
    cleaning, overall = item(found, "cleaning").change, found.lead.change
    assert cleaning and cleaning.real and close(cleaning.difference, -0.5)
    assert overall and overall.difference == 0 and not overall.real


def test_rates_over_all_surveyed_take_the_forms_issued(estate: Estate) -> None:
    from portal.accounts.models import PolicyValue

    with writing() as session:
        session.add(
            PolicyValue(
                office_id=estate.office_id, field="rate_base", value="surveyed", effective_from=utc(1).date(),
                source="tests",
            )
        )  # fmt: skip
    made = campaign_of(estate)
    answered(estate, made)
    found = figures(made)
    assert (found.lead.rate.numerator, found.lead.rate.denominator) == (6, 12)
    cleaning = item(found, "cleaning").rate
    assert (cleaning.numerator, cleaning.denominator) == (8, 10)  # twelve issued, two without contact


def test_modes_and_the_share_of_phone_and_proxy(estate: Estate) -> None:
    made = campaign_of(estate)
    homes = list(estate.households.values())
    interviewer = str(estate.staff["interviewer"])
    take(
        response(estate, made, homes[0], mode="phone", interviewer=interviewer),
        response(estate, made, homes[1], proxy="yes"),
        *(response(estate, made, home) for home in homes[2:8]),
    )
    found = figures(made)
    assert found.modes() == {"paper": 7, "phone": 1} and found.phone_or_proxy() == Rate(2, 8)


def test_remarks_are_sorted_by_category_with_the_households_behind_them(estate: Estate) -> None:
    made = campaign_of(estate)
    homes = list(estate.households.values())
    take(
        response(estate, made, homes[0], "S" * 10, {"cleaning": "脏", "security": "夜里没人"}),
        response(estate, made, homes[1], "S" * 10, {"cleaning": "垃圾"}, suggestion="多种树"),
        response(estate, made, homes[2], "SSDSSSSSSS"),
    )
    with writing() as session:
        session.execute(update(Opinion).where(Opinion.content == "脏").values(category="security"))
    rows = {row.name: (row.count, row.households) for row in service.remarks_pareto(db.session(), made)}
    assert rows == {"security": (2, 1), "cleaning": (1, 1), "unsorted": (1, 1)}


def test_nothing_answered_gives_no_rate_rather_than_zero(estate: Estate) -> None:
    found = figures(campaign_of(estate))
    assert found.lead.rate.percent is None and found.lead.estimate is None and found.lead.index is None
    assert not found.floor_reached and found.lowest() is None


def test_how_many_answers_would_settle_the_verdict(estate: Estate) -> None:
    made = campaign_of(estate, target=75)
    answered(estate, made, "SSSSSSSD", "S" * 8)
    estimate = figures(made).lead.estimate
    assert estimate is not None
    assert service.answers_to_decide(estimate, 12, 75) == 10
    assert service.answers_to_decide(estimate, 1000, 75) == 45  # 44: Wilson from .7498, 45: from .7516
