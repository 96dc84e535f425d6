"""Forms of letters and promises."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from portal.core.forms import PortalForm
from portal.core.labels import choices
from portal.opinions.forms import DueForm

LONG = Length(max=4000)


class SeenForm(PortalForm):
    """What every act carries: the revision that was seen. Alone it is a form of one button."""

    revision = HiddenField(validators=[InputRequired()])

    @property
    def seen(self) -> int:
        return int(self.revision.data) if (self.revision.data or "").isdigit() else -1


class TextForm(SeenForm):
    text = TextAreaField(_l("Text"), [Optional(), LONG])


class SettleForm(SeenForm):
    start = HiddenField(validators=[InputRequired()])
    end = HiddenField(validators=[InputRequired()])
    out = HiddenField(validators=[InputRequired()])
    source_term = StringField(_l("Word"), [Optional(), Length(max=40)])
    made_term = StringField(_l("in the other script"), [Optional(), Length(max=40)])


class RowForm(SeenForm):
    brief = StringField(_l("The issue in brief"), [Optional(), Length(max=200)])
    issue = SelectField(_l("From an issue"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue.choices = [("", _l("Worded freely"))]


class TermsForm(DueForm, SeenForm):
    """Who keeps a promise, and by when."""


class MeasureForm(TermsForm):
    text = TextAreaField(_l("Promise"), [InputRequired(), Length(max=1000)])


class DatesForm(SeenForm):
    dated = DateField(_l("Date of the letter"), [InputRequired()])
    take_down_on = DateField(_l("Last day on display"), [Optional()])


class ClearForm(SeenForm):
    word = StringField(_l("Word"), [InputRequired(), Length(max=40)])
    reason = StringField(_l("Why it names nobody"), [InputRequired(), Length(max=200)])


class ReturnForm(SeenForm):
    comment = TextAreaField(_l("What is to be changed"), [InputRequired(), LONG])


class CorrectForm(SeenForm):
    reason = TextAreaField(_l("What was wrong"), [InputRequired(), LONG])


class PostForm(PortalForm):
    """Where the letter was put up, and when if not just now."""

    place = StringField(_l("Place of the board"), [InputRequired(), Length(max=80)])
    put_up_at = DateTimeLocalField(
        _l("When, if not just now"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    seen = None  # a paper on a board is noted whatever happened to the text meanwhile


class NewLetterForm(PortalForm):
    kind = SelectField(_l("Kind"), [InputRequired()])
    issues = SelectMultipleField(_l("Issues"), [InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("publication_kind")
        self.issues.choices = []


class PairForm(SeenForm):
    """Words for residents: the second half is converted, shown, and confirmed by sending it."""

    words = TextAreaField(_l("In words, for residents"), [InputRequired(), LONG])
    words_other = TextAreaField(_l("In the other script"), [Optional(), LONG])


class DoneForm(PairForm):
    done_on = DateField(_l("Done on"), [InputRequired()])
    next_on = DateField(_l("Next check on"), [Optional()])


class ChangeForm(PairForm):
    due_on = DateField(_l("New date"), [InputRequired()])


class VerifyForm(SeenForm):
    remark = TextAreaField(_l("What was seen and what residents said"), [Optional(), LONG])
