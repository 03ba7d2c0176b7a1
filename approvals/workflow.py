"""Approval cases from submission to their end; `moving.py` moves them, `outcomes.py` says what follows.

Every verb locks the case (or, to open one, process and revision), asks the policy on the locked rows, and swaps state and
version in one UPDATE; the database allows one decision per seat and one pending case per process besides.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import answering, changes, corrections, marks, policy, routes, seating, submission
from approvals.impact import Touched, stored
from approvals.joint import package_of
from approvals.models import ApprovalCase, CaseStage, ChangePackage, Decision, Seat
from approvals.moving import lock, locked, locked_together, swap
from approvals.outcomes import Given, approved, given_back, turned_down
from organization.acting_words import kept
from organization.calendar import today
from organization.models import Person, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import sign
from processes import lifecycle
from processes.canonical import clean
from processes.content import intact
from processes.marking import Marks
from processes.models import Process, Revision
from worklist import outbox
from worklist.items import settle
from worklist.models import WorkItem

State, Verdict, Meaning = ApprovalCase.State, Decision.Verdict, Signature.Meaning
LONGEST = 4_000
MOST_TRAINING = 60


def submit(
    revision: Revision, *, by: Person, now: dt.datetime, summary: str = "", planned_on: dt.date | None = None,
    training_days: int | None = None, warnings_word: str = "", given: Marks = MappingProxyType({}), marks_word: str = "",
    impact: Sequence[Touched] = (), package: ChangePackage | None = None,
) -> ApprovalCase:  # fmt: skip
    """Freezes the draft as `revision` shows it and opens its case: stages copied from the route, the first one called to decide.

    `planned_on` is the day on which it takes effect, None for at once; with `training_days` (working days) it is held back after the
    approval until the owner has signed that people are ready; `warnings_word` says why warnings may stand.
    `given` are the marks of changes by place, the proposal where there is none; `marks_word` says why what is always substantive
    may count for less. `impact` is what the submitter was shown of it.
    A member of a change package is submitted with its `package` alone. Raises Refused, or Stale where the draft has changed since.
    """
    with transaction.atomic():
        summary, word = typed(summary), typed(warnings_word)
        _ready(revision, summary, word, planned_on, today(now))
        if training_days is not None and not 1 <= training_days <= MOST_TRAINING:
            raise Refused(_("Training takes between 1 and %(most)d working days.") % {"most": MOST_TRAINING})
        frozen = lifecycle.submit(revision, by=by, now=now)
        insist_no_case(revision.process)
        _insist_with_its_package(revision, package)
        case = ApprovalCase(
            process=revision.process, revision=revision, content=frozen, summary=summary, warnings_word=word, planned_on=planned_on,
            training_days=training_days, package=package, submitted_by=by, submitted_at=now, marks_word=typed(marks_word),
            impact=stored(impact),
        )  # fmt: skip
        return open_case(case, submission.authors_of(revision, by), given, now=now)


def open_case(case: ApprovalCase, wrote: frozenset[int], given: Marks = MappingProxyType({}), *, now: dt.datetime) -> ApprovalCase:
    """Keeps a new case on the locked process, signed by who submits it; those who `wrote` it will not decide.

    `given` are the marks of its changes. The first stage is called.
    """
    plan = routes.plan_for(case.revision.process, today(now), besides=wrote, revision=case.revision.pk)
    case.route = plan.route
    case.save()
    case.contributors.set(wrote)
    said, by = marks.signed(case.summary, marks.give(case, given, now=now)), case.submitted_by
    sign(by, meaning=Meaning.AUTHORED, subject=case.subject, content_sha256=case.content.sha256, reason=said, now=now)
    seating.copy_stages(case, plan.stages)
    seating.open_next(case, now=now)
    return case


def insist_no_case(process: Process) -> None:
    """Raises Refused where something about this locked process is in review: a version and its withdrawal never are at once."""
    if ApprovalCase.objects.pending().filter(process=process).exists():
        raise Refused(_("Something about this process is in review. It ends first."))


def decide(
    seat: Seat,
    *,
    by: Person,
    now: dt.datetime,
    verdict: str,
    sha256: str,
    reason: str = "",
    given: marks.Given = marks.NOTHING,
    correct: Collection[int] = (),
) -> Decision:
    """Records what `by` decided in this seat on exactly this content, signed, and moves the case on.

    Whoever is asked in several seats of the stage decides in all of them at once, by one signature. Approving confirms the marks of
    its changes, or corrects those that are `given` otherwise; `correct` are the ids of open comments that a return names.
    The same click again gives the decision that stands. Raises Stale where the content is another, the case is closed, it is
    another stage's turn or the seat is decided; Refused where the person may not decide, or a reason is missing.
    """
    with transaction.atomic(), outbox.together():
        found = locked_together(seat)
        case, seats, before = found.case, found.seats, list(found.case.decisions.order_by("pk")) if found.decided else []
        decided = {one.seat_id: one for one in before}
        earlier = decided.get(seat.pk)
        if earlier is not None and (earlier.decided_by_id, earlier.verdict) == (by.pk, verdict) and case.content.sha256 == sha256:
            return earlier
        _still_open(case, seats[0].stage, earlier, sha256)
        asked, deciders = [one for one in seats if one.pk not in decided], frozenset(one.decided_by_id for one in before)
        one = policy.decider(by, asked, case, today(now))  # as of now: the account may have been closed since the page was shown
        by, turns = one.person, policy.together(policy.turns_to_decide(one, asked, case, today(now), deciders))
        insist(turns[0].answer)
        actions = answering.insist_on_answers(case, seats[0].stage, verdict, discussed=found.discussed)
        reason = _reason(verdict, reason)
        confirmed = marks.confirm(case, given, verdict=verdict, reason=reason, now=now)
        through = verdict == Verdict.APPROVE and _is_through(seats, before, turns)
        is_last = through and seats[0].stage.is_last
        swap(case, to=State.APPROVED if is_last and case.package_id is None else State.OPEN, now=now)
        made = _record(case, turns, by=by, verdict=Verdict(verdict), reason=reason, states=confirmed.statement, now=now)
        confirmed.keep(made[0])
        corrections.ask(made[0], correct)
        _advance(case, made, through=through, now=now)
        if is_last:
            done = [one.seat.work_item_id for one in made if one.seat.work_item_id]
            approved(case, made[0], Given(confirmed.outcome, actions, done), now=now)
        return made[0]


def recall(case: ApprovalCase, *, by: Person, now: dt.datetime) -> ApprovalCase:
    """The submitter takes the revision back before anybody has decided; it is a draft again. Twice is as good as once."""
    with transaction.atomic():
        case = lock(case.pk)
        if case.state == State.RECALLED and case.submitted_by_id == by.pk:
            return case
        if case.state != State.OPEN:
            raise Stale(_("This review is closed: %(state)s.") % {"state": case.get_state_display()})
        answer = policy.may_recall(by, case)
        if not answer:
            raise Refused(answer.reason)
        given_back(case, "recall", by=by, now=now)
        return case


def name_approver(seat: Seat, person: Person, *, by: Person, now: dt.datetime) -> Seat:
    """Top management names who decides in a seat for which nobody independent is left."""
    with transaction.atomic():
        case, seat = locked(seat)
        if not policy.has_turn(seat, case):
            raise Stale(_("Nothing is to be decided in this seat any more."))
        day = today(now)
        answer = policy.may_name(by, seat, case, scope(by, day)) and policy.may_be_named(person, seat, case, day)
        if not answer:
            raise Refused(answer.reason)
        seat.named = person
        seat.save(update_fields=["named"])
        seating.call(seat, case, now=now)
        return seat


def _ready(revision: Revision, summary: str, word: str, planned_on: dt.date | None, day: dt.date) -> None:
    """What must be in order before anybody is asked to read it."""
    if changes.errors(revision):
        raise Refused(_("The draft has errors that must be corrected before it is submitted."))
    if planned_on is not None and planned_on < day:
        raise Refused(_("The effective date has passed. Choose today or a later day."))
    corrections.insist_on_answers(revision)
    if not summary and needs_summary(revision):
        raise Refused(_("Write a change summary: what changes against the version before, and why."))
    if not word and changes.warnings(revision):
        raise Refused(_("The draft has warnings. Correct them, or say in a word why they may stand."))


def _insist_with_its_package(revision: Revision, package: ChangePackage | None) -> None:
    """Asked on the locked revision."""
    found = package_of(revision)
    if found is not None and found != package:
        raise Refused(_("This draft belongs to the change package “%(package)s” and is submitted with it.") % {"package": found.title})


def needs_summary(revision: Revision) -> bool:
    """Whether a version was approved before, so that readers have to be told what changes."""
    return revision.process.revisions.filter(state=Revision.State.APPROVED).exists()


def typed(text: str) -> str:
    """What was typed, clean and without margins; refused where it is longer than what is kept."""
    text = clean(text).strip()
    if len(text) > LONGEST:
        raise Refused(
            _("The text has %(length)d characters; at most %(most)d are kept. Shorten it.") % {"length": len(text), "most": LONGEST}
        )
    return text


def _still_open(case: ApprovalCase, stage: CaseStage, earlier: Decision | None, sha256: str) -> None:
    intact(case.content)
    if case.state != State.OPEN:
        raise Stale(_("This review is closed: %(state)s. Nothing was recorded.") % {"state": case.get_state_display()})
    if case.content.sha256 != sha256:
        raise Stale(_("The content is not the one that you were shown. Nothing was recorded; below is what is in review now."))
    if earlier is not None:
        raise Stale(_("This has been decided already. Nothing was recorded a second time."))
    if not policy.is_current(stage):
        raise Stale(_("It is not this stage's turn. Nothing was recorded."))


def _reason(verdict: str, reason: str) -> str:
    reason = typed(reason)
    if verdict != Verdict.APPROVE and not reason:
        raise Refused(_("Write the reason: the author has to know what to change."))
    return reason


def _record(
    case: ApprovalCase, turns: Sequence[policy.Turn], *, by: Person, verdict: Decision.Verdict, reason: str, states: str, now: dt.datetime
) -> list[Decision]:
    """One decision in each of these seats of a stage, by one signature where the stage asks for one."""
    stage = turns[0].seat.stage
    approved = Meaning.APPROVED if stage.is_last else Meaning.REVIEWED
    meaning = {Verdict.APPROVE: approved, Verdict.RETURN: Meaning.RETURNED, Verdict.REJECT: Meaning.REJECTED}[verdict]
    signature = None
    if stage.needs_signature:
        signature = sign(
            by, position=turns[0].position, acting_for=policy.in_whose_place(turns), meaning=meaning, subject=case.subject,
            content_sha256=case.content.sha256, reason=marks.signed(reason, states), now=now,
        )  # fmt: skip
    return [
        Decision.objects.create(
            case=case, stage=stage, seat=turn.seat, verdict=verdict, reason=reason, decided_by=by, submitted_by=case.submitted_by,
            position_title=turn.position.title if turn.position else "", acting_for=kept(turn.acting_for), content=case.content,
            signature=signature, decided_at=now,
        )
        for turn in turns
    ]  # fmt: skip


def _is_through(seats: Sequence[Seat], before: Sequence[Decision], turns: Sequence[policy.Turn]) -> bool:
    """Whether the stage with these seats ends with an approval in these turns: before, nothing else than approvals was decided in it."""
    stage = seats[0].stage
    return sum(one.stage_id == stage.pk for one in before) + len(turns) >= stage.needed(len(seats))


def _advance(case: ApprovalCase, made: Sequence[Decision], *, through: bool, now: dt.datetime) -> None:
    """Nobody owes these seats any more; where the stage is through, the next one has its turn."""
    decision, stage = made[0], made[0].stage
    for one in made if case.state != State.APPROVED else ():  # with the end of the case all its items are closed by one statement
        settle(cast("WorkItem", one.seat.work_item), outcome=WorkItem.Outcome.DONE, now=now)  # a seat with its turn has its item
    if decision.verdict != Verdict.APPROVE:
        turned_down(case, decision, now=now)
    elif through:
        stage.closed_at = now
        stage.save(update_fields=["closed_at"])
        if not stage.is_last:
            seating.unseat(case, now=now)  # whom nobody has to wait for any more
            seating.open_next(case, now=now)
