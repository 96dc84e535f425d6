"""How a promise is told: by when, in whose hands, how far; in the language being spoken, for page and paper alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from flask_babel import gettext

from portal.core.i18n import by_skeleton, current_language, day
from portal.core.labels import label
from portal.publishing.commitments import shown_state

MARKS = {
    "open": "○",
    "changed": "○",
    "done": "✓",
    "verified": "✓",
    "overdue": "!",
    "declined": "×",
    "asked": "→",
    "ongoing": "✓",
}
KINDS = {"open": "open", "changed": "open", "done": "done", "verified": "done", "overdue": "late", "declined": "declined",
         "asked": "asked", "ongoing": "done"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One promise as its readers see it; ``state`` is a word, ``mark`` its sign, ``kind`` the class of its colour."""

    id: str
    text: str
    actor: str
    due: str
    state: str
    mark: str
    kind: str
    changes: tuple[tuple[str, str, str], ...]  # (old date, new date, reason), first to last
    outcome: str
    done_on: str
    ours: bool  # counts in the kept rate


def near_day(value: date, near: date) -> str:
    """A date without its year where the year is plain."""
    if value.year != near.year:
        return day(value)
    return by_skeleton("MMMMd", value, current_language().formats)


def due_words(due_kind: str, due_from: date | None, due_on: date | None, near: date) -> str:
    """11月27日前, 5月1日至7月31日, 持续进行 …"""
    if due_kind == "date" and due_on:
        return gettext("by %(day)s", day=near_day(due_on, near))
    if due_kind == "span" and due_from and due_on:
        return gettext("%(first)s to %(last)s", first=near_day(due_from, near), last=near_day(due_on, near))
    if due_kind == "recurring" and due_on:
        return gettext("recurring, next check on %(day)s", day=near_day(due_on, near))
    if due_kind in ("begun", "ongoing") and due_from:
        return gettext("%(how)s, since %(day)s", how=label("due_kind", due_kind), day=near_day(due_from, near))
    return label("due_kind", due_kind)


def who(actor: str, department: str) -> str:
    """The department where the office itself acts, else who does."""
    return department if actor == "office" and department else label("actor", actor)


class Promise(Protocol):
    """What a promise is told by: a ``Commitment``, or its columns."""

    id: Any
    actor: Any
    status: Any
    due_kind: Any
    due_from: Any
    due_on: Any
    changes: Any
    done_on: Any
    outcome_hans: Any
    outcome_hant: Any


class Standing(NamedTuple):
    """Where a promise stands, before it is told in words: for counting, and for choosing those that are told."""

    state: str
    kind: str
    ours: bool


def standing(c: Promise, today: date) -> Standing:
    """Where a promise stands on a day."""
    shown = shown_state(c.status, c.due_on, c.due_kind, today)
    state = "asked" if c.actor not in ("office", "owner") and shown in ("open", "changed", "overdue") else shown
    if shown == "open" and c.due_kind == "ongoing":
        state = "ongoing"
    return Standing(state, KINDS[state], c.actor == "office")


def tell(measure: Mapping[str, Any], c: Promise, script: str, today: date) -> Told:
    """A promise of an edition with what has become of it since."""
    state, kind, ours = standing(c, today)
    words = {"asked": gettext("Asked"), "ongoing": label("due_kind", "ongoing")}
    late = (today - c.due_on).days if state == "overdue" and c.due_on else 0
    told = (
        gettext("Overdue by %(days)s days", days=late)
        if late
        else words.get(state) or label("commitment_status", state)
    )
    suffix = "hans" if script == "zh-Hans" else "hant"
    return Told(
        id=str(c.id), text=measure["text"], actor=who(measure["actor"], measure["department"]),
        due=due_words(c.due_kind, c.due_from, c.due_on, today), state=told, mark=MARKS[state], kind=kind,
        changes=tuple(
            (
                near_day(date.fromisoformat(x["from"]), today) if x["from"] else "",
                near_day(date.fromisoformat(x["to"]), today), x[f"reason_{suffix}"],
            )
            for x in c.changes
        ),
        outcome=getattr(c, f"outcome_{suffix}"), done_on=near_day(c.done_on, today) if c.done_on else "",
        ours=ours,
    )  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """How many of the office's own promises stand where; others' are counted apart (PB-05)."""

    kept: int
    running: int
    late: int
    declined: int
    asked: int

    @property
    def own(self) -> int:
        return self.kept + self.running + self.late + self.declined


def tally(told: Iterable[Told | Standing]) -> Tally:
    counts = {"done": 0, "open": 0, "late": 0, "declined": 0, "asked": 0}
    for t in told:
        counts[t.kind if t.ours else "asked"] += 1
    return Tally(counts["done"], counts["open"], counts["late"], counts["declined"], counts["asked"])
