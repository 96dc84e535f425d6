"""Answers lost, orders mixed, commits failing: each fact is stored exactly once, and nothing is lost."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import jobs
from portal.core.audit import Event
from portal.core.changes import Change
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.core.facts import Fact, FactOther
from portal.core.registry import registry
from portal.opinions.models import Opinion
from portal.sync import facts as intake
from portal.sync import results
from portal.visits.intake import VISITS, VisitIntake
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import opinion
from tests.sync.contract_client import SENT, Answer, Tablet, Transport, attachment
from tests.sync.pictures import PNG

Make = Callable[..., dict[str, Any]]


class Lost(Exception):
    """The answer never came, or the request never arrived."""


class Witness:
    """Stands at the server's door and notes every result that leaves, whether it arrives or not."""

    def __init__(self) -> None:
        self.states: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def note(self, found: list[dict[str, Any]]) -> None:
        with self._lock:
            self.states += [(result["id"], result["state"]) for result in found]

    def check(self, wanted: set[str]) -> None:
        """`stored` is answered at most once for each fact."""
        stored = Counter(own for own, state in self.states if state == "stored")
        assert all(times == 1 for times in stored.values()), f"stored more than once: {stored}"
        assert set(stored) <= wanted


@contextmanager
def failing_commits(chance: random.Random, *, before: float, after: float) -> Iterator[Counter[str]]:
    """Commits that fail: some before anything is written, some when all is, as a line that breaks at the wrong moment."""
    dialect, met = db.engine.dialect, Counter[str]()
    commit = dialect.do_commit

    def do_commit(connection: Any) -> None:
        lot = chance.random()
        if lot < before:
            met["before"] += 1
            raise dialect.dbapi.OperationalError("planted: the commit failed")  # type: ignore[union-attr]
        commit(connection)
        if lot > 1 - after:
            met["after"] += 1
            raise dialect.dbapi.OperationalError("planted: the line broke after the commit")  # type: ignore[union-attr]

    dialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield met
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]


def mixed_facts(visit: Make) -> list[dict[str, Any]]:
    """Visits with opinions, chains, and signatures inside, of several households."""
    made: list[dict[str, Any]] = []
    for n in range(30):
        more: dict[str, Any] = {"opinions": [opinion(), opinion(kind="suggestion")]}
        changed: dict[str, Any] = {}
        if n % 5 in (1, 2):
            changed["follows"] = made[-1]["id"]
        if n % 4 == 0:
            signature = attachment(PNG + bytes([n]), "image/png", "resident_signature", inline=True)
            more |= {"resident_signature": signature["sha256"], "no_signature_because": None}
            changed["attachments"] = [signature]
        made.append(visit(f"{n % 3 + 1}0{n % 4 + 1}", body=more, **changed))
    return made


def assert_each_once(wanted: set[str]) -> None:
    """One row, one visit, two opinions, one event, one number for each fact; nothing beside."""
    db.session.rollback()
    ids = {uuid.UUID(own) for own in wanted}
    assert Counter(db.session.scalars(select(Fact.id))) == Counter(ids)
    assert set(db.session.scalars(select(Fact.status))) == {"stored"}
    assert Counter(db.session.scalars(select(Visit.id))) == Counter(ids)
    assert len(db.session.scalars(select(Opinion.id)).all()) == 2 * len(ids)
    heard = Counter(db.session.scalars(select(Event.subject_id).where(Event.name.like("%:visit:%"))))
    signed = Counter(db.session.scalars(select(Event.subject_id).where(Event.name.like("signoff:%"))))
    assert all(times == 1 for times in (heard | signed).values())
    assert Counter(db.session.scalars(select(Change.record_id).where(Change.kind == "own_record"))) == Counter(ids)
    assert db.session.scalars(select(FactOther)).all() == []


