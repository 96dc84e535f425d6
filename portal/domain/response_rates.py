"""What became of the households asked, and the response rates of AAPOR's Standard Definitions (methods 2.4; W6, W7).

Not the recovery rate of the procedure (forms returned ÷ issued): both are stored, the official sheet prints that one,
the method box prints RR1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from portal.domain.satisfaction import Rate


class Disposition(StrEnum):
    """The last word on one line of the sample."""

    COMPLETE = "I"
    PARTIAL = "P"
    REFUSAL = "R"
    NO_CONTACT = "NC"
    OTHER = "O"
    UNKNOWN_OCCUPIED = "UH"
    UNKNOWN_OTHER = "UO"
    NOT_ELIGIBLE = "NE"


@dataclass(frozen=True, slots=True)
class Dispositions:
    """How many lines of each kind; a replaced household and its substitute are two lines (W6)."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    no_contact: int = 0
    other: int = 0
    unknown_occupied: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @classmethod
    def of(cls, lines: Iterable[Disposition]) -> Dispositions:
        """Counted from the sample's lines."""
        count = Counter(lines)
        return cls(*(count[kind] for kind in Disposition))

    @property
    def answered(self) -> int:
        """I + P."""
        return self.complete + self.partial

    @property
    def eligible(self) -> int:
        """Lines known to be eligible."""
        return self.answered + self.refusal + self.no_contact + self.other

    @property
    def unknown(self) -> int:
        """Lines of which nobody knows whether they are eligible."""
        return self.unknown_occupied + self.unknown_other


def eligible_share(lines: Dispositions) -> Fraction | None:
    """e, the share of unknown lines taken as eligible (proportional allocation); 1 where none was ineligible (W7).

    None where neither an eligible nor an ineligible line is known.
    """
    known = lines.eligible + lines.not_eligible
    return Fraction(lines.eligible, known) if known else None


def outcome_rates(lines: Dispositions, e: Fraction | None = None) -> dict[str, Rate | None]:
    """RR1-RR6, COOP1-COOP4, REF1-REF3, CON1-CON3; those that need e are None where it is unknown (W7).

    ``e`` overrides ``eligible_share``. A rate whose denominator is 0 has no value.
    """
    share = eligible_share(lines) if e is None else e
    known, everyone = lines.eligible, lines.eligible + lines.unknown
    reached = lines.answered + lines.refusal + lines.other
    spoke = lines.answered + lines.refusal
    weighed = None if share is None else known + share * lines.unknown

    def over_weighed(numerator: int) -> Rate | None:
        return None if weighed is None else Rate(numerator, weighed)

    return {
        "RR1": Rate(lines.complete, everyone),
        "RR2": Rate(lines.answered, everyone),
        "RR3": over_weighed(lines.complete),
        "RR4": over_weighed(lines.answered),
        "RR5": Rate(lines.complete, known),
        "RR6": Rate(lines.answered, known),
        "COOP1": Rate(lines.complete, reached),
        "COOP2": Rate(lines.answered, reached),
        "COOP3": Rate(lines.complete, spoke),
        "COOP4": Rate(lines.answered, spoke),
        "REF1": Rate(lines.refusal, everyone),
        "REF2": over_weighed(lines.refusal),
        "REF3": Rate(lines.refusal, known),
        "CON1": Rate(reached, everyone),
        "CON2": over_weighed(reached),
        "CON3": Rate(reached, known),
    }
