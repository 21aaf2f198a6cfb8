# `make` alone explains itself.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check fix ui bench clean

help: ## what can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

check: $(VENV)/.installed ## lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.installed ## what the linter can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check ## everything that is checked
	$(BIN)/pytest

clean: ## remove what was made
	rm -rf $(VENV) build dist web/static web/ui/node_modules
