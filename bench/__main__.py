"""``make bench``: every measurement in a process of its own, each figure beside its goal and its floor.

``python -m bench NAME …`` runs only those named. A figure that misses its goal is printed as it is; only a measurement that
fails to run makes the bench fail.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TITLES = {
    "intake": "intake of visit facts, service level, SQLite",
    "sync": "intake over HTTP, first pull, no-change pull",
    "postgres": "intake over HTTP on PostgreSQL, four workers",
    "public": "public page",
    "pdf": "letter as PDF, beside WeasyPrint",
    "figures": "figures of a campaign",
    "tablet": "the tablet: unlock and search, CPU slowed six times",
    "roster": "roster import of 100,000 rows",
}


def main(wanted: list[str]) -> int:
    there = {path.stem for path in HERE.glob("*.py")}
    unknown = set(wanted) - there
    if unknown:
        print(f"no such measurement: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    failed = []
    for name, title in TITLES.items():
        if name in there and (not wanted or name in wanted):
            print(f"\n== {title}", flush=True)
            if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent).returncode:
                failed.append(name)
    if failed:
        print(f"\nfailed to run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
