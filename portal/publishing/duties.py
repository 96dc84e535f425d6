"""What letters and promises ask of people beside signing."""

from flask_babel import lazy_gettext as _l

from portal.core.registry import Duty
from portal.publishing.listing import LETTERS, PROMISES

DUTIES = [
    Duty(
        _l("Letters that are approved and not yet published"), ("publishing:publication:word",), LETTERS,
        "publishing.index", {"status": "approved"},
    ),
    Duty(_l("Promises that are late"), ("publishing:commitment:report",), PROMISES, "promises.index", {"state": "late"}),
    Duty(
        _l("Promises to be verified"), ("publishing:commitment:verify",), PROMISES, "promises.index", {"state": "verify"},
    ),
]  # fmt: skip
