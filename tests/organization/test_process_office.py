"""The company process manager is never vacant: every way to take away the last one is refused, and says what to do first."""

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization import absences, appointments, people, proposals, structure
from organization.cover import Cover, cover_on
from organization.models import Absence, Appointment, Person, Position, Proposal
from organization.process_office import books, kept
from organization.refusals import Refused
from tests import make
from tests.make import NOW, TODAY, day

pytestmark = pytest.mark.django_db
VACANT = "From %s on nobody would be company process manager; the office is never empty. Appoint a successor first."
AWAY = (
    "On %s %s would be away and nobody would act as company process manager. "
    "First name a substitute who is there in all that time, or appoint somebody acting."
)


def refusal(story: object) -> str:
    with pytest.raises(Refused) as refused:
        story()  # type: ignore[operator]
    return str(refused.value)


def office() -> Position:
    return Position.objects.get(title="Company process manager")


def held(by: Person) -> Appointment:
    found: Appointment = Appointment.objects.filter(person=by, position__kind="company_process_manager").earliest("starts_on")
    return found


def absent(who: Person, start: int, end: int, substitute: Person | None = None, by: Person | None = None) -> Absence:
    return absences.record_absence(who, by=by or who, now=NOW, starts_on=day(start), ends_before=day(end), substitute=substitute)


def access(who: Person, by: Person, until: dt.date | None) -> Person:
    return people.change_person(who, by=by, now=NOW, name=who.name, email="", language="en", is_staff=False, access_until=until)


def position(by: Person, **to: object) -> Position:
    found = office()
    asked = {"title": found.title, "kind": found.kind, "required_level": 0, "deputy": None, **to}
    return structure.change_position(found, by=by, now=NOW, **asked)  # type: ignore[arg-type]


def test_each_way_to_remove_the_last_one_is_refused(cast: make.Cast) -> None:
    assert refusal(lambda: appointments.end_appointment(held(cast.manager), by=cast.admin, now=NOW, ends_before=day(2))) == (
        VACANT % "6 Mar 2026"
    )
    change = {"starts_on": make.LONG_AGO, "mode": "full", "percent": 100, "ends_before": day(1)}
    assert refusal(lambda: appointments.change_appointment(held(cast.manager), by=cast.admin, now=NOW, **change)) == VACANT % "5 Mar 2026"  # type: ignore[arg-type]
    assert refusal(lambda: people.deactivate(cast.manager, by=cast.admin, now=NOW)) == VACANT % "4 Mar 2026"
    assert refusal(lambda: access(cast.manager, cast.admin, day(6))) == VACANT % "11 Mar 2026"
    make.position("Second office", kind="company_process_manager")
    assert refusal(lambda: position(cast.admin, kind="staff")) == VACANT % "4 Mar 2026"
    assert refusal(lambda: structure.close_position(office(), by=cast.admin, now=NOW)) == "Somebody holds it. End the appointment first."
    held(cast.manager).refresh_from_db()
    assert (held(cast.manager).ends_before, office().kind, office().closed_on) == (None, "company_process_manager", None)


def test_with_a_successor_in_time_the_last_one_may_leave(cast: make.Cast) -> None:
    make.confirmed(
        proposals.appoint(cast.approver, office(), by=cast.admin, now=NOW, starts_on=day(3), ends_before=day(6)), by=cast.boss
    )  # fmt: skip
    end = held(cast.manager)
    assert refusal(lambda: appointments.end_appointment(end, by=cast.admin, now=NOW, ends_before=day(3))) == VACANT % "10 Mar 2026"
    after = proposals.appoint(cast.approver, office(), by=cast.admin, now=NOW, starts_on=day(6), mode="acting")
    assert refusal(lambda: appointments.end_appointment(end, by=cast.admin, now=NOW, ends_before=day(3))) == VACANT % "10 Mar 2026"
    make.confirmed(after, by=cast.boss)
    assert appointments.end_appointment(end, by=cast.admin, now=NOW, ends_before=day(3)).ends_before == day(3)
    assert refusal(lambda: appointments.cancel_appointment(held(cast.approver), by=cast.admin, now=NOW)) == VACANT % "7 Mar 2026"


def test_the_last_one_present_is_not_set_absent_without_a_substitute_who_is_there(cast: make.Cast) -> None:
    assert refusal(lambda: absent(cast.manager, 2, 5)) == AWAY % ("6 Mar 2026", "Manager")
    make.away(cast.reader, since=day(4), until=day(9))
    assert refusal(lambda: absent(cast.manager, 2, 5, cast.reader)) == AWAY % ("8 Mar 2026", "Manager")
    assert absent(cast.manager, 2, 4, cast.reader).substitute == cast.reader
    assert absent(cast.manager, 6, 8, cast.stranger).substitute == cast.stranger


