"""A company-level process demands a training: its versions wait, the plan says what is missing, and the owner signs knowing it."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.calendar import add_working_days, midnight
from organization.models import Person, Position
from organization.refusals import Refused
from processes import holding
from processes.models import Process, Revision
from tests import make
from tests.approvals.test_waivers import decide_all, submitted, waive
from tests.conftest import SignedIn
from tests.make import TODAY, day
from tests.training.courses import NOW, course, session
from training.courses import attendance, catalogue, demands, seats
from training.courses.attendance import Entry
from training.courses.planning import Need
from training.models import AudienceRule, Course, TrainingDemand

LATER = NOW + dt.timedelta(hours=3)
THERE = Entry(there=True)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of the company; four people of purchasing and stores read it, and none else."""
    owner = Position.objects.get(title="Head of Purchasing")
    made = make.process(cast.purchasing, created_by=cast.author, owner=owner, level="company", number="PUR-001")
    for who in (cast.author, cast.reader, cast.stranger, cast.boss):
        AudienceRule.objects.create(process=made, person=who, starts_on=make.LONG_AGO)
    return made


@pytest.fixture
def first(cast: make.Cast) -> Course:
    """Two places in each session."""
    return course(cast.manager, places=2, renewal_months=12)


def approved(process: Process, cast: make.Cast, **given: object) -> Revision:
    return Revision.objects.select_related("process").get(pk=decide_all(submitted(process, cast, **given)).revision_id)


def complete(of: Course, cast: make.Cast, *people: Person) -> None:
    one = session(of, cast.manager, capacity=9, begins=NOW + dt.timedelta(hours=1))
    attendance.record(one, dict.fromkeys(people, THERE), by=cast.manager, now=NOW + dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("need", "sessions", "without", "to_plan"),
    [
        (Need(0, 0, 0, 0, 12), 0, 0, 0),
        (Need(25, 0, 0, 0, 12), 3, 25, 3),
        (Need(25, 24, 0, 0, 12), 1, 1, 1),
        (Need(25, 0, 10, 5, 12), 3, 10, 1),
        (Need(25, 5, 12, 30, 12), 2, 0, 0),
    ],
)
def test_the_arithmetic(need: Need, sessions: int, without: int, to_plan: int) -> None:
    assert (need.sessions, need.without_place, need.to_plan) == (sessions, without, to_plan)


def test_who_demands(cast: make.Cast, process: Process, first: Course) -> None:
    for who, why in ((cast.reader, "Only the owner"), (cast.author, "needs Level 4"), (cast.approver, "needs Level 4")):
        with pytest.raises(Refused, match=why):
            demands.demand(process, first, by=who, now=NOW)
    made = demands.demand(process, first, by=cast.manager, now=NOW)
    assert demands.demand(process, first, by=cast.manager, now=NOW) == made
    with pytest.raises(Refused, match="demands this course"):
        catalogue.retire(first, by=cast.manager, now=NOW)
    with pytest.raises(Refused, match="company-level"):
        demands.demand(make.process(cast.purchasing, number="PUR-900"), first, by=cast.manager, now=NOW)
    with pytest.raises(Refused):
        demands.end(made, by=cast.reader, now=NOW)
    demands.end(made, by=cast.manager, now=NOW)
    catalogue.retire(first, by=cast.manager, now=NOW)
    with pytest.raises(Refused, match="no longer held"):
        demands.demand(process, first, by=cast.manager, now=NOW)


def test_what_is_approved_waits_for_it(cast: make.Cast, process: Process, first: Course) -> None:
    old = make.effective(process)
    demands.demand(process, first, by=cast.manager, now=NOW)
    revision = approved(process, cast)
    hold = revision.holds.get()
    assert (revision.effective_from, hold.planned_on) == (None, add_working_days(TODAY, demands.WORKING_DAYS))
    assert list(process.revisions.in_force(LATER)) == [old]


def test_a_later_session_a_later_day_and_the_authors_own_wish_count(cast: make.Cast, process: Process, first: Course) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    session(first, cast.manager, begins=midnight(day(30)))
    assert demands.held_until(make.draft(process), LATER) == day(31)
    assert approved(process, cast, planned_on=day(40)).holds.get().planned_on == day(40)


