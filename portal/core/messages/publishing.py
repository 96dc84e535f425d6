"""Why something about letters and promises was refused."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "posting.later": _l("This lies in the future. Please enter when the letter was put up."),
    "posting.not_public": _l("Only a published letter is put up."),
    "posting.hangs_already": _l("It hangs there already. Take it off first if it was put up anew."),
    "posting.unknown": _l("This paper was taken off already."),
    "publication.unknown": _l("There is no such letter here. Please go back to the list."),
    "publication.unknown_text": _l("This text is not in the letter any more. Please reload the page."),
    "publication.no_issue": _l("Please choose at least one issue."),
    "publication.unknown_issue": _l("One of the issues is not there any more. Please choose again."),
    "publication.several_communities": _l("A letter goes to one estate. Please choose issues of one estate."),
    "publication.stale": _l(
        "Somebody changed this letter in the meantime. What you typed is still here; compare it and save again."
    ),
    "publication.not_now": _l("This is not possible as the letter stands now. Please reload the page."),
    "publication.problems": _l("%(number)s things are still to be put right before this script can be checked."),
    "publication.promise_stays": _l("What was promised in public stays. Report it as changed or declined instead."),
    "publication.down_before": _l("The last day on display lies before the date of the letter."),
    "publication.no_such_place": _l("The text has changed here. Please reload the page."),
    "publication.not_a_candidate": _l("Please choose one of the characters offered, or edit this half by hand."),
    "publication.bad_term": _l("Please enter a word of 2 to 40 characters and how it is written in the other script."),
    "publication.reason_needed": _l("Please say what was wrong; residents will read it."),
    "publication.confirm_half": _l("Please read the other script, put it right where needed, and send it again."),
    "publication.personal_data": _l("“%(text)s” would tell who it is. Please word it differently."),
    "publication.wrong_script": _l("There are characters of the other script here: %(characters)s"),
    "commitment.unknown": _l("There is no such promise here. Please go back to the list."),
    "commitment.stale": _l("Somebody reported on this promise in the meantime. Please look at how it stands now."),
    "commitment.not_now": _l("This is not possible as the promise stands now."),
    "commitment.done_later": _l("This day lies in the future."),
    "commitment.date_needed": _l("Please enter a date."),
    "commitment.span_backwards": _l("Please enter a first and a last day, in this order."),
    "commitment.no_date": _l("This promise has no date that could be changed."),
    "commitment.same_date": _l("Please enter a new date that is not in the past."),
    "commitment.own_report": _l("Somebody other than who reported it done verifies it."),
}
