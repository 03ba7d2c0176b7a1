"""What a company-level process demands before a version takes effect: a course, who still needs it, and the sessions that takes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from organization.calendar import add_working_days, midnight, today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes.models import EffectHold, Process, Revision
from training.courses.inviting import missing
from training.courses.planning import Need
from training.courses.policy import may_demand
from training.models import Course, Enrolment, TrainingDemand, TrainingSession
from training.reach import audience

WORKING_DAYS = 10
"""So long a demanded training takes at least, counted from the approval; sessions that are planned later hold it back longer."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A demand, how far it is, and the sessions before the day (all to come where no day is known)."""

    demand: TrainingDemand
    need: Need
    sessions: Sequence[TrainingSession]
    by: dt.date | None


def demand(process: Process, course: Course, *, by: Person, now: dt.datetime) -> TrainingDemand:
    """From now on what is approved waits until its readers have completed this course. The same again changes nothing."""
    with transaction.atomic():
        locked = _locked(process, by, now)
        known = TrainingDemand.objects.filter(process=locked, course=course, ended_at__isnull=True).first()
        if known is not None:
            return known
        if Course.objects.select_for_update().get(pk=course.pk).retired_at is not None:
            raise Refused(_("This course is no longer held. Choose another one."))
        return TrainingDemand.objects.create(process=locked, course=course, begun_by=by, begun_at=now)


def end(demanded: TrainingDemand, *, by: Person, now: dt.datetime) -> None:
    """Versions that are approved from now on do not wait for it. What waits already is released by the owner, or by a waiver."""
    with transaction.atomic():
        _locked(demanded.process, by, now)
        TrainingDemand.objects.filter(pk=demanded.pk, ended_at__isnull=True).update(ended_at=now, ended_by=by)


def standing(process: Process) -> QuerySet[TrainingDemand]:
    """What it demands now."""
    return TrainingDemand.objects.filter(process=process, ended_at__isnull=True).select_related("course").order_by("pk")


def held_until(revision: Revision, now: dt.datetime) -> dt.date | None:
    """For the approval: the first day after the training; None where nothing is demanded, or nobody needs it any more."""
    if revision.process.level != Process.Level.COMPANY:
        return None
    day = today(now)
    wanting = [one.course for one in standing(revision.process) if missing(one.course, audience(revision.process, day), day).exists()]
    if not wanting:
        return None
    last = TrainingSession.objects.open(now).filter(course__in=wanting).order_by("-ends_at").values_list("ends_at", flat=True).first()
    trained = add_working_days(day, WORKING_DAYS)
    return max(trained, today(last) + dt.timedelta(days=1)) if last else trained


def planned_for(process: Process) -> dt.date | None:
    """The day on which the version that waits is to take effect."""
    holds: QuerySet[EffectHold] = EffectHold.objects.open().filter(revision__process=process).order_by("-pk")
    return holds.values_list("planned_on", flat=True).first()


def plans(process: Process, day: dt.date, now: dt.datetime) -> list[Planned]:
    """Each demand with its need, in a fixed number of queries whatever the number of people and sessions."""
    demanded = list(standing(process)) if process.level == Process.Level.COMPANY else []
    by = planned_for(process) if demanded else None
    return [_planned(one, by, day, now) for one in demanded]


def _planned(one: TrainingDemand, by: dt.date | None, day: dt.date, now: dt.datetime) -> Planned:
    people = audience(one.process, day)
    without = missing(one.course, people, by or day)
    sessions = TrainingSession.objects.open(now).filter(course=one.course).with_seats().select_related("trainer").order_by("begins_at")
    in_time = list(sessions.filter(ends_at__lte=midnight(by)) if by else sessions)
    coming = Enrolment.objects.coming().filter(session__in=in_time, person__in=without.values("pk"))
    need = Need(
        people=(count := people.count()),
        completed=count - without.count(),
        placed=coming.values("person").distinct().count(),
        free=sum(max(session.capacity - session.taken, 0) for session in in_time),
        places=one.course.places,
    )
    return Planned(one, need, in_time, by)


def _locked(process: Process, by: Person, now: dt.datetime) -> Process:
    locked: Process = Process.objects.select_for_update(of=("self",)).select_related("department", "owner").get(pk=process.pk)
    insist(may_demand(by, locked, scope(by, today(now))))
    return locked
