"""Every number has a range and a source; presets combine; values take effect on their day."""

from datetime import date

import pytest

from portal.domain.calendar import read_spans
from portal.domain.policy import (
    AREAS,
    DEFAULT,
    PRESETS,
    SPECS,
    DatedValue,
    Policy,
    combine,
    policy_on,
    read_field,
    value_on,
    write_field,
)
from portal.domain.refusals import Refused


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as why:
        call(*args, **kwargs)
    return why.value.code


TABLE = {  # the table of presets at the end of the domain page; what it leaves open is not listed
    "opinion_procedure": {
        "campaign_ordered_by": "qa",
        "sample_percent_older": 15,
        "sample_percent_younger": 30,
        "sample_exact_age": "younger",
        "sample_base": "occupied_renovating",
        "hand_out_within_days": 3,
        "collect_within_days": 10,
        "recovery_floor_percent": 75,
        "statistics_within_days": 3,
        "open_letter_within_days": 14,
        "to_qa_within_days": 5,
        "satisfied_grades": "broad",
        "rate_base": "valid",
        "repair_revisit_by": "office",
        "repair_revisit_every": "month",
        "register_summed_every": "month",
        "response_notice_every": "month",
        "inspection_every": "month",
    },
    "service_handbook": {
        "campaign_months": (6, 11),
        "campaign_ordered_by": "company",
        "sample_rule": "all",
        "sample_base": "all",
        "collect_within_days": None,
        "recovery_floor_percent": 60,
        "statistics_within_days": 7,
        "statistics_from": "floor_and_date",
        "open_letter": True,
        "open_letter_within_days": None,
        "target": 100,
        "repair_revisit_percent": 20,
        "repair_revisit_by": "company",
        "repair_revisit_every": "week",
        "special_revisit_hours": 24,
        "committee_meeting_every": "month",
        "complaint_routing": "centre_then_qa_then_executives",
    },
    "owner_visit": {
        "visit_interval_months": 3,
        "campaigns_per_year": 1,
        "sample_rule": "all",
        "sample_base": "owners",
        "hand_out_within_days": None,
        "collect_within_days": None,
        "visit_record_steps": ("supervisor", "manager", "director"),
        "who_answers": "department",
        "complaint_routing": "department",
    },
    "satisfaction_control": {
        "campaign_months": (5, 11),
        "survey_from_years": 1,
        "sample_rule": "percent",
        "sample_base": "permanent",
        "sample_complainants": True,
        "announced_before_days": 7,
        "hand_out_within_days": None,
        "collect_within_days": 7,
        "collect_at_most_days": 10,
        "recovery_floor_percent": 60,
        "statistics_within_days": 7,
        "open_letter": False,
        "results_posted_days": 30,
        "to_qa_within_days": None,
        "improvement_plan_by": "12-30",
        "satisfied_grades": "broad",
        "rate_base": "surveyed",
        "target_kind": "score",
        "target": 80,
        "job_rating": True,
        "register_summed_every": "half_year",
        "field_hours_rest_day": read_spans("14:00-20:30"),
    },
    "complaint_handling": {"who_answers": "receiver", "complaint_routing": "receiver"},
}


def test_there_is_one_preset_for_each_source():
    assert set(PRESETS) == set(TABLE)


@pytest.mark.parametrize("slug", TABLE)
def test_a_preset_says_what_its_source_says_and_names_it(slug):
    for name, value in TABLE[slug].items():
        assert getattr(PRESETS[slug], name) == value, name
        assert PRESETS[slug].source_of(name) == slug, name


@pytest.mark.parametrize("slug", TABLE)
def test_where_a_source_is_silent_the_default_stands_as_ours(slug):
    for name, spec in SPECS.items():
        if PRESETS[slug].source_of(name) == "ours":
            assert getattr(PRESETS[slug], name) == spec.default, name
    assert PRESETS[slug].source_of("hide_below") == "ours"


def test_every_field_has_an_area_a_rule_and_a_unit():
    for name, spec in SPECS.items():
        assert spec.area in AREAS, name
        assert spec.rule, name
        assert spec.unit or spec.kind != "number", name
        assert spec.low < spec.high or spec.kind not in ("number", "months"), name
    assert {spec.area for spec in SPECS.values()} == set(AREAS)


def test_every_default_and_preset_is_written_and_read_back():
    for policy in (DEFAULT, *PRESETS.values()):
        for name in SPECS:
            value = getattr(policy, name)
            assert read_field(name, write_field(name, value)) == value, name


def test_areas_are_taken_from_different_presets():
    policy = combine({"visits": "owner_visit", "surveys": "opinion_procedure", "complaints": "complaint_handling"})
    assert policy.collect_within_days == 10
    assert policy.sample_base == "occupied_renovating"
    assert policy.source_of("visit_interval_months") == "owner_visit"
    assert policy.source_of("recovery_floor_percent") == "opinion_procedure"
    assert policy.source_of("complaint_routing") == "complaint_handling"
    assert policy.source_of("repair_revisit_by") == "ours"
    assert policy.source_of("target") == "ours"


