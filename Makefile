# Marginalia's commands. `make demo` and `make test` set up all they need.

PORT ?= 8000
PYTHON_VERSION := $(shell cat .python-version)
PY := .venv/bin/python
# uv from PATH, or our own copy in the clone; nothing is installed outside of it.
UV := $(shell command -v uv || echo .uv/bin/uv)
# A Python that uv has to fetch, too: others than who installs it must reach it.
export UV_PYTHON_INSTALL_DIR := $(CURDIR)/.uv/python
# pip leaves paths alone under `--target`, also where Python is externally managed.
PIP_TARGET := -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .uv uv

.PHONY: demo test check journeys servers format lock clean

demo: .venv/run  ## serve the demonstration at http://localhost:$(PORT)
	@PORT=$(PORT) sh deploy/demo.sh

test: .venv/dev  ## the tests, on the embedded SQLite
	.venv/bin/pytest -m "not browser and not servers" -n auto --dist loadgroup

journeys: .venv/dev  ## the tests that walk through the pages in Chromium
	.venv/bin/pytest -m browser

servers: .venv/dev  ## the tests of deploy/: real nginx, gunicorn, PostgreSQL with a replica
	.venv/bin/pytest -m servers

check: .venv/dev  ## formatting, lint, types, import layers, templates, migrations
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/djlint templates --lint --quiet
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run

format: .venv/dev  ## put the code into its form
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: $(UV)  ## resolve the requirements anew, hashed and without addresses
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version $(PYTHON_VERSION) --upgrade -o requirements.txt pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version $(PYTHON_VERSION) --upgrade --group dev -c requirements.txt \
	  -o requirements-dev.txt pyproject.toml

clean:  ## forget what was installed and stored here
	rm -rf .venv .uv var

.venv/run: requirements.txt .venv/pyvenv.cfg
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/pyvenv.cfg
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-dev.txt
	@touch $@

.venv/pyvenv.cfg: .python-version | $(UV)
	@echo "Installing what is needed into .venv ..."
	@$(UV) venv --quiet --allow-existing --python $(PYTHON_VERSION) .venv

.uv/bin/uv:
	@python3 $(PIP_TARGET) 2>/dev/null || { python3 -m venv .uv/venv && .uv/venv/bin/pip install --quiet uv \
	  && mkdir -p .uv/bin && ln -sf ../venv/bin/uv .uv/bin/uv; }
