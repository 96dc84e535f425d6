"""Sync over HTTP: CPU of the web worker for each fact taken in; the first pull of 20,000 households; a pull without news.

    .venv/bin/python -m bench.sync [FACTS] [HOUSEHOLDS]

One gunicorn worker on SQLite; its own CPU is read from the system, so that the client's does not count. Of slices of 500
facts the quietest counts, as in ``bench.intake``; the frozen floor (``bench.floors.visit_facts``) stands beside.
Goals (design): at most 0.5 ms CPU a fact and three times the floor; first pull at most 10 MB packed and 4 s of the
server's time; a pull without news at most 2 KB and 5 ms.
"""

import gzip
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import rfc8785

from bench.floors import visit_facts
from bench.floors.visit_facts import BATCH, SLICE
from bench.intake import CONTENTS
from portal.accounts import devices
from portal.app import create_app
from portal.config import ROOT
from portal.core import changes
from portal.core.changes import Touched
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.households.models import Household, Resident
from portal.opinions.models import Contact, Measure, Opinion
from portal.visits.models import Visit
from tests.conftest import settings_for
from tests.factories import Estate
from tests.facts import opinion, visit_body
from tests.sync.conftest import number_all
from tests.sync.contract_client import new_fact

GOAL_MS, GOAL_TIMES, GOAL_MB, GOAL_S, GOAL_KB, GOAL_QUIET_MS = 0.5, 3.0, 10.0, 4.0, 2.0, 5.0
TICKS = os.sysconf("SC_CLK_TCK")


class Worker:
    """One gunicorn worker, and what it has used of the processor."""

    def __init__(self, master: subprocess.Popen[bytes], port: int, token: str) -> None:
        self.master, self.token = master, token
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.pid = int(Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()[0])

    def cpu(self) -> float:
        """Seconds, from the scheduler's own count where it gives one (the clock's ticks are ten milliseconds)."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[bytes, Any]:
        """The bytes as they came, and what they say."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "gzip"}
        self.line.request(method, path, body=body, headers=headers)
        answer = self.line.getresponse()
        packed = answer.read()
        assert answer.status == 200, (answer.status, packed[:300])
        text = gzip.decompress(packed) if answer.headers.get("Content-Encoding") == "gzip" else packed
        return packed, json.loads(text)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def listening(port: int) -> None:
    """Wait until the server answers there and its workers are up."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    time.sleep(0.5)


@contextmanager
def served(instance: Path, token: str) -> Iterator[Worker]:
    port = free_port()
    environment = os.environ | {"PORTAL_INSTANCE": str(instance)}
    master = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "--worker-class", "gthread", "--workers", "1", "--threads", "4",
         "--bind", f"127.0.0.1:{port}", "--log-level", "error", "wsgi:app"], cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        listening(port)
        yield Worker(master, port, token)
    finally:
        master.terminate()
        master.wait(20)


def grow(estate: Estate, count: int) -> list[UUID]:
    """Households with two residents each, three visits, and every fifth with two open opinions and a measure."""
    now, office, staff = datetime.now(UTC), estate.office_id, estate.staff["field_staff"]
    homes: list[UUID] = []
    with writing() as session:
        for start in range(0, count, 1_000):
            rows = [
                Household(
                    office_id=office, community_id=estate.community_id, building_id=estate.building_id,
                    stair=str(n % 8 + 1), floor=n // 32, room=f"{n // 32 + 1}{n % 4 + 1:02d}", address_key=f"x|{n}",
                    unit_code=f"x{n}", tenure="own", moved_in=date(2016, 5, 1), moved_in_precision="month",
                    preference="晚上七点以后", remark="养狗，敲门前先打电话" if n % 7 == 0 else "",
                )
                for n in range(start, min(start + 1_000, count))
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            homes += [row.id for row in rows]
            _fill(session, estate, rows, now, office, staff)
        changes.number(session, office, [Touched("household", own, estate.community_id) for own in homes])
    return homes


def _fill(session: Any, estate: Estate, rows: list[Household], now: datetime, office: UUID, staff: UUID) -> None:
    for n, home in enumerate(rows):
        for k in range(2):
            session.add(
                Resident(
                    office_id=office, household_id=home.id, name=f"陈文{n}{k}", name_key=f"陈文{n}{k}",
                    phone=f"139{n:08d}", phone_tail=f"{n:04d}"[-4:], position=k, since=date(2016, 5, 1),
                )
            )  # fmt: skip
        for k in range(3):
            contact = Contact(
                id=new_id(), office_id=office, community_id=estate.community_id, household_id=home.id, channel="visit",
                staff_id=staff, occurred_at=now - timedelta(days=90 * k + n % 80), received_at=now, number=None,
            )  # fmt: skip
            session.add(contact)
            session.flush()
            session.add(
                Visit(
                    id=new_id(), office_id=office, community_id=estate.community_id, household_id=home.id,
                    contact_id=contact.id, author_id=staff, form="visit@1", type="regular", method="door",
                    outcome="met", met_name="陈文", satisfaction="satisfied", status="closed", body={},
                    occurred_at=contact.occurred_at, recorded_at=contact.occurred_at, received_at=now,
                )
            )  # fmt: skip
        for k in range(2 if n % 5 == 0 else 0):
            raised = Opinion(
                office_id=office, community_id=estate.community_id, contact_id=contact.id, household_id=home.id,
                kind="repair", category="lift", content=CONTENTS[(n + k) % len(CONTENTS)], status="measured",
                receiver_id=staff, raised_at=now - timedelta(days=n % 60),
            )  # fmt: skip
            session.add(raised)
            session.flush()
            session.add(
                Measure(office_id=office, opinion_id=raised.id, action="更换导轨油杯并调整", person="李工", by_id=staff, at=now)
            )  # fmt: skip
    session.flush()


def batches(estate: Estate, homes: list[UUID], count: int) -> list[bytes]:
    """Finished requests, so that nothing but the server works while it is measured."""
    department, made = str(estate.departments["engineering"]), []
    for start in range(0, count, BATCH):
        facts = []
        for n in range(start, start + BATCH):
            said = [
                opinion(content=f"{CONTENTS[(n + k) % len(CONTENTS)]}（第{n}次反映）", department=department)
                for k in (0, 1)
            ]
            facts.append(new_fact("visit", str(homes[n % len(homes)]), "visit@1", visit_body(estate, opinions=said)))
        made.append(rfc8785.dumps({"facts": facts}))
    return made


def intake(worker: Worker, requests: list[bytes]) -> tuple[float, float]:
    """(CPU milliseconds a fact of the quietest slice, facts a second of all)."""
    spent, wall = [], time.perf_counter()
    for start in range(0, len(requests), SLICE // BATCH):
        some, began = requests[start : start + SLICE // BATCH], worker.cpu()
        for body in some:
            _, answer = worker.ask("POST", "/sync/facts", body)
            assert all(result["state"] == "stored" for result in answer["results"]), answer["results"][0]
        spent.append((worker.cpu() - began) / (len(some) * BATCH) * 1000)
    return min(spent), len(requests) * BATCH / (time.perf_counter() - wall)


def first_pull(worker: Worker) -> tuple[str, int, int, float, int]:
    """(cursor, bytes packed, records, server's CPU seconds, pages)."""
    cursor, size, records, pages, more, began = "", 0, 0, 0, True, worker.cpu()
    while more:
        packed, page = worker.ask("GET", "/sync/pull" + (f"?cursor={cursor}" if cursor else ""))
        size, records, pages = size + len(packed), records + len(page["records"]), pages + 1
        cursor, more = page["cursor"], page["more"]
    return cursor, size, records, worker.cpu() - began, pages


def quiet_pull(worker: Worker, cursor: str) -> tuple[int, float]:
    """(bytes, milliseconds of the server's CPU) of a pull that brings nothing; of rounds of twenty the quietest."""
    spent = []
    for _ in range(8):
        began = worker.cpu()
        for _ in range(20):
            packed, page = worker.ask("GET", f"/sync/pull?cursor={cursor}")
            assert page["records"] == [] and page["digests"]
        spent.append((worker.cpu() - began) / 20 * 1000)
    return len(packed), min(spent)


def prepared(folder: Path, households: int) -> tuple[Estate, list[UUID], str]:
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'portal.sqlite'}"))
    with app.app_context():
        bring_up_to_date()
        estate = Estate.build()
        number_all(estate.office_id)
        homes = grow(estate, households)
        token = devices.enrol(estate.staff["field_staff"], "bench", at=datetime.now(UTC)).token
        db.session.remove()
        db.engine.dispose()
    return estate, homes, token


