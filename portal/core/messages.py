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
    "script.unknown": _l("There is no such script. Use zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK or auto."),
    "format.unknown": _l("There is no such format. Use plain, markdown, html or message."),
    "script.versions": _l("The conversion tables do not fit the conversion program. Please install the pinned versions again."),
    "signoff.done": _l("Signed."),
    "signoff.returned": _l("Returned to its author."),
    "text.nul": _l("The text contains a character that cannot be stored (NUL). Please remove it."),
    "text.surrogate": _l("The text contains a broken character. Please type it again."),
    # What is wrong with the answers to a form (portal.domain.formspec), in the tablet too.
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
    # Records handed in, signed and planned.
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
    "plan.unknown_staff": _l("This person does not work in your office on that day."),
    "plan.unknown_place": _l("This building or household is not known in your office."),
    "plan.nothing_due": _l("No household here is due or promised on that day. You can still choose households singly."),
    "plan.unknown_line": _l("This household is not in the plan any more."),
    "plan.visited": _l("This household was visited already; the line stays in the plan."),
    # Surveys.
    "campaign.handover_unknown": _l(
        "Please say when the first homes were handed over: the share to be asked depends on it."
    ),
    "campaign.too_young": _l("Surveys begin %(years)s years after the first handover."),
    "campaign.nobody": _l("There is no household that may be asked: all are vacant or outside the survey's base."),
    "campaign.date_needed": _l("The office's policy sets no date here. Please enter one."),
    "campaign.dates_crossed": _l("This date lies before the step that comes first."),
    "campaign.frame_later": _l("The list of households cannot be taken from a day that is still to come."),
    "campaign.drawn_before": _l("The sample of this survey was drawn already."),
    "campaign.not_running": _l("This survey is not in the field now."),
    "campaign.below_floor": _l(
        "%(returned)s of %(issued)s forms are back, %(needed)s are needed. To end below that, give the reason and the day "
        "since when those who did not answer are visited; quality assurance must consent."
    ),
    "campaign.not_asked": _l("Nobody has asked to end this survey below the floor."),
    "campaign.own_request": _l("Who asks for it does not consent to it."),
    "campaign.not_later": _l("The new date must lie after the present one."),
    "questionnaire.unknown": _l("There is no such questionnaire."),
    "substitute.line_open": _l(
        "This household may still answer; a substitute comes only after a refusal, a move, or all attempts."
    ),
    "substitute.attempts_left": _l(
        "Please try this household again at another time of the day first: attempts left %(attempts)s."
    ),
    "substitute.replaced": _l("A substitute was released for this household already."),
    "substitute.certain": _l("This household had to be covered; nobody stands for it."),
    "substitute.none_left": _l("There is no substitute left in this stratum."),
    "survey.not_in_sample": _l("This household is not in the sample of this survey."),
    "survey.not_released": _l("This household is a substitute that was not released yet."),
    "survey.other_questionnaire": _l("This survey asks another questionnaire: %(form)s."),
    "survey.unknown_item": _l("The questionnaire does not ask this: %(item)s."),
    "survey.remark_alone": _l("A remark needs a grade beside it."),
    "timeline.not_late": _l("This step is not late."),
    "timeline.explained": _l("A reason was given already."),
    "sample.seed_short": _l("The seed does not end in 32 random characters."),
    "sample.seed_other": _l("The seed is not the one whose hash was published."),
    "sample.digits": _l("Please enter digits only."),
    "sample.too_large": _l("More households are wanted than the list holds."),
    "sample.stratum_twice": _l("Two stairs of this community have the same code. Please rename a building."),
    "sample.bad_code": _l("A household's code in the draw cannot be used: %(unit)s."),
    "sample.code_twice": _l("Two households have the same code in the draw: %(unit)s."),
    "sample.algorithm_other": _l("The draw was made by a method that this version does not know."),
    "sample.frame_other": _l("The list of households is not the one that was fixed before the draw."),
    "sample.draw_other": _l("Drawing again gives another sample than the one recorded."),
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
