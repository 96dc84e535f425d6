"""What is wrong with the answers to a form (``portal.domain.formspec``); the tablet shows the same words."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
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
