"""Sessions in the database: whose they are, since when, last seen when; they end when idle, when old, and when somebody says so."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from organization.models import OpenSession, Person

DEVICE = "device"
SEEN_EVERY = dt.timedelta(minutes=1)


def idle_time() -> dt.timedelta:
    """So long a session lasts without a request."""
    return dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def whole_time() -> dt.timedelta:
    """So long a session lasts at most."""
    return dt.timedelta(hours=settings.SESSION_HOURS)


class SessionStore(DatabaseStore):
    """Django's own store, with a row that says whose it is; one that is over is not found any more."""

    row: OpenSession | None = None

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        """The table."""
        return OpenSession

    def _get_session_from_db(self) -> OpenSession | None:
        found: OpenSession | None = super()._get_session_from_db()  # type: ignore[misc]
        if found is not None and found.person_id and not lasts(found, timezone.now()):
            self._session_key = None
            return None
        self.row = found
        return found

    def create_model_instance(self, data: dict[str, Any]) -> OpenSession:
        """The row to save. Signing in begins it anew; whatever else is saved leaves its times as they are."""
        made: OpenSession = super().create_model_instance(data)  # type: ignore[assignment]
        now, before = timezone.now(), self.row
        made.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.device = data.get(DEVICE, "")
        same = before is not None and before.person_id == made.person_id
        made.began_at, made.seen_at = (before.began_at, before.seen_at) if before and same else (now, now)
        made.handle = before.handle if before and before.session_key == made.session_key else uuid.uuid4()
        self.row = made
        return made


def lasts(session: OpenSession, now: dt.datetime) -> bool:
    """Whether it is neither idle nor old."""
    return now < session.seen_at + idle_time() and now < session.began_at + whole_time()


def touch(session: SessionBase, now: dt.datetime) -> None:
    """Somebody uses it. Written at most once a minute, and not at all where the database takes no writes."""
    row = getattr(session, "row", None)
    if row is None or not row.person_id or now < row.seen_at + SEEN_EVERY:
        return
    try:
        with transaction.atomic():
            OpenSession.objects.filter(pk=row.pk).update(seen_at=now)
    except DatabaseError:
        return
    row.seen_at = now


def named(request: HttpRequest, **_given: Any) -> None:
    """Receiver of `user_logged_in`: what the browser calls itself is kept with the session."""
    request.session[DEVICE] = request.headers.get("User-Agent", "")[:300]


def password_changed(request: HttpRequest, user: Person, **_given: Any) -> None:
    """Receiver: whoever knew the old password is out; the browser in which it was changed goes on."""
    end_all(user, but=request.session.session_key)


def open_of(person: Person, now: dt.datetime) -> QuerySet[OpenSession]:
    """The person's sessions that last, the one used last first."""
    lasting = OpenSession.objects.filter(person=person, expire_date__gt=now, seen_at__gt=now - idle_time())
    return lasting.filter(began_at__gt=now - whole_time()).order_by("-seen_at", "began_at")


def end(person: Person, handle: uuid.UUID) -> bool:
    """Ends one session of this person's; False where there is none of this name (any more)."""
    return bool(OpenSession.objects.filter(person=person, handle=handle).delete()[0])


def end_all(person: Person, *, but: str | None = None) -> int:
    """Ends all sessions of the person (but the one with this key) and says how many."""
    return OpenSession.objects.filter(person=person).exclude(session_key=but or "").delete()[0]


def forget(now: dt.datetime) -> int:
    """Removes the rows of sessions that are over; says how many."""
    over = Q(person__isnull=False) & (Q(seen_at__lte=now - idle_time()) | Q(began_at__lte=now - whole_time()))
    return OpenSession.objects.filter(over | Q(expire_date__lte=now)).delete()[0]
