"""Stories of courses: a new one, its words and terms, and its end. What was completed stays on record."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Ability, Department, Level, Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import Scope, scope
from processes.models import Process
from training.courses.policy import may_arrange
from training.models import Course, TrainingSession


@dataclass(frozen=True, slots=True)
class Terms:
    """What a course is, as it was typed."""

    title: str
    description: str = ""
    department: Department | None = None
    processes: Collection[Process] = ()
    level: Level | None = None
    abilities: Collection[Ability] = field(default_factory=tuple)
    places: int = 12
    pass_mark: int | None = None
    renewal_months: int | None = None


def create(code: str, terms: Terms, *, by: Person, now: dt.datetime) -> Course:
    """A course. Raises Refused where the code is taken, or a process is named that the person may not see."""
    view = scope(by, today(now))
    insist(may_arrange(by, terms.department, view))
    try:
        with transaction.atomic():
            return _write(Course(code=code, created_by=by, created_at=now), terms, view, by=by, now=now)
    except IntegrityError:
        raise Refused(_("There is a course with the code %(code)s already. Choose another one.") % {"code": code}) from None


def change(course: Course, terms: Terms, *, by: Person, now: dt.datetime, seen: int) -> Course:
    """Other words or terms; records keep the validity with which they were written. Raises Refused or Stale."""
    with transaction.atomic():
        locked, view = _locked(course, by, now)
        insist(may_arrange(by, terms.department, view))
        if locked.version != seen:
            raise Stale(_("Somebody changed this course meanwhile. Nothing was saved; look at it as it is now, then change it again."))
        locked.version += 1
        return _write(locked, terms, view, by=by, now=now)


def retire(course: Course, *, by: Person, now: dt.datetime) -> Course:
    """It is held no more; refused while a session is still planned."""
    with transaction.atomic():
        locked, _view = _locked(course, by, now)
        if locked.retired_at is None:
            if locked.sessions.filter(state=TrainingSession.State.PLANNED).exists():
                raise Refused(_("Sessions of it are still planned. Hold or cancel them first."))
            if locked.demands.filter(ended_at__isnull=True).exists():
                raise Refused(_("A process demands this course. End that first."))
            locked.retired_at = now
            with remembered(locked, by=by, now=now):
                locked.save()
    return locked


def _locked(course: Course, by: Person, now: dt.datetime) -> tuple[Course, Scope]:
    locked = Course.objects.select_for_update(of=("self",)).select_related("department").get(pk=course.pk)
    view = scope(by, today(now))
    insist(may_arrange(by, locked.department_id, view))
    return locked, view


def _write(course: Course, terms: Terms, view: Scope, *, by: Person, now: dt.datetime) -> Course:
    """Processes that this person may not see stay linked as they are: nobody takes away what they are not shown."""
    seen = set(Process.objects.visible_to(view).filter(pk__in=[one.pk for one in terms.processes]).values_list("pk", flat=True))
    if len(seen) < len(terms.processes):
        raise Refused(_("You may not see one of these processes. Take it out."))
    for name in ("title", "description", "department", "level", "places", "pass_mark", "renewal_months"):
        setattr(course, name, getattr(terms, name))
    with remembered(course, by=by, now=now):
        course.save()
        hidden = course.processes.exclude(pk__in=Process.objects.visible_to(view).values("pk")) if course.pk else ()
        course.processes.set([*terms.processes, *hidden])
        course.abilities.set(terms.abilities)
    return course
