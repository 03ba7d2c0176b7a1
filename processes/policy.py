"""Who may draft, create, submit and change processes: each answer says why not, on the day of the scope.

Level and position are two halves of one answer: the gate knows the level, the scope knows departments and positions.
"""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from organization.gate import Answer, check
from organization.ladder import Action
from organization.models import Department, Person, Position
from organization.scope import Scope, below
from organization.scope import scope as scope_on
from processes.models import Participation, Process, Revision, Translation
from worklist.mine import is_given


def may_contribute(person: Person, subject: Revision | Process, scope: Scope) -> Answer:
    """Write in a draft: level 1, and in its department, its owner, or invited."""
    process, revision = (subject.process, subject) if isinstance(subject, Revision) else (subject, None)
    if not (works_in(process, scope) or invited(process, scope, revision)):
        return _no(
            _("Only people of the department %(department)s and invited contributors write here.") % {"department": process.department}
        )
    return check(Action.CONTRIBUTE, person, scope.today)


def may_answer_requests(person: Person, scope: Scope) -> Answer:
    """Answer what readers ask for at all: who writes in drafts; in which processes is what `to_answer` says."""
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


def may_translate(person: Person, process: Process, scope: Scope) -> Answer:
    """Write a translation: whoever may write in a draft of it, and whoever was given this work; level 1."""
    if is_given(scope, f"translate:{process.pk}:"):
        return check(Action.CONTRIBUTE, person, scope.today)
    return may_contribute(person, process, scope)


def may_be_checker(person: Person, translation: Translation, day: dt.date) -> Answer:
    """Be named to check a translation: anybody who sees the document, has an account, and wrote nothing of it."""
    if not person.has_access(day):
        return _no(_("%(name)s has no access any more.") % {"name": person.name})
    if _translated(person, translation):
        return _no(_("%(name)s wrote part of this translation. Nobody checks what they wrote.") % {"name": person.name})
    if not Process.objects.visible_to(scope_on(person, day)).filter(pk=translation.revision.process_id).exists():
        return _no(_("%(name)s may not see this document.") % {"name": person.name})
    return Answer(allowed=True)


def may_check(person: Person, translation: Translation, scope: Scope) -> Answer:
    """Release or return a translation: the person named for it, who wrote nothing of it."""
    if translation.state != Translation.State.IN_CHECK or translation.checker_id != person.pk:
        return _no(_("Only the person named for it checks this translation."))
    return may_be_checker(person, translation, scope.today)


def may_withdraw(person: Person, translation: Translation, scope: Scope) -> Answer:
    """Take a released translation away: whoever answers for the process; give up one that is not released: its translators too."""
    process = translation.revision.process
    if translation.state != Translation.State.RELEASED:
        answer = may_translate(person, process, scope)
        if answer:
            return answer
    return may_change_metadata(person, process, scope)


def may_read_translation(person: Person, translation: Translation, scope: Scope) -> Answer:
    """A released one is read by everybody who sees the document; before that by those who write, check or answer for it."""
    if translation.state == Translation.State.RELEASED or translation.checker_id == person.pk:
        return Answer(allowed=True)
    process = translation.revision.process
    if may_translate(person, process, scope) or may_change_metadata(person, process, scope):
        return Answer(allowed=True)
    return _no(_("This translation is not released yet. Read the authoritative text."))


def answered_for(scope: Scope) -> QuerySet[Process]:
    """The processes for which `may_change_metadata` says yes and that this person sees."""
    visible: QuerySet[Process] = Process.objects.visible_to(scope)
    mine = Position.objects.filter(pk__in=scope.positions)
    if mine.filter(kind=Position.Kind.COMPANY_PROCESS_MANAGER).exists():
        return visible
    offices = mine.filter(kind__in=(Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER))
    return visible.filter(Q(owner__in=scope.positions) | Q(department__in=offices.values("department")))


def may_share(scope: Scope, department: Department | int | None) -> Answer:
    """Keep templates for a department (its process manager, or one above), or for the company (the process office)."""
    if scope.office or (department is not None and getattr(department, "pk", department) in managed(scope)):
        return _YES
    if department is None:
        return _no(_("Only the process office keeps this for the whole company."))
    return _no(_("Only the department's process manager and the process office keep this for a department."))


def may_share_any(scope: Scope) -> bool:
    """Whether the person keeps templates for others at all: what the offer asks before it is made."""
    return scope.office or bool(managed(scope))


