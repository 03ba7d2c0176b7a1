.PHONY: lint fix test bench faults messages
PY = .venv/bin/python
PACKAGES = processportal improvement approvals training kpis processes worklist organization

lint:  ## everything that holds the house
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	$(PY) -m mypy $(PACKAGES) manage.py
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run

fix:  ## format and mend what can be mended by itself
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

test:
	python3 start.py test

faults:  ## real workers, supervisors and services that are killed
	$(PY) -m pytest -m slow -q

bench:  ## var/bench.json: ratios to a floor from one run
	$(PY) manage.py bench

messages:  ## collect new texts into the catalogues
	$(PY) manage.py collect_messages
