"""An approver more, in a stage of its own before or after the present one; the last stage keeps the last word."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from approvals import act_policy, adding, passing, review, workflow
from approvals.models import ApprovalCase, CaseAct, Seat
from approvals.rerouting import reroute
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY
from worklist import mine
from worklist.models import Notice

LATER = NOW + dt.timedelta(hours=3)


def submitted(cast: make.Cast, **fields: object) -> ApprovalCase:
    """A company document: heads of purchasing (whose part the company process manager takes) and stores, then the company."""
    fields = {"level": "company", "participating": [cast.stores]} | fields
    process = make.process(cast.purchasing, created_by=cast.author, **fields)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)


def add(case: ApprovalCase, title: str, where: str, *, by: Person, **more: object) -> CaseAct:
    case = ApprovalCase.objects.get(pk=case.pk)
    values: dict[str, object] = {"now": LATER, "seen": case.version, "reason": "More eyes."} | more
    return adding.add_stage(case, Position.objects.get(title=title), where=where, by=by, **values)


def approve(case: ApprovalCase, by: Person, title: str) -> None:
    seat = next(seat for seat in act_policy.waiting_seats(case) if seat.position.title == title)
    workflow.decide(seat, by=by, now=LATER, verdict="approve", sha256=case.content.sha256)


def stages(case: ApprovalCase) -> list[str]:
    """Order and title of each, with * where it has its turn."""
    return [f"{s.order} {s.title}{'*' if s.opened_at and not s.closed_at and not s.replaced_at else ''}" for s in case.stages.all()]


def owes(person: Person) -> int:
    return mine.owed(scope(person, TODAY)).count()


@pytest.fixture
def keeper(db: None, cast: make.Cast) -> Person:
    return Person.objects.get(login="storekeeper")


@pytest.fixture
def lawyer(cast: make.Cast) -> Person:
    who = make.person("lawyer")
    make.position("Counsel", holder=who)
    return who


def test_before_the_present_stage_which_waits_meanwhile(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    act = add(case, "Counsel", "before", by=keeper, working_days=2, needs_signature=False)
    assert stages(case) == ["1 Counsel*", "2 Countersign of the departments", "3 Company process manager"]
    assert (act.kind, act.stage.title, act.stage.working_days, act.stage.needs_signature) == ("add", "Counsel", 2, False)
    assert (owes(keeper), owes(cast.manager), owes(lawyer)) == (0, 0, 1)
    assert Notice.objects.get(person=lawyer).body == "More eyes."
    approve(case, lawyer, "Counsel")
    assert case.decisions.get().signature is None
    assert stages(case) == ["1 Counsel", "2 Countersign of the departments*", "3 Company process manager"]
    assert (owes(keeper), owes(cast.manager)) == (1, 1)
    approve(case, keeper, "Head of Stores")
    approve(case, cast.manager, "Head of Purchasing")
    approve(case, cast.manager, "Company process manager")
    case.refresh_from_db()
    assert case.state == "approved"


def test_after_the_present_stage_which_goes_on(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    approve(case, keeper, "Head of Stores")
    add(case, "Counsel", "after", by=cast.manager)
    assert stages(case) == ["1 Countersign of the departments*", "2 Counsel", "3 Company process manager"]
    assert owes(lawyer) == 0
    approve(case, cast.manager, "Head of Purchasing")
    assert stages(case)[1] == "2 Counsel*"
    lines = [line.title for line in review.of_case(case, lawyer, scope(lawyer, TODAY), LATER).timeline]
    assert lines[:5] == [
        "Submitted by Author", "Company process manager: Approved", "Head of Stores: Approved",
        "Manager added an approver: Counsel", "Counsel",
    ]  # fmt: skip
    approve(case, lawyer, "Counsel")
    assert stages(case)[2] == "3 Company process manager*"


def test_the_last_stage_keeps_the_last_word(cast: make.Cast, lawyer: Person) -> None:
    case = submitted(cast, level="department", participating=[])
    with pytest.raises(Refused, match="keeps the last word"):
        add(case, "Counsel", "after", by=cast.approver)
    add(case, "Counsel", "before", by=cast.approver)
    assert stages(case) == ["1 Counsel*", "2 Department process manager"]


def test_nobody_is_put_before_a_stage_in_which_somebody_has_decided(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    approve(case, keeper, "Head of Stores")
    with pytest.raises(Refused, match="has decided in this stage already"):
        add(case, "Counsel", "before", by=cast.manager)
    with pytest.raises(Refused, match="Only whose turn it is"):
        add(case, "Counsel", "after", by=keeper)  # has decided: not his turn any more


def test_what_is_refused(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    for by in (cast.author, cast.reader, cast.stranger, lawyer, cast.admin):
        with pytest.raises(Refused):
            add(case, "Counsel", "after", by=by)
    for more, why in (({"reason": " "}, "some words"), ({"working_days": 0}, "working days"), ({"working_days": 61}, "working days")):
        with pytest.raises(Refused, match=why):
            add(case, "Counsel", "after", by=keeper, **more)
    with pytest.raises(Refused, match="asked in this review anyway"):
        add(case, "Company process manager", "after", by=keeper)
    make.position("Vacant desk")
    assert add(case, "Counsel", "after", by=keeper)
    with pytest.raises(Refused, match="nobody acts today"):
        add(case, "Vacant desk", "after", by=keeper)
    with pytest.raises(Refused, match="anyway"):
        add(case, "Counsel", "after", by=keeper)


def test_of_two_who_saw_the_same_the_second_is_told_and_a_closed_case_takes_nobody(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    add(case, "Counsel", "after", by=keeper, seen=case.version)
    make.position("Auditor", holder=make.person())
    with pytest.raises(Stale, match="Meanwhile"):
        add(case, "Auditor", "after", by=keeper, seen=case.version)
    workflow.recall(case, by=cast.author, now=LATER)
    with pytest.raises(Stale, match="Meanwhile"):
        add(case, "Auditor", "after", by=keeper)


def test_a_re_route_stands_where_it_stood(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    made = reroute(case, None, by=cast.manager, now=LATER, seen=case.version, reason="Anew.")
    add(case, "Counsel", "before", by=keeper)
    assert stages(case)[2:] == ["3 Counsel*", "4 Countersign of the departments", "5 Company process manager"]
    assert made.first_order == 3
    lines = [line.title for line in review.of_case(case, cast.author, scope(cast.author, TODAY), LATER).timeline]
    assert lines[1:4] == ["Re-routed by Manager", "Storekeeper added an approver: Counsel", "Counsel"]


def test_without_anybody_in_the_added_position_later_top_management_names_somebody(cast: make.Cast, keeper: Person, lawyer: Person) -> None:
    case = submitted(cast)
    add(case, "Counsel", "after", by=keeper)
    lawyer.appointments.update(ends_before=TODAY)
    approve(case, keeper, "Head of Stores")
    approve(case, cast.manager, "Head of Purchasing")
    (seat,) = act_policy.waiting_seats(case)
    assert seat.work_item is not None  # it falls up the chain, as every seat does


ACTS = st.lists(
    st.tuples(st.sampled_from(["before", "after", "approve", "transfer", "delegate", "back", "route"]), st.integers(0, 4)), max_size=9
)


class AnySequence(TestCase):
    """Whatever is done to a case, exactly one stage has its turn and exactly one is the last, with its level."""

    @settings(max_examples=20)
    @given(ACTS)
    def test_one_last_stage_with_its_level_and_one_present_stage(self, acts: Sequence[tuple[str, int]]) -> None:
        cast = make.cast()
        people = list(Person.objects.exclude(login__in=("author", "admin", "maker")).order_by("login"))
        for n in range(3):
            make.position(f"Desk {n}", holder=make.person(f"desk{n}", level=5))
        case = submitted(cast)
        for what, n in acts:
            self._do(case, what, n, [*people, *Person.objects.filter(login__startswith="desk")])
            self._holds(case)

    def _do(self, case: ApprovalCase, what: str, n: int, people: list[Person]) -> None:
        case = ApprovalCase.objects.get(pk=case.pk)
        seat = (act_policy.waiting_seats(case) or [None])[0]
        desk = Position.objects.get(title=f"Desk {n % 3}")
        for by in people:
            with suppress(Refused):
                if what in {"before", "after"}:
                    adding.add_stage(case, desk, where=what, by=by, now=LATER, seen=case.version, reason="So.")
                elif what == "route":
                    reroute(case, None, by=by, now=LATER, seen=case.version, reason="So.")
                elif seat is not None:
                    self._on_seat(case, seat, what, by, desk)
                return

    def _on_seat(self, case: ApprovalCase, seat: Seat, what: str, by: Person, desk: Position) -> None:
        if what == "approve":
            workflow.decide(seat, by=by, now=LATER, verdict="approve", sha256=case.content.sha256)
        elif what == "transfer":
            passing.transfer(seat, desk, by=by, now=LATER, reason="So.")
        elif what == "delegate":
            passing.delegate(seat, desk.appointments.get().person, by=by, now=LATER, reason="So.")
        else:
            passing.take_back(seat, by=by, now=LATER)

    def _holds(self, case: ApprovalCase) -> None:
        case.refresh_from_db()
        living = case.stages.filter(replaced_at=None)
        last = living.get(is_last=True)
        assert (last.required_level, last.order) == (5, max(stage.order for stage in living))
        present = living.filter(opened_at__isnull=False, closed_at=None)
        if case.state == "open":
            assert all(seat.work_item and seat.work_item.closed_at is None for seat in act_policy.waiting_seats(case))
            assert present.count() == 1
        else:
            assert case.state == "approved"
            assert not living.filter(closed_at=None).exists()
        for decision in case.decisions.all():
            assert decision.decided_by_id not in {case.submitted_by_id, *case.contributors.values_list("pk", flat=True)}
