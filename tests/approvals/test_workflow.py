"""A case from submission to its end, and everything that has to be refused on the way."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import translation
from psycopg.errors import LockNotAvailable

from approvals import history, moving, policy, review, tasks, workflow
from approvals.models import ApprovalCase, Comment, Decision, Seat
from approvals.seating import _reseat_one, reseat
from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import verify_chain
from processes.models import DraftEdit, Process, Revision
from tests import make
from tests.make import NOW, TODAY, day
from worklist import mine
from worklist.models import Notice, WorkItem

LATER = NOW + dt.timedelta(hours=3)


def submitted(cast: make.Cast, *, by: Person | None = None, planned_on: dt.date | None = None, **fields: object) -> ApprovalCase:
    """The author's draft in review."""
    process = make.process(cast.purchasing, created_by=cast.author, **fields)
    draft = make.draft(process, by=cast.author)
    return workflow.submit(draft, by=by or cast.author, now=NOW, planned_on=planned_on)


def seats(case: ApprovalCase) -> list[Seat]:
    """The seats that have their turn."""
    return list(Seat.objects.filter(stage__case=case, stage__opened_at__isnull=False, stage__closed_at=None, decisions=None).order_by("pk"))


def decide(case: ApprovalCase, by: Person, verdict: str = "approve", reason: str = "", *, seat: Seat | None = None) -> Decision:
    """`by` decides in this seat, or in the first one that waits."""
    return workflow.decide(seat or seats(case)[0], by=by, now=LATER, verdict=verdict, reason=reason, sha256=case.content.sha256)


def asked(person: Person) -> list[str]:
    """What the person owes, as kind and subject."""
    return [f"{item.kind} {item.subject}" for item in mine.owed(scope(person, TODAY)).order_by("pk")]


def refused(case: ApprovalCase, by: Person) -> str:
    """The sentence with which a decision of this person is refused; nothing is left of it."""
    with pytest.raises(Refused) as caught:
        decide(case, by)
    assert not Decision.objects.filter(decided_by=by).exists()
    assert not Signature.objects.filter(person=by).exclude(meaning="authored").exists()
    return str(caught.value)


# The whole walk


def test_a_department_document_goes_from_the_author_to_the_process_manager_and_into_force(cast: make.Cast) -> None:
    case = submitted(cast)
    process = case.revision.process
    assert [asked(p) for p in (cast.approver, cast.author, cast.reader, cast.stranger, cast.admin)] == [
        [f"decide {process}"], [], [], [], []
    ]  # fmt: skip
    decide(case, cast.approver, reason="Clear.")
    revision = Revision.objects.in_force(LATER).get(process=process)
    case.refresh_from_db()
    assert (revision.label, revision.pk, case.state, case.closed_at) == ("1.0", case.revision_id, "approved", LATER)
    assert asked(cast.approver) == []
    assert [(s.meaning, s.person, s.position, s.reason) for s in history.signatures_of(revision)] == [
        ("authored", "Author", "", ""),
        ("approved", "Approver", "Process manager, Purchasing", "Clear."),
    ]
    assert {s.sha256 for s in history.signatures_of(revision)} == {revision.frozen.sha256}
    assert list(verify_chain()) == []
    assert [(n.person, n.subject) for n in Notice.objects.all()] == [(cast.author, f"{process} was approved")]


def test_a_company_document_is_countersigned_in_parallel_and_then_decided_by_the_company(cast: make.Cast) -> None:
    storekeeper = Person.objects.get(login="storekeeper")
    case = submitted(cast, by=cast.author, level="company", participating=[cast.stores])
    subject = str(case.revision.process)
    # The head of purchasing wrote it: the chain falls to the company's process manager.
    assert [asked(p) for p in (storekeeper, cast.manager, cast.author, cast.boss)] == [
        [f"decide {subject}"], [f"decide {subject}"], [], []
    ]  # fmt: skip
    home, stores = seats(case)
    decide(case, storekeeper, seat=stores)
    assert [seat.pk for seat in seats(case)] == [home.pk]
    decide(case, cast.manager, seat=home)
    assert [seat.position.title for seat in seats(case)] == ["Company process manager"]
    case.revision.refresh_from_db()
    assert case.revision.state == "in_review"
    decide(case, cast.manager)
    case.revision.refresh_from_db()
    assert case.revision.state == "approved"
    assert [(s.meaning, s.position, s.acting_for) for s in history.signatures_of(case.revision)] == [
        ("authored", "", ""),
        ("reviewed", "Head of Stores", ""),
        ("reviewed", "Company process manager", "for Head of Purchasing, whose holder may not act here"),
        ("approved", "Company process manager", ""),
    ]
    assert [(d.position, d.again) for d in history.decisions_of(case.revision.process)] == [
        ("Company process manager", True), ("Company process manager", False), ("Head of Stores", False)
    ]  # fmt: skip


