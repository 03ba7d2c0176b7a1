"""The proof that a page was opened: a signed, timed token (person, revision, content hash) that the page carries and the form returns."""

import datetime as dt

from django.core import signing
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Stale
from processes.models import Revision

SALT = "training.opened"
LASTS = dt.timedelta(hours=24)
WHOLE, CHANGES = "whole", "changes"
IN = "in "
"""What was shown: the whole or only the changes, or the whole in another language ("in zh-hans")."""


def in_language(code: str) -> str:
    """What was shown, where it was a translation."""
    return f"{IN}{code}"


def language(shown: str) -> str:
    """The language of the translation that was shown, or ""."""
    return shown.removeprefix(IN) if shown.startswith(IN) else ""


def token(person: Person, revision: Revision, shown: str, now: dt.datetime) -> str:
    """For the page: who opened which content when, and what of it was shown."""
    return signing.dumps([person.pk, revision.pk, _sha(revision), shown, int(now.timestamp())], salt=SALT)


def read(given: str, person: Person, revision: Revision, now: dt.datetime) -> tuple[dt.datetime, str]:
    """When this very person opened this very content, and what was shown. Raises Stale for anything else or after a day."""
    try:
        who, which, sha, shown, seconds = signing.loads(given, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        who = which = sha = shown = None
        seconds = 0
    opened = dt.datetime.fromtimestamp(seconds, dt.UTC)
    if (who, which, sha) != (person.pk, revision.pk, _sha(revision)) or not opened <= now + dt.timedelta(seconds=1) or now - opened > LASTS:
        raise Stale(_("Open the procedure again and confirm there: the page you sent was too old or not yours."))
    return min(opened, now), shown


def _sha(revision: Revision) -> str:
    return revision.frozen.sha256 if revision.frozen else ""
