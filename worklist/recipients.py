"""Who is reminded of an item: whoever acts for it today, and later who stands next in line, the superior and the process office."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils import translation

from organization.models import Appointment, Department, Person, Position
from organization.resolution import Question, resolve_each
from organization.scope import OFFICE_KINDS
from worklist.mine import who_acts
from worklist.models import WorkItem

People = dict[int, Person]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and why, in the person's language: "as Head of Purchasing"; "" for what is owed in person."""

    person: Person
    reason: str = ""


def assigned(items: Sequence[WorkItem], at: dt.date) -> dict[int, Recipient]:
    """Item id → who acts for it on this day. Nobody where the person has left, or no independent person is left in the chain."""
    people = Person.objects.in_bulk({item.person_id for item in items if item.person_id})
    active = {pk: Recipient(person) for pk, person in people.items() if person.has_access(at)}
    found = {item.pk: active[item.person_id] for item in items if item.person_id in active}
    return found | _spread([item for item in items if item.position_id], _alike, lambda some: _acting(some, at))


def substitutes(items: Sequence[WorkItem], assignees: Mapping[int, Recipient], at: dt.date) -> People:
    """Item id → who stands next in line after whoever acts for its position; nothing of what is owed in person."""
    positions = {item.pk: item.position for item in items if item.position is not None and item.pk in assignees}
    asked = [item for item in items if item.pk in positions]

    def next_in_line(some: Sequence[WorkItem]) -> People:
        questions = [Question(positions[item.pk], frozenset((*item.excluded, assignees[item.pk].person.pk))) for item in some]
        return {item.pk: who.person for item, who in zip(some, resolve_each(questions, at), strict=True) if who}

    return _spread(asked, lambda item: (*_alike(item), assignees[item.pk].person.pk), next_in_line)


def superiors(items: Sequence[WorkItem], assignees: Mapping[int, Recipient], at: dt.date) -> People:
    """Item id → the head above whoever should have acted: of the department, for its head of the one above, and so on along the chain."""
    offices = _offices(items, at)
    above = _Heads(at)
    barred = {item.pk: {*item.excluded, item.person_id or 0, assignees[item.pk].person.pk if item.pk in assignees else 0} for item in items}

    def heads(some: Sequence[WorkItem]) -> People:
        questions = [Question(above.of(offices[item.pk]), frozenset(barred[item.pk])) for item in some]
        return {item.pk: who.person for item, who in zip(some, resolve_each(questions, at), strict=True) if who}

    asked = [item for item in items if item.pk in offices]
    return _spread(asked, lambda item: (offices[item.pk].pk, *sorted(barred[item.pk])), heads)


def process_office(at: dt.date) -> list[Person]:
    """Everybody who holds the office of process manager of the company, or supervises processes."""
    holders = Appointment.objects.on(at).filter(position__kind__in=OFFICE_KINDS).values("person")
    return [person for person in Person.objects.filter(pk__in=holders).order_by("pk") if person.has_access(at)]


def _spread(
    items: Sequence[WorkItem], key: Callable[[WorkItem], Hashable], answer: Callable[[Sequence[WorkItem]], Mapping[int, Answer]]
) -> dict[int, Answer]:
    """Asks for one item of each key and gives the answer to all that are alike: thousands of items of one position are one question."""
    first: dict[Hashable, WorkItem] = {}
    keys = {item.pk: key(item) for item in items}
    for item in items:
        first.setdefault(keys[item.pk], item)
    answers = answer(list(first.values())) if first else {}
    return {item.pk: answers[one.pk] for item in items if (one := first[keys[item.pk]]).pk in answers}


def _alike(item: WorkItem) -> tuple[int, ...]:
    """Items of which this is equal are with the same person for the same reason."""
    return (item.position_id or 0, item.assigned_to_id or 0, *item.excluded)


def _acting(items: Sequence[WorkItem], at: dt.date) -> dict[int, Recipient]:
    acting = {pk: who for pk, who in who_acts(items, at).items() if who}
    found: dict[int, Recipient] = {}
    for language in sorted({who.person.language for who in acting.values()}):
        theirs = [item for item in items if item.pk in acting and acting[item.pk].person.language == language]
        with translation.override(language):
            found |= {pk: Recipient(who.person, who.reason) for pk, who in who_acts(theirs, at).items() if who}
    return found


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
