"""Who may act on a running case beside deciding, and on whom: yes or no, and why not.

No act opens a process to somebody who may not see it.
"""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals import policy
from approvals.models import ApprovalCase, CaseAct, CaseStage, Seat
from approvals.policy import YES
from organization.calendar import add_working_days
from organization.gate import Answer
from organization.models import Appointment, Person, Position
from organization.resolution import Assignee, resolve
from organization.scope import Scope, scope
from processes.access import may_see
from processes.policy import may_change_metadata
from worklist.querysets import available

BEFORE, AFTER = "before", "after"


def waiting_seats(case: ApprovalCase) -> list[Seat]:
    """The seats that are to be decided now."""
    open_now = Seat.objects.filter(stage__case=case, stage__opened_at__isnull=False, stage__closed_at=None, stage__replaced_at=None)
    return list(open_now.filter(decisions__isnull=True).select_related(*Seat.NEEDED).order_by("pk"))


def has_part(person: Person, case: ApprovalCase, scope: Scope) -> Answer:
    """Whose turn it is, and the process office where it did not write the content."""
    if any(turn.answer for turn in policy.turns(person, waiting_seats(case), case, scope)):
        return YES
    return policy.may_reroute(person, case, scope) or _no(_("Only whose turn it is and the process office do this."))


def may_delegate(person: Person, seat: Seat, case: ApprovalCase, scope: Scope) -> Answer:
    """Lend the decision in this seat: whose own decision it is. What is lent is not lent again."""
    if person.pk in policy.authors(case):
        return _no(_("You wrote or submitted this content; you neither decide on it nor say who does."))
    principal = policy.principals([seat], case, scope.today)[0]
    own = policy.may_lend(person, seat, principal, scope)
    lent = policy.delegate(seat, principal, scope.today)
    if lent is None:
        return own
    if not own and lent.person.pk == person.pk:
        return _no(_("This decision was delegated to you; it is not delegated again. Decide, or ask whoever gave it to take it back."))
    return own and _no(_("This decision is delegated to %(name)s. Take that back first.") % {"name": lent.person.name})


def may_transfer(person: Person, seat: Seat, case: ApprovalCase, scope: Scope) -> Answer:
    """Give the seat to another position for good: whose own decision it is, and the process office."""
    own = may_delegate(person, seat, case, scope)
    return own or (YES if policy.may_reroute(person, case, scope) else own)


def may_take_back(person: Person, seat: Seat, case: ApprovalCase, scope: Scope) -> Answer:
    """End a delegation: whoever gave it, whoever could give it today, and the process office; nobody who wrote the content."""
    if person.pk in policy.authors(case):
        return _no(_("You wrote or submitted this content; you neither decide on it nor say who does."))
    if seat.lent is not None and seat.lent.by_id == person.pk:
        return YES
    principal = policy.principals([seat], case, scope.today)[0]
    return policy.may_lend(person, seat, principal, scope) or policy.may_reroute(person, case, scope)


def may_be_lent(person: Person, by: Person, seat: Seat, case: ApprovalCase, day: dt.date) -> Answer:
    """Decide by delegation: somebody independent who holds the level, is there, and does not have the decision anyway."""
    words = {"name": person.name}
    principal = policy.principals([seat], case, day)[0]
    if person.pk == by.pk or (principal is not None and principal.person.pk == person.pk):
        return _no(_("%(name)s has this decision already.") % words)
    able = policy.may_be_named(person, seat, case, day)
    if able and not available(day).filter(pk=person.pk).exists():
        return _no(_("%(name)s is away today. Choose somebody who is there.") % words)
    return able and may_be_brought_in(person, by, case, day)


def may_get_seat(position: Position, by: Person, seat: Seat, case: ApprovalCase, day: dt.date) -> Answer:
    """Have the seat from now on: a position that is not asked in this stage yet and in which somebody independent with the level acts."""
    if seat.stage.seats.filter(position=position).exists():
        return _no(_("“%(position)s” is asked in this stage already.") % {"position": position.title})
    return _can_decide(position, by, case, seat.stage.required_level, day)


def may_add(person: Person, stage: CaseStage, where: str, case: ApprovalCase, scope: Scope) -> Answer:
    """Put a stage before or after the one whose turn it is; the last stage keeps the last word."""
    answer = has_part(person, case, scope)
    if answer and where == AFTER and stage.is_last:
        return _no(_("The last stage keeps the last word. Add the approver before it."))
    if answer and where == BEFORE and stage.decisions.exists():
        return _no(
            _("Somebody has decided in this stage already, so nobody is put before it. Add the approver after it, or ask for advice.")
        )
    return answer


