"""Withdrawals and packages at the same instant as something else: exactly one outcome, on either database."""

from collections import Counter
from collections.abc import Callable

import pytest

from approvals import packages, withdrawing, workflow
from approvals.models import ApprovalCase, Decision, Seat
from approvals.packages import Given
from organization.models import Person
from organization.signing import verify_chain
from processes.models import Process, Revision
from processes.references import to_process
from tests import make
from tests.approvals.test_races import at_once
from tests.make import NOW
from tests.processes.test_withdrawal import naming

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5


def in_force(cast: make.Cast, number: str) -> Process:
    process = make.process(cast.purchasing, number=number, created_by=cast.author)
    make.effective(process)
    return process


def deciding(case: ApprovalCase, by: Person, verdict: str = "approve") -> Callable[[], object]:
    seat = Seat.objects.get(stage__case=case)

    def call() -> object:
        return workflow.decide(seat, by=by, now=NOW, verdict=verdict, reason="So be it.", sha256=case.content.sha256).verdict

    return call


@pytest.mark.parametrize("turn", range(TIMES))
def test_a_version_and_the_withdrawal_submitted_at_once_open_one_case(turn: int) -> None:
    cast = make.cast()
    process = in_force(cast, "PUR-900")
    draft = make.draft(process, make.definition("Other"), by=cast.author)

    def revising() -> object:
        return workflow.submit(Revision.objects.get(pk=draft.pk), by=cast.author, now=NOW, summary="More.").kind

    def asking() -> object:
        return withdrawing.ask(process, by=cast.approver, now=NOW, reason="Gone.").kind

    answers = at_once([revising, asking] * 2)
    assert (answers["revise"], answers["Refused"] + answers["Stale"]) == (1, 3)
    assert ApprovalCase.objects.get().state == "open"


@pytest.mark.parametrize("turn", range(TIMES))
def test_a_withdrawal_against_a_reference_that_takes_effect(turn: int) -> None:
    cast = make.cast()
    process = in_force(cast, "PUR-900")
    referring = make.draft(make.process(cast.purchasing, number="PUR-901", created_by=cast.author), naming("PUR-900"), by=cast.author)
    ends = withdrawing.ask(process, by=cast.author, now=NOW, reason="Gone.")
    begins = workflow.submit(referring, by=cast.author, now=NOW)
    answers = at_once([deciding(ends, cast.approver), deciding(begins, cast.approver)])
    assert answers == {"approve": 1, "Refused": 1}
    process.refresh_from_db()
    referring.refresh_from_db()
    assert (process.state, referring.state) in {("withdrawn", "in_review"), ("active", "approved")}
    assert process.state == "active" or to_process(process, NOW) == []
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("turn", range(TIMES))
def test_two_that_name_each_other_never_wait_for_each_other(turn: int) -> None:
    cast = make.cast()
    cases = []
    for number, other in (("PUR-901", "PUR-902"), ("PUR-902", "PUR-901")):
        in_force(cast, number)
        process = Process.objects.get(number=number)
        cases.append((process, naming(other)))
    submitted = [
        workflow.submit(make.draft(process, content, by=cast.author), by=cast.author, now=NOW, summary="More.")
        for process, content in cases
    ]
    assert at_once([deciding(case, cast.approver) for case in submitted]) == {"approve": 2}
    assert Revision.objects.in_force(NOW).count() == 2


def package(cast: make.Cast) -> list[ApprovalCase]:
    drafts = [
        make.draft(make.process(cast.purchasing, number=number, created_by=cast.author), naming(other), by=cast.author)
        for number, other in (("PUR-901", "PUR-902"), ("PUR-902", "PUR-901"))
    ]
    made = packages.begin("New law", "The law has changed.", by=cast.author, now=NOW)
    for draft in drafts:
        packages.add(made, draft, by=cast.author, now=NOW)
    given = {draft.pk: Given(Revision.objects.get(pk=draft.pk).version) for draft in drafts}
    return list(packages.submit(made, given, by=cast.author, now=NOW))


@pytest.mark.parametrize("turn", range(TIMES))
def test_the_last_two_approvals_at_once_let_all_take_effect_once(turn: int) -> None:
    cast = make.cast()
    cases = package(cast)
    holders = [make.person(level=3) for _n in range(4)]
    for holder in holders:
        make.appoint(holder, Seat.objects.get(stage__case=cases[0]).position)
    answers = at_once([deciding(case, holder) for holder in holders for case in cases])
    assert answers["approve"] == 2
    assert sum(answers.values()) == 8
    assert set(ApprovalCase.objects.values_list("state", flat=True)) == {"approved"}
    assert list(Revision.objects.values_list("effective_from", "major")) == [(NOW, 1)] * 2
    assert list(verify_chain()) == []


@pytest.mark.parametrize("turn", range(TIMES))
def test_one_approved_while_the_other_is_rejected(turn: int) -> None:
    cast = make.cast()
    first, second = package(cast)
    answers = at_once([deciding(first, cast.approver), deciding(second, cast.approver, "reject")])
    assert answers["reject"] == 1
    assert answers in (Counter({"reject": 1, "approve": 1}), Counter({"reject": 1, "Stale": 1}))
    assert set(ApprovalCase.objects.values_list("state", flat=True)) == {"rejected"}
    assert set(Revision.objects.values_list("state", flat=True)) == {"draft"}
    assert first.package is not None
    first.package.refresh_from_db()
    assert first.package.state == "gathering"
