"""What a change touches: shown before it is sent, kept with the case, and shown to those who decide."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import impact, workflow
from approvals.impact import Item, Subject, Touched
from approvals.models import ApprovalCase
from approvals.submission import of_draft
from kpis.models import Indicator
from organization.models import Position
from organization.scope import scope
from processes import derived, interfaces
from processes.definition import Definition, Reference, RoleRef, Step
from processes.models import Process, Revision, Role
from processes.touching import filled, named
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from tests.processes.test_interfaces import TERMS
from worklist.models import UsualTime

pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: Cast) -> Process:
    """In force; the buyer's role is filled by the position of that name."""
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    make.effective(process, make.definition("Check offer", "Sign order"), since=make.now() - dt.timedelta(days=90))
    role = Role.objects.create(title="Buyer", department=cast.purchasing)
    role.positions.add(Position.objects.get(title="Buyer"))
    return process


def changed(**fields: object) -> Definition:
    """The second step says more."""
    old = make.definition("Check offer", "Sign order")
    return replace(old, steps=(old.steps[0], replace(old.steps[1], **fields), *old.steps[2:]))  # type: ignore[arg-type]


def rows(cast: Cast, draft: Revision) -> dict[str, Touched]:
    now = make.now()
    return {row.kind: row for row in of_draft(draft, cast.author, scope(cast.author, now.date()), now).impact}


def test_steps_roles_and_people_who_do_them(cast: Cast, process: Process) -> None:
    found = rows(cast, make.draft(process, changed(role="", description="Ask two suppliers first."), by=cast.author))
    assert found["steps"] == Touched("steps", 1, (Item("2 Check offer"),))
    assert found["roles"] == Touched("roles", 1, (Item("Buyer", note="Buyer"),))
    assert (found["people"].count, found["concerned"].count) == (3, 3)  # a step that nobody does concerns everybody
    assert (found["minutes_each"].count, found["minutes_all"].count) == (1, 3)
    assert (found["days"].count, "usual_days" in found) == (5, False)


def test_marks_decide_whom_it_concerns(cast: Cast, process: Process) -> None:
    assert rows(cast, make.draft(process, changed(name="Check the offer"), by=cast.author))["concerned"].count == 0


def test_a_role_that_nobody_fills_concerns_everybody(cast: Cast, process: Process) -> None:
    new = changed(role="r2")
    new = replace(new, roles=(*new.roles, RoleRef("r2", "Negotiator")))
    found = rows(cast, make.draft(process, new, by=cast.author))
    assert Item("Negotiator", note="unfilled") in found["roles"].items
    assert found["concerned"] == Touched("concerned", 3)


def test_a_first_version_is_read_by_everybody(cast: Cast) -> None:
    found = rows(cast, make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author))
    assert (found["steps"].count, found["concerned"].count, found["minutes_each"].count) == (4, 3, 1)


def test_processes_in_both_directions(cast: Cast, process: Process) -> None:
    old = replace(
        make.definition("Check offer", "Sign order"), references=(Reference("a", "Old", "STO-009"), Reference("b", "", "STO-001"))
    )
    held = make.effective(process, old, since=make.now() - dt.timedelta(days=9))
    derived.rewrite(held, replace(old, references=(Reference("s", "", "PUR-001"),)))  # its own name counts for nothing
    for n in (1, 2):
        other = make.process(cast.stores, number=f"STO-00{n}")
        naming = replace(make.definition(), references=(Reference("r", "", "PUR-001"),))
        derived.rewrite(make.effective(other, naming, since=make.now() - dt.timedelta(days=50)), naming)
    kept = (Reference("b", "", "STO-001"), Reference("c", "", "STO-002"), Reference("d", "", "https://example.com/"))
    found = rows(cast, make.draft(process, replace(old, references=kept), by=cast.author))
    assert found["names"].items == (Item(number="STO-001"), Item(number="STO-002", note="added"), Item(number="STO-009", note="removed"))
    assert found["named_by"] == Touched("named_by", 2, (Item(number="STO-001"), Item(number="STO-002")))


def test_nothing_was_named_before_the_first_version() -> None:
    new = replace(make.definition(), references=(Reference("a", "", "STO-001"),))
    assert named(None, new) == [("STO-001", "")]


def test_agreed_interfaces_that_say_something_else(cast: Cast, process: Process) -> None:
    old = changed(outputs=("Approved order",))
    make.effective(process, old, since=make.now() - dt.timedelta(days=9))
    other = make.process(cast.stores, number="STO-001", title="Goods receipt", owner=Position.objects.get(title="Head of Stores"))
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=make.person("keeper", level=3))
    make.effective(other, changed(inputs=("Approved order",)))
    terms = interfaces.propose(process, other, "Approved order", TERMS, side="giver", by=cast.author, now=make.now())
    interfaces.answer(terms.interface, seen=1, agreed=True, by=make.person("keeper"), now=make.now())
    draft = make.draft(process, old, by=cast.author)
    assert rows(cast, draft)["interfaces"].count == 0
    Revision.objects.filter(pk=draft.pk).delete()
    draft = make.draft(process, changed(outputs=("Approved order",), duration="2 days"), by=cast.author)
    assert rows(cast, draft)["interfaces"] == Touched("interfaces", 1, (Item(number="STO-001", note="Approved order"),))
    theirs = make.draft(other, changed(inputs=()), by=cast.author)
    assert rows(cast, theirs)["interfaces"].items == (Item(number="PUR-001", note="Approved order"),)


