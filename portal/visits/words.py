"""How the codes of the forms stand in the columns by which visits are listed and counted."""

METHODS = {"at_the_door": "door", "phone": "phone", "on_patrol": "patrol"}
OUTCOMES = {"completed": "met", "broken_off": "broken_off"}  # those of attempts stand as they are
MET = frozenset({"met", "broken_off"})
SETTLES_PLAN = frozenset({"met", "broken_off", "refused", "moved"})  # not in, another day: still to be visited
CORRECTION_OF = {"visit": "correction", "attempt": "attempt_correction"}


def outcome_of(code: str) -> str:
    return OUTCOMES.get(code, code)
