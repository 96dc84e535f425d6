"""The clocks of a campaign."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.policy import PRESETS
from portal.domain.timeline import survey_timeline

S0, S1, S3 = (PRESETS[slug] for slug in ("opinion_procedure", "service_handbook", "satisfaction_control"))


def march(day: int) -> date:
    return date(2026, 3, day)


def steps(policy, *, today=None, set_dates=None, **events):
    return {step.key: step for step in survey_timeline(policy, events, today=today or march(2), set_dates=set_dates)}


def test_the_chain_of_the_methods_is_projected_from_the_receipt_of_the_forms():
    found = steps(S0, forms_received=march(2))
    assert {key: step.due for key, step in found.items()} == {
        "announced": date(2026, 2, 26),
        "handed_out": march(5),
        "collected": march(15),
        "statistics": march(18),
        "open_letter": march(29),
        "to_qa": date(2026, 4, 3),
    }
    assert found["handed_out"].state == "open"
    assert found["collected"].state == "waiting"


def test_each_clock_runs_from_what_really_happened():
    found = steps(S0, forms_received=march(2), handed_out=march(7), collected=march(20), open_letter=march(30))
    assert found["collected"].due == march(17)
    assert found["collected"].late == 3
    assert found["statistics"].due == march(23)
    assert found["open_letter"].due == date(2026, 4, 3)
    assert found["to_qa"].due == date(2026, 4, 4)
    assert found["handed_out"].late == 2


def test_what_is_still_to_do_is_late_as_of_today():
    found = steps(S0, today=march(8), forms_received=march(2))
    assert (found["handed_out"].late, found["handed_out"].state) == (3, "open")
    assert found["collected"].late == 0


def test_a_last_day_on_sunday_rolls_where_the_policy_says_so():
    found = steps(replace(S0, deadline_counting="roll"), forms_received=march(2))
    assert found["collected"].due == march(16)


def test_the_handbook_counts_from_the_later_of_floor_and_date():
    early = steps(S1, handed_out=march(1), floor_reached=march(9), set_dates={"collected": march(20)})
    late = steps(S1, handed_out=march(1), floor_reached=march(25), set_dates={"collected": march(20)})
    none = steps(S1, handed_out=march(1), set_dates={"collected": march(20)})
    assert early["statistics"].due == march(27)
    assert late["statistics"].due == date(2026, 4, 1)
    assert (none["statistics"].due, none["statistics"].state) == (march(27), "waiting")
    assert early["statistics"].state == "open"


def test_a_procedure_without_a_number_sets_no_date():
    found = steps(S1, forms_received=march(2), collected=march(20))
    assert found["collected"].due is None
    assert found["collected"].late == 0
    assert found["open_letter"].due is None


def test_a_procedure_without_a_letter_has_an_improvement_plan():
    found = steps(S3, handed_out=march(1))
    assert "open_letter" not in found
    assert "to_qa" not in found
    assert found["improvement_plan"].due == date(2026, 12, 30)


def test_before_the_forms_are_there_nothing_is_due():
    found = survey_timeline(S0, {}, today=march(2))
    assert all(step.due is None and step.state == "waiting" for step in found)
    assert [step.key for step in found][:3] == ["announced", "handed_out", "collected"]


def test_a_finished_step_is_done():
    assert steps(S0, forms_received=march(2), handed_out=march(3))["handed_out"].state == "done"


def test_an_unknown_event_is_a_mistake():
    with pytest.raises(ValueError, match="no such event"):
        survey_timeline(S0, {"posted": march(2)}, today=march(2))
