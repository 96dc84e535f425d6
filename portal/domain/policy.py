"""Every number an office may change, once: with its unit, its range, the rule it comes from, and the presets.

A ``Policy`` is all of them on one day. ``PRESETS`` holds one for each source document; where a document is silent the
product's own default stands, and ``source_of`` says so. ``combine`` takes areas from different presets. An office's own
changes are ``DatedValue``: a record keeps its date, so last year's visit is judged by last year's number.

Longer than other files on purpose: a number that may change stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

from portal.domain.calendar import Span, read_spans
from portal.domain.policy_fields import (
    OURS,
    Spec,
    check_value,
    choice,
    choices,
    flag,
    month_day,
    months,
    number,
    read_value,
    spans,
    steps,
    write_value,
)
from portal.domain.refusals import Refused

AREAS = ("visits", "repairs", "surveys", "opinions", "complaints", "publications", "quality", "signoff", "data")

_SIGNERS = "supervisor manager director qa management_representative executive branch_overseer"
_EVERY = "week month quarter half_year year never"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The numbers of one office on one day. ``sources`` names the preset behind a field; what it lacks is ours."""

    # visits: VS
    visit_interval_months: int = number(3, "visits", "months", "VS-03", 1, 24)
    covered_methods: tuple[str, ...] = choices("door", "visits", "VS-03", "phone door patrol")
    visit_due_soon_days: int = number(14, "visits", "days", "VS-03", 0, 90)
    attempts_at_most: int = number(3, "visits", "attempts", "2.7", 1, 10)
    field_hours_workday: tuple[Span, ...] = spans("09:00-12:00,14:00-20:00", "visits", "VS-20")
    field_hours_rest_day: tuple[Span, ...] = spans("10:00-12:00,14:00-20:00", "visits", "VS-20")
    bundle_by: str = choice("day", "visits", "VS-10", "day week plan")
    visit_record_steps: tuple[str, ...] = steps("supervisor manager director", "visits", "VS-10", _SIGNERS)
    key_household_visit_by: str = choice("manager", "visits", "VS-15", "field_staff supervisor manager director")
    # repairs: VS-12, VS-16 to VS-19
    repair_revisit_by: str = choice("office", "repairs", "VS-12", "office company front_desk visit_staff")
    repair_revisit_every: str = choice("week", "repairs", "VS-12", "week month each_job")
    repair_revisit_percent: int = number(30, "repairs", "percent", "VS-12", 1, 100)
    special_revisit_hours: int = number(24, "repairs", "hours", "VS-17", 1, 168)
    job_rating: bool = flag(False, "repairs", "VS-19")
    defect_clean_inspections: int = number(2, "repairs", "inspections", "VS-16", 1, 12)
    # surveys: SV
    campaigns_per_year: int = number(1, "surveys", "campaigns", "SV-01", 1, 12)
    campaign_months: tuple[int, ...] = months((), "surveys", "SV-01")
    campaign_ordered_by: str = choice("qa", "surveys", "SV-18", "qa company office")
    survey_from_years: int = number(0, "surveys", "years", "SV-01", 0, 5)
    campaign_plan_steps: tuple[str, ...] = steps("management_representative executive", "surveys", "SV-02", _SIGNERS)
    sample_rule: str = choice("by_age", "surveys", "SV-03", "by_age percent all")
    sample_percent_older: int = number(15, "surveys", "percent", "SV-03", 1, 100)
    sample_percent_younger: int = number(30, "surveys", "percent", "SV-03", 1, 100)
    sample_age_years: int = number(5, "surveys", "years", "SV-03", 1, 30)
    sample_exact_age: str = choice("younger", "surveys", "SV-03", "younger older")
    sample_percent: int = number(30, "surveys", "percent", "SV-03", 1, 100)
    sample_base: str = choice("occupied_renovating", "surveys", "SV-03", "occupied_renovating permanent owners all")
    sample_complainants: bool = flag(True, "surveys", "SV-04")
    margin_percent: int = number(5, "surveys", "points", "2.2", 1, 30)
    announced_before_days: int | None = number(7, "surveys", "days", "SV-02", 0, 60, optional=True)
    hand_out_within_days: int | None = number(3, "surveys", "days", "SV-05", 0, 60, optional=True)
    collect_within_days: int | None = number(10, "surveys", "days", "SV-06", 1, 90, optional=True)
    collect_at_most_days: int | None = number(10, "surveys", "days", "SV-06", 1, 120, optional=True)
    recovery_floor_percent: int = number(75, "surveys", "percent", "SV-06", 1, 100)
    statistics_within_days: int = number(3, "surveys", "days", "SV-09", 1, 60)
    statistics_from: str = choice("collected", "surveys", "SV-09", "collected floor_and_date")
    open_letter: bool = flag(True, "surveys", "SV-11")
    open_letter_within_days: int | None = number(14, "surveys", "days", "SV-11", 1, 90, optional=True)
    to_qa_within_days: int | None = number(5, "surveys", "days", "SV-12", 1, 60, optional=True)
    improvement_plan_by: str | None = month_day(None, "surveys", "SV-15")
    results_posted_days: int = number(30, "surveys", "days", "SV-27", 1, 365)
    concentrated_households: int = number(3, "surveys", "households", "SV-11", 2, 1000)
    concentrated_percent: int = number(5, "surveys", "percent", "SV-11", 1, 100)
    satisfied_grades: str = choice("strict", "surveys", "SV-21", "strict broad")
    rate_base: str = choice("valid", "surveys", "SV-21", "valid returned surveyed")
    target_kind: str = choice("rate", "surveys", "SV-25", "rate score")
    target: int | None = number(None, "surveys", "percent", "SV-25", 1, 100)
    form_complete_percent: int = number(80, "surveys", "percent", "2.4", 50, 100)
    form_partial_percent: int = number(50, "surveys", "percent", "2.4", 1, 100)
    phone_proxy_cap_percent: int = number(5, "surveys", "percent", "2.8", 0, 100)
    callback_percent: int = number(10, "surveys", "percent", "2.8", 0, 100)
    callback_agreement_percent: int = number(90, "surveys", "percent", "2.8", 1, 100)
    hide_below: int = number(5, "surveys", "answers", "2.6", 5, 50)
    rank_from: int = number(10, "surveys", "answers", "2.6", 5, 100)
    # opinions and the register: OP, VS-09
    who_answers: str = choice("receiver", "opinions", "OP-03", "receiver department")
    rounds_before_exit: int = number(3, "opinions", "rounds", "VS-09", 1, 12)
    opinion_measure_within_days: int = number(2, "opinions", "days", "2.10", 1, 60)
    opinion_answer_within_days: int = number(7, "opinions", "days", "2.10", 1, 90)
    opinion_revisit_within_days: int = number(3, "opinions", "days", "2.10", 1, 60)
    register_summed_every: str = choice("month", "opinions", "OP-02", _EVERY)
    committee_meeting_every: str = choice("month", "opinions", "OP-05", _EVERY)
    # complaints: CP; no source gives numbers, the profile is that of the methods, 2.10
    complaint_routing: str = choice(
        "receiver", "complaints", "CP-03", "receiver department centre_then_qa_then_executives"
    )
    complaint_acknowledge_hours: int = number(24, "complaints", "hours", "CP-05", 1, 168)
    complaint_tell_every_days: int = number(3, "complaints", "days", "CP-07", 1, 30)
    complaint_urgent_answer_hours: int = number(24, "complaints", "hours", "CP-05", 1, 168)
    complaint_answer_within_days: int = number(10, "complaints", "days", "CP-05", 1, 90)
    complaint_close_within_days: int = number(30, "complaints", "days", "CP-05", 1, 365)
    complaint_revisit_hours: int = number(48, "complaints", "hours", "CP-05", 1, 336)
    complaint_cause_within_days: int = number(3, "complaints", "days", "CP-04", 1, 60)
    complaint_second_look_days: int = number(10, "complaints", "days", "CP-06", 1, 90)
    complaint_repeats_before_rise: int = number(3, "complaints", "repeats", "CP-08", 2, 20)
    complaint_report_approver: str = choice(
        "management_representative", "complaints", "CP-04", "qa management_representative executive"
    )
    effect_window_days: int = number(90, "complaints", "days", "2.11", 30, 365)
    # publications: PB
    response_notice_every: str = choice("month", "publications", "OP-08", _EVERY)
    objection_days: int = number(7, "publications", "days", "PB-09", 1, 90)
    guide_check_every: str = choice("quarter", "publications", "PB-06", _EVERY)
    # inspection and verification: QA
    inspection_every: str = choice("quarter", "quality", "QA-01", _EVERY)
    inspection_percent: int = number(10, "quality", "percent", "QA-01", 1, 100)
    spot_check_percent: int = number(2, "quality", "percent", "QA-03", 1, 100)
    # sign-off: AC; deadlines of every kind
    sign_step_hours: int = number(48, "signoff", "hours", "AC-03", 1, 720)
    sign_remind_hours: int = number(24, "signoff", "hours", "AC-03", 1, 720)
    deadline_counting: str = choice("natural", "signoff", "2.13", "natural workday roll")
    # personal data
    log_keep_days: int = number(365, "data", "days", "MLPS", 184, 3650)
    record_keep_months: int = number(36, "data", "months", "PIPL 19", 6, 240)

    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for name, spec in SPECS.items():
            check_value(name, spec, getattr(self, name))
        _check_together(self)

    def source_of(self, name: str) -> str:
        """The preset (or who else) the number comes from; ``ours`` where no source gives it."""
        return self.sources.get(name, OURS)

    def changed(self, source: str, /, **values: object) -> Policy:
        """With these values, their source noted. Raises ``policy.unknown_field`` and the codes of ``check_value``."""
        for name in values:
            spec_of(name)
        return replace(self, **values, sources={**self.sources, **dict.fromkeys(values, source)})  # type: ignore[arg-type]


