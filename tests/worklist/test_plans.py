"""Plans are set by the process office, hold from the next reminder on, and are explained to everybody."""

import dataclasses
import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Position
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast, day
from worklist import items, plans, reminders
from worklist.explaining import example, sentences
from worklist.models import Notice, ReminderPlan
from worklist.plan import Plan, To, default_plan
from worklist.plans import change_plan, escalations, plan_of

DAILY = Plan(before=0, every=1, substitute_after=0, superior_after=1, office_after=2)


def owe(**who: object) -> items.WorkItem:
    return items.raise_item(
        kind="decide", subject="PUR-001", url_name="home", url_args=[], due_on=day(12), source_key="seat:1", now=NOW, **who
    )  # type: ignore[arg-type]


def test_without_a_row_the_default_holds_and_a_row_is_read_once(cast: Cast) -> None:
    ReminderPlan.objects.create(kind="read", before=5)
    assert plan_of("read") == Plan(before=5)
    with CaptureQueriesContext(connection) as queries:
        assert plan_of("decide") == default_plan("decide")
    assert len(queries) == 0


def test_a_change_is_known_at_once_and_kept(cast: Cast, django_capture_on_commit_callbacks: object) -> None:
    assert plan_of("decide") == Plan()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        change_plan("decide", DAILY, by=cast.manager, now=NOW)
    assert plan_of("decide") == DAILY
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        change_plan("decide", Plan(), by=cast.manager, now=NOW)
    assert [plans.as_plan(row) for row in ReminderPlan.history.all()] == [Plan(), DAILY]


def test_the_process_supervision_belongs_to_the_process_office(cast: Cast) -> None:
    supervisor = make.person("supervisor")
    make.position("Process supervision", kind="process_supervision", holder=supervisor)
    assert change_plan("decide", DAILY, by=supervisor, now=NOW).every == 1


