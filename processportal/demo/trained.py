"""Training in the demo company: a course that was held and is renewed, one that is planned, and a company process that demands it."""

import datetime as dt

from organization.calendar import midnight, today
from organization.models import Person, Position
from processes.models import Process
from processportal.demo.agreed import holder
from training import reach
from training.courses import attendance, catalogue, demands, evaluating, seats, sessions
from training.courses.attendance import Entry
from training.models import Course, TrainingSession

HELD_AGO, COMING_IN = 320, 9
BUYING, AUDITING = "BUY-1", "PRO-3"
READER = "hannah.brooks"
"""One of the accounts with one click: she has a certificate and an invitation."""


def play(now: dt.datetime) -> None:
    """The process office arranges both; whoever was there last year is asked to renew it in the next months."""
    manager = holder(Position.objects.get(kind=Position.Kind.COMPANY_PROCESS_MANAGER), now)
    process = Process.objects.get(number="PUR-002")
    buyer = Person.objects.get(login=READER)
    readers = [buyer, *reach.audience(process, today(now)).exclude(pk=buyer.pk).order_by("name", "pk")[:7]]
    then = _at(now, -HELD_AGO)
    buying = catalogue.create(
        BUYING,
        catalogue.Terms(
            "Buying by the rules", "Who may buy what, from whom, and how an order is signed.",
            processes=[process], places=6, renewal_months=12,
        ),
        by=manager, now=then - dt.timedelta(days=30),
    )  # fmt: skip
    _held(buying, readers[:4], manager, then)
    coming = _planned(buying, manager, now)
    seats.invite(coming, [buyer, *readers[4:]], by=manager, now=now)
    for person in readers[4:6]:
        seats.enrol(coming, by=person, now=now)
    catalogue.create(
        AUDITING, catalogue.Terms("Finding what a process hides", "Interviews, samples, and findings that help.", places=12, pass_mark=80),
        by=manager, now=now,
    )  # fmt: skip
    company = Process.objects.filter(level=Process.Level.COMPANY, state=Process.State.ACTIVE).order_by("number").first()
    if company is not None:
        demands.demand(company, buying, by=manager, now=now)


def _held(course: Course, people: list[Person], by: Person, then: dt.datetime) -> None:
    before = then - dt.timedelta(days=20)
    terms = sessions.Terms(then, then + dt.timedelta(hours=3), 6, trainer=by, place="Training room 2")
    session = sessions.plan(course, terms, by=by, now=before)
    for person in people:
        seats.enrol(session, by=person, now=before)
    attendance.record(session, dict.fromkeys(people, Entry(there=True)), by=by, now=then + dt.timedelta(hours=3))
    for score, person in zip((5, 4, 4), people, strict=False):
        evaluating.evaluate(session, score, "More examples of our own orders, please." if score == 5 else "", by=person, now=then)


def _planned(course: Course, by: Person, now: dt.datetime) -> TrainingSession:
    begins = _at(now, COMING_IN)
    terms = sessions.Terms(
        begins, begins + dt.timedelta(hours=3), 6, trainer=by, place="Training room 2", link="https://meet.example.com/buying"
    )
    return sessions.plan(course, terms, by=by, now=now)


def _at(now: dt.datetime, days: int) -> dt.datetime:
    """Nine in the morning of the company, so many days from today."""
    return midnight(today(now) + dt.timedelta(days=days)) + dt.timedelta(hours=9)
