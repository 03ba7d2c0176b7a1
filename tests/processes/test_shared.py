"""A changed shared step is proposed to whoever uses it; nothing approved or in review is ever altered."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ApprovalCase
from organization.models import Position
from organization.refusals import Refused, Stale
from processes import blocks, derived, drafting, lifecycle, shared, templates
from processes.blocks import Reach
from processes.canonical import from_json, to_json
from processes.definition import Definition, Step
from processes.models import Process, Revision, SharedChange, SharedStep, StepBlock, Variant
from processes.sharing import BLOCK, Source, linked, shares
from processes.tasks import propose_shared
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from worklist.models import OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
OLD = make.definition("Check", "Good?", "Order")


def changed(text: Definition, key: str, **fields: Any) -> Definition:
    return replace(text, steps=tuple(replace(step, **fields) if step.key == key else step for step in text.steps))


@pytest.fixture
def main(cast: Cast) -> Process:
    """The main process of the company, in force."""
    process = make.process(cast.stores, number="STO-010", title="Inspect", owner=Position.objects.get(title="Head of Stores"))
    make.effective(process, OLD)
    return process


@pytest.fixture
def local(cast: Cast, main: Process) -> Process:
    """A variant of it in purchasing, approved."""
    asked = {
        "title": "Inspect here", "document_type": "process", "level": "department", "department": cast.purchasing,
        "owner": Position.objects.get(title="Head of Purchasing"),
    }  # fmt: skip
    process = templates.begin(main, asked, by=cast.author, now=NOW, variant=True)
    approve(process)
    return process


def approve(process: Process, at: dt.datetime = NOW) -> Revision:
    """What is in the open draft is in force, as the lifecycle leaves it."""
    draft = process.revisions.get(state="draft")
    content = from_json(draft.content)
    derived.rewrite(draft, content)
    process.revisions.filter(effective_from__isnull=False, effective_until=None).update(effective_until=at)
    major = process.revisions.filter(state="approved").count() + 1
    Revision.objects.filter(pk=draft.pk).update(
        state="approved", frozen=make.frozen(content), effective_from=at, major=major, minor=0, approved_at=at, version=draft.version + 1
    )
    draft.refresh_from_db()
    return draft


def renew(process: Process, content: Definition, at: dt.datetime = LATER) -> Revision:
    """The next version of the main process."""
    return make.effective(process, content, since=at)


def items(process: Process) -> list[WorkItem]:
    return list(WorkItem.objects.open().filter(source_key__startswith=f"shared:{process.pk}:"))


def frozen_bytes() -> dict[int, bytes]:
    found = Revision.objects.filter(frozen__isnull=False).select_related("frozen")
    return {one.pk: bytes(one.frozen.content) for one in found}


# --- variants


def test_a_variant_is_linked_step_by_step_to_what_was_approved(cast: Cast, main: Process, local: Process) -> None:
    assert local.variant.main == main
    ordinal = main.revisions.get().ordinal
    assert {(row.main, row.block, row.version) for row in SharedStep.objects.all()} == {(main, None, ordinal)}
    assert SharedStep.objects.count() == 5
    assert str(local.variant) == f"{local.pk} of {main.pk}"
    with pytest.raises(IntegrityError):
        Variant.objects.create(process=main, main=main, made_by=cast.author, made_at=NOW)


def test_a_draft_has_no_steps_to_share_yet(cast: Cast) -> None:
    drafted = make.process(cast.purchasing, number="PUR-020")
    make.draft(drafted)
    with pytest.raises(Refused, match="not approved yet"):
        templates.begin(drafted, {
            "title": "N", "document_type": "process", "level": "department", "department": cast.purchasing, "owner": drafted.owner,
        }, by=cast.author, now=NOW, variant=True)  # fmt: skip
    assert Process.objects.count() == 1


# --- being proposed


def test_a_new_version_of_the_main_process_is_proposed_to_its_variants_once(cast: Cast, main: Process, local: Process) -> None:
    assert shared.reconcile(NOW) == 0
    new = renew(main, changed(OLD, "s1", name="Check twice"))
    before = frozen_bytes()
    assert [shared.reconcile(LATER), shared.reconcile(LATER)] == [1, 1]
    change = SharedChange.objects.get()
    (item,) = items(local)
    assert (change.process, change.main, change.version, change.answer) == (local, main, new.ordinal, "")
    assert (item.kind, item.position, item.url_name) == (WorkItem.Kind.REVISE, local.owner, "processes:shared_change")
    assert item.subject == f"{local.number} Inspect here"
    assert frozen_bytes() == before
    assert local.revisions.count() == 1
    assert propose_shared() == 1
    shared._close(change, LATER)  # a reconciler that looked before the new version came
    change.refresh_from_db()
    assert change.answer == ""


def test_what_changes_nothing_here_is_not_proposed(cast: Cast, main: Process, local: Process) -> None:
    renew(main, replace(OLD, purpose="Another purpose"))
    assert shared.reconcile(LATER) == 0
    assert not SharedChange.objects.exists()


def test_a_newer_version_takes_the_place_of_an_open_proposal(cast: Cast, main: Process, local: Process) -> None:
    renew(main, changed(OLD, "s1", name="Check twice"))
    shared.reconcile(LATER)
    newest = renew(main, changed(OLD, "s1", name="Check three times"), LATER + dt.timedelta(days=1))
    shared.reconcile(LATER)
    assert [(one.version, one.answer) for one in SharedChange.objects.order_by("pk")] == [
        (newest.ordinal - 1, "moot"), (newest.ordinal, ""),
    ]  # fmt: skip
    assert len(items(local)) == 1


def test_a_proposal_whose_cause_is_gone_is_withdrawn_and_comes_again_with_it(cast: Cast, main: Process, local: Process) -> None:
    new = renew(main, changed(OLD, "s1", name="Check twice"))
    shared.reconcile(LATER)
    Revision.objects.filter(pk=new.pk).update(effective_from=None, effective_until=None, state="draft", major=None, minor=None)
    main.revisions.filter(effective_until=LATER).update(effective_until=None)
    assert shared.reconcile(LATER) == 0
    assert (SharedChange.objects.get().answer, items(local)) == ("moot", [])
    main.revisions.exclude(pk=new.pk).update(effective_until=LATER)
    Revision.objects.filter(pk=new.pk).update(effective_from=LATER, state="approved", major=2, minor=0)
    assert shared.reconcile(LATER) == 1
    assert (SharedChange.objects.get().answer, len(items(local))) == ("", 1)


def test_what_is_in_review_before_any_approval_is_asked_too_and_stays_as_it_is(cast: Cast, main: Process, local: Process) -> None:
    Revision.objects.filter(process=local).update(state="in_review", effective_from=None, major=None, minor=None, approved_at=None)
    renew(main, changed(OLD, "s1", name="Check twice"))
    assert shared.reconcile(LATER) == 1
    change = SharedChange.objects.get()
    with pytest.raises(Refused, match="in review"):
        shared.take_over(change, by=cast.author, now=LATER)
    assert not ApprovalCase.objects.exists()


def test_a_process_that_is_gone_is_not_asked(cast: Cast, main: Process, local: Process) -> None:
    renew(main, changed(OLD, "s1", name="Check twice"))
    shared.reconcile(LATER)
    lost = SharedChange.objects.get()
    Process.objects.filter(pk=local.pk).update(state="withdrawn")
    Revision.objects.filter(process=local).update(effective_until=LATER)
    assert shared.reconcile(LATER) == 0
    lost.refresh_from_db()
    assert lost.answer == "moot"
    assert shared._propose(shared.use_of(lost), LATER) is None


# --- step blocks as sources


@pytest.fixture
def block(cast: Cast) -> StepBlock:
    drafted = make.process(cast.purchasing, number="PUR-030", owner=Position.objects.get(title="Head of Purchasing"))
    draft = make.draft(drafted, OLD, by=cast.author)
    return blocks.save(
        draft, ["s1", "s2"], "Credit check", Reach(department=cast.purchasing.pk), by=cast.author, now=NOW, seen=draft.version
    )


def using(cast: Cast, block: StepBlock, number: str) -> Process:
    """An approved process with the block's steps between start and end."""
    content = linked(blocks.content_of(block), Source(BLOCK, block.key), block.latest)
    whole = make.definition()
    steps = (whole.steps[0], *content.steps, whole.steps[-1])
    process = make.process(cast.purchasing, number=number, owner=Position.objects.get(title="Head of Purchasing"))
    make.draft(process, replace(whole, steps=steps, roles=(*whole.roles, *content.roles)), by=cast.author)
    approve(process)
    return process