def may_be_added(position: Position, by: Person, case: ApprovalCase, day: dt.date) -> Answer:
    """Get a stage of its own: a position that is not asked anyway and in which somebody independent acts."""
    asked = Seat.objects.filter(stage__case=case, stage__closed_at=None, stage__replaced_at=None, decisions__isnull=True)
    if asked.filter(position=position).exists():
        return _no(_("“%(position)s” is asked in this review anyway.") % {"position": position.title})
    return _can_decide(position, by, case, 0, day)


def may_copy(person: Person, case: ApprovalCase, scope: Scope) -> Answer:
    """Tell somebody else of the case: its authors too."""
    return YES if person.pk in policy.authors(case) else has_part(person, case, scope)


def may_be_asked(person: Person, by: Person, case: ApprovalCase, day: dt.date, position: Position | None = None) -> Answer:
    """Give advice: somebody who did not write it, maybe for a position."""
    if person.pk in policy.authors(case):
        return _no(_("%(name)s wrote part of the content. Ask somebody independent.") % {"name": person.name})
    return may_be_shown(person, position, by, case, day)


def may_advise(person: Person, asked: CaseAct, scope: Scope) -> Answer:
    """Answer: whoever was asked, also by position, and whoever the work was given to."""
    item = asked.work_item
    given = item is not None and item.assigned_to_id == person.pk
    if person.pk not in policy.authors(asked.case) and (asked.person_id == person.pk or asked.position_id in scope.positions or given):
        return YES
    return _no(_("Only whoever was asked for advice answers."))


def may_drop(person: Person, asked: CaseAct, case: ApprovalCase, scope: Scope) -> Answer:
    """Withdraw the question: whoever asked, and the process office."""
    return YES if asked.by_id == person.pk else policy.may_reroute(person, case, scope)


def next_nudge(last: dt.date) -> dt.date:
    """From which day on somebody who was nudged on this day may be nudged again."""
    return add_working_days(last, 1)


def may_be_nudged(person: Person, last: dt.date | None, day: dt.date) -> Answer:
    """Once a working day: `last` is the day on which the person was nudged last in this case."""
    if last is None or day >= (again := next_nudge(last)):
        return YES
    words = {"name": person.name, "day": date_format(again, "DATE_FORMAT")}
    return _no(_("%(name)s was nudged already; that is possible again on %(day)s.") % words)


def may_be_brought_in(person: Person, by: Person, case: ApprovalCase, day: dt.date) -> Answer:
    """Be shown the review: whoever may see the process; others only by whoever answers for it."""
    process, words = case.revision.process, {"name": person.name, "number": case.revision.process.number}
    if not person.has_access(day):
        return _no(_("%(name)s has no access any more.") % words)
    if may_see(process, scope(person, day)) or may_change_metadata(by, process, scope(by, day)):
        return YES
    return _no(_("%(name)s may not see %(number)s. Only whoever answers for it opens it to others.") % words)


def may_be_shown(person: Person, position: Position | None, by: Person, case: ApprovalCase, day: dt.date) -> Answer:
    """Be shown the review, for a position: with the person all who hold it are, also who is away today."""
    holding = Person.objects.filter(pk__in=Appointment.objects.on(day).filter(position=position).values("person")).exclude(pk=person.pk)
    others = [one for one in holding.order_by("pk") if one.has_access(day)] if position else []
    answers = (may_be_brought_in(one, by, case, day) for one in (person, *others))
    return next((answer for answer in answers if not answer), YES)


def _can_decide(position: Position, by: Person, case: ApprovalCase, level: int, day: dt.date) -> Answer:
    who = decider(position, case, level, day)
    if who is None:
        words = {"position": position.title}
        return _no(_("In “%(position)s” nobody acts today who is independent and holds the level of the stage.") % words)
    return may_be_shown(who.person, position, by, case, day)


def decider(position: Position, case: ApprovalCase, level: int, day: dt.date) -> Assignee | None:
    """Who would decide in this position itself, not in one to which the decision falls from it."""
    if not Position.objects.existing(day).filter(pk=position.pk).exists():
        return None
    who = resolve(position, day, excluding=policy.authors(case), decided=policy.deciders(case), required_level=level)
    return who if who is not None and who.position.pk == position.pk else None


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
