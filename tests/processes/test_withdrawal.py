"""The end of a process: what stands in the way, what ends with it, and who is told."""

import datetime as dt
from dataclasses import replace

import pytest

from approvals.models import ApprovalCase
from organization.calendar import midnight
from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope
from processes import change_requests, checking, derived, drafting, events, interfaces, lifecycle, references, review, tasks, withdrawal
from processes.content import definition_of
from processes.definition import Definition, Reference
from processes.interfaces import Terms
from processes.models import ChangeRequest, Process, Revision, SharedStep, Template, Variant
from processes.search import search
from tests import make
from tests.make import NOW, day
from training import ending
from training import tasks as training_tasks
from training.assignments import hand_out_new
from training.models import AudienceRule, Reading
from worklist.items import raise_item
from worklist.models import Notice, OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=3)


def naming(number: str, *, reference: bool = False) -> Definition:
    """A definition that names this process in its first step or in its references."""
    whole = make.definition("Do it")
    if reference:
        return replace(whole, references=(Reference("a", "Old", number),))
    return replace(whole, steps=tuple(replace(step, link=number if step.key == "s1" else "") for step in whole.steps))


def in_force(of: Process, content: Definition | None = None, **when: dt.datetime) -> Revision:
    """In force, with its derived rows."""
    revision = make.effective(of, content, **when)
    derived.rewrite(revision, definition_of(revision))
    return revision


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of purchasing, in force, owned by its head."""
    owner = Position.objects.get(department=cast.purchasing, kind="head")
    process = make.process(cast.purchasing, number="PUR-900", created_by=cast.author, owner=owner)
    in_force(process)
    return process


def end(process: Process, cast: make.Cast, **asked: object) -> Process:
    """Withdrawn, approved by the process manager."""
    revision = process.revisions.in_force(LATER).select_related("process", "frozen").get()
    terms = {"by": cast.approver, "now": LATER, "on": None, "reason": "The law has gone."} | asked
    return withdrawal.withdraw(revision, **terms)


def refused(process: Process, cast: make.Cast, **asked: object) -> str:
    with pytest.raises(Refused) as caught:
        end(process, cast, **asked)
    process.refresh_from_db()
    assert (process.state, process.withdrawn_from) == ("active", None)
    return str(caught.value)


def other(cast: make.Cast, number: str = "STO-001", **fields: object) -> Process:
    """A process of the stores."""
    return make.process(cast.stores, number=number, title="Goods receipt", **fields)


# What follows


def test_at_once_it_is_not_in_force_any_more(cast: make.Cast, process: Process) -> None:
    heard = list[Revision]()
    events.withdrawn.connect(lambda revision, **_given: heard.append(revision), weak=False, dispatch_uid="test")
    ended = end(process, cast)
    events.withdrawn.disconnect(dispatch_uid="test")
    revision = Revision.objects.get(process=process)
    assert (ended.state, ended.withdrawn_from, revision.effective_until, revision.state) == ("withdrawn", LATER, LATER, "approved")
    assert not Process.objects.in_force(LATER).exists()
    assert heard == [revision]
    move = withdrawal.withdrawn_by(ended)
    assert move is not None
    assert (move.name, move.by, move.reason, move.sha256) == (
        "withdraw",
        cast.approver,
        "The law has gone.",
        revision.frozen.sha256,
    )
    assert [(n.person, n.subject, n.body) for n in Notice.objects.filter(person=cast.author)] == [
        (cast.author, "PUR-900 Purchase to pay was withdrawn", "The law has gone.")
    ]
    assert search("Check offer", scope(cast.reader, day(0)), LATER) == []
    for act in (lambda: drafting.start_draft(process, by=cast.author, now=LATER), lambda: end(process, cast)):
        with pytest.raises((Refused, Revision.DoesNotExist)):
            act()


def test_on_a_later_day_it_holds_until_then_and_the_job_only_writes_it_down(cast: make.Cast, process: Process) -> None:
    ended = end(process, cast, on=day(5))
    night = midnight(day(5))
    assert (ended.state, ended.withdrawn_from) == ("active", night)
    before, after = night - dt.timedelta(seconds=1), night + dt.timedelta(days=1)
    assert (ended.is_withdrawn(before), ended.is_withdrawn(night)) == (False, True)
    assert Process.objects.in_force(before).exists()
    assert not Process.objects.in_force(night).exists()
    with pytest.raises(Refused, match="will be withdrawn on"):
        drafting.start_draft(process, by=cast.author, now=LATER)
    with pytest.raises(Refused, match="is withdrawn or going to be"):
        change_requests.ask(process, revision=Revision.objects.get(process=process), by=cast.reader, now=LATER, wrong="Too long")
    assert withdrawal.end_due(before) == 0
    assert (withdrawal.end_due(after), withdrawal.end_due(after)) == (1, 0)
    ended.refresh_from_db()
    assert ended.state == "withdrawn"
    assert [(move.name, move.by) for move in ended.moves.order_by("pk")] == [
        ("plan_withdrawal", cast.approver),
        ("withdraw", cast.approver),
    ]
    assert sorted(Notice.objects.filter(person=cast.author).values_list("subject", flat=True)) == [
        "PUR-900 Purchase to pay is going to be withdrawn", "PUR-900 Purchase to pay was withdrawn"
    ]  # fmt: skip
    assert not withdrawal._end_one(ended.pk, after)  # another worker was faster
    assert tasks.end_withdrawn() == 0


def test_what_was_owed_is_no_longer_and_what_waited_is_answered(cast: make.Cast, process: Process) -> None:
    revision = Revision.objects.get(process=process)
    asked = change_requests.ask(process, revision=revision, by=cast.reader, now=NOW, wrong="Too long")
    draft = drafting.start_draft(process, by=cast.author, now=NOW)
    accepted = change_requests.accept(
        change_requests.ask(process, revision=revision, by=cast.stranger, now=NOW, wrong="Too short"), by=cast.author, now=NOW, seen=0
    )
    for key in (f"review:{process.pk}:x", f"revise:{process.pk}:x", f"review:{process.pk}0:x"):
        raise_item(kind="review", subject="x", url_name="home", url_args=[], due_on=day(3), source_key=key, now=NOW, person=cast.author)
    end(process, cast)
    states = dict(ChangeRequest.objects.values_list("pk", "state"))
    assert states == {asked.pk: "declined", accepted.pk: "declined"}
    assert list(WorkItem.objects.open().values_list("source_key", flat=True)) == [f"review:{process.pk}0:x"]
    draft.refresh_from_db()
    assert draft.state == "discarded"
    assert Notice.objects.filter(person=cast.reader, body__contains="The law has gone.").exists()


def test_readers_are_told_once_what_replaces_it_and_owe_nothing(cast: make.Cast, process: Process) -> None:
    successor = other(cast)
    in_force(successor)
    hand_out_new(NOW)
    end(process, cast, replacement=successor)
    assert set(OutboxEntry.objects.values_list("task", flat=True)) >= {"training.tasks.end_withdrawn", "kpis.tasks.raise_dues"}
    assert training_tasks.end_withdrawn(process.pk) == 3
    assert ending.end(Process.objects.get(pk=process.pk), LATER) == 3
    assert not Reading.objects.owed().filter(revision__process=process).exists()
    assert not AudienceRule.objects.on(make.now().date() + dt.timedelta(days=2)).filter(process=process).exists()
    told = Notice.objects.filter(subject="PUR-900 Purchase to pay was withdrawn; STO-001 Goods receipt replaces it")
    assert sorted(told.values_list("person__login", flat=True)) == ["approver", "author", "reader"]


def test_terms_that_wait_are_declined_and_nothing_is_agreed_any_more(cast: make.Cast, process: Process) -> None:
    taker = other(cast)
    in_force(taker)
    terms = interfaces.propose(process, taker, "Order", Terms("All of it"), side="giver", by=cast.author, now=NOW)
    end(process, cast, on=day(5))
    with pytest.raises(Refused, match="nothing is agreed with it any more"):
        interfaces.answer(terms.interface, seen=1, agreed=True, by=cast.author, now=NOW)
    withdrawal.end_due(midnight(day(5)))
    terms.refresh_from_db()
    assert (terms.answer, terms.reason, WorkItem.objects.open().count()) == ("declined", "The law has gone.", 0)


# What stands in the way


def test_what_refers_to_it_stands_in_the_way(cast: make.Cast, process: Process) -> None:
    linking, cited = in_force(other(cast), naming("PUR-900")), in_force(other(cast, "STO-002"), naming("PUR-900", reference=True))
    sharing = in_force(other(cast, "STO-003"))
    SharedStep.objects.create(revision=sharing, step="s1", main=process, version=1)
    local = in_force(other(cast, "STO-004"))
    SharedStep.objects.create(revision=local, step="s1", main=process, version=1)
    Variant.objects.create(process=local.process, main=process, made_by=cast.author, made_at=NOW)
    Template.objects.create(process=process, name="Buying", use="When buying.", marked_by=cast.author, marked_at=NOW)
    giving = in_force(other(cast, "STO-005"))
    make.person("keeper", level=3)
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=make.person("keeper"))
    terms = interfaces.propose(process, giving.process, "Order", Terms("All"), side="giver", by=cast.author, now=NOW)
    interfaces.answer(terms.interface, seen=1, agreed=True, by=make.person("keeper"), now=NOW)
    terms = interfaces.propose(giving.process, process, "Paper", Terms("All"), side="taker", by=cast.author, now=NOW)
    interfaces.answer(terms.interface, seen=1, agreed=True, by=make.person("keeper"), now=NOW)
    found = [(one.kind, one.process.number, one.name) for one in references.to_process(process, LATER)]
    assert found == [
        ("link", "STO-001", ""), ("link", "STO-002", ""), ("variant", "STO-004", ""), ("shared", "STO-003", ""),
        ("interface", "STO-005", "Order"), ("interface", "STO-005", "Paper"), ("template", "PUR-900", "Buying"),
    ]  # fmt: skip
    assert len({one.way_out for one in references.to_process(process, LATER)}) == 5
    assert refused(process, cast) == (
        "It is still referred to: PUR-900, STO-001, STO-002, STO-003, STO-004, 1 more. Look at what has to change there first."
    )
    assert {linking.process.number, cited.process.number} == {"STO-001", "STO-002"}


def test_what_has_ended_by_then_or_is_its_own_does_not_stand_in_the_way(cast: make.Cast, process: Process) -> None:
    in_force(process, naming("PUR-900"), since=NOW - dt.timedelta(days=1))
    linking = other(cast)
    in_force(linking, naming("PUR-900"))
    in_force(linking, since=midnight(day(5)))
    make.draft(other(cast, "STO-002"), naming("PUR-900"))
    terms = interfaces.propose(process, linking, "Order", Terms("All"), side="giver", by=cast.author, now=NOW)
    terms.answer, terms.cause = "agreed", "gone"
    terms.save()
    assert [one.process for one in references.to_process(process, LATER)] == [linking]
    assert references.to_process(process, midnight(day(5))) == []
    assert end(process, cast, on=day(5)).withdrawn_from == midnight(day(5))


def test_a_document_that_one_may_not_see_is_counted_without_its_number(cast: make.Cast, process: Process) -> None:
    in_force(other(cast, confidentiality="departments"), naming("PUR-900"))
    assert "referred to: 1 more." in refused(process, cast)


@pytest.mark.parametrize("why", ["waits", "unknown_day", "replacement", "ending_replacement", "other_version", "not_in_force", "in_review"])
def test_it_is_refused(cast: make.Cast, process: Process, why: str) -> None:
    successor, asked = other(cast), dict[str, object]()
    if why == "waits":
        in_force(process, since=midnight(day(9)))
        said = "approved and waits to take effect"
    elif why == "unknown_day":
        waiting = make.effective(process, since=midnight(day(9)))
        Revision.objects.filter(pk=waiting.pk).update(effective_from=None)
        said = "approved and waits to take effect"
    elif why == "replacement":
        asked, said = {"replacement": successor}, "STO-001 will not be in force then"
    elif why == "ending_replacement":
        in_force(successor)
        end(successor, cast, on=day(4))
        asked, said = {"replacement": successor, "on": day(5)}, "STO-001 will not be in force then"
    elif why == "other_version":
        old = Revision.objects.select_related("process", "frozen").get(process=process)
        in_force(process, since=NOW)
        with pytest.raises(Refused, match="Another version is in force"):
            withdrawal.withdraw(old, by=cast.approver, now=LATER, on=None, reason="So.")
        return
    elif why == "not_in_force":
        Revision.objects.filter(process=process).update(effective_until=NOW)
        with pytest.raises(Refused, match="is not in force; there is nothing to withdraw"):
            withdrawal.ready(process, by=cast.author, now=LATER, on=None, replacement=None)
        return
    else:
        lifecycle.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
        said = "This cannot be done now"
    assert said in refused(process, cast, **asked)


def test_a_replacement_that_holds_by_then_is_taken(cast: make.Cast, process: Process) -> None:
    successor = other(cast)
    in_force(successor, since=midnight(day(5)))
    assert "will not be in force then" in refused(process, cast, replacement=successor)
    assert end(process, cast, replacement=successor, on=day(5)).replaced_by == successor


def test_who_asks_answers_for_it_and_finishes_a_draft_first(cast: make.Cast, process: Process) -> None:
    asked = {"now": LATER, "on": None, "replacement": None}
    assert withdrawal.ready(process, by=cast.author, **asked).process == process
    with pytest.raises(Refused, match="process manager change this"):
        withdrawal.ready(process, by=cast.stranger, **asked)
    make.draft(process, by=cast.author)
    with pytest.raises(Refused, match="There is a draft"):
        withdrawal.ready(process, by=cast.author, **asked)


# References that come while it goes


def test_a_version_that_names_what_is_going_is_neither_submitted_nor_approved(cast: make.Cast, process: Process) -> None:
    early = make.draft(make.process(cast.purchasing, created_by=cast.author), naming("PUR-900"), by=cast.author)
    lifecycle.submit(early, by=cast.author, now=NOW)
    assert references.named_by(early) == {process.pk}
    end(process, cast, on=day(5))
    with pytest.raises(Refused, match="PUR-900, whose withdrawal is approved"):
        lifecycle.approve(early, by=cast.approver, now=LATER)
    late = make.draft(make.process(cast.purchasing, created_by=cast.author), naming("PUR-900"), by=cast.author)
    with pytest.raises(Refused, match="PUR-900, whose withdrawal is approved"):
        lifecycle.submit(late, by=cast.author, now=LATER)
    assert checking.gone(naming("PUR-900")) == {"PUR-900": "withdrawn"}


def test_who_names_what_was_withdrawn_before_knows_it(cast: make.Cast, process: Process) -> None:
    end(process, cast)
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), naming("PUR-900"), by=cast.author)
    later = LATER + dt.timedelta(hours=1)
    lifecycle.submit(draft, by=cast.author, now=later)
    assert lifecycle.approve(draft, by=cast.approver, now=later).state == "approved"


# Periodic review


def test_the_verdict_withdraw_asks_the_owner_and_nothing_else(cast: make.Cast, process: Process) -> None:
    review.verdict(process, by=cast.author, now=NOW, verdict="withdraw", reason="Not needed.", next_on=day(30))
    item = WorkItem.objects.open().get()
    assert (item.kind, item.url_name, item.url_args, item.source_key) == (
        "act", "approvals:withdraw", ["PUR-900"], f"withdraw:{process.pk}:{day(30)}"
    )  # fmt: skip
    assert not ApprovalCase.objects.exists()
    review.withdrawal_asked(process, NOW)
    assert not WorkItem.objects.open().exists()


def test_what_is_going_is_not_reviewed(cast: make.Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(next_review_on=day(3))
    assert list(Process.objects.due_for_review(day(9))) == [process]
    end(process, cast, on=day(5))
    assert list(Process.objects.due_for_review(day(9))) == []
