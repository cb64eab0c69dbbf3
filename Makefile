# Everything here works from a fresh clone. The same steps without make are in the README.
# make run [VIDEO=file|rtsp://…|usb:0] [PORT=8000] [VEDETTE_HOME=folder]

PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
IN_VENV := $(VENV)/bin/python
INSTALL := $(IN_VENV) -m pip install --disable-pip-version-check -c constraints.txt -e
# OpenCV's usual wheel needs the libraries of a screen; a server without them gets the same version built without.
SCREENLESS := $(IN_VENV) -c "import cv2" 2>/dev/null || \
	$(IN_VENV) -m pip install --disable-pip-version-check -q -c constraints.txt --no-deps --force-reinstall \
	opencv-contrib-python-headless
TESTS ?= tests
BENCH ?= pipeline

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint format check bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
	@echo
	@echo "  make run VIDEO=clip.mp4      watch a file (or rtsp://user:password@camera/stream, or usb:0)"
	@echo "  make run PORT=8001           listen on another port"

run: $(VENV)/.installed ## start everything and open a console at http://127.0.0.1:8000
	@exec $(IN_VENV) manage.py up $${VIDEO:+--video "$$VIDEO"}

test: $(VENV)/.installed-full ## run the tests, from nothing (TESTS=tests/incidents for a part)
	$(IN_VENV) -m pytest $(TESTS)

test-slow: $(VENV)/.installed-full ## run the tests that take minutes
	$(IN_VENV) -m pytest -m slow $(TESTS)

lint: $(VENV)/.installed-test ## look for mistakes in style
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .

format: $(VENV)/.installed-test ## put the code into shape
	$(IN_VENV) -m ruff check --fix .
	$(IN_VENV) -m ruff format .

check: $(VENV)/.installed-full lint ## lint, and check types, imports between rooms, migrations and the deployment settings
	$(IN_VENV) -m mypy
	$(VENV)/bin/lint-imports
	$(IN_VENV) manage.py makemigrations --check --dry-run
	$(IN_VENV) manage.py check

bench: $(VENV)/.installed-test ## measure, and print the figures of this machine (BENCH=pipeline ARGS="clip.mp4")
	$(IN_VENV) -m bench.$(BENCH) $(ARGS)

clean: ## remove the virtual environment and caches; the installation in var/ stays
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(IN_VENV):
	@test -n "$(PYTHON)" || { echo "Vedette needs Python 3.11 or 3.12, and neither is on the PATH."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made: install python3-venv."; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(IN_VENV)
	@echo "Installing what Vedette needs (1.3 GB on disk; a few minutes the first time)."
	@$(INSTALL) .
	@$(SCREENLESS)
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(IN_VENV)
	@echo "Installing what Vedette and its tests need."
	@$(INSTALL) ".[test]"
	@$(SCREENLESS)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-full: pyproject.toml constraints.txt | $(IN_VENV)
	@echo "Installing the full set with torch (several GB the first time)."
	@$(INSTALL) ".[full,test]"
	@$(SCREENLESS)
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test
