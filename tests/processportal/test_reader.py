"""The procedure page: what holds is shown, whatever else there is; and nothing that people typed runs in it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from approvals import workflow
from approvals.models import Seat
from kpis.models import Indicator
from organization.models import Department, Position
from processes import charts
from processes.definition import Boundary, Definition, Flow, Record, Reference, RoleRef, SipocRow, Step
from processes.models import Process, Revision, Role
from processportal.reader import facts
from processportal.templatetags import reading
from tests import make
from tests.conftest import SignedIn
from training import acknowledgements, assignments, opened

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> [go](javascript:alert(3)) \"'😀 مرحبا 采购"


def ago(days: float) -> dt.datetime:
    return make.now() - dt.timedelta(days=days)


def page(client: Client, process: Process, more: str = "") -> html.HtmlElement:
    answer = client.get(f"/processes/{process.number}/{more}")
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def text(node: html.HtmlElement) -> str:
    return " ".join(node.text_content().split())


def main(client: Client, process: Process, more: str = "") -> str:
    return text(page(client, process, more).get_element_by_id("main"))


@pytest.fixture
def process(cast: make.Cast) -> Process:
    return make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))


# What is shown


def test_what_is_in_force_is_shown_to_everybody_and_the_next_draft_to_its_department(
    client: SignedIn, cast: make.Cast, process: Process
) -> None:
    make.effective(process, make.definition("Compare offers"), since=ago(40))
    make.draft(process, make.definition("Toss a coin"), by=cast.author)
    for who in (cast.stranger, cast.reader, cast.admin):
        shown = main(client.as_(who), process)
        assert "Compare offers" in shown
        assert "Toss a coin" not in shown
        assert "In force since" in shown
    assert client.as_(cast.stranger).get("/processes/PUR-001/revisions/2/").status_code == 404
    assert "Go to the draft" not in main(client, process)
    assert "Go to the draft" in main(client.as_(cast.reader), process)
    assert "Toss a coin" in main(client, process, "revisions/2/")


def test_before_the_first_approval_only_the_department_reads_the_draft(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.draft(process, make.definition("Toss a coin"), by=cast.author)
    assert "Nothing to read yet" in main(client.as_(cast.stranger), process)
    assert "Toss a coin" not in main(client, process)
    shown = main(client.as_(cast.reader), process)
    assert "Toss a coin" in shown
    assert "This is not approved. Do not work by it." in shown
    assert "I have read and understood" not in shown


def test_what_will_be_in_force_goes_before_a_newer_draft(cast: make.Cast, process: Process) -> None:
    coming = make.effective(process, since=ago(-9))
    draft = make.draft(process, by=cast.author)
    scope = facts.Scope(cast.author.pk, make.now().date(), frozenset({cast.purchasing.pk}), frozenset(), frozenset())
    assert facts.shown_revision(process, scope, make.now(), None) == coming
    assert facts.shown_revision(process, scope, make.now(), 2) == draft
    assert facts.shown_revision(process, scope, make.now(), 3) is None


def test_a_restricted_process_is_not_there_for_strangers(client: SignedIn, cast: make.Cast) -> None:
    secret = make.process(cast.purchasing, number="PUR-666", confidentiality="departments")
    make.effective(secret)
    client.as_(cast.stranger)
    found = [
        client.get(f"/processes/{path}").status_code for path in ("PUR-666/", "PUR-666/revisions/1/", "PUR-777/", "PUR-666/revisions/9/")
    ]
    assert found == [404] * 4
    assert client.as_(cast.reader).get("/processes/PUR-666/").status_code == 200


def test_the_title_is_the_one_that_was_approved(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process)
    process.title = "Buying"
    process.save()
    tree = page(client.as_(cast.reader), process)
    assert text(tree.find(".//h1")) == "Purchase to pay"
    draft = make.draft(process, by=cast.author)
    assert text(page(client, process, f"revisions/{draft.ordinal}/").find(".//h1")) == "Buying"


# Status


def test_the_banner_says_how_each_state_is_to_be_taken(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process, since=ago(40))
    make.effective(process, since=ago(20))
    make.effective(process, since=ago(-20))
    client.as_(cast.reader)
    superseded, holds, coming = (main(client, process, f"revisions/{n}/") for n in (1, 2, 3))
    assert "This revision is no longer in force. It ended on" in superseded
    led = page(client, process, "revisions/1/").xpath('//*[@role="note"]//a')
    assert [(text(a).partition(" since ")[0], a.get("href")) for a in led[:2]] == [
        ("Revision 2.0 holds", "/processes/PUR-001/"),
        ("What has changed since", "/processes/PUR-001/compare/?from=1&to=2"),
    ]
    assert "no longer in force" not in holds
    assert "not in force yet" not in holds
    assert "Approved, but not in force yet. It takes effect on" in coming
    assert ["I have read and understood" in shown for shown in (superseded, holds, coming)] == [False, True, True]


def test_states_are_computed_from_the_dates(cast: make.Cast, process: Process) -> None:
    first = make.effective(process, since=make.NOW)
    second = make.effective(process, since=make.NOW + dt.timedelta(days=1))
    first.refresh_from_db()
    instant = dt.timedelta(microseconds=1)

    def states(now: dt.datetime) -> list[str]:
        return [facts.status_of(revision, now).state for revision in (first, second)]

    assert states(make.NOW - instant) == ["approved", "approved"]
    assert states(make.NOW) == ["effective", "approved"]
    assert states(make.NOW + dt.timedelta(days=1) - instant) == ["effective", "approved"]
    assert states(make.NOW + dt.timedelta(days=1)) == ["superseded", "effective"]
    draft = make.draft(process)
    stored = {"draft": "draft", "in_review": "in_review", "discarded": "withdrawn", "approved": "approved"}
    assert {state: facts.status_of(Revision(process=process, state=state), make.NOW).state for state in stored} == stored
    assert facts.approvals_of(draft) == ()
    process.state = Process.State.WITHDRAWN
    first.process = process
    assert facts.status_of(first, make.NOW) == facts.Status("withdrawn", "Withdrawn", holds=False)


def test_a_withdrawn_document_says_so(client: SignedIn, cast: make.Cast) -> None:
    gone = make.process(cast.purchasing, state="withdrawn")
    make.effective(gone, since=ago(9))
    shown = main(client.as_(cast.author), gone)
    assert "This document is withdrawn. Do not work by it." in shown
    assert "I have read and understood" not in shown
    assert "Revise" not in shown


def test_an_overdue_review_and_a_coming_one_are_told(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process)
    client.as_(cast.reader)
    told = []
    for days in (-1, 0, 1):
        process.next_review_on = make.now().date() + dt.timedelta(days=days)
        process.save()
        shown = main(client, process)
        told.append(("Review overdue since" in shown, "Next review" in shown))
    assert told == [(True, False), (False, True), (False, True)]


def test_who_approved_it_is_said(client: SignedIn, cast: make.Cast, process: Process) -> None:
    draft = make.draft(process, by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=make.now())
    assert "In review" in main(client.as_(cast.author), process)
    workflow.decide(Seat.objects.get(), by=cast.approver, now=make.now(), verdict="approve", reason="", sha256=case.content.sha256)
    tree = page(client.as_(cast.stranger), process)
    (line,) = tree.find_class("approved-by")
    assert text(line).startswith("Approved by Process manager, Purchasing, Approver, on ")
    assert case.content.sha256 in text(tree)


# What changed


def test_only_the_changes_on_demand(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process, make.definition("Check offer", "Sign order"), since=ago(40))
    make.effective(process, make.definition("Check offer", "Sign order twice"), since=ago(2))
    client.as_(cast.reader)
    whole, changes = main(client, process), page(client, process, "?changes")
    assert "Show only the changes" in whole
    assert changes.xpath('//*[@id="changes"]//ins/text()') == [" twice"]
    assert changes.xpath('//*[@id="steps"]') == []
    assert "Check offer" not in text(changes.get_element_by_id("changes"))
    only = client.get("/processes/PUR-001/?changes").context["duty"].token
    assert opened.read(only, cast.reader, Revision.objects.get(ordinal=2), make.now() + dt.timedelta(seconds=1))[1] == "changes"
    assert "Show only the changes" not in main(client, process, "revisions/1/?changes")
    assert "Check offer" in text(page(client, process, "revisions/1/?changes").get_element_by_id("steps"))


def test_the_chart_may_lie_on_its_side(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process)
    tall, wide = (page(client.as_(cast.reader), process, more).xpath("//svg/@viewbox | //svg/@viewBox") for more in ("", "?chart=wide"))
    assert tall != wide


# Mine


def test_my_steps_are_those_of_the_roles_that_my_positions_fill(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process, make.definition("Compare offers", role="BUYER"))
    role = Role.objects.create(title="Buyer")
    role.positions.add(Position.objects.get(title="Buyer"))
    tree = page(client.as_(cast.reader), process)
    assert [text(node) for node in tree.find_class("my-steps-list")[0]] == ["2 Compare offers"]
    assert page(client.as_(cast.stranger), process).find_class("my-steps-list") == []


def test_what_i_owe_and_what_i_confirmed(client: SignedIn, cast: make.Cast, process: Process) -> None:
    revision = make.effective(process, since=ago(3))
    assignments.hand_out(revision, make.now())
    client.as_(cast.reader)
    assert "Asked of you until" in main(client, process)
    assert "Not asked of you" in main(client.as_(cast.stranger), process)
    now = make.now()
    acknowledgements.acknowledge(revision, by=cast.reader, now=now, token=opened.token(cast.reader, revision, "whole", now))
    shown = main(client.as_(cast.reader), process)
    assert "You confirmed on" in shown
    assert "I have read and understood" not in shown
    assert "1 of 3" in shown


# Cost


def test_the_page_costs_the_same_for_one_and_for_five_of_everything(client: SignedIn, cast: make.Cast) -> None:
    def made(count: int) -> Process:
        found = make.process(cast.purchasing, confidentiality="company")
        for n in range(count):
            steps = make.definition(*(f"Step {n} {m}" for m in range(count)))
            revision = make.effective(found, steps, since=ago(30 - n))
            Indicator.objects.create(
                process=found, name=f"I{n}", direction="up", target=1, limit=1, keeper=found.owner, starts_on=make.LONG_AGO
            )
        assignments.hand_out(revision, make.now())
        return found

    small, large = made(1), made(5)
    client.as_(cast.stranger).get("/reading/")  # what is kept for a minute is asked once
    costs = []
    for found in (small, large):
        with CaptureQueriesContext(connection) as queries:
            page(client, found)
        costs.append(len(queries))
    assert costs == [33, 33]


# Faults


def test_a_drawing_program_that_hangs_leaves_the_steps(
    client: SignedIn, cast: make.Cast, process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "dot"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("DOT_BINARY", str(script))
    monkeypatch.setattr(charts, "TIMEOUT", 0.3)
    make.effective(process, make.definition("Compare offers"))
    tree = page(client.as_(cast.reader), process)
    assert "The chart took too long to draw. The steps below are complete." in text(tree)
    assert "Compare offers" in text(tree.get_element_by_id("steps"))
    assert tree.xpath('//*[@id="flowchart"]//svg') == []


# What people typed


def hostile() -> Definition:
    """Every text says the same ugly thing."""
    lane = RoleRef("r1", HOSTILE, external=True)
    step = Step(
        "s1", "activity", HOSTILE, "r1", HOSTILE, (HOSTILE,), (HOSTILE,), (HOSTILE,), system=HOSTILE, duration=HOSTILE, link=HOSTILE
    )
    choice = Step("s2", "decision", HOSTILE, "r1", flows=(Flow("f1", "s1", HOSTILE), Flow("f2", "end", HOSTILE)))
    return Definition(
        purpose=HOSTILE, scope=HOSTILE, notes=HOSTILE, boundary=Boundary(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        sipoc=(SipocRow("q1", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),), roles=(lane,),
        steps=(Step("start", "start", HOSTILE, "r1"), step, choice, Step("end", "end", HOSTILE, "r1")),
        records=(Record("c1", HOSTILE, HOSTILE, HOSTILE),),
        references=(
            Reference("e1", HOSTILE, "javascript:alert(4)"), Reference("e2", "", "//evil.example"), Reference("e3", HOSTILE, "PUR-001"),
            Reference("e4", HOSTILE, 'https://example.com/?a="onload=x'), Reference("e5", "", "data:text/html,x"), Reference("e6", "", "http://[x"),
        ),
    )  # fmt: skip


def test_nothing_that_was_typed_runs(client: SignedIn, cast: make.Cast) -> None:
    Department.objects.filter(pk=cast.purchasing.pk).update(name=HOSTILE)
    Position.objects.filter(title="Head of Purchasing").update(title=HOSTILE)
    process = make.process(cast.purchasing, title=HOSTILE, owner=Position.objects.get(title=HOSTILE))
    make.effective(process, replace(hostile(), purpose="Other"), since=ago(9))
    make.effective(process, hostile(), since=ago(1))
    for more in ("", "?changes", "?chart=wide", "revisions/2/"):
        tree = page(client.as_(cast.reader), process, more)
        assert "😀 مرحبا 采购" in text(tree)
        for node in tree.iter():
            if not isinstance(node.tag, str):
                continue
            assert not [name for name in node.attrib if name.startswith("on") or name == "style"], html.tostring(node)
            assert node.tag != "img"
            assert node.tag != "style"
            assert node.tag != "script" or node.get("src", "").startswith("/static/") or node.get("type") == "application/json"
        addresses = [
            a for node in tree.iter() for a in (node.get("href"), node.get("src"), node.get("action"), node.get("xlink:href")) if a
        ]
        assert {a.partition(":")[0] for a in addresses if ":" in a.partition("/")[0]} <= {"http", "https"}
        assert not [a for a in addresses if a.startswith("//")]


def test_references_lead_where_they_say(cast: make.Cast) -> None:
    shown = [str(reading.reference_link(reference)) for reference in hostile().references]
    assert ["<a " in link for link in shown] == [False, False, True, True, False, True]
    assert 'href="/processes/PUR-001/"' in shown[2]
    assert 'href="https://example.com/?a=&quot;onload=x" rel="noopener noreferrer"' in shown[3]
    assert str(reading.reference_link(Reference("e", "", "https://example.com"))).endswith(">https://example.com</a>")


def test_small_words_of_the_template() -> None:
    assert [reading.number_in_address(n) for n in ("PUR-001", "a b", "../x", "x" * 41, "采购-1")] == ["PUR-001", "-", "-", "-", "采购-1"]
    assert [reading.rating_state(r) for r in ("green", "amber", "red", "")] == ["ok", "warn", "bad", "neutral"]
    assert str(reading.markdown("**a** <b>", "PUR-001")) == "<p><strong>a</strong> &lt;b&gt;</p>\n"
