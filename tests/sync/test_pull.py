"""The pull: whole records by change number, pages, digests that are true, cursors that fit their reader."""

import base64
import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select, update

from portal.accounts.models import Company, OfficeLine, RoleGrant, Staff
from portal.core import changes
from portal.core.changes import Change, Digest, Touched
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.households.models import Household, Resident
from portal.opinions.models import Issue, Measure, Opinion
from portal.publishing.models import Commitment, Publication, PublicationRow
from portal.signoff import service as signoff
from portal.visits import plans
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import opinion
from tests.sync.cases import each
from tests.sync.contract_client import Tablet

Make = Callable[..., dict[str, Any]]


def touch(office: Estate, *rooms: str, gone: bool = False) -> None:
    with writing() as session:
        changes.number(
            session, office.office_id,
            [Touched("household", office.households[room], office.community_id, gone) for room in rooms],
        )  # fmt: skip


def test_the_first_pull_brings_everything_of_the_users_communities_and_nothing_else(
    tablet: Tablet, office: Estate
) -> None:
    tablet.pull()
    assert set(tablet.of_kind("household")) == {str(own) for own in office.households.values()}
    assert set(tablet.of_kind("community")) == {str(office.community_id)}
    assert set(tablet.of_kind("building")) == {str(office.building_id)}
    assert str(office.foreign_household_id) not in json.dumps(list(tablet.store.values()))
    home = tablet.of_kind("household")[str(office.households["101"])]
    assert (home["office"], home["community"]) == (str(office.office_id), str(office.community_id))
    assert home["revision"] == 1
    (resident,) = home["data"]["residents"]
    assert (resident["name"], resident["phone"], resident["more_phones"]) == ("陈文101", "13900000101", [])


def test_a_tablet_gets_every_number_of_who_lives_there(tablet: Tablet, office: Estate) -> None:
    with writing() as session:
        home = session.get_one(Household, office.households["101"])
        home.residents[0].more_phones = ["0755-88886677", "13811112222"]
    tablet.pull()
    (resident,) = tablet.of_kind("household")[str(office.households["101"])]["data"]["residents"]
    assert resident["more_phones"] == ["0755-88886677", "13811112222"]


def test_the_digest_is_the_tablets_own_sum_after_every_pull(tablet: Tablet, office: Estate, visit: Make) -> None:
    tablet.pull()
    assert tablet.digests == tablet.own_digests()
    for room in ("101", "102"):
        tablet.send_one(visit(room))
        tablet.pull()
        assert tablet.digests == tablet.own_digests()
    touch(office, "201", gone=True)
    tablet.pull()
    assert str(office.households["201"]) not in tablet.of_kind("household")
    assert tablet.digests == tablet.own_digests()
    touch(office, "201")
    tablet.pull()
    assert tablet.digests == tablet.own_digests()


def test_the_kept_digest_is_the_one_computed_anew(tablet: Tablet, office: Estate, visit: Make) -> None:
    tablet.send([visit(room) for room in ("101", "102", "101", "304")])
    touch(office, "103", "104", gone=True)
    rows = db.session.execute(select(Change.kind, Change.record_id, Change.seq, Change.gone, Change.community_id)).all()
    sums: dict[Any, int] = {}
    for row in rows:
        if row.kind in changes.DIGESTED and not row.gone:
            own = changes.term(row.kind, row.record_id, row.seq)
            sums[row.community_id] = (sums.get(row.community_id, 0) + own) % (1 << 128)
    kept = {row.community_id: int(row.sum, 16) for row in db.session.scalars(select(Digest))}
    assert sums == kept


def test_an_unchanged_pull_is_small_and_brings_nothing(tablet: Tablet) -> None:
    tablet.pull()
    status, found, headers = tablet.call("GET", f"/sync/pull?cursor={tablet.cursor}")
    assert (status, found["records"], found["removed"], found["more"], found["reset"]) == (200, [], [], False, False)
    assert int(headers["Content-Length"]) <= 2048
    assert found["cursor"] == tablet.cursor