def test_nobody_waits_where_everybody_has_completed_it_or_it_is_waived(cast: make.Cast, process: Process, first: Course) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    complete(first, cast, cast.author, cast.reader, cast.stranger, cast.boss)
    assert approved(process, cast).effective_from == LATER
    other = make.process(cast.purchasing, created_by=cast.author, owner=process.owner, level="company", number="PUR-002")
    assert demands.held_until(make.draft(other), LATER) is None
    demands.demand(other, course(cast.manager, "C-2"), by=cast.manager, now=NOW)
    waive(other, cast.boss, stage="")
    revision = approved(other, cast)
    assert (revision.effective_from, revision.holds.get().how) == (LATER, "waived")
    Process.objects.filter(pk=other.pk).update(level="department")
    assert demands.held_until(Revision.objects.select_related("process").get(pk=revision.pk), LATER) is None


def test_the_plan_counts_people_places_and_sessions(cast: make.Cast, process: Process, first: Course) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    revision = approved(process, cast)
    by = revision.holds.get().planned_on
    complete(first, cast, cast.author)
    in_time = session(first, cast.manager, capacity=1)
    session(first, cast.manager, begins=midnight(by))
    seats.enrol(in_time, by=cast.reader, now=NOW)
    (plan,) = demands.plans(process, TODAY, LATER)
    assert (plan.by, [one.pk for one in plan.sessions]) == (by, [in_time.pk]), "what ends after the day comes too late"
    assert plan.need == Need(people=4, completed=1, placed=1, free=0, places=2)
    assert (plan.need.sessions, plan.need.without_place, plan.need.to_plan) == (2, 2, 1)


def test_a_record_that_ends_before_the_day_does_not_count(cast: make.Cast, process: Process) -> None:
    short = course(cast.manager, "C-3", renewal_months=1)
    demands.demand(process, short, by=cast.manager, now=NOW)
    complete(short, cast, cast.author)
    approved(process, cast, planned_on=day(60))
    (plan,) = demands.plans(process, TODAY, LATER)
    assert plan.need.completed == 0


def test_the_owner_signs_with_a_reason_while_somebody_is_not_trained(cast: make.Cast, process: Process, first: Course) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    revision = approved(process, cast)
    with pytest.raises(Refused, match="completed the training"):
        holding.ready(revision, by=cast.author, now=LATER, read=holding.Read(0, 0, untrained=4))
    holding.ready(revision, by=cast.author, now=LATER, read=holding.Read(0, 0, untrained=4), reason="The rest follows.")
    assert revision.holds.get().how == "ready"


def test_the_effect_page_shows_it_and_asks_for_the_reason(cast: make.Cast, process: Process, first: Course, client: SignedIn) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    revision = approved(process, cast)
    address = reverse("effect", args=["PUR-001", revision.ordinal])
    page = client.as_(cast.author).get(address)
    assert f"/processes/{process.number}/training/" in page.content.decode()
    typed = {"act": "ready", "version": revision.version, "reason": "", "password": make.PASSWORD}
    assert client.post(address, typed).status_code == 422
    assert client.post(address, typed | {"reason": "The rest follows."}).status_code == 302


def test_the_page(cast: make.Cast, process: Process, first: Course, client: SignedIn) -> None:
    address = "/processes/PUR-001/training/"
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get(address).status_code == 404
    assert client.post(f"{address}demand/", {"course": "C-1"}).status_code == 404
    assert b"No training is demanded" in client.as_(cast.reader).get(address).content
    assert client.post(f"{address}demand/", {"course": "C-1"}).status_code == 422
    client.as_(cast.manager)
    assert client.post(f"{address}demand/", {"course": "X-9"}).status_code == 422
    assert client.post(f"{address}demand/", {"course": "C-1"}).status_code == 302
    page = client.get(address).content.decode()
    assert ("1 more session" in page, "Plan a session" in page, "Who still needs it" in page) == (True, True, True)
    seen = client.as_(cast.reader).get(address).content.decode()
    assert ("1 more session" in seen, "Plan a session" in seen, "Who still needs it" in seen) == (True, False, False)
    made = TrainingDemand.objects.get()
    client.post(f"{address}{made.pk}/end/")
    assert TrainingDemand.objects.get().ended_at is None
    client.as_(cast.manager).post(f"{address}{made.pk}/end/")
    assert TrainingDemand.objects.get().ended_by == cast.manager


def test_the_plan_costs_the_same_for_five_people_and_sessions(cast: make.Cast, process: Process, first: Course) -> None:
    demands.demand(process, first, by=cast.manager, now=NOW)
    counts = []
    for n in range(1, 6):
        session(first, cast.manager)
        AudienceRule.objects.create(process=process, person=make.person(f"p{n}"), starts_on=make.LONG_AGO)
        with CaptureQueriesContext(connection) as seen:
            demands.plans(process, TODAY, LATER)
        counts.append(len(seen))
    assert counts == [counts[0]] * 5
    assert counts[0] <= 10