SPECS: Mapping[str, Spec] = {f.name: f.metadata["spec"] for f in fields(Policy) if "spec" in f.metadata}


def spec_of(name: str) -> Spec:
    """Unit, default, range and rule of a field. Raises ``Refused("policy.unknown_field")``."""
    if name not in SPECS:
        raise Refused("policy.unknown_field", name=name)
    return SPECS[name]


def read_field(name: str, text: str) -> object:
    """A field's value from text as typed or stored; ``write_field`` is the way back."""
    return read_value(name, spec_of(name), text)


def write_field(name: str, value: object) -> str:
    """A field's value as text for the table of policy values."""
    return write_value(spec_of(name), value)


def _check_together(policy: Policy) -> None:
    """Numbers that contradict one another are refused, naming the field: ``policy.contradiction``."""
    within, at_most = policy.collect_within_days, policy.collect_at_most_days
    wrong = {
        "collect_at_most_days": within is not None and at_most is not None and at_most < within,
        "form_partial_percent": policy.form_partial_percent > policy.form_complete_percent,
        "rank_from": policy.rank_from < policy.hide_below,
        "sign_remind_hours": policy.sign_remind_hours > policy.sign_step_hours,
        "complaint_close_within_days": policy.complaint_close_within_days < policy.complaint_answer_within_days,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise Refused("policy.contradiction", field=name)


DEFAULT = Policy()


def _preset(slug: str, **values: object) -> Policy:
    return DEFAULT.changed(slug, **values)


PRESETS: Mapping[str, Policy] = {
    "opinion_procedure": _preset(
        "opinion_procedure",
        campaign_ordered_by="qa",
        sample_rule="by_age",
        sample_percent_older=15,
        sample_percent_younger=30,
        sample_age_years=5,
        sample_exact_age="younger",
        sample_base="occupied_renovating",
        hand_out_within_days=3,
        collect_within_days=10,
        collect_at_most_days=10,
        recovery_floor_percent=75,
        statistics_within_days=3,
        statistics_from="collected",
        open_letter=True,
        open_letter_within_days=14,
        to_qa_within_days=5,
        satisfied_grades="broad",
        rate_base="valid",
        repair_revisit_by="office",
        repair_revisit_every="month",
        register_summed_every="month",
        response_notice_every="month",
        inspection_every="month",
    ),
    "service_handbook": _preset(
        "service_handbook",
        campaigns_per_year=2,
        campaign_months=(6, 11),
        campaign_ordered_by="company",
        sample_rule="all",
        sample_base="all",
        collect_within_days=None,
        collect_at_most_days=None,
        recovery_floor_percent=60,
        statistics_within_days=7,
        statistics_from="floor_and_date",
        open_letter=True,
        open_letter_within_days=None,
        target_kind="rate",
        target=100,
        repair_revisit_by="company",
        repair_revisit_every="week",
        repair_revisit_percent=20,
        special_revisit_hours=24,
        committee_meeting_every="month",
        complaint_routing="centre_then_qa_then_executives",
    ),
    "owner_visit": _preset(
        "owner_visit",
        visit_interval_months=3,
        visit_record_steps=("supervisor", "manager", "director"),
        campaigns_per_year=1,
        sample_rule="all",
        sample_base="owners",
        hand_out_within_days=None,
        collect_within_days=None,
        collect_at_most_days=None,
        repair_revisit_by="front_desk",
        repair_revisit_every="each_job",
        repair_revisit_percent=100,
        who_answers="department",
        complaint_routing="department",
    ),
    "satisfaction_control": _preset(
        "satisfaction_control",
        campaigns_per_year=2,
        campaign_months=(5, 11),
        survey_from_years=1,
        campaign_plan_steps=("management_representative", "executive"),
        sample_rule="percent",
        sample_percent=30,
        sample_base="permanent",
        sample_complainants=True,
        announced_before_days=7,
        hand_out_within_days=None,
        collect_within_days=7,
        collect_at_most_days=10,
        recovery_floor_percent=60,
        statistics_within_days=7,
        statistics_from="collected",
        open_letter=False,
        to_qa_within_days=None,
        results_posted_days=30,
        improvement_plan_by="12-30",
        satisfied_grades="broad",
        rate_base="surveyed",
        target_kind="score",
        target=80,
        repair_revisit_every="each_job",
        job_rating=True,
        register_summed_every="half_year",
        field_hours_workday=read_spans("17:30-20:30"),
        field_hours_rest_day=read_spans("14:00-20:30"),
    ),
    "complaint_handling": _preset(
        "complaint_handling",
        who_answers="receiver",
        complaint_routing="receiver",
    ),
}


def combine(areas: Mapping[str, str]) -> Policy:
    """A policy with each area taken from a preset: ``{"visits": "owner_visit", "surveys": "opinion_procedure"}``.

    Areas not named keep the product's defaults. Raises ``Refused``: ``policy.unknown_area``, ``policy.unknown_preset``.
    """
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for area, slug in areas.items():
        if area not in AREAS:
            raise Refused("policy.unknown_area", area=area)
        if slug not in PRESETS:
            raise Refused("policy.unknown_preset", preset=slug)
        preset = PRESETS[slug]
        for name in (name for name, spec in SPECS.items() if spec.area == area):
            values[name] = getattr(preset, name)
            if name in preset.sources:
                sources[name] = preset.sources[name]
    return replace(DEFAULT, **values, sources=sources)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A number that an office or the company set, from a day on, until the next one of the same field."""

    effective_from: date
    field: str
    value: object
    source: str = "office"


def policy_on(base: Policy, values: Iterable[DatedValue], day: date) -> Policy:
    """The policy in force on ``day``: of each field the last value that had taken effect; the later listed of one day.

    An office's values go over its company's: ``policy_on(policy_on(base, company, day), office, day)``.
    """
    in_force = sorted((v for v in values if v.effective_from <= day), key=lambda v: v.effective_from)
    last = {v.field: v for v in in_force}
    for name, dated in last.items():
        check_value(name, spec_of(name), dated.value)
    sources = {**base.sources, **{name: dated.source for name, dated in last.items()}}
    chosen = {name: dated.value for name, dated in last.items()}
    return replace(base, **chosen, sources=sources)  # type: ignore[arg-type]


def value_on(base: Policy, values: Iterable[DatedValue], name: str, day: date) -> object:
    """One field on one day, as ``policy_on`` would give it."""
    spec_of(name)
    return getattr(policy_on(base, [v for v in values if v.field == name], day), name)
