"""Search by pairs of characters in simplified form, so that either script finds either and two-character words are found.

The full-text engines only ever see our own tokens: ``search_row.pairs`` holds them with blanks between; on SQLite an
external-content FTS5 table follows by triggers, on PostgreSQL an index over ``array_to_tsvector`` of the same text.
A hit by pairs is a candidate: the text itself is looked at before a row is shown (``matches``).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, DDL, Connection, ForeignKey, Index, Integer, event, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import bulk
from portal.core.db import Id, Model
from portal.domain.script.characters import simplify_for_index

LIMIT = 5_001  # hits taken before any sort: 5,000 are sorted, the next one says that there are more

_WORD = re.compile(r"[^\W_]+")


class SearchRow(Model):
    """What can be found of one record; ``n`` in order of arrival, so that newest first costs nothing."""

    __tablename__ = "search_row"
    __table_args__ = (Index("uq_search_row_record", "record_id", unique=True),)

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[UUID]
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str]
    pairs: Mapped[str]


SQLITE_FTS = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(pairs, content='search_row', content_rowid='n', detail=none, "
    "columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_row_ai AFTER INSERT ON search_row BEGIN "
    "INSERT INTO search_fts(rowid, pairs) VALUES (new.n, new.pairs); END",
    "CREATE TRIGGER search_row_ad AFTER DELETE ON search_row BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, pairs) VALUES ('delete', old.n, old.pairs); END",
    "CREATE TRIGGER search_row_au AFTER UPDATE OF pairs ON search_row BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, pairs) VALUES ('delete', old.n, old.pairs); "
    "INSERT INTO search_fts(rowid, pairs) VALUES (new.n, new.pairs); END",
)
POSTGRESQL_FTS = (
    "CREATE INDEX ix_search_row_pairs ON search_row USING gin (array_to_tsvector(string_to_array(pairs, ' ')))",
)


@event.listens_for(SearchRow.__table__, "after_create")
def _after_create(_: Any, connection: Connection, **__: Any) -> None:
    for statement in SQLITE_FTS if connection.dialect.name == "sqlite" else POSTGRESQL_FTS:
        connection.execute(DDL(statement.replace("%", "%%")))


def tokens(words: str) -> list[str]:
    """The pairs of a text, each once; a run of one character stays alone."""
    found: dict[str, None] = {}
    for run in _WORD.findall(simplify_for_index(words).casefold()):
        if len(run) == 1:
            found[run] = None
        for i in range(len(run) - 1):
            found[run[i : i + 2]] = None
    return list(found)


def entry(record_id: UUID, office_id: UUID, kind: str, words: Iterable[str]) -> dict[str, Any]:
    """The finished row for ``index``: what a record may be found by."""
    pairs = " ".join((f"o{office_id.hex}", f"k{kind.replace('_', '')}", *filter(None, map(_indexed, words))))
    return {"record_id": record_id, "office_id": office_id, "kind": kind, "pairs": pairs}


@lru_cache(maxsize=1_024)
def _indexed(text: str) -> str:
    """Pairs and single characters of a text, each once; remembered, since a visit is found by what its opinions are.

    Two texts of a record may hold the same pair: the indexes count it once all the same.
    """
    runs = _WORD.findall(simplify_for_index(text).casefold())
    found = dict.fromkeys(chain.from_iterable(map(add, run, run[1:]) for run in runs))
    return " ".join((*found, *dict.fromkeys("".join(runs))))


def index(session: Session, entries: list[dict[str, Any]]) -> None:
    """Make new records findable (many at once)."""
    bulk.put(session, SearchRow, entries)


def reindex(session: Session, fresh: dict[str, Any]) -> None:
    """Make a changed record findable by what it holds now."""
    done = session.execute(
        update(SearchRow).where(SearchRow.record_id == fresh["record_id"]).values(pairs=fresh["pairs"])
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(SearchRow), [fresh])


def hits(session: Session, office_ids: Iterable[UUID], kind: str, words: str, *, limit: int = LIMIT) -> CTE | None:
    """The candidates as a materialised step (``record_id``, ``n``), the newest ``limit`` of them, to be joined to.

    None when there is nothing to look for.
    """
    wanted = tokens(words)
    offices = [f"o{office.hex}" for office in office_ids]
    if not wanted or not offices:
        return None
    parts = [f"k{kind.replace('_', '')}", *wanted]
    if session.get_bind().dialect.name == "sqlite":
        either = " OR ".join(f'"{o}"' for o in offices)
        query = " AND ".join([f"({either})", *(f'"{p}"' for p in parts)])
        statement = text(
            "SELECT r.record_id, r.n FROM search_fts f JOIN search_row r ON r.n = f.rowid "
            "WHERE search_fts MATCH :query ORDER BY f.rowid DESC LIMIT :limit"
        )
    else:
        either = " | ".join(f"'{o}'" for o in offices)
        query = " & ".join([f"({either})", *("'" + p.replace("'", "''") + "'" for p in parts)])
        statement = text(
            "WITH hit AS MATERIALIZED (SELECT n, record_id FROM search_row "
            "WHERE array_to_tsvector(string_to_array(pairs, ' ')) @@ CAST(:query AS tsquery) LIMIT 50001) "
            "SELECT record_id, n FROM hit ORDER BY n DESC LIMIT :limit"
        )
    return statement.bindparams(query=query, limit=limit).columns(record_id=Id(), n=Integer()).cte("hits")


def find(
    session: Session, office_ids: Iterable[UUID], kind: str, words: str, *, limit: int = LIMIT
) -> list[UUID] | None:
    """Ids of candidates, newest first, at most ``limit``; None when there is nothing to look for."""
    found = hits(session, office_ids, kind, words, limit=limit)
    return None if found is None else list(session.scalars(select(found.c.record_id).order_by(found.c.n.desc())))


def matches(words: str, *texts: str) -> bool:
    """Whether each word of the search stands in the texts, in either script."""
    body = simplify_for_index(" ".join(texts)).casefold()
    return all(word in body for word in _WORD.findall(simplify_for_index(words).casefold()))


def rows_of(session: Session, record_ids: Iterable[UUID]) -> list[SearchRow]:
    """The search rows of records (for tests and repair)."""
    return list(session.scalars(select(SearchRow).where(SearchRow.record_id.in_(list(record_ids)))))
