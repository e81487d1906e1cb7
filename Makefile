# Each target is enough on its own on a fresh clone: it needs Python 3.11 or later and make, and
# installs the rest into .venv. A second run installs nothing.

VENV := .venv
RUN := $(VENV)/bin
INSTALL := $(RUN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

# A stamp is touched last, so that an installation that was broken off is begun again.
MADE := $(VENV)/.made
SETUP := $(VENV)/.setup
EVAL := $(VENV)/.eval
DEV := $(VENV)/.dev

.DEFAULT_GOAL := help
.PHONY: help setup chat test lint eval format browser clean

help:
	@echo 'make setup   install into $(VENV); afterwards: $(RUN)/resolutions --help'
	@echo 'make chat    the web page (ARGS="--port 8080" and the like are passed on)'
	@echo 'make test    all tests (ARGS="-k name" and the like are passed on to pytest)'
	@echo 'make lint    style, types and layers'
	@echo 'make eval    measure the answers and hold them to the floors'
	@echo 'make format  put the code into the style that lint asks for'
	@echo 'make clean   remove $(VENV) and everything else that was made here'

setup: $(SETUP)

chat: $(SETUP)
	@$(RUN)/resolutions chat $(ARGS)

test: browser
	$(RUN)/python -m pytest $(ARGS)

lint: $(DEV)
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy
	$(RUN)/lint-imports --no-logo

eval: $(EVAL)
	$(RUN)/python -m eval run
	$(RUN)/python -m eval gate

format: $(DEV)
	$(RUN)/ruff check --fix
	$(RUN)/ruff format

# Debian's own Chromium can be installed unasked only by root; elsewhere whatever Chrome or Chromium
# is there is taken, and without one pytest says which tests it left out. Ubuntu's package of that
# name starts a snap, which does not run in a container, hence the look at ID.
browser: $(DEV)
	@$(RUN)/python -m tests.browser.chromium >/dev/null && exit 0; \
	ID=; [ ! -r /etc/os-release ] || . /etc/os-release; \
	[ "$$ID" = debian ] && [ "$$(id -u)" = 0 ] || exit 0; \
	echo 'make: installing chromium for the tests of the page'; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && \
	apt-get install -qq --no-install-recommends chromium fonts-noto-cjk fonts-noto-core >/dev/null || \
	echo 'make: chromium could not be installed; the tests of the page will be left out' >&2

clean:
	rm -rf $(VENV) build dist *.egg-info .hypothesis .*_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'make: no Python 3.11 or later was found: install one, or name it: make PYTHON=/path/to/python3 setup' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'make: $(PYTHON) cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(SETUP): pyproject.toml constraints.txt | $(MADE)
	$(INSTALL) --editable .
	@touch $@

$(EVAL): $(SETUP)
	$(INSTALL) --quiet --editable '.[eval]'
	@touch $@

$(DEV): $(SETUP)
	$(INSTALL) --quiet --editable '.[dev]'
	@touch $@
