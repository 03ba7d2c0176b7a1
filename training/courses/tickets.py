"""The signed, timed code that the trainer shows: whoever scans it says in their own session that they are there."""

import datetime as dt
from typing import Final

import segno
from django.core import signing
from django.utils.translation import gettext as _

from organization.refusals import Stale
from training.models import TrainingSession

SALT: Final = "training.check-in"
LASTS: Final = dt.timedelta(minutes=15)


def token(session: TrainingSession, now: dt.datetime) -> str:
    """For the trainer's page, which asks for a new one in time."""
    return signing.dumps([session.pk, int(now.timestamp())], salt=SALT)


def session_of(given: str, now: dt.datetime) -> TrainingSession:
    """The session whose code was shown within the last minutes. Raises Stale for anything else."""
    try:
        key, seconds = signing.loads(given, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        key, seconds = None, 0
    shown = dt.datetime.fromtimestamp(seconds, dt.UTC)
    found: TrainingSession | None = TrainingSession.objects.select_related("course").filter(pk=key).first()
    if found is None or not shown - dt.timedelta(seconds=1) <= now <= shown + LASTS:
        raise Stale(_("This code is no longer valid. Scan the one that the trainer shows now."))
    return found


def picture(address: str) -> str:
    """The code as a picture within the page."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=2, dark="#14202b", light="#ffffff"))
