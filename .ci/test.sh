#!/bin/sh
# The parts of the suite with their times: guards and domain, then HTTP on two databases in two processes, then the browser.
set -e
# The tests' databases belong into memory where there is room: what they check is not the disk.
if [ -z "$TMPDIR" ] && [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print ($4 > 4000000) }')" = 1 ]; then
  TMPDIR=$(mktemp -d /dev/shm/linli.XXXXXX); export TMPDIR
  chmod 755 "$TMPDIR"; trap 'rm -rf "$TMPDIR"' EXIT
fi
python=.venv/bin/python
part() { echo "== $1"; shift; "$python" -m pytest -q "$@"; }
part "guards and domain" tests/guards tests/domain
part "HTTP and services, SQLite and PostgreSQL" -n 2 --dist loadfile tests --ignore tests/guards --ignore tests/domain -m "not browser"
part "browser" tests -m browser --ignore tests/guards --ignore tests/domain
