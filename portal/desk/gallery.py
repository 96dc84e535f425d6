"""What the gallery shows: each part of the design system with made-up content, in every state it can have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, true
from wtforms import (
    DateField,
    DateTimeLocalField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import lists
from portal.core.forms import PortalForm
from portal.core.i18n import current_language
from portal.core.labels import LABELS, label
from portal.core.lists import Column, Filter, Listing, Reader, Sort
from portal.domain import charts
from portal.domain.satisfaction import Rate

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
NOBODY = UUID(int=0)


def told(hans: str, hant: str) -> str:
    """Made-up content in the reader's script; like what an office has entered, it is not translated further."""
    return hant if current_language().catalogue == "zh_Hant" else hans


@dataclass(frozen=True)
class Row:
    """One line of the list of specimens."""

    place: str
    kind: str
    status: str
    on: date
    count: int


def rows() -> list[Row]:
    return [
        Row(told("1栋1单元 1203", "1棟1單元 1203"), "repair", "assigned", date(2026, 3, 4), 2),
        Row(told("1栋2单元 305", "1棟2單元 305"), "complaint", "judged", date(2026, 3, 1), 1),
        Row(told("3栋 2801", "3棟 2801"), "suggestion", "satisfied", date(2026, 2, 17), 4),
        Row(told("5栋1单元 101", "5棟1單元 101"), "praise", "received", date(2026, 2, 9), 1),
    ]


def known(_: object) -> ColumnElement[bool]:
    """A filter whose value was understood; no database stands behind it."""
    return true()


LISTING: Listing[Row] = Listing(
    name="gallery",
    model=Row,
    scope=lambda reader: true(),
    sorts=(Sort("on", _l("Raised"), ("on",), descending=True), Sort("place", _l("Room"), ("place",)), Sort("count", _l("Households"), ("count",))),
    filters=(
        Filter("kind", _l("Kind"), lambda value, _: known(LABELS["opinion_kind"][value]), lambda _: list(LABELS["opinion_kind"].items())),
        Filter("from", _l("From"), lambda value, _: known(date.fromisoformat(value))),
    ),
    columns=(
        Column("place", _l("Room"), lambda row: row.place, sort="place"),
        Column("kind", _l("Kind"), lambda row: row.kind, narrow=False),
        Column("count", _l("Households"), lambda row: row.count, sort="count", number=True),
        Column("on", _l("Raised"), lambda row: row.on, sort="on", narrow=False),
        Column("status", _l("State"), lambda row: row.status),
    ),
    few=True,
)  # fmt: skip


def listed(given: Mapping[str, str]) -> lists.Page[Row]:
    """The specimens as a list that can really be searched, filtered, sorted and turned over."""
    reader = Reader(NOBODY, "Asia/Shanghai", DAY)
    asked = lists.read_address(LISTING, reader, given)
    chosen = dict(asked.chosen)
    found = [
        row for row in rows()
        if asked.words in row.place
        and chosen.get("kind", row.kind) == row.kind
        and date.fromisoformat(chosen.get("from", "1970-01-01")) <= row.on
    ]  # fmt: skip
    found.sort(key=lambda row: getattr(row, asked.sort.key), reverse=asked.descending)
    return lists.Page(LISTING, asked, reader, found, len(found), next="e30", previous="e30")


class GalleryForm(PortalForm):
    """One field of each type that the desk's forms have."""

    name = StringField(_l("Resident"), [InputRequired()])
    content = TextAreaField(_l("What was said"), [InputRequired()])
    kind = SelectField(_l("Kind"), [InputRequired()])
    on = DateField(_l("By when"), [Optional()])
    at = DateTimeLocalField(_l("Date and time"), [InputRequired()])
    secret = PasswordField(_l("Password"), [InputRequired()])
    file = FileField(_l("File of the roster"), [InputRequired()])
    satisfied = RadioField(_l("What the resident says"), [InputRequired()])
    buildings = SelectMultipleField(_l("Buildings"), [Optional()], widget=ListWidget(), option_widget=CheckboxInput())


