"""What a person types about a campaign at the desk; the fields of hand-outs and answers follow their form documents."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.forms import PortalForm
from portal.core.i18n import current_language
from portal.core.labels import choices
from portal.domain.formspec import load
from portal.surveys.questionnaires import Item, Questionnaire


def offered(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """(value, words) as the choices of a field."""
    return [SelectChoice(value, str(words)) for value, words in pairs]


class CampaignForm(PortalForm):
    """A campaign's plan; dates left empty follow from policy."""

    community = SelectField(_l("Community"), [InputRequired()])
    form = SelectField(_l("Questionnaire"), [InputRequired()])
    title = StringField(_l("Title"), [InputRequired(), Length(max=120)])
    frame_day = DateField(_l("List of households as of"), [InputRequired()])
    received_on = DateField(_l("Forms received on"), [InputRequired()])
    first_handover_on = DateField(_l("First handover"), [Optional()])
    size_reason = RadioField(
        _l("Size"), [InputRequired()], choices=lambda: offered(choices("size_reason")), default="rule"
    )
    cover_complaints = BooleanField(
        _l("Cover every household that complained or was dissatisfied since the last survey")
    )
    hand_out_by = DateField(_l("Hand out by"), [Optional()])
    collect_by = DateField(_l("Collect by"), [Optional()])
    target = IntegerField(_l("Target, per cent"), [Optional(), NumberRange(1, 100)])


class DrawForm(PortalForm):
    digits = StringField(_l("Digits added by an owners' representative"), [Optional(), Length(max=40)])


class CloseForm(PortalForm):
    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=1000)])
    visits_since = DateField(_l("Those who did not answer are visited since"), [Optional()])


class ExtendForm(PortalForm):
    until = DateField(_l("Collect until"), [InputRequired()])


class DoneForm(PortalForm):
    on = DateField(_l("On"), [InputRequired()])


class LateForm(PortalForm):
    reason = StringField(_l("Reason for being late"), [InputRequired(), Length(max=500)])


def _options(form: str, key: str) -> Callable[[], list[SelectChoice]]:
    """The choices of a field of a form document, in the reader's language."""

    def read() -> list[SelectChoice]:
        field = next(f for f in load(form, 1).fields if f.key == key)
        return offered((option.key, option.label[current_language().catalogue]) for option in field.options)

    return read


class HandoutForm(PortalForm):
    """A receipt signed on paper, or an attempt that failed (form ``survey_handout@1``)."""

    fact = HiddenField(validators=[Optional(), Length(max=36)])
    outcome = SelectField(_l("Outcome"), [InputRequired()], choices=_options("survey_handout", "outcome"))
    on = DateField(_l("On"), [InputRequired()])
    serial = StringField(_l("Number of the form"), [Optional(), Length(max=40)])
    sign_mode = SelectField(_l("Who received it"), [Optional()], choices=_options("survey_handout", "sign_mode"))
    signer = StringField(_l("Signed by"), [Optional(), Length(max=80)])
    explained = SelectField(
        _l("Purpose and main points explained?"), [Optional()], choices=_options("survey_handout", "explained")
    )
    collect_on = DateField(_l("To be collected on"), [Optional()])
    collect_at = TimeField(_l("At what time"), [Optional()])

    def body(self, campaign_id: str, staff_id: str) -> dict[str, Any]:
        """As a tablet would send it; what the outcome hides is left out."""
        body = {"campaign": campaign_id, "outcome": self.outcome.data, "handed_out_by": staff_id}
        if self.outcome.data == "received":
            body |= {
                "copies": 1, "explained": self.explained.data, "sign_mode": self.sign_mode.data,
                "signer": (self.signer.data or "").strip(), "no_signature_because": "on_paper",
                "serial": self.serial.data or None,
                "collect_on": self.collect_on.data.isoformat() if self.collect_on.data else None,
                "collect_at": self.collect_at.data.strftime("%H:%M") if self.collect_at.data else None,
            }  # fmt: skip
        return body


class AnswerForm(PortalForm):
    """What stands on every paper answer; ``answer_form`` adds the questionnaire's own items (``survey_response@1``)."""

    questions: Questionnaire
    fact = HiddenField(validators=[Optional(), Length(max=36)])
    mode = SelectField(_l("Mode"), [InputRequired()], choices=_options("survey_response", "mode"), default="paper")
    on = DateField(_l("Filled in on"), [InputRequired()])
    serial = StringField(_l("Number of the form"), [Optional(), Length(max=40)])
    proxy = SelectField(
        _l("Filled in by somebody else for the resident?"),
        [InputRequired()],
        choices=_options("survey_response", "proxy"),
        default="no",
    )
    suggestion = TextAreaField(_l("Opinions and suggestions"), [Optional(), Length(max=4000)])
    name = StringField(_l("Name"), [Optional(), Length(max=80)])

    def rows(self) -> Iterator[tuple[Item, Any, Any]]:
        """Each item with its grade and its remark."""
        for item in self.questions.items:
            yield item, self[f"grade_{item.key}"], self[f"remark_{item.key}"]

    def body(self, campaign_id: str, staff_id: str) -> dict[str, Any]:
        """As a tablet would send it."""
        answers = []
        for item, grade, remark in self.rows():
            if grade.data:
                answers.append({"item": item.key, "grade": grade.data, "remark": (remark.data or "").strip() or None})
        return {
            "campaign": campaign_id, "questionnaire": self.questions.name, "mode": self.mode.data,
            "interviewer": staff_id if self.mode.data in ("door", "phone") else None,
            "serial": self.serial.data or None if self.mode.data in ("paper", "post") else None,
            "proxy": self.proxy.data, "answers": answers, "suggestion": (self.suggestion.data or "").strip() or None,
            "name": (self.name.data or "").strip() or None,
        }  # fmt: skip


def answer_form(questions: Questionnaire) -> AnswerForm:
    """The form for one answer on a questionnaire. A remark without a grade is refused: it would be lost."""
    catalogue = current_language().catalogue
    fields: dict[str, Any] = {"questions": questions}
    for item in questions.items:
        label = item.label[catalogue]
        grades = offered((grade.key, grade.label[catalogue]) for grade in item.grades)
        fields[f"grade_{item.key}"] = RadioField(label, [Optional()], choices=grades)
        fields[f"remark_{item.key}"] = StringField(
            gettext("Why: %(item)s", item=label), [Optional(), Length(max=2000)]
        )  # fmt: skip
    kind: type[AnswerForm] = type("QuestionnaireAnswerForm", (AnswerForm,), fields)
    return kind()
