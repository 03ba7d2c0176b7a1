"""Interfaces: matched by name, agreed by both sides, asked again when one side changes."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.models import Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import derived, interfaces, lifecycle, matching
from processes.definition import SipocRow, Step
from processes.interfaces import Terms
from processes.models import Interface, InterfaceTerms, Participation, Port, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
TERMS = Terms("The order with prices", "Without open positions", "Two working days")


def in_force(process: Process, *, gives: str = "", takes: str = "", text: str = "") -> Revision:
    """In force, with one step that makes or uses these things."""
    content = make.definition("Do it")
    step = replace(content.steps[1], outputs=(gives,) if gives else (), inputs=(takes,) if takes else (), description=text)
    since = NOW - dt.timedelta(days=1 if process.revisions.exists() else 100)
    revision = make.effective(process, replace(content, steps=(content.steps[0], step, content.steps[2])), since=since)
    derived.rewrite(revision, replace(content, steps=(content.steps[0], step, content.steps[2])))
    return revision


@pytest.fixture
def ordering(cast: Cast) -> Process:
    """Of purchasing; hands over the approved order."""
    process = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))
    in_force(process, gives="Approved order")
    return process


@pytest.fixture
def receiving(cast: Cast) -> Process:
    """Of the stores; takes over the approved order. The stores have a process manager with level 3."""
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=make.person("keeper", level=3))
    process = make.process(cast.stores, number="STO-001", title="Goods receipt", owner=Position.objects.get(title="Head of Stores"))
    in_force(process, takes="approved ORDER")
    return process


def asked(cast: Cast, ordering: Process, receiving: Process) -> InterfaceTerms:
    return interfaces.propose(ordering, receiving, "Approved order", TERMS, side="giver", by=cast.author, now=NOW)


def agreed(cast: Cast, ordering: Process, receiving: Process) -> Interface:
    terms = asked(cast, ordering, receiving)
    interfaces.answer(terms.interface, seen=1, agreed=True, by=make.person("keeper"), now=NOW)
    return terms.interface


# --- matching


def test_both_sides_are_found_by_name_whatever_its_case(cast: Cast, ordering: Process, receiving: Process) -> None:
    view = scope(cast.author, make.TODAY)
    (row,) = matching.rows(ordering, ordering.revisions.get(), view, NOW)
    assert (row.side, row.name, [(p.process, p.visible, p.terms) for p in row.partners]) == (
        "output", "Approved order", [(receiving, True, None)],
    )  # fmt: skip
    (back,) = matching.rows(receiving, receiving.revisions.get(), view, NOW)
    assert [p.process for p in back.partners] == [ordering]


def test_one_that_was_agreed_and_is_no_longer_named_stays_in_sight(cast: Cast, ordering: Process, receiving: Process) -> None:
    agreed(cast, ordering, receiving)
    silent = in_force(ordering, gives="Something else")
    rows = matching.rows(ordering, silent, scope(cast.author, make.TODAY), NOW)
    assert [(row.name, [partner.process for partner in row.partners]) for row in rows] == [
        ("Approved order", [receiving]), ("Something else", []),
    ]  # fmt: skip


def test_a_process_that_names_it_twice_is_one_partner(cast: Cast, ordering: Process, receiving: Process) -> None:
    in_use = receiving.revisions.get()
    Port.of(in_use, Port.Side.INPUT, "Approved Order", "Buyer").save()
    (row,) = matching.rows(ordering, ordering.revisions.get(), scope(cast.author, make.TODAY), NOW)
    assert [partner.process for partner in row.partners] == [receiving]


def test_what_nobody_takes_is_unmatched_and_drafts_match_nothing(cast: Cast, ordering: Process) -> None:
    draft = make.draft(make.process(cast.stores, number="STO-002"))
    derived.rewrite(draft, make.definition())
    Port.of(draft, "input", "Approved order").save()
    (row,) = matching.rows(ordering, ordering.revisions.get(), scope(cast.author, make.TODAY), NOW)
    assert row.partners == ()


def test_a_hidden_process_shows_its_number_only(client: SignedIn, cast: Cast, ordering: Process, receiving: Process) -> None:
    Process.objects.filter(pk=receiving.pk).update(confidentiality="departments", title="Secret receipt")
    html = client.as_(cast.reader).get(reverse("processes:interfaces", args=["PUR-001"])).content.decode()
    assert "STO-001" in html
    assert "Secret receipt" not in html
    names = client.get(reverse("processes:port_names", args=["PUR-001"]), {"side": "output", "q": "order"}).json()
    assert names == {"names": []}


def test_letters_beyond_ascii_meet_and_a_draft_is_shown_as_it_stands(cast: Cast, ordering: Process) -> None:
    """SQLite's own small letters are those of ASCII."""
    Port.of(ordering.revisions.get(), "output", "ÜBERGABEPROTOKOLL STRASSE").save()
    mine = make.process(cast.stores, number="STO-009", created_by=cast.author)
    draft = make.draft(
        mine, replace(make.definition(), sipoc=(SipocRow("s", "Buyer", "Übergabeprotokoll Straße", "", "", ""),)), by=cast.author
    )
    (row,) = matching.rows(mine, draft, scope(cast.manager, make.TODAY), make.now())
    assert (row.name, [partner.process.number for partner in row.partners]) == ("Übergabeprotokoll Straße", [ordering.number])
    found = matching.suggestions(mine, "input", "übergabe", scope(cast.manager, make.TODAY), make.now())
    assert [name for name, _process in found] == ["ÜBERGABEPROTOKOLL STRASSE"]