def test_who_holds_two_seats_of_a_stage_signs_once_for_each(cast: make.Cast) -> None:
    other = make.department("QA")
    storekeeper = Person.objects.get(login="storekeeper")
    make.position("Head of QA", of=other, kind="head", holder=storekeeper)
    case = submitted(cast, level="company", participating=[cast.stores, other])
    of_storekeeper = [seat for seat in seats(case) if seat.position.title != "Head of Purchasing"]
    stands = policy.turns(storekeeper, of_storekeeper, case, scope(storekeeper, TODAY))
    assert [(bool(turn.answer), turn.position) for turn in stands] == [(True, seat.position) for seat in of_storekeeper]
    made = decide(case, storekeeper, seat=of_storekeeper[1])
    both = list(case.decisions.order_by("pk"))
    assert [(d.seat, d.position_title, d.signature) for d in both] == [
        (of_storekeeper[1], of_storekeeper[1].position.title, made.signature),
        (of_storekeeper[0], of_storekeeper[0].position.title, made.signature),
    ]
    assert (made.signature.position, made.signature.acting_for) == (
        of_storekeeper[1].position, f"also for {of_storekeeper[0].position.title}"
    )  # fmt: skip
    assert decide(case, storekeeper, seat=of_storekeeper[0]) == both[1]
    assert Signature.objects.filter(person=storekeeper).count() == 1
    assert asked(storekeeper) == []
    lines = review.of_case(case, storekeeper, scope(storekeeper, TODAY), LATER).timeline
    assert ["one signature for several seats" in line.detail for line in lines if "Approved" in line.title] == [True, True]
    assert list(verify_chain()) == []


def test_the_last_stage_opens_only_when_every_seat_has_approved(cast: make.Cast) -> None:
    case = submitted(cast, level="company", participating=[cast.stores])
    last = Seat.objects.get(stage__case=case, stage__is_last=True)
    with pytest.raises(Stale, match="not this stage's turn"):
        decide(case, cast.manager, seat=last)
    assert case.decisions.count() == 0


def test_it_takes_effect_on_the_planned_day(cast: make.Cast) -> None:
    case = submitted(cast, planned_on=day(10))
    decide(case, cast.approver)
    process = case.revision.process
    midnight = dt.datetime.combine(day(10), dt.time(), dt.UTC)
    assert not Revision.objects.in_force(midnight - dt.timedelta(microseconds=1)).filter(process=process).exists()
    assert Revision.objects.in_force(midnight).filter(process=process).exists()


def test_a_planned_day_that_has_come_while_it_was_in_review_means_at_once(cast: make.Cast) -> None:
    case = submitted(cast, planned_on=day(2))
    later = NOW + dt.timedelta(days=3)
    workflow.decide(seats(case)[0], by=cast.approver, now=later, verdict="approve", sha256=case.content.sha256)
    assert Revision.objects.in_force(later).filter(pk=case.revision_id).exists()


