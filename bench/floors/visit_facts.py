"""The floor of intake: raw executemany of the rows of visit facts with two opinions each, indexes, triggers and commits included.

Frozen is how many rows of each table a fact may bring, the order of the tables, the batch, and one commit for each with
``synchronous=FULL``. What the service writes beyond that is its own cost and does not raise the floor. The rows are the very
ones that the service made, so that their length is the same; hashing and canonical text are not counted.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

BATCH, SLICE = 50, 500
ROWS = {
    "fact": 1, "contact": 1, "visit": 1, "opinion": 2, "attachment": 1, "search_row": 3, "event": 3, "revision": 1,
    "approval": 1, "ledger": 1, "change": 2,
}  # fmt: skip
WHEN_FROZEN = "0.23 ms CPU a fact, 15.4 rows, on two cores that others used too (0.135 on two idle ones, with 20 rows)"


class Floor(NamedTuple):
    """CPU milliseconds and rows, for each fact."""

    milliseconds: float
    rows: float

    def told(self) -> str:
        return (
            f"  floor        {self.milliseconds:.3f} ms CPU a fact     raw executemany, {self.rows:.1f} rows a fact"
            f"   (frozen at {WHEN_FROZEN})"
        )


def measure(source: Path, empty: Path, facts: int) -> Floor:
    """Put the rows that stand in ``source`` but not in ``empty`` into ``empty``, batch by batch."""
    read = sqlite3.connect(source)
    raw = sqlite3.connect(empty, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")
    work: list[tuple[str, list[Any]]] = []
    for table, most in ROWS.items():
        known = raw.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
        rows = read.execute(
            f"SELECT * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?", (known, most * facts)
        ).fetchall()
        if rows:
            work.append((f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows))
    homes = read.execute("SELECT open_opinions, last_visit_on, id FROM household WHERE open_opinions > 0").fetchall()
    batches = facts // BATCH

    def put(start: int) -> None:
        for n in range(start // BATCH, (start + SLICE) // BATCH):
            raw.execute("BEGIN IMMEDIATE")
            for statement, rows in work:
                raw.executemany(statement, rows[len(rows) * n // batches : len(rows) * (n + 1) // batches])
            some = [homes[(n * BATCH + k) % len(homes)] for k in range(BATCH)]
            raw.executemany("UPDATE household SET open_opinions=?, last_visit_on=? WHERE id=?", some)
            raw.execute("COMMIT")

    return Floor(least(put, facts), sum(len(rows) for _, rows in work) / facts)


def least(work: Callable[[int], None], count: int) -> float:
    """CPU milliseconds a fact in the quietest slice: what else the machine does must not count."""
    spent = []
    for start in range(0, count, SLICE):
        began = time.process_time()
        work(start)
        spent.append(time.process_time() - began)
    return min(spent) / SLICE * 1000
