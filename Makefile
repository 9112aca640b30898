# Everything from a bare Debian with Python 3.11 and root: `make demo`, `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Cores are few: the servers under test need some of them too.
WORKERS ?= 2
# Which tests: all, or `make unit TESTS=tests/graph`.
TESTS ?=

.PHONY: help setup demo test lint unit services messages guide lock benchmarks evaluate clean

help:  ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@.ci/packages python fonts
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

setup: $(VENV)/.runtime  ## Make the virtual environment with the locked packages

demo: setup  ## Make a small county, load it, look for rings, open the pages (NO_UI=1: without)
	@$(BIN)/ringhound demo demo $(if $(NO_UI),,--pages)

services:
	@.ci/packages java postgresql browser office

lint: $(VENV)/.dev  ## Formatting, style, types, import contracts
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev services  ## The tests alone
	@code=0
	rm -f .pytest_cache/v/cache/lastfailed
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations 15 $(TESTS) || code=$$?
	[ $$code -ne 1 ] || exec $(BIN)/python .ci/again.py
	exit $$code

test: lint unit  ## Everything that must hold before a change lands

messages: $(VENV)/.dev  ## Collect the sentences people read and compile their translations
	@$(BIN)/python .ci/messages.py

benchmarks: $(VENV)/.dev  ## Run the benchmarks and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

evaluate: $(VENV)/.dev  ## Measure the detectors on held-out counties and write docs/evaluation.md
	@$(BIN)/python -m benchmarks.evaluate

guide: $(VENV)/.dev services  ## Make the pictures of both guides anew (some minutes)
	@$(BIN)/python -m docs.guide.make_screenshots

lock: $(VENV)/.dev  ## Resolve the newest allowed versions into the lock files
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean:  ## Remove what was made here
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache demo build dist