def say_anew(cast: Cast, block: StepBlock, *steps: Step) -> None:
    """The block's next version, written where it is used and saved from there."""
    draft = Process.objects.get(number="PUR-030").revisions.get(state="draft")
    Revision.objects.filter(pk=draft.pk).update(content=to_json(replace(OLD, steps=steps)))
    draft.refresh_from_db()
    blocks.renew(block, draft, [step.key for step in steps], by=cast.author, now=LATER, seen=draft.version)


def test_a_new_version_of_a_block_is_proposed_to_each_use(cast: Cast, block: StepBlock) -> None:
    one, other = using(cast, block, "PUR-031"), using(cast, block, "PUR-032")
    said = linked(blocks.content_of(block), Source(BLOCK, block.key), 1)
    check, good = said.steps
    say_anew(cast, block, replace(check, key="a1", name="Check credit"), replace(good, key="a2"))
    assert OutboxEntry.objects.filter(task="processes.tasks.propose_shared").exists()
    block.refresh_from_db()
    assert [step.key for step in blocks.content_of(block).steps] == [share.step for share in shares(said).values()]
    assert shared.reconcile(LATER) == 2
    assert [len(items(process)) for process in (one, other)] == [1, 1]
    change = one.shared_changes.get()
    draft = shared.take_over(change, by=cast.author, now=LATER)
    assert [step.name for step in from_json(draft.content).steps][1:3] == ["Check credit", "Good?"]
    assert str(change).startswith(f"{one.pk} ")