@pytest.mark.parametrize("who", ["reader", "stranger", "author", "approver", "admin", "boss"])
def test_nobody_else_changes_a_plan(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="process office"):
        change_plan("decide", DAILY, by=getattr(cast, who), now=NOW)
    assert not ReminderPlan.objects.exists()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(every=0), "1 to 30"),
        (Plan(before=31), "1 to 30"),
        (Plan(before=-1), "1 to 30"),
        (Plan(office_after=51), "1 to 30"),
        (Plan(substitute_after=3, superior_after=2), "must not fall"),
        (Plan(superior_after=5), "must not fall"),
        (Plan(), "nothing was changed"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(cast: Cast, plan: Plan, words: str) -> None:
    with pytest.raises(Refused, match=words):
        change_plan("decide", plan, by=cast.manager, now=NOW)


def test_the_same_again_and_an_unknown_kind_are_refused(cast: Cast) -> None:
    change_plan("decide", DAILY, by=cast.manager, now=NOW)
    with pytest.raises(Refused, match="nothing was changed"):
        change_plan("decide", DAILY, by=cast.manager, now=NOW)
    with pytest.raises(Refused, match="no such kind"):
        change_plan("nonsense", DAILY, by=cast.manager, now=NOW)


def test_a_changed_plan_holds_from_the_next_reminder_on(cast: Cast) -> None:
    item = owe(position=Position.objects.get(title="Head of Purchasing"))
    planned = item.next_reminder_at
    change_plan("decide", DAILY, by=cast.manager, now=NOW)
    cache.clear()
    days = [date for date in range(5, 20) if reminders.run(dt.datetime(2026, 3, date, 8, tzinfo=dt.UTC))]
    assert planned == dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
    assert days == [12, 16, 17, 18, 19]


def test_what_a_page_foretells_is_what_happens(cast: Cast) -> None:
    item = owe(position=Position.objects.get(title="Head of Purchasing"))
    coming = [(dt.date(2026, 3, 24), To.SUBSTITUTE), (dt.date(2026, 3, 27), To.SUPERIOR), (dt.date(2026, 4, 6), To.OFFICE)]
    assert escalations(item) == coming
    for date in (12, 16, 19, 24):
        reminders.run(dt.datetime(2026, 3, date, 8, tzinfo=dt.UTC))
    item.refresh_from_db()
    assert escalations(item) == coming[1:]
    items.settle(item, outcome="done", now=NOW)
    assert escalations(item) == []


def test_what_is_owed_in_person_has_nobody_next_in_line(cast: Cast) -> None:
    assert [to for _day, to in escalations(owe(person=cast.reader))] == [To.SUPERIOR, To.OFFICE]


def test_the_plan_in_sentences() -> None:
    assert sentences("decide", Plan()) == [
        "A reminder comes 2 working days before it is due and on the day.",
        "Then one every 3 working days.",
        "After 1 late reminder the next in line hears of it too.",
        "After 2 the superior hears of it too.",
        "After 4 the process office hears of it too.",
    ]
    at_once = dataclasses.replace(DAILY, before=0, superior_after=0, office_after=0)
    assert sentences("decide", at_once) == [
        "A reminder comes on the day it is due.",
        "Then one every working day.",
        "The next in line hears of it with the first late reminder.",
        "The superior hears of it with the first late reminder.",
        "The process office hears of it with the first late reminder.",
    ]
    assert len(sentences("read", Plan())) == 4


def test_the_example_ends_when_everybody_knows(cast: Cast) -> None:
    shown = example("decide", Plan(before=1, every=1, substitute_after=0, superior_after=1, office_after=1), day(0))
    assert [(r.day.day, r.what, r.people[1:]) for r in shown] == [
        (17, "Before it is due", ()),
        (18, "Due", ()),
        (19, "Late reminder 1", ("the next in line",)),
        (20, "Late reminder 2", ("the next in line", "the superior", "the process office")),
    ]


def test_everybody_reads_the_plans_and_the_office_changes_them(client: SignedIn, cast: Cast) -> None:
    for who in (cast.stranger, cast.reader, cast.admin):
        client.as_(who)
        assert client.get("/reminders/").status_code == 200
        page = client.get("/reminders/decide/")
        assert b"Only the process office" in page.content
        assert b'<form class="form"' not in page.content
        assert client.post("/reminders/decide/", dataclasses.asdict(DAILY)).status_code == 403
    assert client.get("/reminders/nonsense/").status_code == 404
    client.as_(cast.manager)
    assert client.post("/reminders/decide/", dataclasses.asdict(DAILY)).status_code == 302
    page = client.get("/reminders/decide/")
    assert b"Then one every working day." in page.content
    assert ReminderPlan.history.get().history_user == cast.manager
    assert b"Manager" in page.content.split(b"What it was")[1]


def test_a_wrong_number_is_said_and_what_was_typed_stays(client: SignedIn, cast: Cast) -> None:
    answer = client.as_(cast.manager).post("/reminders/decide/", dataclasses.asdict(DAILY) | {"every": "0"})
    assert answer.status_code == 422
    assert b'value="0"' in answer.content
    answer = client.post("/reminders/decide/", dataclasses.asdict(Plan(superior_after=9)))
    assert answer.status_code == 422
    assert b"must not fall" in answer.content


def test_a_personal_kind_has_no_number_for_the_next_in_line(client: SignedIn, cast: Cast) -> None:
    given = {"before": 1, "every": 2, "superior_after": 3, "office_after": 4}
    assert client.as_(cast.manager).post("/reminders/read/", given).status_code == 302
    assert plans.as_plan(ReminderPlan.objects.get()) == Plan(1, 2, 3, 3, 4)


def test_the_list_costs_the_same_with_rows_as_without(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.reader).get("/reminders/")

    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get("/reminders/")
        return len(queries)

    without = cost()
    for kind in ("read", "act", "agree", "decide", "review"):
        ReminderPlan.objects.create(kind=kind)
    assert cost() == without == 15


def test_the_whole_escalation_says_why_and_what_was_sent_before(cast: Cast) -> None:
    supervisor = make.person("supervisor")
    make.position("Process supervision", kind="process_supervision", holder=supervisor)
    owe(position=Position.objects.get(title="Head of Purchasing"))
    for month, date in ((3, 12), (3, 16), (3, 19), (3, 24), (3, 27), (4, 1), (4, 6)):
        reminders.run(dt.datetime(2026, month, date, 8, tzinfo=dt.UTC))
    last = Notice.objects.filter(created_at__month=4, created_at__day=6).order_by("pk")
    assert [(n.person.login, n.subject.split(":")[0], n.mail) for n in last] == [
        ("author", "Decide", "waiting"),
        ("manager", "Overdue and nobody has acted", "waiting"),
        ("boss", "Overdue in your area", "waiting"),
        ("supervisor", "Overdue and nobody has acted", "waiting"),
    ]
    assert last[3].body == (
        "Author was reminded and has not acted. It was due on 16 Mar 2026. You are told because you hold the process office. "
        "Reminded so far: Author 6 times, last on 1 Apr; Manager 3 times, last on 1 Apr; Boss 2 times, last on 1 Apr."
    )
