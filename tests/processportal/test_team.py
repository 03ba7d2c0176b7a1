"""The team's work and one item's page: who sees what, what is hidden, what is counted, and giving from the list."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Comment
from organization import calendar
from organization.models import Appointment, Person, Position
from organization.scope import scope
from processes.review import ASKED
from processportal.work import about
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from training import assignments
from worklist import items, policy, team
from worklist.models import Happening, Notice, WorkItem

ROOT = Path(__file__).resolve().parents[2]


def owe(key: str, *, position: str = "Buyer", days: int = 5, kind: str = "act", number: str = "", ago: int = 0, **how: object) -> WorkItem:
    owed_by = {} if "person" in how else {"position": Position.objects.get(title=position)}
    where = {"url_name": "process", "url_args": [number]} if number else {"url_name": "home", "url_args": []}
    return items.raise_item(
        kind=kind, subject=f"Subject {key}", due_on=calendar.today() + dt.timedelta(days=days), source_key=key,
        now=make.now() - dt.timedelta(days=ago), **owed_by, **where, **how,  # type: ignore[arg-type]
    )  # fmt: skip


def spread(who: Person) -> team.Summary:
    view = scope(who, calendar.today())
    return team.summary(view, policy.reach_of(view))


def subjects(client: SignedIn, query: str = "") -> list[str]:
    response = client.get(f"/work/team/{query}")
    assert response.status_code == 200
    return [row.subject for row in response.context["page"].rows]


@pytest.fixture
def secret(cast: Cast) -> str:
    """The number of a process that only its owner (stores) and named people see."""
    owner = Position.objects.get(title="Head of Stores")
    return make.process(cast.stores, number="STO-001", title="Secret stock", owner=owner, confidentiality="positions").number


def test_heads_and_process_managers_see_their_departments_the_office_everything_others_nothing(client: SignedIn, cast: Cast) -> None:
    owe("buyer")
    owe("reading", kind="read", person=cast.reader)
    owe("castings", position=make.position("Caster", of=make.department("CAST", parent=cast.purchasing)).title)
    owe("stores", position="Storeman")
    seen = {who.login: set(subjects(client.as_(who))) for who in (cast.author, cast.approver, cast.manager, cast.boss)}
    line = {"Subject buyer", "Subject reading", "Subject castings"}
    whole = line | {"Subject stores"}
    assert seen == {"author": line, "approver": line, "manager": whole, "boss": whole}
    for who in (cast.reader, cast.stranger, cast.admin):
        refused = client.as_(who).get("/work/team/")
        assert refused.status_code == 403
        assert "is shown to heads, process managers and the process office" in refused.content.decode(), "the page says why"


def test_a_subject_is_hidden_from_a_superior_who_may_not_see_its_process(client: SignedIn, cast: Cast, secret: str) -> None:
    item = owe("secret", number=secret)  # the buyer takes part in a confidential process of stores
    assert subjects(client.as_(cast.author)) == [secret]
    for address in ("/work/team/", f"/work/{item.pk}/"):
        html = client.get(address).content.decode()
        assert ("Subject secret" in html, f'href="/processes/{secret}/"' in html) == (False, False), address
    assert client.as_(cast.stranger).get(f"/work/{item.pk}/").status_code == 404
    keeper = Person.objects.get(login="storekeeper")
    assert client.as_(keeper).get(f"/work/{item.pk}/").status_code == 404  # sees the process, but does not owe the work
    make.appoint(keeper, Position.objects.get(title="Buyer"))
    assert "Subject secret" in client.get(f"/work/{item.pk}/").content.decode()


def test_who_opens_an_item(client: SignedIn, cast: Cast) -> None:
    item = owe("act")
    answers = {who.login: client.as_(who).get(f"/work/{item.pk}/").status_code for who in [*vars(cast).values()][2:]}
    assert answers == {"reader": 200, "author": 200, "approver": 200, "manager": 200, "boss": 200, "stranger": 404, "admin": 404}
    assert client.get("/work/999999/").status_code == 404


def test_every_address_of_an_item_says_what_it_is_about() -> None:
    named = {address for _kind, address in ASKED.values()} | {assignments.WHOLE, assignments.CHANGES}
    for path in ROOT.rglob("*.py"):
        if path.parts[len(ROOT.parts)] not in {"tests", ".venv", "var"} and "migrations" not in path.parts:
            named |= set(re.findall(r'url_name="([^"]+)"', path.read_text()))
    assert {"process", "revision", "kpis:indicator", "approvals:case", "processes:draft"} <= named
    assert named <= set(about.ABOUT) | about.ABOUT_NO_PROCESS


def test_what_an_item_is_about(cast: Cast, secret: str) -> None:
    view = scope(cast.author, calendar.today())
    unknown, gone = owe("a", number="x"), owe("b", number=secret)
    WorkItem.objects.filter(pk=unknown.pk).update(url_name="no:such")
    WorkItem.objects.filter(pk=gone.pk).update(url_args=[])
    found = [owe("home"), *WorkItem.objects.exclude(source_key="home").order_by("pk")]
    assert about.numbers(found) == {unknown.pk: "?", gone.pk: "?"}
    assert about.hidden(found, view) == {unknown.pk: "?", gone.pk: "?"}
    assert about.hidden([owe("c", number=secret)], scope(Person.objects.get(login="storekeeper"), calendar.today())) == {}


def test_an_action_out_of_a_comment_is_about_the_document_it_was_said_on(cast: Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, number="PUR-077", created_by=cast.author), by=cast.author)
    remark = Comment.objects.create(revision=draft, text="Who checks it?", author=cast.author, created_at=make.NOW)
    item = owe("action")
    item.url_name, item.url_args = "approvals:comment_action", [remark.pk]
    assert about.numbers([item]) == {item.pk: "PUR-077"}


def test_how_the_work_is_spread(cast: Cast) -> None:
    for number in range(8):
        owe(f"reading:{number}", kind="read", person=cast.reader, days=number - 2, ago=number)
    owe("act", ago=30)
    given = owe("given")
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.stranger)
    owe("decision", kind="decide", position="Process manager, Purchasing")
    owe("leak", position="Storeman")
    found = spread(cast.author)
    assert {(q.position and q.position.title, q.owner, q.acts, q.size, q.late, q.overloaded) for q in found.queues} == {
        (None, cast.reader, cast.reader, 8, 2, True), ("Buyer", cast.stranger, cast.stranger, 1, 0, False),
        ("Buyer", None, cast.reader, 1, 0, True), ("Process manager, Purchasing", None, cast.approver, 1, 0, False),
    }  # fmt: skip
    ages = sorted(calendar.working_days_between(calendar.today(item.raised_at), calendar.today()) for item in policy.looked_after(
        scope(cast.author, calendar.today()), policy.reach_of(scope(cast.author, calendar.today()))
    ))  # fmt: skip
    assert (found.size, found.late, found.oldest, found.median, found.more) == (11, 2, ages[-1], ages[5], False)


def test_what_was_given_to_somebody_away_counts_for_the_position_and_leavers_act_on_nothing(cast: Cast) -> None:
    given = owe("given")
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.stranger)
    make.away(cast.stranger, since=calendar.today())
    owe("reading", kind="read", person=cast.reader)
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    found = spread(cast.manager)
    assert {q.owner: q.acts and q.acts.login for q in found.queues} == {cast.reader: None, cast.stranger: "manager"}


def test_an_empty_department_says_so(client: SignedIn, cast: Cast) -> None:
    owe("leak", position="Storeman")
    assert spread(cast.author).size == 0
    assert "Nothing is waiting in your departments" in client.as_(cast.author).get("/work/team/").content.decode()


def test_only_the_fullest_queues_are_compared(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "QUEUES", 1)
    owe("one")
    owe("two")
    owe("reading", kind="read", person=cast.reader)
    found = spread(cast.author)
    assert ([queue.size for queue in found.queues], found.more, found.size) == ([2], True, 3)


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        ({}, set()),
        ({1: 90}, set()),
        ({1: 9, 2: 2, 3: 2}, {1}),
        ({1: 9, 2: 5, 3: 2}, set()),
        ({1: 7, 2: 1, 3: 1}, set()),
        ({1: 9, 2: 9}, set()),
    ],
)
def test_who_has_too_much(loads: dict[int, int], expected: set[int]) -> None:
    assert team.overloaded(loads) == expected


def test_filters_of_the_list(client: SignedIn, cast: Cast) -> None:
    owe("late", days=-3)
    owe("reading", kind="read", person=cast.reader)
    given = owe("given", position="Head of Purchasing", kind="review")
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.approver)
    buyer = Position.objects.get(title="Buyer")
    client.as_(cast.author)
    queries = (f"?position={buyer.pk}", f"?person={cast.reader.pk}", f"?person={cast.approver.pk}", "?kind=review", "?late=1")
    found = [subjects(client, query) for query in queries]
    assert found == [["Subject late"], ["Subject reading"], ["Subject given"], ["Subject given"], ["Subject late"]]
    assert len(subjects(client, "?kind=nonsense&person=999&position=x")) == 3
    assert "Nothing of this kind is waiting" in client.get("/work/team/?kind=agree").content.decode()


def test_what_i_gave_and_is_still_with_others(client: SignedIn, cast: Cast) -> None:
    for key in ("mine", "back", "by another"):
        by = cast.manager if key == "by another" else cast.author
        client.as_(by).post(f"/work/{owe(key).pk}/give/", {"person": "stranger", "reason": "Why."})
    client.as_(cast.author).post(f"/work/{WorkItem.objects.get(source_key='back').pk}/give-back/")
    assert subjects(client, "?given=1") == ["Subject mine"]


def test_pages_follow_each_other(client: SignedIn, cast: Cast) -> None:
    for number in range(team.ROWS + 1):
        owe(f"{number:03}")
    response = client.as_(cast.author).get("/work/team/?late=")
    second = client.get(f"/work/team/{response.context['next_url']}")
    assert [row.subject for row in second.context["page"].rows] == [f"Subject {team.ROWS:03}"]
    assert (second.context["page"].count, second.context["first_url"]) == (team.ROWS + 1, "?late=")


def test_several_are_given_from_the_list(client: SignedIn, cast: Cast) -> None:
    one, two, leak = owe("one"), owe("two"), owe("leak", position="Storeman")
    chosen = {"item": [one.pk, two.pk, leak.pk], "person": "stranger", "reason": "Holidays."}
    assert client.as_(cast.author).post("/work/team/give/", chosen).status_code == 302
    assert dict(WorkItem.objects.values_list("source_key", "assigned_to__login")) == {"one": "stranger", "two": "stranger", "leak": None}
    assert list(Happening.objects.values_list("reason", flat=True)) == ["Holidays."] * 2
    assert Notice.objects.filter(person=cast.stranger).count() == 2


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"person": "stranger", "reason": "Why."}, "Choose at least one item"),
        ({"item": True, "person": "nobody", "reason": "Why."}, "no active person"),
        ({"item": True, "person": "stranger", "reason": ""}, "required"),
    ],
)
def test_what_was_typed_stays_where_it_was_not_accepted(client: SignedIn, cast: Cast, sent: dict[str, object], sentence: str) -> None:
    item = owe("one")
    response = client.as_(cast.author).post("/work/team/give/", sent | ({"item": item.pk} if "item" in sent else {}))
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert f'value="{sent["person"]}"' in html
    assert (" checked" in html) is ("item" in sent)
    assert client.as_(cast.reader).post("/work/team/give/", sent).status_code == 403


def test_giving_opens_no_process(client: SignedIn, cast: Cast, secret: str) -> None:
    item = owe("secret", number=secret)
    refused = client.as_(cast.author).post(f"/work/{item.pk}/give/", {"person": "reader", "reason": "Why."})
    assert refused.status_code == 422
    assert "may not see what this is about" in refused.content.decode()
    assert client.post(f"/work/{item.pk}/give/", {"person": "storekeeper", "reason": "It is theirs."}).status_code == 302
    assert "Subject secret" in client.as_(Person.objects.get(login="storekeeper")).get("/work/").content.decode()


def test_revising_is_given_to_people_who_may_write_there(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing)
    item = items.raise_item(
        kind="revise", subject="Revise", url_name="processes:draft", url_args=[process.number], due_on=calendar.today(),
        source_key="revise:1", now=make.now(), position=process.owner,
    )  # fmt: skip
    post = lambda login: client.as_(cast.author).post(f"/work/{item.pk}/give/", {"person": login, "reason": "Why."}).status_code  # noqa: E731
    assert [post("stranger"), post("reader"), post("approver")] == [422, 422, 302]


def test_one_item_is_given_marked_and_given_back(client: SignedIn, cast: Cast) -> None:
    item = owe("act")
    client.as_(cast.author)
    assert client.post(f"/work/{item.pk}/give/", {"person": "stranger", "reason": "She knows it."}).url == f"/work/{item.pk}/"
    assert client.post(f"/work/{item.pk}/mark/", {"urgent": "1", "reason": "The line stands."}).url == f"/work/{item.pk}/"
    assert client.post(f"/work/{item.pk}/mark/", {"urgent": "0", "reason": ""}).status_code == 422
    html = client.as_(cast.stranger).get(f"/work/{item.pk}/").content.decode()
    for words in (
        "Stranger, assigned for Buyer",
        "Given to Stranger",
        "She knows it.",
        "Marked as urgent",
        "The line stands.",
        "Give back",
    ):
        assert words in html
    assert client.post(f"/work/{item.pk}/mark/", {"urgent": "1", "reason": "I too."}).status_code == 422
    assert client.post(f"/work/{item.pk}/give/", {"person": "reader", "reason": "I too."}).status_code == 422
    assert client.post(f"/work/{item.pk}/give-back/").url == "/work/"
    item.refresh_from_db()
    assert item.assigned_to is None
    assert client.post(f"/work/{item.pk}/give-back/").status_code == 404  # it is nothing to the stranger any more
    items.settle(item, outcome="done", now=make.now())
    html = client.as_(cast.reader).get(f"/work/{item.pk}/").content.decode()
    assert ("Settled" in html, "Put off" in html) == (True, False)


def test_the_history_tells_reminders_and_putting_off(client: SignedIn, cast: Cast) -> None:
    item = owe("act")
    Notice.objects.create(
        key=f"item-{item.pk}-20260304-1",
        person=cast.reader,
        work_item=item,
        subject="x",
        body="",
        url="/",
        created_at=make.now(),
        mail="none",
    )
    until = (calendar.today() + dt.timedelta(days=1)).isoformat()
    client.as_(cast.reader).post(f"/work/{item.pk}/put-off/", {"until": until, "reason": "Tomorrow."})
    html = client.get(f"/work/{item.pk}/").content.decode()
    assert [words in html for words in ("Reminded: Reader", "Put off until", "Tomorrow.", "Raised")] == [True] * 4


def test_one_row_of_the_team_costs_as_many_questions_as_five(client: SignedIn, cast: Cast, secret: str) -> None:
    client.as_(cast.author)
    process = make.process(cast.purchasing)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(number: int) -> WorkItem:
        owe(f"secret {number}", number=secret, position=make.position(of=cast.purchasing).title)
        owe(f"reading {number}", kind="read", person=cast.reader)
        given = owe(f"given {number}", position="Head of Purchasing")
        WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.approver)
        return owe(f"act {number}", number=process.number)

    first = add(0)
    costs = cost("/work/team/"), cost(f"/work/{first.pk}/")
    for number in range(1, 5):
        add(number)
    assert (cost("/work/team/"), cost(f"/work/{first.pk}/")) == costs == (45, 42)


def test_a_head_of_yesterday_sees_nothing_today(client: SignedIn, cast: Cast) -> None:
    item = owe("act")
    Appointment.objects.filter(person=cast.author).update(ends_before=calendar.today())
    assert client.as_(cast.author).get(f"/work/{item.pk}/").status_code == 404
    assert client.get("/work/team/").status_code == 403