def test_the_page_of_blocks_counts_the_uses_that_one_may_see(client: SignedIn, cast: Cast, block: StepBlock) -> None:
    for number in ("PUR-031", "PUR-032"):
        using(cast, block, number)
    Process.objects.filter(number="PUR-032").update(confidentiality="positions", owner=make.position(of=cast.stores))
    assert "linked in 1 process" in client.as_(cast.reader).get(reverse("processes:step_blocks")).content.decode()


def test_a_block_of_ones_own_and_a_source_from_elsewhere_are_no_links(cast: Cast, block: StepBlock) -> None:
    StepBlock.objects.update(person=cast.author, department=None)
    drafted = make.process(cast.purchasing, number="PUR-033")
    texts = (f"block k1 1 {block.key}", "block k1 1 knowhere", "process k1 1 NO-999", f"process k1 1 {drafted.number}")
    steps = tuple(replace(step, shared=text) for step, text in zip(OLD.steps, texts, strict=False))
    derived.rewrite(make.draft(drafted), replace(OLD, steps=steps))
    assert not SharedStep.objects.exists()


# --- answers


@pytest.fixture
def change(main: Process, local: Process) -> SharedChange:
    renew(main, changed(OLD, "s1", name="Check twice"))
    shared.reconcile(LATER)
    return SharedChange.objects.get()


def test_taking_over_begins_a_draft_and_is_done_when_that_is_approved(cast: Cast, local: Process, change: SharedChange) -> None:
    before = frozen_bytes()
    draft = shared.take_over(change, by=cast.author, now=LATER)
    said = from_json(draft.content)
    assert [step.name for step in said.steps] == ["Need arises", "Check twice", "Good?", "Order", "Need met"]
    assert {share.version for share in shares(said).values()} == {change.version}
    assert {edit.by for edit in draft.edits.all()} == {cast.author}
    assert frozen_bytes() == before
    assert (shared.reconcile(LATER), len(items(local))) == (1, 1)
    again = shared.take_over(change, by=cast.author, now=LATER)
    assert (again.pk, again.version) == (draft.pk, draft.version)
    approve(local, LATER)
    assert (shared.reconcile(LATER), items(local)) == (0, [])
    change.refresh_from_db()
    assert change.answer == "taken"
    assert WorkItem.objects.get(source_key__startswith=f"shared:{local.pk}:").outcome == "done"


def test_steps_that_are_removed_there_go_here(cast: Cast, main: Process, local: Process) -> None:
    renew(main, replace(OLD, steps=(*OLD.steps[:2], *OLD.steps[3:])))
    shared.reconcile(LATER)
    draft = shared.take_over(SharedChange.objects.get(), by=cast.author, now=LATER)
    assert [step.name for step in from_json(draft.content).steps] == ["Need arises", "Check", "Order", "Need met"]


def test_a_discarded_draft_leaves_the_question_open(cast: Cast, local: Process, change: SharedChange) -> None:
    draft = shared.take_over(change, by=cast.author, now=LATER)
    lifecycle.discard_draft(draft, by=cast.author, now=LATER)
    assert shared.reconcile(LATER) == 1
    assert len(items(local)) == 1


