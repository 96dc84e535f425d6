"""The suite in parts: each with its own processes, at the end the parts with their counts, their times and their budgets.

Stops at the first part that fails, with its status. Budgets are for two cores that do nothing else.
"""

import re
import subprocess
import sys
import time
from typing import NamedTuple

PYTEST = [sys.executable, "-m", "pytest", "-q"]
TWO = ["-n", "2", "--dist", "worksteal"]
REST = [word for folder in ("guards", "domain", "pages") for word in ("--ignore", f"tests/{folder}")]


class Part(NamedTuple):
    name: str
    minutes: int
    arguments: list[str]


PARTS = [
    Part("guards and domain", 1, ["tests/guards", "tests/domain"]),
    Part("HTTP and services, SQLite and PostgreSQL", 4, [*TWO, "tests", *REST, "-m", "not browser"]),
    Part("browser", 6, [*TWO, "tests", *REST, "-m", "browser"]),
    Part("every page: axe, HTML, narrow, keyboard", 3, [*TWO, "tests/pages"]),
]


def run(part: Part) -> tuple[int, str, float]:
    """Run one part, showing what it says; returns its status, its own count of tests and its seconds."""
    print(f"== {part.name}", flush=True)
    began, last = time.monotonic(), ""
    with subprocess.Popen([*PYTEST, *part.arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    found = re.search(r"\d+ (passed|failed|error).*?(?= in )", last)
    return process.returncode, found[0] if found else "", time.monotonic() - began


def main() -> int:
    told, status = [], 0
    for part in PARTS:
        status, count, seconds = run(part)
        spent = f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
        told.append(f"{part.name:42} {count:24} {spent:>6}   of {part.minutes}:00")
        if status:
            break
    print("\n" + "\n".join(told))
    return status


if __name__ == "__main__":
    sys.exit(main())
