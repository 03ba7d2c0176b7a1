"""Templates: who marks, who is offered them, and that a new process gets the text and nothing else."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.models import Department, Position
from organization.refusals import Refused
from organization.scope import above, scope
from processes import policy, templates
from processes.access import participate
from processes.canonical import from_json
from processes.models import Process, Template
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspect(cast: Cast) -> Process:
    process = make.process(cast.purchasing, number="PUR-010", title="Inspect goods", owner=Position.objects.get(title="Head of Purchasing"))
    make.effective(process, make.definition("Unpack", "Measure"))
    return process


def asked(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Inspect samples", "document_type": "process", "level": "department", "department": cast.purchasing,
        "owner": Position.objects.get(title="Head of Purchasing"),
    } | changes  # fmt: skip


def names(process: Process) -> list[str]:
    return [step.name for step in from_json(process.revisions.get(state="draft").content).steps]


def visible(person: Any) -> set[str]:
    return {one.name for one in Template.objects.visible_to(scope(person, TODAY))}


# --- marking


def test_the_process_manager_of_the_department_and_the_process_office_mark(cast: Cast, inspect: Process) -> None:
    mine = templates.mark(inspect, cast.purchasing, " Incoming  inspection ", "Goods come in", by=cast.approver, now=NOW)
    assert (mine.name, mine.use, mine.marked_by) == ("Incoming inspection", "Goods come in", cast.approver)
    again = templates.mark(inspect, cast.purchasing, "Inspection", "Goods", by=cast.manager, now=NOW)
    assert (again.pk, again.name, again.marked_by) == (mine.pk, "Inspection", cast.approver)
    assert templates.mark(inspect, None, "For all", "Goods", by=cast.manager, now=NOW).department is None
    for by, department, says in (
        (cast.approver, None, "process office"),
        (cast.approver, cast.stores, "process manager"),
        (cast.author, cast.purchasing, "process manager"),
    ):
        with pytest.raises(Refused, match=says):
            templates.mark(inspect, department, "N", "U", by=by, now=NOW)
        assert not policy.may_share(scope(by, TODAY), department)


def test_what_is_not_in_force_or_not_to_be_seen_or_without_words_is_refused(cast: Cast, inspect: Process) -> None:
    drafted = make.process(cast.purchasing, number="PUR-011")
    make.draft(drafted)
    hidden = make.process(cast.stores, number="STO-001", confidentiality="positions", created_by=cast.stranger)
    make.effective(hidden)
    for process in (drafted, hidden):
        with pytest.raises(Refused, match="in force"):
            templates.mark(process, cast.purchasing, "N", "U", by=cast.approver, now=NOW)
    for name, use in (("", "U"), ("N", " ")):
        with pytest.raises(Refused, match="one line"):
            templates.mark(inspect, cast.purchasing, name, use, by=cast.approver, now=NOW)


def test_the_mark_is_taken_back_by_those_who_keep_it(cast: Cast, inspect: Process) -> None:
    mine = templates.mark(inspect, cast.purchasing, "N", "U", by=cast.approver, now=NOW)
    with pytest.raises(Refused):
        templates.unmark(mine, by=cast.author, now=NOW)
    templates.unmark(mine, by=cast.approver, now=NOW)
    assert not Template.objects.exists()


# --- being offered


def test_a_department_template_is_offered_below_and_above_but_not_beside(cast: Cast, inspect: Process) -> None:
    team = make.department("PUR-A", parent=cast.purchasing)
    below = make.staff(team)
    templates.mark(inspect, cast.purchasing, "Ours", "U", by=cast.approver, now=NOW)
    templates.mark(inspect, None, "All", "U", by=cast.manager, now=NOW)
    assert visible(below) == visible(cast.reader) == visible(cast.manager) == {"Ours", "All"}
    assert visible(cast.stranger) == {"All"}
    Process.objects.filter(pk=inspect.pk).update(confidentiality="positions")
    assert visible(cast.stranger) == visible(below) == set()
    assert above(()) == frozenset()
    assert above({team.pk}) == {team.pk, cast.purchasing.pk, Department.objects.get(kind="company").pk}


def test_a_template_is_usable_while_its_process_is_in_force(cast: Cast, inspect: Process) -> None:
    templates.mark(inspect, None, "All", "U", by=cast.manager, now=NOW)
    assert Template.objects.usable(NOW).count() == 1
    assert Template.objects.usable(NOW - dt.timedelta(days=500)).count() == 0


# --- beginning


def test_a_new_process_gets_the_text_and_nothing_else(cast: Cast, inspect: Process) -> None:
    participate(inspect, part="reader", person=cast.stranger)
    inspect.participating.add(cast.stores)
    begun = templates.begin(inspect, asked(cast), by=cast.author, now=NOW)
    assert names(begun) == ["Need arises", "Unpack", "Measure", "Need met"]
    draft = begun.revisions.get()
    assert (begun.title, draft.content["title"], draft.content["number"]) == ("Inspect samples", "Inspect samples", begun.number)
    assert not {step["key"] for step in draft.content["steps"]} & {"start", "s1", "s2", "end"}
    assert not begun.participating.exists()
    assert not begun.participations.exists()
    assert begun.confidentiality == "company"


def test_the_open_draft_is_copied_only_for_those_who_see_it(cast: Cast) -> None:
    drafted = make.process(cast.purchasing, number="PUR-011")
    make.draft(drafted, make.definition("Secret"))
    assert "Secret" in names(templates.begin(drafted, asked(cast), by=cast.author, now=NOW))
    storekeeper = Position.objects.get(title="Head of Stores")
    with pytest.raises(Refused, match="no text of PUR-011"):
        templates.begin(drafted, asked(cast, department=cast.stores, owner=storekeeper), by=cast.stranger, now=NOW)


def test_what_waits_for_its_day_is_copied_before_anything_is_in_force(cast: Cast) -> None:
    later = make.process(cast.purchasing, number="PUR-012")
    make.effective(later, make.definition("Tomorrow"), since=NOW + dt.timedelta(days=1))
    found = templates.source(later, scope(cast.stranger, TODAY), NOW)
    assert found is not None
    assert found.effective_from > NOW


# --- pages


def post(client: SignedIn, cast: Cast, **changes: str) -> Any:
    data = {
        "title": "Inspect samples", "document_type": "process", "level": "department", "department": cast.purchasing.pk,
        "owner": Position.objects.get(title="Head of Purchasing").pk, "confidentiality": "company", "language": "en",
    } | changes  # fmt: skip
    return client.post(reverse("processes:new"), data)


def test_the_form_offers_templates_and_any_process(client: SignedIn, cast: Cast, inspect: Process) -> None:
    mine = templates.mark(inspect, cast.purchasing, "Incoming inspection", "Goods come in", by=cast.approver, now=NOW)
    client.as_(cast.author)
    page = client.get(reverse("processes:new"), {"template": mine.pk}).content.decode()
    assert "Incoming inspection" in page
    assert "Goods come in" in page
    post(client, cast, begin=str(mine.pk))
    post(client, cast, begin="copy", number="pur-010")
    post(client, cast, begin="")
    assert [len(names(one)) for one in Process.objects.exclude(pk=inspect.pk).order_by("pk")] == [4, 4, 2]


def test_a_hidden_process_is_no_beginning(client: SignedIn, cast: Cast, inspect: Process) -> None:
    Process.objects.filter(pk=inspect.pk).update(confidentiality="positions", owner=make.position(of=cast.stores))
    client.as_(cast.author)
    answer = post(client, cast, begin="copy", number="PUR-010")
    assert answer.status_code == 422
    assert "no process with this number" in answer.content.decode()
    link = client.get(reverse("processes:new"), {"from": "PUR-010"})
    assert link.context["form"]["number"].value() == "PUR-010"
    assert "Inspect goods" not in link.content.decode()


def test_a_text_that_vanishes_meanwhile_is_a_sentence(client: SignedIn, cast: Cast) -> None:
    make.process(cast.purchasing, number="PUR-013")
    answer = post(client.as_(cast.author), cast, begin="copy", number="PUR-013")
    assert answer.status_code == 422
    assert "no text of PUR-013" in answer.content.decode()


def test_the_list_says_who_may_change_and_the_form_marks(client: SignedIn, cast: Cast, inspect: Process) -> None:
    assert "No templates yet" in client.as_(cast.reader).get(reverse("processes:templates")).content.decode()
    client.as_(cast.approver)
    assert "Use as a template" in client.get(reverse("processes:metadata", args=["PUR-010"])).content.decode()
    address = reverse("processes:mark_template", args=["PUR-010"])
    assert client.get(address).context["form"]["name"].value() == "Inspect goods"
    data = {"department": cast.purchasing.pk, "name": "Inspection", "use": "Goods come in"}
    assert client.post(address, data).status_code == 302
    assert client.get(address).context["form"]["use"].value() == "Goods come in"
    mine = Template.objects.get()
    remove = reverse("processes:remove_template", args=[mine.pk])
    assert remove in client.get(reverse("processes:templates")).content.decode()
    assert remove not in client.as_(cast.reader).get(reverse("processes:templates")).content.decode()
    assert client.get(address).status_code == 403
    assert client.post(remove).status_code == 403
    client.as_(cast.approver).post(remove)
    assert not Template.objects.exists()


def test_the_list_is_paged_and_asks_as_much_for_many_as_for_one(client: SignedIn, cast: Cast, inspect: Process, monkeypatch: Any) -> None:
    monkeypatch.setattr("processes.views.templates.ROWS", 3)
    client.as_(cast.reader)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked_for:
            client.get(address)
        return len(asked_for)

    templates.mark(inspect, None, "T0", "U", by=cast.manager, now=NOW)
    pages = [reverse("processes:templates"), reverse("processes:new")]
    one = [count(address) for address in pages]
    for n in range(1, 5):
        process = make.process(cast.purchasing, number=f"PUR-05{n}")
        make.effective(process)
        templates.mark(process, None, f"T{n}", "U", by=cast.manager, now=NOW)
    assert [count(address) for address in pages] == one
    first = client.get(pages[0])
    assert len(first.context["rows"]) == 3
    second = client.get(pages[0] + first.context["next_url"])
    assert (len(second.context["rows"]), second.context["previous_url"], second.context["next_url"]) == (2, "?page=1", "")
    assert len(client.get(pages[0] + "?page=x").context["rows"]) == 3
