"""The method box that stands with every result (methods 2.9), in the reader's words."""

from flask_babel import gettext

from portal.core.clock import day_at
from portal.core.i18n import current_language, day, thousands
from portal.core.labels import label
from portal.domain.satisfaction import Rate, Reading
from portal.statistics.service import UNSORTED, CampaignFigures


def share(rate: Rate | None) -> str:
    """A rate as 87.4%, a dash where it has no denominator."""
    return "—" if rate is None or rate.percent is None else f"{rate.percent}%"


def sum_of(rate: Rate) -> str:
    """173 ÷ 198."""
    return f"{thousands(int(rate.numerator))} ÷ {thousands(int(rate.denominator))}"


def interval(rate: Rate) -> str:
    """82.4%—91.1%, a dash where there is none; led by the estimate by strata where that is another number (W12)."""
    if rate.low is None or rate.high is None:
        return "—"
    limits = f"{percent(rate.low)}—{percent(rate.high)}"
    if rate.estimate is None or percent(rate.estimate) == share(rate):
        return limits
    return gettext("by strata %(estimate)s, %(limits)s", estimate=percent(rate.estimate), limits=limits)


def percent(value: float) -> str:
    """A share as per cent to one decimal."""
    return f"{value * 100:.1f}%"


def points(value: float) -> str:
    """Points to one decimal."""
    return f"{value:.1f}"


def category_words(name: str) -> str:
    """A category of remarks; those that nobody has classified yet are told so."""
    return gettext("not classified yet") if name == UNSORTED else label("category", name)


def satisfied_words(figures: CampaignFigures, reading: Reading | None = None) -> str:
    """The grades that count as satisfied, in words (SV-21)."""
    lead = figures.questions.lead
    words = [
        lead.label_of(grade)[current_language().catalogue] for grade in lead.scale.satisfied(reading or figures.reading)
    ]
    return gettext(", ").join(words)


def method_box(figures: CampaignFigures, zone: str) -> list[tuple[str, str]]:
    """Name and text of each line: who was asked and how, what counts, how sure it is, what may disturb it."""
    campaign, policy = figures.campaign, figures.policy
    return [
        (gettext("Population"), _population(figures)),
        (gettext("Sampling"), _sampling(figures)),
        (gettext("Seed"), f"{campaign.seed}|{campaign.digits}" if campaign.digits else campaign.seed),
        (gettext("Forms"), _forms(figures)),
        (gettext("Time"), _time(figures, zone)),
        (gettext("Mode"), _modes(figures)),
        (gettext("Satisfied"), _satisfied(figures)),
        (
            gettext("95 per cent interval"),
            gettext("Wilson, with the finite population, by strata; the verdict rests on it"),
        ),
        (gettext("Change since then"), _change(figures)),
        (gettext("Weighting"), _weighting(figures)),
        (gettext("Collected by"), gettext("the office's own staff and interviewers")),
        (gettext("Withheld"), gettext("buildings with fewer than %(count)s answers", count=policy.hide_below)),
    ]


def _population(figures: CampaignFigures) -> str:
    frame, on = figures.campaign.frame, figures.campaign.frame_day
    told = [gettext("%(count)s households as of %(day)s", count=thousands(frame["population"]), day=day(on))]
    told += [
        gettext("%(reason)s: %(count)s not asked", reason=label("frame_excluded", reason), count=number)
        for reason, number in frame["excluded"].items()
    ]
    return gettext("; ").join(told)


def _sampling(figures: CampaignFigures) -> str:
    campaign = figures.campaign
    told = [
        gettext(
            "%(percent)s%%, %(count)s drawn at random over buildings, stairs and floors",
            percent=campaign.share_percent,
            count=thousands(campaign.size),
        )
    ]
    if campaign.frame["certainty"]:
        told.append(
            gettext(
                "%(count)s that complained or were dissatisfied before, all of them", count=campaign.frame["certainty"]
            )
        )
    if figures.lead.estimate and figures.lead.estimate.left_out:
        told.append(gettext("none of these answered; they are left out of the estimate"))
    return gettext("; ").join(told)


def _forms(figures: CampaignFigures) -> str:
    returns, rr1 = figures.returns, figures.outcome["RR1"]
    told = [
        gettext(
            "issued %(issued)s, returned %(returned)s (%(recovery)s), valid %(valid)s",
            issued=thousands(returns.issued),
            returned=thousands(returns.returned),
            recovery=share(returns.recovery_rate),
            valid=thousands(returns.valid),
        )
    ]
    if rr1 is not None:
        told.append(f"AAPOR RR1 {share(rr1)}, {sum_of(rr1)}")
    for flag, number in figures.counts.flagged.items():
        told.append(f"{label('response_flag', flag)}: {number}")
    return gettext("; ").join(told)


def _time(figures: CampaignFigures, zone: str) -> str:
    campaign = figures.campaign
    if campaign.closed_at is None:
        return gettext("from %(day)s; collection still open", day=day(campaign.received_on))
    told = [
        gettext("%(first)s to %(last)s", first=day(campaign.received_on), last=day(day_at(campaign.closed_at, zone)))
    ]
    if campaign.closed_reason and not figures.floor_reached:
        told.append(gettext("closed below the floor: %(reason)s", reason=campaign.closed_reason))
    return gettext("; ").join(told)


def _modes(figures: CampaignFigures) -> str:
    told = [f"{label('survey_mode', mode)} {thousands(number)}" for mode, number in figures.modes().items()]
    spoken = figures.phone_or_proxy()
    told.append(
        gettext(
            "by phone or filled in by others %(rate)s (at most %(cap)s%%)",
            rate=share(spoken),
            cap=figures.policy.phone_proxy_cap_percent,
        )
    )
    return gettext(", ").join(told)


def _satisfied(figures: CampaignFigures) -> str:
    return gettext(
        "%(grades)s count as satisfied; base: %(base)s, without those who have had no contact",
        grades=satisfied_words(figures),
        base=label("rate_base", figures.policy.rate_base),
    )


def _change(figures: CampaignFigures) -> str:
    if figures.previous is None:
        return gettext("no earlier survey with this questionnaire")
    return gettext("against %(title)s, Newcombe; told only where significant", title=figures.previous.title)


def _weighting(figures: CampaignFigures) -> str:
    rates = [row.rate for row in figures.recovery if row.issued >= figures.policy.hide_below]
    values = sorted(rate.value for rate in rates if rate.value is not None)
    if not values:
        return gettext("by strata in the estimate; the official rate counts every answer alike")
    return gettext(
        "by strata in the estimate; the official rate counts every answer alike; recovery by building %(low)s to %(high)s",
        low=percent(values[0]),
        high=percent(values[-1]),
    )
