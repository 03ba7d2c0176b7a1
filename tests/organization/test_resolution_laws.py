"""Random companies in the database: what `resolve_many` answers equals what the rows say when they are read one by one."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.models import Absence, Appointment, Department, Person, Position
from organization.resolution import resolve_many
from organization.scope import scope
from tests import make
from tests.make import TODAY, day

pytestmark = pytest.mark.django_db
KINDS = ("head", "staff", "department_process_manager")
few = st.integers(0, 3)
offsets = st.integers(-2, 2)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, object]:
    """Four people, three departments below each other, four positions: who holds, who left, who is away, who stands in, at random."""
    spans = st.tuples(offsets, st.integers(1, 4))
    return {
        "left": draw(st.sets(few, max_size=2)),
        "until": draw(st.dictionaries(few, offsets, max_size=2)),
        "positions": draw(
            st.lists(
                st.tuples(few, st.sampled_from(KINDS), st.none() | few, st.sampled_from(Position.Substitution.values), st.none() | few),
                min_size=1,
                max_size=4,
            )
        ),
        "held": draw(st.lists(st.tuples(few, few, spans), max_size=5, unique_by=lambda row: row[:2])),
        "away": draw(st.lists(st.tuples(few, st.none() | few, spans), max_size=4, unique_by=lambda row: row[0])),
    }


def build(plan: dict[str, object], n: int) -> tuple[list[Person], list[Position]]:
    people = [make.person(f"p{n}x{i}") for i in range(4)]
    for i in plan["left"]:  # type: ignore[attr-defined]
        Person.objects.filter(pk=people[i].pk).update(is_active=False)
    for i, offset in plan["until"].items():  # type: ignore[attr-defined]
        Person.objects.filter(pk=people[i].pk).update(access_until=day(offset))
    floors: list[Department] = [make.company()]
    for floor in range(3):
        floors.append(make.department(f"L{n}X{floor}", parent=floors[-1]))
    positions = [make.position(of=floors[floor], kind=kind) for floor, kind, *_rest in plan["positions"]]  # type: ignore[attr-defined]
    for made, (_floor, _kind, deputy, rule, standing) in zip(positions, plan["positions"], strict=True):  # type: ignore[call-overload]
        made.deputy = positions[deputy] if deputy is not None and deputy < len(positions) else None
        made.substitution, made.substitute = rule, None if standing is None else people[standing]
        made.save()
    for who, what, (start, length) in plan["held"]:  # type: ignore[attr-defined]
        if what < len(positions):
            make.appoint(people[who], positions[what], since=day(start), until=day(start + length))
    for who, substitute, (start, length) in plan["away"]:  # type: ignore[attr-defined]
        named = people[substitute] if substitute not in (None, who) else None
        make.away(people[who], since=day(start), until=day(start + length), substitute=named)
    return people, positions


def here(person: Person, at: dt.date) -> bool:
    return person.has_access(at) and not Absence.objects.filter(person=person, starts_on__lte=at, ends_before__gt=at).exists()


def holders(position: Position, at: dt.date) -> list[Person]:
    rows = Appointment.objects.filter(position=position).order_by("starts_on", "pk")
    return [a.person for a in rows if a.starts_on <= at and (a.ends_before is None or a.ends_before > at) and a.person.has_access(at)]


def acting_in(position: Position, at: dt.date) -> list[Person]:
    """Holders who are here, then the substitutes that the rule gives for the others."""
    found = [p for p in holders(position, at) if here(p, at)]
    for holder in holders(position, at):
        if here(holder, at) or position.substitution == "deputy":
            continue
        acting: Person | None = None
        if position.substitution == "absence":
            acting = holder
            for _step in range(5):
                if acting is not None and acting.has_access(at) and not here(acting, at):
                    acting = Absence.objects.get(person=acting, starts_on__lte=at, ends_before__gt=at).substitute
        if acting is None or not here(acting, at):
            acting = position.substitute
        if acting is not None and here(acting, at):
            found.append(acting)
    return found


def reference(position: Position, at: dt.date) -> Person:
    """The first who is there along the chain, read row by row."""
    starts, storey = [position], position.department.parent
    while storey is not None:
        if position.kind != "staff":
            starts += Position.objects.filter(department=storey, kind=position.kind).order_by("pk")
        storey = storey.parent
    starts += Position.objects.filter(kind="company_process_manager")
    for start in starts:
        current: Position | None = start
        for _step in range(5):
            if current is not None:
                if found := acting_in(current, at):
                    return found[0]
                current = current.deputy
    raise AssertionError("the process office has a holder who is there")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(plans(), min_size=1, max_size=1))
def test_random_companies_resolve_as_their_rows_say(plan: list[dict[str, object]]) -> None:
    with transaction.atomic():
        manager = make.person("office")
        make.position("Company process manager", kind="company_process_manager", holder=manager)
        people, positions = build(plan[0], 0)
        found = resolve_many(positions, TODAY)
        for position in Position.objects.select_related("department").filter(pk__in=[p.pk for p in positions]):
            answer = found[position.pk]
            assert answer is not None
            assert here(answer.person, TODAY)
            assert answer.person == reference(position, TODAY)
            assert position.pk in scope(answer.person, TODAY).positions
        for person in people:
            acting = {p.pk for p in positions if here(person, TODAY) and person in acting_in(Position.objects.get(pk=p.pk), TODAY)}
            assert acting <= scope(person, TODAY).positions
        transaction.set_rollback(True)
