"""Many at the same instant: a place is given once, a list is written once, a record is put right once; on either database."""

import pytest

from tests import make
from tests.approvals.test_races import at_once
from tests.training.courses import NOW, course, session
from training.courses import attendance, seats
from training.courses.attendance import Entry
from training.models import Enrolment, TrainingRecord

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 8
THERE = Entry(there=True)


def test_of_many_who_want_the_last_place_one_gets_it_and_the_others_wait() -> None:
    cast = make.cast()
    one = session(course(cast.manager), cast.manager, capacity=1)
    people = [make.person() for _n in range(CALLERS)]
    answers = at_once([lambda who=who: seats.enrol(one, by=who, now=NOW).state for who in people])
    assert answers == {"enrolled": 1, "waiting": CALLERS - 1}
    first = Enrolment.objects.get(state="enrolled").person
    at_once([lambda: seats.leave(one, by=first, now=NOW)] * 3)
    assert one.enrolments.filter(state="enrolled").count() == 1, "one place is free, so one moves up"


def test_a_list_that_is_sent_twice_and_a_correction_by_two_happen_once() -> None:
    cast = make.cast()
    one = session(course(cast.manager), cast.manager)
    answers = at_once([lambda: len(attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=one.begins_at))] * 4)
    assert answers == {"1": 1, "0": 3}
    wrong = TrainingRecord.objects.get()
    absent = Entry(there=False)
    correct = [lambda: attendance.correct(wrong, absent, by=cast.manager, now=one.ends_at, reason="Was not").result] * 4
    assert at_once(correct) == {"absent": 1, "Stale": 3}
    assert TrainingRecord.objects.count() == 2
