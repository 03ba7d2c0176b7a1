"""The WSGI application, on a database that fits it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "processportal.settings")
application = get_wsgi_application()

from processportal.schema import must_fit  # noqa: E402 - asks the database, which is known only now

must_fit()
