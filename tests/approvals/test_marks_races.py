"""Two approvers who correct the same mark at one instant: nobody signs marks that they have not seen."""

from collections import Counter
from collections.abc import Callable

import pytest

from approvals import mark_forms, marks, marks_shown, workflow
from approvals.marks import Given
from approvals.models import ApprovalCase, Decision, MarkCorrection, Seat
from organization.models import Person
from organization.signing import verify_chain
from processes.wording import Mark
from tests import make
from tests.approvals.test_marks import ADDED, LATER, two_seats
from tests.approvals.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def correcting(case: ApprovalCase, by: Person, mark: Mark, seen: str) -> Callable[[], object]:
    seat = Seat.objects.get(stage__case=case, position__appointments__person=by)

    def call() -> object:
        given = Given({ADDED: mark}, seen)
        workflow.decide(seat, by=by, now=LATER, verdict="approve", sha256=case.content.sha256, reason="So.", given=given)
        return "signed"

    return call


def seen_of(case: ApprovalCase) -> str:
    return marks_shown.of_case(case, marks.compared(case, LATER)[1], mark_forms.NOTHING_TYPED).seen


def test_the_second_one_is_shown_the_first_correction_and_then_has_the_last_word() -> None:
    case, first, second = two_seats(make.cast())
    seen = seen_of(case)
    answers = at_once([correcting(case, first, Mark.COSMETIC, seen), correcting(case, second, Mark.CLARIFYING, seen)])
    assert answers == Counter({"signed": 1, "Stale": 1})
    assert MarkCorrection.objects.count() == Decision.objects.count() == 1
    late, mark = (first, Mark.COSMETIC) if Decision.objects.get().decided_by == second else (second, Mark.CLARIFYING)
    correcting(case, late, mark, seen_of(case))()
    assert MarkCorrection.objects.count() == 2
    proposed = marks.compared(case, LATER)[1]
    assert marks.standing(case, proposed)[ADDED] == mark
    assert list(verify_chain()) == []
