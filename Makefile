# Every line of a recipe is one plain command: make starts it without a shell between, so Ctrl-C and SIGTERM reach it.
PYTHON ?= python3
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
$(error Python 3.11 or newer is needed. Install it first: sudo apt install python3 python3-venv)
endif

.DEFAULT_GOAL := help
.PHONY: help run test check css lighthouse bench drill

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## */  make \1: /p' Makefile

run:  ## everything from a bare machine to the running site, http://127.0.0.1:8000 (HOST=..., PORT=...)
	@$(PYTHON) scripts/run.py

test:  ## the whole suite, on SQLite and on a real PostgreSQL (ARGS="..." goes to pytest)
	@$(PYTHON) scripts/packages.py requirements-dev.txt
	@.venv/bin/python scripts/suite.py $(ARGS)

check:  ## what must hold before a change lands: lint, types, templates, settings, stylesheet, tests, browser
	@$(PYTHON) scripts/packages.py requirements-dev.txt
	@.venv/bin/python scripts/check.py

css:  ## build static/css from static/scss (needs Node.js)
	@$(PYTHON) scripts/node_packages.py
	@node scripts/build_css.mjs

bench:  ## what pages, search, publishing, admin and Send cost, on SQLite and PostgreSQL (needs a quiet machine)
	@$(PYTHON) scripts/packages.py requirements-dev.txt
	@.venv/bin/python -m bench $(ARGS)

drill:  ## kills the server, refuses mail and stops the database on purpose: nothing lost, nothing doubled (some minutes)
	@$(PYTHON) scripts/packages.py requirements-dev.txt
	@.venv/bin/python -m drill

lighthouse:  ## Lighthouse scores of one page of each kind (needs Node.js and Chromium, and a quiet machine)
	@$(PYTHON) scripts/packages.py requirements.txt
	@.venv/bin/python scripts/lighthouse.py