def test_the_predecessor_holds_until_the_successor_does(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    old = make.effective(process)
    draft = make.draft(process, make.definition("Check offer", "Ask the boss", "Sign order"), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="The boss is asked.")
    assert Revision.objects.in_force(LATER).get(process=process) == old
    decide(case, cast.approver)
    assert Revision.objects.in_force(LATER).get(process=process) == case.revision
    case.revision.refresh_from_db()
    assert case.revision.label == "2.0"


# Returned, rejected, recalled


@pytest.mark.parametrize(("verdict", "state", "meaning"), [("return", "returned", "returned"), ("reject", "rejected", "rejected")])
def test_turned_down_it_is_a_draft_again_and_the_earlier_decisions_stay(cast: make.Cast, verdict: str, state: str, meaning: str) -> None:
    storekeeper = Person.objects.get(login="storekeeper")
    case = submitted(cast, level="company", participating=[cast.stores])
    home, stores = seats(case)
    decide(case, storekeeper, seat=stores)
    decide(case, cast.manager, verdict, "Step 2 is missing.", seat=home)
    case.refresh_from_db()
    case.revision.refresh_from_db()
    assert (case.state, case.revision.state, case.revision.frozen) == (state, "draft", None)
    assert [(d.person, d.verdict) for d in history.decisions_of(case.revision.process)] == [
        ("Manager", verdict),
        ("Storekeeper", "approve"),
    ]
    assert Signature.objects.order_by("sequence").last().meaning == meaning
    assert not WorkItem.objects.open().exists()
    notice = Notice.objects.get(person=cast.author)
    assert notice.body == "Step 2 is missing."


def test_the_other_open_items_are_no_longer_needed_when_one_seat_returns(cast: make.Cast) -> None:
    storekeeper = Person.objects.get(login="storekeeper")
    case = submitted(cast, level="company", participating=[cast.stores])
    decide(case, storekeeper, "return", "No.", seat=seats(case)[1])
    assert sorted(WorkItem.objects.values_list("outcome", flat=True)) == ["done", "moot"]
    assert asked(cast.manager) == []


def test_a_returned_draft_goes_through_a_new_case_and_nothing_of_the_old_one_counts(cast: make.Cast) -> None:
    first = submitted(cast)
    old_seat = seats(first)[0]
    decide(first, cast.approver, "return", "Not yet.")
    first.revision.refresh_from_db()
    second = workflow.submit(first.revision, by=cast.author, now=LATER)
    assert (second.content_id, second.pk != first.pk, second.decisions.count()) == (first.content_id, True, 0)
    with pytest.raises(Stale, match="closed"):
        decide(first, cast.approver, seat=old_seat)
    assert asked(cast.approver) == [f"decide {first.revision.process}"]


@pytest.mark.parametrize("verdict", ["return", "reject"])
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_turning_down_needs_a_reason(cast: make.Cast, verdict: str, reason: str) -> None:
    case = submitted(cast)
    with pytest.raises(Refused, match="Write the reason"):
        decide(case, cast.approver, verdict, reason)
    assert case.decisions.count() == 0


def test_a_reason_has_a_measure(cast: make.Cast) -> None:
    case = submitted(cast)
    with pytest.raises(Refused, match="4000"):
        decide(case, cast.approver, "return", "x" * 4001)


def test_the_submitter_recalls_before_anybody_has_decided(cast: make.Cast) -> None:
    case = submitted(cast)
    workflow.recall(case, by=cast.author, now=LATER)
    case.refresh_from_db()
    case.revision.refresh_from_db()
    assert (case.state, case.revision.state, asked(cast.approver)) == ("recalled", "draft", [])
    assert workflow.recall(case, by=cast.author, now=LATER).state == "recalled"
    with pytest.raises(Stale, match="Recalled"):
        workflow.recall(case, by=cast.approver, now=LATER)


def test_nobody_else_recalls_and_not_after_a_decision(cast: make.Cast) -> None:
    case = submitted(cast, level="company", participating=[cast.stores])
    with pytest.raises(Refused, match="Only whoever submitted"):
        workflow.recall(case, by=cast.manager, now=LATER)
    decide(case, Person.objects.get(login="storekeeper"), seat=seats(case)[1])
    with pytest.raises(Refused, match="decided already"):
        workflow.recall(case, by=cast.author, now=LATER)
    case.refresh_from_db()
    assert case.state == "open"


# Submitting


def test_errors_in_the_draft_block_and_nothing_is_frozen(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    content = make.definition()
    draft = make.draft(process, replace(content, steps=content.steps[:-1]), by=cast.author)
    with pytest.raises(Refused, match="errors"):
        workflow.submit(draft, by=cast.author, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.frozen, ApprovalCase.objects.count(), Signature.objects.count()) == ("draft", None, 0, 0)


def test_a_policy_needs_no_steps(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author, document_type="policy")
    draft = make.draft(process, replace(make.definition(), steps=()), by=cast.author)
    assert workflow.submit(draft, by=cast.author, now=NOW).state == "open"


def test_a_later_version_needs_a_summary_and_no_version_a_day_that_has_passed(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process)
    draft = make.draft(process, by=cast.author)
    with pytest.raises(Refused, match="change summary"):
        workflow.submit(draft, by=cast.author, now=NOW, summary="  ")
    with pytest.raises(Refused, match="has passed"):
        workflow.submit(draft, by=cast.author, now=NOW, summary="New.", planned_on=day(-1))
    with pytest.raises(Refused, match="4000"):
        workflow.submit(draft, by=cast.author, now=NOW, summary="x" * 4001)


def test_level_two_and_the_department_are_needed_to_submit(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    make.hold(cast.reader, 1)
    with pytest.raises(Refused, match="Level 2"):
        workflow.submit(draft, by=cast.reader, now=NOW)
    with pytest.raises(Refused, match="department"):
        workflow.submit(draft, by=cast.stranger, now=NOW)


def test_what_was_typed_after_the_page_was_shown_is_not_submitted(cast: make.Cast) -> None:
    shown = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    Revision.objects.filter(pk=shown.pk).update(version=shown.version + 1)
    with pytest.raises(Stale):
        workflow.submit(shown, by=cast.author, now=NOW)


def test_submitting_twice_opens_one_case(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    again = Revision.objects.get(pk=draft.pk)
    workflow.submit(draft, by=cast.author, now=NOW)
    with pytest.raises(Stale):
        workflow.submit(again, by=cast.author, now=NOW)
    assert ApprovalCase.objects.count() == 1


# Who decides


def test_an_author_who_holds_the_office_never_decides(cast: make.Cast) -> None:
    """The process manager of the department wrote it: deputy, then parent, then the company, then the top."""
    office = Position.objects.get(title="Process manager, Purchasing")
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.approver), by=cast.author, now=NOW)
    assert [asked(p) for p in (cast.approver, cast.manager)] == [[], [f"decide {process}"]]
    assert "Nobody decides on what they wrote" in refused(case, cast.approver)
    assert office.seats.get().work_item.position.title == "Company process manager"
    decide(case, cast.manager)
    assert case.decisions.get().acting_for == "for Process manager, Purchasing, whose holder may not act here"


def test_the_deputy_comes_before_the_company(cast: make.Cast) -> None:
    deputy = make.person("deputy", level=3)
    office = Position.objects.get(title="Process manager, Purchasing")
    office.deputy = make.position("Deputy process manager", of=cast.purchasing, holder=deputy)
    office.save()
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.approver), by=cast.author, now=NOW)
    assert [asked(p) for p in (deputy, cast.manager)] == [[f"decide {process}"], []]
    assert "neither hold it nor act for it" in refused(case, cast.manager)
    decide(case, deputy)


