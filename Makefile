# make demo   a running association on this machine      make test   all tests
# make help   the rest
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
ALUMNI ?= 3000
PORT ?= 8000
# Whether `make venv` also fetches Neo4j: not where it runs in a container of its own.
NEO4J ?= yes
# Test processes, each with a Neo4j of its own; none beside this one where all would
# share the Neo4j that GRAPHNET_TEST_NEO4J names.
PROCESSES ?= $(if $(GRAPHNET_TEST_NEO4J),0,2)
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(CURDIR)/instance/demo-$(ALUMNI)

help:  ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# Two stamps, so that a change of our own code does not install a gigabyte again.
$(VENV)/.installed: requirements.lock installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV): about a gigabyte of packages, half a minute on a good line ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r installer.lock || \
	  { echo "pip could not fetch the installer. Is the package index within reach?"; exit 1; }
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes --quiet -r requirements.lock || \
	  { echo "A download failed: run the same command again, it goes on where it stopped."; exit 1; }
	@touch $@

# The compiler's cache does not notice a change in a loop that another module has taken in: after a
# change of any module with loops, all of them are compiled anew.
LOOPS := $(shell grep -rl --include='*.py' njit graphnet 2>/dev/null)

$(VENV)/.ready: $(VENV)/.installed pyproject.toml $(LOOPS)
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	@echo "Compiling the inner loops once, so that no visitor waits for it, and fetching Neo4j meanwhile ..."
	@find graphnet \( -name '*.nbi' -o -name '*.nbc' \) -delete
	@# What could not be fetched is fetched, and said, by whoever needs it first. Modules, too, are
	@# kept as they were compiled, whatever the environment says (many containers say no): else each
	@# command compiles 4,000 of them before it begins.
	@if [ "$(NEO4J)" = yes ]; then $(BIN)/graphnet server fetch >/dev/null 2>&1 & fi; \
	  PYTHONDONTWRITEBYTECODE= $(BIN)/graphnet warm && wait
	@touch $@

venv: $(VENV)/.ready  ## only the first step: .venv with every dependency

demo: venv  ## make data, start everything, print the address (ALUMNI=40000, PORT=8123)
	@exec $(BIN)/graphnet demo --alumni $(ALUMNI) --port $(PORT) --folder $(DEMO)

demo-reset: venv  ## throw the demo's data away
	@$(BIN)/graphnet demo --alumni $(ALUMNI) --folder $(DEMO) --reset

INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

# What the tests need from the system: a browser, and what reads docker-compose.yml. Chromium's shell
# without windows takes a fifth less time than Chromium itself, which does where there is no shell.
browser:
	@if ! command -v chromium-headless-shell >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests ..."; \
	  (apt-get update -qq && $(INSTALL) fonts-dejavu-core && \
	    ($(INSTALL) chromium-headless-shell || command -v chromium || $(INSTALL) chromium)) >/dev/null 2>&1 || true; fi
	@{ command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || \
	  echo "Chromium is missing and could not be installed: the browser tests will be skipped (with CI=true they fail)."

compose:
	@if ! command -v docker-compose >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing docker-compose for its test ..."; \
	  (apt-get update -qq && $(INSTALL) docker-compose) >/dev/null 2>&1 || true; fi
	@command -v docker-compose >/dev/null || echo "docker-compose is missing and could not be installed: its test will be skipped (with CI=true it fails)."

test: venv browser compose  ## all tests: a real Neo4j, a real browser (SHUFFLE=3: modules in another order)
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -m "not long" --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder --durations 20 \
	  $(if $(SHUFFLE),--shuffle $(SHUFFLE))

test-long: venv browser  ## the longer proofs: repeated kills, Cornell5, scale
	@echo "Last run: $$(tail -n 1 tests/long-runs.txt)"
	@$(BIN)/python -m pytest -m long
	@echo "$$(date -u +%Y-%m-%d) $$(uname -sm), $$(nproc) processors, $$($(BIN)/python --version), $(if $(GRAPHNET_DATA),real data sets,synthetic data only)" >> tests/long-runs.txt

licences: venv  ## the licences inside our process; fails on a kind that DESIGN does not allow
	@$(BIN)/python -m tests.licences

lock: $(VENV)/.installed  ## resolve every dependency again
	@$(BIN)/uv pip compile --quiet pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade -o requirements.lock
	@echo "uv" | $(BIN)/uv pip compile --quiet - --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade -o installer.lock

reference: venv  ## write the pages of docs/ that are made from the program
	@$(BIN)/python -m tests.reference --write

docs: venv  ## build docs/ into pages, every warning an error
	@$(BIN)/python -m tests.reference
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html docs build/docs
	@echo "build/docs/index.html"

# Where the notebooks find an installation: this folder's demo, or whatever GRAPHNET_HOME names.
notebooks: venv  ## open the notebooks in JupyterLab, on the demo or on GRAPHNET_HOME
	@$(BIN)/python -c 'import jupyterlab' 2>/dev/null || \
	  $(BIN)/uv pip install --python $(BIN)/python --quiet --group notebooks
	@GRAPHNET_HOME=$${GRAPHNET_HOME:-$(DEMO)} $(BIN)/jupyter-lab --notebook-dir notebooks

clean:  ## remove what make made, but not the demo's data
	@rm -rf $(VENV) build *.egg-info

.PHONY: help venv demo demo-reset browser compose test test-long licences lock reference docs notebooks clean
