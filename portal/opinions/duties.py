"""What opinions ask of people beside signing: to be sorted, to be sent on, to be measured, to be asked about."""

from flask_babel import lazy_gettext as _l

from portal.core.registry import Duty
from portal.opinions.listing import LISTING as OPINIONS

_SORT, _OWN = "opinions:opinion:classify", "opinions:measure:own"

DUTIES = [
    Duty(_l("Opinions to be classified"), (_SORT,), OPINIONS, "opinions.index", {"status": "received"}),
    Duty(_l("Opinions to be sent to a department"), (_SORT,), OPINIONS, "opinions.index", {"status": "classified"}),
    Duty(
        _l("Opinions that wait for a measure"), (_OWN, "opinions:measure:name"), OPINIONS, "opinions.index",
        {"status": "assigned"},
    ),
    Duty(_l("Opinions of your department that are late"), (_OWN,), OPINIONS, "opinions.index", {"state": "late"}),
    Duty(
        _l("Residents to be asked whether it is settled"), ("opinions:opinion:check",), OPINIONS, "opinions.index",
        {"status": "done"},
    ),
]  # fmt: skip
