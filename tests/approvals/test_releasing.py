"""Emergency release: who signs it, how long it holds, what takes over from it, and who is told when it ends."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import packages, releasing, tasks, withdrawing, workflow
from approvals.history import signatures_of
from approvals.models import ApprovalCase, EmergencyRelease, Seat
from approvals.packages import Given
from approvals.release_policy import may_release
from organization.calendar import today
from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import verify_chain
from processes import drafting, lifecycle, references
from processes.content import definition_of
from processes.models import Move, Process, Revision
from processes.search import search
from tests import make
from tests.make import NOW, TODAY, day
from training import acknowledgements, assignments, ending, opened
from training.models import Acknowledgement, AudienceRule, Reading
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TICK = dt.timedelta(microseconds=1)
LAST_DAY = dt.date(2026, 3, 18)
"""Two weeks of five working days after TODAY, a Wednesday."""
EXPIRY = dt.datetime(2026, 3, 19, 0, 0, tzinfo=dt.UTC)
"""The midnight that ends it."""
WHY = "The supplier's valve bursts."


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """A company document in force: the heads countersign a new version, then the company process manager decides."""
    owner = Position.objects.get(title="Head of Purchasing")
    made = make.process(cast.purchasing, created_by=cast.author, owner=owner, level="company", participating=[cast.stores])
    make.effective(made, make.definition("Check offer"), by=cast.author)
    return made


@pytest.fixture
def case(process: Process, cast: make.Cast) -> ApprovalCase:
    return submitted(process, cast)


def submitted(process: Process, cast: make.Cast, *, now: dt.datetime = NOW, text: str = "Close the valve", **more: object) -> ApprovalCase:
    draft = process.revisions.open().first() or make.draft(process, make.definition(text), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=now, summary="As asked.", **more)  # type: ignore[arg-type]


def release(case: ApprovalCase, by: Person, *, now: dt.datetime = NOW + HOUR, reason: str = WHY) -> Revision:
    found = releasing.release(case, by=by, now=now, reason=reason).revision
    return Revision.objects.get(pk=found.pk)


def labels(process: Process, *moments: dt.datetime) -> list[str]:
    """What is in force at each of these moments: one version, or none."""
    return [",".join(one.label for one in process.revisions.in_force(at)) for at in moments]


def decide(case: ApprovalCase, now: dt.datetime, verdict: str = "approve") -> bool:
    """Whoever is asked first decides; False where nobody is asked any more."""
    waiting = Seat.objects.filter(stage__case=case, stage__opened_at__isnull=False, stage__closed_at=None, stage__replaced_at=None)
    for seat in waiting.filter(decisions=None, stage__case__state="open"):
        holder = workflow.policy.assignee(seat, ApprovalCase.objects.get(pk=case.pk), today(now))
        assert holder is not None
        workflow.decide(seat, by=holder.person, now=now, verdict=verdict, reason="So be it.", sha256=case.content.sha256)
        return True
    return False


def approve_all(case: ApprovalCase, now: dt.datetime) -> None:
    while decide(case, now):
        now += TICK


def test_it_holds_at_once_to_the_end_of_the_tenth_working_day_and_then_what_held_before(
    case: ApprovalCase, process: Process, cast: make.Cast
) -> None:
    before = process.revisions.get(ordinal=1)
    made = release(case, cast.manager)
    start = NOW + HOUR
    assert labels(process, start - TICK, start, EXPIRY - TICK, EXPIRY) == ["1.0", "1.1E", "1.1E", "1.0"]
    assert (made.state, made.effective_from, made.effective_until, made.frozen) == ("approved", start, EXPIRY, case.content)
    assert Process.objects.in_force(EXPIRY).get() == process
    before.refresh_from_db()
    assert (before.effective_until, before.is_suspended(start), before.is_suspended(EXPIRY)) == (None, True, False)
    case.revision.refresh_from_db()
    assert (case.revision.state, case.revision.label) == ("in_review", "")


def test_it_is_signed_for_the_position_of_the_last_stage_and_stands_in_the_history(case: ApprovalCase, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    signature = made.release.signature
    assert (signature.meaning, signature.person, signature.position_title) == ("released", cast.manager, "Company process manager")
    assert (signature.reason, signature.content_sha256) == (WHY, case.content.sha256)
    assert [one.meaning for one in signatures_of(made)] == ["authored", "released"]
    move = Move.objects.get(revision=made)
    assert (move.name, move.by, move.reason, move.to_state) == ("release", cast.manager, WHY, "approved")
    assert list(verify_chain()) == []


def test_a_stage_to_come_and_one_that_waits_are_due_while_it_holds(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    late = WorkItem.objects.filter(seat__stage__case=case)
    late.update(due_on=LAST_DAY + dt.timedelta(days=9))
    case.stages.update(working_days=60)
    release(case, cast.manager)
    assert {item.due_on for item in late} == {LAST_DAY}
    while WorkItem.objects.open().filter(seat__stage__case=case, seat__stage__is_last=True).count() == 0:
        decide(case, NOW + 2 * HOUR)
    assert WorkItem.objects.open().get(seat__stage__case=case).due_on == LAST_DAY


def test_a_stage_that_begins_after_it_has_its_usual_time(case: ApprovalCase, cast: make.Cast) -> None:
    release(case, cast.manager)
    late = EXPIRY + 9 * HOUR
    while not WorkItem.objects.open().filter(seat__stage__case=case, seat__stage__is_last=True).exists():
        decide(case, late)
    assert WorkItem.objects.open().get(seat__stage__case=case).due_on > today(late)


@pytest.mark.parametrize("asked", ["at-once", "a-later-day", "training"])
def test_approved_in_time_it_holds_on_without_a_gap(process: Process, cast: make.Cast, asked: str) -> None:
    """Its content holds already: nobody waits for a day or for training any more. The releaser may sign the last stage too."""
    more = {"at-once": {}, "a-later-day": {"planned_on": day(90)}, "training": {"training_days": 60}}[asked]
    case = submitted(process, cast, **more)
    made = release(case, cast.manager)
    then = NOW + dt.timedelta(days=2)
    approve_all(case, then)
    whole = process.revisions.get(pk=case.revision_id)
    assert whole.effective_from is not None
    assert labels(process, whole.effective_from - TICK, whole.effective_from, EXPIRY) == ["1.1E", "1.2", "1.2"]
    made.refresh_from_db()
    assert made.effective_until == whole.effective_from
    assert cast.manager in {decision.decided_by for decision in case.decisions.all()}
    assert releasing.tell_ended(EXPIRY) == 1
    assert not Notice.objects.filter(key__contains=":ended:").exists()


def test_approved_after_its_end_the_version_before_held_in_between(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    late = EXPIRY + dt.timedelta(days=1)
    approve_all(case, late)
    assert labels(process, EXPIRY - TICK, EXPIRY, late, late + HOUR) == ["1.1E", "1.0", "1.0", "1.2"]


@pytest.mark.parametrize("verdict", ["return", "reject", "recall"])
def test_given_back_the_version_before_is_in_force_at_once(case: ApprovalCase, process: Process, cast: make.Cast, verdict: str) -> None:
    made = release(case, cast.manager)
    then = NOW + 5 * HOUR
    workflow.recall(case, by=cast.author, now=then) if verdict == "recall" else decide(case, then, verdict)
    assert labels(process, then - TICK, then, EXPIRY) == ["1.1E", "1.0", "1.0"]
    before = process.revisions.get(ordinal=1)
    assert (before.is_suspended(then - TICK), before.is_suspended(then)) == (True, False)
    made.refresh_from_db()
    assert (made.state, definition_of(made).steps[1].name) == ("approved", "Close the valve"), "a past day still says what held"


def test_given_back_at_the_very_moment_it_held_for_an_instant(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    workflow.recall(case, by=cast.author, now=NOW + HOUR)
    assert labels(process, NOW + HOUR, NOW + HOUR + TICK) == ["1.1E", "1.0"]


@pytest.mark.parametrize("verdict", ["approve", "return"])
@pytest.mark.parametrize("earlier", [0, 1])
def test_who_read_the_clock_before_the_release_and_waited_for_it_comes_after_it(
    process: Process, cast: make.Cast, verdict: str, earlier: int
) -> None:
    case = submitted(process, cast, training_days=60)
    release(case, cast.manager)
    while decide(case, NOW + HOUR - earlier * TICK, verdict):
        pass
    assert case.decisions.order_by("pk").last().verdict == verdict  # type: ignore[union-attr]
    after = Revision.objects.get(pk=case.revision_id).label or "1.0"
    assert labels(process, NOW + HOUR, NOW + HOUR + TICK, EXPIRY) == ["1.1E", after, after]


def test_two_who_release_at_the_same_moment_do_so_once(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    case.revision.refresh_from_db()
    with pytest.raises(Stale, match="released already"):
        lifecycle.release(case.revision, EXPIRY, by=cast.boss, now=NOW, reason=WHY)


def test_submitted_anew_it_may_be_released_again_and_past_days_stay_answered(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    workflow.recall(case, by=cast.author, now=NOW + 2 * HOUR)
    again = submitted(process, cast, now=NOW + 3 * HOUR)
    release(again, cast.manager, now=NOW + 4 * HOUR)
    moments = [NOW + n * HOUR for n in range(5)]
    assert labels(process, *moments) == ["1.0", "1.1E", "1.0", "1.0", "1.2E"]


def test_a_case_is_released_once_and_the_same_click_again_changes_nothing(case: ApprovalCase, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    assert release(case, cast.manager, now=NOW + 2 * HOUR) == made
    assert Signature.objects.filter(meaning="released").count() == 1
    with pytest.raises(Refused, match="already"):
        release(ApprovalCase.objects.get(pk=case.pk), cast.boss, now=NOW + 2 * HOUR)


@pytest.mark.parametrize("who", ["author", "approver", "reader", "stranger", "storekeeper", "admin"])
def test_nobody_else_releases(case: ApprovalCase, cast: make.Cast, who: str) -> None:
    by = cast.author if who == "author" else Person.objects.get(login=who)
    with pytest.raises(Refused):
        release(case, by)
    assert not EmergencyRelease.objects.exists()


def test_whoever_wrote_it_does_not_release_it_whatever_the_office(process: Process, cast: make.Cast) -> None:
    draft = make.draft(process, make.definition("Other"), by=cast.manager)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="As asked.")
    with pytest.raises(Refused, match="wrote or submitted"):
        release(case, cast.manager)


def test_without_a_seat_of_the_last_stage_there_is_nothing_to_sign_in(case: ApprovalCase) -> None:
    assert may_release(case, []).reason == "You do not decide here."


def test_it_needs_a_reason_and_a_case_that_is_open(case: ApprovalCase, cast: make.Cast) -> None:
    with pytest.raises(Refused, match="every reader"):
        release(case, cast.manager, reason=" ")
    workflow.recall(case, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="closed"):
        release(case, cast.manager)


def test_where_the_approval_alone_would_end_the_case_it_is_approved_instead(case: ApprovalCase, cast: make.Cast) -> None:
    while not WorkItem.objects.open().filter(seat__stage__case=case, seat__stage__is_last=True).exists():
        decide(case, NOW)
    with pytest.raises(Refused, match="Approve it instead"):
        release(case, cast.manager)


def test_a_withdrawal_and_a_member_of_a_package_are_not_released(process: Process, cast: make.Cast) -> None:
    ends = withdrawing.ask(process, by=cast.author, now=NOW, reason="Gone.")
    with pytest.raises(Refused, match="Only a new version"):
        release(ends, cast.manager)
    workflow.recall(ends, by=cast.author, now=NOW)
    draft = make.draft(process, make.definition("Other"), by=cast.author)
    package = packages.begin("New law", "The law has changed.", by=cast.author, now=NOW)
    packages.add(package, draft, by=cast.author, now=NOW)
    draft.refresh_from_db()
    other = make.draft(make.process(cast.purchasing, created_by=cast.author, owner=process.owner), by=cast.author)
    packages.add(package, other, by=cast.author, now=NOW)
    given_to = {one.revision_id: Given(one.revision.version, summary="More.") for one in packages.members_of(package)}
    cases = packages.submit(package, given_to, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="change package"):
        release(next(one for one in cases if one.process_id == process.pk), cast.manager)


def test_nothing_is_laid_over_nothing_or_over_what_is_still_to_come(process: Process, cast: make.Cast) -> None:
    first = make.process(cast.purchasing, created_by=cast.author, owner=process.owner, level="company", participating=[cast.stores])
    with pytest.raises(Refused, match=r"Nothing of .* is in force"):
        release(submitted(first, cast), cast.manager)
    make.effective(process, since=NOW + dt.timedelta(days=30))
    with pytest.raises(Refused, match="already to take effect"):
        release(submitted(process, cast), cast.manager)


def test_the_lifecycle_lays_over_only_what_is_in_review_and_once(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    case.revision.refresh_from_db()
    with pytest.raises(Stale, match="released already"):
        lifecycle.release(case.revision, EXPIRY, by=cast.boss, now=NOW + 2 * HOUR, reason=WHY)
    workflow.recall(case, by=cast.author, now=NOW + 2 * HOUR)
    case.revision.refresh_from_db()
    with pytest.raises(Stale, match="no longer in review"):
        lifecycle.release(case.revision, EXPIRY, by=cast.boss, now=NOW + 2 * HOUR, reason=WHY)


def test_drafts_begin_from_what_was_approved_and_not_from_what_was_released(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    release(case, cast.manager)
    workflow.recall(case, by=cast.author, now=NOW + 2 * HOUR)
    case.revision.refresh_from_db()
    lifecycle.discard_draft(case.revision, by=cast.author, now=NOW + 3 * HOUR)
    draft = drafting.start_draft(process, by=cast.author, now=NOW + 3 * HOUR)
    assert draft.based_on == process.revisions.get(ordinal=1)


def test_search_and_links_follow_what_holds(process: Process, cast: make.Cast) -> None:
    case = submitted(process, cast, text="Zirconium valve")
    release(case, cast.manager)
    view = scope(cast.stranger, TODAY)
    assert [hit.revision.label for hit in search("zirconium", view, NOW + 2 * HOUR)] == ["1.1E"]
    assert search("zirconium", view, EXPIRY) == []


def test_readers_are_asked_to_read_it_and_not_a_second_time_when_it_is_approved(
    case: ApprovalCase, process: Process, cast: make.Cast
) -> None:
    rule(process, cast)
    made = release(case, cast.manager)
    later = NOW + 2 * HOUR
    assignments.hand_out_new(later)
    asked = Reading.objects.get(revision=made, person=cast.reader)
    acknowledgements.acknowledge(made, by=cast.reader, now=later, token=opened.token(cast.reader, made, "", later))
    asked.refresh_from_db()
    assert asked.acknowledged_at == later
    approve_all(case, NOW + 3 * HOUR)
    assignments.hand_out_new(NOW + 4 * HOUR)
    assert not Reading.objects.owed().filter(person=cast.reader).exists()
    assert Reading.objects.owed().filter(revision=case.revision, person=cast.stranger).exists()


def test_what_is_set_aside_is_not_acknowledged(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    before = process.revisions.get(ordinal=1)
    release(case, cast.manager)
    later = NOW + 2 * HOUR
    with pytest.raises(Stale, match="newer revision is in force"):
        acknowledgements.acknowledge(before, by=cast.reader, now=later, token=opened.token(cast.reader, before, "", later))
    assert not Acknowledgement.objects.exists()


def rule(process: Process, cast: make.Cast) -> None:
    for department in (cast.purchasing, cast.stores):
        AudienceRule.objects.create(process=process, department=department, starts_on=make.LONG_AGO)


@pytest.mark.parametrize("how", ["expired", "returned"])
def test_owner_releaser_and_readers_are_told_once_that_it_holds_no_more(
    case: ApprovalCase, process: Process, cast: make.Cast, how: str
) -> None:
    rule(process, cast)
    made = release(case, cast.manager)
    assert Notice.objects.filter(key=f"release:{made.release.pk}:begun:{cast.author.pk}").exists()
    assignments.hand_out_new(NOW + HOUR)
    then = EXPIRY if how == "expired" else NOW + 2 * HOUR
    if how == "returned":
        decide(case, then, "return")
    assert releasing.tell_ended(then - TICK) == 0
    assert (releasing.tell_ended(then), releasing.tell_ended(then)) == (1, 0)
    told = Notice.objects.filter(key__startswith=f"release:{made.release.pk}:ended:")
    assert {notice.person for notice in told} == {cast.author, cast.manager}
    assert "version 1.0 is in force" in told[0].subject
    assert ending.tell_released(made, then) == ending.tell_released(made, then) >= 2
    assert Notice.objects.filter(key=f"emergency:{made.pk}:ended:{cast.reader.pk}").count() == 1


def test_two_workers_tell_once(case: ApprovalCase, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    EmergencyRelease.objects.update(told_at=EXPIRY)
    assert not releasing._tell_ended(made.release.pk, EXPIRY)


def test_the_scheduler_tells(case: ApprovalCase, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    assert tasks.tell_ended_releases() in {0, 1}  # by the clock of the wall
    assert EmergencyRelease.objects.get().revision == made


def test_where_nothing_holds_afterwards_the_words_name_no_version(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    assert "holds no more" in str(releasing.emergencies.words_of_end(made, NOW - dt.timedelta(days=400)))


def test_what_is_in_force_is_one_question_and_costs_the_same(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    for at in (NOW, NOW + 2 * HOUR):
        with CaptureQueriesContext(connection) as seen:
            list(process.revisions.in_force(at))
        assert len(seen) == 1
        release(case, cast.manager)


def test_the_database_keeps_two_releases_apart_and_each_has_an_end(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    made = release(case, cast.manager)
    made.pk, made.ordinal, made.minor = None, 9, 9
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()
    made.effective_from, made.effective_until = EXPIRY, None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()
    made.effective_until = EXPIRY + HOUR
    made.save()
    assert labels(process, EXPIRY - TICK, EXPIRY, EXPIRY + HOUR) == ["1.1E", "1.9E", "1.0"]


def test_what_it_refers_to_stays_while_it_holds(process: Process, cast: make.Cast) -> None:
    target = make.process(cast.purchasing, number="PUR-900", created_by=cast.author, owner=process.owner)
    make.effective(target)
    made = release(submitted(process, cast), cast.manager)
    made.links.create(number="PUR-900", target=target, step="")
    assert [one.process for one in references.to_process(target, NOW + 2 * HOUR)] == [process]
    assert references.to_process(target, EXPIRY) == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["release", "approve", "return", "recall", "submit", "nothing"]), st.integers(1, 16 * 24)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_at_every_instant_exactly_one_version_is_in_force(process: Process, cast: make.Cast, steps: list[tuple[str, int]]) -> None:
    """Whatever is released, approved, given back and submitted, and whatever passes in between; for past and future."""
    with transaction.atomic():
        now, instants = NOW, {NOW}
        for act, hours in [("submit", 1), *steps]:
            now += dt.timedelta(hours=hours)
            case = ApprovalCase.objects.pending().filter(process=process).first()
            try:
                with transaction.atomic():
                    _act(act, case, process, cast, now)
            except Refused:
                pass
            instants |= {now, *process.revisions.exclude(effective_from=None).values_list("effective_from", flat=True)}
            instants |= set(process.revisions.exclude(effective_until=None).values_list("effective_until", flat=True))
        around = {at + offset for at in instants for offset in (-TICK, dt.timedelta(0), TICK)}
        found = {at: [one.label for one in process.revisions.in_force(at)] for at in around if at > NOW - dt.timedelta(days=90)}
        assert all(len(held) == 1 for held in found.values()), found
        current = process.revisions.in_force(now).get()
        assert not current.is_suspended(now)
        suspended = [one for one in process.revisions.all() if one.is_suspended(now)]
        assert bool(suspended) == current.emergency or current.major > 1
        transaction.set_rollback(True)


def _act(act: str, case: ApprovalCase | None, process: Process, cast: make.Cast, now: dt.datetime) -> None:
    if act == "submit" and case is None:
        submitted(process, cast, now=now)
    elif case is not None and act == "release":
        release(case, cast.manager, now=now)
    elif case is not None and act == "approve":
        approve_all(case, now)
    elif case is not None and act == "return":
        decide(case, now, "return")
    elif case is not None and act == "recall":
        workflow.recall(case, by=cast.author, now=now)
