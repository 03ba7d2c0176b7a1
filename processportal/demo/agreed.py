"""What processes of the demo company hand to each other: agreed, waiting for an answer, declined."""

import datetime as dt
from dataclasses import dataclass

from organization.calendar import today
from organization.models import Appointment, Person, Position
from processes import interfaces
from processes.models import Port, Process


@dataclass(frozen=True, slots=True)
class Deal:
    """Giver, taker and thing as both procedures name it; the terms; the answer after a week ("" where there is none yet)."""

    giver: str
    taker: str
    name: str
    terms: interfaces.Terms
    days_ago: int
    answer: str = ""
    reason: str = ""


DEALS = (
    Deal(
        "PRD-002", "PRD-WI-001", "pump with build card",
        interfaces.Terms("The assembled pump with its build card", "Every line of the card is initialled", "By 14:00, for a test that day"),
        90, "agreed",
    ),
    Deal(
        "SAL-001", "LOG-002", "tested pump",
        interfaces.Terms("The tested pump with its spare parts list", "Released by quality", "Two working days early"),
        60, "agreed",
    ),
    Deal(
        "ENG-WI-001", "LOG-002", "test report",
        interfaces.Terms("The signed test report as PDF", "All readings within the limits, or the deviation is approved", "With the pump"),
        4,
    ),
    Deal(
        "ENG-001", "PUR-003", "decision", interfaces.Terms("The decision on the change, with the parts concerned"), 30, "declined",
        "We need the list of parts three weeks before a tender, not with it. Please name a deadline.",
    ),
)  # fmt: skip


def play(now: dt.datetime) -> None:
    """One side proposes, the process manager of the other side answers."""
    for deal in DEALS:
        giver, taker = (Process.objects.select_related("department", "owner").get(number=n) for n in (deal.giver, deal.taker))
        name = Port.objects.filter(revision__process=giver, side=Port.Side.OUTPUT, name__iexact=deal.name).values_list("name", flat=True)[0]
        then = now - dt.timedelta(days=deal.days_ago)
        asked = interfaces.propose(giver, taker, name, deal.terms, side="giver", by=holder(giver.owner, then), now=then)
        if deal.answer:
            manager, later = holder(interfaces.answering(taker, today(now)), then), then + dt.timedelta(days=6)
            interfaces.answer(asked.interface, seen=1, agreed=deal.answer == "agreed", by=manager, now=later, reason=deal.reason)


def holder(position: Position, at: dt.datetime) -> Person:
    """Who held the position then."""
    held: Appointment = Appointment.objects.on(today(at)).filter(position=position).select_related("person").order_by("pk")[0]
    return held.person
