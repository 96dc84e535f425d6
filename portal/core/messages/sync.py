"""Records handed in: why one is kept for the office to look at instead of being taken."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "record.problems": _l("Some entries cannot be accepted yet. Please look at the places that are marked."),
    "record.twice": _l("This record is there already. Reload the page to see it."),
    "unknown_subject": _l("This household or record is not known in your office."),
    "unknown_form": _l(
        "This version of the form is not known here yet. The record is kept and will be looked at again."
    ),
    "wrong_form": _l("This form does not belong to this kind of record."),
    "unknown_reference": _l("What is named here is not known for this household or office. Please choose it again."),
    "id_taken": _l("This entry has the number of another one. Please enter it anew."),
    "not_author": _l("Only the person who wrote the record corrects it."),
    "not_returned": _l("Only a record that was returned can be corrected."),
    "stale_revision": _l("The record has been changed since: it is now version %(revision)s."),
}
