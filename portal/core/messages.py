"""One word list: the code of a refusal → the sentence a person reads, in their language, saying what to do next.

The texts of WTForms, flask-wtf and Werkzeug that can reach a page stand here too, so that they are translated with ours.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "unknown": _l("Something in this request could not be accepted. Please check what you entered and try again."),
    "login.wrong": _l("The login name or the password is not right. Please try again."),
    "login.too_many": _l("Too many wrong passwords. Please wait %(minutes)s minutes, then try again."),
    "login.inactive": _l("This login is no longer in use. Please ask your administrator."),
    "staff.login_taken": _l("This login name is already used. Please choose another."),
    "staff.password_short": _l("The password needs at least %(least)s characters."),
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
    # What is wrong with the answers to a form (portal.domain.formspec), in the tablet too.
    "contact.later": _l("This lies in the future. Please enter when it happened."),
    "opinion.none": _l("Please enter at least one opinion."),
    "opinion.unknown": _l("There is no such opinion here. Please go back to the list."),
    "opinion.stale": _l(
        "Somebody moved this on in the meantime. Look at how it stands now, then send yours again if it still fits."
    ),
    "opinion.not_now": _l("This is not possible as the opinion stands now. Please look at what has happened since."),
    "opinion.rounds_left": _l("It has not been through %(rounds)s rounds yet; this is round %(round)s."),
    "opinion.own_work": _l("Somebody other than who reported it done asks the resident."),
    "measure.date_needed": _l("Please enter the date by which it will be done."),
    "measure.span_backwards": _l("Please enter a first and a last day, in this order."),
    "issue.unknown": _l("There is no such issue here. Please go back to the list."),
    "issue.closed": _l("This issue is closed or already answered in public."),
    "issue.no_opinion": _l("Please choose at least one opinion."),
    "issue.several_communities": _l("Opinions of one issue belong to one estate. Please choose again."),
    "issue.grouped_already": _l("One of them already belongs to an issue. Take it out there first."),
    "issue.not_in_it": _l("This opinion is not in this issue any more."),
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
    "required": _l("Please answer this."),
    "unknown_key": _l("This form does not ask for this entry. Please remove it."),
    "not_an_object": _l("A group of answers is expected here."),
    "not_a_list": _l("A list is expected here."),
    "not_text": _l("A text is expected here."),
    "too_long": _l("This is too long. Please use at most %(limit)s characters."),
    "too_many": _l("These are too many. Please keep at most %(limit)s."),
    "not_a_choice": _l("Please choose one of the answers offered."),
    "not_a_number": _l("Please enter a whole number."),
    "out_of_range": _l("Please enter a number from %(min)s to %(max)s."),
    "not_a_date": _l("Please enter a day of the calendar, such as 2026-03-05."),
    "not_a_time": _l("Please enter a time of the day, such as 09:30."),
    "not_a_phone": _l("Please enter a phone number: digits, blanks, brackets and hyphens."),
    "not_an_id": _l("This does not name a record. Please choose it again."),
    "not_a_code": _l("This does not name a category. Please choose it again."),
    "not_a_hash": _l("This does not name a photo or a signature. Please add it again."),
    "duplicate_id": _l("This is entered twice. Please remove one of the two."),
    "duplicate": _l("This is chosen twice. Please remove one of the two."),
}

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


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code; an unknown code is told in general words, never shown as it is."""
    template = str(WORDS.get(code, WORDS["unknown"]))
    try:
        return template % dict(params or {})
    except (KeyError, ValueError):
        return str(WORDS["unknown"])


def plural_library_texts() -> None:
    """WTForms' plural texts, listed for the catalogues."""
    from flask_babel import ngettext

    ngettext("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", 1)
    ngettext("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1)
    gettext("The CSRF session token is missing.")
    gettext("The CSRF token is missing.")
    gettext("The CSRF token is invalid.")
    gettext("The CSRF token has expired.")
    gettext("The CSRF tokens do not match.")
