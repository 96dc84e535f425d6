"""Intake over HTTP on PostgreSQL: facts a second with four workers, as many tablets sending batches of 50 at once.

    .venv/bin/python -m bench.postgres [FACTS] [--memory]

The machine's own PostgreSQL in a throw-away cluster that keeps its promises (fsync, on a disk), one office, so that all
tablets wait for the same row. Goal (design): at least 1,500 facts a second on two cores. Clients and server share them.
``--memory`` leaves the disk out (no fsync): what the processors alone allow. Their time is printed beside, since whatever
else the machine does slows the rate and not the processor's work.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bench.floors.visit_facts import BATCH
from bench.sync import batches, free_port, grow, listening
from portal.accounts import devices
from portal.app import create_app
from portal.config import ROOT
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db
from tests.conftest import settings_for
from tests.factories import Estate
from tests.postgres import cluster_or_given
from tests.sync.conftest import number_all

WORKERS, TABLETS, GOAL = 4, 8, 1_500


def send(port: int, token: str, requests: list[bytes], stored: list[int]) -> None:
    """A tablet: one batch after the other on one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for body in requests:
        line.request("POST", "/sync/facts", body=body, headers={"Authorization": f"Bearer {token}"})
        answer = json.loads(line.getresponse().read())
        stored.append(sum(result["state"] == "stored" for result in answer["results"]))


def cpu(parents: list[int]) -> float:
    """Seconds that the children of these processes have used."""
    used = 0.0
    for parent in parents:
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with suppress(OSError):
                for thread in Path(f"/proc/{child}/task").iterdir():
                    used += int((thread / "schedstat").read_text().split()[0]) / 1e9
    return used


def together(port: int, tokens: list[str], requests: list[bytes]) -> tuple[int, float]:
    """(facts stored, seconds)."""
    stored: list[int] = []
    tablets = [
        threading.Thread(target=send, args=(port, token, requests[n :: len(tokens)], stored))
        for n, token in enumerate(tokens)
    ]
    began = time.perf_counter()
    for tablet in tablets:
        tablet.start()
    for tablet in tablets:
        tablet.join()
    return sum(stored), time.perf_counter() - began


def main(facts: int) -> int:
    with cluster_or_given(durable="--memory" not in sys.argv) as cluster, tempfile.TemporaryDirectory() as home:
        url = cluster.url(cluster.create("bench"))
        with create_app(settings_for(Path(home), url)).app_context():
            bring_up_to_date()
            estate = Estate.build()
            number_all(estate.office_id)
            homes = grow(estate, 2_000)
            now = datetime.now(UTC)
            tokens = [devices.enrol(estate.staff["field_staff"], f"bench {n}", at=now).token for n in range(TABLETS)]
            db.session.remove()
            db.engine.dispose()
        warm, requests = batches(estate, homes, 20 * BATCH), batches(estate, homes, facts)
        port = free_port()
        environment = os.environ | {"PORTAL_INSTANCE": home, "PORTAL_DATABASE_URL": url}
        master = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--preload", "--worker-class", "gthread", "--workers", str(WORKERS),
             "--threads", "4", "--bind", f"127.0.0.1:{port}", "--log-level", "error", "wsgi:app"],
            cwd=ROOT, env=environment,
        )  # fmt: skip
        try:
            listening(port)
            together(port, tokens, warm)
            database = int((Path(make_url(url).query["host"]) / "data" / "postmaster.pid").read_text().split()[0])  # type: ignore[arg-type]
            began = [cpu([master.pid]), cpu([database])]
            stored, seconds = together(port, tokens, requests)
            web, base = (
                (cpu([pid]) - before) / facts * 1000 for pid, before in zip((master.pid, database), began, strict=True)
            )
        finally:
            master.terminate()
            master.wait(20)
    assert stored == facts, f"{stored} of {facts} stored"
    where = "in memory" if "--memory" in sys.argv else "with fsync"
    print(f"intake over HTTP, PostgreSQL {where}, {WORKERS} workers, {TABLETS} tablets, {facts:,} facts, one office")
    print(f"  rate         {facts / seconds:,.0f} facts a second     (goal {GOAL:,})   load {os.getloadavg()[0]:.1f}")
    print(f"  processor    {web:.3f} ms a fact in the workers, {base:.3f} ms in the database")
    return 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdecimal()]
    sys.exit(main(numbers[0] if numbers else 20_000))
