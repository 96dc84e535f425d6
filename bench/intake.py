"""CPU of taking visit facts in: the service on SQLite in batches of 50, beside raw executemany of the same rows.

    .venv/bin/python -m bench.intake [FACTS] [--profile]

Goal (design): at most 0.5 ms CPU a fact over HTTP with two opinions each, and at most three times the floor, which is frozen
in ``bench.floors.visit_facts``. Hashing and canonical text are done before, as they are before ``writing()``. Of slices of
500 facts the quietest counts.
"""

import cProfile
import pstats
import shutil
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from bench.floors import visit_facts
from bench.floors.visit_facts import BATCH, SLICE, least
from portal.app import create_app
from portal.core import bulk
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.core.facts import Fact, ReceivedFact, row_of
from portal.households.models import Building, Household
from portal.visits.intake import VISITS
from tests.conftest import settings_for
from tests.factories import Estate
from tests.facts import opinion, received, visit_body

GOAL_MS, GOAL_TIMES = 0.5, 3.0
CONTENTS = (
    "电梯夜间有异响，尤其是凌晨一两点，影响睡眠，希望尽快检修", "楼道灯太暗，三楼到五楼有两盏不亮，老人上下楼不方便",
    "地下车库出口的减速带松动，车辆经过时声音很大", "小区西门晚上没有人值守，外来车辆随意进出",
    "垃圾桶清运不及时，夏天味道很重，请增加清运次数", "绿化带里的枯枝没有清理，孩子玩耍时容易划伤",
)  # fmt: skip
SIGNATURE = {"sha256": "a" * 64, "size": 8192, "type": "image/png", "role": "resident_signature"}


def estate_of(households: int) -> Estate:
    estate = Estate.build()
    with writing() as session:
        building = session.scalars(select(Building).where(Building.id == estate.building_id)).one()
        for n in range(households):
            row = Household(
                office_id=estate.office_id, community_id=estate.community_id, building_id=building.id, stair="2",
                floor=n // 4, room=f"{n // 4 + 10}0{n % 4 + 1}", address_key=f"1|2|{n}", unit_code=f"b-{n}", tenure="own",
            )  # fmt: skip
            session.add(row)
            session.flush()
            estate.households[f"b{n}"] = row.id
    return estate


def facts_for(estate: Estate, count: int) -> list[ReceivedFact]:
    department = str(estate.departments["engineering"])
    made = []
    for n in range(count):
        opinions = [
            opinion(content=f"{CONTENTS[(n + k) % len(CONTENTS)]}（第{n}次反映）", department=department)
            for k in (0, 1)
        ]
        signature = {**SIGNATURE, "sha256": f"{n:064x}"}
        body = visit_body(estate, opinions=opinions, resident_signature=signature["sha256"], purpose="定期走访")
        del body["no_signature_because"]
        made.append(received(estate, body, room=f"b{n % (len(estate.households) - 20)}", attachments=[signature]))
    return made


def take_in(facts: list[ReceivedFact]) -> None:
    for start in range(0, len(facts), BATCH):
        batch = facts[start : start + BATCH]
        with writing() as session:
            wrong = VISITS.problems(session, batch)
            assert not wrong, wrong
            bulk.put(session, Fact, [row_of(fact, status="stored") for fact in batch])
            VISITS.apply(session, batch)


def main(count: int, profile: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = create_app(settings_for(home, f"sqlite:///{home / 'portal.sqlite'}"))
        with app.app_context():
            bring_up_to_date()
            estate = estate_of(2_000)
            warm, facts = facts_for(estate, 4 * BATCH), facts_for(estate, count)
            take_in(warm)
            db.session.remove()
            db.engine.dispose()
            shutil.copyfile(home / "portal.sqlite", home / "empty.sqlite")
            watch = cProfile.Profile()
            if profile:
                watch.enable()
            wall, cpu = time.perf_counter(), least(lambda start: take_in(facts[start : start + SLICE]), count)
            wall = time.perf_counter() - wall
            if profile:
                watch.disable()
                pstats.Stats(watch).sort_stats("tottime").print_stats(45)
            db.session.remove()
            db.engine.dispose()
        floor = visit_facts.measure(home / "portal.sqlite", home / "empty.sqlite", count)
    print(f"intake, {count} facts with two opinions and a signature, batches of {BATCH}, SQLite")
    print(f"  service      {cpu:.3f} ms CPU a fact     (goal {GOAL_MS} over HTTP)   {count / wall:,.0f} facts a second")
    print(floor.told())
    print(f"  times        {cpu / floor.milliseconds:.2f}                     (goal {GOAL_TIMES})")
    return 0


if __name__ == "__main__":
    numbers = [a for a in sys.argv[1:] if a.isdecimal()]
    sys.exit(main(int(numbers[0]) if numbers else 5_000, "--profile" in sys.argv))
