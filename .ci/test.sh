#!/bin/sh
# The parts of the suite with their times: guards and domain, then HTTP on two databases in two processes, then the browser.
set -e
python=.venv/bin/python
part() { echo "== $1"; shift; "$python" -m pytest -q "$@"; }
part "guards and domain" tests/guards tests/domain
part "HTTP and services, SQLite and PostgreSQL" -n 2 --dist loadfile tests --ignore tests/guards --ignore tests/domain -m "not browser"
part "browser" tests -m browser --ignore tests/guards --ignore tests/domain
