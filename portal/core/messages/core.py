"""What the house itself refuses: signing in, people and offices, backup and restore, broken text."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "unknown": _l("Something in this request could not be accepted. Please check what you entered and try again."),
    "login.wrong": _l("The login name or the password is not right. Please try again."),
    "login.too_many": _l("Too many wrong passwords. Please wait %(minutes)s minutes, then try again."),
    "login.inactive": _l("This login is no longer in use. Please ask your administrator."),
    "staff.login_taken": _l("This login name is already used. Please choose another."),
    "staff.password_short": _l("The password needs at least %(least)s characters."),
    "staff.unknown": _l("There is nobody with this login name."),
    "staff.unknown_role": _l("There is no such role."),
    "office.unknown": _l("There is no such office. Known offices: %(known)s"),
    "backup.unreadable": _l("%(name)s is not a backup of this portal, or it is damaged."),
    "backup.damaged": _l("The backup is damaged at %(name)s; nothing was changed."),
    "backup.other_version": _l(
        "The backup was made by another version (schema %(made)s, here %(ours)s). Please restore it with that version."
    ),
    "backup.not_empty": _l(
        "There is data here already. A backup is only restored into an empty installation; nothing was changed."
    ),
    "demo.not_empty": _l("There is data here already; the demo is only made in an empty database."),
    "backup.server_runs": _l("The server is running here. Stop it first, then try again."),
    "text.nul": _l("The text contains a character that cannot be stored (NUL). Please remove it."),
    "text.surrogate": _l("The text contains a broken character. Please type it again."),
}
