# Set-up, demo and tests. Everything lands in .venv and api/web/vendor/ (both git-ignored).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BIN := .venv/bin
# The first that runs and is new enough: a version manager's stub may be on the path and run nothing.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$name; break; }; done)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# An exported PROJ_DATA or GDAL_DATA of another installation breaks the wheels' own.
unexport PROJ_DATA PROJ_LIB GDAL_DATA

.PHONY: help setup setup-dev demo test lint types soak bench bench-serve audit lock messages clean

help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

.venv/vendor.stamp: package-lock.json api/vendor.py .venv/runtime.stamp
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-node.lock
	$(BIN)/python -m api.vendor
	@touch $@

setup: .venv/runtime.stamp .venv/vendor.stamp  ## Install what running needs

setup-dev: setup .venv/dev.stamp  ## Install what developing needs

demo: setup  ## Refresh the built-in region and serve its map
	$(BIN)/hotspots demo

lint: setup-dev  ## Style and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: setup-dev  ## Static types
	$(BIN)/mypy

test: lint types  ## Lint, types, import rules and tests
	.ci/system-packages
	$(BIN)/pytest -n 2 --dist loadscope -m "not soak"

soak: setup-dev  ## The long runs
	$(BIN)/pytest -m soak

bench: setup-dev  ## Measure; figures go to benchmarks/results/
	$(BIN)/python -m benchmarks

bench-serve: setup-dev  ## Measure the service beside titiler, tipg and nginx; about eight minutes
	.ci/system-packages peers
	$(BIN)/python -m benchmarks.serve

audit: setup-dev  ## Look the locked packages up among known vulnerabilities (needs the network)
	$(BIN)/uv tool run pip-audit --disable-pip --require-hashes -r requirements.lock
	npm audit --omit=dev

lock: setup-dev  ## Renew the lock files from pyproject.toml
	for set in "build:requirements.lock" "dev:requirements-dev.lock" "node:requirements-node.lock"; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
			--extra "$${set%%:*}" pyproject.toml -o "$${set##*:}"; \
	done
	npm install --package-lock-only --ignore-scripts

messages: setup-dev  ## Bring the pages' catalogues up to what templates, scripts and registry say
	@mkdir -p build
	$(BIN)/pybabel -q extract -F api/i18n/babel.cfg -k t:1 -k plural:1,2 --no-wrap --add-location=file -o build/messages.pot .
	for language in ar es fr ru zh; do \
		$(BIN)/pybabel -q update -i build/messages.pot --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
			-l $$language -o api/i18n/locale/$$language/LC_MESSAGES/messages.po; \
	done

clean:  ## Remove what set-up and tests made
	rm -rf .venv node_modules api/web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis build ./*.egg-info
