"""The judged sentences: the open file, and our own (``script_cases.tsv``, where «a/b» offers two spellings)."""

import re
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from portal.domain.script import Converted, convert

HERE = Path(__file__).parent
MODES = {
    "s2t": ("zh-Hans", "zh-Hant"),
    "s2tw": ("zh-Hans", "zh-Hant-TW"),
    "s2hk": ("zh-Hans", "zh-Hant-HK"),
    "t2s": ("zh-Hant", "zh-Hans"),
    "tw2s": ("zh-Hant-TW", "zh-Hans"),
}


@dataclass(frozen=True)
class Row:
    id: str
    mode: str
    source: str
    expected: frozenset[str]
    category: str

    @property
    def fmt(self) -> str:
        if re.search(r"</?[a-z]+[^>]*>", self.source):
            return "html"
        if re.search(r"\]\(|`|\*\*", self.source):
            return "markdown"
        return "message" if re.search(r"\{.*\}|%[(sd]", self.source) else "plain"

    def converted(self, *, auto: bool = False) -> Converted:
        source, target = MODES[self.mode]
        return convert(self.source, source="auto" if auto else source, target=target, fmt=self.fmt)

    def right(self, *, auto: bool = False) -> bool:
        return self.converted(auto=auto).text in self.expected


def rows(name: str) -> list[Row]:
    found: list[Row] = []
    for line in (HERE / name).read_text("utf-8").splitlines()[1:]:
        number, mode, source, expected, note = line.split("\t")
        category = re.match(r"\[(\w+)\]", note)
        found.append(Row(number, mode, source, _spellings(expected), category[1] if category else ""))
    return found


def _spellings(expected: str) -> frozenset[str]:
    spellings: set[str] = set()
    for form in expected.split("|"):
        parts = re.split(r"«(.*?)»", form)
        choices = [part.split("/") if i % 2 else [part] for i, part in enumerate(parts)]
        spellings |= {"".join(choice) for choice in product(*choices)}
    return frozenset(spellings)
