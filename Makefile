# Everything a newcomer needs: Python 3.11 or later, and make.
#   make demo    harvest, assemble and send into a mailbox, then http://localhost:8000
#   make test    all tests
# PYTHON=python3.12 make … chooses another Python; PORT=9000 make demo another port.

SHELL := /bin/bash
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name && break; \
	done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ICAL_JS_SHA256 := 36482280d62cc50f0adddb0587612cff32b96df18eb9e2071ec9929c2e7b3107

.PHONY: demo test lint format ical-js bench messages migration first-migration lock clean help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime ## the whole story once, then the site, the desk and the mailbox
	$(BIN)/kennispost demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(VENV)/development ## all tests, on SQLite and on PostgreSQL
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/development ## ruff, mypy and the import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/development ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

ical-js: $(VENV)/development ## read our calendar files with npm's ical.js (needs node and npm)
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT \
		&& npm pack --silent --pack-destination "$$scratch" ical.js@2.2.1 >/dev/null \
		&& echo "$(ICAL_JS_SHA256)  $$scratch/ical.js-2.2.1.tgz" | sha256sum --check --quiet \
		&& tar --extract --gzip --file "$$scratch/ical.js-2.2.1.tgz" --directory "$$scratch" \
		&& KENNISPOST_TEST_ICAL_JS="$$scratch/package" $(BIN)/pytest --quiet tests/test_ical_js.py

bench: $(VENV)/development ## NAME=tagging ARGS="…": run a benchmark; without a name, list them
	$(BIN)/kennispost bench $(or $(NAME),--help) $(ARGS)

messages: $(VENV)/development ## bring the catalogues up to date with the texts in the source
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --sort-output --no-wrap --ignore-dirs ".* data dist build" \
		--output-file $(VENV)/kennispost.pot .
	for language in nl en; do $(BIN)/pybabel --quiet update --domain kennispost --input-file $(VENV)/kennispost.pot \
		--output-dir service/locales --locale $$language --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap || exit 1; done

migration: $(VENV)/development ## m="What changes": write the next migration from the models; read it before you commit it
	$(BIN)/python -c 'import sys; from service.migrating import write_revision; print(write_revision(sys.argv[1]))' "$(m)"
	$(BIN)/ruff check --quiet --fix service/migrations && $(BIN)/ruff format --quiet service/migrations

first-migration: $(VENV)/development ## before the first release only: write 0001 anew from the models
	$(BIN)/python -c 'from service.migrating import rewrite_first; print(rewrite_first())'
	$(BIN)/ruff check --quiet --fix service/migrations && $(BIN)/ruff format --quiet service/migrations

lock: ## pin all versions anew, with hashes, for Python 3.11 to 3.13 (needs uv, and the network)
	uv pip compile $(LOCK) pyproject.toml --output-file requirements.txt
	uv pip compile $(LOCK) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	printf 'hatchling\n' | uv pip compile $(LOCK) - --constraint requirements-dev.txt --output-file requirements-build.txt

LOCK := --quiet --upgrade --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean: ## remove what make made; your data folder stays
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Kennispost needs Python 3.11, 3.12 or 3.13 with venv. Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt requirements-build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/development: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/runtime
