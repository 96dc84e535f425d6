"""Forms of login and settings."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.core.forms import PortalForm


class LoginForm(PortalForm):
    login = StringField(_l("Login name"), [InputRequired(), Length(max=200)])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=1000)])
    next = HiddenField()
