"""Who looks after continuity: whose leaving a person may think through, whose handover see, prepare and close."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from organization.calendar import company_zone, today
from organization.gate import Answer, level_name
from organization.models import Appointment, Person, Position
from organization.policy import may_manage
from organization.scope import Scope, below
from worklist.models import Handover, HandoverLine

YES = Answer(True)
EVERYTHING = (Position.Kind.COMPANY_PROCESS_MANAGER, Position.Kind.PROCESS_SUPERVISION, Position.Kind.TOP_MANAGEMENT)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose continuity a person looks after: `everything`, or these departments (with what lies below)."""

    everything: bool
    departments: frozenset[int]

    def __bool__(self) -> bool:
        return self.everything or bool(self.departments)

    def covers(self, departments: frozenset[int]) -> bool:
        """Whether one of these departments is within reach."""
        return self.everything or bool(self.departments & departments)


def reach_of(person: Person, scope: Scope) -> Reach:
    """Process office, top management and administrators: everything; heads: their departments. One query, and one for heads."""
    return Reach(True, frozenset()) if may_manage(person) else reach_in_line(scope)


def reach_in_line(scope: Scope) -> Reach:
    """The same without what administrators may."""
    offices = list(Position.objects.filter(pk__in=scope.positions).values_list("kind", "department"))
    if any(kind in EVERYTHING for kind, _department in offices):
        return Reach(True, frozenset())
    return Reach(False, below({department for kind, department in offices if kind == Position.Kind.HEAD}))


def may_run(person: Person, scope: Scope) -> Answer:
    """Have the check run now: the process office and administrators."""
    office = Position.objects.filter(pk__in=scope.positions, kind__in=EVERYTHING).exclude(kind=Position.Kind.TOP_MANAGEMENT)
    if may_manage(person) or office.exists():
        return YES
    return _no(_("Only the process office starts the check. It runs by itself every night."))


def held_around(person: Person, day: dt.date) -> QuerySet[Appointment]:
    """The appointments that the person holds on this day, or that ended on it (deactivation ends them first)."""
    found: QuerySet[Appointment] = Appointment.objects.filter(person=person, starts_on__lte=day)
    return found.filter(Q(ends_before__isnull=True) | Q(ends_before__gte=day)).select_related("position__department")


def opened_on(handover: Handover) -> dt.date:
    """The company's day on which it was opened: what was held on it (or ended on it) is what is handed over."""
    return today(handover.opened_at)


def departments_of(person: Person, day: dt.date) -> frozenset[int]:
    """The departments of the positions held around this day."""
    return frozenset(held_around(person, day).values_list("position__department", flat=True))


def may_think_through(departments: frozenset[int], reach: Reach) -> Answer:
    """See what would happen if people of these departments left today."""
    if reach.covers(departments):
        return YES
    return _no(_("Heads see this for their own people; the process office, top management and administrators for everybody."))


def may_open(by: Person, person: Person, reach: Reach, day: dt.date) -> Answer:
    """Open a handover before somebody leaves: the person, the heads above, whoever looks after everything."""
    if not person.is_active:
        return _no(_("%(name)s has left already; the handover was opened on that day.") % {"name": person.name})
    if by.pk == person.pk or reach.covers(departments_of(person, day)):
        return YES
    return _no(_("The person, their head or an administrator opens a handover."))


def may_hand_over(by: Person, handover: Handover, reach: Reach, scope: Scope) -> Answer:
    """Choose successors, write notes, close: whoever owes the handover, the person, the heads above, who looks after everything."""
    own = handover.person_id == by.pk and by.is_active
    if _owes(handover, scope) or own or reach.covers(departments_of(handover.person, opened_on(handover))):
        return YES
    return _no(_("The superior of %(name)s, the process office and administrators hand this over.") % {"name": handover.person.name})


def handovers_within(reach: Reach, by: Person, scope: Scope) -> QuerySet[Handover]:
    """The handovers that a person may see as a whole: the queryset of `may_hand_over`."""
    rows: QuerySet[Handover] = Handover.objects.select_related("person", "work_item__position")
    if reach.everything:
        return rows
    opened = TruncDate("opened_at", tzinfo=company_zone())
    around = Q(ends_before__isnull=True) | Q(ends_before__gte=OuterRef("opened_on"))
    held = Appointment.objects.filter(around, person=OuterRef("person"), starts_on__lte=OuterRef("opened_on"))
    theirs = Exists(held.filter(position__department__in=reach.departments))
    return rows.annotate(opened_on=opened).filter(Q(person=by.pk) | Q(work_item__position__in=scope.positions) | theirs)


def may_offer(by: Person, successor: Person, handover: Handover, scope: Scope) -> Answer:
    """Offer it to this person: to oneself only as somebody who stands in the line, since rights go with the work."""
    if successor.pk != by.pk or _owes(handover, scope) or reach_in_line(scope).covers(departments_of(handover.person, opened_on(handover))):
        return YES
    return _no(_("You hand this over as an administrator only. Somebody else has to offer it to you."))


def _owes(handover: Handover, scope: Scope) -> bool:
    return handover.work_item is not None and handover.work_item.position_id in scope.positions


def may_answer(by: Person, line: HandoverLine) -> Answer:
    """Accept or decline: the successor who was asked."""
    if line.successor_id == by.pk and by.is_active:
        return YES
    return _no(_("“%(subject)s” is no longer offered to you.") % {"subject": line.subject})


def may_take(successor: Person, line: HandoverLine, level: int, day: dt.date) -> Answer:
    """Be chosen: somebody with access, another than the leaver, who may act on it and has the level that the position asks for."""
    words = {"name": successor.name, "subject": line.subject}
    if not successor.has_access(day):
        return _no(_("%(name)s has no access any more. Choose somebody who works here.") % words)
    if successor.pk == line.handover.person_id:
        return _no(_("%(name)s is who leaves. Choose somebody else.") % words)
    if line.work_item is not None and successor.pk in line.work_item.excluded:
        return _no(_("%(name)s may not act on “%(subject)s”: it is about what they wrote.") % words)
    needed = line.position.required_level if line.position is not None else 0
    if level < needed:
        words |= {"needed": level_name(needed), "held": level_name(level)}
        return _no(_("“%(subject)s” needs %(needed)s. %(name)s: %(held)s.") % words)
    return YES


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
