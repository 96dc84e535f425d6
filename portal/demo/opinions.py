"""What becomes of the demo's opinions: each gets a way through the table of ``lives``, with persons, words and dates.

Most end satisfied after some weeks. Of the last weeks' ones some are *dealt* a state to stand in, so that every state of
the table is there to be seen, whatever the day of the demo.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.accounts.actors import Actor
from portal.demo.crew import Crew
from portal.demo.texts import NOT_SATISFIED
from portal.demo.visits import Raised
from portal.demo.words import AGAIN, CONTRACTOR, HELD_UP, PROPOSED, words_of
from portal.domain.lives import OpinionAction as Action

C, A, M, D, S = Action.CLASSIFY, Action.ASSIGN, Action.MEASURE, Action.COMPLETE, Action.SATISFY
BACK, X, LATER, NEVER, EXIT = Action.AGAIN, Action.EXPLAIN, Action.PUT_OFF, Action.DECLINE, Action.EXIT
K, J, I, P, ANSWER = Action.ACKNOWLEDGE, Action.JUDGE, Action.INVESTIGATE, Action.PROPOSE, Action.ANSWER  # noqa: E741

Way = tuple[Action, ...]
HOURS: dict[Action, tuple[float, float]] = {
    C: (2, 26), K: (1, 6), J: (5, 26), I: (10, 30), A: (0.3, 5), P: (10, 30), ANSWER: (10, 30), M: (5, 30),
    D: (30, 160), S: (10, 50), BACK: (10, 50), X: (10, 50), LATER: (10, 50), NEVER: (10, 50), EXIT: (12, 48),
}  # fmt: skip
HELD_UP_OF_100 = 2  # measures that take longer than was promised, and say why
HELD_UP_FOR = (160, 330)  # hours
RECENT = 44  # days in which states are dealt
CHANNELS = ("phone", "door")


def _ways(start: Way, turn: Way) -> dict[str, Way]:
    """Ways by where they end. ``turn``: what the department does in one round, up to its report."""
    ways = {
        "satisfied": (*start, *turn, S), "satisfied_late": (*start, *turn, BACK, *turn, S),
        "again": (*start, *turn, BACK), "explained": (*start, X), "accepted": (*start, X, S),
        "not_yet": (*start, LATER), "never": (*start, NEVER), "exited": (*start, *(*turn, BACK) * 2, *turn, EXIT),
        "received": (),
    }  # fmt: skip
    path = (*start, *turn)
    return ways | {_STANDS[action]: path[:n] for n, action in enumerate(path, 1)}


_STANDS = {
    C: "classified", A: "assigned", M: "measured", D: "done", K: "acknowledged", J: "judged", I: "investigated",
    P: "proposed", ANSWER: "answered",
}  # fmt: skip
PLAIN = _ways((C, A), (M, D))
COMPLAINT = _ways((C, K, J, I, A), (P, ANSWER, M, D))
QUICK: dict[str, Way] = {"satisfied": (C, ANSWER, S), "done": (C, ANSWER), "classified": (C,), "received": ()}
ENDS = ("never", "exited", "not_yet", "explained")
OWN = ("acknowledged", "judged", "investigated", "proposed", "answered")  # states that only complaints pass through
USUAL = {"satisfied": 158, "satisfied_late": 18, "accepted": 14, "not_yet": 4, "never": 4, "explained": 1, "exited": 1}


@dataclass(frozen=True)
class Act:
    """One step to be taken at its time; ``n`` keeps the order among equal times."""

    at: datetime
    n: int
    raised: Raised
    action: Action
    by: Actor
    words: str = ""
    person: str = ""
    due_on: date | None = None
    method: str = ""

    @property
    def key(self) -> tuple[datetime, int]:
        return self.at, self.n

    @property
    def opinion_id(self) -> UUID:
        return self.raised.id


@dataclass
class Deck:
    """States still to be shown by recent opinions: each once, then again, the longest ways first."""

    plain: list[str]
    complaints: list[str]
    slack: int  # days more than usual that an opinion may have taken
    unread: int  # days that nobody may have looked at one

    @classmethod
    def of(cls, times: int) -> "Deck":
        return cls(
            _cards(PLAIN, list(PLAIN), 1) + _cards(PLAIN, [s for s in PLAIN if s not in ENDS], times - 1),
            _cards(COMPLAINT, OWN, times)
            + _cards(COMPLAINT, [s for s in COMPLAINT if s not in (*ENDS, *OWN)], times - 1),
            *((14, 14) if times == 1 else (3, 1)),
        )

    def deal(self, complaint: bool, days_left: int, past: int) -> str | None:
        """The first state whose way fits into the days left, is not too short for them, and leads past the steps taken."""
        cards, ways = (self.complaints, COMPLAINT) if complaint else (self.plain, PLAIN)
        for card in cards:
            need = len(ways[card])
            if past and need <= past:
                continue
            if need * 1.1 <= days_left - 1 <= (need * 2 + self.slack if need else self.unread):
                cards.remove(card)
                return card
        return None


def _cards(ways: dict[str, Way], states: Sequence[str], times: int) -> list[str]:
    shown = [s for s in states if s not in ("satisfied", "satisfied_late", "accepted")]
    return sorted(shown, key=lambda s: (-len(ways[s]), s)) * times


def life_of(rng: random.Random, raised: Raised, crew: Crew, as_of: date, deck: Deck, first_n: int) -> list[Act]:
    """The acts of one opinion up to the evening before ``as_of``."""
    zone = ZoneInfo(crew.office.time_zone)
    end = datetime.combine(as_of, time(0), zone).astimezone(UTC)
    local = raised.at.astimezone(zone)
    days_left = (as_of - local.date()).days
    quick = raised.matter.kind in ("praise", "inquiry")
    ways = QUICK if quick else COMPLAINT if raised.matter.kind == "complaint" else PLAIN
    card = None if quick or days_left > RECENT else deck.deal(raised.matter.kind == "complaint", days_left, raised.past)
    if raised.answered:
        way: Way = (S,) if rng.random() < 0.985 else ()
    else:
        usual = "satisfied" if quick else rng.choices(list(USUAL), list(USUAL.values()))[0]
        way = ways[card or usual][raised.past :]
    moments = _moments(rng, way, raised.at, end, zone, squeeze=card is not None)
    acts, turn = [], 1
    checker = rng.choice([*crew.field, crew.front])
    promised = {n - 1: at for n, (action, at) in enumerate(zip(way, moments, strict=True)) if action is D}
    if M in way and card is None and rng.randrange(100) < HELD_UP_OF_100:
        held = timedelta(hours=rng.uniform(*HELD_UP_FOR))
        first = way.index(M) + 1
        moments = [at + held if n >= first else at for n, at in enumerate(moments)]
    else:
        held = timedelta(0)
    for n, (action, at) in enumerate(zip(way, moments, strict=False)):
        if at >= end:
            break
        act = _act(rng, raised, crew, action, at, first_n + n, turn, checker)
        if action is M:
            due = (promised.get(n) or at + timedelta(days=5)) + timedelta(hours=24)
            words = act.words + HELD_UP[raised.door.script] if held else act.words
            act = replace(act, words=words, due_on=due.astimezone(zone).date())
        acts.append(act)
        turn += action is BACK
    return acts


def _moments(
    rng: random.Random, way: Way, start: datetime, end: datetime, zone: ZoneInfo, *, squeeze: bool
) -> list[datetime]:
    """When each step is taken: in office hours, one after the other; ``squeeze``: the last of them shortly before ``end``."""
    gaps = [rng.uniform(*HOURS[action]) for action in way]
    room = (end - start).total_seconds() / 3600 - 18
    scale = room / sum(gaps) if squeeze and gaps else 1.0
    moments: list[datetime] = []
    at, before = start, start
    for gap in gaps:
        at += timedelta(hours=gap * scale)
        local = at.astimezone(zone)
        opened = local.replace(hour=9, minute=rng.randrange(50), second=0, microsecond=0)
        if local.hour >= 18:
            opened += timedelta(days=0 if squeeze else 1, hours=6 if squeeze else 0)
        snapped = opened if not 9 <= local.hour < 18 else local.replace(second=0, microsecond=0)
        before = max(snapped.astimezone(UTC), before + timedelta(minutes=12))
        moments.append(before)
    return moments


def _act(
    rng: random.Random, raised: Raised, crew: Crew, action: Action, at: datetime, n: int, turn: int, checker: Actor
) -> Act:
    script, matter = raised.door.script, raised.matter
    head, officer = crew.head(matter.department), crew.officer(matter.department)
    by = {
        C: crew.front, K: crew.front, A: crew.supervisor, J: crew.supervisor, I: crew.supervisor, X: crew.supervisor,
        ANSWER: crew.supervisor if matter.kind == "complaint" else crew.front, P: head, M: head, D: officer,
        S: checker, BACK: checker, LATER: crew.manager, NEVER: crew.director, EXIT: crew.representative,
    }[action]  # fmt: skip
    measure = matter.measure if turn == 1 else AGAIN[script] + matter.measure
    words = {
        C: "", M: measure, P: PROPOSED[script] + measure, D: matter.result,
        BACK: rng.choice(NOT_SATISFIED[script]),
    }.get(action)  # fmt: skip
    if words is None:
        words = rng.choice(words_of(script, action))
    return Act(
        at, n, raised, action, by, words,
        person=officer.name if officer is not crew.manager else CONTRACTOR[script],
        method=rng.choice(CHANNELS) if action in (S, BACK) else "",
    )  # fmt: skip


def lives_of(
    rng: random.Random, raised: Sequence[Raised], crew: Crew, as_of: date, deck: Deck, first_n: int
) -> list[Act]:
    """The acts of several opinions."""
    acts: list[Act] = []
    for one in raised:
        if one.open or one.answered:
            acts += life_of(rng, one, crew, as_of, deck, first_n + len(acts))
    return acts
