"""Seeing: the list and the single object answer alike for random people and random rows; taking part; exceptions."""

import datetime as dt
import random

import pytest
from django.contrib.auth.models import Group, Permission

from organization.models import Department, Person, Position
from organization.scope import Scope
from processes import policy
from processes.access import may_see, may_see_revision, participate
from processes.models import Participation, Process, ProcessGroupGrant, ProcessUserGrant, Revision
from tests import make

pytestmark = pytest.mark.django_db


def some(dice: random.Random, ids: list[int], share: float = 0.3) -> frozenset[int]:
    return frozenset(one for one in ids if dice.random() < share)


def a_company(dice: random.Random) -> tuple[list[Person], list[Position], list[Department]]:
    departments = [make.department(f"D{n}") for n in range(4)]
    people = [make.person(f"p{n}") for n in range(5)]
    positions = [make.position(of=dice.choice(departments)) for _ in range(6)]
    return people, positions, departments


def random_processes(dice: random.Random, people: list[Person], positions: list[Position], departments: list[Department]) -> None:
    group = Group.objects.create(name="guests")
    people[0].groups.add(group)
    permission = Permission.objects.filter(content_type__app_label="processes", codename="view_process").get()
    for _ in range(40):
        process = make.process(
            dice.choice(departments), owner=dice.choice(positions), created_by=dice.choice(people),
            confidentiality=dice.choice(Process.Confidentiality.values), participating=dice.sample(departments, dice.randint(0, 2)),
        )  # fmt: skip
        revisions = [make.effective(process, by=dice.choice(people)), make.draft(process, by=dice.choice(people))]
        for _n in range(dice.randint(0, 3)):
            who = {"person": dice.choice(people)} if dice.random() < 0.5 else {"position": dice.choice(positions)}
            participate(
                process, part=dice.choice(Participation.Part.values), revision=dice.choice([None, *revisions]),
                until=dice.choice([None, make.day(-1), make.TODAY, make.day(1)]), **who,
            )  # fmt: skip
        if dice.random() < 0.2:
            ProcessUserGrant.objects.create(content_object=process, user=dice.choice(people), permission=permission)
        if dice.random() < 0.2:
            ProcessGroupGrant.objects.create(content_object=process, group=group, permission=permission)


@pytest.mark.parametrize("seed", range(6))
def test_the_list_and_the_single_object_answer_alike(seed: int) -> None:
    dice = random.Random(seed)
    people, positions, departments = a_company(dice)
    random_processes(dice, people, positions, departments)
    everything = list(Process.objects.all())
    seen: set[bool] = set()
    for person in people:
        held = some(dice, [position.pk for position in positions], 0.2)
        acting = some(dice, [position.pk for position in positions], 0.1)
        scope = Scope(person.pk, make.TODAY, some(dice, [department.pk for department in departments]), held, acting)
        listed = set(Process.objects.visible_to(scope))
        assert listed == {process for process in everything if may_see(process, scope)}
        revisions = set(Revision.objects.visible_to(scope))
        assert revisions == {revision for revision in Revision.objects.select_related("process") if may_see_revision(revision, scope)}
        seen |= {process in listed for process in everything}
    assert seen == {True, False}


def nobody(person: Person) -> Scope:
    return Scope(person.pk, make.TODAY, frozenset(), frozenset(), frozenset())


def test_taking_part_opens_a_restricted_process_until_a_day(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, confidentiality="positions")
    scope = nobody(cast.stranger)
    assert not may_see(process, scope)
    for until in (make.day(-1), make.TODAY, make.day(5), make.day(2)):
        participate(process, part="reader", person=cast.stranger, until=until)
    assert may_see(process, scope)
    assert Participation.objects.get().until == make.day(5), "repeating extends and never shortens"
    participate(process, part="reader", person=cast.stranger)
    participate(process, part="reader", person=cast.stranger, until=make.day(1))
    assert Participation.objects.get().until is None


def test_a_reader_of_the_process_sees_no_draft(cast: make.Cast) -> None:
    process = make.process(cast.purchasing)
    draft = make.draft(process)
    participate(process, part="reader", person=cast.stranger)
    assert not may_see_revision(draft, nobody(cast.stranger))
    participate(process, part="approver", person=cast.stranger, revision=draft)
    assert may_see_revision(draft, nobody(cast.stranger))


def test_invitations_hold_for_the_whole_process_or_one_revision(cast: make.Cast) -> None:
    process = make.process(cast.purchasing)
    draft, other = make.draft(process), make.effective(process)
    scope = nobody(cast.stranger)
    participate(process, part="contributor", person=cast.stranger, revision=draft)
    assert policy.invited(process, scope, draft)
    assert not policy.invited(process, scope, other)
    assert not policy.invited(process, scope)
    participate(process, part="contributor", person=cast.stranger, until=make.TODAY - dt.timedelta(days=1))
    assert not policy.invited(process, scope)
    participate(process, part="contributor", person=cast.stranger, until=make.TODAY)
    assert policy.invited(process, scope)


def test_departments_in_which_one_may_begin_a_document(cast: make.Cast) -> None:
    gone = make.department("OLD")
    gone.dissolved_on = make.TODAY
    gone.save()
    scope = Scope(cast.author.pk, make.TODAY, frozenset({cast.purchasing.pk, gone.pk}), frozenset(), frozenset())
    assert list(policy.departments_to_create_in(scope)) == [cast.purchasing]
