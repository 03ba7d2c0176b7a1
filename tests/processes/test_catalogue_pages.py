"""The catalogue, the map and the forms of a process: what is listed, for whom, and at what cost."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.scope import scope
from processes.models import Process, ProcessGroup, Role, RoleUse
from processes.views import listing
from processes.views.offers import process_titles, role_titles
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


def numbers(client: Client, query: str = "") -> list[str]:
    """The numbers in the list, in order."""
    page = client.get(f"{reverse('processes:list')}{query}")
    assert page.status_code == 200
    return [process.number for process, _badges in page.context["rows"]]


def badges(client: Client, number: str) -> list[str]:
    """The states shown for one process."""
    rows = client.get(reverse("processes:list")).context["rows"]
    return next(list(states) for process, states in rows if process.number == number)


@pytest.fixture
def hidden(cast: make.Cast) -> Process:
    """A restricted process of another department, on the map and with a role of its own."""
    group = ProcessGroup.objects.create(kind="core", name="Procure material")
    process = make.process(cast.stores, number="STO-666", title="Secret stock", confidentiality="departments", group=group)
    revision = make.effective(process, since=make.now() - dt.timedelta(days=3))
    RoleUse.objects.create(revision=revision, role=Role.objects.create(title="Secret keeper"), steps=1)
    return process


PAGES = {"": 15, "?view=chain": 15, "?view=departments": 15, "map": 14}


def queries_of(client: Client, page: str) -> int:
    """How many queries a page of the catalogue asks, with everything around it."""
    address = reverse("processes:map") if page == "map" else f"{reverse('processes:list')}{page}"
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_every_page_has_a_literal_number_of_queries_for_one_row_and_for_five(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.reader)
    group = ProcessGroup.objects.create(kind="core", name="Procure")
    make.effective(make.process(cast.purchasing, group=group))
    queries_of(client, "")  # what the process of the server keeps for a minute is asked once
    assert {page: queries_of(client, page) for page in PAGES} == PAGES
    for _n in range(4):
        make.effective(make.process(cast.purchasing, group=group))
    assert {page: queries_of(client, page) for page in PAGES} == PAGES


@pytest.mark.parametrize("count", [1, 5])
def test_rows_and_trees_have_a_literal_number_of_queries(
    cast: make.Cast, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], count: int
) -> None:
    group = ProcessGroup.objects.create(kind="core", name="Procure")
    for _n in range(count):
        make.effective(make.process(cast.purchasing, group=group))
    mine, now = scope(cast.reader, make.TODAY), make.now()
    found = listing.narrowed(mine, {"q": "Purchase", "department": cast.purchasing, "group": group, "state": "in_force"}, now)
    with django_assert_num_queries(2):
        page = listing.page(listing.with_state(found, mine, now), sort="number")
        assert [(row.owner.title, row.department.name, listing.badges(row, make.TODAY)) for row in page.rows] == [
            (row.owner.title, "Purchasing", ["effective"]) for row in page.rows
        ]
    with django_assert_num_queries(2):
        assert listing.departments_with_counts(found)[0].total == count
    with django_assert_num_queries(2):
        assert listing.groups_with_counts(found)[0].total == count


def test_a_restricted_process_of_another_department_is_nowhere(client: SignedIn, cast: make.Cast, hidden: Process) -> None:
    shown = make.process(cast.purchasing, number="PUR-001", group=hidden.group)
    client.as_(cast.reader)
    assert numbers(client) == ["PUR-001"]
    assert numbers(client, "?q=Secret") == []
    assert numbers(client, "?department=STO") == []
    for address in (reverse("processes:map"), f"{reverse('processes:list')}?view=chain", f"{reverse('processes:list')}?view=departments"):
        page = client.get(address).content.decode()
        assert "Secret" not in page
        assert "STO-666" not in page
        assert "2 processes" not in page
    mine = scope(cast.reader, make.TODAY)
    assert process_titles(mine, "PUR-999") == [(shown.number, shown.title)]
    assert role_titles(mine, cast.purchasing) == []
    assert client.get(reverse("processes:metadata", args=("STO-666",))).status_code == 404
    client.as_(cast.stranger)
    assert numbers(client) == ["PUR-001", "STO-666"]
    assert role_titles(scope(cast.stranger, make.TODAY), cast.purchasing) == ["Secret keeper"]


def test_states_are_told_apart(client: SignedIn, cast: make.Cast) -> None:
    now, past = make.now(), make.now() - dt.timedelta(days=30)
    make.draft(make.process(cast.purchasing, number="PUR-001"), by=cast.author)
    make.effective(make.process(cast.purchasing, number="PUR-002"), since=past)
    overdue = make.process(cast.purchasing, number="PUR-003", next_review_on=now.date() - dt.timedelta(days=2))
    make.effective(overdue, since=past)
    make.draft(overdue, by=cast.author)
    make.effective(make.process(cast.purchasing, number="PUR-004"), since=now + dt.timedelta(days=9))
    make.process(cast.purchasing, number="PUR-005", state="discarded")
    client.as_(cast.author)
    assert {number: badges(client, number) for number in numbers(client)} == {
        "PUR-001": ["draft"],
        "PUR-002": ["effective"],
        "PUR-003": ["overdue", "draft"],
        "PUR-004": ["approved"],
    }
    assert numbers(client, "?state=in_force") == ["PUR-002", "PUR-003"]
    assert numbers(client, "?state=draft") == ["PUR-001", "PUR-003"]
    assert numbers(client, "?state=overdue") == ["PUR-003"]
    assert numbers(client, "?state=in_review") == []
    client.as_(cast.stranger)
    assert badges(client, "PUR-003") == ["overdue"]
    assert badges(client, "PUR-001") == ["draft"]


def test_filters_narrow_and_nonsense_does_not(client: SignedIn, cast: make.Cast) -> None:
    team = make.department("BUY", parent=cast.purchasing)
    chain = ProcessGroup.objects.create(kind="core", name="Procure")
    part = ProcessGroup.objects.create(kind="core", name="Tenders", parent=chain)
    head = cast.purchasing.positions.get(kind="head")
    make.process(cast.purchasing, number="PUR-001", title="Order", owner=head, group=chain)
    elsewhere = cast.stores.positions.get(kind="head")
    make.process(team, number="BUY-001", title="Tender", document_type="sop", group=part, owner=elsewhere)
    make.process(cast.stores, number="STO-001", title="Store", level="company")
    client.as_(cast.author)
    everything = ["BUY-001", "PUR-001", "STO-001"]
    assert numbers(client) == everything
    assert numbers(client, "?department=PUR") == ["BUY-001", "PUR-001"]
    assert numbers(client, f"?group={chain.pk}") == ["BUY-001", "PUR-001"]
    assert numbers(client, f"?group={part.pk}") == ["BUY-001"]
    assert numbers(client, "?type=sop") == ["BUY-001"]
    assert numbers(client, "?level=company") == ["STO-001"]
    assert numbers(client, "?mine=on") == ["PUR-001"]
    assert numbers(client, "?q=tend") == ["BUY-001"]
    assert numbers(client, "?q=sto-0") == ["STO-001"]
    assert numbers(client, "?type=poem&department=NO&group=x&state=gone&sort=evil&after=nobody") == everything


@pytest.mark.parametrize("sort", ["number", "-number", "title", "-title", "review", "-review"])
def test_paging_goes_through_all_rows_once_and_back(cast: make.Cast, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    for n in range(8):
        day = None if n % 3 == 0 else make.day(n // 2)
        make.process(cast.purchasing, number=f"PUR-{n:03d}", title=f"Title {n % 3}", next_review_on=day)
    found = Process.objects.all()
    whole = [row.number for row in found.order_by(*listing._order(listing.SORTS[sort.lstrip("-")], down=sort[0] == "-", backwards=False))]
    first = listing.page(found, sort=sort)
    second = listing.page(found, sort=sort, after=first.after)
    third = listing.page(found, sort=sort, after=second.after)
    assert [row.number for page in (first, second, third) for row in page.rows] == whole
    assert (first.before, third.after, first.total) == ("", "", 8)
    back = listing.page(found, sort=sort, before=third.before)
    assert [row.number for row in back.rows] == [row.number for row in second.rows]
    front = listing.page(found, sort=sort, before=back.before)
    assert [row.number for row in front.rows] == [row.number for row in first.rows]
    assert front.before == ""


def test_many_are_counted_only_so_far(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CAP", 2)
    for _n in range(4):
        make.process(cast.purchasing)
    page = client.as_(cast.reader).get(reverse("processes:list")).content.decode()
    assert "2+ processes" in page


def test_the_map_shows_bands_in_order_and_leaves_the_rest_behind_a_link(client: SignedIn, cast: make.Cast) -> None:
    groups = [ProcessGroup.objects.create(kind=kind, name=name, order=n) for n, (kind, name) in enumerate(
        [("support", "People"), ("core", "Deliver"), ("core", "Win orders"), ("management", "Plan")])]  # fmt: skip
    below = ProcessGroup.objects.create(kind="core", name="Pack", parent=groups[1])
    for n in range(10):
        make.process(cast.purchasing, number=f"PUR-{n:03d}", group=groups[1])
    make.process(cast.purchasing, number="PUR-100", group=below)
    make.process(cast.purchasing, number="PUR-101")
    context = client.as_(cast.stranger).get(reverse("processes:map")).context
    bands = {kind: [(cell.name, cell.total, cell.rest) for cell in cells] for kind, cells in context["bands"].items()}
    assert bands == {"core": [("Deliver", 11, 3), ("Win orders", 0, 0)], "management": [("Plan", 0, 0)], "support": [("People", 0, 0)]}
    assert context["without"] == 1


def test_the_department_tree_counts_what_lies_below(client: SignedIn, cast: make.Cast) -> None:
    team = make.department("BUY", parent=cast.purchasing)
    make.process(cast.purchasing)
    make.process(team)
    nodes = client.as_(cast.stranger).get(f"{reverse('processes:list')}?view=departments").context["nodes"]
    (root,) = nodes
    (purchasing,) = root.children
    assert (root.total, purchasing.own, purchasing.total, purchasing.children[0].name) == (2, 1, 2, "Department BUY")


def test_a_new_process_gets_its_number_and_opens_the_editor(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.author)
    form = client.get(reverse("processes:new")).context["form"]
    head = cast.purchasing.positions.get(kind="head")
    assert (form["department"].value(), form["owner"].value()) == (cast.purchasing.pk, head.pk)
    assert [str(department) for department in form.fields["department"].queryset] == ["Purchasing"]
    sent = {
        **form.initial,
        "title": "  Order   material ",
        "document_type": "process",
        "participating": [cast.stores.pk],
        "state": "withdrawn",
    }
    answer = client.post(reverse("processes:new"), sent)
    made = Process.objects.get()
    assert answer["Location"] == reverse("processes:draft", args=(made.number,))
    assert (made.title, made.state, list(made.participating.all()), made.created_by) == (
        "Order material",
        "active",
        [cast.stores],
        cast.author,
    )
    assert re.fullmatch(r"PUR-\d{3}", made.number)


def test_what_was_typed_stays_when_something_is_missing(client: SignedIn, cast: make.Cast) -> None:
    answer = client.as_(cast.author).post(reverse("processes:new"), {"title": "Order material"})
    assert answer.status_code == 422
    assert 'value="Order material"' in answer.content.decode()
    assert not Process.objects.exists()


def test_nobody_creates_in_another_department_or_without_level(client: SignedIn, cast: make.Cast) -> None:
    sent = {"title": "X", "document_type": "process", "level": "department", "confidentiality": "company", "language": "en"}
    owner = cast.stores.positions.get(kind="head").pk
    client.as_(cast.author)
    assert client.post(reverse("processes:new"), sent | {"department": cast.stores.pk, "owner": owner}).status_code == 422
    client.as_(cast.reader)
    refused = client.post(reverse("processes:new"), sent | {"department": cast.purchasing.pk, "owner": owner})
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors()
    assert client.as_(cast.admin).get(reverse("processes:new")).status_code == 403
    assert not Process.objects.exists()


def test_settings_change_by_the_owner_only(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-001", owner=cast.purchasing.positions.get(kind="head"))
    address = reverse("processes:metadata", args=("PUR-001",))
    form = client.as_(cast.author).get(address).context["form"]
    sent = {name: value for name, value in form.initial.items() if value} | {
        "title": "Purchase better",
        "number": "EVIL-1",
        "document_type": "sop",
    }
    assert client.post(address, sent)["Location"] == address
    process.refresh_from_db()
    assert (process.title, process.number, process.document_type) == ("Purchase better", "PUR-001", "process")
    for person in (cast.reader, cast.stranger, cast.admin):
        client.as_(person)
        assert client.get(address).status_code == 403
        assert client.post(address, sent | {"title": "Mine now"}).status_code == 403
    process.refresh_from_db()
    assert process.title == "Purchase better"


def test_an_empty_catalogue_leads_on(client: SignedIn, cast: make.Cast) -> None:
    address = reverse("processes:new")
    page = client.as_(cast.author).get(reverse("processes:list")).content.decode()
    assert page.count(f'href="{address}"') == 2
    assert f'href="{address}"' not in client.as_(cast.admin).get(reverse("processes:list")).content.decode()


def test_the_review_is_given_by_whoever_answers_for_the_process(client: SignedIn, cast: make.Cast) -> None:
    today = make.now().date()
    process = make.process(cast.purchasing, number="PUR-001", owner=cast.purchasing.positions.get(kind="head"), next_review_on=today)
    make.effective(process)
    address, next_on = reverse("review_verdict", args=("PUR-001",)), today + dt.timedelta(days=200)
    sent = {"verdict": "keep", "reason": "Checked with the team.", "next_on": next_on.isoformat()}
    assert client.as_(cast.stranger).post(address, sent).status_code == 403
    client.as_(cast.author)
    assert client.get(address).context["form"].initial["next_on"] > today
    for wrong in ({"reason": " "}, {"next_on": today.isoformat()}, {"verdict": "burn"}):
        assert client.post(address, sent | wrong).status_code == 422
    process.refresh_from_db()
    assert process.next_review_on == today
    assert client.post(address, sent)["Location"] == reverse("process", args=("PUR-001",))
    process.refresh_from_db()
    assert process.next_review_on == next_on
    assert process.moves.get().reason == "Checked with the team."
