"""The WSGI application."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "processportal.settings")
application = get_wsgi_application()

from processportal import schema  # noqa: E402 - asks models, which are ready only now

NOT_LOADED = 4
"""gunicorn's code for a program that cannot be loaded: it ends instead of trying again and again."""


def _on_a_database_that_fits() -> None:
    """One that does not answer just now keeps nobody from starting: the pages say so until it is back."""
    try:
        misfit = schema.misfit()
    except OperationalError:
        return
    finally:
        connections.close_all()
    if misfit:
        sys.stderr.write(f"Process Portal does not start. {misfit}\n")
        sys.exit(NOT_LOADED)


_on_a_database_that_fits()
