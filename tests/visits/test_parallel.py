"""Many tablets come back at once: batches in parallel neither block each other for ever nor lose a number."""

import threading

from flask import Flask
from sqlalchemy import func, select

from portal.core.changes import Change, newest
from portal.core.db import db
from portal.households.models import Household
from portal.opinions.models import Opinion
from portal.signoff import ledger
from portal.visits.service import record_visits
from tests.factories import AT, Estate
from tests.facts import opinion, received, visit_body

WRITERS, BATCHES = 4, 5
ROOMS = ("101", "102", "103")


def test_parallel_batches_for_the_same_doors_all_arrive(app: Flask, estate: Estate) -> None:
    actors = [estate.actor(login) for login in ("field_staff", "second_field_staff", "front_desk", "supervisor")]
    first = newest(db.session(), estate.office_id)
    db.session.rollback()
    gate = threading.Barrier(WRITERS)
    faults: list[BaseException] = []

    def tablet(n: int) -> None:
        login = actors[n].login
        rooms = ROOMS if n % 2 else ROOMS[::-1]
        with app.app_context():
            gate.wait()
            try:
                for _ in range(BATCHES):
                    batch = [
                        received(estate, visit_body(estate, login, opinions=[opinion()]), author=login, room=room)
                        for room in rooms
                    ]
                    record_visits(batch, by=actors[n], at=AT)
            except BaseException as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    tablets = [threading.Thread(target=tablet, args=(n,)) for n in range(WRITERS)]
    for each in tablets:
        each.start()
    for each in tablets:
        each.join(60)
    assert not faults
    sent = WRITERS * BATCHES * len(ROOMS)
    assert db.session.scalar(select(func.count()).select_from(Opinion)) == sent
    open_opinions = db.session.scalars(select(Household.open_opinions).where(Household.open_opinions > 0)).all()
    assert open_opinions == [sent // len(ROOMS)] * len(ROOMS)
    report = ledger.verify(db.session(), estate.office_id)
    assert (report.intact, report.entries) == (True, sent)
    last = newest(db.session(), estate.office_id)
    assert last == first + 2 * sent  # each fact numbered its household and itself
    numbers = db.session.scalars(select(Change.seq).where(Change.seq > first).order_by(Change.seq)).all()
    assert len(set(numbers)) == len(numbers) == sent + len(ROOMS)  # the log keeps each record's last number
    assert numbers[-1] == last
