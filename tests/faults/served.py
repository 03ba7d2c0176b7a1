"""Settings of a server that is put to the test: those of the portal with quick passwords, and with what a test weakens or holds up."""

import os

from processportal.settings import *  # noqa: F403 - the portal's own settings, whatever they are
from processportal.settings import DATABASE, INSTALLED_APPS, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.tampering.Tampering"]
if os.environ.get("UNGUARDED") and "sqlite" in DATABASE["ENGINE"]:
    # There the lock is the transaction's own, and the turn.
    DATABASE["ENGINE"], DATABASE["OPTIONS"]["transaction_mode"] = "django.db.backends.sqlite3", "DEFERRED"
