"""Stories of shared tablets: register and revoke one; a visit from badge and PIN to its end; confirming with badge and PIN.

No session of a person ever begins at a tablet. A page that was sent once begins no second visit, a new visit ends the one before,
and whatever is confirmed takes badge and PIN again.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from organization import pins
from organization.calendar import today
from organization.evidence import acting
from organization.models import Department, Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from processes.models import Picture, Revision
from training import acknowledgements, policy
from training.models import Acknowledgement, Reading, Tablet, TabletVisit

SALT = "training.tablet"
PICTURES = signing.Signer(salt="training.tablet.pictures", sep="~")  # the address of a picture in a text holds no colon
SHEET_LASTS = dt.timedelta(hours=24)
VISIT_LASTS = dt.timedelta(minutes=20)
"""So long after the last page that was asked for."""
LISTED = 50
"""So many are listed at once."""


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
    visit = _going_on(tablet, now, handle=handle)
    if visit is None:
        raise Stale(_("Your visit at this tablet has ended. Type badge and PIN again."))
    TabletVisit.objects.filter(pk=visit.pk, seen_at__lt=now).update(seen_at=now)
    visit.seen_at = now
    return visit


def _going_on(tablet: Tablet, now: dt.datetime, **which: Any) -> TabletVisit | None:
    rested = now - VISIT_LASTS
    found = tablet.visits.filter(ended_at__isnull=True, seen_at__gt=rested, **which).select_related("person", "tablet").first()
    return found if found and found.person.has_access(today(now)) else None


def end(tablet: Tablet, handle: str, now: dt.datetime) -> None:
    """The person is done, or left."""
    tablet.visits.filter(handle=handle, ended_at__isnull=True).update(ended_at=now)


def to_read(visit: TabletVisit, now: dt.datetime) -> list[Reading]:
    """What this person owes and may see, by due day: as many as are listed, and one more where there are more."""
    owed = _owed(visit, now).select_related("work_item", "revision__process").defer("revision__content")
    return list(owed.order_by("work_item__due_on", "pk")[: LISTED + 1])


def _owed(visit: TabletVisit, now: dt.datetime) -> QuerySet[Reading]:
    visible = Revision.objects.visible_to(scope(visit.person, today(now)))
    return Reading.objects.owed().filter(person=visit.person, revision__in=visible.values("pk"))


def reading_of(visit: TabletVisit, revision: int, now: dt.datetime) -> Reading:
    """One of them. Raises Refused for anything else."""
    owed = _owed(visit, now).select_related("work_item", "person", "revision__process", "revision__frozen")
    found = owed.filter(revision=revision).first()
    if found is None:
        raise Refused(_("This is not on your list."))
    return found


def pictures_of(visit: TabletVisit, revision: Revision) -> str:
    """What opens the pictures of this revision, for its page: it holds until the visit asks for another page, or ends."""
    return PICTURES.sign_object([visit.pk, revision.pk, visit.seen_at.isoformat()])


def picture(tablet: Tablet, given: str, sha256: str, now: dt.datetime) -> Picture | None:
    """A picture of the revision that is being read there at this moment; looking at it does not make the visit longer."""
    try:
        which, revision, seen = PICTURES.unsign_object(given)
    except signing.BadSignature:
        return None
    visit = _going_on(tablet, now, pk=which, seen_at=seen)
    if visit is None:
        return None
    reading = _owed(visit, now).filter(revision=revision)
    return Picture.objects.filter(sha256=sha256, uses__revision__in=reading.values("revision")).first()


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
