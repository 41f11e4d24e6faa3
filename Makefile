# The same commands locally and in CI. `make setup` is instant when the lock has not changed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := test

PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements/dev.txt
STAMP := .venv/.lock-$(shell sha256sum < $(LOCK) | cut -c1-16)
UV := .lock-venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --custom-compile-command "make lock" $(UPGRADE)

# Every process would compile every library anew; kept in one place, whatever the environment says of it.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

.PHONY: setup lint test test-crash test-systems test-engines audit bench demo lock clean

setup: $(STAMP)

$(STAMP):
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	rm -f .venv/.lock-*
	touch $@

lint: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# A file stays together, for its tests share what is dear; twice as many processes as CI has cores, for many tests wait.
# The crash seed that is rich in everything comes with `make test-crash`.
test: lint
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder \
		--ignore tests/crash/test_seeds.py

test-crash: setup
	$(BIN)/python -m pytest tests/crash/test_seeds.py
	$(BIN)/python -m tests.crash run --seeds 300

test-systems: setup
	$(BIN)/python -m pytest tests/systems

# A real Apache Kafka 4 and OpenSearch 3: Maven fetches their jars (Java 17, and 21 or later, mvn).
test-engines: setup
	$(BIN)/python -m pytest tests/engines

# Published clients against our endpoint: npm fetches them by their lock file.
audit: setup
	$(BIN)/python -m tests.audit.run

bench: setup
	$(BIN)/python -m bench

demo: setup
	$(BIN)/opshub demo

# Lock again: `make lock`, or `make lock UPGRADE=--upgrade` for newer versions.
lock:
	test -x .lock-venv/bin/uv || { $(PYTHON) -m venv .lock-venv; .lock-venv/bin/python -m pip install --quiet uv; }
	$(UV) --all-extras --group build -o requirements/runtime.txt
	$(UV) --all-extras --group dev -o requirements/dev.txt

clean:
	rm -rf .venv .lock-venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
