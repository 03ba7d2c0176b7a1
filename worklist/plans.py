"""The reminder plan of each kind of work item: what the process office has set, else the default."""

import datetime as dt
from dataclasses import asdict, fields

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import is_working_day, today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from worklist.models import ReminderPlan, WorkItem
from worklist.plan import Plan, Schedule, To, default_plan
from worklist.policy import may_plan_reminders

CACHE_KEY = "reminder-plans"
# Another process learns of a change within this time.
CACHE_SECONDS = 60
# Owed by a person and never by a position: nobody stands next in line.
PERSONAL = frozenset({WorkItem.Kind.READ, WorkItem.Kind.TRAIN})
MOST = {"before": 30, "every": 30, "substitute_after": 50, "superior_after": 50, "office_after": 50}


def plan_of(kind: str) -> Plan:
    """The plan of a kind of work item; read once a minute in each process."""
    plans: dict[str, Plan] | None = cache.get(CACHE_KEY)
    if plans is None:
        plans = {row.kind: as_plan(row) for row in ReminderPlan.objects.all()}
        cache.set(CACHE_KEY, plans, CACHE_SECONDS)
    return plans.get(kind) or default_plan(kind)


def as_plan(row: ReminderPlan) -> Plan:
    """The numbers of a row; also of a row of its history."""
    return Plan(**{field.name: getattr(row, field.name) for field in fields(Plan)})


def schedule_of(kind: str, due_on: dt.date) -> Schedule:
    """The reminder plan of an item on the company's calendar."""
    return Schedule(plan_of(kind), due_on, is_working_day)


def escalations(item: WorkItem) -> list[tuple[dt.date, To]]:
    """When who will hear of an open item for the first time, in order, if nobody acts; what is owed in person has no substitute."""
    if item.next_reminder_at is None:
        return []
    found = schedule_of(item.kind, item.due_on).escalations(item.reminder_step, today(item.next_reminder_at))
    return [(day, to) for day, to in found if item.position_id or to != To.SUBSTITUTE]


@transaction.atomic
def change_plan(kind: str, plan: Plan, *, by: Person, now: dt.datetime) -> ReminderPlan:
    """From the next reminder of each item of this kind on, this plan holds; what is planned already goes out on its day."""
    row = ReminderPlan.objects.select_for_update().filter(pk=kind).first() or ReminderPlan(kind=kind)
    insist(may_plan_reminders(by, today(now)))
    _sensible(kind, plan)
    if as_plan(row) == plan and (row.history.exists() or plan == default_plan(kind)):
        raise Refused(_("This is the plan already: nothing was changed."))
    for name, value in asdict(plan).items():
        setattr(row, name, value)
    row.save()
    transaction.on_commit(forget)
    return row


def forget() -> None:
    """Called after a plan changed."""
    cache.delete(CACHE_KEY)


def _sensible(kind: str, plan: Plan) -> None:
    if kind not in WorkItem.Kind.values:
        raise Refused(_("There is no such kind of work."))
    if plan.every < 1 or any(not 0 <= value <= MOST[name] for name, value in asdict(plan).items()):
        raise Refused(_("A late reminder comes every 1 to 30 working days, and nobody waits for more than 50 of them."))
    if not plan.substitute_after <= plan.superior_after <= plan.office_after:
        raise Refused(_("First the substitute hears of it, then the superior, then the process office: the numbers must not fall."))