def test_indicators_and_usual_days(cast: Cast, process: Process) -> None:
    keeper = Position.objects.get(title="Buyer")
    for name, until in (("In time", None), ("Long ago", make.day(-900))):
        Indicator.objects.create(process=process, name=name, target=1, limit=2, keeper=keeper, starts_on=make.LONG_AGO, ends_before=until)
    UsualTime.objects.create(kind="decide", working_days=2, measured=7, computed_on=make.TODAY)
    found = rows(cast, make.draft(process, changed(name="Check"), by=cast.author))
    assert found["indicators"] == Touched("indicators", 1, (Item("In time"),))
    assert found["usual_days"] == Touched("usual_days", 2)


def test_without_a_route_no_days_are_told(cast: Cast, process: Process) -> None:
    Position.objects.exclude(kind__in=("head", "staff")).update(closed_on=dt.date(2020, 1, 1))
    assert "days" not in rows(cast, make.draft(process, changed(name="Check"), by=cast.author))


def test_roles_of_the_department_go_before_those_of_the_company(cast: Cast, process: Process) -> None:
    Role.objects.create(title="buyer")
    closed = make.position("Old buyer")
    Position.objects.filter(pk=closed.pk).update(closed_on=make.day(-1))
    Role.objects.get(title="Buyer").positions.add(closed)
    assert [list(one.positions.values()) for one in filled(["BUYER", "Nobody"], cast.purchasing, make.TODAY)] == [["Buyer"], []]
    assert filled([], cast.purchasing, make.TODAY) == []


def test_a_process_that_the_reader_may_not_see_shows_its_number_only(cast: Cast) -> None:
    make.process(cast.stores, number="STO-001", title="Goods receipt")
    make.process(cast.stores, number="STO-002", title="Secret", confidentiality="restricted")
    kept = impact.stored([Touched("names", 15, (Item(number="STO-001", note="added"), Item(number="STO-002"), Item(number="gone")))])
    (row,) = impact.shown(impact.read(kept), scope(cast.author, make.TODAY))
    assert [(item.number, item.text, item.note) for item in row.items] == [
        ("STO-001", "Goods receipt", "new"), ("STO-002", "", ""), ("gone", "", ""),
    ]  # fmt: skip
    assert (row.value, row.more) == ("15", 12)


@pytest.mark.parametrize(("minutes", "said"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (150, "2 h 30 min")])
def test_time_is_said_in_hours_and_minutes(cast: Cast, minutes: int, said: str) -> None:
    (row,) = impact.shown([Touched("minutes_all", minutes)], scope(cast.author, make.TODAY))
    assert (row.value, row.items, row.more) == (said, [], 0)


def test_an_app_above_adds_its_own_rows(cast: Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def clauses(_subject: Subject) -> Iterator[Touched]:
        yield Touched("clauses", 1, (Item("8.4 Externally provided processes"),))

    monkeypatch.setattr(impact, "_gatherers", [])
    monkeypatch.setattr(impact, "KINDS", dict(impact.KINDS))
    for _twice in range(2):
        impact.register(clauses, {"clauses": "Clauses"})
    found = rows(cast, make.draft(process, changed(name="Check"), by=cast.author))
    (row,) = impact.shown(found.values(), scope(cast.author, make.TODAY))
    assert (row.label, row.value) == ("Clauses", "1")
    impact.register(lambda _subject: ())
    assert list(rows(cast, process.revisions.get(state="draft"))) == ["clauses"]


# --- pages


def address(process: Process) -> str:
    return reverse("approvals:submit", args=[process.number])


def test_it_is_shown_before_anything_is_sent_and_kept_for_the_approvers(cast: Cast, process: Process, client: SignedIn) -> None:
    make.process(cast.stores, number="STO-002", title="Secret title", confidentiality="restricted")
    step = {"link": "STO-002"}
    draft = make.draft(process, changed(**step, kind="subprocess"), by=cast.author)
    page = client.as_(cast.author).get(address(process)).content.decode()
    assert "What this touches" in page
    assert "2 Check offer" in page
    assert "STO-002" in page
    assert "Secret title" not in page
    sent = client.post(
        address(process), {"version": draft.version, "summary": "Asked there.", "when": "at_once", "password": make.PASSWORD}
    )
    assert sent.status_code == 302
    case = ApprovalCase.objects.get()
    assert {row["kind"]: row["count"] for row in case.impact}["people"] == 3
    shown = client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk])).content.decode()
    assert "as of its submission" in shown
    assert "STO-002" in shown
    assert "Secret title" not in shown


def test_a_case_of_before_shows_nothing(cast: Cast, process: Process, client: SignedIn) -> None:
    case = workflow.submit(make.draft(process, changed(name="Check"), by=cast.author), by=cast.author, now=make.now(), summary="So.")
    assert "What this touches" not in client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk])).content.decode()


def test_gathering_costs_the_same_for_many_neighbours(cast: Cast, process: Process) -> None:
    def cost(count: int, **fields: Any) -> int:
        Revision.objects.filter(process=process, state="draft").delete()
        steps = tuple(Step(key=f"n{n}", kind="subprocess", name=f"Call {n}", role="r1", link=f"STO-{n:03d}") for n in range(count))
        old = make.definition("Check offer", "Sign order")
        draft = make.draft(process, replace(old, steps=(old.steps[0], *steps, *old.steps[1:])), by=cast.author)
        with CaptureQueriesContext(connection) as run:
            rows(cast, draft)
        return len(run)

    cost(1)  # reads the calendar, which is kept
    one = cost(1)
    for n in range(5):
        other = make.process(cast.stores, number=f"STO-{n:03d}")
        naming = replace(make.definition(), references=(Reference("r", "", "PUR-001"),))
        derived.rewrite(make.effective(other, naming), naming)
    assert cost(5) == one
