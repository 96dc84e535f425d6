"""The ledger finds what was changed afterwards, and tells erasure from tampering."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, select, update

from portal.cli import cli
from portal.core.db import db, writing
from portal.core.facts import ReceivedFact
from portal.signoff import ledger, service
from portal.signoff.models import LedgerEntry, LedgerHead, Revision, Signature
from portal.visits.service import record_visits
from tests.factories import AT, Estate
from tests.facts import received, visit_body

LATER = AT + timedelta(hours=1)


@pytest.fixture
def visits(estate: Estate) -> list[ReceivedFact]:
    """Three visits handed in, one signed, one returned: five entries."""
    facts = [received(estate, visit_body(estate), room=room) for room in ("101", "102", "103")]
    record_visits(facts, by=estate.actor("field_staff"), at=AT)
    service.sign([(facts[0].id, 1, 1)], by=estate.actor("supervisor"), at=LATER)
    service.send_back(facts[1].id, 1, comment="请补照片", by=estate.actor("supervisor"), at=LATER)
    return facts


def report(estate: Estate) -> ledger.Report:
    db.session.expire_all()
    return ledger.verify(db.session(), estate.office_id)


def tamper(statement: Any) -> None:
    with writing() as session:
        assert session.execute(statement).rowcount == 1  # type: ignore[attr-defined]


def test_an_untouched_ledger_is_intact(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    found = report(estate)
    assert (found.intact, found.entries, found.erased) == (True, 5, 0)
    assert ledger.heads(db.session()) == {estate.office_id: (5, found.head)}
    assert ledger.verify(db.session(), estate.other_office_id).intact


def test_a_changed_byte_of_a_record_is_found(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    changed = visits[2].content.replace("电梯".encode(), "电视".encode(), 1)
    tamper(update(Revision).where(Revision.record_id == visits[2].id).values(content=changed))
    [fault] = report(estate).faults
    assert (fault.seq, fault.code, fault.subject_id, fault.n) == (3, "content", visits[2].id, 1)


def test_a_record_changed_together_with_its_hash_is_found(
    app: Flask, estate: Estate, visits: list[ReceivedFact]
) -> None:
    row = db.session.scalars(select(Revision).where(Revision.record_id == visits[2].id)).one()
    other = ledger.salted(row.salt or "", b"{}")
    tamper(update(Revision).where(Revision.record_id == visits[2].id).values(content=b"{}", sha256=other))
    assert [fault.code for fault in report(estate).faults] == ["content"]


def test_a_changed_signature_is_found(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    tamper(update(Signature).where(Signature.decision == "signed").values(by_id=estate.staff["director"]))
    [fault] = report(estate).faults
    assert (fault.kind, fault.code) == ("signature", "content")


def tampered_entries() -> Iterator[Any]:
    entry = LedgerEntry.seq == 2
    yield pytest.param(
        update(LedgerEntry).where(entry).values(content_sha256="0" * 64), {"entry", "content"}, id="entry"
    )
    yield pytest.param(update(LedgerEntry).where(entry).values(prev="0" * 64), {"link", "entry"}, id="link")
    yield pytest.param(delete(LedgerEntry).where(entry), {"gap", "link", "unlisted"}, id="gone")
    yield pytest.param(delete(LedgerEntry).where(LedgerEntry.seq == 5), {"head", "unlisted"}, id="last gone")
    yield pytest.param(update(LedgerHead).values(hash="0" * 64), {"head"}, id="head")


@pytest.mark.parametrize(("statement", "codes"), list(tampered_entries()))
def test_a_changed_chain_is_found(
    app: Flask, estate: Estate, visits: list[ReceivedFact], statement: Any, codes: set[str]
) -> None:
    tamper(statement)
    assert {fault.code for fault in report(estate).faults} == codes


def test_a_record_put_beside_the_ledger_is_found(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    with writing() as session:
        row = session.scalars(select(Revision).where(Revision.record_id == visits[0].id)).one()
        session.add(
            Revision(
                office_id=row.office_id, record_id=row.record_id, kind=row.kind, n=2, content=b"{}", salt=row.salt,
                sha256=ledger.salted(row.salt or "", b"{}"), author_id=row.author_id, at=row.at,
            )
        )  # fmt: skip
    [fault] = report(estate).faults
    assert (fault.code, fault.subject_id, fault.n) == ("unlisted", visits[0].id, 2)


def test_erasure_leaves_erased_not_broken(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    with writing() as session:
        service.erase(session, [visits[1].id], by=estate.staff["administrator"], at=LATER)
    found = report(estate)
    assert (found.intact, found.entries, found.erased) == (True, 5, 2)  # the record and its return
    row = db.session.scalars(select(Revision).where(Revision.record_id == visits[1].id)).one()
    assert (row.content, row.salt) == (None, None)
    assert db.session.scalars(select(Signature.comment).where(Signature.decision == "returned")).one() == ""


def test_an_erased_record_is_not_signed(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    with writing() as session:
        service.erase(session, [visits[2].id], by=estate.staff["administrator"], at=LATER)
    outcome = service.sign([(f.id, 1, 1) for f in visits[2:]], by=estate.actor("supervisor"), at=LATER)
    assert [left.code for left in outcome.left_out] == ["signoff.erased"]


def test_the_command_tells_and_exits_by_what_it_found(app: Flask, estate: Estate, visits: list[ReceivedFact]) -> None:
    def run(*words: str) -> Any:
        db.session.remove()
        return CliRunner().invoke(cli, ["ledger", "verify", *words], obj=lambda: app)

    good = run("--office", "锦绣花园管理处")
    assert good.exit_code == 0 and "intact; 5 entries, 0 erased" in good.output
    tamper(update(Revision).where(Revision.record_id == visits[0].id).values(content=b"{}"))
    bad = run("--json")
    assert bad.exit_code == 1
    ours = next(office for office in json.loads(bad.output) if office["entries"])
    assert (ours["intact"], ours["faults"][0]["code"]) == (False, "content")
