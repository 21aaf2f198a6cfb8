# `make` alone explains itself.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# The pages are built by `make ui`, not by the installation.
PIP := BALANS_PAGES=later $(BIN)/pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check fix ui bench fairness clean chaos

help: ## what can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing Balans into $(VENV)."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV)."
	@$(PIP) --editable '.[test]'
	@touch $@

demo: ui ## a moving wallboard of a simulated contact centre, at http://127.0.0.1:8000/wall/demo
	@exec $(BIN)/balans demo

test: check ui ## everything that is checked: lint, types, imports, Python, pages, browser
	$(BIN)/python tools/ui.py check
	$(BIN)/pytest

check: $(VENV)/.tested ## lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.tested ## what the linter can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ui: $(VENV)/.installed ## the pages, built into web/static; brings its own Node where there is none
	@$(BIN)/python tools/ui.py

bench: $(VENV)/.tested ## the measurements that the README quotes
	@for part in bench/*.py; do echo "$$part"; $(BIN)/python $$part || exit; done

fairness: $(VENV)/.tested ## the balance against a known truth, beside a speed board and a z-score card
	@$(BIN)/python tools/fairness.py

chaos: $(VENV)/.tested ## a hundred kills and other harm while a million events flow: nothing lost, nothing double
	$(BIN)/python -m tests.chaos.driver

clean: ## remove what was made
	rm -rf $(VENV) build dist web/static web/ui/node_modules web/ui/src/generated
