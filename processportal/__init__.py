"""Settings, addresses, and the screens that show several apps."""

from processportal.celery import app as celery_app

__all__ = ["celery_app"]