def test_a_changed_household_comes_whole_and_alone(tablet: Tablet, office: Estate, visit: Make) -> None:
    tablet.pull()
    fact = visit("103")
    tablet.send_one(fact)
    _, found, _ = tablet.call("GET", f"/sync/pull?cursor={tablet.cursor}")
    assert [(r["kind"], r["id"]) for r in found["records"]] == [
        ("household", str(office.households["103"])), ("own_record", fact["id"]),
    ]  # fmt: skip
    home = found["records"][0]["data"]
    assert [v["id"] for v in home["visits"]] == [fact["id"]]
    assert {o["id"] for o in home["opinions"]} == {o["id"] for o in fact["body"]["opinions"]}
    assert found["records"][0]["revision"] == 1, "the household's own fields have not changed"


def test_only_the_last_three_visits_travel_newest_first(tablet: Tablet, office: Estate, visit: Make) -> None:
    days = [f"2026-03-0{n}T02:24:00.000Z" for n in (4, 1, 5, 2, 3)]
    facts = [visit("101", occurred_at=day) for day in days]
    tablet.send(facts)
    tablet.pull()
    home = tablet.of_kind("household")[str(office.households["101"])]["data"]
    assert [v["occurred_at"] for v in home["visits"]] == sorted(days, reverse=True)[:3]


def test_settled_opinions_stay_at_the_office(tablet: Tablet, office: Estate, visit: Make) -> None:
    members = [opinion(), opinion(kind="praise", answered_at_once="yes", answered_with="谢谢", category="service")]
    tablet.send_one(visit("101", body={"opinions": members}))
    tablet.pull()
    home = tablet.of_kind("household")[str(office.households["101"])]["data"]
    assert [o["id"] for o in home["opinions"]] == [members[0]["id"]]


def test_measures_and_public_promises_travel_with_the_opinion(tablet: Tablet, office: Estate, visit: Make) -> None:
    fact = visit("101")
    tablet.send_one(fact)
    own = uuid.UUID(fact["body"]["opinions"][0]["id"])
    by, at = office.staff["manager"], datetime.now(UTC)
    with writing() as session:
        issue = Issue(
            office_id=office.office_id,
            community_id=office.community_id,
            title="电梯",
            category="lift",
            opened_by_id=by,
            opened_at=at,
        )
        session.add(issue)
        session.flush()
        session.execute(update(Opinion).where(Opinion.id == own).values(issue_id=issue.id))
        single = Measure(
            office_id=office.office_id, opinion_id=own, action="检修", by_id=by, at=at, due_on=date(2026, 4, 1)
        )
        shared = Measure(office_id=office.office_id, issue_id=issue.id, action="更换曳引机", by_id=by, at=at)
        session.add_all([single, shared])
        session.flush()
        for status, public_id in (("published", "p1"), ("draft", "p2")):
            letter = Publication(
                office_id=office.office_id, community_id=office.community_id, public_id=public_id, kind="open_letter",
                source_script="zh-Hans", status=status, author_id=by, made_at=at, title="公开信",
                published_at=at if status == "published" else None,
            )  # fmt: skip
            session.add(letter)
            session.flush()
            row = PublicationRow(
                office_id=office.office_id,
                publication_id=letter.id,
                issue_id=issue.id,
                position=1,
                brief_hans="电梯",
                brief_hant="電梯",
            )
            session.add(row)
            session.flush()
            session.add(
                Commitment(
                    office_id=office.office_id, row_id=row.id, measure_id=shared.id, position=1, text_hans="五月更换",
                    text_hant="五月更換", actor="office", due_kind="date", due_on=date(2026, 5, 31),
                )
            )  # fmt: skip
    touch(office, "101")
    tablet.pull()
    told = {o["id"]: o for o in tablet.of_kind("household")[str(office.households["101"])]["data"]["opinions"]}[
        str(own)
    ]
    assert [(m["action"], m["due_on"]) for m in told["measures"]] == [("检修", "2026-04-01"), ("更换曳引机", None)]
    assert [c["text"] for c in told["commitments"]] == [{"zh_Hans": "五月更换", "zh_Hant": "五月更換"}], (
        "drafts are no promise"
    )


