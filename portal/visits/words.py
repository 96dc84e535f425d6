"""What the codes of a visit mean for the rest."""

MET = "met"
SETTLES_PLAN = frozenset({"met", "refused", "moved"})  # not in, another day: still to be visited
CORRECTION_OF = {"visit": "correction", "attempt": "attempt_correction"}