def form(state: str) -> GalleryForm:
    """The form empty, filled, or refused in every field; ids begin with the state's name."""
    given = {} if state == "empty" else {
        "name": told("陈文", "陳文"), "content": told("电梯有异响，上下班高峰要等 8 分钟。", "電梯有異響，上下班尖峰要等 8 分鐘。"),
        "kind": "repair", "on": DAY, "at": AT, "satisfied": "yes", "buildings": ["1"],
    }  # fmt: skip
    made = GalleryForm(formdata=None, prefix=state, data=given)
    made.kind.choices = [("", "—"), *LABELS["opinion_kind"].items()]
    made.satisfied.choices = [
        ("yes", label("satisfaction", "satisfied")),
        ("no", label("satisfaction", "dissatisfied")),
    ]
    made.buildings.choices = [("1", told("1栋", "1棟")), ("3", told("3栋", "3棟"))]
    if state == "wrong":
        for each in made:
            if each.short_name not in ("csrf_token", "buildings"):
                each.errors = [gettext("This field is required.")]
    return made


def picks() -> list[dict[str, Any]]:
    """Lines as the inbox has them: here, ticked and late, returned, one that cannot be ticked."""
    same = {"url": "#picking", "pane": "", "counts": {}, "end_note": told("许闻", "許聞"), "box": "record", "tag": ""}
    return [
        same | {
            "title": told("1栋1单元 1203", "1棟1單元 1203"), "note": told("例行走访 · 意见 2 条", "例行走訪 · 意見 2 條"),
            "end": gettext("today"), "pick": "1", "here": True,
        },
        same | {
            "title": told("1栋2单元 305", "1棟2單元 305"), "note": told("投诉回访 · 不满意", "投訴回訪 · 不滿意"),
            "end": gettext("%(count)s days late", count=3), "late": True, "pick": "2", "picked": True,
        },
        same | {
            "title": told("3栋 2801", "3棟 2801"), "note": told("请补上楼层", "請補上樓層"), "end": "3/4",
            "tag": label("chain_link", "back"), "pick": "3",
        },
        same | {
            "title": told("致全体业主的一封信", "致全體業主的一封信"), "note": told("公开信 · 待批准", "公開信 · 待核准"),
            "end": "3/6", "pick": "",
        },
    ]  # fmt: skip


def links() -> list[dict[str, Any]]:
    """A chain of signatures with a link of each state."""
    return [
        {
            "name": told("沈知夏", "沈知夏"),
            "note": label("role", "field_staff"),
            "at": date(2026, 3, 1),
            "state": "done",
        },
        {"name": told("许闻", "許聞"), "note": label("role", "supervisor"), "at": date(2026, 3, 2), "state": "back"},
        {"name": told("何敏", "何敏"), "note": label("role", "manager"), "at": date(2026, 3, 6), "state": "now"},
        {"name": told("严正川", "嚴正川"), "note": label("role", "director"), "at": None, "state": "next"},
    ]


def building() -> dict[str, Any]:
    """Two stairs with a door of each state."""
    states = iter(("overdue", "due", "done", "nobody", "refused", "vacant", "later", "draft"))

    def door(room: str) -> dict[str, Any]:
        state = next(states)
        return {
            "room": room,
            "state": state,
            "note": "3/5",
            "href": "#elevation",
            "promise": state == "due",
            "here": state == "done",
        }

    floors = [
        {
            "name": gettext("Floor %(number)s", number=n),
            "stairs": [[door(f"{n}01"), door(f"{n}02")], [door(f"{n}03"), door(f"{n}04")]],
        }
        for n in (2, 1)
    ]
    stairs = [{"name": gettext("Stair %(number)s", number=n), "doors": 2} for n in (1, 2)]
    return {
        "stairs": stairs,
        "floors": floors,
        "counts": dict.fromkeys(("overdue", "due", "done", "nobody", "refused", "vacant"), 1),
    }


def halves() -> dict[str, list[dict[str, str]]]:
    """One sentence in both scripts with each mark that the editor makes."""

    def part(text: str, kind: str = "") -> dict[str, str]:
        return {"text": text, "kind": kind}

    return {
        "zh-Hans": [part("3月底前更换"), part("里", "source"), part("程表与"), part("陈女士", "leak"), part("家门前的照明灯，共 12 盏。")],
        "zh-Hant": [
            part("3月底前更換"), part("里", "doubt"), part("程表與"), part("陳女士", "leak"), part("家門前的照明燈，共 12 "),
            part("盞", "settled"), part("。"),
        ],
    }  # fmt: skip


SHARES: Sequence[Rate] = (Rate(173, 198, 0.824, 0.911), Rate(1654, 1825), Rate(0, 0))
COUNTS = ((2, 6, 3, 5), (1, 9, 4, 2), (4, 7, 2, 6), (0, 5, 6, 1), (3, 8, 1, 4), (2, 4, 5, 3))


def drawn() -> charts.Columns:
    return charts.columns(COUNTS, 640.0, 190.0)
