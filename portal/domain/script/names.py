"""Surnames before a title, given names between the two: the characters that stay as they are in a person's name.

A converter that writes 範先生 or 於女士 has insulted somebody. Where the reading is not certain (於 and 于 look the same in
simplified script: 请于经理到场后签字) the place is left to the ordinary conversion and marked.
"""

import re
from collections.abc import Sequence
from typing import Final

from portal.domain.script.phrases import to_traditional
from portal.domain.script.records import Lock, free_of

# Titles that address a person; hardly anything else can stand before them than a name.
_ADDRESS: Final = (
    r"老?先生|女士|小姐|老?太太|夫人|阿姨|大?叔叔?|伯伯|大伯|大爷|大妈|大娘|大姐|大哥|奶奶|爷爷|婆婆|公公|姑娘|同学|"
    r"小朋友|老人家|伯母|阿婆|阿公|姨|婶"
)
# Offices and trades: 请于经理到场后签字 is no name.
_OFFICE: Final = (
    r"(?:总|副|项目)?经理|(?:副)?主任|主管|师傅|老师|队长|班长|站长|处长|科长|局长|所长|店长|院长|校长|馆长|部长|组长|"
    r"社长|区长|镇长|厂长|书记|委员|秘书|助理|顾问|律师|医生|大夫|护士|教授|博士|会计|出纳|工程师|管家|警官|教练|警长|"
    r"代表|董事长?|总监|总|工(?=[，。、；：:（(\s]|$)|律师|技师|店员|楼长|里长|村长|生(?=[，。、；：:（(\s]|$)"
)
_TITLE: Final = re.compile(rf"(?P<address>{_ADDRESS})|(?P<office>{_OFFICE})")
_ADDRESSED: Final = re.compile(_ADDRESS)

# Surnames whose simplified form is also something else, with their traditional form.
_SURNAMES: Final = {
    "范": "范", "余": "余", "郁": "郁", "岳": "岳", "游": "游", "涂": "涂", "朴": "朴", "钟": "鍾", "谷": "谷", "曲": "曲",
    "姜": "姜", "沈": "沈", "松": "松", "周": "周", "胡": "胡", "丁": "丁", "卜": "卜", "冼": "冼", "蒙": "蒙", "佘": "佘",
    "秋": "秋", "朱": "朱", "凌": "凌", "苏": "蘇", "叶": "葉", "万": "萬",
}  # fmt: skip
# Surnames that are ordinary words far more often: a name only before a form of address, where a clause or name begins.
_RARE: Final = {"占": "占", "种": "种", "干": "干", "党": "党", "折": "折", "表": "表", "舍": "舍", "征": "征", "台": "台"}
# Never decided, only marked: both readings are common before a title.
_MARKED: Final = {"于": ("於", "于"), "云": ("雲", "云"), "后": ("後", "后"), "种": ("種", "种"), "干": ("幹", "干")}
# In a date, a count or a journey these are not surnames.
_NOT_AFTER: Final = {"余": "0123456789百千万十数两", "钟": "点分秒刻时口座半", "游": "日夜周天导旅郊"}

_COMMON: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范石廖贾韦"
    "付傅邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤岳游郁涂朴葛俞施牛樊殷章颜倪鲁伍柯翁蓝裴简骆欧伊"
)
# Ambiguous characters that given names use in the form that simplified script shares.
_GIVEN: Final = frozenset("松岳范余游涂朴郁谷里台后升卷克准布志曲冬周向咸幸御征念才采秋芸蒙表凌千于丑")

_BEGINS: Final = re.compile(
    r"(?:^|[，。；：、！？（(“”「」『《》〈\s\ufffc:,;/|-]|\d"
    r"|业主|住户|租户|租客|房东|户主|家长|客户|访客|居民|邻居|老人|乘客|车主|员工|保安|保洁|管家|物业|维修工|师傅|经理|主任|同志"
    r"|志愿者|当事人|投诉人|联系人|负责人|经办人|报修人|申请人|代表|队员|同事|室|号|栋|楼|单元|座|户|房|和|与|及|跟|给|找|被|让|叫"
    r"|致|感谢|谢谢|表扬|尊敬的|亲爱的|联系|致电|询问|通知|告知|转告|陪同|委托|邀请|听取|配合|协助|服务中心|前台|项目|工程部|客服部?|向)$"
)
# After these words 于 is the preposition, whatever follows.
_PREPOSITION_AFTER: Final = frozenset("将已拟定现须应可能均都曾仅只即自在故并也会要再正刚才就先未早常多亦必务关由对属位处至等基鉴限终善便利")
_PLACE_OR_TIME: Final = re.compile(r"办|处|室|到|来|签|同意|审|批|所|之|前|后|在场|离|值班|上班|下班|休息")
_SPEAKS: Final = re.compile(
    r"表示|说|反映|介绍|回复|答复|负责|带|联系|确认|认为|要求|告知|称|向|和|与|已|将|会|，|。|、|：|（|电话|来电|致电|上门|正在|提醒|的"
)

