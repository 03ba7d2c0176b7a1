"""The nightly proof: what leads to nobody, why, and what to do about it; stored once a day."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command

from approvals import workflow
from approvals.models import Seat
from kpis.models import Indicator
from organization.models import Appointment, Person, Position
from processportal.continuity import checking, history, words
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist.items import raise_item
from worklist.models import ContinuityProof, WorkItem

pytestmark = pytest.mark.django_db
NOBODY = "Nobody along the chain may act on it and has the level."


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def owe(
    key: str, *, position: str = "Head of Purchasing", person: Person | None = None, kind: str = "act", excluded: tuple[int, ...] = ()
) -> WorkItem:
    return raise_item(
        kind=kind, subject=key, url_name="home", url_args=[], due_on=TODAY, source_key=key, now=NOW, excluded=excluded,
        position=None if person else office(position), person=person,
    )  # fmt: skip


def leaves(who: Person) -> None:
    """Past the stories, so that nothing is handed over."""
    for appointment in Appointment.objects.filter(person=who):
        appointment.ends_before = TODAY
        appointment.save()
    who.is_active = False
    who.save()


def found(result: checking.Result) -> list[tuple[str, str, str, str, int]]:
    return sorted((f.kind, f.what, f.where, f.why, f.count) for f in result.findings)


def test_everything_has_somebody(cast: Cast) -> None:
    owe("a")
    owe("b", person=cast.reader, kind="read")
    make.process(cast.purchasing)
    result = checking.check(NOW)
    assert (result.open, result.unowned, result.processes, result.processes_unowned, result.carried) == (2, 0, 1, 0, 0)
    assert found(result) == []


def test_a_closed_item_and_a_withdrawn_process_are_not_counted(cast: Cast) -> None:
    WorkItem.objects.filter(pk=owe("done").pk).update(closed_at=NOW, outcome="done")
    gone = make.process(cast.purchasing)
    gone.state = "withdrawn"
    gone.save()
    result = checking.check(NOW)
    assert (result.open, result.processes) == (0, 0)


def test_without_anybody_at_all_it_leads_to_nobody() -> None:
    lonely = make.position("Lonely", kind="head")
    raise_item(kind="act", subject="x", url_name="home", url_args=[], due_on=TODAY, source_key="x", now=NOW, position=lonely)
    process = make.process(make.company(), number="CO-001", owner=lonely)
    result = checking.check(NOW)
    where = "Lonely · The company"
    assert found(result) == [("item", "act", where, "nobody", 1), ("process", process.number, where, "nobody", 1)]
    assert (result.unowned, result.processes_unowned) == (1, 1)


def test_everybody_away_is_an_exception(cast: Cast) -> None:
    owe("a")
    for who in (cast.author, cast.manager, cast.boss):
        make.away(who)
    result = checking.check(NOW)
    assert found(result) == [("item", "act", "Head of Purchasing · Purchasing", "away", 1)]


def test_who_acts_needs_the_level_of_the_position(cast: Cast) -> None:
    Position.objects.filter(title="Head of Purchasing").update(required_level=4)
    owe("a")
    owe("b", kind="review")
    result = checking.check(NOW)
    assert found(result) == [
        ("item", "act", "Head of Purchasing · Purchasing", "level", 1), ("item", "review", "Head of Purchasing · Purchasing", "level", 1)
    ]  # fmt: skip
    assert result.findings[0].url == f"/organization/positions/{office('Head of Purchasing').pk}/"


def test_a_decision_needs_the_level_of_its_stage_and_nobody_who_wrote_it(cast: Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    assert checking.check(NOW).unowned == 0
    for who in (cast.approver, cast.manager, cast.boss):
        for held in who.held_levels.all():
            held.held_until = TODAY
            held.save()
    item = Seat.objects.get().work_item
    result = checking.check(NOW)
    assert ("item", "decide", f"{item.position.title} · Purchasing", "nobody", 1) in found(result)


def test_given_work_is_with_whom_it_was_given_to_while_that_person_is_there(cast: Cast) -> None:
    Position.objects.filter(title="Head of Purchasing").update(required_level=2)
    items = [owe(key) for key in "abc"]
    for item, to in zip(items, (cast.approver, cast.stranger, cast.reader), strict=True):
        WorkItem.objects.filter(pk=item.pk).update(assigned_to=to)
    make.away(cast.reader)
    result = checking.check(NOW)
    assert found(result) == [("item", "act", "Head of Purchasing · Purchasing", "level", 1)]  # the stranger has no level


def test_a_closed_position_owns_nothing(cast: Cast) -> None:
    old = make.position("Old", of=cast.purchasing)
    process = make.process(cast.purchasing, owner=old)
    old.closed_on = TODAY
    old.save()
    (one,) = checking.check(NOW).findings
    assert (one.why, one.url) == ("closed", f"/processes/{process.number}/settings/")


def test_what_only_the_process_office_is_left_to_carry_is_counted_apart(cast: Cast) -> None:
    owe("a")
    owe("b")
    make.process(cast.purchasing, owner=office("Head of Purchasing"))
    leaves(cast.author)
    result = checking.check(NOW)
    assert (result.unowned, result.processes_unowned, result.carried) == (0, 0, 3)
    assert found(result) == [("carried", "", "Head of Purchasing · Purchasing", "carried", 3)]
    head = office("Head of Purchasing")
    head.deputy = office("Company process manager")
    head.save()
    assert checking.check(NOW).carried == 0  # it was named for it


def test_personal_items_of_people_who_have_left(cast: Cast) -> None:
    owe("a", person=cast.reader, kind="read")
    owe("b", person=cast.reader, kind="read")
    owe("c", person=cast.stranger, kind="read")
    guest = make.person("guest", access_until=make.day(-1))
    owe("d", person=guest, kind="assess")
    make.away(cast.stranger)
    leaves(cast.reader)
    result = checking.check(NOW)
    assert found(result) == [("person", "assess", "Guest", "left", 1), ("person", "read", "Reader", "left", 2)]
    assert (result.open, result.unowned) == (4, 3)


def test_guests_with_a_position_whose_access_ends_soon(cast: Cast) -> None:
    soon, later, idle = (make.person(f"guest{n}", access_until=make.day(days)) for n, days in enumerate((14, 15, 3)))
    make.position("Consultant", of=cast.purchasing, holder=soon)
    make.position("Adviser", of=cast.purchasing, holder=later)
    result = checking.check(NOW)
    assert found(result) == [("guest", f"{make.day(14)}", "Guest0", "guest", 1)]
    assert result.unowned == 0
    assert idle.is_active


def test_an_indicator_has_a_keeper(cast: Cast) -> None:
    lonely = make.position("Keeper", of=cast.purchasing)
    lonely.required_level = 5
    lonely.save()
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    for name, ends in (("In time", None), ("Ended", TODAY)):
        Indicator.objects.create(process=process, name=name, target=1, limit=0, keeper=lonely, starts_on=make.day(-30), ends_before=ends)
    Position.objects.filter(title="Company process manager").update(kind="other")
    Position.objects.filter(title="General manager").update(kind="other")
    assert found(checking.check(NOW)) == [
        ("indicator", process.number, "Keeper · Purchasing", "nobody", 1),
        ("second", "Admin", "", "alone", 1),
    ]


def test_another_app_adds_its_checker(cast: Cast) -> None:
    def audits(positions: object, _day: dt.date) -> list[checking.Owed]:
        return [checking.Owed("item", "act", office("Head of Stores").pk, 7)] if office("Head of Stores").pk in positions else []  # type: ignore[operator]

    assert checking.check(NOW, [audits]).open == 7


def test_batches_find_the_same_and_cost_the_same_each(cast: Cast, django_assert_num_queries: object) -> None:
    for n in range(4):
        owe(f"x{n}", position=("Head of Purchasing", "Head of Stores")[n % 2])
    assert checking.check(NOW, batch=2).open == checking.check(NOW).open == 4
    with django_assert_num_queries(14):  # type: ignore[operator]
        checking.check(NOW)
    for n in range(20):
        owe(f"y{n}", position="Storeman")
    with django_assert_num_queries(14):  # type: ignore[operator]
        checking.check(NOW)


def test_exceptions_are_kept_up_to_a_number_and_counted_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "KEPT", 1)
    lonely = make.position("Lonely", kind="head")
    for kind in ("act", "review"):
        raise_item(kind=kind, subject="x", url_name="home", url_args=[], due_on=TODAY, source_key=kind, now=NOW, position=lonely)
    result = checking.check(NOW)
    assert (result.unowned, len(result.findings)) == (2, 1)


def test_one_row_a_day_and_a_run_again_replaces_it(cast: Cast) -> None:
    checking.prove(NOW)
    owe("a")
    again = checking.prove(NOW + dt.timedelta(hours=2))
    (proof,) = ContinuityProof.objects.all()
    assert (proof, proof.open_items, proof.day, proof.checked_at) == (again, 1, TODAY, NOW + dt.timedelta(hours=2))
    checking.prove(NOW + dt.timedelta(days=1))
    assert ContinuityProof.objects.count() == 2


def test_the_command_says_it_for_people_and_for_programs() -> None:
    lonely = make.position("Lonely", kind="head")
    raise_item(kind="act", subject="x", url_name="home", url_args=[], due_on=TODAY, source_key="x", now=NOW, position=lonely)
    out = StringIO()
    call_command("check_continuity", json=True, stdout=out)
    assert json.loads(out.getvalue()) == {
        "open": 1, "unowned": 1, "processes_unowned": 0,
        "exceptions": [{
            "kind": "item", "what": "Act", "where": "Lonely · The company",
            "why": NOBODY, "url": f"/organization/positions/{lonely.pk}/",
            "do": "Appoint somebody independent, or name a deputy position.",
        }],
    }  # fmt: skip
    out = StringIO()
    call_command("check_continuity", stdout=out)
    assert out.getvalue().splitlines() == [
        "1 of 1 open items and 0 processes lead to nobody.",
        f"- Act (Lonely · The company): {NOBODY} Appoint somebody independent, or name a deputy position.",
    ]


def test_every_reason_has_words() -> None:
    stored = {"kind": "item", "what": "act", "where": "Here", "url": "/", "count": 2, "why": "away", "department": 1}
    assert words.said(stored).what == "2 × Act"
    assert words.said(stored | {"kind": "carried", "what": "", "why": "carried"}).what == "2 things"
    assert words.said(stored | {"kind": "indicator", "what": "PUR-001", "why": "closed"}).what == "Indicator of PUR-001"
    assert words.said(stored | {"kind": "process", "what": "PUR-001"}).what == "PUR-001"


def proof(back: int, unowned: int = 0, processes: int = 0) -> None:
    ContinuityProof.objects.create(
        day=make.day(-back), checked_at=NOW, open_items=10, unowned=unowned, processes=3, processes_unowned=processes
    )


def test_days_running_end_at_a_bad_day_a_bad_process_or_a_missing_proof() -> None:
    for back in (0, 1, 2):
        proof(back)
    assert history.read(TODAY).running == 3
    proof(3, unowned=1)
    assert history.read(TODAY).running == 3
    assert history.read(make.day(1)).running == 3  # before tonight's check
    assert history.read(make.day(2)).running == 0
    proof(5)
    past = history.read(TODAY)
    assert (past.proofs, past.bad_days, past.latest.day) == (5, 1, TODAY)
    assert [bar.tone for bar in past.bars[-6:]] == ["ok", "none", "bad", "ok", "ok", "ok"]
    assert len(past.bars) == history.DAYS
    ContinuityProof.objects.filter(day=TODAY).update(processes_unowned=1)
    assert history.read(TODAY).running == 0


def test_nothing_was_proved_yet() -> None:
    past = history.read(TODAY)
    assert (past.latest, past.running, past.proofs) == (None, 0, 0)
