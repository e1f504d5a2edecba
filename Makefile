# Every target sets up what it needs in .venv; `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
NOX := $(RUN) -m nox --noxfile tools/noxfile.py --stop-on-first-error
PIN ?= openapi.yaml
OUT ?= generated
FORMAT ?= text
REFEREES := .venv-referees
SCALE := .venv-scale
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(RUN) -m pip install --quiet -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-wheel test-pythons test-clocks test-floors contract mutants drift lint format typecheck mypy pyright pin diff generate check vendor referees scale emulator bench docs pictures build clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST) 2>/dev/null || :

setup: $(VENV)/.ready ## make .venv with everything the other targets need

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) pip
	@$(PIP) -e '.[demo]' --group dev
	@touch $@

demo: setup ## pull 30 days from an emulated organization and print a report
	@$(RUN) -m codegen check
	@$(RUN) -m openai_org_usage.demo

test: setup ## run the test suite: from the sources, then the built wheel at another moment
	$(NOX) --session suite wheel

test-wheel: setup ## run the suite against the built wheel, the sources out of reach
	$(NOX) --session wheel

test-pythons: setup ## run suite and drift check on the other Pythons that are installed, or on one [PYTHON_VERSION=3.13]
	$(NOX) --session pythons $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

test-clocks: setup ## run the whole suite at four other moments
	$(NOX) --session clock

test-floors: setup ## run the client's tests with the lowest versions that pyproject.toml promises
	$(NOX) --session floors

contract: setup ## try as often as the bars of the contract ask for (two hours); prints what it counted
	CONTRACT=long $(RUN) -m pytest tests/contract tests/tables
	CONTRACT=long $(RUN) -m pytest -n auto -rP tests/archive/model tests/cli/test_odd_values.py \
		tests/cli/test_streams.py tests/codegen/test_hostile_documents.py tests/codegen/test_hostile_names.py \
		tests/codegen/test_xdist_collection.py tests/environments tests/report/stories \
		tests/report/test_budget_properties.py tests/test_metamorphic.py

mutants: setup ## change each decision of the pure modules, the shared loop and connections: do the tests notice?
	@$(PIP) --group mutants
	@$(RUN) -m tests.contract.mutants

drift: setup ## compare the installed official SDK with the committed facts
	$(RUN) -m pytest tests/documented -m drift

lint: setup ## style and form by ruff, the direction of imports by import-linter
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	PYTHONPATH=. $(BIN)/lint-imports --no-logo --no-cache

format: setup ## bring the code into form
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

typecheck: mypy pyright ## mypy strict and pyright strict

mypy: setup
	$(RUN) -m mypy

pyright: setup
	$(RUN) -m pyright

pin: setup ## make openapi.yaml from UPSTREAM=file, .gz or URL [PIN=openapi.yaml]
	@test -n "$(UPSTREAM)" || { echo "which document? make pin UPSTREAM=file-or-URL" >&2; exit 2; }
	@$(RUN) -m codegen pin "$(UPSTREAM)" --pin "$(PIN)"

diff: setup ## tell what UPSTREAM=file, .gz or URL would change for callers [AGAINST=file] [FORMAT=markdown]
	@test -n "$(UPSTREAM)" || { echo "which document? make diff UPSTREAM=file-or-URL" >&2; exit 2; }
	@$(RUN) -m codegen diff "$(UPSTREAM)" --against "$(or $(AGAINST),$(PIN))" --format "$(FORMAT)" || test $$? -ge 3

generate: setup ## make the generated package from the pin [PIN=openapi.yaml] [OUT=generated]
	@$(RUN) -m codegen generate --pin "$(PIN)" --out "$(OUT)"

check: setup ## fail if anything committed is not what pin and generate make
	@$(RUN) -m codegen check --pin "$(PIN)" --out "$(OUT)"

vendor: setup ## copy the library into another repository: DEST=dir [ARGS="--update"]
	@test -n "$(DEST)" || { echo "where to? make vendor DEST=dir" >&2; exit 2; }
	@$(RUN) -m openai_org_usage vendor "$(DEST)" $(ARGS)

referees: setup $(REFEREES)/.ready ## let independent programs judge client and emulator [UPSTREAM=file]
	@$(RUN) -m referees $(if $(UPSTREAM),--upstream "$(UPSTREAM)")

$(REFEREES)/.ready: referees/requirements.txt referees/package.json referees/package-lock.json
	@command -v npm >/dev/null || { echo "make referees needs Node.js 20 or newer, with npm" >&2; exit 2; }
	@echo "setting up $(REFEREES) ..."
	@$(PYTHON) -m venv $(REFEREES)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(REFEREES)/bin/python -m pip install --quiet -r referees/requirements.txt
	@mkdir -p $(REFEREES)/npm
	@cp referees/package.json referees/package-lock.json $(REFEREES)/npm
	@npm ci --prefix $(REFEREES)/npm --silent --no-audit --no-fund
	@touch $@

scale: setup $(SCALE)/.ready ## read into Spark with two workers, kill one, compare with an archive (needs Java 17)
	@$(SCALE)/bin/python -m tools.scale

$(SCALE)/.ready: tools/scale/requirements.txt
	@$(RUN) -m tools.scale.java
	@echo "setting up $(SCALE), pyspark has 450 MB ..."
	@$(PYTHON) -m venv $(SCALE)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(SCALE)/bin/python -m pip install --quiet -r tools/scale/requirements.txt
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(SCALE)/bin/python -m pip install --quiet --no-deps -e .
	@touch $@

emulator: setup ## run the emulator by hand until Ctrl-C [ARGS="--lookback-days 365"]
	@$(RUN) -m openai_org_usage.emulator $(ARGS)

bench: setup ## measure beside the official SDK, write benchmarks/RESULTS.md [ONLY=decode,year] [UPSTREAM=file]
	@$(PIP) --group bench
	@UPSTREAM="$(UPSTREAM)" $(RUN) -m benchmarks --only "$(ONLY)"

docs: setup ## build the documentation into docs/_build, warnings as errors
	@$(PIP) --group docs
	@$(RUN) -m sphinx --builder html --fail-on-warning --keep-going --quiet docs docs/_build
	@echo "docs/_build/index.html"

pictures: setup ## make docs/pictures anew from the emulator: terminals, and the report if there is Chromium
	@$(RUN) -m tools.pictures
	@$(RUN) -m tools.report_picture

build: setup ## build wheel and sdist into dist/
	$(RUN) -m build --outdir dist

clean: ## remove everything that the other targets made
	rm -rf $(VENV) .venv-* .nox build dist docs/_build docs/endpoints .mypy_cache .pytest_cache .ruff_cache .hypothesis
