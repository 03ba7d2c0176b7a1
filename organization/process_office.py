"""The company process manager is never vacant: what changes who holds or acts is wrapped in `kept`, whoever changes it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Q

from organization import policy
from organization.chain import PROCESS_OFFICE, Office
from organization.cover import Books, Leave, Tenure
from organization.models import Absence, Appointment, Person, Position

_watched: ContextVar[set[int] | None] = ContextVar("process_office_watched", default=None)


@contextmanager
def together(today: dt.date) -> Iterator[None]:
    """Within a transaction, around many changes of one kind: on whom the office depends is asked once, and after each change of theirs.

    Everybody else's changes inside cost nothing more; each change of those on whom it depends is still asked by itself.
    """
    token = _watched.set(books(today).people())
    try:
        yield
    finally:
        _watched.reset(token)


@contextmanager
def kept(today: dt.date, *, person: Person | None = None) -> Iterator[None]:
    """Within a transaction: what happens inside is refused where, on any day from today on, it leaves the office worse than before.

    `person`: only this person's appointments, absences or access change inside, so for most people nothing has to be read again.
    Two changes at once wait for each other, since each may rest on what the other takes away. Many rows are wrapped in `together`.
    """
    watched = _watched.get()
    if watched is not None and person is not None and person.pk not in watched:
        yield
        return
    before = books(today)
    yield
    if person is None or person.pk in before.people():
        after = books(today)
        policy.insist(policy.process_office_stays_kept(before, after, today))
        if watched is not None:
            watched |= after.people()


def books(today: dt.date) -> Books:
    """What decides who acts as company process manager from today on; the offices' rows are locked until the transaction ends."""
    rows = list(Position.objects.select_for_update(no_key=True).filter(kind=PROCESS_OFFICE).order_by("pk"))
    offices = {p.pk: Office(p.pk, p.department_id, p.kind, p.deputy_id, p.substitution, p.substitute_id) for p in rows}
    lasting = Q(ends_before__isnull=True) | Q(ends_before__gt=today)
    held = Appointment.objects.filter(lasting, position__in=rows).order_by("starts_on", "pk")
    tenures = tuple(Tenure(*row) for row in held.values_list("person_id", "position_id", "starts_on", "ends_before"))
    asked = {t.person for t in tenures} | {o.substitute for o in offices.values() if o.substitute}
    leaves = _leaves_of(asked, today)
    found = Books(offices, {p.pk: p.closed_on for p in rows if p.closed_on}, tenures, leaves, {})
    return Books(found.offices, found.closed, found.tenures, found.leaves, _access_lost(found.people()))


def _leaves_of(people: set[int], today: dt.date) -> tuple[Leave, ...]:
    """The absences of these people, of their substitutes, of theirs … that are not over. One query for each storey of substitutes."""
    found: list[Leave] = []
    known, asked = set(people), set(people)
    while asked:
        rows = Absence.objects.filter(person__in=asked, ends_before__gt=today).order_by("ends_before", "pk")
        leaves = [Leave(*row) for row in rows.values_list("person_id", "starts_on", "ends_before", "substitute_id")]
        found += leaves
        asked = {leave.substitute for leave in leaves if leave.substitute} - known
        known |= asked
    return tuple(found)


def _access_lost(people: set[int]) -> dict[int, dt.date]:
    """Person id → first day without access, for those who have left or whose access ends."""
    rows = Person.objects.filter(Q(is_active=False) | Q(access_until__isnull=False), pk__in=people)
    return {p.pk: p.access_until + dt.timedelta(days=1) if p.is_active and p.access_until else dt.date.min for p in rows}
