"""My work, notices and the demo's mailbox as people see them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization import calendar
from organization.models import CompanySettings, Person, Position
from organization.scope import Scope, scope
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from worklist import items, listing, mine, notices
from worklist.forms import PutOffForm
from worklist.models import Notice, WorkItem


def owe(
    key: str, *, person: Person | None = None, position: Position | None = None, days: int = 30, kind: str = "act", url_name: str = "home"
) -> WorkItem:
    return items.raise_item(
        kind=kind, subject=f"Subject {key}", url_name=url_name, url_args=[], due_on=make.now().date() + dt.timedelta(days=days),
        source_key=key, now=make.now(), person=person, position=position,
    )  # fmt: skip


def shown(page: listing.Page) -> dict[str, list[str]]:
    return {str(title): [row.item.source_key for row in rows] for title, rows in page.groups}


def keys(page: listing.Page) -> list[str]:
    return [row.item.source_key for _title, rows in page.groups for row in rows]


def work(client: SignedIn, query: str = "") -> listing.Page:
    response = client.get(f"/work/{query}")
    assert response.status_code == 200
    found: listing.Page = response.context["page"]
    return found


def test_my_work_shows_mine_and_my_positions_and_nobody_elses(client: SignedIn, cast: Cast) -> None:
    office = Position.objects.get(title="Head of Purchasing")
    owe("late", position=office, days=-3)
    owe("today", person=cast.author, days=0)
    owe("later", person=cast.author)
    owe("leak", person=cast.stranger)
    page = work(client.as_(cast.author))
    assert shown(page) == {"Overdue": ["late"], "Today": ["today"], "Later": ["later"]}
    assert page.count == 3
    html = client.get("/work/").content.decode()
    assert "Subject leak" not in html
    assert "as Head of Purchasing, since" in html


def test_nothing_is_waiting(client: SignedIn, cast: Cast) -> None:
    owe("leak", person=cast.stranger)
    html = client.as_(cast.reader).get("/work/").content.decode()
    assert "Nothing is waiting for you" in html
    assert "Nothing of this kind" not in html
    assert "Nothing of this kind" in client.get("/work/?kind=read").content.decode()


def test_filters_by_kind_and_by_whose(client: SignedIn, cast: Cast) -> None:
    make.away(cast.author, since=make.now().date() - dt.timedelta(days=1), substitute=cast.approver)
    owe("acting", position=Position.objects.get(title="Head of Purchasing"))
    owe("held", position=Position.objects.get(title="Process manager, Purchasing"), kind="decide")
    owe("own", person=cast.approver, kind="read")
    client.as_(cast.approver)
    found = {query: keys(work(client, f"?{query}")) for query in ("", "whose=me", "whose=positions", "whose=acting")}
    assert found == {"": ["acting", "held", "own"], "whose=me": ["own"], "whose=positions": ["held"], "whose=acting": ["acting"]}
    assert shown(work(client, "?kind=decide")) == {"Later": ["held"]}
    assert work(client, "?kind=nonsense&whose=nobody&after=garbage").count == 3


def test_filters_by_urgency_by_words_and_the_chips_that_take_them_away(client: SignedIn, cast: Cast) -> None:
    owe("castings", person=cast.reader)
    urgent = owe("pumps", person=cast.reader)
    WorkItem.objects.filter(pk=urgent.pk).update(priority=WorkItem.Priority.HIGH)
    client.as_(cast.reader)
    assert [keys(work(client, query)) for query in ("?urgent=1", "?q=CAST", "?q=cast&urgent=1")] == [["pumps"], ["castings"], []]
    response = client.get("/work/?q=cast&urgent=1&kind=act&whose=me&after=x")
    chips = {chip["label"]: chip["remove_url"] for chip in response.context["active"]}
    assert chips == {
        "Contains “cast”": "?urgent=1&kind=act&whose=me", "Act": "?q=cast&urgent=1&whose=me",
        "Only mine": "?q=cast&urgent=1&kind=act", "Only urgent": "?q=cast&kind=act&whose=me",
    }  # fmt: skip


def test_the_only_day_until_which_it_can_wait_is_filled_in(cast: Cast) -> None:
    day = dt.date(2026, 3, 4)  # a Wednesday
    item = owe("today", person=cast.reader)

    def proposed(due_on: dt.date) -> object:
        item.due_on = due_on
        return PutOffForm(item=item, today=day)["until"].initial

    days = [proposed(day + dt.timedelta(days=n)) for n in (-2, 0, 1, 5)]
    assert days == [dt.date(2026, 3, 5)] * 3 + [None]


def test_what_is_put_off_leaves_the_list_and_the_badge_and_comes_back(client: SignedIn, cast: Cast) -> None:
    item = owe("later", person=cast.reader)
    owe("leak", person=cast.stranger)
    until = calendar.today() + dt.timedelta(days=3)
    form = client.as_(cast.reader).get(f"/work/{item.pk}/put-off/").content.decode()
    assert f'max="{item.due_on}"' in form
    wrong = client.post(f"/work/{item.pk}/put-off/", {"until": "", "reason": "Waiting."})
    assert (wrong.status_code, 'value="Waiting."' in wrong.content.decode()) == (422, True)
    assert client.post(f"/work/{item.pk}/put-off/", {"until": until, "reason": "Waiting."}).url == "/work/"
    response = client.get("/work/")
    assert (keys(response.context["page"]), response.context["put_off"]) == ([], 1)
    assert "1 item is put off" in response.content.decode()
    (row,) = work(client, "?whose=off").groups[0][1]
    assert (row.item, row.until) == (item, until)
    assert client.as_(cast.stranger).post(f"/work/{item.pk}/wake/").status_code == 404
    assert client.get(f"/work/{item.pk}/put-off/").status_code == 404
    assert client.as_(cast.reader).post(f"/work/{item.pk}/wake/").url == "/work/"
    assert keys(work(client)) == ["later"]
    assert "You have put nothing off" in client.get("/work/?whose=off").content.decode()


def test_the_shared_queue_is_taken_and_given_back_from_the_list(client: SignedIn, cast: Cast) -> None:
    item = owe("queue", position=make.position("Empty", of=cast.stores))
    client.as_(cast.manager)
    assert [(keys(work(client, query)), work(client, query).count) for query in ("?whose=shared", "?whose=acting")] == [
        (["queue"], 1),
        ([], 0),
    ]
    assert [row.can for row in work(client).groups[0][1]] == ["take"]
    assert client.as_(cast.author).post(f"/work/{item.pk}/take/").status_code == 404
    client.as_(cast.manager).post(f"/work/{item.pk}/take/")
    assert [keys(work(client, query)) for query in ("", "?whose=shared", "?whose=given")] == [["queue"], [], ["queue"]]
    assert [(row.can, row.why) for row in work(client).groups[0][1]] == [("give_back", "assigned for Empty")]
    assert client.as_(cast.author).post(f"/work/{item.pk}/give-back/").status_code == 404
    client.as_(cast.manager).post(f"/work/{item.pk}/give-back/")
    assert keys(work(client, "?whose=shared")) == ["queue"]
    html = client.post(f"/work/{item.pk}/give-back/", follow=True).content.decode()
    assert "Nobody has this at present" in html


def test_what_others_do_for_my_positions_is_shown_where_i_ask_for_it(client: SignedIn, cast: Cast) -> None:
    given = owe("given", position=Position.objects.get(title="Buyer"))
    owe("leak", position=Position.objects.get(title="Storeman"))
    WorkItem.objects.update(assigned_to=cast.approver)
    client.as_(cast.reader)
    assert work(client).count == 0
    (row,) = work(client, "?whose=away").groups[0][1]
    assert (row.item, row.why, row.can) == (given, "Approver does it for Buyer", "")


def test_only_those_who_look_after_others_are_offered_the_team(client: SignedIn, cast: Cast) -> None:
    offered = {
        who.login: "/work/team/" in client.as_(who).get("/work/").content.decode() for who in (cast.author, cast.reader, cast.manager)
    }
    assert offered == {"author": True, "reader": False, "manager": True}


def test_the_badge_says_how_many_rows_there_are(client: SignedIn, cast: Cast) -> None:
    """Also with what is put off, given away, given to me and shared."""
    buyer, empty = Position.objects.get(title="Buyer"), make.position("Empty", of=cast.stores)
    for key, position in (("held", buyer), ("away", buyer), ("off", buyer), ("shared", empty)):
        owe(key, position=position)
    WorkItem.objects.filter(source_key="away").update(assigned_to=cast.manager)
    client.as_(cast.reader).post(
        f"/work/{WorkItem.objects.get(source_key='off').pk}/put-off/",
        {"until": calendar.today() + dt.timedelta(days=2), "reason": "Why."},
    )
    for who in (cast.reader, cast.manager):
        page = work(client.as_(who))
        assert (mine.count(make_scope(who)), page.count) == (len(keys(page)), len(keys(page)))
    assert keys(page) == ["away", "shared"]


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    for n in range(5):
        owe(f"k{n}", person=cast.reader, days=30 + n // 2)
    scope = make_scope(cast.reader)
    seen, after = [], ""
    for _ in range(3):
        page = listing.page(scope, listing.Wanted(after=after), rows=2)
        seen += keys(page)
        after = page.after
        assert page.count == 5
    assert (seen, after) == ([f"k{n}" for n in range(5)], "")


def make_scope(person: Person) -> Scope:
    return scope(person, calendar.today())


def test_the_next_page_is_a_link_that_keeps_the_filter(client: SignedIn, cast: Cast) -> None:
    for n in range(listing.ROWS + 1):
        owe(f"k{n:03}", person=cast.reader)
    response = client.as_(cast.reader).get("/work/?whose=me")
    next_url = response.context["next_url"]
    assert next_url.startswith("?whose=me&after=")
    second = client.get(f"/work/{next_url}")
    assert shown(second.context["page"]) == {"Later": [f"k{listing.ROWS:03}"]}
    assert second.context["first_url"] == "?whose=me"


@pytest.mark.parametrize(
    ("date", "group"),
    [("2026-03-03", "Overdue"), ("2026-03-04", "Today"), ("2026-03-05", "This week"), ("2026-03-08", "This week"), ("2026-03-09", "Later")],
)
def test_groups_of_a_wednesday(date: str, group: str) -> None:
    assert str(listing._group(dt.date.fromisoformat(date), make.TODAY)) == group


def test_a_page_that_does_not_exist_any_more_leaves_the_row_without_a_button(client: SignedIn, cast: Cast) -> None:
    owe("gone", person=cast.reader, url_name="no:such")
    row = work(client.as_(cast.reader)).groups[0][1][0]
    assert (row.url, row.button) == ("", "Open")


def test_every_kind_has_a_button() -> None:
    assert set(listing.BUTTONS) == set(WorkItem.Kind)


def test_one_row_costs_as_many_questions_as_five(client: SignedIn, cast: Cast) -> None:
    make.away(cast.author, since=make.now().date() - dt.timedelta(days=1), substitute=cast.reader)
    client.as_(cast.reader)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(n: int) -> None:
        owe(f"acting {n}", position=Position.objects.get(title="Head of Purchasing"))
        notices.tell(cast.reader, key=f"{n}", subject="News", body="", url="/", now=make.now())

    add(0)
    assert [cost("/work/"), cost("/notices/")] == [27, 18]
    for n in range(1, 5):
        add(n)
    assert [cost("/work/"), cost("/notices/")] == [27, 18]


def tell(who: Person, key: str, **fields: object) -> Notice:
    notices.tell(who, key=key, subject=f"About {key}", body="Body", url=str(fields.pop("url", "/work/")), now=make.now())
    Notice.objects.filter(key=key).update(**fields)
    return Notice.objects.get(key=key)


def test_notices_are_mine_and_opening_one_marks_it_seen(client: SignedIn, cast: Cast) -> None:
    mine, leak = tell(cast.reader, "mine"), tell(cast.stranger, "leak")
    html = client.as_(cast.reader).get("/notices/").content.decode()
    assert ("About mine" in html, "About leak" in html) == (True, False)
    assert client.post("/notices/seen/", {"notice": mine.pk}).url == "/work/"
    assert client.post("/notices/seen/", {"notice": leak.pk}).status_code == 404
    assert list(Notice.objects.filter(seen_at__isnull=False)) == [mine]
    assert "About mine" in client.get("/notices/").content.decode()


def test_all_that_were_shown_are_marked_and_what_came_since_is_not(client: SignedIn, cast: Cast) -> None:
    shown_ = [tell(cast.reader, "a"), tell(cast.reader, "b")]
    tell(cast.reader, "newer")
    tell(cast.stranger, "leak")
    client.as_(cast.reader).post("/notices/seen/", {"until": shown_[-1].pk})
    assert sorted(Notice.objects.filter(seen_at__isnull=True).values_list("key", flat=True)) == ["leak", "newer"]


def test_a_notice_never_leads_out_of_the_portal(client: SignedIn, cast: Cast) -> None:
    evil = tell(cast.reader, "evil", url="//evil.example")
    assert client.as_(cast.reader).post("/notices/seen/", {"notice": evil.pk}).url == "/notices/"
    assert client.post("/notices/seen/", {"notice": "x" * 30}).status_code == 404


def test_notices_are_found_from_my_work_with_how_many_are_unread(client: SignedIn, cast: Cast) -> None:
    def tabs(address: str) -> list[tuple[object, object]]:
        return [(tab["label"], tab.get("count")) for tab in client.get(address).context["tabs"]]

    client.as_(cast.reader)
    assert tabs("/work/") == [("My work", None), ("Change requests", None), ("Notices", None)]
    tell(cast.reader, "one")
    assert tabs("/notices/") == tabs("/work/") == [("My work", None), ("Change requests", None), ("Notices", 1)]
    client.as_(cast.author)
    assert [label for label, _count in tabs("/work/team/")] == ["My work", "Team", "Change requests", "Notices"]


def test_notices_have_pages(client: SignedIn, cast: Cast) -> None:
    for n in range(51):
        tell(cast.reader, f"n{n}")
    first = client.as_(cast.reader).get("/notices/")
    second = client.get(f"/notices/{first.context['next_url']}")
    assert [len(first.context["rows"]), len(second.context["rows"])] == [50, 1]
    assert (first.context["first_url"], second.context["first_url"], second.context["next_url"]) == ("", "?", "")


def test_a_get_marks_nothing(client: SignedIn, cast: Cast) -> None:
    tell(cast.reader, "a")
    assert client.as_(cast.reader).get("/notices/seen/").status_code == 405


@pytest.fixture
def demo(cast: Cast) -> None:
    CompanySettings.objects.update_or_create(id=1, defaults={"is_demo": True})
    calendar.forget()


def test_there_is_no_mailbox_outside_a_demo(client: SignedIn, cast: Cast) -> None:
    sent = tell(cast.reader, "sent", mail="sent", sent_at=make.now())
    assert [client.as_(cast.admin).get(url).status_code for url in ("/mailbox/", f"/mailbox/{sent.pk}/")] == [404, 404]


@pytest.mark.usefixtures("demo")
def test_the_mailbox_shows_all_to_the_administrator_and_to_others_their_own(client: SignedIn, cast: Cast) -> None:
    own, other = (tell(who, who.login, mail="sent", sent_at=make.now()) for who in (cast.reader, cast.stranger))
    tell(cast.reader, "waiting")
    assert [row.key for row in client.as_(cast.admin).get("/mailbox/").context["rows"]] == ["stranger", "reader"]
    assert [row.key for row in client.as_(cast.reader).get("/mailbox/").context["rows"]] == ["reader"]
    assert client.get(f"/mailbox/{other.pk}/").status_code == 404
    html = client.get(f"/mailbox/{own.pk}/").content.decode()
    assert "reader@example.com" in html
    assert "Body" in html


@pytest.mark.parametrize("address", ["/work/", "/notices/", "/mailbox/"])
def test_a_guest_is_asked_to_sign_in(client: SignedIn, db: None, address: str) -> None:
    assert client.get(address).status_code == 302
