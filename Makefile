# Every target does its own set-up in .venv from a hashed lock; nothing but Python 3.11 or newer, git and make is needed.
.PHONY: run test test-all unit bench lint reference lock clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

# The user's own night: make run EXPORTS=folder [AS_OF=2026-03-01] [WAREHOUSE=file-or-url] [CONFIG=regulars.toml]
EXPORTS ?=
AS_OF ?=
WAREHOUSE ?=
CONFIG ?=
# The demo shop keeps to its own lake, or its customers would be found among the user's.
DEMO := REGULARS_PATHS__LAKE=regulars-data/demo/lake REGULARS_PATHS__REPORT=regulars-data/demo/report \
	REGULARS_PATHS__WAREHOUSE=regulars-data/demo/warehouse.duckdb \
	REGULARS_SHOP__CURRENCY=CNY REGULARS_SHOP__TIMEZONE=Asia/Shanghai
FLAGS := $(if $(AS_OF),--as-of $(AS_OF)) $(if $(WAREHOUSE),--warehouse '$(WAREHOUSE)') $(if $(CONFIG),--config '$(CONFIG)')

run: .venv/ready-to-run
ifeq ($(EXPORTS)$(CONFIG),)
	@$(DEMO) $(BIN)/regulars demo-shop regulars-data/demo/exports
	@$(DEMO) $(BIN)/regulars run --exports regulars-data/demo/exports $(FLAGS)
else
	@$(BIN)/regulars run $(if $(EXPORTS),--exports '$(EXPORTS)') $(FLAGS)
endif

# Nights that share a shop stay in one process (loadgroup), so that the shop is made once.
test: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not slow"

test-all: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

unit: .venv/ready-to-test
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not night and not slow"

lint: .venv/ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready-to-test
	$(BIN)/python -m tests.bench.night

reference: .venv/ready-to-test
	$(BIN)/python -m flows.reference

# Resolves afresh; commit the two locks. They hold hashes and no addresses.
lock: .venv/ready-to-test
	$(BIN)/uv pip compile $(LOCK_FLAGS) --group build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK_FLAGS) --group build --group dev -o requirements-dev.lock -c requirements.lock pyproject.toml

LOCK_FLAGS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

clean:
	rm -rf .venv build *.egg-info regulars-data/demo

.venv/ready-to-run: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Regulars needs Python 3.11 or newer"; exit 2; }
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "Installing from requirements.lock into .venv ..."
	@$(INSTALL) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/ready-to-test: requirements-dev.lock .venv/ready-to-run
	@echo "Installing from requirements-dev.lock into .venv ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
