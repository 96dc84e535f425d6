"""What the headings of rosters are called: simplified, traditional, Hong Kong and English, as fields of a roster.

A heading is compared folded (one script, no blanks, units in brackets dropped); the words lie in ``headings.tsv``.
"""

import re
from functools import lru_cache

from portal.domain.roster.folding import squeeze, table

IGNORED = "ignored"
"""A column that is understood and on purpose not imported: running number, sex, identity card, e-mail, vehicle."""

SINGLE_FIELDS = (
    "address",
    "phase",
    "building",
    "stair",
    "floor",
    "room",
    "area",
    "moved_in",
    "status",
    "tenure",
    "key",
    "permanent",
    "language",
    "kind",
    "relation",
)
"""Fields that one column gives; a second column of the same field is left out."""

MANY_FIELDS = ("name", "owner", "tenant", "family", "phone", "owner_phone", "tenant_phone", "remark")
"""Fields that several columns may give together (telephone 1, telephone 2)."""

FIELDS = (*SINGLE_FIELDS, *MANY_FIELDS, IGNORED)
"""All that a user may say of a column."""

PLAIN_HEADINGS = {
    "address": "地址",
    "phase": "期",
    "building": "楼栋",
    "stair": "单元",
    "floor": "楼层",
    "room": "房号",
    "area": "面积",
    "moved_in": "入伙日期",
    "status": "状态",
    "tenure": "自住/出租",
    "key": "重要客户",
    "permanent": "常住户",
    "language": "语言",
    "kind": "类型",
    "relation": "关系",
    "name": "姓名",
    "owner": "业主",
    "tenant": "租户",
    "family": "家庭成员",
    "phone": "电话",
    "owner_phone": "业主电话",
    "tenant_phone": "租户电话",
    "remark": "备注",
    "ignored": "编号",
}
"""By field, a heading that is understood as that field, for rows that are handed back to be corrected."""

ADDRESS_FIELDS = frozenset({"address", "phase", "building", "stair", "floor", "room"})
MAX_HEADING_CHARACTERS = 24

_UNIT_IN_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = table("headings.tsv")
    shared = {field: pattern for field, pattern in lines if field.startswith("{")}
    rules = []
    for field, pattern in lines:
        if field not in shared:
            for name, words in shared.items():
                pattern = pattern.replace(name, words)
            rules.append((field, re.compile(pattern)))
    return tuple(rules)


@lru_cache(maxsize=1)
def _sides() -> tuple[tuple[str, re.Pattern[str]], ...]:
    shared = {
        field.strip("{}"): re.compile(pattern) for field, pattern in table("headings.tsv") if field.startswith("{")
    }
    return ("tenant", shared["tenant"]), ("owner", shared["owner"])


@lru_cache(maxsize=4096)
def field_of(heading: str) -> str | None:
    """The field that a heading names, or None; ``建築面積(㎡)`` → ``area``."""
    text = squeeze(heading)
    if not text or len(text) > MAX_HEADING_CHARACTERS:
        return None
    text = _UNIT_IN_BRACKETS.sub("", text).strip(":*") or text
    return next((field for field, pattern in _rules() if pattern.fullmatch(text)), None)


def field_under(group: str, heading: str) -> str | None:
    """The field of a heading that stands under a wider one: ``姓名`` under ``租户`` is a tenant's name."""
    if not squeeze(heading):
        return field_of(group)
    own = field_of(heading)
    if not squeeze(group) or squeeze(group) == squeeze(heading):
        return own
    if own in ("name", "phone"):
        whose = next((side for side, pattern in _sides() if pattern.search(squeeze(group))), "")
        if whose:
            return whose if own == "name" else f"{whose}_phone"
    return own or field_of(group + heading)


def side_of(text: str) -> str:
    """``owner`` or ``tenant`` where a title or heading speaks of one of them only, else ''."""
    sides = [side for side, pattern in _sides() if pattern.search(squeeze(text))]
    return sides[0] if len(sides) == 1 else ""
