"""The texts of WTForms, flask-wtf and Werkzeug that can reach a page, listed so that they are translated with ours."""

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

LIBRARIES = (
    _l("This field is required."),
    _l("Invalid Choice: could not coerce."),
    _l("Not a valid choice."),
    _l("Not a valid integer value."),
    _l("Not a valid date value."),
    _l("Not a valid datetime value."),
    _l("Not a valid time value."),
    _l("Not a valid decimal value."),
    _l("Invalid input."),
    _l("Field must be between %(min)d and %(max)d characters long."),
    _l("Number must be between %(min)s and %(max)s."),
    _l("CSRF token is missing."),
    _l("CSRF token expired."),
    _l("CSRF token is invalid."),
)


def plural_library_texts() -> None:
    """WTForms' plural texts, listed for the catalogues."""
    ngettext("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", 1)
    ngettext("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1)
    ngettext(
        "'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field.", 1
    )
    gettext("Invalid choice(s): one or more data inputs could not be coerced.")
    gettext("The CSRF session token is missing.")
    gettext("The CSRF token is missing.")
    gettext("The CSRF token is invalid.")
    gettext("The CSRF token has expired.")
    gettext("The CSRF tokens do not match.")