def test_names_are_suggested_as_one_types(client: SignedIn, cast: Cast, ordering: Process, receiving: Process) -> None:
    names = client.as_(cast.author).get(reverse("processes:port_names", args=["PUR-001"]), {"side": "output", "q": " proved "}).json()
    assert names == {"names": [{"name": "approved ORDER", "number": "STO-001", "title": "Goods receipt"}]}


# --- agreeing


def test_the_process_manager_of_the_other_side_owes_an_answer(cast: Cast, ordering: Process, receiving: Process) -> None:
    terms = asked(cast, ordering, receiving)
    item = WorkItem.objects.open().get(kind="agree")
    assert (item.position.title, item.subject) == ("Process manager, Stores", "STO-001 Approved order")
    assert item.get_absolute_url() == reverse("processes:interface", args=["STO-001", terms.interface_id])


def test_without_a_process_manager_the_owner_owes_it(cast: Cast, ordering: Process) -> None:
    other = make.process(cast.stores, number="STO-009", owner=Position.objects.get(title="Head of Stores"))
    asked(cast, ordering, other)
    assert WorkItem.objects.open().get(kind="agree").position.title == "Head of Stores"


def test_agreement_names_the_content_of_both_sides(cast: Cast, ordering: Process, receiving: Process) -> None:
    interface = agreed(cast, ordering, receiving)
    terms = interface.terms.get()
    assert (terms.answer, terms.giver_content, terms.taker_content) == (
        "agreed", ordering.revisions.get().frozen, receiving.revisions.get().frozen,
    )  # fmt: skip
    assert not WorkItem.objects.open().filter(kind="agree").exists()
    assert str(Notice.objects.get(person=cast.author).subject) == "PUR-001: the other side agrees on “Approved order”"


def test_declining_needs_a_reason_and_a_new_proposal_replaces_an_open_one(cast: Cast, ordering: Process, receiving: Process) -> None:
    keeper = make.person("keeper")
    terms = asked(cast, ordering, receiving)
    with pytest.raises(Refused, match="Say why you decline"):
        interfaces.answer(terms.interface, seen=1, agreed=False, by=keeper, now=NOW)
    again = asked(cast, ordering, receiving)
    assert list(again.interface.terms.values_list("ordinal", "answer")) == [(2, ""), (1, "replaced")]
    with pytest.raises(Stale):
        interfaces.answer(terms.interface, seen=1, agreed=True, by=keeper, now=NOW)
    interfaces.answer(terms.interface, seen=2, agreed=False, by=keeper, now=NOW, reason="Prices come later.")
    assert str(Notice.objects.get(person=cast.author).subject) == "PUR-001: the other side declines “Approved order”"
    assert WorkItem.objects.open().filter(kind="agree").count() == 0


