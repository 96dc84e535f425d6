"""A letter's page as a resident's phone asks for it: server time, what travels at the first visit, and a revalidation.

    .venv/bin/python -m bench.public [ROUNDS]

Goals (design): at most 60 KB in all without a script, at most 12 ms server time, 304 on revalidation. The letter answers six
issues with eighteen promises, among forty other letters of the estate. The floor is an empty answer of the same server.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import html5lib
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.core.database_commands import bring_up_to_date
from portal.publishing import rows
from tests.conftest import settings_for
from tests.factories import AT, Estate
from tests.publishing import letters

GOAL_MS, GOAL_BYTES = 12.0, 60_000
GZIP = {"Accept-Encoding": "gzip"}
TEXT = "经检查，是导靴磨损，已报维保公司更换，换好后请反映的住户再听一听，仍有响声请打服务电话。"


def big_letter(estate: Estate) -> str:
    made = letters.draft(estate, [letters.issue(estate, f"第{n}件事", ("101", "102", "203")) for n in range(6)])
    for row in letters.get(made).rows:
        rows.add_measure(
            made, row.id, TEXT, {"actor": "office", "department_id": estate.departments["cleaning"], "due_kind": "ongoing"},
            revision=None, by=estate.actor("supervisor"), at=AT,
        )  # fmt: skip
    return letters.get(letters.published(estate, made)).public_id


def timed(client: FlaskClient, address: str, rounds: int, headers: dict[str, str], status: int = 200) -> list[float]:
    """Milliseconds a request, in the process: routing, database, rendering, compression."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = client.get(address, headers=headers)
        took.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == status, answer.status_code
    return sorted(took)


def told(name: str, took: list[float], goal: float | None = None) -> None:
    took = sorted(took)
    line = f"{name:38} median {statistics.median(took):6.2f} ms   p95 {took[int(len(took) * 0.95)]:6.2f} ms"
    print(line + (f"   goal {goal:g} ms: {'reached' if statistics.median(took) <= goal else 'MISSED'}" if goal else ""))


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(Path(folder), f"sqlite:///{folder}/portal.sqlite"))
        with app.app_context():
            bring_up_to_date()
            estate = Estate.build()
            letters.add_line(estate)
            for n in range(40):
                letters.published(estate, letters.draft(estate, [letters.issue(estate, f"旧事{n}", ("104",))]))
            public_id = big_letter(estate)
        client = app.test_client()
        for address in (f"/zh-hans/letters/{public_id}", "/zh-hant/jinxiu/"):
            first = client.get(address, headers=GZIP)
            timed(client, address, 20, GZIP)
            told(address.rsplit("/", 1)[0] + "/…", timed(client, address, rounds, GZIP), GOAL_MS)
            told(
                "  made anew (first after a change)", [_anew(app, client, address) for _ in range(rounds // 3)], GOAL_MS
            )
            told(
                "  revalidated, 304",
                timed(client, address, rounds, {**GZIP, "If-None-Match": first.headers["ETag"]}, 304),
            )
            print(f"  {_sizes(client, address, len(first.get_data()))}")
        told("floor: an empty answer", timed(client, "/healthz", rounds, GZIP))


def _anew(app: Flask, client: FlaskClient, address: str) -> float:
    app.extensions.pop("public_pages", None)
    return timed(client, address, 1, GZIP)[0]


def _sizes(client: FlaskClient, address: str, page: int) -> str:
    tree = html5lib.parse(client.get(address).get_data(as_text=True), namespaceHTMLElements=False)
    wanted = [e.get("href") for e in tree.iter("link") if e.get("rel") in ("stylesheet", "icon")]
    scripts = len(list(tree.iter("script")))
    assets = {href.rsplit("/", 1)[1]: len(client.get(href, headers=GZIP).get_data()) for href in wanted}
    total = page + sum(assets.values())
    reached = "reached" if total <= GOAL_BYTES else "MISSED"
    parts = ", ".join(f"{name} {size:,}" for name, size in assets.items())
    return f"first visit {total:,} bytes (page {page:,}, {parts}; {scripts} scripts)   goal {GOAL_BYTES:,}: {reached}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
