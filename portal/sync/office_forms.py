"""How the office decides."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.core.forms import PortalForm
from portal.sync.office import REASON_MOST


class TakeOverForm(PortalForm):
    """Take a record over; the fields to be put right are named by their place and read beside this form."""

    building = SelectField(_l("Building"), choices=[], validate_choice=False, validators=[Optional()])
    room = StringField(_l("Room"), validators=[Optional(), Length(max=40)])


class BackupForm(PortalForm):
    file = FileField(
        _l("Backup file of a tablet"),
        [FileRequired(_l("Please choose the backup file."))],
        render_kw={"accept": ".linli"},
    )


class CloseForm(PortalForm):
    reason = TextAreaField(_l("Reason, for the author to read"), validators=[InputRequired(), Length(max=REASON_MOST)])
