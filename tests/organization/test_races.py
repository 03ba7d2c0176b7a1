"""Twenty callers at the same instant: one change of an appointment wins, and the process office never loses its last two at once."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from organization import absences, appointments, proposals, structure, triggers
from organization.models import Absence, Appointment, Department, Position, Proposal, Signature
from organization.refusals import Stale
from organization.scope import below
from tests import make
from tests.make import NOW, TODAY, day
from tests.processes.test_races import CALLERS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Iterator[make.Cast]:
    yield make.cast()
    triggers.drop(connection)


def test_one_changes_an_appointment_and_the_others_are_told(people: make.Cast) -> None:
    held = make.appoint(people.stranger, Position.objects.get(title="Buyer"))
    seen = [Appointment.objects.get(pk=held.pk) for _ in range(CALLERS)]

    def end(n: int) -> None:
        appointments.end_appointment(seen[n], by=people.admin, now=NOW, ends_before=day(n + 1))

    assert at_once(end) == {"ok": 1, "Stale": CALLERS - 1}
    held.refresh_from_db()
    assert (held.version, held.history.count()) == (2, 2)


def test_control_without_the_version_several_would_win(people: make.Cast) -> None:
    """Shows that the race is real: reading, then writing what was read, lets more than one through."""
    held = make.appoint(people.stranger, Position.objects.get(title="Buyer"))
    together = threading.Barrier(CALLERS)

    def naive(n: int) -> None:
        mine = Appointment.objects.get(pk=held.pk)
        together.wait()
        if mine.version != 1:
            raise Stale
        mine.ends_before, mine.version = day(n + 1), 2
        mine.save()

    assert at_once(naive)["ok"] > 1


def test_of_twenty_managers_who_all_go_away_at_once_the_last_one_stays(people: make.Cast) -> None:
    """Each alone could be spared; the rule is asked under a lock, so that they cannot all go at the same instant."""
    office = Position.objects.get(title="Company process manager")
    team = [people.manager, *(make.person(f"m{n}") for n in range(CALLERS - 1))]
    for person in team[1:]:
        make.appoint(person, office)

    def leave(n: int) -> None:
        absences.record_absence(team[n], by=team[n], now=NOW, starts_on=TODAY, ends_before=day(5))

    assert at_once(leave) == {"ok": CALLERS - 1, "Refused": 1}
    assert Absence.objects.count() == CALLERS - 1


def test_two_departments_moved_below_each_other_at_the_same_instant_make_no_circle(people: make.Cast) -> None:
    """Each move is sound alone; of the two the second is refused, so that the company still reaches everybody."""
    ring = [make.department(f"D{n:02}") for n in range(CALLERS)]

    def below_the_next(n: int) -> None:
        structure.move_department(ring[n], ring[(n + 1) % CALLERS], by=people.admin, now=NOW)

    assert at_once(below_the_next) == {"ok": CALLERS - 1, "Refused": 1}
    assert {one.pk for one in ring} < below({make.company().pk})
    assert Department.objects.filter(kind="company").count() == 1


def test_of_twenty_who_answer_at_once_one_does_and_the_others_are_told(people: make.Cast) -> None:
    office = Position.objects.get(title="Process manager, Purchasing")
    proposal = proposals.appoint(people.stranger, office, by=people.admin, now=NOW, starts_on=TODAY)
    assert isinstance(proposal, Proposal)
    seconds = [people.boss, people.manager, *(make.person(f"second{n}", is_staff=True) for n in range(CALLERS - 2))]

    def answer(n: int) -> None:
        if n % 2:
            proposals.decline(proposal, by=seconds[n], now=NOW, reason="No")
        else:
            proposals.confirm(proposal, by=seconds[n], now=NOW)

    assert at_once(answer) == {"ok": 1, "Stale": CALLERS - 1}
    proposal.refresh_from_db()
    appointed = Appointment.objects.filter(person=people.stranger, position=office).count()
    assert (appointed, Signature.objects.count()) == (1 if proposal.state == "confirmed" else 0, 1)


def test_the_same_is_proposed_once_by_twenty_at_once(people: make.Cast) -> None:
    office = Position.objects.get(title="Process manager, Purchasing")

    def propose(_n: int) -> None:
        proposals.appoint(people.stranger, office, by=people.admin, now=NOW, starts_on=TODAY)

    assert at_once(propose) == {"ok": CALLERS}
    assert Proposal.objects.count() == 1
