"""Who arranges courses and sessions, who joins them, who records what came of them; each answer says why not."""

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from organization.gate import Answer, check
from organization.ladder import Action
from organization.models import Department, Person
from organization.scope import Scope
from processes.models import Process
from processes.policy import managed, may_change_metadata
from training.models import Course, TrainingSession

State = TrainingSession.State
YES = Answer(True)


def may_arrange(by: Person, department: Department | int | None, view: Scope) -> Answer:
    """Courses and sessions of a department (its process manager, or one above), or of the company (the process office); level 4."""
    if not (view.office or (department is not None and getattr(department, "pk", department) in managed(view))):
        if department is None:
            return Answer(False, reason=_("Only the process office arranges training for the whole company. Ask there."))
        return Answer(False, reason=_("Training is arranged by the department's process manager and the process office. Ask one of them."))
    return check(Action.EDIT_ARCHITECTURE, by, view.today)


def arranged_among(departments: Collection[int | None], by: Person, view: Scope) -> frozenset[int | None]:
    """Of these departments (None: the company) those for which `may_arrange` says yes; the level is asked once."""
    managing = managed(view) if not view.office else ()
    mine = frozenset(one for one in departments if view.office or (one is not None and one in managing))
    return mine if mine and check(Action.EDIT_ARCHITECTURE, by, view.today) else frozenset()


def may_arrange_any(by: Person, view: Scope) -> Answer:
    """Arrange training at all: what the offer asks before it is made."""
    if not (view.office or managed(view)):
        return Answer(False, reason=_("Training is arranged by the department's process manager and the process office. Ask one of them."))
    return check(Action.EDIT_ARCHITECTURE, by, view.today)


def may_record(by: Person, session: TrainingSession, view: Scope) -> Answer:
    """Record who was there and how it ended: the trainer, and whoever arranges the course."""
    return YES if session.trainer_id == by.pk else may_arrange(by, session.course.department_id, view)


def may_correct(by: Person, course: Course, trainer: int | None, view: Scope) -> Answer:
    """Put a record right: the trainer of its session, and whoever arranges the course."""
    return YES if trainer == by.pk else may_arrange(by, course.department_id, view)


def may_grade(by: Person, person: Person) -> Answer:
    """Say what somebody's result is: never one's own, whoever holds or arranges the session."""
    if by.pk == person.pk:
        return Answer(False, reason=_("Nobody records their own result. Ask the trainer, or somebody else who arranges the course."))
    return YES


def may_join(session: TrainingSession, now: dt.datetime) -> Answer:
    """Take or give back a place: until the session begins."""
    if session.state == State.CANCELLED:
        return Answer(False, reason=_("This session was cancelled. Choose another one of the course."))
    if session.begins_at <= now or session.state == State.HELD:
        return Answer(False, reason=_("This session has begun: places are no longer taken or given back. Ask the trainer."))
    return YES


def may_check_in(by: Person, session: TrainingSession) -> Answer:
    """Say that one is there: whoever is on the list, with a place or without."""
    if session.enrolments.filter(person=by).exists():
        return YES
    return Answer(False, reason=_("You are not on the list of this session. Ask the trainer to add you: then it counts for you."))


def may_demand(by: Person, process: Process, view: Scope) -> Answer:
    """Have a company-level process demand a course: whoever answers for the process, with the level that arranges training."""
    if process.level != Process.Level.COMPANY:
        return Answer(False, reason=_("Only company-level processes demand a training before they take effect."))
    return may_change_metadata(by, process, view) and check(Action.EDIT_ARCHITECTURE, by, view.today)
