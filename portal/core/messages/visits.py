"""Plans of visits."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "plan.unknown_staff": _l("This person does not work in your office on that day."),
    "plan.unknown_place": _l("This building or household is not known in your office."),
    "plan.nothing_due": _l("No household here is due or promised on that day. You can still choose households singly."),
    "plan.unknown_line": _l("This household is not in the plan any more."),
    "plan.visited": _l("This household was visited already; the line stays in the plan."),
}
