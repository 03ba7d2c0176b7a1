"""Stating that one has read a revision: bound to its content hash, once, by the person and nobody else."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import is_open, may_see_revision
from processes.models import Revision
from processes.translations import stands
from training import opened, quiz_attempts
from training.models import Acknowledgement, Reading, Tablet
from worklist.items import settle
from worklist.models import WorkItem

Requirement = Callable[[Revision, Person, dt.datetime], None]
REQUIREMENTS: Sequence[Requirement] = (quiz_attempts.insist_passed,)
"""What has to be done before: each raises Refused with what to do."""


def acknowledge(revision: Revision, *, by: Person, now: dt.datetime, token: str, tablet: Tablet | None = None) -> Acknowledgement:
    """Records that `by` has read the revision. The first one stands; a double click gives it back unchanged.

    It names the authoritative content also where a released translation of it was read, and says in which language;
    `tablet` where it was given on a shared one, with badge and PIN.

    Raises Refused where the revision cannot be read or something has to be done before, Stale where it is superseded
    or the token is not for this page.
    """
    with transaction.atomic():
        found = _fresh(revision)
        if not (is_open(found) or may_see_revision(found, scope(by, today(now)))):
            raise Refused(_("You may not see this procedure."))
        known = Acknowledgement.objects.filter(person=by, revision=found).first()
        if known:
            return known
        _may_be_read(found, now)
        opened_at, shown = opened.read(token, by, found, now)
        language = opened.language(shown)
        if language and not stands(found, language):
            raise Stale(
                _("The translation that you read was withdrawn meanwhile. Nothing was recorded; please read the authoritative text.")
            )
        for insist_on in REQUIREMENTS:
            insist_on(found, by, now)
        # Thousands confirm at once, so nobody holds the revision for himself. What refers to it keeps the hand-out, which does,
        # waiting on either side: from here on its readings are seen, and what became of the revision meanwhile.
        mine = Acknowledgement(
            person=by, revision=found, content=found.frozen, opened_at=opened_at, acknowledged_at=now, shown=shown, tablet=tablet
        )
        Acknowledgement.objects.bulk_create([mine], ignore_conflicts=True)
        made = Acknowledgement.objects.get(person=by, revision=found)
        if (made.opened_at, made.acknowledged_at) == (opened_at, now):  # else another click of the same person was first
            _may_be_read(_fresh(revision), now)
            reading = Reading.objects.select_related("work_item").filter(revision=found, person=by).first()
            if reading:
                Reading.objects.filter(pk=reading.pk).update(acknowledged_at=now, ended_at=None)
                settle(reading.work_item, outcome=WorkItem.Outcome.DONE, now=now)
    return made


@dataclass(frozen=True, slots=True)
class Fact:
    """An acknowledgement that was given elsewhere: in an earlier system, or on paper."""

    person: Person
    opened_at: dt.datetime
    acknowledged_at: dt.datetime


def take_over(revision: Revision, facts: Sequence[Fact]) -> int:
    """Records facts about one approved revision in bulk; who has one already is passed over. Returns how many were new."""
    if revision.frozen is None:
        raise Refused(_("Only an approved revision can be acknowledged."))
    with transaction.atomic():
        known = set(Acknowledgement.objects.filter(revision=revision).values_list("person", flat=True))
        new = {fact.person.pk: fact for fact in facts if fact.person.pk not in known}
        Acknowledgement.objects.bulk_create(
            Acknowledgement(
                person=fact.person,
                revision=revision,
                content=revision.frozen,
                opened_at=fact.opened_at,
                acknowledged_at=fact.acknowledged_at,
            )
            for fact in new.values()
        )
        for reading in Reading.objects.select_related("work_item").filter(revision=revision, person__in=new):
            at = new[reading.person_id].acknowledged_at
            Reading.objects.filter(pk=reading.pk).update(acknowledged_at=at, ended_at=None)
            settle(reading.work_item, outcome=WorkItem.Outcome.DONE, now=at)
    return len(new)


def _fresh(revision: Revision) -> Revision:
    """As it stands, without its text."""
    found: Revision = Revision.objects.select_related("process", "frozen").defer("content", "frozen__content").get(pk=revision.pk)
    return found


def _may_be_read(revision: Revision, now: dt.datetime) -> None:
    """Approved, and not replaced by a newer revision that is in force already."""
    if revision.state != Revision.State.APPROVED or revision.frozen is None:
        raise Refused(_("Only an approved revision can be acknowledged."))
    if (revision.effective_until and revision.effective_until <= now) or revision.is_suspended(now):
        raise Stale(_("A newer revision is in force since you opened this page. Nothing was recorded; please read the newer one."))