def managed(scope: Scope, *further: Position.Kind) -> frozenset[int]:
    """The departments of which the person is the process manager (or holds one of the further kinds), with those below them."""
    kinds = (Position.Kind.DEPARTMENT_PROCESS_MANAGER, *further)
    return below(set(Position.objects.filter(pk__in=scope.positions, kind__in=kinds).values_list("department", flat=True)))


def may_keep_block(scope: Scope, *, person: int | None, department: int | None) -> Answer:
    """Save, change and retire a step block: one's own; a department's by its head and its process manager; the company's by the office."""
    if person == scope.person_id:
        return _YES
    if person is not None:
        return _no(_("This block belongs to somebody else."))
    if department is not None and department in managed(scope, Position.Kind.HEAD):
        return _YES
    return may_share(scope, department)


def may_share_steps(process: Process) -> Answer:
    """Give steps of this process to others as a block: where everybody may read the process anyway."""
    if process.confidentiality == Process.Confidentiality.COMPANY:
        return _YES
    return _no(_("Not everybody may see %(number)s, so its steps become a block for yourself only.") % {"number": process.number})


def may_answer_change(person: Person, process: Process, scope: Scope) -> Answer:
    """Say what becomes of a changed shared step: whoever answers for the process (see `may_change_metadata`) or was given this."""
    if is_given(scope, f"shared:{process.pk}:"):
        return _YES
    return may_change_metadata(person, process, scope)


def may_answer_problem(person: Person, process: Process, scope: Scope) -> Answer:
    """Answer what readers report: whoever answers for the process (see `may_change_metadata`) or was given this."""
    if is_given(scope, f"problem:{process.pk}:"):
        return _YES
    return may_change_metadata(person, process, scope)


def may_ask_withdrawal(person: Person, process: Process, scope: Scope) -> Answer:
    """Ask that it be withdrawn: whoever answers for the process (see `may_change_metadata`), with the level that submits."""
    answers = may_change_metadata(person, process, scope)
    return answers and check(Action.SUBMIT, person, scope.today)


def may_suggest(process: Process, revision: Revision) -> Answer:
    """Ask for a change: every reader of an approved revision of a document that is in use."""
    if process.state != Process.State.ACTIVE:
        return _no(_("%(number)s is no longer active.") % {"number": process.number})
    if process.withdrawn_from is not None:
        return _no(_("%(number)s is withdrawn or going to be; nothing is changed in it any more.") % {"number": process.number})
    if revision.process_id != process.pk or revision.state != Revision.State.APPROVED:
        return _no(_("Changes are asked for in what is approved; what is a draft or in review has its own discussion."))
    return Answer(allowed=True)


def may_sign_effect(process: Process, revision: Revision, scope: Scope) -> Answer:
    """Say that people are ready for an approved revision, or that it takes effect later: the owner position, or who was given this."""
    if process.owner_id in scope.positions or is_given(scope, f"ready:{revision.pk}:"):
        return _YES
    return _no(_("Only the owner position “%(position)s” signs readiness, or puts the day off.") % {"position": process.owner.title})


def may_call_off(person: Person, process: Process, scope: Scope) -> Answer:
    """Cancel an approval before it takes effect: whoever answers for the process (see `may_change_metadata`)."""
    answer = may_change_metadata(person, process, scope)
    return answer or _no(
        _("Only the owner, the head of %(department)s and its process manager cancel an approval.") % {"department": process.department}
    )


def may_remark(person: Person, process: Process, scope: Scope) -> Answer:
    """Say that a change of an approved version matters more than it was marked: the owner position or the company process manager."""
    office = Position.objects.filter(pk__in=scope.positions, kind=Position.Kind.COMPANY_PROCESS_MANAGER)
    if process.owner_id in scope.positions or office.exists():
        return _YES
    words = {"position": process.owner.title}
    return _no(_("Only the owner position “%(position)s” and the company process manager raise a change of an approved version.") % words)


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


def _translated(person: Person, translation: Translation) -> bool:
    """Whether the person wrote one of its texts or handed it in."""
    return translation.handed_in_by_id == person.pk or translation.edits.filter(by=person).exists()


_YES = Answer(allowed=True)


def _no(reason: str) -> Answer:
    return Answer(allowed=False, warning="", reason=reason)


def office_of(process: Process, view: Scope, *kinds: Position.Kind) -> Position | None:
    """The position in which a person answers for a process, to stand with the signature: the owner's, else one of these kinds."""
    if process.owner_id in view.positions:
        owner: Position = process.owner
        return owner
    return Position.objects.filter(pk__in=view.positions, kind__in=kinds).order_by("pk").first()
