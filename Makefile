# Every target is two words at most: `make up`, `make test`. `make help` lists them.
PYTHON  ?= python3
ARGS    ?=
JOBS    ?= 2
CLIENTS ?= yes
BROWSER ?= yes
# Which tests `make test` runs: what the machine has no programs for is left out on demand.
MARKS   := not programs$(if $(filter yes,$(CLIENTS)),, and not clients)$(if $(filter yes,$(BROWSER)),, and not browser)
QUICK   := tests/rules tests/cases tests/domains tests/model $(wildcard tests/test_*.py)
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST  := $(BIN)/python -m pytest
COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/python -m piptools compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
           --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help install dev up test quick check bench fuzz demo certs tools browser clients lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(VENV)/.installed  ## make the environment in .venv, with .venv/bin/mssim

up: install  ## start the default trust space in the foreground (ARGS="--ephemeral" to keep nothing)
	@exec $(BIN)/mssim up $(ARGS)

test: dev $(if $(filter yes,$(CLIENTS)),tools) $(if $(filter yes,$(BROWSER)),browser)  ## run the whole test suite (CLIENTS=no leaves out the mail programs, BROWSER=no Chromium)
	$(PYTEST) -n $(JOBS) --dist worksteal -m "$(MARKS)" $(ARGS)

quick: dev  ## the rules and the story, without sockets: seconds
	$(PYTEST) -q -m "not sockets and not clients and not programs and not browser" $(QUICK) $(ARGS)

check: dev  ## lint, types and house rules
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST) -q tests/house

bench: dev  ## measure speed and memory
	$(BIN)/python bench/run.py $(ARGS)

fuzz: dev  ## play damaged dialogues at every door for ten minutes (ARGS="--seconds 60 --door imap --seed 7")
	$(BIN)/python -m fuzz --seconds 600 --seed 1 2 3 $(ARGS)

demo: install  ## play a pharmacy's day and tell its story
	@exec $(BIN)/mssim demo $(ARGS)

certs: install  ## create the authority and the certificates
	@exec $(BIN)/mssim certs make $(ARGS)

tools:  ## install the mail programs that the tests drive
	@.ci/tools

browser:  ## install Chromium, which the tests of the pages drive
	@.ci/browser

clients: dev  ## install every mail client and drive them all (see docs/clients.md)
	@.ci/clients
	$(PYTEST) -n $(JOBS) -m "clients or programs" tests/clients $(ARGS)

dev: $(VENV)/.developing  # the environment plus what tests, lint and types need

lock: dev  ## renew the locked versions
	$(COMPILE) --build-deps-for=editable --output-file=requirements.lock pyproject.toml
	$(COMPILE) --build-deps-for=editable --extra=test --extra=dev --output-file=requirements-dev.lock pyproject.toml

clean:  ## remove the environment, the caches and the default data folder
	rm -rf $(VENV) .clients .mssim build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find simulator tests examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "The simulator needs Python 3.11 or newer, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1)." >&2; \
	    echo "Name another one: make $(or $(firstword $(MAKECMDGOALS)),install) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "Python could not make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

# Build tools are locked too, so nothing is fetched but what the lock names.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies in $(VENV)…"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q simulator  # or every start would compile, where PYTHONDONTWRITEBYTECODE is set
	@touch $@

$(VENV)/.developing: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need in $(VENV)…"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
