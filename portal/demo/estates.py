"""The demo's estates: three communities with about 3,000 households, drawn from a seed; nobody in them is a real person."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.core.ids import new_id
from portal.domain.roster.address import Address
from portal.domain.roster.people import name_key

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史黎贺顾毛郝龚邵万覃武戴孔向汤"
)
GIVEN = (
    "文英敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂芳玲辉丹萍鹏华红玉兰飞斌宇浩凯欣雨晨佳思怡子轩梓涵嘉诺一帆"
    "若溪建国志远海燕晓东春梅立新德胜淑珍秋月冬雪云舒景行知远"
)
SURNAMES_HANT = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴"
    "范方宋鄧杜侯曹薛丁馬"
)
GIVEN_HANT = "志明淑芬俊傑美玲家豪雅婷建宏怡君詠兒慧珊國強佩珊子軒文浩嘉欣偉業秀英麗華潔瑩浩然靜儀穎琳耀輝鳳儀"


@dataclass(frozen=True)
class CommunityPlan:
    key: str
    office: str
    slug: str
    name_hans: str
    name_hant: str
    script: str
    age_years: int  # since the first handover, on the as-of day
    buildings: int
    stairs: int
    floors: int
    doors: int  # on each floor of a stair
    share: float  # of all households of the demo


COMMUNITIES = (
    CommunityPlan("qinghe", "qinghe", "qinghe", "青禾花园", "青禾花園", "zh-Hans", 11, 9, 2, 18, 4, 0.48),
    CommunityPlan("yunxi", "qinghe", "yunxi", "云栖家园", "雲棲家園", "zh-Hans", 3, 6, 2, 16, 4, 0.29),
    CommunityPlan("wanghai", "wanghai", "wanghai", "望海苑", "望海苑", "zh-Hant", 17, 4, 1, 30, 6, 0.23),
)


@dataclass
class Rows:
    """Finished rows of one community, ready to be inserted."""

    community: dict[str, Any]
    buildings: list[dict[str, Any]] = field(default_factory=list)
    households: list[dict[str, Any]] = field(default_factory=list)
    residents: list[dict[str, Any]] = field(default_factory=list)


def name(rng: random.Random, script: str) -> str:
    """A made-up name in the script of the estate."""
    surnames, given = (SURNAMES_HANT, GIVEN_HANT) if script == "zh-Hant" else (SURNAMES, GIVEN)
    return rng.choice(surnames) + "".join(rng.choice(given) for _ in range(rng.choice((1, 2, 2))))


def phone(rng: random.Random, script: str) -> str:
    """A number from ranges that nobody has."""
    return f"5100{rng.randrange(10_000):04d}" if script == "zh-Hant" else f"1390000{rng.randrange(10_000):04d}"


def doors(plan: CommunityPlan, wanted: int) -> Iterator[tuple[int, str, int, str]]:
    """(building, stair, floor, room) from the first door on, at most ``wanted``."""
    left = wanted
    for building in range(1, plan.buildings + 1):
        for stair in range(1, plan.stairs + 1):
            for floor in range(1, plan.floors + 1):
                for door in range(1, plan.doors + 1):
                    if not left:
                        return
                    left -= 1
                    room = f"{'ABCDEFGH'[door - 1]}" if plan.script == "zh-Hant" else f"{floor}{door:02d}"
                    yield building, str(stair) if plan.stairs > 1 else "", floor, room


def community_rows(plan: CommunityPlan, office_id: UUID, wanted: int, *, seed: int, as_of: date) -> Rows:
    """All rows of a community: the same for the same seed and day, ids aside."""
    rng = random.Random(f"{seed}|{plan.key}")  # noqa: S311  a demo, not a secret
    handover = as_of.replace(year=as_of.year - plan.age_years, month=4, day=18)
    community_id = new_id()
    rows = Rows(
        {
            "id": community_id, "office_id": office_id, "slug": plan.slug, "name_hans": plan.name_hans,
            "name_hant": plan.name_hant, "script": plan.script, "first_handover_on": handover,
            "name_checked": True, "handover_proposed": False,
        }
    )  # fmt: skip
    buildings: dict[int, UUID] = {}
    for building, stair, floor, room in doors(plan, wanted):
        if building not in buildings:
            buildings[building] = new_id()
            rows.buildings.append(_building(plan, building, buildings[building], community_id, office_id))
        household = _household(rng, plan, as_of, handover, stair=stair, floor=floor, room=room)
        household |= {"office_id": office_id, "community_id": community_id, "building_id": buildings[building]}
        if plan.script == "zh-Hant":
            household["room"] = f"{floor}{room}"
        where = Address(building_code=_code(plan, building), stair=stair, floor=floor, room=household["room"])
        household["address_key"] = where.key  # as a roster has it, so that one imported here finds its households
        household["unit_code"] = f"{plan.slug}-{rng.getrandbits(48):012x}"
        rows.households.append(household)
        if household["occupancy"] != "vacant" or rng.random() < 0.8:
            rows.residents += _residents(rng, plan, household)
    return rows


def _code(plan: CommunityPlan, building: int) -> str:
    return "ABCDEFGH"[building - 1] if plan.script == "zh-Hant" else str(building)


def _building(plan: CommunityPlan, n: int, building_id: UUID, community_id: UUID, office_id: UUID) -> dict[str, Any]:
    code = _code(plan, n)
    hans, hant = (f"{code}座", f"{code}座") if plan.script == "zh-Hant" else (f"{code}栋", f"{code}棟")
    return {
        "id": building_id, "office_id": office_id, "community_id": community_id, "code": code,
        "name_hans": hans, "name_hant": hant, "position": n,
    }  # fmt: skip


def _household(
    rng: random.Random, plan: CommunityPlan, as_of: date, handover: date, *, stair: str, floor: int, room: str
) -> dict[str, Any]:
    occupancy = rng.choices(("occupied", "renovating", "vacant"), (86, 5, 9) if plan.age_years > 5 else (70, 12, 18))[0]
    moved = handover + timedelta(days=rng.randrange(30, max(60, (as_of - handover).days)))
    quiet = rng.choices(("", "12:30-14:30", "21:00-8:00", "12:30-14:30,21:00-8:00"), (70, 14, 9, 7))[0]
    return {
        "id": new_id(), "stair": stair, "floor": floor, "floor_guessed": False, "room": room, "kind": "dwelling",
        "occupancy": occupancy, "tenure": None if occupancy == "vacant" else rng.choices(("own", "let"), (78, 22))[0],
        "permanent": rng.random() < 0.85, "key": rng.random() < 0.02, "area_hundredths": rng.choice((7850, 8920, 10266, 11830, 13640)),
        "moved_in": None if occupancy == "vacant" else moved, "moved_in_precision": None if occupancy == "vacant" else "day",
        "preference": rng.choices(PREFERENCES[plan.script], (62, 14, 12, 12))[0], "quiet_hours": quiet, "remark": "",
        "revision": 1, "last_visit_on": None, "open_opinions": 0,
    }  # fmt: skip


PREFERENCES = {
    "zh-Hans": ("", "上门前先发短信", "请打电话，白天家里没人", "老人听力不好，敲门后请多等一会儿"),
    "zh-Hant": ("", "上門前先傳短訊", "請致電，日間家中無人", "長者聽力欠佳，敲門後請稍候"),
}


def _residents(rng: random.Random, plan: CommunityPlan, household: dict[str, Any]) -> list[dict[str, Any]]:
    let = household["tenure"] == "let"
    relations = ["tenant" if let else "owner"] + ["family"] * rng.choices((0, 1, 2), (45, 35, 20))[0]
    rows = []
    for position, relation in enumerate(relations):
        number = phone(rng, plan.script) if position == 0 or rng.random() < 0.3 else ""
        person = name(rng, plan.script)
        rows.append(
            {
                "id": new_id(), "office_id": household.get("office_id"), "household_id": household["id"], "name": person,
                "name_key": name_key(person), "relation": relation, "phone": number, "phone_tail": number[-4:], "language": "",
                "since": household["moved_in"], "until": None, "position": position,
            }
        )  # fmt: skip
    return rows
