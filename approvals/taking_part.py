"""Who takes part in a case: who wrote it, decided, is asked now, advises, or has a copy."""

import datetime as dt

from approvals import policy
from approvals.models import ApprovalCase, CaseAct, Seat
from organization.models import Person
from worklist.models import WorkItem
from worklist.turns import turns


def asked(case: ApprovalCase, day: dt.date) -> dict[int, Person]:
    """Whose turn it is on this day, by their ids."""
    seats = Seat.objects.filter(stage__case=case, work_item__closed_at__isnull=True, work_item__isnull=False)
    waiting = list(seats.select_related(*Seat.NEEDED, "work_item__position__department").order_by("pk"))
    items = [seat.work_item for seat in waiting if seat.work_item]
    deciding = [seat for seat in waiting if seat.work_item and seat.work_item.kind == WorkItem.Kind.DECIDE]
    who = {seat.work_item_id: found for seat, found in zip(deciding, policy.assignees(deciding, case, day), strict=True)}
    return {
        turn.person.pk: turn.person for turn in turns(items, day, {pk: found for pk, found in who.items() if pk}).values() if turn.person
    }


def people(case: ApprovalCase, day: dt.date) -> dict[int, Person]:
    """Everybody who takes part, by their ids."""
    told = Person.objects.filter(case_acts__case=case, case_acts__kind__in=(CaseAct.Kind.COPY, CaseAct.Kind.ASK))
    others = (case.submitted_by, *case.contributors.all(), *Person.objects.filter(decisions__case=case), *told)
    return {person.pk: person for person in others} | asked(case, day)
