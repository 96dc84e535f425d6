# Linli: `make run` and `make test` are all a newcomer needs.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
BIN := .venv/bin
export PORTAL_BIND ?= 127.0.0.1:8000

.DEFAULT_GOAL := help
.PHONY: help run test check bench look gallery screens lock catalogues browser messages format

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.venv/runtime.done: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Linli needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-compile --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install -q --no-compile --no-deps -e .
	$(BIN)/python -m compileall -q -j2 .venv/lib portal || true
	touch $@

.venv/test.done: requirements/test.txt .venv/runtime.done
	$(BIN)/python -m pip install -q --no-compile --require-hashes -r requirements/test.txt
	$(BIN)/python -m compileall -q -j2 .venv/lib || true
	touch $@

catalogues: .venv/runtime.done ## compile the translations
	@$(BIN)/pybabel -q compile -d translations 2>/dev/null || $(BIN)/pybabel compile -d translations

messages: .venv/runtime.done ## bring the catalogues up to date with the sources
	$(BIN)/python .ci/messages.py

run: .venv/runtime.done catalogues ## serve the demo estate; prints address and logins
	$(BIN)/portal db-upgrade
	$(BIN)/portal demo --if-empty
	$(BIN)/portal serve

browser:
	@sh .ci/browser.sh

test: .venv/test.done catalogues browser ## everything CI runs
	sh .ci/test.sh

check: .venv/test.done catalogues ## lint, types and guards
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/guards

format: .venv/test.done
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format -q .

bench: .venv/test.done catalogues ## speed and size beside their goals
	$(BIN)/python -m bench

look: .venv/test.done catalogues browser ## contact sheets of all pages, axe in every combination: shots/index.html
	$(BIN)/python -m tests.pages.sheets

gallery: .venv/test.done catalogues browser ## photograph the gallery anew, after a change of the design that was meant
	$(BIN)/python -m tests.pages.photographs

screens: .venv/test.done catalogues browser ## the pictures of the handbook and of the README, from the running program
	$(BIN)/python -m tests.pages.screens

lock: ## pin the requirements anew (needs uv)
	for n in runtime test; do uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11 --universal --custom-compile-command "make lock" requirements/$$n.in -o requirements/$$n.txt; done