def test_unlinking_needs_a_reason_and_holds_for_good(cast: Cast, main: Process, local: Process, change: SharedChange) -> None:
    draft = drafting.start_draft(local, by=cast.author, now=LATER)
    with pytest.raises(Refused, match="Say why"):
        shared.unlink(change, " ", by=cast.author, now=LATER)
    before = frozen_bytes()
    done = shared.unlink(change, "We buy samples only", by=cast.author, now=LATER)
    assert (done.answer, done.reason, len(done.steps)) == ("unlinked", "We buy samples only", 5)
    draft.refresh_from_db()
    assert shares(from_json(draft.content)) == {}
    assert frozen_bytes() == before
    assert not Variant.objects.exists()
    renew(main, changed(OLD, "s1", name="Check three times"), LATER + dt.timedelta(days=1))
    assert (shared.reconcile(LATER), items(local)) == (0, [])
    assert shared.unlinked(local) == set(done.steps)


def test_unlinking_a_block_without_a_draft_leaves_the_variant(cast: Cast, block: StepBlock) -> None:
    one = using(cast, block, "PUR-031")
    check, good = blocks.content_of(block).steps
    say_anew(cast, block, replace(check, name="Check credit"), good)
    shared.reconcile(LATER)
    shared.unlink(one.shared_changes.get(), "Cash only", by=cast.author, now=LATER)
    assert (shared.reconcile(LATER), one.revisions.count()) == (0, 1)


def test_kept_for_now_is_asked_again_with_the_next_version(cast: Cast, main: Process, local: Process, change: SharedChange) -> None:
    kept = shared.keep(change, "", by=cast.author, now=LATER)
    assert (kept.answer, kept.answered_by, items(local)) == ("kept", cast.author, [])
    assert shared.reconcile(LATER) == 0
    shared._close(kept, LATER)
    kept.refresh_from_db()
    assert kept.answer == "kept"
    with pytest.raises(Stale, match="answered meanwhile"):
        shared.keep(change, "", by=cast.author, now=LATER)
    renew(main, changed(OLD, "s1", name="Check three times"), LATER + dt.timedelta(days=1))
    assert shared.reconcile(LATER) == 1


def test_only_who_answers_for_the_process_or_was_given_it_answers(cast: Cast, change: SharedChange, local: Process) -> None:
    for answer in (
        lambda: shared.keep(change, "", by=cast.reader, now=LATER),
        lambda: shared.take_over(change, by=cast.stranger, now=LATER),
        lambda: shared.unlink(change, "R", by=cast.reader, now=LATER),
    ):
        with pytest.raises(Refused):
            answer()
    WorkItem.objects.update(assigned_to=cast.reader)
    assert shared.keep(change, "", by=cast.reader, now=LATER).answered_by == cast.reader


def test_a_draft_that_moved_in_this_moment_is_said(
    cast: Cast, change: SharedChange, monkeypatch: pytest.MonkeyPatch, local: Process
) -> None:
    monkeypatch.setattr("processes.shared.new_key", lambda: "x" * 60)
    with pytest.raises(Stale, match="in this moment"):
        shared.take_over(change, by=cast.author, now=LATER)
    assert local.revisions.count() == 1


# --- woken


def test_approval_wakes_the_reconciler(cast: Cast, local: Process) -> None:
    draft = drafting.start_draft(local, by=cast.author, now=LATER)
    OutboxEntry.objects.all().delete()
    lifecycle.submit(draft, by=cast.author, now=LATER)
    lifecycle.approve(draft, by=cast.approver, now=LATER)
    assert OutboxEntry.objects.filter(task="processes.tasks.propose_shared").exists()
    assert local.revisions.in_force(LATER).get().shared_steps.count() == 5


# --- the page


def page(client: SignedIn, change: SharedChange, **data: str) -> Any:
    address = reverse("processes:shared_change", args=[change.process.number, change.pk])
    return client.post(address, data) if data else client.get(address)


def test_the_page_shows_what_would_change_and_takes_the_three_answers(client: SignedIn, cast: Cast, change: SharedChange) -> None:
    client.as_(cast.author)
    text = page(client, change).content.decode()
    assert "STO-010 Inspect, of which this process is a variant, has version 2.0" in text
    assert "Check<ins> twice</ins>" in text
    assert page(client, change, act="unlink", reason="").status_code == 422
    assert page(client, change, act="nonsense").status_code == 422
    answer = page(client, change, act="take")
    assert answer["Location"] == reverse("processes:draft", args=[change.process.number])
    text = page(client, change).content.decode()
    assert "The open draft says it already" in text
    assert 'value="take"' not in text
    assert page(client, change, act="keep", reason="Later").status_code == 302
    text = page(client, change).content.decode()
    assert "kept as it was" in text
    assert "Later" in text
    assert page(client, change, act="keep").status_code == 422


def test_unlinking_on_the_page(client: SignedIn, cast: Cast, change: SharedChange) -> None:
    client.as_(cast.author)
    assert page(client, change, act="unlink", reason="We buy samples").status_code == 302
    assert "We buy samples" in page(client, change).content.decode()


