"""Words of surveys."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "campaign.handover_unknown": _l(
        "Please say when the first homes were handed over: the share to be asked depends on it."
    ),
    "campaign.too_young": _l("Surveys begin %(years)s years after the first handover."),
    "campaign.nobody": _l("There is no household that may be asked: all are vacant or outside the survey's base."),
    "campaign.date_needed": _l("The office's policy sets no date here. Please enter one."),
    "campaign.dates_crossed": _l("This date lies before the step that comes first."),
    "campaign.frame_later": _l("The list of households cannot be taken from a day that is still to come."),
    "campaign.drawn_before": _l("The sample of this survey was drawn already."),
    "campaign.not_running": _l("This survey is not in the field now."),
    "campaign.below_floor": _l(
        "%(returned)s of %(issued)s forms are back, %(needed)s are needed. To end below that, give the reason and the day "
        "since when those who did not answer are visited; quality assurance must consent."
    ),
    "campaign.not_asked": _l("Nobody has asked to end this survey below the floor."),
    "campaign.own_request": _l("Who asks for it does not consent to it."),
    "campaign.not_later": _l("The new date must lie after the present one."),
    "questionnaire.unknown": _l("There is no such questionnaire."),
    "substitute.line_open": _l(
        "This household may still answer; a substitute comes only after a refusal, a move, or all attempts."
    ),
    "substitute.attempts_left": _l(
        "Please try this household again at another time of the day first: attempts left %(attempts)s."
    ),
    "substitute.replaced": _l("A substitute was released for this household already."),
    "substitute.certain": _l("This household had to be covered; nobody stands for it."),
    "substitute.none_left": _l("There is no substitute left in this stratum."),
    "survey.not_in_sample": _l("This household is not in the sample of this survey."),
    "survey.not_released": _l("This household is a substitute that was not released yet."),
    "survey.other_questionnaire": _l("This survey asks another questionnaire: %(form)s."),
    "survey.unknown_item": _l("The questionnaire does not ask this: %(item)s."),
    "survey.remark_alone": _l("A remark needs a grade beside it."),
    "timeline.not_late": _l("This step is not late."),
    "timeline.explained": _l("A reason was given already."),
    "sample.seed_short": _l("The seed does not end in 32 random characters."),
    "sample.seed_other": _l("The seed is not the one whose hash was published."),
    "sample.digits": _l("Please enter digits only."),
    "sample.too_large": _l("More households are wanted than the list holds."),
    "sample.stratum_twice": _l("Two stairs of this community have the same code. Please rename a building."),
    "sample.bad_code": _l("A household's code in the draw cannot be used: %(unit)s."),
    "sample.code_twice": _l("Two households have the same code in the draw: %(unit)s."),
    "sample.algorithm_other": _l("The draw was made by a method that this version does not know."),
    "sample.frame_other": _l("The list of households is not the one that was fixed before the draw."),
    "sample.draw_other": _l("Drawing again gives another sample than the one recorded."),
}
