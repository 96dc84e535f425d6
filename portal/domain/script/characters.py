"""The two scripts by their characters, from the table shipped beside this module; OpenCC is not needed here."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from portal.domain.script.records import Detected, script_of

DATA: Final = Path(__file__).with_name("data")

# A minority of foreign characters this large makes a text mixed (one in eight): below it, they are slips or names.
_MIXED: Final = 8


@dataclass(frozen=True, slots=True)
class Characters:
    """``index`` maps to the simplified form used in the search index, ``key`` to that of stored keys; ``hans`` and
    ``hant`` exist in one script only; ``live`` are simplified characters with several living traditional ones."""

    index: dict[int, str]
    key: dict[int, str]
    hans: frozenset[str]
    hant: frozenset[str]
    live: frozenset[str]


@cache
def characters() -> Characters:
    """The shipped tables, read once per process (36 kB)."""
    rows: dict[str, list[str]] = {}
    for line in (DATA / "characters.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, *columns = line.split("\t")
            rows[name] = columns
    before, after = rows["index"]
    index = {ord(a): b for a, b in zip(before, after, strict=True)}
    key = index | {ord(a): b for a, b in zip(*rows["key"], strict=True)}
    return Characters(
        index=index,
        key={code: goal for code, goal in key.items() if goal != chr(code)},
        hans=frozenset(rows["hans"][0]),
        hant=frozenset(rows["hant"][0]),
        live=frozenset(rows["live"][0]),
    )


def simplify_for_index(text: str) -> str:
    """Both scripts folded into one for searching; keeps the length.

    Not for reading: characters that one script tells apart and the other does not (著 and 着, 畫 and 劃) fall together
    as far as searching needs it, so that 計畫, 計劃 and 计划 find each other.
    """
    return text.translate(characters().index)


def simplify_for_key(text: str) -> str:
    """Both scripts folded into one for comparing names and addresses; keeps the length.

    What comes out is stored and compared with what was stored before, so it never changes; it parts from
    ``simplify_for_index`` where searching wants characters to fall together that names tell apart (畫 and 劃).
    """
    return text.translate(characters().key)


def leftovers(text: str, script: str) -> list[str]:
    """The characters of ``text`` that only exist in the other script, in order of first appearance, each once.

    For ``zh-Hant-HK`` and ``zh-Hant`` the simplified-only characters, for ``zh-Hans`` the traditional-only ones.
    Characters that are at home in both (后 里 干 台) are never reported. Raises ``Refused('script.unknown')``.
    """
    foreign = characters().hant if script_of(script) == "zh-Hans" else characters().hans
    return list(dict.fromkeys(c for c in text if c in foreign))


def detect_script(text: str) -> Detected:
    """The script of a text by the characters that exist in one script only."""
    return verdict(*weigh(text))


def weigh(text: str) -> tuple[int, int]:
    """How many simplified-only and how many traditional-only characters a text has."""
    tables = characters()
    return sum(c in tables.hans for c in text), sum(c in tables.hant for c in text)


def verdict(hans: int, hant: int) -> Detected:
    """The script that two counts of ``weigh`` speak for."""
    if not hans and not hant:
        return "undecided"
    if min(hans, hant) * _MIXED >= max(hans, hant):
        return "mixed"
    return "zh-Hans" if hans > hant else "zh-Hant"