def main(facts: int, households: int) -> int:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        estate, homes, token = prepared(folder, households)
        with served(folder, token) as worker:
            worker.ask("GET", "/sync/schema")
            cursor, size, records, seconds, pages = first_pull(worker)
            kilobytes, quiet = quiet_pull(worker, cursor)
            intake(worker, batches(estate, homes, 4 * BATCH))
        shutil.copyfile(folder / "portal.sqlite", folder / "empty.sqlite")
        with served(folder, token) as worker:
            intake_ms, rate = intake(worker, batches(estate, homes, facts))
        floor = visit_facts.measure(folder / "portal.sqlite", folder / "empty.sqlite", facts)
    print(f"sync over HTTP, SQLite, one worker; {households:,} households, {facts:,} facts, batches of {BATCH}")
    print(f"  intake       {intake_ms:.3f} ms CPU a fact     (goal {GOAL_MS})   {rate:,.0f} facts a second")
    print(floor.told())
    print(f"  times        {intake_ms / floor.milliseconds:.2f}                     (goal {GOAL_TIMES})")
    print(
        f"  first pull   {size / 1e6:.1f} MB packed, {seconds:.2f} s   (goal {GOAL_MB} MB, {GOAL_S} s)   {records:,} records, {pages} pages"
    )
    print(f"  no news      {kilobytes / 1024:.2f} KB, {quiet:.2f} ms      (goal {GOAL_KB} KB, {GOAL_QUIET_MS} ms)")
    return 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdecimal()]
    sys.exit(main(*(numbers + [5_000, 20_000][len(numbers) :])[:2]))
