"""Who opens, sees, rates, concludes and takes back an assessment; each answer says why not and what to do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from organization import gate
from organization.gate import Answer
from organization.ladder import HIGHEST
from organization.models import Appointment, Person, Position
from organization.policy import YES, office_held
from organization.scope import Scope, below
from training.models import Assessment, Assessor

PANEL = 2
LEADING = (Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER, Position.Kind.TOP_MANAGEMENT)


@dataclass(frozen=True, slots=True)
class Overseen:
    """Whose competence a person looks after: their own, that of everybody (the company process manager), of these departments."""

    person: int
    day: dt.date
    everybody: bool
    departments: frozenset[int]

    def __bool__(self) -> bool:
        return self.everybody or bool(self.departments)

    def covers(self, person: Person) -> bool:
        """Whether this is the person themself, or one of those overseen."""
        return self.person == person.pk or (bool(self) and Person.objects.filter(self.people("pk"), pk=person.pk).exists())

    def people(self, outer: str) -> Q:
        """The condition on rows of which `outer` is the person: those overseen, whoever asks not among them."""
        if self.everybody:
            return ~Q(**{outer: self.person})
        works = Appointment.objects.on(self.day).filter(person=OuterRef(outer), position__department__in=self.departments)
        return ~Q(**{outer: self.person}) & Q(Exists(works))


def overseen(view: Scope) -> Overseen:
    """By the positions that a person holds or acts for: at most two queries."""
    kinds = (*LEADING, Position.Kind.COMPANY_PROCESS_MANAGER)
    held = list(Position.objects.filter(pk__in=view.held | view.acting, kind__in=kinds).values_list("kind", "department"))
    if any(kind == Position.Kind.COMPANY_PROCESS_MANAGER for kind, _department in held):
        return Overseen(view.person_id, view.today, everybody=True, departments=frozenset())
    return Overseen(view.person_id, view.today, everybody=False, departments=below(frozenset(department for _kind, department in held)))


def oversees(view: Scope, person: Person) -> bool:
    """Whether whoever asks is above this person; nobody is above themselves."""
    return view.person_id != person.pk and overseen(view).covers(person)


def may_open(view: Scope, candidate: Person, *, level: int, held: int) -> Answer:
    """The candidate, or who is above: for the next level, or for the one that is held."""
    if view.person_id != candidate.pk and not oversees(view, candidate):
        return _no(_("An assessment is opened by the person, a superior or the company process manager."))
    if not candidate.has_access(view.today):
        return _no(_("%(name)s has left or has no access any more.") % {"name": candidate.name})
    if not 1 <= level <= HIGHEST:
        return _no(_("There are five levels."))
    if level not in (held, held + 1):
        words = {"next": gate.level_name(min(held + 1, HIGHEST)), "name": candidate.name}
        return _no(_("A person climbs one level at a time: the next for %(name)s is %(next)s.") % words)
    return YES


def may_name(view: Scope, assessment: Assessment) -> Answer:
    """Name or release assessors: who is above the candidate, never the candidate."""
    if view.person_id == assessment.candidate_id:
        return _no(_("Nobody chooses their own assessors. Your superior or the company process manager names them."))
    return YES if oversees(view, assessment.candidate) else _no(_("Assessors are named by a superior or the company process manager."))


def may_be_assessor(person: Person, assessment: Assessment, others: Sequence[Assessor], day: dt.date) -> Answer:
    """Holds a higher level than the one assessed; the highest is assessed by two, one of whom top management may be."""
    words = {"name": person.name, "level": gate.level_name(min(assessment.level_id + 1, HIGHEST))}
    if person.pk == assessment.candidate_id:
        return _no(_("Nobody assesses themselves."))
    if not person.has_access(day):
        return _no(_("%(name)s has left or has no access any more.") % words)
    if any(one.person_id == person.pk for one in others):
        return _no(_("%(name)s is an assessor already.") % words)
    return _suffices(person, assessment, others, day)


def _suffices(person: Person, assessment: Assessment, others: Sequence[Assessor], day: dt.date) -> Answer:
    words = {"name": person.name, "level": gate.level_name(min(assessment.level_id + 1, HIGHEST))}
    if gate.level_of(person, day) >= min(assessment.level_id + 1, HIGHEST):
        return YES
    if assessment.level_id < HIGHEST:
        return _no(_("%(name)s cannot assess this: an assessor holds %(level)s.") % words)
    if office_held(person, Position.Kind.TOP_MANAGEMENT, day) and has_highest(others, day):
        return YES
    return _no(
        _("%(name)s cannot assess this: one assessor holds %(level)s, the other one too, or is of top management or from outside.") % words
    )


def has_highest(assessors: Sequence[Assessor], day: dt.date) -> bool:
    """Whether one of them holds the highest level."""
    held = gate.levels_of([one.person_id for one in assessors if one.person_id is not None], day)
    return HIGHEST in held.values()


def may_rate(person: Person, assessment: Assessment, assessors: Sequence[Assessor], day: dt.date) -> Answer:
    """Whoever was named, as long as their own level suffices."""
    if all(one.person_id != person.pk for one in assessors):
        return _no(_("Only the assessors rate and conclude this assessment."))
    return _suffices(person, assessment, [one for one in assessors if one.person_id != person.pk], day)


def may_conclude(person: Person, assessment: Assessment, assessors: Sequence[Assessor], day: dt.date) -> Answer:
    """An assessor, when all have handed in their ratings and nobody is missing from a panel."""
    answer = may_rate(person, assessment, assessors, day)
    if not answer:
        return answer
    if assessment.level_id == HIGHEST and (len(assessors) < PANEL or not has_highest(assessors, day)):
        return _no(_("The highest level is assessed by two: a second assessor is still to be named."))
    if waiting := [one.name for one in assessors if one.person_id is not None and one.rated_at is None]:
        return _no(_("Not everybody has handed in their ratings: %(names)s.") % {"names": ", ".join(waiting)})
    return YES


def may_withdraw(view: Scope, assessment: Assessment, assessors: Sequence[Assessor]) -> Answer:
    """Candidate, opener, assessor, or who is above."""
    near = {assessment.candidate_id, assessment.opened_by_id, *(one.person_id for one in assessors)}
    if view.person_id in near or oversees(view, assessment.candidate):
        return YES
    return _no(_("An assessment is taken back by the candidate, an assessor or a superior."))


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
