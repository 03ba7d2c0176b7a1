"""Stating that one has read a revision: bound to its content hash, once, by the person and nobody else."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import is_open
from processes.models import Revision
from processes.translations import stands
from training import opened, quiz_attempts
from training.models import Acknowledgement, Reading, Tablet
from worklist.items import finish_many, settle
from worklist.models import WorkItem

Requirement = Callable[[Revision, Person, dt.datetime], None]
REQUIREMENTS: Sequence[Requirement] = (quiz_attempts.insist_passed,)
"""What has to be done before: each raises Refused with what to do."""
DECIDES = ("state", "frozen", "effective_until", "suspended_from", "suspended_until", "process__confidentiality")


def acknowledge(revision: Revision, *, by: Person, now: dt.datetime, token: str, tablet: Tablet | None = None) -> Acknowledgement:
    """Records that `by` has read the revision. The first one stands; a double click gives it back unchanged.

    It names the authoritative content also where a released translation of it was read, and says in which language;
    `tablet` where it was given on a shared one, with badge and PIN.

    Raises Refused where the revision cannot be read or something has to be done before, Stale where it is superseded
    or the token is not for this page.
    """
    try:
        with transaction.atomic():
            return _record(revision, by, now, token, tablet)
    except (Refused, IntegrityError):
        _insist_visible(_fresh(revision), by, now)
        known = Acknowledgement.objects.filter(person=by, revision=revision).first()
        if known is None:
            raise
        return known


def _record(revision: Revision, by: Person, now: dt.datetime, token: str, tablet: Tablet | None) -> Acknowledgement:
    """Written down first and looked at afterwards: thousands confirm at once, so nobody holds the revision for himself.

    The row refers to it, which keeps the hand-out, that does hold it, waiting on either side: from here on its readings are
    seen, and what became of the revision meanwhile.
    """
    if revision.frozen is None:
        raise Refused(_("Only an approved revision can be acknowledged."))
    opened_at, shown = opened.read(token, by, revision, now)
    mine = Acknowledgement(
        person=by, revision=revision, content=revision.frozen, opened_at=opened_at, acknowledged_at=now, shown=shown, tablet=tablet
    )
    mine.save(force_insert=True)
    found = _fresh(revision)
    _insist_visible(found, by, now)
    _insist_stands(found, mine.content_id, now)
    language = opened.language(shown)
    if language and not stands(found, language):
        raise Stale(_("The translation that you read was withdrawn meanwhile. Nothing was recorded; please read the authoritative text."))
    for insist_on in REQUIREMENTS:
        insist_on(found, by, now)
    owed = list(Reading.objects.filter(revision=found, person=by).order_by().values_list("pk", flat=True))
    if owed:
        Reading.objects.filter(pk__in=owed).update(acknowledged_at=now, ended_at=None)
        finish_many(owed, now=now)
    return mine


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
    """As it stands: what decides whether it may be seen and confirmed."""
    found: Revision = Revision.objects.select_related("process").only(*DECIDES).get(pk=revision.pk)
    return found


def _insist_visible(revision: Revision, by: Person, now: dt.datetime) -> None:
    if not (is_open(revision) or Revision.objects.visible_to(scope(by, today(now))).filter(pk=revision.pk).exists()):
        raise Refused(_("You may not see this procedure."))


def _insist_stands(revision: Revision, content: int, now: dt.datetime) -> None:
    """Approved with this content, and not replaced by a newer revision that is in force already."""
    if revision.state != Revision.State.APPROVED or revision.frozen_id != content:
        raise Refused(_("Only an approved revision can be acknowledged."))
    if (revision.effective_until and revision.effective_until <= now) or revision.is_suspended(now):
        raise Stale(_("A newer revision is in force since you opened this page. Nothing was recorded; please read the newer one."))
