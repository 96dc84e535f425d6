"""What of a person is shown to whom: masked unless reading it is one's work (notices and law, part 5)."""

import re

_DIGIT = re.compile(r"\d")
_DOUBLE_SURNAMES = frozenset(
    {"欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "夏侯", "尉迟", "尉遲", "皇甫", "慕容", "司徒", "令狐"}
    | {"长孙", "長孫", "宇文", "轩辕", "軒轅", "东方", "東方", "南宫", "南宮", "独孤", "獨孤", "公孙", "公孫"}
)


def masked_phone(phone: str) -> str:
    """A number by which its owner knows it and nobody else can ring it: 138••••5678; short ones keep two digits."""
    total = len(_DIGIT.findall(phone))
    first, last = (3, 4) if total >= 11 else (2, 2) if total >= 7 else (0, 2 if total > 4 else 0)
    seen = 0

    def shown(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return match[0] if seen <= first or seen > total - last else "•"

    return _DIGIT.sub(shown, phone)


def masked_name(name: str) -> str:
    """The surname, and stars for the rest: 王**. A name in letters keeps its first."""
    name = name.strip()
    kept = 2 if name[:2] in _DOUBLE_SURNAMES else 1
    return name[:kept] + "*" * min(max(len(name) - kept, 1), 2) if name else ""
