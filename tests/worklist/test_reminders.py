"""What is due is told once: to whoever acts today, in their language, and later to the superior; twice or after a crash the same."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization import calendar
from organization.models import CompanySettings, Person, Position
from tests import make
from tests.make import NOW, Cast, day
from worklist import items, recipients, reminders
from worklist.items import NewItem
from worklist.models import Notice, WorkItem
from worklist.notices import Message

# Raised on Wednesday 4 March, due on Monday 16 March: the plan says 12, 16, 19, 24 and 27 March.
DUE = day(12)


def morning(of: int, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, of, 8, 0, tzinfo=dt.UTC)


def owe(
    key: str = "seat:1", *, position: Position | None = None, person: Person | None = None, excluded: set[int] | None = None
) -> WorkItem:
    return items.raise_item(
        kind="decide", subject="PUR-001 Purchase to pay", url_name="home", url_args=[], due_on=DUE, source_key=key, now=NOW,
        position=position, person=person, excluded=excluded or (),
    )  # fmt: skip


@pytest.fixture
def office(cast: Cast) -> Position:
    return Position.objects.get(title="Head of Purchasing")


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("person__login", "subject"))


def test_nothing_is_told_before_it_is_due(cast: Cast, office: Position) -> None:
    owe(position=office)
    assert reminders.run(morning(12) - dt.timedelta(seconds=1)) == 0
    assert told() == []


def test_the_whole_plan_of_a_position_with_the_next_in_line_and_the_superior(cast: Cast, office: Position) -> None:
    item = owe(position=office)
    counts = [reminders.run(morning(date)) for date in range(5, 28)]
    assert sum(counts) == 5
    title = "Decide: PUR-001 Purchase to pay"
    assert told() == [
        ("author", f"{title} (due on 16 Mar)"),
        ("author", f"{title} (due today)"),
        ("author", f"{title} (3 working days overdue)"),
        ("author", f"{title} (6 working days overdue)"),
        ("manager", "Overdue and you are next in line: PUR-001 Purchase to pay (6 working days overdue)"),
        ("author", f"{title} (9 working days overdue)"),
        ("manager", "Overdue and you are next in line: PUR-001 Purchase to pay (9 working days overdue)"),
        ("boss", "Overdue in your area: PUR-001 Purchase to pay (9 working days overdue)"),
    ]
    first, last = Notice.objects.order_by("pk").first(), Notice.objects.order_by("pk").last()
    assert first is not None
    assert last is not None
    assert first.body == "This waits for you, as Head of Purchasing. It was raised on 4 Mar 2026 and is due on 16 Mar 2026."
    assert last.body == (
        "Author was reminded and has not acted. It was due on 16 Mar 2026. You are told because it lies in your area. "
        "Reminded so far: Author 4 times, last on 24 Mar; Manager on 24 Mar."
    )
    assert (first.work_item, first.url, first.key) == (item, "/", f"item-{item.pk}-20260312-{cast.author.pk}")


def test_running_twice_tells_nobody_twice(cast: Cast, office: Position) -> None:
    owe(position=office)
    assert [reminders.run(morning(12)) for _ in range(3)] == [1, 0, 0]
    assert len(told()) == 1


def test_what_was_settled_or_moved_is_not_told(cast: Cast, office: Position) -> None:
    items.settle(owe("settled", position=office), outcome="done", now=NOW)
    items.reschedule(owe("moved", position=office), due_on=day(40), now=NOW)
    assert reminders.run(morning(12)) == 0


def test_a_moved_item_is_reminded_anew(cast: Cast, office: Position) -> None:
    item = owe(position=office)
    reminders.run(morning(12))
    items.reschedule(item, due_on=day(13), now=morning(12))
    for date in (12, 13, 16, 17):
        reminders.run(morning(date))
    keys = [f"item-{item.pk}-{date}-{cast.author.pk}" for date in (20260312, 20260313, 20260317)]
    assert list(Notice.objects.order_by("pk").values_list("key", flat=True)) == keys


def test_days_without_a_sweeper_are_made_good_by_one_reminder(cast: Cast, office: Position) -> None:
    owe(position=office)
    assert reminders.run(morning(30, month=4)) == 1
    assert told() == [("author", "Decide: PUR-001 Purchase to pay (33 working days overdue)")]


class Crash(BaseException):
    """The worker dies."""


def test_a_crash_between_notice_and_move_leaves_neither(cast: Cast, office: Position, monkeypatch: pytest.MonkeyPatch) -> None:
    owe(position=office)

    def dies(messages: Iterator[Message], *, now: dt.datetime) -> None:
        list(messages)
        Notice.objects.create(key="half", person=cast.author, subject="half", created_at=now)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "tell_many", dies)
        with pytest.raises(Crash):
            reminders.run(morning(12))
    assert told() == []
    assert reminders.run(morning(12)) == 1
    assert len(told()) == 1


def test_all_batches_are_told_each_once(cast: Cast, office: Position) -> None:
    new = [NewItem("read", f"Read {n}", "home", [], DUE, f"reading:{n}", person_id=cast.reader.pk) for n in range(7)]
    items.raise_items(new, now=NOW)
    assert reminders.run(morning(12), batch=2) == 7
    assert Notice.objects.values("key").distinct().count() == Notice.objects.count() == 7


def test_nothing_due_costs_one_question(cast: Cast, office: Position) -> None:
    owe(position=office)
    with CaptureQueriesContext(connection) as queries:
        reminders.run(morning(5))
    assert [q["sql"].split()[0] for q in queries] == ["SAVEPOINT", "SELECT", "RELEASE"]


def test_five_due_cost_as_many_questions_as_one(cast: Cast, office: Position) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            reminders.run(morning(12))
        return len(queries)

    owe("warm up", position=office)
    reminders.run(morning(12))
    owe("one", position=office)
    one = cost()
    for n in range(5):
        owe(f"five {n}", position=office)
    assert cost() == one


def test_a_person_who_left_is_not_told_and_the_superior_hears_of_it(cast: Cast) -> None:
    items.raise_items([NewItem("read", "Read PUR-001", "home", [], DUE, "reading:1", person_id=cast.reader.pk)], now=NOW)
    reminders.run(morning(12))
    cast.reader.is_active = False
    cast.reader.save()
    for date in (16, 19, 24, 27):
        reminders.run(morning(date))
    assert told() == [
        ("reader", "Read: Read PUR-001 (due on 16 Mar)"),
        ("author", "Overdue in your area: Read PUR-001 (9 working days overdue)"),
    ]
    assert Notice.objects.latest("pk").body == (
        "Nobody can act on it: who should has left or may not decide. It was due on 16 Mar 2026. "
        "You are told because it lies in your area. Reminded so far: Reader on 12 Mar."
    )


def test_an_overdue_reading_reaches_the_head_of_the_reader_s_department_and_stays_the_reader_s(cast: Cast) -> None:
    items.raise_items([NewItem("read", "PUR-001", "home", [], DUE, "reading:1", person_id=cast.reader.pk)], now=NOW)
    for date in (12, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert told()[4:] == [
        ("reader", "Read: PUR-001 (9 working days overdue)"),
        ("author", "Overdue in your area: PUR-001 (9 working days overdue)"),
    ]
    first = Notice.objects.earliest("pk")
    assert first.body == "This waits for you. It was raised on 4 Mar 2026 and is due on 16 Mar 2026."


def test_a_person_without_any_position_has_no_superior(cast: Cast) -> None:
    items.raise_items([NewItem("act", "Look", "home", [], DUE, "act:1", person_id=cast.admin.pk)], now=NOW)
    for date in (12, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert {login for login, _subject in told()} == {"admin"}


def test_a_vacant_position_s_item_is_with_the_next_in_the_chain_who_learns_why(cast: Cast) -> None:
    owe(position=make.position("Head of Quality", of=make.department("QUA"), kind="head"))
    reminders.run(morning(12))
    notice = Notice.objects.get()
    assert (notice.person, notice.body.split(". ")[0]) == (cast.manager, "This waits for you, for Head of Quality, which nobody holds")


def test_whoever_may_not_decide_is_not_asked_and_without_anybody_the_top_hears_of_it(cast: Cast, office: Position) -> None:
    owe("one", position=office, excluded={cast.author.pk})
    reminders.run(morning(12))
    assert [login for login, _subject in told()] == ["manager"]
    everybody = set(Person.objects.exclude(pk=cast.boss.pk).values_list("pk", flat=True))
    owe("two", position=office, excluded=everybody | {cast.boss.pk})
    for date in (13, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert not Notice.objects.filter(work_item__source_key="two").exists()


def test_the_superior_of_a_head_is_the_head_above_and_an_open_seat_without_anybody_says_so(cast: Cast) -> None:
    team = make.department("PUR-A", name="Castings", parent=cast.purchasing)
    lead = make.position("Head of Castings", of=team, kind="head", holder=cast.reader)
    owe("team", position=lead)
    for date in (12, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert told()[-1][0] == "author"


def test_nobody_left_to_act_is_told_to_the_superior(cast: Cast, office: Position) -> None:
    cast.reader.is_active = False
    cast.reader.save()
    item = owe(person=cast.reader)
    make.appoint(make.person("successor"), Position.objects.get(title="Buyer"))
    WorkItem.objects.filter(pk=item.pk).update(position=office, person=None, excluded=[])
    everybody = list(Person.objects.exclude(pk=cast.boss.pk).values_list("pk", flat=True))
    WorkItem.objects.filter(pk=item.pk).update(excluded=everybody)
    for date in (12, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert {login for login, _subject in told()} == {"boss"}


def test_everybody_reads_it_in_their_own_language(cast: Cast, office: Position) -> None:
    Person.objects.filter(pk=cast.author.pk).update(language="zh-hans")
    owe(position=office)
    owe("english", position=Position.objects.get(title="Head of Stores"))
    reminders.run(morning(12))
    by = dict(told())
    assert by["storekeeper"] == "Decide: PUR-001 Purchase to pay (due on 16 Mar)"
    assert "3月16日" in by["author"]


def test_without_any_head_the_chain_of_the_position_itself_answers(cast: Cast) -> None:
    Position.objects.filter(kind__in=("head", "top_management")).update(kind="other")
    clerk = Position.objects.get(title="Buyer")
    owe(position=clerk)
    for date in (12, 16, 19, 24, 27):
        reminders.run(morning(date))
    assert told()[-1] == ("manager", "Overdue in your area: PUR-001 Purchase to pay (9 working days overdue)")


def keys() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("key", flat=True))


def test_a_clock_set_back_ten_minutes_reminds_nobody_twice_and_skips_nothing(cast: Cast, office: Position) -> None:
    owe(position=office)
    back = dt.timedelta(minutes=10)
    counts = [reminders.run(at) for of in (12, 16) for at in (morning(of), morning(of) - back, morning(of) + back)]
    assert counts == [1, 0, 0, 1, 0, 0]


def test_a_clock_that_is_a_day_ahead_and_comes_back_reminds_once_for_each_step(cast: Cast, office: Position) -> None:
    owe(position=office)
    # On the 11th the clock says the 12th; then it is right again.
    assert [reminders.run(morning(of)) for of in (12, 11, 12, 13, 16, 15, 17)] == [1, 0, 0, 0, 1, 0, 0]
    assert len(set(keys())) == 2


def test_a_day_late_each_item_is_reminded_once_in_the_order_of_its_day(cast: Cast, office: Position) -> None:
    for n, due in enumerate((14, 12, 13)):
        items.raise_items([NewItem("decide", f"Item {n}", "home", [], day(due), f"k{n}", position_id=office.pk)], now=NOW)
    assert reminders.run(morning(17), batch=2) == 3
    subjects = [subject for _login, subject in told()]
    assert [subject.split(" (")[0] for subject in subjects] == ["Decide: Item 1", "Decide: Item 2", "Decide: Item 0"]


@pytest.mark.parametrize(("zone", "night"), [("Europe/Berlin", (3, 29)), ("Europe/Berlin", (10, 25)), ("Africa/Cairo", (4, 24))])
def test_on_the_night_when_the_clock_is_changed_each_reminder_comes_once_in_the_morning(
    cast: Cast, zone: str, night: tuple[int, int]
) -> None:
    CompanySettings.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    calendar.forget()
    changed = dt.datetime(2026, *night, tzinfo=dt.UTC)
    item = items.raise_item(
        kind="act", subject="x", url_name="home", url_args=[], due_on=changed.date() + dt.timedelta(days=2), source_key="k",
        now=changed - dt.timedelta(days=9), person=cast.reader,
    )  # fmt: skip
    hours = [changed + dt.timedelta(hours=n) for n in range(-72, 24 * 8)]
    reminded = [at.astimezone(ZoneInfo(zone)) for at in hours if reminders.run(at)]
    assert {at.hour for at in reminded} == {8}
    assert len(reminded) == len({at.date() for at in reminded}) == Notice.objects.filter(work_item=item).count() >= 3


def test_a_leap_day_is_a_day_like_others(cast: Cast, office: Position) -> None:
    item = items.raise_item(
        kind="decide", subject="x", url_name="home", url_args=[], due_on=dt.date(2028, 2, 29), source_key="leap",
        now=dt.datetime(2028, 2, 1, 9, tzinfo=dt.UTC), position=office,
    )  # fmt: skip
    days = [at for n in range(40) if reminders.run(at := dt.datetime(2028, 2, 1, 9, tzinfo=dt.UTC) + n * dt.timedelta(days=1))]
    assert [f"{at:%m-%d}" for at in days] == ["02-25", "02-29", "03-03", "03-08"]
    assert Notice.objects.filter(work_item=item, person=cast.author).count() == 4


def test_two_items_of_one_position_are_one_question(cast: Cast, office: Position) -> None:
    """Thousands of items of one position cost as much as one, whoever acts and whoever else hears of it."""

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            reminders.run(morning(27))
        return len(queries)

    def late(key: str) -> None:
        WorkItem.objects.filter(pk=owe(key, position=office).pk).update(reminder_step=6, next_reminder_at=morning(27))

    late("warm up")
    cost()
    late("one")
    one = cost()
    for n in range(5):
        late(f"more {n}")
    assert cost() == one
    assert {login for login, _subject in told()} == {"author", "manager", "boss"}


def test_the_office_is_not_told_of_what_it_owes_itself_twice(cast: Cast) -> None:
    owe(position=Position.objects.get(title="Company process manager"))
    for month, date in ((3, 12), (3, 16), (3, 19), (3, 24), (3, 27), (4, 1), (4, 6)):
        reminders.run(morning(date, month))
    last = Notice.objects.filter(created_at=morning(6, 4)).order_by("pk")
    assert [(notice.person.login, notice.subject.split(":")[0]) for notice in last] == [
        ("manager", "Decide"),
        ("boss", "Overdue in your area"),
    ]


def test_what_lies_on_a_page_that_is_gone_is_told_without_an_address(cast: Cast, office: Position) -> None:
    WorkItem.objects.filter(pk=owe(position=office).pk).update(url_name="no:such")
    assert reminders.run(morning(12)) == 1
    assert Notice.objects.get().url == ""


def test_whoever_it_was_given_to_is_reminded_and_the_position_stands_behind(cast: Cast, office: Position) -> None:
    """Two items of one position, one of them given to somebody: each is its own question."""
    given, kept = owe("given", position=office), owe("kept", position=office)
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.reader)
    given.refresh_from_db()
    assert recipients._alike(given) != recipients._alike(kept)
