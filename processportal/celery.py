"""The Celery application: worker and beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "processportal.settings")
app = Celery("processportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
