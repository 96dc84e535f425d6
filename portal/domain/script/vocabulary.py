"""The words around names of persons (``data/names.tsv``) and the patterns made of them."""

import re
from dataclasses import dataclass
from functools import cache

from portal.domain.script.characters import DATA


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Patterns and sets for ``names``; the comments of the data file say what each list is for."""

    title: re.Pattern[str]
    begins: re.Pattern[str]
    speaks: re.Pattern[str]
    labelled: re.Pattern[str]
    signed: re.Pattern[str]
    surnames: dict[str, str]
    rare: frozenset[str]
    common: frozenset[str]
    given: frozenset[str]
    preposition: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The lists, read once per process."""
    words: dict[str, list[str]] = {}
    for line in (DATA / "names.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, rest = line.partition("\t")
            words[key] = rest.split()
    name = r"(?P<name>[\u4e00-\u9fff]{2,3})"
    stop = r"(?=[，。、；（(\s)）：:]|$"
    office = _any(words["office"]) + r"|工|生(?=[，。、；：:（(\s请你您已来]|$)"
    return Vocabulary(
        title=re.compile(rf"(?P<address>{_any(words['address'])})|(?P<office>{office})"),
        begins=re.compile(rf"(?:^|[，。；：、！？（(“”「」『《》〈\s\ufffc:,;/|-]|\d|{_any(words['begins'])})$"),
        speaks=re.compile(_any(words["speaks"])),
        labelled=re.compile(rf"(?:{_any(words['labels'])})(?P<gap>[：:\s]?){name}{stop}|{_any(words['acts'])})"),
        signed=re.compile(rf"(?:{_any(words['signs'])}|[\u4e00-\u9fff]{{1,3}}人)人?[：:]\s?{name}{stop})"),
        surnames={pair[0]: pair[1] for pair in words["surnames"]},
        rare=frozenset(words["rare"]),
        common=frozenset(words["common"][0]),
        given=frozenset(words["given"][0]),
        preposition=frozenset(words["preposition"][0]),
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
