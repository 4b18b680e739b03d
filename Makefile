# make demo   the app in your browser          make test   everything that CI runs
# All set-up happens in .venv; needed are Python 3.11 or newer with venv, make and a network.

PYTHON ?= python3
TORCH ?= torch==2.13.0
# PyTorch's CPU build, a tenth of the default's size. Empty: whatever the package index has.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

export OMP_NUM_THREADS ?= 1

.PHONY: help demo test test-long lint unit notebooks browser chromium bochs bench docs binder torches clean

help:
	@sed -n 's/^# //p' Makefile | head -1
	@echo "also: lint, unit, notebooks, browser (parts of test), test-long (scripts), bench (benchmarks), docs, binder (its build, replayed), torches (the oldest and the newest), clean"

demo: .venv/demo
	$(BIN)/ganviz

test: lint unit notebooks browser

# A short run of every benchmark and tool, hundreds of random walks, notebooks in JupyterLab and Notebook 7,
# the kernels for AVX-512 in an emulator, and the app's pages amid hostile surroundings (tests/browser/hostile.py).
test-long: .venv/test chromium bochs
	$(BIN)/python -m pytest -m long tests --ignore=tests/browser --numprocesses 2
	$(BIN)/python -m pytest -m long tests/browser --numprocesses 2 --dist loadfile
	GANVIZ_HOSTILE=1 $(BIN)/python -m pytest tests/browser/test_voila.py tests/browser/test_gallery.py --numprocesses 2 --dist loadfile

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/test
	$(BIN)/python -m pytest tests --ignore=tests/browser --numprocesses 2

notebooks: .venv/test
	$(BIN)/python -m pytest --nbval-lax --nbval-cell-timeout=300 -p no:cacheprovider -W ignore \
		--numprocesses 2 --dist loadfile notebooks

browser: .venv/test chromium
	$(BIN)/python -m pytest tests/browser --numprocesses 2 --dist loadfile

bench: .venv/test chromium
	$(BIN)/python tests/benchmarks/convergence.py
	$(BIN)/python tests/benchmarks/training_speed.py
	$(BIN)/python tests/benchmarks/browser.py

docs: .venv/test
	$(BIN)/python tools/make_docs.py build/docs
	@echo "The documentation is in build/docs/index.html."

binder: .venv/test
	$(BIN)/python -m pytest -m 'full or not full' tests/test_binder.py

torches: .venv/bin/python
	TORCH_INDEX=$(TORCH_INDEX) $(BIN)/python tools/torch_range.py

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache tests/screenshots

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "ganviz needs Python 3.11 or newer, and there is no $(PYTHON)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ganviz needs Python 3.11 or newer; $(PYTHON) is older (another one: make PYTHON=python3.12)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "ganviz needs Python's venv module (on Debian or Ubuntu: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/torch: .venv/bin/python
	@# First the CPU build by itself, so that nothing pulls in gigabytes for graphics cards; then its needs.
	@{ test -n "$(TORCH_INDEX)" && $(PIP) install --no-deps --retries 1 --timeout 10 --index-url $(TORCH_INDEX) "$(TORCH)" 2>/dev/null; } \
		|| $(PIP) install --no-deps "$(TORCH)" \
		|| { echo "torch could not be installed: is there a network?"; exit 1; }
	$(PIP) install "$(TORCH)"
	@touch $@

# Kernels that are edited need no new installation: they are built at the next use.
.venv/demo: .venv/torch pyproject.toml hatch_build.py
	$(PIP) install -e .
	@touch $@

.venv/test: .venv/torch pyproject.toml hatch_build.py
	$(PIP) install -e '.[test]'
	@touch $@ .venv/demo

CHROMIUM_NAMES := chromium chromium-browser google-chrome google-chrome-stable
CHROMIUM ?= $(firstword $(foreach name,$(CHROMIUM_NAMES),$(shell command -v $(name))))
chromium:
	@test -n "$(CHROMIUM)" \
		|| { test -f /etc/debian_version && test "$$(id -u)" = 0 \
			&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "The browser tests need Chromium: install it, or name it with CHROMIUM=/path/to/it."; exit 1; }

# bochs-term is the smallest of the screens that Debian's Bochs insists on.
bochs:
	@command -v bochs >/dev/null \
		|| { test -f /etc/debian_version && test "$$(id -u)" = 0 \
			&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bochs bochs-term >/dev/null; } \
		|| echo "Bochs is not installed: the kernels for AVX-512 are not tried."
