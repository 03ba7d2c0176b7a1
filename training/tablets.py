"""Stories of shared tablets: register and revoke one; a visit from badge and PIN to its end; confirming with badge and PIN.

No session of a person ever begins at a tablet. A page that was sent once begins no second visit, a new visit ends the one before,
and whatever is confirmed takes badge and PIN again.
"""

import datetime as dt
import hashlib
import secrets

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from organization import pins
from organization.calendar import today
from organization.evidence import acting
from organization.models import Department, Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from processes.models import Revision
from training import acknowledgements, policy
from training.models import Acknowledgement, Reading, Tablet, TabletVisit

SALT = "training.tablet"
SHEET_LASTS = dt.timedelta(hours=24)
VISIT_LASTS = dt.timedelta(minutes=20)
"""So long after the last page that was asked for."""


class Denied(Refused):
    """Badge and PIN were not accepted; nothing of the person may be shown."""


def register(place: str, department: Department, *, by: Person, now: dt.datetime) -> tuple[Tablet, str]:
    """A tablet and the secret for its cookie, which is nowhere else."""
    with transaction.atomic():
        insist(policy.may_register(by, department, scope(by, today(now))))
        secret = secrets.token_urlsafe(32)
        made = Tablet(place=place, department=department, secret_sha256=_hash(secret), registered_by=by, registered_at=now)
        with remembered(made, by=by, now=now, reason=""):
            made.save()
    return made, secret


def revoke(tablet: Tablet, *, by: Person, now: dt.datetime) -> Tablet:
    """From now on nothing is confirmed there; whoever stands before it is sent to the idle page."""
    with transaction.atomic():
        found = Tablet.objects.select_for_update(of=("self",)).select_related("department").get(pk=tablet.pk)
        insist(policy.may_register(by, found.department, scope(by, today(now))))
        if found.revoked_at is None:
            found.revoked_at, found.revoked_by = now, by
            with remembered(found, by=by, now=now, reason=""):
                found.save()
            found.visits.filter(ended_at__isnull=True).update(ended_at=now)
    return found


def of_secret(secret: str) -> Tablet | None:
    """The tablet whose cookie this is, while it is registered."""
    return Tablet.objects.filter(secret_sha256=_hash(secret), revoked_at__isnull=True).first()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def sheet(tablet: Tablet, now: dt.datetime) -> str:
    """What the idle page carries: good for one visit, at this tablet, today."""
    return signing.dumps([secrets.token_hex(16), tablet.pk, int(now.timestamp())], salt=SALT)


def _sheet_name(given: str, tablet: Tablet, now: dt.datetime) -> str:
    try:
        name, which, seconds = signing.loads(given, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        name, which, seconds = "", None, 0
    if which != tablet.pk or now - dt.datetime.fromtimestamp(seconds, dt.UTC) > SHEET_LASTS:
        raise Stale(_("This page was too old. Type badge and PIN again."))
    return str(name)


def begin(tablet: Tablet, given: str, *, badge: str, pin: str, address: str, now: dt.datetime) -> TabletVisit:
    """A visit of the person whose badge and PIN these are. Raises Denied, or Stale for a page that was sent before."""
    name = _sheet_name(given, tablet, now)
    if TabletVisit.objects.filter(sheet=name).exists():
        raise Stale(_("This page was used already. Type badge and PIN again."))
    person = _identified(badge, pin, address, now)
    with transaction.atomic():
        Tablet.objects.select_for_update().get(pk=tablet.pk)
        if not Tablet.objects.filter(pk=tablet.pk, revoked_at__isnull=True).exists() or TabletVisit.objects.filter(sheet=name).exists():
            raise Stale(_("This page was used already. Type badge and PIN again."))
        tablet.visits.filter(ended_at__isnull=True).update(ended_at=now)
        return TabletVisit.objects.create(tablet=tablet, person=person, sheet=name, handle=secrets.token_hex(16), began_at=now, seen_at=now)


def _identified(badge: str, pin: str, address: str, now: dt.datetime) -> Person:
    found = pins.identify(badge, pin, address=address, now=now)
    if found.person is None:
        raise Denied(found.reason)
    return found.person


def visit_of(tablet: Tablet, handle: str, now: dt.datetime) -> TabletVisit:
    """The visit that goes on at this tablet. Raises Stale where it ended, rested too long, or is another tablet's."""
    open_ones = tablet.visits.filter(ended_at__isnull=True, seen_at__gt=now - VISIT_LASTS).select_related("person", "tablet")
    visit = open_ones.filter(handle=handle).first()
    if visit is None or not visit.person.has_access(today(now)):
        raise Stale(_("Your visit at this tablet has ended. Type badge and PIN again."))
    TabletVisit.objects.filter(pk=visit.pk).update(seen_at=now)
    return visit


def end(tablet: Tablet, handle: str, now: dt.datetime) -> None:
    """The person is done, or left."""
    tablet.visits.filter(handle=handle, ended_at__isnull=True).update(ended_at=now)


def to_read(visit: TabletVisit, now: dt.datetime) -> list[Reading]:
    """What this person owes and may see, by due day."""
    visible = Revision.objects.visible_to(scope(visit.person, today(now)))
    owed = Reading.objects.owed().filter(person=visit.person, revision__in=visible.values("pk"))
    return list(owed.select_related("work_item", "revision__process", "revision__frozen").order_by("work_item__due_on", "pk")[:50])


def reading_of(visit: TabletVisit, revision: int, now: dt.datetime) -> Reading:
    """One of them. Raises Refused for anything else."""
    found = next((one for one in to_read(visit, now) if one.revision_id == revision), None)
    if found is None:
        raise Refused(_("This is not on your list."))
    return found


def confirm(visit: TabletVisit, reading: Reading, *, badge: str, pin: str, token: str, address: str, now: dt.datetime) -> Acknowledgement:
    """Badge and PIN of the very person of this visit, then the acknowledgement as everywhere, with the tablet in it."""
    person = _identified(badge, pin, address, now)
    if person.pk != visit.person_id:
        raise Denied(_("This is the badge of somebody else. Who is done touches “I am done”; then the next one begins."))
    tablet = Tablet.objects.get(pk=visit.tablet_id)
    if tablet.revoked_at is not None:
        raise Stale(_("This tablet is not registered any more. Nothing was recorded."))
    with acting(person.login):
        return acknowledgements.acknowledge(reading.revision, by=person, now=now, token=token, tablet=tablet)