class Courier:
    """One thread of a tablet: sends what is not proven yet in random batches, over a line that loses things."""

    def __init__(
        self, app: Flask, line: Transport, token: str, facts: list[dict[str, Any]], witness: Witness, seed: int
    ) -> None:
        self.app, self.line, self.witness, self.chance = app, line, witness, random.Random(seed)
        self.open = {fact["id"]: fact for fact in facts}
        self.tablet = Tablet(self.send, token)
        self.problems: list[BaseException] = []

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        if self.chance.random() < 0.1:
            raise Lost
        with self.app.app_context():
            status, got, answer = self.line(method, path, {**headers, "Accept-Encoding": "identity"}, content)
        if status == 200:
            import json

            self.witness.note(json.loads(answer)["results"])
        if self.chance.random() < 0.3:
            raise Lost
        return status, got, answer

    def run(self) -> None:
        try:
            for _ in range(400):
                if not self.open:
                    return
                some = self.chance.sample(list(self.open.values()), self.chance.randint(1, min(12, len(self.open))))
                try:
                    status, found, headers = self.tablet.call("POST", "/sync/facts", {"facts": some})
                except Lost:
                    continue
                if status != 200:
                    assert status == 503 and "Retry-After" in headers, found
                    continue
                for fact, result in zip(some, found["results"], strict=True):
                    if result["state"] in SENT and result["receipt"]["sha256"] == fact["sha256"]:
                        del self.open[fact["id"]]
            raise AssertionError(f"{len(self.open)} facts were never proven")
        except BaseException as problem:
            self.problems.append(problem)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_lost_each_fact_is_stored_exactly_once(
    app: Flask, office: Estate, tablet: Tablet, visit: Make, transport: Transport, seed: int
) -> None:
    facts, witness = mixed_facts(visit), Witness()
    wanted = {fact["id"] for fact in facts}
    assert tablet.token
    couriers = [Courier(app, transport, tablet.token, facts, witness, seed * 100 + n) for n in range(3)]
    with failing_commits(random.Random(seed), before=0.25, after=0.15) as met:
        threads = [threading.Thread(target=courier.run) for courier in couriers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [problem for courier in couriers for problem in courier.problems] == []
    assert met["before"] and met["after"], "the faults were met"
    witness.check(wanted)
    assert_each_once(wanted)
    assert {result["state"] for result in tablet.send(facts)} == {"same"}


def test_a_fact_answered_stored_twice_is_caught(tablet: Tablet, visit: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the check above can fail: with the fault planted, it does."""
    fact = visit()

    def sent_twice() -> Witness:
        witness = Witness()
        for _ in range(2):
            witness.note(tablet.send([fact]))
        return witness

    sent_twice().check({fact["id"]})
    monkeypatch.setattr(intake, "of_row", lambda row, *, fresh: results.of_row(row, fresh=True))
    with pytest.raises(AssertionError, match="stored more than once"):
        sent_twice().check({fact["id"]})


def test_one_fact_sent_by_many_at_once_is_stored_by_one_of_them(app: Flask, tablet: Tablet, visit: Make) -> None:
    fact, witness, start = visit(), Witness(), threading.Barrier(6)

    def go() -> None:
        with app.app_context():
            start.wait()
            witness.note(tablet.send([fact]))

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(state for _, state in witness.states) == {"stored": 1, "same": 5}


def test_a_parent_and_its_child_that_arrive_at_once_are_both_applied(app: Flask, tablet: Tablet, visit: Make) -> None:
    """Whoever is first, the child must not be left waiting for a parent that is there."""
    for room in ("101", "102", "103", "104"):
        parent = visit(room)
        child = visit(room, follows=parent["id"])
        start = threading.Barrier(2)

        def go(fact: dict[str, Any], start: threading.Barrier = start) -> None:
            with app.app_context():
                start.wait()
                tablet.send([fact])

        threads = [threading.Thread(target=go, args=(fact,)) for fact in (parent, child)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [r["state"] for r in tablet.send([parent, child])] == ["same", "same"]


def planted(monkeypatch: pytest.MonkeyPatch, bad: set[str]) -> None:
    """A fault of the program: applying one of these facts fails."""
    apply = VISITS.apply

    def fails(self: VisitIntake, session: Any, facts: Any, **more: Any) -> Any:
        if any(str(fact.id) in bad for fact in facts):
            raise ZeroDivisionError("planted")
        return apply(session, facts, **more)

    monkeypatch.setattr(VisitIntake, "apply", fails)


def test_a_fact_that_breaks_the_program_is_quarantined_and_the_rest_of_its_batch_stored(
    tablet: Tablet, visit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = [visit(room) for room in ("101", "102", "103")]
    planted(monkeypatch, {facts[1]["id"]})
    found = tablet.send(facts)
    assert [r["state"] for r in found] == ["stored", "quarantined", "stored"]
    assert [p["code"] for p in found[1]["problems"]] == ["not_applied"]
    assert len(db.session.scalars(select(Visit.id)).all()) == 2


def test_after_an_upgrade_what_broke_the_program_is_taken_over(
    app: Flask, tablet: Tablet, visit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact, hopeless = visit(), visit(body={"type": "picnic"})
    child = visit("102", follows=fact["id"])
    with monkeypatch.context() as while_broken:
        planted(while_broken, {fact["id"]})
        assert {r["state"] for r in tablet.send([fact, hopeless])} == {"quarantined"}
        assert tablet.send_one(child)["state"] == "stored", "a quarantined parent counts as here"
    db.session.rollback()
    bring_up_to_date()
    while jobs.run_one(registry().jobs):
        pass
    assert [r["state"] for r in tablet.send([fact, hopeless])] == ["same", "quarantined"]
    assert len(db.session.scalars(select(Visit.id)).all()) == 2


def test_an_upgrade_does_not_take_over_what_a_revoked_tablet_sent(app: Flask, tablet: Tablet, visit: Make) -> None:
    from portal.accounts import devices
    from portal.accounts.models import Device

    with writing() as session:
        devices.revoke(session, session.scalars(select(Device.id)).one(), by=None, at=datetime.now(UTC))
    fact = visit()
    assert tablet.send_one(fact)["state"] == "quarantined"
    db.session.rollback()
    bring_up_to_date()
    while jobs.run_one(registry().jobs):
        pass
    assert tablet.send_one(fact)["state"] == "quarantined"


def test_a_waiting_child_that_breaks_the_program_neither_blocks_its_parent_nor_its_sister(
    tablet: Tablet, visit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = visit("101")
    bad, good = visit("102", follows=parent["id"]), visit("103", follows=parent["id"])
    assert {r["state"] for r in tablet.send([bad, good])} == {"waiting"}
    planted(monkeypatch, {bad["id"]})
    assert tablet.send_one(parent)["state"] == "stored"
    assert [r["state"] for r in tablet.send([bad, good])] == ["quarantined", "same"]


def test_an_opinion_id_used_twice_in_two_facts_of_a_batch_costs_only_the_second(tablet: Tablet, visit: Make) -> None:
    shared = opinion()
    first, second = visit("101", body={"opinions": [shared]}), visit("102", body={"opinions": [shared]})
    other = visit("103")
    assert [r["state"] for r in tablet.send([first, second, other])] == ["stored", "quarantined", "stored"]


def test_a_database_that_is_gone_is_503_and_nothing_is_half_stored(tablet: Tablet, visit: Make) -> None:
    facts = [visit("101"), visit("102")]
    with failing_commits(random.Random(0), before=1.0, after=0.0):
        status, found, headers = tablet.call("POST", "/sync/facts", {"facts": facts})
    assert (status, found["error"]["code"]) == (503, "busy")
    assert int(headers["Retry-After"]) > 0
    assert db.session.scalars(select(Fact.id)).all() == []
    assert [r["state"] for r in tablet.send(facts)] == ["stored", "stored"]
