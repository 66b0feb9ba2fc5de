# Everything lives in .local/ of this work tree; "make clean" leaves nothing behind.
SHELL := /bin/sh
PYTHON := .local/venv/bin/python

export ONCE DATA PORT EMPTY

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: setup
setup: ## install what is missing (safe to repeat)
	@sh scripts/bootstrap
	@python3 scripts/environment.py

.PHONY: demo
demo: setup ## start the demonstration (ONCE=1 to stop by itself, EMPTY=1 to connect shops yourself, DATA=…, PORT=…)
	@$(PYTHON) scripts/demo.py

.PHONY: bench
bench: setup ## measure and print the figures
	@$(PYTHON) benchmarks/run.py

.PHONY: test
test: setup ## everything: lint, plain tests, tests inside Odoo, the demonstration
	@$(PYTHON) scripts/run_tests.py lint plain odoo demonstration

.PHONY: lint
lint: setup ## ruff and pylint-odoo only
	@$(PYTHON) scripts/run_tests.py lint

.PHONY: test-plain
test-plain: setup ## only the tests that need no Odoo
	@$(PYTHON) scripts/run_tests.py plain

.PHONY: test-odoo
test-odoo: setup ## only the tests inside Odoo, browser tours included
	@$(PYTHON) scripts/run_tests.py odoo

.PHONY: test-demonstration
test-demonstration: setup ## only the demonstration, twice, on a database of its own
	@$(PYTHON) scripts/run_tests.py demonstration

.PHONY: walk
walk: setup ## connect two shops, mend all cards and close a month in a browser; takes the pictures of docs/guide.md
	@$(PYTHON) scripts/walk.py

.PHONY: format
format: setup ## let ruff rewrite the Python files
	@.local/venv/bin/ruff check --fix-only --quiet . && .local/venv/bin/ruff format .

.PHONY: translations
translations: setup ## bring template and languages of the addon up to date
	@$(PYTHON) scripts/translations.py export

.PHONY: stop
stop: ## stop Odoo, the simulators and PostgreSQL of this tree
	@python3 scripts/stop.py

.PHONY: clean
clean: stop ## remove .local/, databases included
	@python3 scripts/cluster.py remove
	rm -rf .local
