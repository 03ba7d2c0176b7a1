"""Who may take a quiz, open further attempts at it, register a shared tablet, and see who has read what; each answer says why not."""

import datetime as dt

from django.utils.translation import gettext as _

from organization.calendar import today
from organization.gate import Answer
from organization.models import Appointment, Department, Person, Position
from organization.policy import may_manage
from organization.scope import Scope, scope
from processes.models import Process, Revision
from processes.policy import managed, may_change_metadata
from training.models import Quiz
from worklist.mine import is_given
from worklist.policy import reach_of


def may_take(revision: Revision, person: Person, now: dt.datetime) -> Answer:
    """Whether this revision's quiz is open to this person at all: an approved one that they see."""
    if revision.state != Revision.State.APPROVED or revision.frozen_id is None:
        return Answer(False, reason=_("Only an approved revision has a quiz."))
    if not Revision.objects.visible_to(scope(person, today(now))).filter(pk=revision.pk).exists():
        return Answer(False, reason=_("You may not see this procedure."))
    return Answer(True)


def may_unlock(by: Person, process: Process, person: Person, now: dt.datetime) -> Answer:
    """Whoever answers for the process, or was given this: never for oneself."""
    if by.pk == person.pk:
        return Answer(False, reason=_("Nobody opens further attempts for themselves. Ask the department's process manager."))
    view = scope(by, today(now))
    return Answer(True) if is_given(view, f"quiz:{_quiz(process)}:{person.pk}:") else may_change_metadata(by, process, view)


def _quiz(process: Process) -> int:
    return Quiz.objects.filter(process=process).values_list("pk", flat=True).first() or 0


def may_register(by: Person, department: Department | None, view: Scope) -> Answer:
    """Administrators, the process office, and the process manager of the department (or one above); without a department: any."""
    mine = managed(view)
    if may_manage(by) or view.office or (bool(mine) if department is None else department.pk in mine):
        return Answer(True)
    return Answer(
        False, reason=_("Shared tablets are registered by an administrator or the department's process manager. Ask one of them.")
    )


def may_see_training(person: Person, view: Scope) -> bool:
    """What somebody has read: that person, those who lead a department of theirs (or one above), the process office, and auditors."""
    if person.pk == view.person_id or _audits(view):
        return True
    reach = reach_of(view)
    theirs = Appointment.objects.on(view.today).filter(person=person, position__department__in=reach.departments)
    return reach.everything or theirs.exists()


def named_in(view: Scope) -> frozenset[int]:
    """Those of one's departments in which one is told by name who is late: the same people as above, all at once."""
    reach = reach_of(view)
    return view.departments if reach.everything or _audits(view) else view.departments & reach.departments


def may_see_coverage(by: Person, process: Process, view: Scope) -> Answer:
    """How far a document has been read, by department: whoever answers for it, and auditors."""
    return Answer(True) if _audits(view) else may_change_metadata(by, process, view)


def _audits(view: Scope) -> bool:
    kinds = (Position.Kind.PROCESS_AUDITOR, Position.Kind.TOP_MANAGEMENT)
    return Position.objects.filter(pk__in=view.positions, kind__in=kinds).exists()
