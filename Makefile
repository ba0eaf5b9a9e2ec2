# make demo · make test — need python3 (3.11 or newer) and nothing else; quick the second time.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PYTEST_ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo demo-respond demo-sme test slow bench docs app lint browser clean

demo: $(VENV)/.base
	$(VENV)/bin/meguri demo

demo-respond: $(VENV)/.report
	$(VENV)/bin/meguri demo --respond --out out/demo-respond

demo-sme: $(VENV)/.sme
	$(VENV)/bin/meguri demo --sme --out out/demo-sme

test: $(VENV)/.test
	$(RUN) -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

slow: $(VENV)/.all browser
	$(RUN) -m pytest -m slow -n 2 --dist loadfile $(PYTEST_ARGS)

bench: $(VENV)/.base
	$(RUN) -m benchmarks

docs: $(VENV)/.all
	$(RUN) -m sphinx -W --keep-going -E -q -b html -c docs/_gen -D language=en docs/en docs/_build/en
	$(RUN) -m sphinx -W --keep-going -E -q -b html -c docs/_gen -D language=ja docs/ja docs/_build/ja
	@echo "docs/_build/en/index.html  docs/_build/ja/index.html"

lint: $(VENV)/.all
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

app: $(VENV)/.app
	$(VENV)/bin/meguri app

# Stamps: installed once, and again only when pyproject.toml or constraints.txt change.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "meguri needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version`. Set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python3 -m venv failed; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.report: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e '.[report]'
	@touch $(VENV)/.base $@

$(VENV)/.app: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e '.[app]'
	@touch $(VENV)/.base $(VENV)/.report $(VENV)/.sme $@

$(VENV)/.sme: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e '.[sme,report]'
	@touch $(VENV)/.base $(VENV)/.report $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e '.[test]'
	@touch $(VENV)/.base $(VENV)/.report $(VENV)/.sme $(VENV)/.app $@

$(VENV)/.all: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install -q -c constraints.txt -e '.[all]'
	@touch $(VENV)/.base $(VENV)/.report $(VENV)/.sme $(VENV)/.app $(VENV)/.test $@

# Browser tests use Debian's chromium; without it they are skipped, and say so.
browser:
	@if command -v chromium >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "`id -u`" = 0 ]; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; \
	else echo "no chromium, and no right to install it: browser tests are skipped"; fi

clean:
	rm -rf $(VENV) out docs/_build docs/en/_generated docs/ja/_generated
