"""Emergency releases at the same instant as something else: exactly one outcome, on either database."""

import datetime as dt
from collections.abc import Callable

import pytest

from approvals import releasing, workflow
from approvals.models import ApprovalCase, EmergencyRelease, Seat
from approvals.route_faults import StageTerms
from organization.models import Person, Position
from organization.signing import verify_chain
from processes.models import Process, Revision
from tests import make
from tests.approvals import routing
from tests.approvals.test_races import at_once
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5
LATER = NOW + dt.timedelta(hours=1)


def in_review() -> tuple[make.Cast, Process, ApprovalCase]:
    """A new version of a company document, in the stage before the last one, whose only open seat remains."""
    cast = make.cast()
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, created_by=cast.author, owner=owner, level="company", participating=[cast.stores])
    make.effective(process)
    draft = make.draft(process, make.definition("Close the valve"), by=cast.author)
    return cast, process, workflow.submit(draft, by=cast.author, now=NOW, summary="As asked.")


def releases(case: ApprovalCase, by: Person) -> Callable[[], object]:
    return lambda: f"released {releasing.release(case, by=by, now=LATER, reason='It bursts.').pk}"


def gives_back(case: ApprovalCase, cast: make.Cast) -> Callable[[], object]:
    return lambda: workflow.recall(case, by=cast.author, now=LATER).state


def labels(process: Process, at: dt.datetime) -> list[str]:
    return [one.label for one in Revision.objects.in_force(at).filter(process=process)]


@pytest.mark.parametrize("turn", range(TIMES))
def test_many_clicks_and_two_people_release_once(turn: int) -> None:
    cast, process, case = in_review()
    answers = at_once([releases(case, cast.manager)] * 4 + [releases(case, cast.boss)] * 4)
    made = EmergencyRelease.objects.get()
    assert answers[f"released {made.pk}"] >= 1
    assert sum(answers.values()) == 8
    assert set(answers) <= {f"released {made.pk}", "Refused", "Stale"}
    assert labels(process, LATER) == ["1.1E"]
    assert list(verify_chain()) == []


@pytest.mark.parametrize("turn", range(TIMES))
def test_a_release_against_a_recall(turn: int) -> None:
    cast, process, case = in_review()
    answers = at_once([releases(case, cast.manager), gives_back(case, cast)])
    case.refresh_from_db()
    assert case.state == "recalled"
    assert answers["recalled"] == 1
    assert labels(process, LATER + dt.timedelta(seconds=1)) == ["1.0"]
    assert EmergencyRelease.objects.count() == 1 - answers["Stale"]


@pytest.mark.parametrize("turn", range(TIMES))
@pytest.mark.parametrize("verdict", ["approve", "return"])
def test_a_release_against_the_decision_that_ends_the_case(turn: int, verdict: str) -> None:
    """Two of three decide, and one has approved: the second one's decision ends the case while the third one releases it."""
    cast = make.cast()
    three = Position.objects.filter(title__in=("Process manager, Purchasing", "Company process manager", "General manager"))
    routing.in_force(cast, StageTerms("Last word", positions=list(three), mode="quorum", quorum=2))
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, created_by=cast.author, owner=owner)
    make.effective(process)
    draft = make.draft(process, make.definition("Close the valve"), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="As asked.")
    seats = {seat.position.title: seat for seat in Seat.objects.filter(stage__case=case).select_related("position")}

    def decides(title: str, by: Person, what: str) -> object:
        return workflow.decide(seats[title], by=by, now=LATER, verdict=what, reason="So.", sha256=case.content.sha256).verdict

    decides("Process manager, Purchasing", cast.approver, "approve")
    answers = at_once([releases(case, cast.boss), lambda: decides("Company process manager", cast.manager, verdict)])
    released = EmergencyRelease.objects.count()
    assert (answers[verdict], answers["Stale"]) == (1, 1 - released)
    after = "1.0" if verdict == "return" else Revision.objects.get(pk=case.revision_id).label
    assert labels(process, LATER + dt.timedelta(seconds=1)) == [after]
    assert list(verify_chain()) == []
