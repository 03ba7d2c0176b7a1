"""Vacancies: found, owed by the superior, and over when somebody is appointed."""

import datetime as dt

import pytest

from organization.models import Appointment, Position
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist import vacancies
from worklist.continuity_heads import Heads
from worklist.items import raise_item
from worklist.models import Vacancy, WorkItem

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def leaves(position: str, *, on: dt.date = TODAY) -> None:
    """Ended as a deactivation ends it, past the stories."""
    for appointment in Appointment.objects.filter(position__title=position):
        appointment.ends_before = on
        appointment.save()


def owed() -> list[tuple[str, str, str]]:
    """Subject, who owes it, how it ended: of all fill-vacancy items."""
    items = WorkItem.objects.filter(kind="fill_vacancy").select_related("position").order_by("pk")
    return [(item.subject, item.position.title, item.outcome) for item in items]


def test_a_complete_company_has_no_vacancies(cast: Cast) -> None:
    assert vacancies.reconcile(NOW) == 0
    assert list(Vacancy.objects.all()) == []


def test_a_vacant_office_is_owed_to_the_nearest_head_above(cast: Cast) -> None:
    leaves("Process manager, Purchasing", on=make.day(-3))
    assert vacancies.reconcile(NOW) == 1
    (vacancy,) = Vacancy.objects.all()
    assert (vacancy.position, vacancy.since, vacancy.until) == (office("Process manager, Purchasing"), make.day(-3), None)
    assert owed() == [("Process manager, Purchasing · Purchasing", "Head of Purchasing", "")]
    assert vacancy.work_item.due_on == make.day(14)  # ten working days
    assert vacancy.work_item.get_absolute_url() == f"/organization/positions/{vacancy.position.pk}/"


def test_never_itself_then_top_management_then_the_process_office(cast: Cast) -> None:
    for title in ("Head of Purchasing", "General manager", "Company process manager"):
        leaves(title)
    vacancies.reconcile(NOW)
    assert sorted(owed()) == [
        ("Company process manager · The company", "General manager", ""),
        ("General manager · The company", "Company process manager", ""),
        ("Head of Purchasing · Purchasing", "General manager", ""),
    ]


def test_a_head_stands_below_top_management_of_the_same_department(cast: Cast) -> None:
    second = make.position("Head of the company", of=make.company(), kind="head")
    heads = Heads(TODAY)
    assert heads.above(office("General manager")) == office("Company process manager")
    assert heads.above(second) == office("General manager")
    assert heads.above(office("Head of Stores")) == second
    assert heads.above(office("Head of Stores"), barred={second.pk}) == office("General manager")


def test_without_any_office_above_nobody_owes_it_but_it_is_there() -> None:
    make.position("Lonely head", kind="head")
    assert Heads(TODAY).office() is None
    assert vacancies.reconcile(NOW) == 1
    assert Vacancy.objects.get().work_item is None
    make.position("Company process manager", kind="company_process_manager", holder=make.person("late"))
    vacancies.reconcile(NOW)
    assert owed() == [("Lonely head · The company", "Company process manager", "")]


def test_ordinary_positions_count_while_something_hangs_on_them(cast: Cast) -> None:
    idle, owner, busy = (make.position(title, of=cast.purchasing) for title in ("Idle", "Owner", "Busy"))
    make.process(cast.purchasing, owner=owner)
    discarded = make.process(cast.purchasing, owner=idle)
    discarded.state = "discarded"
    discarded.save()
    item = raise_item(
        kind="act", subject="x", url_name="home", url_args=[], due_on=TODAY, source_key="x", now=NOW, position=busy
    )  # fmt: skip
    vacancies.reconcile(NOW)
    assert {v.position for v in Vacancy.objects.all()} == {owner, busy}
    WorkItem.objects.filter(pk=item.pk).update(closed_at=NOW, outcome="done")
    assert vacancies.reconcile(NOW) == 1
    assert dict(Vacancy.objects.values_list("position__title", "until")) == {"Owner": None, "Busy": TODAY}
    assert ("Busy · Purchasing", "Head of Purchasing", "moot") in owed()


def test_twice_changes_nothing_and_filled_is_done(cast: Cast) -> None:
    leaves("Process manager, Purchasing")
    vacancies.reconcile(NOW)
    vacancies.reconcile(NOW)
    assert len(owed()) == 1
    make.appoint(cast.reader, office("Process manager, Purchasing"), since=TODAY)
    assert vacancies.reconcile(NOW) == 0
    assert owed() == [("Process manager, Purchasing · Purchasing", "Head of Purchasing", "done")]
    assert Vacancy.objects.get().until == TODAY


def test_only_the_named_positions_are_looked_at(cast: Cast) -> None:
    leaves("Process manager, Purchasing")
    leaves("Head of Stores")
    assert vacancies.reconcile(NOW, [office("Head of Stores").pk]) == 1
    assert [v.position.title for v in Vacancy.objects.all()] == ["Head of Stores"]
    assert vacancies.reconcile(NOW, [office("Head of Purchasing").pk]) == 0
    assert Vacancy.objects.get().until is None
    assert [v.position.title for v in vacancies.oldest_first()] == ["Head of Stores"]


def test_another_superior_owes_it_from_then_on_and_the_first_again_when_he_is_back(cast: Cast) -> None:
    leaves("Process manager, Purchasing")
    vacancies.reconcile(NOW)
    head = office("Head of Purchasing")
    head.closed_on = TODAY
    head.save()
    vacancies.reconcile(NOW)
    purchase = [("Process manager, Purchasing · Purchasing", "Head of Purchasing", "moot"),
                ("Process manager, Purchasing · Purchasing", "General manager", "")]  # fmt: skip
    assert [row for row in owed() if row[0].startswith("Process")] == purchase
    head.closed_on = None
    head.save()
    vacancies.reconcile(NOW)
    assert [(who, outcome) for what, who, outcome in owed() if what.startswith("Process")] == [
        ("Head of Purchasing", ""), ("General manager", "moot")
    ]  # fmt: skip
    item = Vacancy.objects.get(position__title__startswith="Process", until=None).work_item
    assert item.position == head


def test_an_announced_vacancy_is_coming_until_somebody_follows(cast: Cast) -> None:
    leaves("Process manager, Purchasing", on=make.day(20))
    leaves("Head of Stores", on=make.day(200))
    leaves("Buyer", on=make.day(20))  # nothing hangs on it
    assert [a.position.title for a in vacancies.announced(TODAY)] == ["Process manager, Purchasing"]
    assert vacancies.reconcile(NOW) == 0
    make.appoint(cast.reader, office("Process manager, Purchasing"), since=make.day(20))
    assert list(vacancies.announced(TODAY)) == []


def test_the_cost_follows_what_changed(cast: Cast, django_assert_num_queries: object) -> None:
    leaves("Process manager, Purchasing")
    vacancies.reconcile(NOW)
    with django_assert_num_queries(7):  # type: ignore[operator]
        vacancies.reconcile(NOW)


def test_a_vacancy_that_nobody_could_owe_ends_like_any_other() -> None:
    lonely = make.position("Lonely head", kind="head")
    vacancies.reconcile(NOW)
    make.appoint(make.person("late"), lonely, since=TODAY)
    assert vacancies.reconcile(NOW) == 0
    assert Vacancy.objects.get().until == TODAY
