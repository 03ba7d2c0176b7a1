"""Marks of changes: proposed, given by the author, confirmed or corrected by each approval, kept with the revision."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from approvals import mark_forms, marks, marks_shown, workflow
from approvals.marks import Given, Missing
from approvals.models import ApprovalCase, CaseMark, Decision, MarkCorrection, Seat
from approvals.route_faults import StageTerms
from organization.models import Person, Signature
from organization.refusals import Stale
from organization.signing import verify_chain
from processes import lifecycle, marking
from processes.models import Revision
from processes.wording import Mark
from tests import make
from tests.approvals.routing import LAST, in_force
from tests.make import NOW

pytestmark = pytest.mark.django_db
COSMETIC, CLARIFYING, SUBSTANTIVE = Mark
PURPOSE, ADDED = "text//purpose", "steps/extra/added"
LATER = NOW + dt.timedelta(hours=3)


def draft_of(cast: make.Cast, *, with_step: bool = True) -> Revision:
    """A second version: other words in the purpose, and (unless told otherwise) a step more."""
    process = make.process(cast.purchasing, created_by=cast.author)
    old = make.definition("Check offer", "Sign order")
    make.effective(process, old)
    step = replace(old.steps[1], key="extra", name="Ask finance")
    steps = (*old.steps[:2], step, *old.steps[2:]) if with_step else old.steps
    return make.draft(process, replace(old, purpose="Why we do this.", steps=steps), by=cast.author)


def submit(cast: make.Cast, draft: Revision | None = None, **given: object) -> ApprovalCase:
    return workflow.submit(draft or draft_of(cast), by=cast.author, now=NOW, summary="Finance is asked.", **given)  # type: ignore[arg-type]


def decide(
    case: ApprovalCase, by: Person, *, now: dt.datetime = LATER, reason: str = "", verdict: str = "approve", **given: Mark
) -> Decision:
    """In the first seat that nobody has decided yet where this person decides."""
    chosen = Given({{"purpose": PURPOSE, "added": ADDED}[name]: mark for name, mark in given.items()})
    seat = Seat.objects.filter(stage__case=case, position__appointments__person=by, decisions=None).order_by("pk")[0]
    return workflow.decide(seat, by=by, now=now, verdict=verdict, sha256=case.content.sha256, reason=reason, given=chosen)


def stand(case: ApprovalCase) -> dict[str, Mark]:
    """What counts now."""
    proposed = marks.compared(case, LATER)[1]
    return {change.place: change.mark for change in marking.as_marked(proposed, marks.standing(case, proposed)).changes}


# --- the author


def test_the_proposal_stands_where_the_author_says_nothing(cast: make.Cast) -> None:
    case = submit(cast)
    rows = CaseMark.objects.filter(case=case).values_list("place", "proposed", "marked")
    assert list(rows) == [(PURPOSE, 2, 2), (ADDED, 3, 3)]
    assert Signature.objects.get(meaning="authored").reason == "Finance is asked."


def test_what_the_author_marks_otherwise_is_kept_and_signed(cast: make.Cast) -> None:
    case = submit(cast, given={PURPOSE: COSMETIC, "steps/nowhere/role": COSMETIC})
    assert stand(case) == {PURPOSE: COSMETIC, ADDED: SUBSTANTIVE}
    signed = Signature.objects.get(meaning="authored").reason
    assert signed.startswith("Finance is asked.\n\nPurpose: cosmetic instead of clarifying\nMarks of all changes: SHA-256 ")
    assert list(verify_chain()) == []


def test_marking_down_what_is_always_substantive_needs_a_word(cast: make.Cast) -> None:
    draft = draft_of(cast)
    with pytest.raises(Missing, match="Say why changes that are always substantive"):
        submit(cast, draft, given={ADDED: CLARIFYING}, marks_word="  ")
    assert (ApprovalCase.objects.count(), CaseMark.objects.count()) == (0, 0)
    draft.refresh_from_db()
    case = submit(cast, draft, given={ADDED: CLARIFYING}, marks_word="It was always done so.")
    assert (case.marks_word, stand(case)[ADDED]) == ("It was always done so.", CLARIFYING)
    assert Signature.objects.get(meaning="authored").reason.endswith("\nIt was always done so.")


def test_a_first_version_has_nothing_to_mark_and_is_major(cast: make.Cast) -> None:
    case = workflow.submit(make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author), by=cast.author, now=NOW)
    decide(case, cast.approver, reason="Good.")
    case.revision.refresh_from_db()
    assert (CaseMark.objects.count(), case.revision.label, case.revision.marks) == (0, "1.0", {})


def test_many_other_marks_are_counted_in_what_is_signed(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "SPELT_OUT", 1)
    submit(cast, given={PURPOSE: COSMETIC, ADDED: CLARIFYING}, marks_word="So.")
    assert "\nand 1 other mark\n" in Signature.objects.get(meaning="authored").reason


# --- approvers


@pytest.mark.parametrize(
    ("with_step", "by_author", "by_approver", "outcome"),
    [
        (True, {}, {}, ("2.0", 3)),
        (False, {}, {}, ("1.1", 2)),
        (False, {PURPOSE: SUBSTANTIVE}, {}, ("2.0", 3)),
        (False, {}, {"purpose": SUBSTANTIVE}, ("2.0", 3)),
        (False, {PURPOSE: SUBSTANTIVE}, {"purpose": COSMETIC}, ("1.1", 1)),
        (True, {ADDED: CLARIFYING}, {}, ("1.1", 2)),
        (True, {ADDED: CLARIFYING}, {"added": SUBSTANTIVE}, ("2.0", 3)),
        (True, {}, {"added": COSMETIC}, ("1.1", 1)),
    ],
    ids=["proposed", "clarifies", "author-raises", "approver-raises", "approver-lowers", "author-lowers", "raised-again", "cosmetic"],
)
def test_the_version_number_follows_the_marks_that_were_confirmed(
    cast: make.Cast, with_step: bool, by_author: dict[str, Mark], by_approver: dict[str, Mark], outcome: tuple[str, int]
) -> None:
    case = submit(cast, draft_of(cast, with_step=with_step), given=by_author, marks_word="As before.")
    decide(case, cast.approver, reason="Right.", **by_approver)
    revision = Revision.objects.get(pk=case.revision_id)
    base = revision.process.revisions.get(ordinal=1)
    assert (revision.label, marking.final(revision, base)[ADDED if with_step else PURPOSE]) == outcome


def test_confirming_a_lowered_mark_needs_the_approvers_own_reason(cast: make.Cast) -> None:
    case = submit(cast, given={ADDED: CLARIFYING}, marks_word="As before.")
    with pytest.raises(Missing, match="Write in the reason why that is right"):
        decide(case, cast.approver)
    assert (Decision.objects.count(), Signature.objects.count()) == (0, 1)
    assert decide(case, cast.approver, added=SUBSTANTIVE).reason == ""


def test_the_reason_and_the_marks_are_signed_together(cast: make.Cast) -> None:
    case = submit(cast)
    made = decide(case, cast.approver, reason="It only writes down what is done.", added=CLARIFYING)
    assert made.reason == "It only writes down what is done."
    assert made.signature is not None
    said = made.signature.reason.splitlines()
    assert said[:3] == [made.reason, "", "Step 3 “Ask finance”: clarifying instead of substantive"]
    proposed = marks.compared(case, LATER)[1]
    assert said[3].endswith(marking.digest(marking.as_marked(proposed, {ADDED: CLARIFYING})))
    assert list(made.mark_corrections.values_list("place", "proposed", "before", "after")) == [(ADDED, 3, 3, 2)]


@pytest.mark.parametrize("verdict", ["return", "reject"])
def test_turning_down_says_nothing_about_marks(cast: make.Cast, verdict: str) -> None:
    case = submit(cast)
    decide(case, cast.approver, reason="No.", verdict=verdict, added=COSMETIC)
    assert MarkCorrection.objects.count() == 0
    assert Signature.objects.latest("pk").reason == "No."


def two_seats(cast: make.Cast, **given: object) -> tuple[ApprovalCase, Person, Person]:
    """A stage in which two people decide side by side, before the last one."""
    people = [make.person(f"member{n}") for n in range(2)]
    circle = [make.position(f"Member {n}", holder=person) for n, person in enumerate(people)]
    in_force(cast, StageTerms("Circle", positions=circle), LAST)
    return submit(cast, **given), people[0], people[1]


def test_the_last_correction_counts_and_both_are_kept(cast: make.Cast) -> None:
    case, first, second = two_seats(cast)
    decide(case, first, reason="Small.", added=COSMETIC)
    assert stand(case)[ADDED] == COSMETIC
    decide(case, second, reason="Not so small.", added=CLARIFYING)
    assert stand(case)[ADDED] == CLARIFYING
    rows = MarkCorrection.objects.values_list("decision__decided_by__login", "before", "after")
    assert list(rows) == [("member0", 3, 1), ("member1", 1, 2)]
    shown = marks_shown.of_case(case, marks.compared(case, LATER)[1], mark_forms.NOTHING_TYPED).rows[1]
    assert [(one.by, one.label) for one in shown.corrections] == [("Member0", "cosmetic"), ("Member1", "clarifying")]
    assert (shown.is_lowered, shown.label, shown.author_label) == (True, "clarifying", "")


def test_nobody_confirms_marks_that_they_have_not_seen(cast: make.Cast) -> None:
    case, first, second = two_seats(cast)
    seen = marks_shown.of_case(case, marks.compared(case, LATER)[1], mark_forms.NOTHING_TYPED).seen
    decide(case, first, reason="Small.", added=COSMETIC)
    seat = Seat.objects.get(stage__case=case, position__title="Member 1")
    with pytest.raises(Stale, match="Marks of changes were corrected since this page was shown"):
        workflow.decide(seat, by=second, now=LATER, verdict="approve", sha256=case.content.sha256, reason="So.", given=Given({}, seen))
    again = marks_shown.of_case(case, marks.compared(case, LATER)[1], mark_forms.NOTHING_TYPED).seen
    workflow.decide(seat, by=second, now=LATER, verdict="approve", sha256=case.content.sha256, reason="So.", given=Given({}, again))
    assert MarkCorrection.objects.count() == 1


def test_a_mark_stands_only_while_the_portal_proposes_the_same(cast: make.Cast) -> None:
    """Another version came into force meanwhile: what is compared says something else."""
    case, first, _second = two_seats(cast, given={PURPOSE: SUBSTANTIVE})
    decide(case, first, purpose=COSMETIC)
    assert stand(case)[PURPOSE] == COSMETIC
    other = replace(make.definition("Check offer", "Sign order"), purpose="Why we do it 3 times.")
    make.effective(case.revision.process, other, since=NOW + dt.timedelta(hours=1))
    assert stand(case)[PURPOSE] == SUBSTANTIVE
    rows = marks_shown.of_case(case, marks.compared(case, LATER)[1], mark_forms.NOTHING_TYPED).rows
    assert (rows[0].author, rows[0].corrections, rows[0].mark) == (None, (), SUBSTANTIVE)


def test_marks_come_too_late_for_a_closed_case(cast: make.Cast) -> None:
    case = submit(cast)
    seat = Seat.objects.get(stage__case=case)
    workflow.recall(case, by=cast.author, now=LATER)
    with pytest.raises(Stale, match="This review is closed"):
        workflow.decide(
            seat, by=cast.approver, now=LATER, verdict="approve", sha256=case.content.sha256, reason="So.", given=Given({ADDED: COSMETIC})
        )
    assert MarkCorrection.objects.count() == 0


def test_what_is_taken_back_before_its_day_is_marked_anew(cast: make.Cast) -> None:
    case = submit(cast, planned_on=make.day(30))
    decide(case, cast.approver)
    revision = Revision.objects.get(pk=case.revision_id)
    assert revision.marks
    lifecycle.cancel(revision, by=cast.manager, now=LATER, reason="Too early.")
    assert revision.marks == {}
    second = submit(cast, revision, given={PURPOSE: SUBSTANTIVE})
    assert stand(second)[PURPOSE] == SUBSTANTIVE


@pytest.mark.parametrize("model", [CaseMark, MarkCorrection])
def test_the_database_keeps_what_was_marked(cast: make.Cast, model: type[CaseMark] | type[MarkCorrection]) -> None:
    decide(submit(cast), cast.approver, reason="So.", added=CLARIFYING)
    for change in (lambda: model.objects.update(place="x"), lambda: model.objects.all()._raw_delete(connection.alias)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert model.objects.exclude(place="x").exists()


def test_a_stage_without_signature_keeps_the_correction(cast: make.Cast) -> None:
    people = make.person("member")
    in_force(cast, StageTerms("Circle", positions=[make.position("Member", holder=people)], needs_signature=False), LAST)
    case = submit(cast)
    made = decide(case, people, reason="Small.", added=COSMETIC)
    assert (made.signature, made.mark_corrections.count()) == (None, 1)
    decide(case, Person.objects.get(pk=cast.manager.pk), reason="Small indeed.")
    case.revision.refresh_from_db()
    assert case.revision.label == "1.1"