def test_who_may_propose_and_who_may_agree(cast: Cast, ordering: Process, receiving: Process) -> None:
    with pytest.raises(Refused, match="Only people of the department"):
        interfaces.propose(ordering, receiving, "x", TERMS, side="giver", by=cast.stranger, now=NOW)
    with pytest.raises(Refused, match="between two processes"):
        interfaces.propose(ordering, ordering, "x", TERMS, side="giver", by=cast.author, now=NOW)
    with pytest.raises(Refused, match="what exactly"):
        interfaces.propose(ordering, receiving, "x", Terms(), side="giver", by=cast.author, now=NOW)
    terms = asked(cast, ordering, receiving)
    for who, why in ((cast.reader, "Only the owner"), (cast.author, "Only the owner"), (make.person("storekeeper"), "[Ll]evel 3")):
        with pytest.raises(Refused, match=why):
            interfaces.answer(terms.interface, seen=1, agreed=True, by=who, now=NOW)
    Process.objects.filter(pk=receiving.pk).update(confidentiality="departments")
    with pytest.raises(Refused, match="that you may see"):
        asked(cast, ordering, receiving)


def test_nobody_agrees_to_their_own_proposal(cast: Cast, ordering: Process, receiving: Process) -> None:
    terms = interfaces.propose(ordering, receiving, "Approved order", TERMS, side="taker", by=make.person("keeper"), now=NOW)
    assert WorkItem.objects.open().get(kind="agree").position.title == "Process manager, Purchasing"
    make.appoint(make.person("keeper"), Position.objects.get(title="Process manager, Purchasing"))
    with pytest.raises(Refused, match="You proposed this"):
        interfaces.answer(terms.interface, seen=1, agreed=True, by=make.person("keeper"), now=NOW)
    interfaces.answer(terms.interface, seen=1, agreed=True, by=cast.approver, now=NOW)


def test_whoever_was_given_the_question_may_answer_it(cast: Cast, ordering: Process, receiving: Process) -> None:
    terms = asked(cast, ordering, receiving)
    helper = make.person("helper", level=3)
    with pytest.raises(Refused, match="Only the owner"):
        interfaces.answer(terms.interface, seen=1, agreed=True, by=helper, now=NOW)
    WorkItem.objects.open().filter(kind="agree").update(assigned_to=helper)
    interfaces.answer(terms.interface, seen=1, agreed=True, by=helper, now=NOW)
    assert terms.interface.terms.get().answer == "agreed"


# --- asking again


@pytest.mark.parametrize(
    ("says", "cause"), [(("Approved order", ""), ""), (("Approved order", "By phone"), "changed"), (("Signed order", ""), "gone")]
)
def test_a_change_on_one_side_asks_the_other_side_again(
    cast: Cast, ordering: Process, receiving: Process, says: tuple[str, str], cause: str
) -> None:
    interface = agreed(cast, ordering, receiving)
    revision = in_force(ordering, gives=says[0], text=says[1])
    assert interfaces.revised(revision, NOW) == bool(cause)
    last = interface.terms.first()
    assert (last.cause, last.answer) == ((cause, "") if cause else ("wish", "agreed"))
    assert (last.content, last.quality, last.deadline) == (TERMS.content, TERMS.quality, TERMS.deadline)
    assert WorkItem.objects.open().filter(kind="agree").count() == bool(cause)
    assert interfaces.revised(revision, NOW) == 0


def test_approving_asks_by_itself(cast: Cast, ordering: Process, receiving: Process) -> None:
    interface = agreed(cast, ordering, receiving)
    draft = make.draft(ordering, make.definition("Do it"))
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.approver, now=NOW)
    assert interface.terms.first().cause == "gone"


def test_rows_of_the_table_count_as_what_is_said() -> None:
    content = replace(make.definition(), sipoc=(SipocRow(key="a", output="Order", customer="Stores"),))
    assert interfaces.said_about(content, "order", "giver") == [["", "", "Order", "Stores"]]
    assert interfaces.said_about(content, "order", "taker") == []
    with_step = replace(content, steps=(Step(key="s", name="Send", inputs=("Order",), duration="1 h"),))
    assert interfaces.said_about(with_step, "ORDER", "taker") == [["Send", "", "", "1 h"]]


