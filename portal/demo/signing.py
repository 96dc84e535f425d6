"""The demo's signatures: the past week by week, the last days day by day, so that what waits is fresh.

A few records come back and are corrected. A handful of those corrected are late: they wait to be read a second time, and
the comment of the return says why.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from portal.accounts.actors import Actor
from portal.core.db import db
from portal.demo.texts import RETURNS
from portal.signoff import service as signoff
from portal.visits.models import Visit
from portal.visits.service import desk_fact, record_visits

RETURNED_OF_100 = 3
CORRECTED_AFTER = 2  # days
LATE_FROM, LATE_UNTIL = 6, 4  # days before the end: what was corrected then is still to be signed
SURELY_RETURNED = 9  # days before the end from which each day returns at least one


class Signatures:
    """An office's signatures. ``recorded``: the office's list of what was handed in, which grows while the year goes by."""

    def __init__(
        self,
        rng: random.Random,
        chain: Sequence[Actor],
        authors: Mapping[UUID, Actor],
        script: str,
        recorded: Sequence[tuple[datetime, UUID]],
    ) -> None:
        self.rng, self.chain, self.authors, self.script, self.recorded = rng, chain, authors, script, recorded
        self.taken = 0
        self.fresh: list[tuple[datetime, UUID]] = []
        self.waiting: list[list[tuple[UUID, int]]] = [[] for _ in chain]  # (record, revision) before each step
        self.back: list[tuple[datetime, UUID]] = []

    def week(self, at: datetime) -> None:
        """Everything that was handed in by now goes up the whole chain, three days from step to step."""
        back, plain = self._returned(self._handed_in(at), at, 0)
        self.back += back
        for step, signer in enumerate(self.chain, 1):
            pairs = [*((record, 1) for record in plain), *self.waiting[0]]
            self._sign(pairs, step, signer, at + timedelta(days=3 * (step - 1), minutes=self.rng.randrange(90)))
        self.waiting[0] = []
        self._correct_what_came_back(at + timedelta(days=2), all_of_it=True)

    def day(self, at: datetime, left: int) -> None:
        """Each signs what reached the step before today, ``left`` days before the end."""
        for n in range(len(self.chain) - 1, 0, -1):
            self._step(n, at + timedelta(minutes=12 * n + self.rng.randrange(9)), left)
        back, plain = self._returned(self._handed_in(at), at, int(left < SURELY_RETURNED))
        self.waiting[0] += [(record, 1) for record in plain]
        self._step(0, at + timedelta(minutes=self.rng.randrange(9)), left)
        self._correct_what_came_back(at - timedelta(hours=1))
        self.back += back

    def _step(self, n: int, at: datetime, left: int) -> None:
        due, self.waiting[n] = self.waiting[n], []
        if LATE_UNTIL <= left <= LATE_FROM and n < 2:  # what is to be read again waits for an hour of quiet
            kept = [pair for pair in due if pair[1] > 1][: 2 - n]
            due = [pair for pair in due if pair not in kept]
        self._sign(due, n + 1, self.chain[n], at)
        if n + 1 < len(self.chain):
            self.waiting[n + 1] += due

    def _sign(self, pairs: Sequence[tuple[UUID, int]], step: int, signer: Actor, at: datetime) -> None:
        if pairs:
            signoff.sign([(record, revision, step) for record, revision in pairs], by=signer, at=at)

    def _handed_in(self, at: datetime) -> list[UUID]:
        """What was handed in before a moment and nobody has looked at."""
        self.fresh += self.recorded[self.taken :]
        self.taken = len(self.recorded)
        ready = [record for received, record in self.fresh if received < at]
        self.fresh = [(received, record) for received, record in self.fresh if received >= at]
        return ready

    def _returned(
        self, records: Sequence[UUID], at: datetime, at_least: int
    ) -> tuple[list[tuple[datetime, UUID]], list[UUID]]:
        """(returned ones, the others)."""
        back = [r for r in records if self.rng.randrange(100) < RETURNED_OF_100]
        back += [r for r in records if r not in back][: max(0, at_least - len(back))]
        for record in back:
            pointer, words = self.rng.choice(RETURNS[self.script])
            signoff.send_back(record, 1, comment=words, field_comments={pointer: words}, by=self.chain[0], at=at)
        return [(at, record) for record in back], [r for r in records if r not in set(back)]

    def _correct_what_came_back(self, at: datetime, *, all_of_it: bool = False) -> None:
        now = [r for since, r in self.back if all_of_it or since <= at - timedelta(days=CORRECTED_AFTER - 1)]
        self.back = [(since, r) for since, r in self.back if r not in set(now)]
        for record in now:
            self._correct(record, at)
        self.waiting[0] += [(record, 2) for record in now]

    def _correct(self, record: UUID, at: datetime) -> None:
        visit = db.session.get_one(Visit, record)
        author = self.authors[visit.author_id]
        hans = visit.household.community.script == "zh-Hans"
        body = dict(visit.body) | {"corrected": "按退回意见补写。" if hans else "按退回意見補寫。"}
        form = "correction@1" if visit.form.startswith("visit") else "attempt_correction@1"
        fact = desk_fact("correction", form, visit.id, body, by=author, at=at, occurred_at=at, base=visit.revision)
        record_visits([fact], by=author, at=at)