def test_the_substitute_may_not_leave_or_be_away_in_that_time(cast: make.Cast) -> None:
    entered = absent(cast.manager, 2, 5, cast.reader)
    away = AWAY % ("6 Mar 2026", "Manager")
    assert refusal(lambda: people.deactivate(cast.reader, by=cast.admin, now=NOW)) == away
    assert refusal(lambda: access(cast.reader, cast.admin, day(3))) == AWAY % ("8 Mar 2026", "Manager")
    assert refusal(lambda: absent(cast.reader, 0, 3)) == away
    assert absent(cast.reader, 0, 3, cast.stranger).substitute == cast.stranger
    assert refusal(lambda: people.deactivate(cast.stranger, by=cast.admin, now=NOW)) == away
    without = {"starts_on": day(2), "ends_before": day(5), "substitute": None, "note": ""}
    assert refusal(lambda: absences.change_absence(entered, by=cast.manager, now=NOW, **without)) == away  # type: ignore[arg-type]
    absences.cancel_absence(entered, by=cast.manager, now=NOW)
    assert not people.deactivate(cast.stranger, by=cast.admin, now=NOW).is_active


def test_several_holders_may_not_be_away_at_once(cast: make.Cast) -> None:
    make.confirmed(proposals.appoint(cast.approver, office(), by=cast.admin, now=NOW, starts_on=TODAY), by=cast.boss)
    absent(cast.manager, 0, 10)
    assert refusal(lambda: absent(cast.approver, 8, 20)) == AWAY % ("12 Mar 2026", "Approver, Manager")
    assert absent(cast.approver, 10, 20).substitute is None
    assert refusal(lambda: appointments.end_appointment(held(cast.approver), by=cast.admin, now=NOW, ends_before=day(2))) == (
        AWAY % ("6 Mar 2026", "Manager")
    )


def test_a_standing_substitute_covers_and_then_cannot_be_taken_away(cast: make.Cast) -> None:
    position(cast.admin, substitution="standing", substitute=cast.reader)
    absent(cast.manager, 2, 5)
    away = AWAY % ("6 Mar 2026", "Manager")
    assert refusal(lambda: position(cast.admin, substitution="absence")) == away
    assert refusal(lambda: people.deactivate(cast.reader, by=cast.admin, now=NOW)) == away
    assert refusal(lambda: position(cast.admin, substitution="deputy")) == (
        "The company process manager needs a substitute in every absence: choose another rule of substitution."
    )


def test_what_was_lacking_before_stands_in_nobodys_way(cast: make.Cast) -> None:
    """A company that is being set up, or was without, can still get better."""
    make.away(cast.manager, since=day(0), until=day(4))
    assert absent(cast.reader, 0, 9).person == cast.reader
    assert not people.deactivate(cast.stranger, by=cast.admin, now=NOW).is_active
    Appointment.objects.filter(person=cast.manager).delete()
    make.appoint(cast.approver, office(), until=day(9))
    proposal = proposals.appoint(cast.approver, office(), by=cast.admin, now=NOW, starts_on=day(9), ends_before=day(20))
    assert make.confirmed(proposal, by=cast.boss).ends_before == day(20)


def test_for_others_it_costs_one_look(cast: make.Cast, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4), kept(TODAY, person=cast.reader):  # type: ignore[operator]
        pass
    with django_assert_num_queries(8), kept(TODAY, person=cast.manager):  # type: ignore[operator]
        pass
    with django_assert_num_queries(8), kept(TODAY):  # type: ignore[operator]
        pass


wishes = st.lists(
    st.tuples(
        st.sampled_from(("away", "back", "end", "appoint", "leave", "guest", "rule")),
        st.integers(0, 3),
        st.none() | st.integers(0, 3),
        st.integers(0, 6),
        st.integers(1, 5),
    ),
    min_size=3,
    max_size=12,
)


def carry_out(cast: make.Cast, wish: tuple[str, int, int | None, int, int]) -> None:
    verb, who, other, start, length = wish
    team = [Person.objects.get(pk=p.pk) for p in (cast.manager, cast.approver, cast.reader, cast.stranger)]
    person, second = team[who], None if other in (None, who) else team[other]
    mine = Appointment.objects.filter(person=person, position=office()).first()
    if verb == "away":
        absent(person, start, start + length, second)
    elif verb == "back" and (entered := Absence.objects.filter(person=person).first()):
        absences.cancel_absence(entered, by=person, now=NOW)
    elif verb == "end" and mine:
        appointments.end_appointment(mine, by=cast.admin, now=NOW, ends_before=day(start))
    elif verb == "appoint":
        proposal = proposals.appoint(person, office(), by=cast.admin, now=NOW, starts_on=day(start), ends_before=day(start + length))
        assert isinstance(proposal, Proposal)
        proposals.confirm(proposal, by=cast.boss, now=NOW)
    elif verb == "leave":
        people.deactivate(person, by=cast.admin, now=NOW)
    elif verb == "guest":
        access(person, cast.admin, day(start))
    elif verb == "rule":
        position(cast.admin, substitution="absence" if second else "standing", substitute=person)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(wishes)
def test_whatever_people_wish_somebody_acts_on_every_day(cast: make.Cast, wishes: list[tuple[str, int, int | None, int, int]]) -> None:
    with transaction.atomic():
        for wish in wishes:
            with contextlib.suppress(Refused):
                carry_out(cast, wish)
            found = books(TODAY)
            assert {cover_on(found, day(n)) for n in range(20)} == {Cover.ACTS}
        transaction.set_rollback(True)
