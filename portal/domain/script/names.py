"""Names."""
from collections.abc import Sequence
from portal.domain.script.records import Lock
def name_locks(text: str, taken: Sequence[Lock], edges: frozenset[int]) -> list[Lock]:
    return []
