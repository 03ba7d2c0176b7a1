"""How many people a revision reaches: the database counts those whom `must_read` would load."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from organization.models import Position
from processes.access import participate
from processes.models import Process
from tests import make
from tests.make import TODAY, Cast, day
from training import audiences
from training.models import AudienceRule
from training.reach import audience, reach

pytestmark = pytest.mark.django_db


def company(_cast: Cast, _process: Process) -> None:
    pass


def departments(cast: Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")


def restricted(cast: Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="restricted")
    participate(process, person=cast.reader, part="reader")
    participate(process, position=Position.objects.get(title="Head of Stores"), part="reader")


def granted(cast: Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="restricted")
    group = Group.objects.create(name="auditors")
    cast.stranger.groups.add(group)
    assign_perm("view_process", group, process)
    assign_perm("view_process", cast.reader, process)


@pytest.mark.parametrize("seen_by", [company, departments, restricted, granted], ids=lambda one: one.__name__)
@pytest.mark.parametrize("ruled", [False, True], ids=["default", "rules"])
def test_the_count_is_of_those_who_must_read(cast: Cast, seen_by: Callable[[Cast, Process], None], ruled: bool) -> None:
    process = make.process(cast.purchasing, created_by=cast.author, participating=[cast.stores])
    team = make.department("BUY", parent=cast.purchasing)
    make.staff(team, "teammate")
    make.appoint(cast.reader, make.position(of=cast.stores))  # counted once, whatever number of positions
    seen_by(cast, process)
    process.refresh_from_db()
    if ruled:
        AudienceRule.objects.create(process=process, department=make.company(), starts_on=day(-9))
        AudienceRule.objects.create(process=process, department=team, excludes=True, starts_on=day(-9))
        AudienceRule.objects.create(process=process, department=cast.stores, excludes=True, starts_on=day(-9), ends_before=day(-1))
    found = set(audience(process, TODAY).values_list("pk", flat=True))
    assert audience(process, TODAY).count() == len(found)
    audiences.ensure_rules(process, TODAY)
    assert found == audiences.must_read(process, TODAY)
    assert found


def test_an_audience_that_was_taken_away_reaches_nobody(cast: Cast) -> None:
    process = make.process(cast.purchasing)
    AudienceRule.objects.create(process=process, department=cast.purchasing, starts_on=day(-9), ends_before=day(-1))
    assert reach(process, TODAY, None).people == 0


def test_those_who_do_a_touched_role_are_counted_apart(cast: Cast) -> None:
    process = make.process(cast.purchasing)
    buyer = Position.objects.get(title="Buyer")
    everybody = reach(process, TODAY, None)
    assert (everybody.people, everybody.concerned) == (3, 3)
    some = reach(process, TODAY, {buyer.pk})
    assert (some.people, some.concerned) == (3, 1)
    assert reach(process, TODAY, set()).concerned == 0


def test_it_costs_the_same_for_many(cast: Cast) -> None:
    process = make.process(cast.purchasing)
    buyer = Position.objects.get(title="Buyer")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as run:
            reach(process, TODAY, {buyer.pk})
        return len(run)

    one = cost()
    for _n in range(20):
        make.appoint(make.person(), buyer)
    assert (cost(), one) == (one, 5)
