"""Which course prepares for a level, and its next session with a place: what the forecast proposes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from organization.models import Person
from organization.scope import Scope
from training.courses.policy import may_arrange
from training.courses.seats import free
from training.models import Course, TrainingSession


@dataclass(frozen=True, slots=True)
class Offer:
    """A course with its next session that has a place, and whether the reader may plan one."""

    course: Course
    session: TrainingSession | None
    may_plan: bool


def offers(levels: Collection[int], *, by: Person, view: Scope, now: dt.datetime) -> Mapping[int, Sequence[Offer]]:
    """Level → the courses that prepare for it, by code. Two queries, and one for each department that offers any."""
    courses = list(Course.objects.filter(retired_at__isnull=True, level__in=levels).select_related("department").order_by("code"))
    coming: dict[int, TrainingSession] = {}
    for session in TrainingSession.objects.open(now).filter(course__in=courses, begins_at__gt=now).with_seats().order_by("begins_at", "pk"):
        if free(session) > session.waiting:
            coming.setdefault(session.course_id, session)
    may = {department: bool(may_arrange(by, department, view)) for department in {one.department_id for one in courses}}
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    for course in courses:
        found[course.level_id or 0].append(Offer(course, coming.get(course.pk), may[course.department_id]))
    return found