def test_the_office_of_the_department_above_comes_before_the_company(cast: make.Cast) -> None:
    above = make.person("above", level=3)
    make.position("Process manager, company", of=make.company(), kind="department_process_manager", holder=above)
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.approver), by=cast.author, now=NOW)
    assert [asked(p) for p in (above, cast.manager)] == [[f"decide {process}"], []]
    decide(case, above)


def test_everybody_of_the_chain_but_the_top_wrote_it(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    draft = make.draft(process, by=cast.approver)
    DraftEdit.objects.create(
        revision=draft, version=2, client_key="second", operation="set", target="scope", before="", after="x", by=cast.manager, at=NOW
    )
    case = workflow.submit(draft, by=cast.author, now=NOW)
    assert [asked(p) for p in (cast.approver, cast.manager, cast.boss)] == [[], [], [f"decide {process}"]]
    for author in (cast.author, cast.approver, cast.manager):
        assert "Nobody decides on what they wrote" in refused(case, author)
    decide(case, cast.boss)


def test_nobody_independent_left_top_management_names_somebody(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    draft = make.draft(process, by=cast.boss)
    for n, writer in enumerate((cast.approver, cast.manager), 2):
        DraftEdit.objects.create(
            revision=draft, version=n, client_key=f"e{n}", operation="set", target="scope", before="", after="x", by=writer, at=NOW
        )
    case = workflow.submit(draft, by=cast.author, now=NOW)
    seat = seats(case)[0]
    assert asked(cast.boss) == [f"name_approver {process}"]
    expert = make.person("expert", level=3)
    for by in (cast.author, cast.manager, cast.stranger, cast.admin):
        with pytest.raises(Refused, match="Only top management"):
            workflow.name_approver(seat, expert, by=by, now=NOW)
    for nobody, why in ((cast.manager, "partly theirs"), (cast.reader, "Level 3")):
        with pytest.raises(Refused, match=why):
            workflow.name_approver(seat, nobody, by=cast.boss, now=NOW)
    assert "neither hold it nor act" in refused(case, expert)
    workflow.name_approver(seat, expert, by=cast.boss, now=NOW)
    assert [asked(p) for p in (cast.boss, expert)] == [[], [f"decide {process}"]]
    assert Revision.objects.visible_to(scope(expert, TODAY)).filter(pk=case.revision_id).exists()
    with pytest.raises(Refused, match="nobody needs to be named"):
        workflow.name_approver(seat, expert, by=cast.boss, now=NOW)
    assert decide(case, expert).acting_for == "for Process manager, Purchasing, named by top management"
    with pytest.raises(Stale):
        workflow.name_approver(seat, expert, by=cast.boss, now=NOW)


def test_without_top_management_a_case_that_nobody_can_decide_is_not_opened(cast: make.Cast) -> None:
    Position.objects.filter(kind="top_management").update(closed_on=TODAY)
    process = make.process(cast.purchasing, created_by=cast.author)
    draft = make.draft(process, by=cast.approver)
    DraftEdit.objects.create(
        revision=draft, version=2, client_key="second", operation="set", target="scope", before="", after="x", by=cast.manager, at=NOW
    )
    with pytest.raises(Refused, match="no top management position"):
        workflow.submit(draft, by=cast.author, now=NOW)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_level_of_the_stage_is_asked_again_when_deciding(cast: make.Cast) -> None:
    case = submitted(cast)
    cast.approver.held_levels.update(held_until=TODAY)
    assert "Level 3" in refused(case, cast.approver)


def test_a_holder_without_the_level_is_passed_over(cast: make.Cast) -> None:
    cast.approver.held_levels.all().delete()
    make.hold(cast.approver, 2)
    case = submitted(cast)
    assert asked(cast.manager) == [f"decide {case.revision.process}"]


@pytest.mark.parametrize("who", ["reader", "stranger", "admin", "author", "boss"])
def test_nobody_without_the_office_decides(cast: make.Cast, who: str) -> None:
    case = submitted(cast)
    assert refused(case, getattr(cast, who))


def test_a_superuser_decides_nothing(cast: make.Cast) -> None:
    case = submitted(cast)
    root = Person.objects.create_superuser("root", "Root")
    make.hold(root, 5)
    assert "neither hold it nor act for it" in refused(case, root)


def test_an_approver_who_was_deactivated_or_lost_the_office_since_the_page_was_shown(cast: make.Cast) -> None:
    case = submitted(cast)
    Person.objects.filter(pk=cast.approver.pk).update(is_active=False)
    assert "no longer active" in refused(case, cast.approver)
    Person.objects.filter(pk=cast.approver.pk).update(is_active=True)
    cast.approver.appointments.update(ends_before=TODAY)
    assert "neither hold it nor act for it" in refused(case, cast.approver)


def test_a_substitute_decides_while_the_holder_is_away_and_says_for_whom(cast: make.Cast) -> None:
    substitute = make.person("substitute", level=3)
    make.away(cast.approver, substitute=substitute)
    case = submitted(cast)
    assert asked(substitute) == [f"decide {case.revision.process}"]
    with translation.override("zh-hans"):  # what is signed is kept in one language, and told in the reader's
        made = decide(case, substitute)
        assert history.decisions_of(case.process)[0].acting_for.startswith("代Process manager, Purchasing处理，其缺勤至")
    assert {made.acting_for, made.signature.acting_for} == {"for Process manager, Purchasing, away until 17 Mar"}
    assert made.signature.position_title == "Process manager, Purchasing"


def test_a_substitute_of_an_absent_holder_may_decide_though_another_holder_is_there(cast: make.Cast) -> None:
    substitute, second = make.person("substitute", level=3), make.person("second", level=3)
    make.appoint(second, Position.objects.get(title="Process manager, Purchasing"))
    make.away(cast.approver, substitute=substitute)
    assert decide(submitted(cast), substitute).acting_for == "for Process manager, Purchasing"


# Exactly this content, exactly once


def test_a_decision_on_other_content_is_refused(cast: make.Cast) -> None:
    case = submitted(cast)
    with pytest.raises(Stale, match="not the one that you were shown"):
        workflow.decide(seats(case)[0], by=cast.approver, now=LATER, verdict="approve", sha256="0" * 64)
    assert case.decisions.count() == 0


def test_the_same_click_twice_is_one_decision(cast: make.Cast) -> None:
    case = submitted(cast)
    seat = seats(case)[0]
    first = decide(case, cast.approver, seat=seat)
    assert decide(case, cast.approver, seat=seat) == first
    assert Signature.objects.filter(person=cast.approver).count() == 1
    with pytest.raises(Stale, match="closed"):
        decide(case, cast.approver, "return", "No.", seat=seat)


def test_a_decided_seat_is_not_decided_by_somebody_else(cast: make.Cast) -> None:
    case = submitted(cast, level="company", participating=[cast.stores])
    seat = seats(case)[1]
    decide(case, Person.objects.get(login="storekeeper"), seat=seat)
    with pytest.raises(Stale, match="decided already"):
        decide(case, cast.manager, seat=seat)


def test_somebody_who_moved_the_case_past_the_lock_wins_once(cast: make.Cast) -> None:
    """The swap alone, without the lock: what was read before another move loses."""
    case = submitted(cast)
    ApprovalCase.objects.filter(pk=case.pk).update(version=7)
    with pytest.raises(Stale, match="faster"):
        moving.swap(case, to="approved", now=LATER)


def test_the_database_refuses_a_second_decision_and_one_by_the_submitter(cast: make.Cast) -> None:
    case = submitted(cast, level="company", participating=[cast.stores])
    first = decide(case, Person.objects.get(login="storekeeper"), seat=seats(case)[1])
    authored = Signature.objects.get(meaning="authored")
    same = {
        "case": case,
        "stage": first.stage,
        "content": case.content,
        "submitted_by": cast.author,
        "decided_at": LATER,
        "verdict": "approve",
    }
    for fields in ({"seat": first.seat, "decided_by": cast.boss}, {"seat": seats(case)[0], "decided_by": cast.author}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**same, **fields, signature=authored)


def test_what_was_decided_stays_whatever_the_author_writes_next(cast: make.Cast) -> None:
    case = submitted(cast)
    before = bytes(case.content.content)
    decide(case, cast.approver, "return", "Again.")
    Revision.objects.filter(pk=case.revision_id).update(content={"schema": 1, "purpose": "Something else"})
    case.refresh_from_db()
    assert (bytes(case.content.content), case.decisions.get().content) == (before, case.content)


def test_content_in_review_is_what_was_submitted(cast: make.Cast) -> None:
    case = submitted(cast)
    assert case.revision.frozen_id == case.content_id
    assert Process.objects.get(pk=case.revision.process_id).number.encode() in bytes(case.content.content)


# Seats follow the people


def test_reseating_follows_appointments_and_is_safe_to_run_twice(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.approver), by=cast.author, now=NOW)
    assert asked(cast.manager) == [f"decide {process}"]
    successor = make.person("successor", level=3)
    make.appoint(successor, Position.objects.get(title="Process manager, Purchasing"))
    assert [reseat(LATER), reseat(LATER)] == [1, 1]
    assert [asked(p) for p in (cast.manager, cast.approver, successor)] == [[], [], [f"decide {process}"]]
    assert WorkItem.objects.count() == 2
    decide(case, successor)
    assert reseat(LATER) == 0


def test_a_review_that_nobody_can_decide_any_more_does_not_hold_up_the_others(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    stuck = workflow.submit(make.draft(process, by=cast.approver), by=cast.author, now=NOW)
    other = submitted(cast)
    Person.objects.filter(login__in=("manager", "boss")).update(is_active=False)
    Position.objects.filter(kind="top_management").update(closed_on=TODAY)
    assert reseat(LATER) == 2
    assert [seats(case)[0].work_item.kind for case in (stuck, other)] == ["decide", "decide"]
    decide(other, cast.approver)
    seat = Seat.objects.get(stage__case=other)
    assert not _reseat_one(seat.pk, other.pk, LATER)


def test_top_management_is_asked_when_the_last_independent_person_leaves(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    draft = make.draft(process, by=cast.approver)
    DraftEdit.objects.create(
        revision=draft, version=2, client_key="b", operation="set", target="scope", before="", after="x", by=cast.boss, at=NOW
    )
    case = workflow.submit(draft, by=cast.author, now=NOW)
    assert asked(cast.manager) == [f"decide {process}"]
    Person.objects.filter(pk=cast.manager.pk).update(is_active=False)
    tasks.reseat()
    assert asked(cast.boss) == [f"name_approver {process}"]
    expert = make.person("expert", level=3)
    workflow.name_approver(seats(case)[0], expert, by=cast.boss, now=LATER)
    Person.objects.filter(pk=expert.pk).update(is_active=False)
    tasks.reseat()
    assert asked(cast.boss) == [f"name_approver {process}"]


def test_a_route_may_ask_a_level_of_a_stage_that_no_gate_knows(cast: make.Cast) -> None:
    """An advisor's stage asks level 4 as it stands."""
    case = submitted(cast, level="company", participating=[cast.stores])
    case.stages.filter(order=1).update(required_level=2)
    storekeeper = Person.objects.get(login="storekeeper")
    storekeeper.held_levels.all().delete()
    with pytest.raises(Refused, match="This stage needs Level 2"):
        decide(case, storekeeper, seat=seats(case)[1])
    make.hold(storekeeper, 2)
    decide(case, storekeeper, seat=seats(case)[1])


def test_only_a_clarification_is_a_minor_version(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process)
    content = make.definition()
    draft = make.draft(process, replace(content, purpose="The reason why we do it."), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="Clearer.")
    decide(case, cast.approver)
    case.revision.refresh_from_db()
    assert case.revision.label == "1.1"


def test_nothing_was_signed_for_a_draft(cast: make.Cast) -> None:
    assert history.signatures_of(make.draft(make.process(cast.purchasing), by=cast.author)) == ()


def test_rows_name_themselves(cast: make.Cast) -> None:
    case = submitted(cast)
    seat = seats(case)[0]
    made = decide(case, cast.approver)
    remark = Comment(text="Why?" * 30)
    names = f"{case.revision_id} open", "Department process manager", f"{seat.stage_id} {seat.position_id}", f"{case.pk} approve"
    assert [str(row) for row in (case, seat.stage, seat, made, remark)] == [*names, ("Why?" * 30)[:60]]
    assert list(ApprovalCase.objects.open()) == []


def test_signatures_of_a_case_that_was_returned_do_not_stand_under_the_approved_version(cast: make.Cast) -> None:
    first = submitted(cast, level="company", participating=[cast.stores])
    storekeeper = Person.objects.get(login="storekeeper")
    decide(first, storekeeper, seat=seats(first)[1])
    decide(first, cast.manager, "return", "Not yet.", seat=seats(first)[0])
    first.revision.refresh_from_db()
    later = NOW + dt.timedelta(days=1)
    second = workflow.submit(first.revision, by=cast.author, now=later)
    assert second.content == first.content
    assert [s.meaning for s in history.signatures_of(second.revision)] == ["authored"]


def test_who_waits_too_long_for_the_others_is_told_so_and_nothing_is_done(cast: make.Cast) -> None:
    case = submitted(cast)

    def locked(execute: Callable[..., object], sql: str, params: object, many: object, context: object) -> object:
        if "approvals_approvalcase" in sql:
            raise OperationalError("canceling statement due to lock timeout") from LockNotAvailable()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(locked), pytest.raises(Stale, match="Others are at this review"):
        workflow.recall(case, by=cast.author, now=NOW)


def test_a_database_that_fails_otherwise_is_not_called_busy(cast: make.Cast) -> None:
    case = submitted(cast)

    def gone(*_question: object) -> object:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(gone), pytest.raises(OperationalError):
        moving.lock(case.pk)
