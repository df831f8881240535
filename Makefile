# Everything that is typed in this project. `make` alone lists it.
# Needs make, git and Python 3.11 or newer; the rest is installed into .venv or named by tools/bootstrap.py.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
override PORT := $(or $(PORT),8000)
PY := .venv/bin/python
# The product's settings for commands that only read the code: no .env is needed.
CODE_ONLY := DJANGO_SETTINGS_MODULE=tests.settings DATABASE_URL=sqlite://:memory:
# As in production, whatever .env says.
AS_IN_PRODUCTION := DJANGO_SETTINGS_MODULE=crm.settings DATABASE_URL=sqlite://:memory: \
	DEBUG=false CRM_DEMO=false CRM_SECOND_FACTOR=true CRM_FOUR_EYES=true SECURE_SSL_REDIRECT=true \
	ALLOWED_HOSTS=crm.kennispark.example CRM_PUBLIC_URL=https://crm.kennispark.example CSRF_TRUSTED_ORIGINS= \
	TRUSTED_PROXY_COUNT=1

.PHONY: help
help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# ── See it work ─────────────────────────────────────────────────────────────
.PHONY: demo demo-data
demo: ## fill a demo park and serve it on 127.0.0.1 (PORT=8000)
	@$(PYTHON) tools/bootstrap.py demo --port '$(PORT)'
	@$(PY) -m tools.demo prepare --port '$(PORT)'
	@exec $(PY) -m tools.demo serve --port '$(PORT)'

demo-data: ## the same, without serving
	@$(PYTHON) tools/bootstrap.py demo
	@$(PY) -m tools.demo prepare --port '$(PORT)'

# ── Trust it ────────────────────────────────────────────────────────────────
.PHONY: bootstrap test check soak bench
bootstrap: ## .venv, system packages and compiled translations, nothing else
	@$(PYTHON) tools/bootstrap.py test

test: bootstrap ## the whole suite on SQLite and PostgreSQL (ARGS="tests/estate -k vacancy")
	@$(PY) -m tools.run_tests $(ARGS)

check: bootstrap lint types contract migrations translations deploy-check ## all that CI checks
	@$(PY) -m tools.run_tests --coverage $(ARGS)

soak: bootstrap ## fuzzing, kills and races at full size, before a release
	@$(PY) -m tools.run_tests --soak $(ARGS)

bench: bootstrap ## measure against the floors (ARGS=... goes to the benchmarks)
	@$(PY) -m benchmarks $(ARGS)

# ── The parts of `make check` ───────────────────────────────────────────────
.PHONY: lint types contract migrations translations deploy-check
lint: ## style, dangers and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: ## types, strict on services and pure files
	$(PY) -m mypy accounts crm

contract: ## the arrows between rooms
	.venv/bin/lint-imports

migrations: ## no model change without its migration
	$(CODE_ONLY) $(PY) manage.py makemigrations --check --dry-run

translations: ## Dutch complete, not fuzzy, compiled
	$(PY) -m tools.translations check

deploy-check: ## Django's deployment check, as in production
	@echo "$(PY) manage.py check --deploy --fail-level WARNING"
	@SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(AS_IN_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

# ── Keep it up ──────────────────────────────────────────────────────────────
.PHONY: format messages lock
format: ## let the linter mend what it can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: ## bring the Dutch catalogue up to date with the code and compile it
	$(PY) -m tools.translations update

lock: ## make the locks again after a change in requirements*.txt
	for name in requirements requirements-dev; do \
		.venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
			--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
			--output-file=$$name.lock $$name.txt; \
	done
