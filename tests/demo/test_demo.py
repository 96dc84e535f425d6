"""What ``portal demo`` leaves behind: an estate in which everything is there to be seen, the same each time."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Device, Office, Staff
from portal.app import create_app
from portal.cli import cli
from portal.core.audit import Event
from portal.core.db import db
from portal.core.facts import Fact, FactOther
from portal.demo import estates, letter_texts, people, texts, words
from portal.demo.command import SEED, fill
from portal.domain.lives import SETTLED
from portal.domain.lives import Opinion as State
from portal.domain.policy import Policy
from portal.domain.script import leftovers
from portal.households.models import Building, Community, Household, Resident, RosterImport
from portal.households.standing import standing
from portal.opinions.deadlines import is_late
from portal.opinions.models import Contact, Issue, Measure, Opinion, OpinionCheck, OpinionStep
from portal.publishing.models import Commitment, Edition, Posting, Publication, Wording
from portal.signoff import ledger
from portal.signoff.models import Approval, Bundle
from portal.surveys import fieldwork
from portal.surveys.models import Answer, Campaign, Response, SampleLine
from portal.surveys.service import prove_draw
from portal.visits.models import Plan, Visit
from tests.client import PortalClient
from tests.conftest import settings_for
from tests.postgres import Cluster

AS_OF = date(2026, 3, 5)


def quiet(_: str) -> None:
    """Progress is for people."""


def made(app: Flask, households: int, days: int = 365) -> None:
    fill(app.config["PORTAL"].secret_key, seed=SEED, as_of=AS_OF, households=households, tell=quiet, days=days)


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A whole year of a small demo, made once; the tests only read it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "portal.sqlite")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'portal.sqlite'}"))
    app.config["TESTING"] = True
    app.test_client_class = PortalClient
    with app.app_context():
        made(app, 90)
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def rows(query: Any) -> list[Any]:
    return [tuple(row) for row in db.session.execute(query)]


def test_every_state_of_an_opinion_is_there_and_most_are_settled(whole: Flask) -> None:
    states = Counter(db.session.scalars(select(Opinion.status)))
    assert set(states) == {state.value for state in State}
    assert states["satisfied"] > sum(states.values()) / 2
    assert db.session.scalar(select(func.max(Opinion.round))) == 3


def test_what_happened_to_an_opinion_is_told_in_order(whole: Flask) -> None:
    opinions = select(Opinion.id)
    happened: dict[Any, list[Any]] = {}
    for event in db.session.scalars(select(Event).where(Event.subject_id.in_(opinions)).order_by(Event.id)):
        happened.setdefault(event.subject_id, []).append((event.at, event.changes["status"]))
    assert all(times == sorted(times) for times in ([at for at, _ in told] for told in happened.values()))
    last = {opinion: told[-1][1] for opinion, told in happened.items()}
    assert last == dict(rows(select(Opinion.id, Opinion.status)))
    steps = rows(select(OpinionStep.opinion_id, OpinionStep.at, OpinionStep.by_id).order_by(OpinionStep.at))
    assert max(at for _, at, _ in steps).date() < AS_OF


def test_the_department_names_measures_with_person_and_date_and_the_desk_enters_contacts(whole: Flask) -> None:
    measures = db.session.scalars(select(Measure).where(Measure.opinion_id.is_not(None))).all()
    assert measures and all(m.person and m.due_on and m.action for m in measures)
    assert any(m.round == 2 for m in measures)
    channels = {channel for (channel,) in rows(select(Contact.channel).distinct())}
    assert channels >= {"visit", "phone", "counter", "survey"}
    numbers = [n for (n,) in rows(select(Contact.number).where(Contact.number.is_not(None)))]
    assert len(numbers) > 100


def test_letters_are_published_in_both_scripts_and_read_without_login(whole: Flask) -> None:
    letters = db.session.scalars(select(Publication).where(Publication.status == "published")).all()
    assert Counter(p.source_script for p in letters) == {"zh-Hans": 2, "zh-Hant": 1}
    client = whole.test_client()
    for letter in letters:
        editions = {e.script: e for e in db.session.scalars(select(Edition).where(Edition.publication_id == letter.id))}
        for script, address in (("zh-Hans", "zh-hans"), ("zh-Hant", "zh-hant")):
            answer = client.get(f"/{address}/letters/{letter.public_id}")
            assert answer.status_code == 200
            assert editions[script].texts["title"] in answer.get_data(as_text=True)
    assert Counter(db.session.scalars(select(Publication.status))) == {"published": 3, "checked": 1, "draft": 1}
    draft = select(Publication.id).where(Publication.status == "draft")
    assert any(db.session.scalars(select(Wording.doubts).where(Wording.publication_id.in_(draft))))


def test_one_survey_is_finished_above_its_floor_and_one_is_running(whole: Flask) -> None:
    finished, running = db.session.scalars(select(Campaign).order_by(Campaign.frame_day)).all()
    assert (finished.status, running.status) == ("closed", "running")
    assert fieldwork.progress_of(db.session(), finished).returns.recovery_rate.reaches(75)
    assert prove_draw(db.session(), finished).problem is None
    told = Counter(db.session.scalars(select(SampleLine.status).where(SampleLine.campaign_id == running.id)))
    assert told["issued"] and told["returned"] and told["drawn"]
    remarks = select(func.count()).where(Answer.campaign_id == finished.id, Answer.remark != "")
    assert db.session.scalar(remarks)


def test_records_wait_at_every_step_and_some_were_returned(whole: Flask) -> None:
    waiting = Counter(rows(select(Approval.status, Approval.waiting_role).where(Approval.kind == "visit")))
    for role in ("supervisor", "manager", "director"):
        assert waiting["open", role]
    assert waiting["returned", None]
    plans = db.session.scalars(select(Plan).where(Plan.day == AS_OF)).all()
    assert len(plans) == 3 and all(plan.brief and plan.lines for plan in plans)


def test_traditional_texts_hold_no_simplified_characters(whole: Flask) -> None:
    office = select(Office.id).where(Office.script == "zh-Hant").scalar_subquery()
    columns = (
        select(Opinion.content).where(Opinion.office_id == office),
        select(Opinion.answered_with).where(Opinion.office_id == office),
        select(OpinionStep.words).where(OpinionStep.office_id == office),
        select(Measure.action).where(Measure.office_id == office),
        select(Measure.result).where(Measure.office_id == office),
        select(Issue.title + Issue.explanation).where(Issue.office_id == office),
        select(Plan.brief).where(Plan.office_id == office),
        select(Resident.name).where(Resident.office_id == office),
        select(Contact.person).where(Contact.office_id == office),
        select(Wording.hant),
        select(Device.name).where(Device.staff_id.in_(select(Staff.id).where(Staff.language == "zh_Hant"))),
        select(RosterImport.filename).where(RosterImport.office_id == office),
    )
    found = [text for column in columns for (text,) in rows(column.distinct()) if leftovers(text, "zh-Hant")]
    assert found == []


def test_the_ledger_holds(whole: Flask) -> None:
    for office in db.session.scalars(select(Office.id)).all():
        report = ledger.verify(db.session(), office)
        assert report.intact and report.entries


def test_asked_again_it_adds_nothing_and_prints_the_logins(whole: Flask) -> None:
    instance = whole.config["PORTAL"].instance
    (instance / "demo.json").write_text("{}")
    before = rows(select(func.count()).select_from(Visit))
    answer = CliRunner().invoke(cli, ["demo", "--if-empty"], obj=lambda: whole)
    assert answer.exit_code == 0
    for person in people.PEOPLE:
        assert f"{person.login} " in answer.output
        assert people.password_for(whole.config["PORTAL"].secret_key, person.login) in answer.output
    assert rows(select(func.count()).select_from(Visit)) == before
    assert rows(select(func.count()).select_from(Staff)) == [(len(people.PEOPLE),)]


def seen() -> dict[str, list[Any]]:
    """What people see of a demo, ids and addresses aside."""
    return {
        "communities": rows(select(Community.slug, Community.first_handover_on).order_by(Community.slug)),
        "households": sorted(map(repr, rows(
            select(Building.name_hans, Household.address_key, Household.occupancy, Household.last_visit_on,
                   Household.open_opinions)
            .join(Building, Building.id == Household.building_id)
        ))),
        "residents": sorted(rows(select(Resident.name, Resident.phone, Resident.relation))),
        "visits": sorted(map(repr, rows(select(Visit.occurred_at, Visit.outcome, Visit.status)))),
        "opinions": sorted(
            map(repr, rows(select(Opinion.raised_at, Opinion.content, Opinion.status, Opinion.case_number, Opinion.due_on)))
        ),
        "steps": sorted(map(repr, rows(select(OpinionStep.at, OpinionStep.words, OpinionStep.action)))),
        "letters": sorted(map(repr, rows(select(Publication.title, Publication.status, Publication.number)))),
        "tablets": sorted(map(repr, rows(select(Device.name, Device.enrolled_at, Device.seen_at, Device.revoked_at)))),
        "rosters": sorted(map(repr, rows(select(RosterImport.filename, RosterImport.status, RosterImport.imported, RosterImport.merged)))),
        "surveys": rows(select(Campaign.title, Campaign.seed_hash, Campaign.size, Campaign.status).order_by(Campaign.title)),
        "answers": sorted(map(repr, rows(select(Response.at, Answer.item, Answer.grade).join(Answer, Answer.response_id == Response.id)))),
    }  # fmt: skip


@pytest.mark.postgres
def test_the_same_seed_and_day_show_the_same_on_both_databases(
    sqlite_template: Path, postgres: Cluster, tmp_path: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "portal.sqlite")
    name = postgres.clone("template_portal")
    told = []
    for folder, url in (("a", f"sqlite:///{tmp_path / 'portal.sqlite'}"), ("b", postgres.url(name))):
        app = create_app(settings_for(tmp_path / folder, url))
        with app.app_context():
            made(app, 60, days=55)
            db.session.remove()
            told.append(seen())
            db.session.remove()
            db.engine.dispose()
    postgres.drop(name)
    assert told[0]["opinions"] and told[0]["letters"] and told[0]["answers"]
    for what, shown in told[0].items():
        assert shown == told[1][what], what


def test_nobody_is_real_and_nothing_is_filler() -> None:
    for person in people.PEOPLE:
        assert 2 <= len(person.name) <= 3
    hant = [*estates.PREFERENCES["zh-Hant"], *(said for m in texts.HANT for said in (*m.said, m.measure, m.result))]
    hant += [said for options in words.STEPS["zh-Hant"].values() for said in options]
    hant += [fate.hant for letters in letter_texts.LETTERS.values() for letter in letters for row in letter.rows
             for promise in row.promises if (fate := promise.fate)]  # fmt: skip
    assert [text for text in hant if leftovers(text, "zh-Hant")] == []


def test_residents_were_asked_again_at_the_door_and_records_were_handed_up_together(whole: Flask) -> None:
    asked = db.session.execute(
        select(OpinionCheck.satisfied, Visit.body, OpinionCheck.opinion_id).join(
            Visit, Visit.id == OpinionCheck.visit_id
        )
    ).all()
    assert asked and all(str(row.opinion_id) in {c["opinion"] for c in row.body["checks"]} for row in asked)
    handed_up = db.session.scalars(select(Bundle)).all()
    assert {b.step for b in handed_up} == {1, 2} and all(b.lines for b in handed_up)
    supervisor = db.session.scalars(select(Staff.id).where(Staff.login == "supervisor")).one()
    client = whole.test_client()
    assert isinstance(client, PortalClient)
    client.become(supervisor)
    assert "汇总" in client.page("/desk/inbox").text("main")


def test_every_building_is_mostly_on_time(whole: Flask) -> None:
    policy = Policy()
    told: dict[Any, list[bool]] = {}
    for building, occupancy, last in rows(
        select(Building.id, Household.occupancy, Household.last_visit_on)
        .join(Building, Building.id == Household.building_id)
    ):  # fmt: skip
        if occupancy != "vacant":
            told.setdefault(building, []).append(standing(occupancy, last, policy, AS_OF).covered)
    shares = [sum(covered) / len(covered) for covered in told.values()]
    assert shares and all(share >= 0.7 for share in shares), shares


def test_most_of_what_waits_for_a_signature_is_fresh_and_the_rest_says_why_it_is_late(whole: Flask) -> None:
    morning = datetime.combine(AS_OF, time(2), UTC)
    waiting = db.session.scalars(select(Approval).where(Approval.status == "open", Approval.kind == "visit")).all()
    late = [a for a in waiting if a.due_at is not None and a.due_at < morning]
    assert late and len(late) <= len(waiting) / 3
    for approval in late:
        returned = [s for s in approval.signatures if s.decision == "returned"]
        assert not approval.complete or (approval.revision > 1 and all(s.comment for s in returned))
    assert any(not approval.complete for approval in late)


def test_few_opinions_and_promises_are_late(whole: Flask) -> None:
    open_ones, late = 0, 0
    for office in db.session.scalars(select(Office)):
        condition = is_late(Policy(), AS_OF, office.time_zone)
        counted = select(func.count()).select_from(Opinion).where(Opinion.office_id == office.id)
        open_ones += db.session.scalar(counted.where(Opinion.status.not_in(SETTLED))) or 0
        late += db.session.scalar(counted.where(condition)) or 0
    assert late <= open_ones / 3
    overdue = db.session.scalars(
        select(Commitment).where(Commitment.due_on < AS_OF, Commitment.status.in_(("open", "changed")),
                                 Commitment.due_kind.in_(("date", "span")))
    ).all()  # fmt: skip
    assert [promise.status for promise in overdue] == ["changed"], "a late promise has said once why"


def test_no_list_is_empty(whole: Flask) -> None:
    for office in db.session.scalars(select(Office.id)).all():
        imports = db.session.scalars(select(RosterImport).where(RosterImport.office_id == office)).all()
        assert Counter(found.status for found in imports) == {"done": 2, "uploaded": 1, "asked": 1}
        done = sorted((found.refused, found.merged) for found in imports if found.status == "done")
        assert done[0][0] == 0 and done[0][1] > 0 and done[1][0] == 2
        facts = Counter(db.session.scalars(select(Fact.status).where(Fact.office_id == office)))
        assert facts["quarantined"] == 3 and facts["partial"] == 1 and facts["conflict"] <= 1
        reasons = {
            p["code"]
            for (told,) in rows(select(Fact.problems).where(Fact.office_id == office, Fact.status == "quarantined"))
            for p in told
        }
        assert reasons == {"not_a_choice", "unknown_subject", "device_revoked"}
        others = Counter(db.session.scalars(select(FactOther.reason).where(FactOther.office_id == office)))
        assert others == {"wrong_hash": 1, "conflict": 1}
    tablets = db.session.scalars(select(Device)).all()
    assert sum(tablet.revoked_at is not None for tablet in tablets) == 2
    silent = [t for t in tablets if t.revoked_at is None and t.seen_at and (AS_OF - t.seen_at.date()).days > 14]
    assert len(silent) == 2 and len(tablets) == 7
    posted = Counter(down is None for (down,) in rows(select(Posting.down_at)))
    assert posted[True] and posted[False]
