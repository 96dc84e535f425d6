"""Contexts of the printed templates, and how tests fill and read them. The words are made up; nobody lives there."""

import base64
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from PIL import Image
from pypdf import PdfReader

from portal.core.documents.pdf import render
from portal.core.documents.qr import qr_data_uri
from tests.core.print_words import WORDS

ROOT = Path(__file__).resolve().parents[2]
HASH = "609287aaa532efe1dfc7de270472aae2" * 2
ADDRESS = "linli.example/p/7k3m9q"


def templates(lang: str) -> Environment:
    """The templates with their words in a language: in Chinese a word without translation is an error."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
    )
    if lang.startswith("zh"):
        script = int(lang == "zh-Hant")
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            lambda word: WORDS[word][script], lambda one, _many, _count: WORDS[one][script], newstyle=True
        )
    else:
        environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment


def fill(template: str, context: dict[str, Any]) -> str:
    return templates(context["lang"]).get_template(template).render(context)


def printed(template: str, context: dict[str, Any]) -> bytes:
    return render(fill(template, context), title=context["title"], lang=context["lang"]).content


def page(body: str, style: str = "", lang: str = "zh-Hans") -> str:
    """The bare layout around a body, for what needs no template of its own."""
    source = '{% extends "layout/print.html" %}{% block head %}{% endblock %}{% block foot %}{% endblock %}'
    source += "{% block style %}" + style + "{% endblock %}{% block body %}{{ body|safe }}{% endblock %}"
    return templates(lang).from_string(source).render(lang=lang, office="", title="", content_hash="", body=body)


def text_of(pdf: bytes, *options: str) -> str:
    """What pdftotext reads: the second opinion beside pypdf, from another hand than the writer's."""
    reader = shutil.which("pdftotext")
    assert reader, "pdftotext is missing: install poppler-utils"
    done = subprocess.run([reader, *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def squeezed(text: str) -> str:
    return "".join(text.split())


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def fonts_in(pdf: bytes) -> dict[str, bool]:
    """Names of the fonts a PDF uses, without the subset's mark, and whether their outlines are in the file."""
    found = {}
    for sheet in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = sheet["/Resources"].get_object()
        for reference in resources.get("/Font", {}).values():
            font = reference.get_object()
            descriptor = font.get("/FontDescriptor", {})
            found[font["/BaseFont"].lstrip("/").rpartition("+")[2]] = "/FontFile2" in descriptor
    return found


def picture(width: int = 60, height: int = 40, colour: str = "#4c6a60") -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def letter(lang: str = "zh-Hans") -> dict[str, Any]:
    return (_letter_hant if lang == "zh-Hant" else _letter_hans)() | {
        "lang": lang,
        "version": 2,
        "content_hash": HASH,
        "qr_data_uri": qr_data_uri(f"https://{ADDRESS}"),
        "address": ADDRESS,
    }


def _measure(text: str, actor: str, completion: str, state: str, was: str = "") -> dict[str, str]:
    return {"text": text, "actor": actor, "completion": completion, "state": state, "was": was}


def _letter_hans() -> dict[str, Any]:
    return {
        "title": "关于电梯、外墙渗水与文明养犬的公开信",
        "number": "锦物公〔2026〕12号",
        "salutation": "尊敬的各位业主、住户：",
        "opening": "十月的征询中，我们发出意见表 248 份，收回 188 份。您反映最多的是以下三件事，现逐项答复，请您监督。",
        "rows": [
            {
                "no": 1,
                "brief": "电梯夜间异响",
                "households": "28 户",
                "measures": [
                    _measure("3 栋 2 单元已换滑块，6 户回访确认", "工程部", "11月8日", "done"),
                    _measure("7 栋两部电梯全面检修", "工程部", "11月27日前", "changed", "11月18日"),
                ],
            },
            {
                "no": 2,
                "brief": "外墙渗水",
                "households": "17 户",
                "measures": [
                    _measure("专项维修资金申请中，63% 业主已签名", "管理处", "2027年3月底前", "open"),
                    _measure("请街道办协调施工方", "街道办", "11月30日前", "promised"),
                ],
            },
            {
                "no": 3,
                "brief": "犬只扰民",
                "households": "12 户",
                "measures": [_measure("每晚巡视，上门劝导（21:00—23:00）", "保卫部", "11月1日起", "ongoing")],
            },
        ],
        "closing": "没按时做到的，请打下面的电话。谢谢您帮我们改进。",
        "lines": [
            {"name": "24 小时值班", "number": "0000-0001"},
            {"name": "报修", "hours": "8:00—20:00", "number": "0000-0002"},
            {"name": "投诉", "hours": "9:00—18:00", "number": "0000-0003"},
        ],
        "company": "锦绣物业服务有限公司",
        "office": "锦绣花园管理处",
        "date": "2026年11月21日",
        "replaces": {"version": 1, "date": "11月14日"},
        "posted_until": "12月21日",
    }


def _letter_hant() -> dict[str, Any]:
    return {
        "title": "關於電梯、外牆滲水與文明養犬的公開信",
        "number": "錦物公〔2026〕12號",
        "salutation": "尊敬的各位業主、住戶：",
        "opening": "十月的徵詢中，我們發出意見表 248 份，收回 188 份。您反映最多的是以下三件事，現逐項答覆，請您監督。",
        "rows": [
            {
                "no": 1,
                "brief": "電梯夜間異響",
                "households": "28 戶",
                "measures": [
                    _measure("3 棟 2 單元已換滑塊，6 戶回訪確認", "工程部", "11月8日", "done"),
                    _measure("7 棟兩部電梯全面檢修", "工程部", "11月27日前", "changed", "11月18日"),
                ],
            },
            {
                "no": 2,
                "brief": "外牆滲水",
                "households": "17 戶",
                "measures": [
                    _measure("專項維修資金申請中，63% 業主已簽名", "管理處", "2027年3月底前", "open"),
                    _measure("請街道辦協調施工方", "街道辦", "11月30日前", "promised"),
                ],
            },
            {
                "no": 3,
                "brief": "犬隻擾民",
                "households": "12 戶",
                "measures": [_measure("每晚巡視，上門勸導（21:00—23:00）", "保衛部", "11月1日起", "ongoing")],
            },
        ],
        "closing": "沒按時做到的，請打下面的電話。謝謝您幫我們改進。",
        "lines": [
            {"name": "24 小時值班", "number": "0000-0001"},
            {"name": "報修", "hours": "8:00—20:00", "number": "0000-0002"},
            {"name": "投訴", "hours": "9:00—18:00", "number": "0000-0003"},
        ],
        "company": "錦繡物業服務有限公司",
        "office": "錦繡花園管理處",
        "date": "2026年11月21日",
        "replaces": {"version": 1, "date": "11月14日"},
        "posted_until": "12月21日",
    }


def report() -> dict[str, Any]:
    names = [
        "服务态度",
        "保安服务",
        "清洁服务",
        "绿化养护",
        "公共设施维修",
        "维修及时率",
        "车场管理",
        "施工现场监管",
        "接管验收",
    ]
    items = [
        {
            "name": name,
            "counts": [60 + at, 90 - 2 * at, 20 + at, 8, 6],
            "rate": f"{(150 - at) / 178:.1%}",
            "numerator": 150 - at,
            "denominator": 178,
            "interval": "76.4%—87.9%",
        }
        for at, name in enumerate(names)
    ]
    items[5]["note"] = "较上期下降 6.2 个百分点，变化显著"
    return {
        "lang": "zh-Hans",
        "title": "2026年上半年顾客满意率统计表",
        "office": "锦绣花园管理处",
        "company": "锦绣物业服务有限公司",
        "period": "2026年1月1日—6月30日",
        "compiled_by": "欧阳𬱖",
        "reviewed_by": "陈淑仪",
        "date": "2026年7月8日",
        "content_hash": HASH,
        "method": [
            ("发放与回收", "发出 248 份，收回 203 份，有效 198 份"),
            ("计为满意的等级", "很满意、满意"),
            ("基数", "该项有效答案，不含“不了解”"),
            ("区间", "Wilson 95%，按有限总体修正"),
        ],
        "summary": "本期总体满意率为 84.3%（150／178）。",
        "grades": ["很满意", "满意", "一般", "不满意", "不了解"],
        "items": items,
        "total": items[0] | {"name": "总体评价", "rate": "84.3%"},
        "notes": "满意率＝满意数÷基数。",
    }


def visit() -> dict[str, Any]:
    signed = {"picture": picture(120, 40), "date": "2026年11月18日"}
    return {
        "lang": "zh-Hans",
        "title": "业主走访记录表",
        "office": "锦绣花园管理处",
        "community": "锦绣花园",
        "number": "ZF-2026-11-0387",
        "form_code": "KF-07",
        "revision": "A/1",
        "content_hash": HASH,
        "household": "3栋2单元1502室",
        "resident": "欧阳𬱖",
        "relation": "业主",
        "phone": "138****5566",
        "when": "2026年11月18日 19:30",
        "visitors": ["王磊", "陈淑仪"],
        "related": "WX-2026-1108",
        "outcome": "完成（第2次）",
        "types": [("regular", "定期走访"), ("special", "专项走访"), ("complaint", "投诉回访")],
        "type": "regular",
        "methods": [("door", "上门面谈"), ("phone", "电话回访"), ("patrol", "日常巡视")],
        "method": "door",
        "grades": [(5, "很满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意")],
        "satisfaction": 4,
        "briefing": "通报了电梯维保与外墙渗水的进展。",
        "next_contact": "11月25日晚，电话",
        "opinions": [
            {
                "number": "YJ-0387-1",
                "kind": "报修",
                "category": "房屋渗漏",
                "department": "工程部",
                "place": "卫生间",
                "content": "卫生间吊顶渗水，疑似楼上防水层破损，已持续两周；希望尽快查明原因并修复。",
                "answer": "",
            },
            {
                "number": "YJ-0387-2",
                "kind": "建议",
                "category": "清洁",
                "department": "保洁",
                "place": "楼道",
                "content": "建议周末增加一次拖洗。\n并更换单元门口地垫。",
                "answer": "本周起周六增加一次。",
            },
        ],
        "measures": "11月19日工程部到场检测。",
        "completion": "施工中",
        "revisit": "",
        "photos": [{"picture": picture(), "caption": "卫生间吊顶"}],
        "resident_signature": {"name": "欧阳𬱖"} | signed,
        "visitor_signatures": [
            {"role": "走访人", "name": "王磊"} | signed,
            {"role": "走访人", "name": "陈淑仪"} | signed,
        ],
        "signoffs": [
            {"role": "客服主管", "name": "许闻", "decision": "同意", "comment": "请工程部跟进", "date": "11月19日"},
            {"role": "部门经理", "name": "林国栋", "decision": "同意", "date": "11月20日"},
            {"role": "分管领导", "name": "周敏", "decision": "同意", "date": "11月21日"},
        ],
    }
