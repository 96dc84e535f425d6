"""Forms of the register and of each step; what is refused comes back with what was typed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from portal.core.forms import PortalForm
from portal.core.labels import choices
from portal.domain.refusals import Refused
from portal.opinions.service import CHANNELS, TEXT_MOST
from portal.opinions.steps import checked_terms

LONG = Length(max=TEXT_MOST)


def _none(value: str | None) -> str | None:
    return value or None


class OpinionPart(Form):
    """One opinion within a contact (a plain form: the token stands once, in the outer one)."""

    class Meta(PortalForm.Meta):
        csrf = False

    kind = SelectField(_l("Kind"), [InputRequired()])
    category = SelectField(_l("Category"), [Optional()], filters=[_none])
    part = SelectField(_l("Whose part of the building"), [Optional()], filters=[_none])
    content = TextAreaField(_l("What was said"), [InputRequired(), LONG])
    department_id = SelectField(_l("Department"), [Optional()], filters=[_none])
    answered_with = TextAreaField(_l("Answered at once with"), [Optional(), LONG])
    remedy_sought = TextAreaField(_l("What the resident wants us to do"), [Optional(), LONG])
    wanted_by = DateField(_l("Wanted by"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("opinion_kind")
        self.category.choices = choices("category", blank=_l("To be classified later"))
        self.part.choices = choices("part", blank=_l("Does not matter"))
        self.department_id.choices = [("", _l("Not yet known"))]


class ContactForm(PortalForm):
    household = HiddenField()
    community = SelectField(_l("Estate"), [Optional()], filters=[_none])
    channel = SelectField(_l("How it came"), [InputRequired()], default="phone")
    person = StringField(_l("Who told us"), [Optional(), Length(max=80)])
    phone = StringField(_l("Phone for the answer, if another"), [Optional(), Length(max=40)])
    occurred_at = DateTimeLocalField(
        _l("When, if not just now"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    opinions = FieldList(FormField(OpinionPart), min_entries=1, max_entries=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(choices("channel"))
        self.channel.choices = [(c, words[c]) for c in CHANNELS]


class StepForm(PortalForm):
    """What every step carries: the revision that was seen."""

    revision = HiddenField(validators=[InputRequired()])

    @property
    def seen(self) -> int | None:
        return int(self.revision.data) if (self.revision.data or "").isdigit() else -1


class ClassifyForm(StepForm):
    kind = SelectField(_l("Kind"), [InputRequired()])
    category = SelectField(_l("Category"), [InputRequired()])
    part = SelectField(_l("Whose part of the building"), [Optional()], filters=[_none])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("opinion_kind")
        self.category.choices = choices("category", blank=_l("Please choose"))
        self.part.choices = choices("part", blank=_l("Does not matter"))


class AssignForm(StepForm):
    department_id = SelectField(_l("Department"), [InputRequired()])
    words = TextAreaField(_l("What the department should know"), [Optional(), LONG])


class Conditional(Optional):
    """May be empty, for where another answer asks for it: not called optional beside its label."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"conditional": True}


class DueForm(PortalForm):
    """Who does it, and by when: of a measure, and of a promise made of it."""

    department_id = SelectField(_l("Department"), [Optional()], filters=[_none])
    actor = SelectField(_l("Who does it"), [InputRequired()], default="office")
    due_kind = SelectField(_l("By when"), [InputRequired()], default="date")
    due_from = DateField(_l("From"), [Conditional()])
    due_on = DateField(_l("By, or next check"), [Conditional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor.choices = choices("actor")
        self.due_kind.choices = choices("due_kind")
        self.department_id.choices = [("", _l("None"))]


class TermsForm(DueForm, StepForm):
    """A measure for all opinions of an issue, to be promised in public."""

    action = TextAreaField(_l("Measure"), [InputRequired(), LONG])
    person = StringField(_l("Responsible person"), [Optional(), Length(max=80)])

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        try:
            checked_terms(self.actor.data, self.due_kind.data, self.due_from.data, self.due_on.data)
        except Refused as why:
            self.refuse(why)
            return False
        return bool(good)


class MeasureForm(TermsForm):
    """Measure, person, date (OP-06)."""

    person = StringField(_l("Responsible person"), [InputRequired(), Length(max=80)])


class WordsForm(StepForm):
    words = TextAreaField(_l("In words"), [InputRequired(), LONG])


class ExitForm(StepForm):
    """The end of a case that no round has settled: why, and who else may help (VS-09)."""

    reasons = TextAreaField(_l("Why nothing more is done"), [InputRequired(), LONG])
    outside = TextAreaField(_l("Where else the resident may turn"), [InputRequired(), LONG])


class CheckForm(StepForm):
    satisfied = RadioField(_l("What the resident says"), [InputRequired()])
    method = RadioField(_l("How the resident was asked"), [InputRequired()], default="phone")
    words = TextAreaField(_l("In the resident's words"), [Optional(), LONG])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.satisfied.choices = [("yes", _l("Satisfied")), ("no", _l("Not satisfied, back to the department"))]
        self.method.choices = [("phone", _l("By phone")), ("door", _l("At the door"))]


class IssueForm(PortalForm):
    title = StringField(_l("The issue in brief"), [InputRequired(), Length(max=200)])
    category = SelectField(_l("Category"), [InputRequired()])
    prominent_reason = StringField(_l("Why it is answered though few raised it"), [Optional(), Length(max=400)])
    opinions = SelectMultipleField(_l("Opinions"), [InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices("category", blank=_l("Please choose"))
        self.opinions.choices = []


class IssueWordsForm(PortalForm):
    title = StringField(_l("The issue in brief"), [InputRequired(), Length(max=200)])
    explanation = TextAreaField(_l("What we found"), [Optional(), LONG])


class MoreOpinionsForm(PortalForm):
    opinions = SelectMultipleField(_l("Opinions"), [InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opinions.choices = []
