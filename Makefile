# ARGUS Dock. A fresh Debian with python3 (3.11 or later) and make is enough; everything else is fetched or built.

SHELL := bash
.DEFAULT_GOAL := help
# What is compiled once is compiled for all: the tests start hundreds of processes, each of which would do so again.
unexport PYTHONDONTWRITEBYTECODE
ARGUS := .venv/bin/argus
# Tests wait for real parts most of the time: four files at once keep two cores busy. The longest start first.
WORKERS := 4
IN_ORDER := --dist loadfile --no-loadscope-reorder
SMOKE := tests/bench tests/chaos
BROWSER := tests/browser
CONSOLE_CODE := $(shell find console -path '*/node_modules' -prune -o -path '*/dist' -prune -o -path '*/build' -prune -o -type f ! -name schema.d.ts -print)
PYTHON_CODE := activities api bench bridge cli demo deploy dji drc embedded media simulator store tests worker workflows collector.py process.py settings.py timings.py

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-11s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready console/dist/index.html ## Python packages and outside programs: once about 10 minutes, then at once
	@.venv/bin/python -m embedded.install

.venv/.ready: requirements.lock pyproject.toml scripts/python-setup
	@scripts/python-setup

console/dist/index.html: .venv/.ready scripts/console-build $(CONSOLE_CODE)
	@scripts/console-build

.PHONY: demo
demo: setup ## The whole life of three docks, then stay; ONCE=1 REPORT=file.json: prove it and end; SPEED=6: fly faster
	@$(ARGUS) demo $(if $(ONCE),--once) $(if $(REPORT),--report $(REPORT)) $(if $(PORTS),--ports $(PORTS)) $(if $(SPEED),--speed $(SPEED))

.PHONY: up
up: setup ## The stack alone, until Ctrl-C; DATA=dir, PORTS=auto
	@$(ARGUS) up $(if $(DATA),--data $(DATA)) $(if $(PORTS),--ports $(PORTS))

.PHONY: doctor
doctor: .venv/.ready ## What this machine has and lacks
	@$(ARGUS) doctor

.PHONY: test
test: setup ## The tests, all but those of smoke and browser; ARGS='tests/dji -k topics' for some, WORKERS=0 in one process
	@.venv/bin/pytest -n $(WORKERS) $(IN_ORDER) $(or $(ARGS),$(addprefix --ignore=,$(SMOKE) $(BROWSER)))

.PHONY: durations
durations: setup ## Write down what each file of tests takes, for the order of `test`
	@RECORD_DURATIONS=1 $(MAKE) --no-print-directory test

.PHONY: smoke
smoke: setup ## Short forms of bench and chaos, whole stacks one or two at a time
	@.venv/bin/pytest -n 2 $(IN_ORDER) $(SMOKE)

.PHONY: browser
browser: setup ## The operator's page in Chromium, against the real stack with simulated docks; ARGS='-k sticks'
	@scripts/chromium-setup
	@.venv/bin/pytest $(BROWSER) $(ARGS)

.PHONY: screenshots
screenshots: setup ## Pictures of the page's views, from a real stack, into docs/screens
	@scripts/chromium-setup
	@.venv/bin/python -m tests.browser.screenshots

.PHONY: chaos
chaos: setup ## Whole missions while random processes are killed; ROUNDS=6 MINUTES=15 SEED=n; the short form is in smoke
	@.venv/bin/python -m tests.chaos $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

.PHONY: mutate
mutate: .venv/.ready ## 100,000 mutated payloads for dji to read, 20 s; MUTATIONS=n; the short form is in test
	@DJI_MUTATIONS=$(or $(MUTATIONS),100000) .venv/bin/pytest -q --durations=1 tests/dji/test_hostile.py -k mutated

.PHONY: lint
lint: .venv/.ready ## ruff, mypy --strict, yamllint, hadolint; tsc and biome for the page
	@scripts/lint $(wildcard $(PYTHON_CODE))

.PHONY: format
format: .venv/.ready ## Lay the code out
	@.venv/bin/ruff check --quiet --fix --exit-zero . && .venv/bin/ruff format --quiet .

.PHONY: bench
bench: setup ## Figures, each beside a baseline of the same minute
	@.venv/bin/python -m bench $(ARGS)

.PHONY: conformance
conformance: setup ## Google's own system tests of the Firestore client against embedded/firestore
	@.venv/bin/python tests/embedded/firestore/google_system_tests.py

.PHONY: soak
soak: setup ## The Firestore server killed 200 times under load; KILLS=n
	@FIRESTORE_KILLS=$(or $(KILLS),200) .venv/bin/pytest -q --durations=1 tests/embedded/firestore/test_durability.py -k kill

.PHONY: record
record: setup ## Record the histories that the replay test runs, from the tests of sagas
	@scripts/record-histories $(ARGS)

.PHONY: lock
lock: .venv/.ready ## Pin what pyproject.toml asks for
	@.venv/bin/uv pip compile -q --python-version 3.11 --group dev pyproject.toml --no-emit-index-url --no-annotate --no-header -o requirements.lock
