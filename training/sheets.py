"""The page of a quiz that somebody has before them: a signed, timed token, good for one attempt. It writes nothing when it is opened."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Stale
from processes.models import Revision
from training.models import QuizVersion

SALT = "training.quiz"
LASTS = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` mixes the questions, and counts once; `version` and `revision` are ids (0: of no process)."""

    name: str
    version: int
    revision: int
    started_at: dt.datetime


def new(version: QuizVersion) -> str:
    """A name that was never used."""
    return f"{version.pk}-{secrets.token_hex(8)}"


def new_in(language: str) -> str:
    """The same for what comes with the portal: its version is written down with the first answers."""
    return f"{language}-{secrets.token_hex(8)}"


def token(name: str, person: Person, version: QuizVersion | None, revision: Revision | None, now: dt.datetime) -> str:
    """For the page."""
    return signing.dumps([name, person.pk, version.pk if version else 0, revision.pk if revision else 0, int(now.timestamp())], salt=SALT)


def read(given: str, person: Person, revision: Revision | None, now: dt.datetime) -> Sheet:
    """The sheet that this very person was given for this revision. Raises Stale for anything else or after a day."""
    try:
        name, who, version, which, seconds = signing.loads(given, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        name, who, version, which, seconds = "", None, 0, None, 0
    started = dt.datetime.fromtimestamp(seconds, dt.UTC)
    mine = (who, which) == (person.pk, revision.pk if revision else 0)
    if not mine or not started <= now + dt.timedelta(seconds=1) or now - started > LASTS:
        raise Stale(_("Open the quiz again and answer there: the page you sent was too old or not yours. Nothing was recorded."))
    return Sheet(name, version, revision.pk if revision else 0, min(started, now))
