"""What tablets' records ask of the office beside signing."""

from flask_babel import lazy_gettext as _l

from portal.core.registry import Duty
from portal.sync.listing import FACTS

DUTIES = [Duty(_l("Records of tablets to be looked at"), ("sync:quarantine:decide",), FACTS, "sync_office.index", {})]
