.PHONY: lint fix test coverage covered bench faults messages
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

# Stories, policies, lifecycles and pure modules: every branch is walked. What only one of the databases runs stays out.
WHOLE = approvals/workflow.py,approvals/seating.py,approvals/comments.py,approvals/routes.py,*/policy.py,processes/lifecycle.py,$\
	processes/drafting.py,processes/catalogue.py,processes/review.py,processes/access.py,processes/grants.py,processes/definition.py,$\
	processes/outline.py,processes/procedure.py,processes/operations.py,processes/compare.py,processes/comparison.py,$\
	processes/wording.py,processes/folding.py,processes/flowchart/*,processes/bpmn/*,training/audiences.py,training/assignments.py,$\
	training/acknowledgements.py,training/opened.py,training/coverage.py,kpis/rating.py,kpis/periods.py,kpis/series.py,$\
	kpis/recording.py,kpis/assessing.py,kpis/dues.py,organization/chain.py,organization/resolution.py,organization/ladder.py,$\
	organization/gate.py,organization/levels.py,organization/appointments.py,organization/structure.py,organization/people.py,$\
	organization/absences.py,organization/cover.py,organization/process_office.py,organization/standing_in.py,organization/workdays.py,$\
	organization/working_calendar.py,processportal/reorganizing.py,organization/calendar.py,organization/signing.py,worklist/items.py,worklist/mine.py,worklist/plan.py,worklist/recipients.py,$\
	worklist/reminders.py,worklist/notices.py,worklist/outbox.py,$\
	organization/tables/*,organization/feeds.py,organization/reconciling.py,organization/ical.py,organization/recurrence.py,$\
	organization/fetching.py

coverage:  ## the unit suite; 90 % over all and 100 % of branches where it says WHOLE
	$(PY) -m pytest -n 2 --dist loadgroup -q -m "not browser and not slow" --cov --cov-report=
	$(MAKE) covered

covered:  ## what the last run with --cov says
	$(PY) -m coverage report --format=total --fail-under=90
	$(PY) -m coverage report --skip-covered --show-missing --fail-under=100 --include="$(WHOLE)"

faults:  ## real workers, supervisors and services that are killed
	$(PY) -m pytest -m slow -q

bench:  ## var/bench.json: ratios to a floor from one run
	$(PY) manage.py bench

messages:  ## collect new texts into the catalogues
	$(PY) manage.py collect_messages
