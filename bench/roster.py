"""How long a roster of 100,000 households takes from an XLSX file into an empty database, and how much memory.

The import runs in a process of its own, by ``portal import-roster``, so that the memory is that of the whole command, the
process that unpacks the workbook included (whichever of the two is larger). Goal: at most 60 s and 500 MB.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

ROOT = Path(__file__).parents[1]
ROWS = 100_000
QUICK_ROWS = 5_000
GOAL_SECONDS, GOAL_MB = 60, 500
HEADING = ("楼栋", "单元", "房号", "业主姓名", "联系电话", "入伙日期", "建筑面积", "入住状态", "是否常住", "备注")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
GIVEN = "文英敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂芳玲辉丹萍鹏华红玉兰飞斌宇浩凯欣雨晨佳思怡子轩梓涵嘉诺一帆"
STAIRS, FLOORS, DOORS = 3, 32, 4


def write_roster(path: Path, rows: int, *, seed: int = 20260305) -> None:
    """A roster as a spreadsheet program saves it; every fifth cell of names holds two, every fifth row a remark."""
    rng = random.Random(seed)
    per_building = STAIRS * FLOORS * DOORS
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("业主档案")
        sheet.write_row(0, 0, HEADING)
        for row in range(rows):
            building, door = divmod(row, per_building)
            stair, door = divmod(door, FLOORS * DOORS)
            floor, door = divmod(door, DOORS)
            names = [rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=2)) for _ in range(1 + (rng.random() < 0.2))]
            sheet.write_row(
                row + 1,
                0,
                (
                    f"{building + 1}栋", f"{stair + 1}单元", f"{floor + 1}{door + 1:02d}", "、".join(names),
                    f"1390{rng.randrange(10**7):07d}", f"20{rng.randrange(10, 24)}-{rng.randrange(1, 13):02d}-15",
                    rng.choice((78.5, 89.2, 102.66, 118.3)), rng.choice(("已入住", "装修中", "空置", "出租")),
                    rng.choice(("是", "否", "")), "有宠物" if rng.random() < 0.2 else "",
                ),
            )  # fmt: skip


def measure(rows: int = ROWS) -> dict[str, Any]:
    """Import the roster into an empty SQLite database, then once more; the second time every row finds its household."""
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "roster.xlsx"
        write_roster(roster, rows)
        environment = {**os.environ, "PORTAL_INSTANCE": folder}
        environment.pop("PORTAL_DATABASE_URL", None)
        _portal(environment, "init", "--company", "锦绣物业", "--office", "锦绣花园管理处")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        first, seconds = _timed(environment, roster)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again, seconds_again = _timed(environment, roster)
    if (first["imported"], again["merged"]) != (rows, rows):
        raise RuntimeError(f"not every row arrived: {first['imported']} imported, {again['merged']} merged")
    cpu = (after.ru_utime + after.ru_stime) - (
        before.ru_utime + before.ru_stime
    )  # of the first run; others share the machine
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "what": "roster import, XLSX",
        "n": rows,
        "seconds": round(seconds, 1),
        "seconds_again": round(seconds_again, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mb": round(peak),
        "goal": {"seconds": GOAL_SECONDS, "mb": GOAL_MB},
    }


def _timed(environment: dict[str, str], roster: Path) -> tuple[dict[str, Any], float]:
    begun = time.perf_counter()
    told = _portal(environment, "import-roster", str(roster), "--community", "锦绣花园", "--create", "--json")
    return json.loads(told), time.perf_counter() - begun


def _portal(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


if __name__ == "__main__":
    quick = "--quick" in sys.argv or os.environ.get("QUICK") == "1"
    print(json.dumps(measure(QUICK_ROWS if quick else ROWS), ensure_ascii=False, indent=2))
