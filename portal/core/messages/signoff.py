"""Sign-off: why a step cannot be signed, returned or bundled."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "signoff.unknown": _l("This record does not exist, or it belongs to another office."),
    "signoff.stale": _l(
        "This record has moved on since you opened it. Nothing was signed; please look at it as it stands now."
    ),
    "signoff.author": _l("Nobody signs or returns what they wrote themselves."),
    "signoff.not_author": _l("Only the person who wrote the record may do this."),
    "signoff.not_your_step": _l("This step is signed by somebody else."),
    "signoff.not_now": _l("This cannot be done with the record as it stands now."),
    "signoff.closed": _l("Every signature stands on this record already."),
    "signoff.incomplete": _l("Photos of this record are still on their way. It can be signed once they are here."),
    "signoff.erased": _l("The content of this record was erased. It can no longer be signed."),
    "signoff.comment_needed": _l("Please say why the record goes back."),
    "signoff.nobody": _l(
        "Nobody in this office may sign this step. Please ask the administrator to give somebody the role."
    ),
    "signoff.set_aside": _l("Set aside, not signed with the bundle."),
    "signoff.bundle_empty": _l("There is no record in this bundle to be signed."),
    "signoff.bundle_mixed": _l("A bundle takes records of one kind that wait for the same signature."),
    "signoff.bundled": _l("One of these records is in a bundle already."),
    "signoff.done": _l("Signed."),
    "signoff.returned": _l("Returned to its author."),
}