def test_each_change_keeps_the_sources_of_those_before():
    policy = PRESETS["opinion_procedure"].changed("company", target=80).changed("office", target=90, hide_below=6)
    sources = [policy.source_of(name) for name in ("target", "hide_below", "rate_base")]
    assert sources == ["office", "office", "opinion_procedure"]


def test_what_does_not_exist_is_not_combined():
    assert refusal(combine, {"visitors": "owner_visit"}) == "policy.unknown_area"
    assert refusal(combine, {"visits": "other"}) == "policy.unknown_preset"
    assert combine({}) == DEFAULT


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("visit_interval_months", "0", "policy.out_of_range"),
        ("visit_interval_months", "25", "policy.out_of_range"),
        ("visit_interval_months", "3.5", "policy.out_of_range"),
        ("visit_interval_months", "", "policy.out_of_range"),
        ("visit_interval_months", "-3", "policy.out_of_range"),
        ("open_letter", "perhaps", "policy.bad_value"),
        ("sample_rule", "some", "policy.bad_value"),
        ("covered_methods", "", "policy.bad_value"),
        ("covered_methods", "door door", "policy.bad_value"),
        ("covered_methods", "door letter", "policy.bad_value"),
        ("visit_record_steps", "", "policy.bad_value"),
        ("campaign_months", "13", "policy.bad_value"),
        ("campaign_months", "june", "policy.bad_value"),
        ("improvement_plan_by", "02-30", "policy.bad_value"),
        ("improvement_plan_by", "December", "policy.bad_value"),
        ("field_hours_workday", "late", "policy.bad_value"),
    ],
)
def test_a_value_outside_its_range_is_refused(name, text, code):
    assert refusal(read_field, name, text) == code


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("visit_interval_months", " 6 ", 6),
        ("collect_within_days", "", None),
        ("covered_methods", "door phone", ("phone", "door")),
        ("visit_record_steps", "manager supervisor", ("manager", "supervisor")),
        ("campaign_months", "11 6", (6, 11)),
        ("campaign_months", "", ()),
        ("open_letter", "no", False),
        ("improvement_plan_by", "12-30", "12-30"),
    ],
)
def test_a_value_is_read_as_typed(name, text, value):
    assert read_field(name, text) == value


def test_the_refusal_names_the_field_and_its_range():
    with pytest.raises(Refused) as why:
        Policy(recovery_floor_percent=0)
    assert (why.value.field, why.value.params["low"], why.value.params["high"]) == ("recovery_floor_percent", 1, 100)
    assert refusal(read_field, "colour", "3") == "policy.unknown_field"
    assert refusal(DEFAULT.changed, "office", colour=3) == "policy.unknown_field"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("collect_at_most_days", {"collect_within_days": 11}),
        ("form_partial_percent", {"form_partial_percent": 90}),
        ("rank_from", {"hide_below": 11}),
        ("sign_remind_hours", {"sign_step_hours": 12}),
        ("complaint_close_within_days", {"complaint_answer_within_days": 31}),
    ],
)
def test_numbers_that_contradict_one_another_are_refused(field, values):
    with pytest.raises(Refused) as why:
        DEFAULT.changed("office", **values)
    assert (why.value.code, why.value.field) == ("policy.contradiction", field)


def test_a_number_takes_effect_on_its_day_and_last_years_record_keeps_last_years():
    values = [
        DatedValue(date(2027, 1, 1), "visit_interval_months", 6),
        DatedValue(date(2026, 1, 1), "visit_interval_months", 4),
        DatedValue(date(2026, 1, 1), "rounds_before_exit", 5, "CP-08"),
    ]
    assert value_on(DEFAULT, values, "visit_interval_months", date(2025, 12, 31)) == 3
    assert value_on(DEFAULT, values, "visit_interval_months", date(2026, 1, 1)) == 4
    assert value_on(DEFAULT, values, "visit_interval_months", date(2026, 12, 31)) == 4
    assert value_on(DEFAULT, values, "visit_interval_months", date(2027, 1, 1)) == 6
    now = policy_on(DEFAULT, values, date(2026, 6, 1))
    assert (now.rounds_before_exit, now.source_of("rounds_before_exit")) == (5, "CP-08")
    assert now.source_of("visit_interval_months") == "office"


def test_of_two_values_of_one_day_the_later_listed_holds_and_an_office_goes_over_its_company():
    day = date(2026, 1, 1)
    company = [DatedValue(day, "target", 80, "company"), DatedValue(day, "target", 85, "company")]
    office = [DatedValue(date(2025, 1, 1), "target", 90)]
    assert policy_on(DEFAULT, company, day).target == 85
    assert policy_on(policy_on(DEFAULT, company, day), office, day).target == 90


def test_a_dated_value_is_checked_like_any_other():
    wrong = [DatedValue(date(2026, 1, 1), "target", 101)]
    assert refusal(policy_on, DEFAULT, wrong, date(2026, 1, 1)) == "policy.out_of_range"
    unknown = [DatedValue(date(2026, 1, 1), "colour", 1)]
    assert refusal(policy_on, DEFAULT, unknown, date(2026, 1, 1)) == "policy.unknown_field"
    assert refusal(value_on, DEFAULT, [], "colour", date(2026, 1, 1)) == "policy.unknown_field"
