"""The demo's year, day by day: visits, the front desk, signatures, and what becomes of the opinions."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.core.db import db, writing
from portal.demo.bundling import hand_up
from portal.demo.contacts import day_at_the_desk, desk_days
from portal.demo.crew import Crew
from portal.demo.opinions import Act, Deck, lives_of
from portal.demo.plans import give_plans
from portal.demo.revisits import asked_at_the_door
from portal.demo.signing import Signatures
from portal.demo.steps import take, take_together
from portal.demo.visits import Book, Door, Raised, day_of_visits
from portal.domain.lives import OpinionAction as Action
from portal.households.models import Building, Community, Household

DAYS = 365
REVISITS = 35  # days before the end in which who is asked at the door is asked in a visit
SINGLY = 6  # days before the end from which each step goes through its own service
ROUND = 100  # days before the end in which everybody is visited once; before that only some are
ROUND_WORKED, MET_OF_100 = 74, 68  # days of it on which people go out, and how many of a hundred doors open
DAILY = 14  # days before the end from which signatures are given each day, not once a week
Diary = dict[date, list[Callable[[], None]]]


def doors_of(office_id: UUID) -> list[Door]:
    """Households that are visited: occupied and renovating ones (VS-03)."""
    rows = db.session.execute(
        select(Household.id, Household.community_id, Community.slug, Community.script, Building.position)
        .join(Community, Community.id == Household.community_id)
        .join(Building, Building.id == Household.building_id)
        .where(Household.office_id == office_id, Household.occupancy != "vacant")
        .order_by(Household.address_key, Community.slug)
    )
    return [
        Door(row.id, n, row.community_id, row.slug, row.script, reserved=(n * 37) % 100 < 3 + row.position * 5 % 14)
        for n, row in enumerate(rows)
    ]


@dataclass
class Year:
    """One office's year on its way: what happened, what was planned for later days."""

    crew: Crew
    rng: random.Random
    as_of: date
    book: Book
    deck: Deck
    acts: list[Act] = field(default_factory=list)
    diary: Diary = field(default_factory=lambda: defaultdict(list))
    planned: int = 0
    days: int = DAYS
    numbered: int = 0

    def __post_init__(self) -> None:
        authors = {author.id: author for author in self.crew.field}
        self.signatures = Signatures(self.rng, self.crew.chain, authors, self.crew.office.script, self.book.recorded)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A moment of the office's day."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.crew.office.time_zone)).astimezone(UTC)

    def raised_before(self, day: date, community: str, matter: str) -> list[Raised]:
        """Opinions of one matter in one community, not yet grouped."""
        until = self.at(day, 0)
        return [
            r
            for r in self.book.raised
            if r.matter.key == matter and r.door.community == community and r.at < until and not r.grouped
        ]

    def live(self, desk: int) -> None:
        """Twelve months (``days``) up to the day before ``as_of``, a week at a time; the last days are signed only in part."""
        day, last = self.as_of - timedelta(days=self.days), self.as_of - timedelta(days=1)
        while day <= last:
            with writing():
                while True:
                    self._day(day, desk)
                    day += timedelta(days=1)
                    if day.weekday() == 6 or day > last:
                        break
        give_plans(self.crew, self.as_of, self.at(last, 17, 50))
        hand_up(self.crew, self.at(last, 18, 10))

    def _day(self, day: date, desk: int) -> None:
        for entry in self.diary.pop(day, []):
            entry()
        if day.weekday() != 6:
            self._visits(day)
            if desk_days(day):
                day_at_the_desk(self.rng, self.book, day, self.crew, desk)
        self._plan_lives()
        if day.weekday() == 5 or self._singly(day):
            self._take_steps(self.at(day, 23))
        left = (self.as_of - day).days
        if left < DAILY:
            self.signatures.day(self.at(day, 17), left)
        elif day.weekday() == 5:
            self.signatures.week(self.at(day, 17))

    def _singly(self, day: date) -> bool:
        return day > self.as_of - timedelta(days=SINGLY)

    def _visits(self, day: date) -> None:
        crew, n_doors = self.crew, len(self.book.doors)
        a_day = 1
        if day > self.as_of - timedelta(days=ROUND):
            a_day = max(1, round(n_doors * 100 / (MET_OF_100 * ROUND_WORKED * len(crew.field))))
        for n, author in enumerate(crew.field):
            other = crew.field[1 - n] if len(crew.field) > 1 else None
            count = a_day + self.rng.randrange(-1, 2)
            day_of_visits(self.rng, self.book, day, author, other, crew.departments, count)

    def _plan_lives(self) -> None:
        fresh = self.book.raised[self.planned :]
        self.planned = len(self.book.raised)
        acts = lives_of(self.rng, fresh, self.crew, self.as_of, self.deck, self.numbered)
        self.numbered += len(acts)
        self.acts += acts

    def _take_steps(self, until: datetime) -> None:
        due = sorted((act for act in self.acts if act.at <= until), key=lambda act: act.key)
        self.acts = [act for act in self.acts if act.at > until]
        together: list[Act] = []
        if not self._singly(until.date()):
            last_ones = [act for act in due if self._revisited(act)]
            together, due = [act for act in due if act not in last_ones], last_ones
        take_together(together, self.crew)
        self.book.recorded += take(due, self.crew)

    def _revisited(self, act: Act) -> bool:
        """The last act of an opinion's life, lately, at the door: a visit of its own, after the others of its week."""
        lately = act.at > self.at(self.as_of - timedelta(days=REVISITS), 0)
        return lately and act.action is Action.SATISFY and asked_at_the_door(act, self.crew)


def year_of(crew: Crew, *, seed: int, as_of: date, times: int, days: int = DAYS) -> Year:
    """A year about to begin; ``times``: how often each state of an opinion is shown at the end."""
    rng = random.Random(f"{seed}|year|{crew.office.letter_code}")  # noqa: S311  a demo, not a secret
    book = Book(doors_of(crew.office.id))
    db.session.rollback()
    return Year(crew, rng, as_of, book, Deck.of(times), days=days)
