"""The demo's signatures: each week's records go up the chain; a few come back and are corrected, the last ones still wait."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from portal.accounts.actors import Actor
from portal.core.db import db
from portal.demo.texts import RETURNS
from portal.signoff import service as signoff
from portal.visits.models import Visit
from portal.visits.service import desk_fact, record_visits

RETURNED_OF_100 = 3


def sign_records(
    rng: random.Random,
    records: Sequence[UUID],
    chain: Sequence[Actor],
    authors: dict[UUID, Actor],
    *,
    at: datetime,
    steps: int,
    script: str,
    left: int,
    carried: Sequence[UUID],
) -> list[UUID]:
    """Let the first ``steps`` people of the chain sign, days apart; before the first step some records are returned.

    Those returned are corrected two days later, all but ``left`` of them, which wait for their author; those corrected are
    returned here and go the same way with the next records, as ``carried``.
    """
    if not steps or not records:
        return []
    back = [r for r in records if rng.randrange(100) < RETURNED_OF_100]
    back += [r for r in records if r not in back][: max(0, left - len(back))]
    for record in back:
        pointer, words = rng.choice(RETURNS[script])
        signoff.send_back(record, 1, comment=words, field_comments={pointer: words}, by=chain[0], at=at)
    corrected = back[left:]
    for record in corrected:
        _correct(record, authors, at=at + timedelta(days=2))
    plain = [r for r in records if r not in set(back)]
    for step, signer in enumerate(chain[:steps], 1):
        when = at + timedelta(days=3 * (step - 1), minutes=rng.randrange(90))
        signoff.sign([*((r, 1, step) for r in plain), *((r, 2, step) for r in carried)], by=signer, at=when)
    return corrected


def _correct(record: UUID, authors: dict[UUID, Actor], *, at: datetime) -> None:
    visit = db.session.get_one(Visit, record)
    author = authors[visit.author_id]
    body = dict(visit.body) | {
        "corrected": "按退回意见补写。" if visit.household.community.script == "zh-Hans" else "按退回意見補寫。"
    }
    form = "correction@1" if visit.form.startswith("visit") else "attempt_correction@1"
    fact = desk_fact("correction", form, visit.id, body, by=author, at=at, occurred_at=at, base=visit.revision)
    record_visits([fact], by=author, at=at)
