"""What the demo company uses again: templates of the company, and a block of steps of purchasing."""

import datetime as dt

from organization.calendar import today
from organization.models import Appointment, Person, Position
from processes import blocks, templates
from processes.models import Process, Revision

TEMPLATES = (
    ("PUR-001", "Purchase with approval", "When something is bought outside and more than one person has to agree."),
    ("MGT-004", "Corrective action", "When a fault is found and its cause has to go."),
)
BLOCK = ("PUR-004", "Complaint intake", slice(1, 4))
"""A draft, the name, and which of its steps."""


def play(now: dt.datetime) -> None:
    """Marked by the company process manager, saved by the head of purchasing."""
    manager = _holder(Position.Kind.COMPANY_PROCESS_MANAGER, now)
    for number, name, use in TEMPLATES:
        templates.mark(Process.objects.get(number=number), None, name, use, by=manager, now=now - dt.timedelta(days=40))
    number, name, which = BLOCK
    draft = Revision.objects.select_related("process").get(process__number=number, state=Revision.State.DRAFT)
    keys = [step["key"] for step in draft.content["steps"][which]]
    reach = blocks.Reach(department=draft.process.department_id)
    head = _holder(Position.Kind.HEAD, now, department=draft.process.department_id)
    blocks.save(draft, keys, name, reach, by=head, now=now - dt.timedelta(days=2), seen=draft.version)


def _holder(kind: str, now: dt.datetime, **where: int) -> Person:
    filters = {f"position__{name}": value for name, value in where.items()}
    held = Appointment.objects.on(today(now)).filter(position__kind=kind, **filters).select_related("person")
    found: Person = held.order_by("pk")[0].person
    return found