def test_who_has_moved_out_does_not_travel(tablet: Tablet, office: Estate) -> None:
    with writing() as session:
        session.execute(
            update(Resident).where(Resident.household_id == office.households["101"]).values(until=date(2026, 1, 1))
        )
    touch(office, "101")
    tablet.pull()
    assert tablet.of_kind("household")[str(office.households["101"])]["data"]["residents"] == []


def test_plan_lines_and_own_records_are_their_persons_alone(
    tablet: Tablet, enrolled: Callable[..., Tablet], office: Estate, visit: Make
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=1)
    plan = plans.give_plan(
        office.staff["field_staff"], day, building_ids=[office.building_id], by=office.actor("supervisor"),
        at=datetime.now(UTC), brief="本月清洗外墙",
    )  # fmt: skip
    fact = visit("101")
    tablet.send_one(fact)
    colleague = enrolled("second_field_staff")
    tablet.pull()
    colleague.pull()
    lines = tablet.of_kind("plan_line")
    assert {line["data"]["household"] for line in lines.values()} <= {str(own) for own in office.households.values()}
    assert lines and {line["data"]["day"] for line in lines.values()} == {day.isoformat()}
    assert {line["data"]["brief"] for line in lines.values()} == {"本月清洗外墙"}
    assert colleague.of_kind("plan_line") == {} and colleague.of_kind("own_record") == {}
    assert set(tablet.of_kind("own_record")) == {fact["id"]}
    some = next(iter(lines.values()))["data"]["household"]
    assert colleague.of_kind("household")[some]["data"]["brief"]["text"] == "本月清洗外墙"
    assert plan is not None


def test_an_own_record_tells_how_it_stands_in_every_state(tablet: Tablet, office: Estate, visit: Make) -> None:
    stored, wrong = visit("101"), visit("102", body={"type": "picnic"})
    waiting = visit("103", follows=str(uuid.uuid4()))
    tablet.send([stored, wrong, waiting])
    tablet.pull()
    own = {key: record["data"] for key, record in tablet.of_kind("own_record").items()}
    assert (own[stored["id"]]["state"], own[stored["id"]]["status"]) == ("stored", "received")
    assert (own[wrong["id"]]["state"], own[wrong["id"]]["status"]) == ("quarantined", None)
    assert own[waiting["id"]]["state"] == "waiting"


def test_a_signature_reaches_the_author_with_the_next_pull(tablet: Tablet, office: Estate, visit: Make) -> None:
    fact = visit("101")
    tablet.send_one(fact)
    tablet.pull()
    signoff.sign([(uuid.UUID(fact["id"]), 1, 1)], by=office.actor("supervisor"), at=datetime.now(UTC))
    tablet.pull()
    own = tablet.of_kind("own_record")[fact["id"]]["data"]
    assert own["status"] == "signed_1"
    assert [(s["step"], s["decision"], s["by"]) for s in own["signatures"]] == [(1, "signed", "supervisor 王")]


def test_after_ninety_days_an_own_record_no_longer_travels(tablet: Tablet, visit: Make) -> None:
    from portal.core.facts import Fact

    fact = visit("101")
    tablet.send_one(fact)
    with writing() as session:
        session.execute(update(Fact).values(received_at=datetime.now(UTC) - timedelta(days=91)))
    tablet.pull()
    assert tablet.of_kind("own_record") == {}


