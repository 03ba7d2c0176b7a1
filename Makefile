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
	$(PY) manage.py collect_messages --check

fix:  ## format and mend what can be mended by itself
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

test:
	python3 start.py test

# Stories, policies, lifecycles and pure modules: every branch is walked. What only one of the databases runs stays out.
WHOLE = */policy.py,$\
	approvals/act_lines.py,$\
	approvals/act_policy.py,$\
	approvals/acting.py,$\
	approvals/acts_shown.py,$\
	approvals/adding.py,$\
	approvals/advising.py,$\
	approvals/answering.py,$\
	approvals/choosing.py,$\
	approvals/comments.py,$\
	approvals/corrections.py,$\
	approvals/discussing.py,$\
	approvals/effects.py,$\
	approvals/expecting.py,$\
	approvals/impact.py,$\
	approvals/informing.py,$\
	approvals/joint.py,$\
	approvals/mark_forms.py,$\
	approvals/marks.py,$\
	approvals/marks_shown.py,$\
	approvals/mentions.py,$\
	approvals/moving.py,$\
	approvals/offices.py,$\
	approvals/outcomes.py,$\
	approvals/packages.py,$\
	approvals/passing.py,$\
	approvals/quoting.py,$\
	approvals/release_policy.py,$\
	approvals/releasing.py,$\
	approvals/rerouting.py,$\
	approvals/route_changes.py,$\
	approvals/route_effect.py,$\
	approvals/route_faults.py,$\
	approvals/route_reasons.py,$\
	approvals/routes.py,$\
	approvals/routes_shown.py,$\
	approvals/seating.py,$\
	approvals/since.py,$\
	approvals/taking_part.py,$\
	approvals/talk_policy.py,$\
	approvals/waiver_policy.py,$\
	approvals/waivers.py,$\
	approvals/withdrawing.py,$\
	approvals/workflow.py,$\
	kpis/assessing.py,$\
	kpis/dues.py,$\
	kpis/periods.py,$\
	kpis/rating.py,$\
	kpis/recording.py,$\
	kpis/series.py,$\
	organization/absences.py,$\
	organization/appointments.py,$\
	organization/calendar.py,$\
	organization/chain.py,$\
	organization/confirming.py,$\
	organization/cover.py,$\
	organization/devices.py,$\
	organization/feeds.py,$\
	organization/fetching.py,$\
	organization/gate.py,$\
	organization/gate_history.py,$\
	organization/ical.py,$\
	organization/ladder.py,$\
	organization/levels.py,$\
	organization/people.py,$\
	organization/process_office.py,$\
	organization/proposals.py,$\
	organization/reconciling.py,$\
	organization/recurrence.py,$\
	organization/renewals.py,$\
	organization/resolution.py,$\
	organization/scope.py,$\
	organization/sessions.py,$\
	organization/signing.py,$\
	organization/standing_in.py,$\
	organization/structure.py,$\
	organization/tables/*,$\
	organization/workdays.py,$\
	organization/working_calendar.py,$\
	processes/access.py,$\
	processes/agenda.py,$\
	processes/batches.py,$\
	processes/blocks.py,$\
	processes/bpmn/*,$\
	processes/bringing_in.py,$\
	processes/bulk_import.py,$\
	processes/calling_off.py,$\
	processes/canonical.py,$\
	processes/catalogue.py,$\
	processes/change_requests.py,$\
	processes/checking.py,$\
	processes/compare.py,$\
	processes/comparison.py,$\
	processes/concern.py,$\
	processes/content.py,$\
	processes/copying.py,$\
	processes/definition.py,$\
	processes/dividing.py,$\
	processes/documents/*,$\
	processes/drafting.py,$\
	processes/durations.py,$\
	processes/emergencies.py,$\
	processes/exporting/*,$\
	processes/favourites.py,$\
	processes/fixes.py,$\
	processes/flowchart/*,$\
	processes/folding.py,$\
	processes/grants.py,$\
	processes/hanging.py,$\
	processes/helpfulness.py,$\
	processes/holding.py,$\
	processes/interfaces.py,$\
	processes/languages.py,$\
	processes/lifecycle.py,$\
	processes/marking.py,$\
	processes/matching.py,$\
	processes/matrices.py,$\
	processes/moving.py,$\
	processes/operations.py,$\
	processes/outline.py,$\
	processes/own.py,$\
	processes/parts.py,$\
	processes/picture_files.py,$\
	processes/pictures.py,$\
	processes/problems.py,$\
	processes/procedure.py,$\
	processes/reading_time.py,$\
	processes/references.py,$\
	processes/remarking.py,$\
	processes/request_facts.py,$\
	processes/request_notices.py,$\
	processes/review.py,$\
	processes/role_matching.py,$\
	processes/shared.py,$\
	processes/sharing.py,$\
	processes/steering.py,$\
	processes/templates.py,$\
	processes/times.py,$\
	processes/told.py,$\
	processes/touching.py,$\
	processes/translating.py,$\
	processes/translation_list.py,$\
	processes/translation_sheet.py,$\
	processes/translation_work.py,$\
	processes/translations.py,$\
	processes/united.py,$\
	processes/versions.py,$\
	processes/walking.py,$\
	processes/withdrawal.py,$\
	processes/wording.py,$\
	processportal/audit_pack/archive.py,$\
	processportal/audit_pack/making.py,$\
	processportal/audit_pack/paper.py,$\
	processportal/audit_pack/selecting.py,$\
	processportal/audit_pack/tables.py,$\
	processportal/competence_evidence.py,$\
	processportal/certificates/*,$\
	processportal/continuity/*,$\
	processportal/copies/document.py,$\
	processportal/copies/making.py,$\
	processportal/copies/recalling.py,$\
	processportal/copies/standing.py,$\
	processportal/copies/typesetting.py,$\
	processportal/evidence/*,$\
	processportal/impact.py,$\
	processportal/ledger/exporting.py,$\
	processportal/own.py,$\
	processportal/reader/label.py,$\
	processportal/reader/past.py,$\
	processportal/reader/steps.py,$\
	processportal/reader/tongues.py,$\
	processportal/reorganizing.py,$\
	processportal/review_agenda.py,$\
	processportal/work/about.py,$\
	training/acknowledgements.py,$\
	training/assignments.py,$\
	training/audience_page.py,$\
	training/audiences.py,$\
	training/competence/*,$\
	training/courses/*,$\
	training/coverage.py,$\
	training/ending.py,$\
	training/matrix.py,$\
	training/matrix_sheet.py,$\
	training/opened.py,$\
	training/owing.py,$\
	training/reach.py,$\
	training/rereading.py,$\
	training/rule_targets.py,$\
	training/rule_words.py,$\
	training/selection.py,$\
	training/sparing.py,$\
	training/then.py,$\
	training/trained.py,$\
	training/turning.py,$\
	worklist/calling.py,$\
	worklist/confirmations.py,$\
	worklist/continuity_heads.py,$\
	worklist/continuity_policy.py,$\
	worklist/deliveries.py,$\
	worklist/digests.py,$\
	worklist/explaining.py,$\
	worklist/giving.py,$\
	worklist/handover.py,$\
	worklist/handover_lines.py,$\
	worklist/items.py,$\
	worklist/mine.py,$\
	worklist/notices.py,$\
	worklist/outbox.py,$\
	worklist/pauses.py,$\
	worklist/plan.py,$\
	worklist/plans.py,$\
	worklist/preferences.py,$\
	worklist/recipients.py,$\
	worklist/reminders.py,$\
	worklist/retrying.py,$\
	worklist/smtp_answers.py,$\
	worklist/snoozing.py,$\
	worklist/team.py,$\
	worklist/turns.py,$\
	worklist/usual.py,$\
	worklist/vacancies.py,$\
	worklist/webhooks.py,$\
	worklist/wording.py

coverage:  ## the unit suite; 90 % over all and 100 % of branches where it says WHOLE
	$(PY) -m pytest -n 2 --dist loadgroup -q -m "not browser and not slow" --cov --cov-report=
	$(MAKE) covered

covered:  ## what the last run with --cov says
	$(PY) -m coverage report --format=total --fail-under=90
	$(PY) -m coverage report --skip-covered --show-missing --fail-under=100 --include="$(WHOLE)"

# Races with 200 callers on both databases. A PostgreSQL of its own may be ended as by a power failure; where none is installed, it is left out.
RACES = tests/faults/test_decisions_over_http.py tests/faults/test_acknowledging_over_http.py
faults:  ## real workers, supervisors, servers and databases that are killed; 200 callers at once
	KILLS=8 $(PY) -m pytest -m slow -q
	env -u DATABASE_URL CALLERS=200 KILLS=8 $(PY) -m pytest -n 0 -q $(RACES)
	CALLERS=200 KILLS=8 $(PY) -m tests.faults.cluster $(PY) -m pytest -n 0 -q $(RACES) \
		tests/faults/test_half_way.py tests/faults/test_migrating.py tests/faults/test_backup.py

bench:  ## var/bench.json: ratios to a floor from one run
	$(PY) manage.py bench

messages:  ## collect new texts into the catalogues
	$(PY) manage.py collect_messages