_LABELLED: Final = re.compile(
    r"(?:业主|住户|联系人|负责人|经办人|姓名|户主|租户|申请人|报修人|签收人|投诉人|收件人|管家|保安员?|保洁员|师傅|会计|出纳|主任|经理|队长|班长|组长)"
    r"(?P<gap>[：:\s]?)(?P<name>[\u4e00-\u9fff]{2,3})(?=[，。、；（(\s)）：:]|$|电话|手机|反映|来电|于|已|将)"
)
_SURNAME_SAID: Final = re.compile(
    r"(?:(?<=姓)(?P<after>[范余郁岳游涂朴钟于])(?=[，。、；的\s业住租老男女]|$))"
    r"|(?P<before>[范余郁岳游涂朴钟于])(?=姓(?:[业住租老男女先员居]|[，。、；的\s]|$))"
    r"|(?P<some>[范余郁岳游涂朴钟])(?=某)|(?P<yu>于)(?=某(?:某|[，。、：（]|$|因|先|女|称|说))"
    r"|(?<=[老小])(?P<familiar>[范余郁岳游涂钟])(?=[和与及、，。说在负已师等来去的到将向]|$)"
)


def name_locks(text: str, taken: Sequence[Lock], edges: frozenset[int]) -> list[Lock]:
    """The characters of names, and the marks where a name is only possible.

    A surname that belongs to a longer word (关于女士, 其余女士) is none.
    """
    locks: list[Lock] = []

    def add(place: int, out: str, candidates: tuple[str, ...] = ()) -> None:
        if free_of(taken, place, place + 1) and free_of(locks, place, place + 1):
            locks.append(Lock(place, place + 1, out, "name", candidates or _candidates(text[place], out), 1))

    for match in _SURNAME_SAID.finditer(text):
        place = match.start(str(match.lastgroup))
        if place in edges or match.lastgroup in ("after", "familiar"):
            add(place, _SURNAMES.get(text[place], text[place]))
    for match in _TITLE.finditer(text):
        if match.end() not in edges and match["office"] != "工":
            continue
        for place, out in _before_title(text, match, edges):
            add(place, out)
    for match in _LABELLED.finditer(text):
        if match["gap"] or match.start("name") in edges:
            for place, out in _whole_name(text, match.start("name"), match.end("name")):
                add(place, out)
    return locks


def marked_names(text: str, edges: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """Places where a surname is possible but was not assumed, with both readings."""
    found: dict[int, tuple[str, ...]] = {}
    for match in _TITLE.finditer(text):
        place = match.start() - 1
        if place >= 0 and text[place] in _MARKED and place in edges and match.end() in edges:
            found[place] = _MARKED[text[place]]
    return found


def _before_title(text: str, title: re.Match[str], edges: frozenset[int]) -> list[tuple[int, str]]:
    place = title.start() - 1
    if place < 0:
        return []
    char, before = text[place], text[:place]
    address = title["address"] is not None
    if place in edges:
        if char in _SURNAMES and before[-1:] not in tuple(_NOT_AFTER.get(char, "")):
            return [(place, _SURNAMES[char])]
        if char in _RARE and address and _BEGINS.search(before):
            return [(place, _RARE[char])]
        if char == "于" and _is_surname_yu(before, title, text[title.end() :], address):
            return [(place, char)]
    return _given_before(text, title.start(), edges) if address else []


def _is_surname_yu(before: str, title: re.Match[str], after: str, address: bool) -> bool:
    if before[-1:] in _PREPOSITION_AFTER and before:
        return False
    if address:
        return not re.match(r"节|专场|优先|们|专用|专属", after)
    if before.endswith("请"):
        return False
    if not before or before[-1] in "，。；：！？ \ufffc（(":
        return bool(_SPEAKS.match(after)) and not _PLACE_OR_TIME.match(after)
    return bool(_BEGINS.search(before)) and not re.match(r"办公|处|室", after)


def _given_before(text: str, end: int, edges: frozenset[int]) -> list[tuple[int, str]]:
    """A full name that ends where the title begins: 李松仁先生."""
    for length in (3, 2):
        start = end - length
        if start >= 0 and text[start] in _COMMON and start in edges:
            found = _whole_name(text, start, end)
            table = to_traditional()
            if any(text[start : start + n] in table.phrases for n in (2, 3)) and text[start] in _SURNAMES:
                return []
            return found
    return []


def _whole_name(text: str, start: int, end: int) -> list[tuple[int, str]]:
    if text[start] not in _COMMON or not all("\u4e00" <= c <= "\u9fff" for c in text[start:end]):
        return []
    chars = to_traditional().chars
    found: list[tuple[int, str]] = []
    for place in range(start, end):
        char = text[place]
        if place == start and char in _SURNAMES:
            found.append((place, _SURNAMES[char]))
        elif place > start and len(chars.get(char, ())) > 1:
            found.append((place, char if char in _GIVEN else chars[char][0]))
    return found


def _candidates(char: str, out: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((out, *to_traditional().chars.get(char, ()))))