def test_forms_and_enumerations_travel_and_again_only_when_they_change(tablet: Tablet, office: Estate) -> None:
    tablet.pull()
    forms = {(r["data"]["form"], r["data"]["version"]) for r in tablet.of_kind("form").values()}
    assert ("visit", 1) in forms
    told = tablet.of_kind("enumerations")[str(office.office_id)]["data"]
    assert {d["slug"] for d in told["departments"]} >= {"engineering", "security"}
    assert "lift" in told["categories"]
    assert str(office.staff["field_staff"]) in {c["id"] for c in told["colleagues"]}
    assert tablet.of_kind("phone_lines")[str(office.office_id)]["data"]["lines"] == []
    with writing() as session:
        session.add(
            OfficeLine(
                office_id=office.office_id,
                kind="duty",
                number="0755-1234",
                hours_hans="24 小时",
                hours_hant="24 小時",
                position=1,
            )
        )
    _, found, _ = tablet.call("GET", f"/sync/pull?cursor={tablet.cursor}")
    assert {r["kind"] for r in found["records"]} == {"enumerations", "phone_lines"}
    (line,) = next(r for r in found["records"] if r["kind"] == "phone_lines")["data"]["lines"]
    assert line["number"] == "0755-1234"


def many(office: Estate, count: int) -> None:
    with writing() as session:
        rows = [
            Household(
                office_id=office.office_id, community_id=office.community_id, building_id=office.building_id, stair="9",
                room=f"{n:05d}", address_key=f"1|9|{n}", unit_code=f"x{n}",
            )
            for n in range(count)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        changes.number(session, office.office_id, [Touched("household", h.id, h.community_id) for h in rows])


def test_pages_hold_five_hundred_and_together_everything(tablet: Tablet, office: Estate) -> None:
    many(office, 1_200)
    assert tablet.pull() == 3
    assert len(tablet.of_kind("household")) == 1_212
    assert tablet.digests == tablet.own_digests()


def test_only_the_last_page_has_digests(tablet: Tablet, office: Estate) -> None:
    many(office, 600)
    _, found, _ = tablet.call("GET", "/sync/pull")
    assert (found["more"], found["digests"], len(found["records"])) == (True, None, 500)


def test_what_changes_between_two_pages_comes_anew_later(tablet: Tablet, office: Estate) -> None:
    many(office, 600)
    _, found, _ = tablet.call("GET", "/sync/pull")
    tablet.store = {(r["kind"], r["id"]): r for r in found["records"]}
    tablet.cursor = found["cursor"]
    touch(office, "101", "102")
    touch(office, "103", gone=True)
    tablet.pull()
    assert len(tablet.of_kind("household")) == 611
    assert tablet.digests == tablet.own_digests()


def test_a_page_takes_the_same_few_statements_however_many_households_it_holds(tablet: Tablet, office: Estate) -> None:
    counted: list[str] = []

    def count(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        counted.append(statement)

    def statements() -> int:
        counted.clear()
        assert tablet.call("GET", "/sync/pull")[0] == 200
        return len(counted)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        statements()
        few = statements()
        many(office, 450)
        assert statements() == few
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def cursor_with(tablet: Tablet, place: int, value: Any) -> str:
    told = json.loads(base64.urlsafe_b64decode(tablet.cursor + "=" * (-len(tablet.cursor) % 4)))  # type: ignore[operator,arg-type]
    told[place] = value
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


@each("cursor", ["", "x", "%00", "日本", "e30", "WzFd", base64.urlsafe_b64encode(b"[" * 9000).decode(), "a" * 5000])
def test_an_unreadable_cursor_begins_anew(tablet: Tablet, office: Estate, cursor: str) -> None:
    status, found, _ = tablet.call("GET", f"/sync/pull?cursor={cursor}")
    assert (status, found["reset"]) == (200, True)
    assert len([r for r in found["records"] if r["kind"] == "household"]) == 12


@each("place", ["version", "epoch", "user", "scope", "future", "other office", "not a number"])
def test_a_cursor_that_does_not_fit_begins_anew(tablet: Tablet, office: Estate, place: str) -> None:
    tablet.pull()
    own = office.office_id.hex
    changed = {
        "version": (0, 2), "epoch": (1, "old"), "user": (2, office.staff["manager"].hex), "scope": (3, "other"),
        "future": (5, {own: [10_000, ""]}), "other office": (5, {office.other_office_id.hex: [0, ""]}),
        "not a number": (5, {own: ["1", ""]}),
    }[place]  # fmt: skip
    _, found, _ = tablet.call("GET", f"/sync/pull?cursor={cursor_with(tablet, *changed)}")
    assert found["reset"] is True
    assert any(r["kind"] == "household" for r in found["records"])


def test_a_restored_server_makes_the_tablet_begin_anew(tablet: Tablet, office: Estate) -> None:
    tablet.pull()
    tablet.store["household", "ghost"] = {
        "n": 1,
        "community": str(office.community_id),
        "id": "ghost",
        "kind": "household",
    }
    with writing() as session:
        session.execute(update(Company).values(sync_epoch="restored"))
    tablet.pull()
    assert ("household", "ghost") not in tablet.store
    assert tablet.digests == tablet.own_digests()


def test_who_moves_to_another_office_gets_that_ones_households_alone(
    tablet: Tablet, office: Estate, moved: Callable[[str], None]
) -> None:
    tablet.pull()
    moved("field_staff")
    tablet.pull()
    assert set(tablet.of_kind("household")) == {str(office.foreign_household_id)}


def test_who_works_in_two_offices_gets_both_in_the_order_of_the_offices(tablet: Tablet, office: Estate) -> None:
    with writing() as session:
        session.add(
            RoleGrant(
                staff_id=office.staff["field_staff"],
                role="field_staff",
                office_id=office.other_office_id,
                from_day=date(2020, 1, 1),
            )
        )
    tablet.pull()
    assert len(tablet.of_kind("household")) == 13
    assert tablet.digests == tablet.own_digests()
    assert len(tablet.digests or {}) == 2


def test_a_department_officer_gets_no_households(enrolled: Callable[..., Tablet]) -> None:
    tablet = enrolled("department_officer")
    tablet.pull()
    assert tablet.of_kind("household") == {} and tablet.of_kind("community") == {}
    assert tablet.digests == {}


def test_a_pull_beside_writers_is_always_one_true_state(
    app: Flask, tablet: Tablet, office: Estate, visit: Make, enrolled: Callable[..., Tablet]
) -> None:
    """Digests are compared after each pull while others write: a digest of another moment than its page would differ."""
    many(office, 700)
    stop, problems = threading.Event(), []

    def write() -> None:
        with app.app_context():
            try:
                while not stop.is_set():
                    touch(office, "101", "202", "303")
                    touch(office, "104", gone=True)
                    touch(office, "104")
            except Exception as problem:
                problems.append(problem)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(12):
            tablet.pull()
            assert tablet.digests == tablet.own_digests()
    finally:
        stop.set()
        writer.join()
    assert problems == []


def test_the_log_keeps_one_row_a_record(tablet: Tablet, office: Estate) -> None:
    for _ in range(5):
        touch(office, "101", "102")
    rows = db.session.execute(select(Change.kind, Change.record_id)).all()
    assert len(rows) == len(set(rows))


def test_numbers_only_rise_and_the_staff_of_the_office_is_unchanged(tablet: Tablet, office: Estate) -> None:
    tablet.pull()
    before = {key: record["n"] for key, record in tablet.store.items()}
    touch(office, "101")
    tablet.pull()
    key = ("household", str(office.households["101"]))
    assert tablet.store[key]["n"] > max(before.values())
    assert {k: r["n"] for k, r in tablet.store.items() if k != key} == {k: n for k, n in before.items() if k != key}


def test_ids_of_records_are_uuids_of_the_office(tablet: Tablet, office: Estate) -> None:
    tablet.pull()
    names = {row.id for row in db.session.scalars(select(Staff))}
    assert names and new_id() not in names
    assert db.session.scalars(select(Visit)).all() == []
