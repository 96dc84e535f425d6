"""Forms of the desk's own pages."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.core.forms import PortalForm
from portal.households.communities import MAX_NAME_CHARACTERS


class CommunityForm(PortalForm):
    """What was proposed by machine about a community, to be read by a person."""

    name_hans = StringField(_l("Name in simplified characters"), [InputRequired(), Length(max=MAX_NAME_CHARACTERS)])
    name_hant = StringField(_l("Name in traditional characters"), [InputRequired(), Length(max=MAX_NAME_CHARACTERS)])
    first_handover_on = DateField(_l("First handover"), [Optional()])