def test_an_interface_without_content_of_its_time_is_left_alone(cast: Cast, ordering: Process) -> None:
    other = make.process(cast.stores, number="STO-009", owner=Position.objects.get(title="Head of Stores"))
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=make.person("keeper", level=3))
    interface = agreed(cast, ordering, other)
    assert interface.terms.get().taker_content is None
    assert interfaces.revised(in_force(other, takes="Something"), NOW) == 0


# --- pages


def pages(terms: InterfaceTerms) -> list[str]:
    return [
        reverse("processes:interfaces", args=["PUR-001"]),
        reverse("processes:interface", args=["PUR-001", terms.interface_id]),
        reverse("processes:interface", args=["STO-001", terms.interface_id]),
    ]


def test_pages_follow_sight(client: SignedIn, cast: Cast, ordering: Process, receiving: Process) -> None:
    terms = asked(cast, ordering, receiving)
    for who in (cast.stranger, cast.reader, cast.author, cast.approver):
        assert [client.as_(who).get(page).status_code for page in pages(terms)] == [200, 200, 200]
    Process.objects.update(confidentiality="departments")
    assert [client.as_(cast.stranger).get(page).status_code for page in pages(terms)] == [404, 404, 200]
    assert [client.as_(cast.reader).get(page).status_code for page in pages(terms)] == [200, 200, 404]
    elsewhere = make.process(cast.purchasing, number="PUR-002", owner=ordering.owner)
    assert client.get(reverse("processes:interface", args=[elsewhere.number, terms.interface_id])).status_code == 404


def test_propose_and_answer_on_the_pages(client: SignedIn, cast: Cast, ordering: Process, receiving: Process) -> None:
    address = reverse("processes:propose_interface", args=["PUR-001"])
    assert client.as_(cast.stranger).get(address).status_code == 403
    assert 'value="STO-001"' in client.as_(cast.author).get(address, {"side": "giver", "name": "x", "other": "STO-001"}).content.decode()
    sent = {"side": "giver", "name": "Approved order", "other": "sto-001", "content": "The order", "quality": "", "deadline": "soon"}
    wrong = client.post(address, sent | {"other": "NO-1"})
    assert (wrong.status_code, "The order" in wrong.content.decode(), "no process with this number" in wrong.content.decode()) == (
        422,
        True,
        True,
    )
    made = client.post(address, sent)
    interface = Interface.objects.get()
    assert made.headers["Location"] == reverse("processes:interface", args=["PUR-001", interface.pk])
    shown = client.get(made.headers["Location"]).content.decode()
    assert "The other side has to answer." in shown
    theirs = reverse("processes:interface", args=["STO-001", interface.pk])
    assert "evel 3" in client.as_(make.person("storekeeper")).get(theirs).content.decode()
    keeper = client.as_(make.person("keeper"))
    declined = keeper.post(theirs, {"seen": 1, "act": "decline", "reason": ""})
    assert (declined.status_code, "Say why you decline" in declined.content.decode()) == (422, True)
    assert keeper.post(theirs, {"seen": 1, "act": "agree", "reason": ""}).status_code == 302
    assert "What holds" in keeper.get(theirs).content.decode()
    assert "agreed" in keeper.get(reverse("processes:interfaces", args=["STO-001"])).content.decode()


def test_the_list_costs_the_same_for_one_row_and_for_five(client: SignedIn, cast: Cast, ordering: Process, receiving: Process) -> None:
    address, counted = reverse("processes:interfaces", args=["PUR-001"]), []
    asked(cast, ordering, receiving)
    revision, other = ordering.revisions.get(), receiving.revisions.get()
    client.as_(cast.author).get(address)
    for more in (0, 4):
        for n in range(more):
            Port.of(revision, "output", f"More {n}").save()
            Port.of(other, "input", f"More {n}").save()
            interfaces.propose(ordering, receiving, f"More {n}", TERMS, side="giver", by=cast.author, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
    assert counted == [18, 18]
    assert Participation.objects.count() == 0


def test_what_a_process_makes_and_uses_itself_is_no_interface(cast: Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-003")
    revision = in_force(process, gives="Comparison", takes="comparison")
    Port.of(revision, "output", "Order").save()
    assert [row.name for row in matching.rows(process, revision, scope(cast.author, make.TODAY), NOW)] == ["Order"]
