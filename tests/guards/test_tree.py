"""What the tree must look like: sizes, words that must not stand in it, no compiled files."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(r"TO" + r"DO|FIX" + r"ME|XX" + r"X|lorem ips" + r"um", re.I)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).exists()]


def test_no_file_grows_beyond_one_room() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked("portal/*.py", "static/js/*.js")
        if (n := len(p.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_nothing_is_left_to_be_done_later_in_the_sources() -> None:
    found = [
        f"{p.relative_to(ROOT)}:{i}"
        for p in tracked("portal/*", "templates/*", "static/js/*", "static/css/*")
        if p.suffix in {".py", ".html", ".js", ".css"}
        for i, line in enumerate(p.read_text("utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert not found


def test_no_compiled_file_is_kept() -> None:
    assert not tracked("*.mo", "*.pyc")
