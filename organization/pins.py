"""The PIN with which a person acts at a shared tablet, together with the badge: set by nobody else, hashed, counted and locked.

Failures are kept as failed signatures of the person and tell them; they lock the PIN and never the sign-in with the password.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from organization import events
from organization.calendar import today
from organization.models import FailedSigning, Person, Pin
from organization.refusals import Refused

COMPONENT: Final = "pin"
PIN: Final = re.compile(r"[0-9]{4,6}")
LIMITS: Final = ((dt.timedelta(minutes=15), 5), (dt.timedelta(days=1), 15))
"""So many failures within so long lock the PIN until the first of them is older."""
RUN: Final = "01234567890"


@dataclass(frozen=True, slots=True)
class Identified:
    """The person, or nobody and the sentence that says what to do: the same for an unknown badge and for a wrong PIN."""

    person: Person | None
    reason: str = ""


def set_pin(person: Person, typed: str, *, now: dt.datetime) -> Pin:
    """The person's own PIN. Raises Refused for one that is easily guessed."""
    trivial = len(set(typed)) <= 2 or typed in RUN or typed[::-1] in RUN or typed in {person.badge, person.login}
    if not PIN.fullmatch(typed):
        raise Refused(_("A PIN has four to six digits."))
    if trivial or (person.badge or "").endswith(typed) or person.login.endswith(typed):
        raise Refused(_("This PIN is easily guessed: it repeats or counts, or is part of your badge or login name. Choose another one."))
    made: Pin = Pin.objects.update_or_create(person=person, defaults={"hashed": make_password(typed), "set_at": now})[0]
    return made


def remove(person: Person) -> None:
    """From now on nothing is confirmed on a shared tablet in this person's name."""
    Pin.objects.filter(person=person).delete()


@transaction.atomic
def identify(badge: str, typed: str, *, address: str, now: dt.datetime) -> Identified:
    """Whose badge and PIN these are. What failed is kept, counted and told, in a transaction of its own."""
    badge = badge.strip()
    found = Pin.objects.select_for_update(of=("self",)).select_related("person").filter(person__badge=badge).first() if badge else None
    if found is None or not found.person.has_access(today(now)):
        make_password(typed)  # takes as long as a PIN that is checked
        return Identified(None, wrong())
    if locked(found.person, now):
        return Identified(None, _("Too many wrong PINs. Wait a quarter of an hour; after many in one day, until tomorrow."))
    if check_password(typed, found.hashed):
        return Identified(found.person)
    failed = FailedSigning.objects.create(person=found.person, component=COMPONENT, address=address[:300], at=now)
    events.signing_failed.send(sender=FailedSigning, failed=failed)
    return Identified(None, wrong())


def wrong() -> str:
    """What is said of an unknown badge and of a wrong PIN alike."""
    return _(
        "Badge and PIN do not belong together, or no PIN is set. Try again; the PIN is set at a computer, in the menu under your name."
    )


def locked(person: Person, now: dt.datetime) -> bool:
    """Whether too many attempts failed lately, since the PIN was set."""
    failed = FailedSigning.objects.filter(person=person, component=COMPONENT, at__gt=person.pin.set_at)
    return any(failed.filter(at__gt=now - within).count() >= limit for within, limit in LIMITS)
