"""What goes into a conversion and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from portal.domain.refusals import Refused

Script = Literal["zh-Hans", "zh-Hant-TW", "zh-Hant-HK"]
Detected = Literal["zh-Hans", "zh-Hant", "mixed", "undecided"]
Kind = Literal["term", "keep", "name", "place"]
Scope = Literal["portal", "estate", "notice"]
Reason = Literal[
    "undecided", "phrase-conflict", "word-boundary", "context", "name", "place", "glossary", "override", "protected"
]

FORMATS: Final = ("plain", "markdown", "html", "message")
SCRIPTS: Final = ("zh-Hans", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK")


def script_of(tag: str) -> Script:
    """The script meant by a tag; ``zh-Hant`` alone means Taiwan's standard. Raises ``Refused('script.unknown')``."""
    if tag == "zh-Hans":
        return "zh-Hans"
    if tag in ("zh-Hant", "zh-Hant-TW"):
        return "zh-Hant-TW"
    if tag == "zh-Hant-HK":
        return "zh-Hant-HK"
    raise Refused("script.unknown", tag=tag)


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A pair of spellings that is final wherever it occurs.

    ``hant_hk`` is given only where Hong Kong differs by more than its character forms. Scopes win in the order notice,
    estate, portal; within a scope the longest entry wins. ``keep`` and ``name`` entries usually have two equal halves:
    the text stays as it was given, whatever its script (names of persons are never converted).
    """

    hans: str
    hant: str
    kind: Kind = "term"
    scope: Scope = "portal"
    hant_hk: str = ""

    @classmethod
    def kept(cls, text: str, kind: Kind = "name", scope: Scope = "notice") -> "GlossaryEntry":
        """An entry that leaves ``text`` as it is, for the name of a person or a mark."""
        return cls(text, text, kind, scope)


@dataclass(frozen=True, slots=True)
class Override:
    """A decision of an editor about one place, anchored by the text itself so that it survives edits elsewhere.

    ``before`` and ``after`` are up to eight characters on each side; ``occurrence`` counts from 0 among equal anchors.
    """

    src: str
    out: str
    before: str = ""
    after: str = ""
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A place worth knowing about: code-point offsets into the source text, what stood there, what it became, why.

    ``tier`` 1 asks for a person's confirmation, 2 is kept for a collapsed "also checked" list, 0 was decided for good.
    """

    start: int
    end: int
    src: str
    out: str
    reason: Reason
    candidates: tuple[str, ...] = ()
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Converted:
    """The converted text, the places to look at, the script that was found, and the engine that did it.

    ``lost`` holds the overrides whose anchor is no longer in the text, or no longer in one place only.
    """

    text: str
    spans: tuple[Span, ...]
    source: Detected
    engine: str
    lost: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """A piece of a line that is already decided; later steps work around it."""

    start: int
    end: int
    out: str
    reason: Reason
    candidates: tuple[str, ...] = ()
    tier: int = 0


def free_of(locks: Sequence[Lock], start: int, end: int) -> bool:
    """Whether nothing in ``[start, end)`` has been decided yet."""
    return all(lock.end <= start or end <= lock.start for lock in locks)
