"""Who may draft, create, submit and change processes: each answer says why not, on the day of the scope.

Level and position are two halves of one answer: the gate knows the level, the scope knows departments and positions.
"""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from organization.gate import Answer, check
from organization.ladder import Action
from organization.models import Department, Person, Position
from organization.scope import Scope
from processes.models import Participation, Process, Revision
from worklist.mine import is_given


def may_contribute(person: Person, subject: Revision | Process, scope: Scope) -> Answer:
    """Write in a draft: level 1, and in its department, its owner, or invited."""
    process, revision = (subject.process, subject) if isinstance(subject, Revision) else (subject, None)
    if not (works_in(process, scope) or invited(process, scope, revision)):
        return _no(
            _("Only people of the department %(department)s and invited contributors write here.") % {"department": process.department}
        )
    return check(Action.CONTRIBUTE, person, scope.today)


def may_create(person: Person, department: Department, scope: Scope) -> Answer:
    """Begin a new document of a department: level 1, and in the department or one above it."""
    if department.pk not in scope.departments:
        return _no(_("Only people of the department %(department)s begin documents there.") % {"department": department})
    return check(Action.CONTRIBUTE, person, scope.today)


def may_begin(person: Person, scope: Scope) -> Answer:
    """Begin a new document of any department at all: what the offer "New process" asks before it is made."""
    if not scope.departments:
        return _no(_("Only people who hold a position begin documents."))
    return check(Action.CONTRIBUTE, person, scope.today)


def may_submit(person: Person, process: Process, scope: Scope) -> Answer:
    """Hand a draft in for approval: level 2, and in its department."""
    if not works_in(process, scope):
        return _no(_("Only people of the department %(department)s submit this draft.") % {"department": process.department})
    return check(Action.SUBMIT, person, scope.today)


def may_change_metadata(person: Person, process: Process, scope: Scope) -> Answer:
    """Change title, owner, confidentiality …: the owner, head or process manager of the department, or the process office."""
    if process.owner_id in scope.positions or _offices(process, scope).exists():
        return Answer(allowed=True, warning="", reason="")
    return _no(_("Only the owner, the head of %(department)s and its process manager change this.") % {"department": process.department})


def may_leave_company_level(process: Process, scope: Scope) -> Answer:
    """Make a company document one of its department: whoever approves it there says so, once it was approved as a company document."""
    office = Position.objects.filter(pk__in=scope.positions, kind=Position.Kind.COMPANY_PROCESS_MANAGER)
    if office.exists() or not process.revisions.filter(state=Revision.State.APPROVED).exists():
        return Answer(allowed=True)
    return _no(_("Only the company process manager takes %(number)s off the company level.") % {"number": process.number})


def may_review(person: Person, process: Process, scope: Scope) -> Answer:
    """Give the verdict of a periodic review: whoever answers for the process (see `may_change_metadata`) or was given this review."""
    if is_given(scope, f"review:{process.pk}:"):
        return Answer(allowed=True)
    return may_change_metadata(person, process, scope)


def may_agree(person: Person, process: Process, scope: Scope) -> Answer:
    """Answer for this process what another one proposes: whoever answers for it (see `may_change_metadata`), with level 3."""
    if not is_given(scope, f"interface:{process.pk}:"):
        answers = may_change_metadata(person, process, scope)
        if not answers:
            return answers
    return check(Action.AGREE_INTERFACE, person, scope.today)


def may_suggest(process: Process, revision: Revision) -> Answer:
    """Ask for a change: every reader of an approved revision of a document that is in use."""
    if process.state != Process.State.ACTIVE:
        return _no(_("%(number)s is no longer active.") % {"number": process.number})
    if revision.process_id != process.pk or revision.state != Revision.State.APPROVED:
        return _no(_("Changes are asked for in what is approved; what is a draft or in review has its own discussion."))
    return Answer(allowed=True)


def works_in(process: Process, scope: Scope) -> bool:
    """Whether the person is of the process's department (or one above), holds its owner position or acts for it."""
    return process.department_id in scope.departments or process.owner_id in scope.positions


def invited(process: Process, scope: Scope, revision: Revision | None = None) -> bool:
    """Whether person or position was invited to contribute, to the process as a whole or to this revision."""
    whole_or_this = Q(revision__isnull=True) | Q(revision=revision) if revision else Q(revision__isnull=True)
    invitations = process.participations.filter(scope.person_or_position(), whole_or_this, part=Participation.Part.CONTRIBUTOR)
    return invitations.filter(open_until(scope.today)).exists()


def open_until(today: dt.date) -> Q:
    """Participations that have not run out; the last day counts."""
    return Q(until__isnull=True) | Q(until__gte=today)


def departments_to_create_in(scope: Scope) -> QuerySet[Department]:
    """The departments that `may_create` allows (level apart)."""
    existing: QuerySet[Department] = Department.objects.existing(scope.today)
    return existing.filter(pk__in=scope.departments)


def _offices(process: Process, scope: Scope) -> QuerySet[Position]:
    """My positions that answer for the department's processes, and the process office."""
    of_department = Q(department=process.department_id, kind__in=(Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER))
    return Position.objects.filter(pk__in=scope.positions).filter(of_department | Q(kind=Position.Kind.COMPANY_PROCESS_MANAGER))


def _no(reason: str) -> Answer:
    return Answer(allowed=False, warning="", reason=reason)
