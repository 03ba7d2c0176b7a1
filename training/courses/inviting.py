"""Whom a rule invites: the readers of a process, or everybody whom a department, position, role, level or person selects."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes.models import Process
from training.courses import seats
from training.courses.policy import may_arrange, may_join
from training.models import AudienceRule, Course, TrainingRecord, TrainingSession
from training.reach import audience, choose_each, selected_by, with_access
from worklist.outbox import wake

PROCESS = "process"
KINDS = (PROCESS, "department", "position", "role", "level", "person")


def selected(kind: str, key: int, day: dt.date) -> QuerySet[Person]:
    """Everybody with access whom this selects on this day; nobody for what is not there any more."""
    if kind == PROCESS:
        process = Process.objects.filter(pk=key).first()
        return audience(process, day) if process else Person.objects.none()
    ((_rule, chosen),) = choose_each([AudienceRule(starts_on=day, **{f"{kind}_id": key})])
    return Person.objects.filter(with_access(day), selected_by(chosen, day))


def missing(course: Course, people: QuerySet[Person], day: dt.date) -> QuerySet[Person]:
    """Those of them who have not completed the course, or not lately enough."""
    return people.exclude(pk__in=TrainingRecord.objects.valid(day).filter(course=course).values("person"))


def ask(session: TrainingSession, kind: str, key: int, *, everybody: bool, by: Person, now: dt.datetime) -> int:
    """Invites whom this selects, in the background; without `everybody` only who needs the course. Says how many there are."""
    with transaction.atomic():
        locked, day = seats.lock(session), today(now)
        view = scope(by, day)
        insist(may_arrange(by, locked.course.department_id, view))
        insist(may_join(locked, now))
        if kind == PROCESS and not Process.objects.visible_to(view).filter(pk=key).exists():
            raise Refused(_("You may not see this process. Take it out."))
        people = selected(kind, key, day)
        count = (people if everybody else missing(locked.course, people, day)).count()
        if not count:
            raise Refused(_("That selects nobody who needs this course."))
        wake("training.tasks.invite", locked.pk, kind, key, int(everybody), by.pk)
    return count


def carry_out(session: TrainingSession, kind: str, key: int, *, everybody: bool, by: Person, now: dt.datetime) -> int:
    """What `ask` began; says how many were new. Ends quietly where the session was cancelled or begun meanwhile."""
    day = today(now)
    people = selected(kind, key, day)
    wanted = people if everybody else missing(session.course, people, day)
    try:
        return seats.invite(session, wanted.order_by("pk").iterator(chunk_size=seats.BATCH), by=by, now=now)
    except Refused:
        return 0
