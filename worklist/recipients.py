"""Who is reminded of an item: whoever acts for it today, and later the superior."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from organization.models import Appointment, Department, Person, Position
from organization.resolution import Question, resolve_each
from worklist.mine import who_acts
from worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and why, in the person's language: "as Head of Purchasing"; "" for what is owed in person."""

    person: Person
    reason: str = ""


def assigned(items: Sequence[WorkItem], at: dt.date) -> dict[int, Recipient]:
    """Item id → who acts for it on this day. Nobody where the person has left, or no independent person is left in the chain."""
    people = Person.objects.in_bulk({item.person_id for item in items if item.person_id})
    active = {pk: person for pk, person in people.items() if person.has_access(at)}
    found = {item.pk: Recipient(active[item.person_id]) for item in items if item.person_id in active}
    acting = {pk: who for pk, who in who_acts(items, at).items() if who}
    for language in {who.person.language for who in acting.values()}:
        theirs = [item for item in items if item.pk in acting and acting[item.pk].person.language == language]
        with translation.override(language):
            found |= {pk: Recipient(who.person, who.reason) for pk, who in who_acts(theirs, at).items() if who}
    return found


def superiors(items: Sequence[WorkItem], assignees: Mapping[int, Recipient], at: dt.date) -> dict[int, Person]:
    """Item id → the head above whoever should have acted: of the department, for its head of the one above, and so on along the chain."""
    if not items:
        return {}
    offices = _offices(items, at)
    above = _Heads(at)
    asked = {item.pk: above.of(offices[item.pk]) for item in items if item.pk in offices}
    barred = {item.pk: {*item.excluded, item.person_id or 0, assignees[item.pk].person.pk if item.pk in assignees else 0} for item in items}
    questions = [Question(head, frozenset(barred[pk])) for pk, head in asked.items()]
    return {pk: who.person for pk, who in zip(asked, resolve_each(questions, at), strict=True) if who}


def _offices(items: Iterable[WorkItem], at: dt.date) -> dict[int, Position]:
    """Item id → the position that owes it, or the one that its person took up last, also when the person has left since."""
    people = {item.person_id for item in items if item.person_id}
    held = Appointment.objects.filter(person__in=people, starts_on__lte=at).select_related("position").order_by("starts_on", "pk")
    of_person = {appointment.person_id: appointment.position for appointment in held}
    found = ((item.pk, item.position or of_person.get(item.person_id)) for item in items)
    return {pk: position for pk, position in found if position is not None}


class _Heads:
    """The heads of the departments on one day, read once."""

    def __init__(self, at: dt.date) -> None:
        self.parents: dict[int, int | None] = dict(Department.objects.values_list("pk", "parent_id"))
        heads = Position.objects.existing(at).filter(kind__in=(Position.Kind.TOP_MANAGEMENT, Position.Kind.HEAD)).order_by("kind", "-pk")
        # Where both are, top management stands above.
        self.heads: dict[int, Position] = {head.department_id: head for head in heads}

    def of(self, office: Position) -> Position:
        """The nearest head above this office; the office itself where there is none, and the chain leads on from there."""
        department: int | None = office.department_id
        while department is not None:
            head = self.heads.get(department)
            if head is not None and head.pk != office.pk:
                return head
            department = self.parents.get(department)
        return office
