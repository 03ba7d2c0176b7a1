"""What beat wakes, and how often. A sweeper finds what is due in the database; nothing is kept in the broker alone."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "worklist.tasks.beat", "schedule": 20.0},
    "outbox": {"task": "worklist.tasks.deliver_outbox", "schedule": 20.0},
    "reminders": {"task": "processportal.tasks.remind", "schedule": 60.0},
    "mail": {"task": "worklist.tasks.send_mail", "schedule": 30.0},
    "summaries": {"task": "worklist.tasks.summarize", "schedule": 60.0},
    "summaries-all": {"task": "worklist.tasks.expect_summaries", "schedule": crontab(minute="23")},
    "webhooks": {"task": "worklist.tasks.call_webhooks", "schedule": 30.0},
    "readings": {"task": "training.tasks.hand_out", "schedule": 300.0},
    "readings-turned": {"task": "training.tasks.hand_out_turned", "schedule": crontab(minute="3")},
    "readings-all": {"task": "training.tasks.hand_out_all", "schedule": crontab(hour="2", minute="13")},
    "levels": {"task": "training.tasks.tell_lapses", "schedule": crontab(minute="1")},
    "assessments": {"task": "training.tasks.follow_leavers", "schedule": crontab(minute="31")},
    "training": {"task": "training.tasks.follow_training", "schedule": crontab(minute="53")},
    "reviews": {"task": "processes.tasks.raise_reviews", "schedule": crontab(minute="7")},
    "seats": {"task": "approvals.tasks.reseat", "schedule": 300.0},
    "waivers": {"task": "approvals.tasks.tell_ending_waivers", "schedule": crontab(minute="41")},
    "releases": {"task": "approvals.tasks.tell_ended_releases", "schedule": 60.0},
    "shared-steps": {"task": "processes.tasks.propose_shared", "schedule": crontab(minute="37")},
    "in-force": {"task": "processes.tasks.tell_in_force", "schedule": 60.0},
    "readiness": {"task": "processes.tasks.follow_owners", "schedule": crontab(minute="29")},
    "withdrawals": {"task": "processes.tasks.end_withdrawn", "schedule": 60.0},
    "copies": {"task": "processportal.copies.tasks.recall", "schedule": crontab(minute="17")},
    "audit-packs": {"task": "processportal.audit_pack.tasks.go_on", "schedule": 60.0},
    "audit-packs-old": {"task": "processportal.audit_pack.tasks.forget_old", "schedule": crontab(hour="2", minute="37")},
    "imports": {"task": "processes.tasks.go_on_importing", "schedule": 60.0},
    "measurements": {"task": "kpis.tasks.raise_dues", "schedule": crontab(minute="13")},
    "usual-times": {"task": "worklist.tasks.measure_usual_times", "schedule": crontab(hour="1", minute="23")},
    "vacancies": {"task": "processportal.tasks.reconcile_vacancies", "schedule": crontab(hour="0", minute="20")},
    "handovers": {"task": "processportal.tasks.reconcile_handovers", "schedule": crontab(minute="23")},
    "continuity": {"task": "processportal.tasks.check_continuity", "schedule": crontab(hour="0", minute="40")},
    "seal": {"task": "organization.tasks.seal", "schedule": crontab(minute="*/10")},
    "confirmations": {"task": "worklist.tasks.ask_to_confirm", "schedule": 300.0},
    "sessions": {"task": "organization.tasks.forget_sessions", "schedule": crontab(hour="2", minute="41")},
    "absence-calendars": {"task": "organization.tasks.read_calendars", "schedule": crontab(minute="11,41")},
}
