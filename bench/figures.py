"""Figures of a campaign with 100,000 returned forms of ten items, which are a million answers.

    .venv/bin/python -m bench.figures [FORMS] [--postgres]

Goal (design): at most one second, from the counts in the database to rates, intervals and verdicts of all items and of all
buildings. The floor is the bare grouping of the answers by item and grade, without strata, by the database alone.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from portal.app import create_app
from portal.core import bulk
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.households.models import Building, Community, Household
from portal.opinions.models import Contact
from portal.statistics.service import by_building, campaign_figures
from portal.surveys import service
from portal.surveys.models import Answer, Campaign, Response, SampleLine
from portal.surveys.questionnaires import questionnaire
from tests.conftest import settings_for
from tests.factories import AT, DAY, Estate

GOAL_MS = 1_000
ROUNDS = 7
BUILDINGS, STAIRS = 25, 4
GRADES = ["very_satisfied"] * 30 + ["satisfied"] * 40 + ["fairly_satisfied"] * 15 + ["neutral"] * 8
GRADES += ["dissatisfied"] * 4 + ["no_contact"] * 3
SLICE = 20_000


@contextmanager
def application(postgres: bool) -> Iterator[Flask]:
    folder = Path(tempfile.mkdtemp())
    if postgres:
        from tests.postgres import cluster_or_given

        class Factory:
            def mktemp(self, name: str) -> Path:
                return Path(tempfile.mkdtemp(prefix=name))

        with cluster_or_given(Factory()) as cluster:  # type: ignore[arg-type]
            app = create_app(settings_for(folder, cluster.url(cluster.create("bench_figures"))))
            with app.app_context():
                yield app
                db.session.remove()
                db.engine.dispose()
    else:
        app = create_app(settings_for(folder, f"sqlite:///{folder}/portal.sqlite"))
        with app.app_context():
            yield app


def build(forms: int, *, seed: int = 20260305) -> UUID:
    """A campaign over every household, all forms back, through the real planning and draw; answers put in bulk."""
    dice = random.Random(seed)
    estate = Estate.build()
    with writing() as session:
        session.execute(text("DELETE FROM resident"))
        session.execute(text("DELETE FROM household"))
        for n in range(2, BUILDINGS + 1):
            session.add(
                Building(
                    office_id=estate.office_id, community_id=estate.community_id, code=str(n), name_hans=f"{n}栋",
                    name_hant=f"{n}棟", position=n,
                )
            )  # fmt: skip
        session.flush()
        buildings = (
            session.query(Building).filter_by(community_id=estate.community_id).order_by(Building.position).all()
        )
        columns = {column.name: None for column in Household.__table__.columns}
        usual: dict[str, Any] = {
            **columns, "office_id": estate.office_id, "community_id": estate.community_id, "kind": "dwelling",
            "occupancy": "occupied", "permanent": True, "key": False, "preference": "", "quiet_hours": "", "remark": "",
            "revision": 1, "open_opinions": 0, "floor_guessed": False,
        }  # fmt: skip
        for start in range(0, forms, SLICE):
            bulk.put(
                session, Household, [_household(usual, buildings, n) for n in range(start, min(start + SLICE, forms))]
            )
        plan = service.CampaignPlan(
            title="bench", frame_day=DAY, received_on=DAY, size_reason="rule", cover_complaints=False
        )  # fmt: skip
        community = session.get_one(Community, estate.community_id)
        campaign = service.make_campaign(session, community, plan, by=estate.staff["supervisor"], at=AT)
        session.execute(text("UPDATE sample_line SET status = 'returned'"))
        campaign.drawn = {"size": forms, "strata": [[c, j, h, h] for c, j, h, _ in campaign.drawn["strata"]]}
        own = campaign.id
    _answers(own, forms, dice)
    return own


def _household(usual: dict[str, Any], buildings: list[Building], n: int) -> dict[str, Any]:
    building, rest = buildings[n % BUILDINGS], n // BUILDINGS
    stair, door = rest % STAIRS + 1, rest // STAIRS
    return {
        **usual, "id": new_id(), "building_id": building.id, "stair": str(stair), "floor": door // 4 + 1,
        "room": f"{door // 4 + 1}{door % 4 + 1:02}", "address_key": f"{building.code}|{stair}|{door}",
        "unit_code": f"b-{n}", **({"address_order": f"{n:09}"} if "address_order" in usual else {}),
    }  # fmt: skip


def _answers(campaign_id: UUID, forms: int, dice: random.Random) -> None:
    items = [item.key for item in questionnaire(db.session(), "questionnaire_s0@1").items]
    with writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        homes = session.execute(
            text("SELECT s.household_id, f.building, f.stair FROM sample_line s JOIN frame_line f "
                 "ON f.campaign_id = s.campaign_id AND f.household_id = s.household_id")
        ).all()  # fmt: skip
        common = {"office_id": campaign.office_id, "campaign_id": campaign_id}
        staff = campaign.made_by_id
        contacts, responses, answers = [], [], []
        for at, (raw, building, stair) in enumerate(homes[:forms]):
            home = UUID(bytes=raw) if isinstance(raw, bytes) else raw
            contact, response = new_id(), new_id()
            moment = datetime(2026, 3, 6, tzinfo=UTC) + timedelta(seconds=at)
            contacts.append(
                {"id": contact, "office_id": campaign.office_id, "community_id": campaign.community_id,
                 "household_id": home, "number": None, "channel": "survey", "person": "", "phone": "", "staff_id": staff,
                 "occurred_at": moment, "received_at": moment}
            )  # fmt: skip
            responses.append(
                {**common, "id": response, "household_id": home, "contact_id": contact, "mode": "paper", "proxy": False,
                 "disposition": "I", "counted": True, "flag": None, "serial": "", "by_id": staff, "at": moment}
            )  # fmt: skip
            answers += [
                {**common, "id": new_id(), "response_id": response, "item": item, "grade": dice.choice(GRADES), "value": "",
                 "remark": "", "place": f"{building}-{stair}", "certainty": False, "scored": True, "opinion_id": None}
                for item in items
            ]  # fmt: skip
            if len(contacts) == SLICE or at == forms - 1:
                for model, rows in ((Contact, contacts), (Response, responses), (Answer, answers)):
                    bulk.put(session, model, rows)
                contacts, responses, answers = [], [], []


def measure(forms: int = 100_000, *, postgres: bool = False, rounds: int = ROUNDS) -> dict[str, Any]:
    with application(postgres):
        bring_up_to_date()
        begun = time.perf_counter()
        campaign_id = build(forms)
        built = time.perf_counter() - begun
        if postgres:
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        ours, floor = [], []
        for _ in range(rounds):
            at = time.perf_counter()
            figures = campaign_figures(db.session(), db.session.get_one(Campaign, campaign_id))
            by_building(db.session(), figures, figures.questions.lead)
            ours.append((time.perf_counter() - at) * 1000)
            db.session.rollback()
            at = time.perf_counter()
            db.session.execute(text("SELECT item, grade, count(*) FROM answer GROUP BY item, grade")).all()
            floor.append((time.perf_counter() - at) * 1000)
            db.session.rollback()
        assert figures.returns.returned == db.session.query(SampleLine).filter_by(status="returned").count()
        assert sum(figures.lead.count.grades.values()) + figures.lead.count.no_opinion == forms
        return {
            "what": "figures of a campaign", "database": "postgresql" if postgres else "sqlite", "forms": forms,
            "answers": forms * len(figures.items), "ms": round(statistics.median(ours), 1), "goal_ms": GOAL_MS,
            "floor_ms": round(statistics.median(floor), 1), "built_s": round(built, 1),
            "overall": f"{figures.lead.rate.numerator} ÷ {figures.lead.rate.denominator}",
        }  # fmt: skip


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    print(json.dumps(measure(*numbers[:1], postgres="--postgres" in sys.argv), ensure_ascii=False, indent=2))