def test_what_is_different_here_is_told(client: SignedIn, cast: Cast, main: Process, local: Process) -> None:
    draft = drafting.start_draft(local, by=cast.author, now=LATER)
    key = from_json(draft.content).steps[1].key
    sent = [{"id": "one", "op": "set", "target": f"steps/{key}/name", "value": "Check at the gate"}]
    drafting.edit(draft, sent, by=cast.author, now=LATER, seen=draft.version)
    approve(local, LATER)
    renew(main, changed(OLD, "s1", name="Check twice"), LATER)
    shared.reconcile(LATER)
    assert "Step 2 “Check at the gate”: Name." in page(client.as_(cast.author), SharedChange.objects.get()).content.decode()


def test_a_source_that_one_may_not_see_is_only_named(client: SignedIn, cast: Cast, main: Process, change: SharedChange) -> None:
    Process.objects.filter(pk=main.pk).update(confidentiality="positions")
    client.as_(cast.author)
    text = page(client, change).content.decode()
    assert "STO-010, with which this process shares steps" in text
    assert "twice" not in text
    assert "Inspect</" not in text
    with pytest.raises(Refused, match="may not see what changed"):
        shared.take_over(change, by=cast.author, now=LATER)
    assert page(client, change, act="take").status_code == 422


def test_a_block_that_one_may_not_see_is_not_even_named(client: SignedIn, cast: Cast, block: StepBlock) -> None:
    one = using(cast, block, "PUR-031")
    check, good = blocks.content_of(block).steps
    say_anew(cast, block, replace(check, name="Check credit"), good)
    shared.reconcile(LATER)
    found = one.shared_changes.get()
    assert "The step block “Credit check”" in page(client.as_(cast.author), found).content.decode()
    StepBlock.objects.update(department=cast.stores)
    assert "Credit check" not in page(client, found).content.decode()


def test_who_only_reads_the_process_does_not_open_the_page(client: SignedIn, cast: Cast, change: SharedChange) -> None:
    assert page(client.as_(cast.stranger), change).status_code == 403
    assert page(client.as_(cast.manager), change).status_code == 200
    make.hold(cast.reader, 1)
    text = page(client.as_(cast.reader), change).content.decode()
    assert "Only the owner" in text
    assert page(client, change, act="keep").status_code == 200
    change.refresh_from_db()
    assert change.answer == ""


def test_the_settings_of_the_main_process_name_its_variants(client: SignedIn, cast: Cast, main: Process, local: Process) -> None:
    address = reverse("processes:metadata", args=[main.number])
    assert f"{local.number} Inspect here" in client.as_(cast.manager).get(address).content.decode()


# --- the reader's page


def test_the_reader_of_a_variant_sees_what_it_is_and_how_it_differs(
    client: SignedIn, cast: Cast, main: Process, change: SharedChange
) -> None:
    address = reverse("process", args=[change.process.number])
    text = client.as_(cast.reader).get(address).content.decode()
    assert "Variant of" in text
    assert "STO-010 Inspect</a>" in text
    Process.objects.filter(pk=main.pk).update(confidentiality="positions")
    hidden = client.get(address).content.decode()
    assert "Variant of STO-010." in hidden
    assert "Inspect</a>" not in hidden


def test_many_differences_are_counted(client: SignedIn, cast: Cast, main: Process, local: Process) -> None:
    address = reverse("process", args=[local.number])
    assert "Its steps say the same" in client.as_(cast.reader).get(address).content.decode()
    extra = tuple(Step(f"x{n}", name=f"New {n}") for n in range(12))
    renew(main, replace(OLD, steps=(*OLD.steps[:2], *extra, *OLD.steps[2:])), NOW)
    text = client.get(address).content.decode()
    assert "“New 0”, which is left out here" in text
    assert "and 4 more" in text


def test_a_draft_beside_nothing_approved_is_no_comparison(cast: Cast, local: Process, change: SharedChange, client: SignedIn) -> None:
    Revision.objects.filter(process=local).update(state="discarded", effective_from=None, major=None, minor=None)
    assert page(client.as_(cast.author), change).status_code == 200
    assert shared.reconcile(LATER) == 0


def test_reconciling_asks_as_little_as_it_can_where_nothing_changed(cast: Cast, block: StepBlock) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            shared.reconcile(LATER)
        return len(asked)

    using(cast, block, "PUR-041")
    one = cost()
    for n in range(2, 6):
        using(cast, block, f"PUR-04{n}")
    assert cost() == one
