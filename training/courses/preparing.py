"""Which course prepares for a level, and its next session with a place: what the forecast proposes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from organization.models import Person
from organization.scope import Scope
from training.courses.policy import arranged_among
from training.courses.seats import free
from training.models import Course, TrainingSession


@dataclass(frozen=True, slots=True)
class Offer:
    """A course with its next session that has a place, and whether the reader may plan one."""

    course: Course
    session: TrainingSession | None
    may_plan: bool


def offers(levels: Collection[int], *, by: Person, view: Scope, now: dt.datetime) -> Mapping[int, Sequence[Offer]]:
    """Level → the courses that prepare for it, by code. A fixed number of queries."""
    courses = list(Course.objects.filter(retired_at__isnull=True, level__in=levels).order_by("code"))
    coming: dict[int, TrainingSession] = {}
    for session in TrainingSession.objects.open(now).filter(course__in=courses, begins_at__gt=now).with_seats().order_by("begins_at", "pk"):
        if free(session) > session.waiting:
            coming.setdefault(session.course_id, session)
    mine = arranged_among({one.department_id for one in courses}, by, view)
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    for course in courses:
        found[course.level_id or 0].append(Offer(course, coming.get(course.pk), course.department_id in mine))
    return found
