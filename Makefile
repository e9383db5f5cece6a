# run: the demo borough on http://127.0.0.1:5000   test, test-postgresql: all tests   lint: style, types, templates, the house   bench: how fast
PYTHON ?= python3
BIND ?= 127.0.0.1:5000
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test test-postgresql lint bench requirements

run: export WARDBOOK_BASE_URL ?= http://$(BIND)
run: .venv/installed
	$(BIN)/wardbook demo
	$(BIN)/wardbook serve --bind $(BIND)

test: .venv/tools
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

test-postgresql: .venv/tools
	$(BIN)/python -m tests.cluster $(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

lint: .venv/tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint

bench: .venv/tools
	$(BIN)/python -m tests.bench $(BENCH)

requirements: .venv/tools
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header -o requirements.txt pyproject.toml
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header --all-extras -c requirements.txt -o requirements-dev.txt pyproject.toml

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Wardbook needs Python 3.11 or later: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -r requirements.txt hatchling==1.33.0 editables
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/tools: .venv/installed requirements-dev.txt
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@
