# Needs python3 (3.11 or newer, with venv) and make; everything else goes into .venv.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin/python -m
STAMP := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help demo up test check advisories bench conformance fault format lock clean

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/'

demo: $(STAMP)  ## Ten thousand dossiers, a portal that keeps falling over, and the count at the end
	@$(BIN) services.cli.main demo $(ARGS)

up: $(STAMP)  ## All services for development, on an embedded PostgreSQL and Valkey
	@$(BIN) services.cli.main up $(ARGS)

test: $(STAMP)  ## All tests but the long fault suite
	@$(BIN) pytest -n auto --dist worksteal -m 'not fault' \
		--ignore tests/fault/test_control_orders.py $(ARGS)

check: $(STAMP)  ## Format, lint, types, import contracts, migrations against models
	@$(BIN) ruff format --check .
	@$(BIN) ruff check .
	@$(BIN) mypy
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()'
	@$(BIN) pytest tests/integration/test_schema.py tests/architecture

advisories: $(STAMP)  ## Known weaknesses of the locked versions, where the advisory service can be reached
	@.ci/advisories

fault: $(STAMP)  ## The long fault suite
	@$(BIN) pytest -m fault $(ARGS)

bench: $(STAMP)  ## Side-by-side measurements, written to benchmarks/RESULTS.md
	@.venv/bin/python -m benchmarks.run $(ARGS)

conformance: $(STAMP)  ## How this system and a naive pusher get on with the portal, written to docs/conformance
	@$(BIN) services.cli.main conformance --name "Liên Thông" --out docs/conformance/lienthong -- \
		.venv/bin/python -m services.cli.conformance_desk
	@$(BIN) services.cli.main conformance --name "Bộ đẩy ngây thơ / a naive pusher" --out docs/conformance/naive \
		--arrive 10 -- .venv/bin/python -m benchmarks.naive_pusher || test $$? -eq 1

format: $(STAMP)  ## Format and fix what can be fixed
	@$(BIN) ruff format .
	@$(BIN) ruff check --fix .

# uv is needed here only, to resolve for all supported Pythons at once; it is not part of the project.
lock:  ## Resolve again after a change in pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
		--custom-compile-command 'make lock' --extra embedded --extra test --extra dev \
		pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
		--custom-compile-command 'make lock' pyproject.toml -o deploy/requirements.lock

clean:  ## Remove the environment and the data of demo and development
	rm -rf .venv .lienthong

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
		"Cần Python 3.11 trở lên (make PYTHON=python3.12 ...) / Python 3.11 or newer is needed")'
	@echo "Đang chuẩn bị môi trường .venv (lần đầu khoảng một phút) / Setting up .venv (about a minute once)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)
