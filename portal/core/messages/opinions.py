"""Why something about contacts, opinions and issues was refused."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "contact.later": _l("This lies in the future. Please enter when it happened."),
    "opinion.none": _l("Please enter at least one opinion."),
    "opinion.unknown": _l("There is no such opinion here. Please go back to the list."),
    "opinion.stale": _l(
        "Somebody moved this on in the meantime. Look at how it stands now, then send yours again if it still fits."
    ),
    "opinion.not_now": _l("This is not possible as the opinion stands now. Please look at what has happened since."),
    "opinion.rounds_left": _l("It has not been through %(rounds)s rounds yet; this is round %(round)s."),
    "opinion.own_exit": _l("Somebody who has had no hand in this case reviews its end."),
    "opinion.own_work": _l("Somebody other than who reported it done asks the resident."),
    "measure.date_needed": _l("Please enter the date by which it will be done."),
    "measure.span_backwards": _l("Please enter a first and a last day, in this order."),
    "issue.unknown": _l("There is no such issue here. Please go back to the list."),
    "issue.closed": _l("This issue is closed or already answered in public."),
    "issue.no_opinion": _l("Please choose at least one opinion."),
    "issue.several_communities": _l("Opinions of one issue belong to one estate. Please choose again."),
    "issue.grouped_already": _l("One of them already belongs to an issue. Take it out there first."),
    "issue.not_in_it": _l("This opinion is not in this issue any more."),
}
