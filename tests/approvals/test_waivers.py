"""Waivers: who signs what for how long, where they count, and that the last stage and independence are never waived."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals import effects, routes, tasks, waivers, workflow
from approvals.expecting import expected
from approvals.history import waivers_of, waivers_to_tell
from approvals.models import ApprovalCase, Seat, Waiver, WaiverEnd
from approvals.rerouting import plan_to_come, reroute
from approvals.review import of_case
from approvals.route_faults import StageTerms
from approvals.waivers import Wanted
from organization import calendar
from organization.calendar import add_working_days
from organization.models import GateRule, Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import verify_chain
from processes.models import Process, Revision
from tests import make
from tests.approvals import routing
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day
from worklist.models import Notice, WorkItem

COUNTERSIGN = routes.COUNTERSIGN
LATER = NOW + dt.timedelta(hours=3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """A company document: the heads countersign, then the company process manager decides."""
    owner = Position.objects.get(title="Head of Purchasing")
    return make.process(cast.purchasing, created_by=cast.author, owner=owner, level="company", participating=[cast.stores])


def submitted(process: Process, cast: make.Cast, *, now: dt.datetime = NOW, **given: object) -> ApprovalCase:
    draft = process.revisions.open().first() or make.draft(process, by=cast.author)
    return workflow.submit(draft, by=cast.author, now=now, summary="As asked.", **given)  # type: ignore[arg-type]


def waive(process: Process, by: Person, *, stage: str = COUNTERSIGN, now: dt.datetime = NOW, **given: object) -> Waiver:
    terms = {"stage": stage, "until": day(30), "reason": "Both heads are on leave."} | given
    return waivers.give(process, Wanted(**terms), by=by, now=now)  # type: ignore[arg-type]


def titles(case: ApprovalCase) -> list[tuple[str, bool]]:
    """Stages of the case, and whether they are skipped."""
    return [(stage.title, stage.waiver_id is not None) for stage in case.stages.order_by("order")]


def decide_all(case: ApprovalCase, now: dt.datetime = LATER) -> ApprovalCase:
    """Everybody who is asked approves."""
    open_ones = Seat.objects.filter(stage__opened_at__isnull=False, stage__closed_at=None, stage__replaced_at=None, decisions=None)
    while seats := open_ones.filter(stage__case=case):
        seat = seats[0]
        item = seat.work_item
        assert item is not None
        who = item.person or (item.position or seat.position).appointments.get().person
        workflow.decide(seat, by=who, now=now, verdict="approve", sha256=case.content.sha256)
    case.refresh_from_db()
    return case


# Of a process


def test_a_new_case_skips_the_stage_and_says_so(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss)
    case = submitted(process, cast)
    assert titles(case) == [(COUNTERSIGN, True), (routes.COMPANY, False)]
    assert set(WorkItem.objects.open().values_list("position__title", flat=True)) == {"Company process manager"}
    seen = of_case(case, cast.manager, scope(cast.manager, TODAY), NOW)
    (skipped,) = [line for line in seen.timeline if line.title == COUNTERSIGN]
    assert skipped.state == "refused"
    assert "skipped by waiver of Boss" in skipped.detail
    assert "Both heads are on leave." in skipped.detail
    assert decide_all(case).state == "approved"
    assert (waiver.signature.meaning, waiver.signature.position_title, waiver.signature.content_sha256) == ("waived", "General manager", "")
    assert waiver.signature.subject.startswith(f"{process.number} Purchase to pay: the stage")
    assert list(verify_chain()) == []


def test_the_plan_names_the_waiver_and_asks_nobody_there(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss)
    plan = expected(routes.plan_for(process, TODAY), frozenset(), TODAY)
    first, last = plan.stages
    assert (first.plan.waiver, list(first.seats), first.by) == (waiver, [], TODAY)
    assert (last.plan.waiver, len(last.seats), last.by) == (None, 1, add_working_days(TODAY, 5))


@pytest.mark.parametrize(("offset", "skipped"), [(0, True), (30, True), (31, False)], ids=["first-day", "last-day", "day-after"])
def test_it_counts_until_its_last_day(cast: make.Cast, process: Process, offset: int, skipped: bool) -> None:
    waive(process, cast.boss)
    case = submitted(process, cast, now=calendar.midnight(day(offset)) + dt.timedelta(hours=1))
    assert titles(case)[0] == (COUNTERSIGN, skipped)


def test_what_has_begun_keeps_what_it_has(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss)
    case = submitted(process, cast)
    waivers.revoke(waiver, by=cast.boss, now=LATER, reason="They are back.")
    assert titles(case)[0] == (COUNTERSIGN, True)
    workflow.recall(case, by=cast.author, now=LATER)
    assert titles(submitted(process, cast, now=LATER))[0] == (COUNTERSIGN, False)


def test_the_last_stage_is_never_skipped_whatever_its_title(cast: make.Cast, process: Process) -> None:
    waive(process, cast.boss, stage=routes.COMPANY)
    case = submitted(process, cast)
    assert titles(case) == [(COUNTERSIGN, False), (routes.COMPANY, False)]
    last = case.stages.get(is_last=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        case.stages.filter(pk=last.pk).update(waiver=Waiver.objects.get())


def test_who_wrote_the_content_waives_nothing_of_it(cast: make.Cast, process: Process) -> None:
    """Neither when it is signed, nor afterwards: whoever signed and then wrote skips nothing."""
    waive(process, cast.boss)
    draft = make.draft(process, by=cast.author)
    draft.edits.create(version=2, client_key="k", operation="set", target="scope", before="", after="x", by=cast.boss, at=NOW)
    with pytest.raises(Refused, match="signed by somebody independent"):
        waive(process, cast.boss, stage="")
    assert titles(submitted(process, cast))[0] == (COUNTERSIGN, False)


# Who, what, how long


@pytest.mark.parametrize("who", ["author", "approver", "reader", "stranger", "admin"])
def test_only_level_five_signs(cast: make.Cast, process: Process, who: str) -> None:
    with pytest.raises(Refused, match="A waiver needs Level 5"):
        waive(process, getattr(cast, who))
    assert not Waiver.objects.exists()


def test_the_ladder_set_to_warn_opens_nothing(cast: make.Cast, process: Process) -> None:
    GateRule.objects.update_or_create(action="approve_company", defaults={"mode": "off"})
    with pytest.raises(Refused, match="A waiver needs Level 5"):
        waive(process, cast.approver)


def test_what_is_not_seen_or_not_active_is_not_waived(cast: make.Cast, process: Process) -> None:
    Process.objects.update(confidentiality="positions")
    make.hold(cast.stranger, 5)
    with pytest.raises(Refused, match="may not see"):
        waive(process, cast.stranger)
    Process.objects.update(confidentiality="company", state="withdrawn")
    with pytest.raises(Refused, match="no longer active"):
        waive(process, cast.stranger)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "  "}, "Write the reason"),
        ({"until": day(-1)}, "A waiver ends today at the earliest"),
        ({"until": day(367)}, "after a year at the latest"),
    ],
    ids=["reason", "past", "too-long"],
)
def test_what_makes_no_sense_is_refused(cast: make.Cast, process: Process, given: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        waive(process, cast.boss, **given)


def test_what_is_waived_already_is_not_waived_again(cast: make.Cast, process: Process) -> None:
    waive(process, cast.boss)
    with pytest.raises(Refused, match="waived already until"):
        waive(process, cast.manager)
    waive(process, cast.manager, stage="")


def test_those_concerned_are_told(cast: make.Cast, process: Process) -> None:
    make.draft(process, by=cast.reader)
    waive(process, cast.boss)
    told = Notice.objects.filter(key__startswith="waiver")
    assert set(told.values_list("person__login", "subject")) == {
        (login, f"Boss signed a waiver for {process.number} Purchase to pay") for login in ("author", "reader")
    }


def test_the_database_keeps_them_as_they_were(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss)
    end = waivers.revoke(waiver, by=cast.boss, now=LATER, reason="so")
    for change in (
        lambda: Waiver.objects.update(until=day(300)), lambda: WaiverEnd.objects.all()._raw_delete("default"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert (str(waiver), str(end)) == (f"{process.pk} stage", str(waiver.pk))


# Of one revision


def test_an_open_stage_is_skipped_at_once_and_the_next_has_its_turn(cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast)
    waiver = waive(process, cast.boss, revision=case.revision, now=LATER)
    assert titles(case) == [(COUNTERSIGN, True), (routes.COMPANY, False)]
    assert [item.position.title for item in WorkItem.objects.open()] == ["Company process manager"]  # type: ignore[union-attr]
    assert waiver.signature.content_sha256 == case.content.sha256
    with pytest.raises(Stale, match="Nobody is asked in this stage any more"):
        waivers._skip(case, waiver, LATER)
    assert decide_all(case).state == "approved"


def test_a_stage_to_come_is_skipped_and_what_waits_goes_on(cast: make.Cast, process: Process) -> None:
    routing.in_force(cast, StageTerms("First", rules=["head"]), StageTerms("Second", rules=["head"]), routing.LAST)
    make.hold(cast.reader, 5)
    case = submitted(process, cast)
    waive(process, cast.boss, stage="Second", revision=case.revision)
    assert titles(case) == [("First", False), ("Second", True), ("Last word", False)]
    assert case.stages.get(title="First").closed_at is None
    assert decide_all(case).state == "approved"


def test_a_waiver_of_one_revision_counts_on_another_route_too_and_for_no_other_revision(cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast)
    waive(process, cast.boss, revision=case.revision)
    case.refresh_from_db()
    assert [stage.waiver is not None for stage in plan_to_come(case, None, TODAY).stages] == [True, False]
    reroute(case, None, by=cast.manager, now=LATER, seen=case.version, reason="So.")
    assert titles(case)[-2:] == [(COUNTERSIGN, True), (routes.COMPANY, False)]
    decide_all(case)
    assert titles(submitted_again(process, cast))[0] == (COUNTERSIGN, False)


def submitted_again(process: Process, cast: make.Cast) -> ApprovalCase:
    """A case of the next revision."""
    return submitted(process, cast, now=LATER + dt.timedelta(days=1))


def test_for_one_revision_something_must_be_on_its_way(cast: make.Cast, process: Process) -> None:
    case = decide_all(submitted(process, cast))
    with pytest.raises(Stale, match="Nothing of this version is in review"):
        waive(process, cast.boss, revision=case.revision)
    assert not Signature.objects.filter(meaning="waived").exists()


# The training


def test_an_approval_waits_for_the_training(cast: make.Cast, process: Process) -> None:
    case = decide_all(submitted(process, cast, training_days=10))
    revision = case.revision
    revision.refresh_from_db()
    assert (revision.effective_from, revision.planned_on) == (None, add_working_days(TODAY, 10))
    hold = revision.holds.get()
    assert (hold.source, hold.not_before, hold.planned_on) == (effects.SOURCE, None, revision.planned_on)
    ends = of_case(case, cast.author, scope(cast.author, TODAY), LATER).timeline[-1]
    assert (ends.title, ends.state) == ("Takes effect when the owner has signed that people are ready", "coming")


def test_the_day_asked_for_counts_where_it_is_later(cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast, training_days=2, planned_on=day(40))
    line = of_case(case, cast.author, scope(cast.author, TODAY), LATER).timeline[-1]
    assert line.title == "Takes effect when people have been trained"
    hold = decide_all(case).revision.holds.get()
    assert (hold.not_before, hold.planned_on) == (day(40), day(40))


@pytest.mark.parametrize("days", [0, 61])
def test_a_training_has_a_measure(cast: make.Cast, process: Process, days: int) -> None:
    with pytest.raises(Refused, match="between 1 and 60"):
        submitted(process, cast, training_days=days)


def test_waived_beforehand_nobody_waits(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss, stage="")
    revision = Revision.objects.get(pk=decide_all(submitted(process, cast, training_days=10)).revision_id)
    assert revision.effective_from == LATER
    assert (revision.holds.get().how, revision.holds.get().signature) == ("waived", waiver.signature)
    assert not WorkItem.objects.open().filter(kind="ready").exists()
    assert [one.used for one in waivers_to_tell(process, day(200), revision)] == [True]


def test_waived_afterwards_it_takes_effect_at_once(cast: make.Cast, process: Process) -> None:
    revision = Revision.objects.get(pk=decide_all(submitted(process, cast, training_days=10)).revision_id)
    waive(process, cast.boss, stage="", revision=revision, now=LATER)
    revision.refresh_from_db()
    assert revision.effective_from == LATER


def test_waived_for_one_revision_while_it_is_in_review(cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast, training_days=10)
    waive(process, cast.boss, stage="", revision=case.revision)
    assert Revision.objects.get(pk=decide_all(case).revision_id).effective_from == LATER


# Taken back, and ending


def test_who_takes_one_back(cast: make.Cast, process: Process) -> None:
    waiver = waive(process, cast.boss)
    for person in (cast.author, cast.approver, cast.reader):
        with pytest.raises(Refused, match="takes it back"):
            waivers.revoke(waiver, by=person, now=LATER, reason="so")
    with pytest.raises(Refused, match="Write the reason"):
        waivers.revoke(waiver, by=cast.manager, now=LATER, reason=" ")
    waivers.revoke(waiver, by=cast.manager, now=LATER, reason="Not needed.")
    assert Notice.objects.get(person=cast.boss).body == "Not needed."
    with pytest.raises(Stale, match="does not count any more"):
        waivers.revoke(waiver, by=cast.boss, now=LATER, reason="so")


def test_nobody_is_told_what_he_does_himself(cast: make.Cast, process: Process) -> None:
    waivers.revoke(waive(process, cast.boss), by=cast.boss, now=LATER, reason="so")
    assert not Notice.objects.filter(person=cast.boss).exists()


def test_whoever_signed_is_told_before_and_after_it_ends(cast: make.Cast, process: Process) -> None:
    waive(process, cast.boss)

    def told(offset: int) -> list[str]:
        waivers.tell_ending(calendar.midnight(day(offset)))
        return list(Notice.objects.filter(person=cast.boss).order_by("pk").values_list("subject", flat=True))

    assert told(22) == []
    assert ["runs out on" in subject for subject in told(23)] == [True]
    assert len(told(30)) == 1
    assert ["has run out on" in subject for subject in told(31)] == [False, True]
    assert len(told(70)) == 2
    assert tasks.tell_ending_waivers() == 0


def test_one_that_was_taken_back_ends_in_silence(cast: make.Cast, process: Process) -> None:
    waivers.revoke(waive(process, cast.boss), by=cast.boss, now=NOW, reason="so")
    assert waivers.tell_ending(calendar.midnight(day(30))) == 0


# What readers are told


def test_what_matters_to_a_reader(cast: make.Cast, process: Process) -> None:
    before = make.effective(process)
    waive(process, cast.boss, until=day(5))
    assert [(one.used, one.counts) for one in waivers_to_tell(process, TODAY, before)] == [(False, True)]
    assert waivers_to_tell(process, day(6), before) == []
    revision = decide_all(submitted(process, cast)).revision
    revision.refresh_from_db()
    assert [(one.used, one.counts) for one in waivers_to_tell(process, day(6), revision)] == [(True, False)]
    assert len(waivers_of(process, day(6))) == 1
    assert waivers_to_tell(process, TODAY, None)[0].end is None


def test_a_company_that_cannot_decide_has_nothing_to_waive(cast: make.Cast, process: Process) -> None:
    assert waivers.stages_to_waive(process, NOW) == [COUNTERSIGN]
    make.draft(process, by=cast.author)
    assert waivers.stages_to_waive(process, NOW) == [COUNTERSIGN]
    Position.objects.all().update(closed_on=day(-1))
    assert waivers.stages_to_waive(process, NOW) == []


def test_signed_without_an_office_it_names_the_position_held(cast: make.Cast, process: Process) -> None:
    make.hold(cast.stranger, 5)
    assert waive(process, cast.stranger).signature.position_title == "Storeman"


# The page


def typed(**given: object) -> dict[str, object]:
    return {
        "stage": f"stage:{COUNTERSIGN}",
        "until": (make.now() + dt.timedelta(days=9)).date(),
        "reason": "Ill.",
        "password": make.PASSWORD,
    } | given


def test_the_page_signs_with_the_password_and_takes_back(cast: make.Cast, process: Process, client: SignedIn) -> None:
    address = reverse("approvals:waivers", args=[process.number])
    client.as_(cast.boss)
    assert "Nothing is waived" in client.get(address).content.decode()
    wrong = client.post(address, typed(password="no"))
    assert (wrong.status_code, "Ill." in wrong.content.decode(), Waiver.objects.count()) == (422, True, 0)
    assert client.post(address, typed(reason="")).status_code == 422
    assert client.post(address, typed(stage="Another")).status_code == 422
    done = client.post(address, typed(), follow=True).content.decode()
    assert "the waiver counts from now on" in done
    waiver = Waiver.objects.get()
    taken = reverse("approvals:revoke_waiver", args=[process.number, waiver.pk])
    assert client.post(taken, {"reason": ""}).status_code == 422
    assert "counts no more" in client.post(taken, {"reason": "Back."}, follow=True).content.decode()
    assert client.get(taken).status_code == 405
    assert "Taken back by Boss" in client.get(address).content.decode()


def test_only_for_the_version_on_its_way(cast: make.Cast, process: Process, client: SignedIn) -> None:
    case = submitted(process, cast, now=make.now())
    address = reverse("approvals:waivers", args=[process.number])
    client.as_(cast.boss).post(address, typed(only="on"))
    assert Waiver.objects.get().revision == case.revision


def test_a_stage_that_was_renamed_is_told(cast: make.Cast, process: Process, client: SignedIn) -> None:
    """A waiver names its stage by the title; it skips nothing where no stage is called so, and the page says that."""
    waiver = waive(process, cast.boss, now=timezone.now(), until=calendar.today() + dt.timedelta(days=9))
    address, said = reverse("approvals:waivers", args=[process.number]), "has no stage of this title today"
    assert said not in client.as_(cast.boss).get(address).content.decode()
    assert waivers.unmet(process, [waiver], NOW) == frozenset()
    routing.in_force(cast, StageTerms("Heads", rules=["head"]), routing.LAST)
    assert said in client.get(address).content.decode()


@pytest.mark.parametrize("who", ["author", "approver", "reader", "stranger"])
def test_every_reader_sees_them_and_may_not_sign(cast: make.Cast, process: Process, client: SignedIn, who: str) -> None:
    waiver = waive(process, cast.boss, until=(make.now() + dt.timedelta(days=9)).date(), now=make.now())
    address = reverse("approvals:waivers", args=[process.number])
    client.as_(getattr(cast, who))
    shown = client.get(address).content.decode()
    assert "Both heads are on leave." in shown
    assert "A waiver needs" in shown
    assert "Take it back" not in shown
    assert client.post(address, typed(stage="training")).status_code == 422
    assert client.post(reverse("approvals:revoke_waiver", args=[process.number, waiver.pk]), {"reason": "x"}).status_code == 422
    assert (Waiver.objects.count(), WaiverEnd.objects.count()) == (1, 0)


def test_who_may_not_see_the_process_finds_nothing(cast: make.Cast, process: Process, client: SignedIn) -> None:
    Process.objects.update(confidentiality="positions")
    client.as_(cast.admin)
    assert client.get(reverse("approvals:waivers", args=[process.number])).status_code == 404


def test_the_page_asks_as_often_for_five_as_for_one(cast: make.Cast, process: Process, client: SignedIn) -> None:
    address, counts = reverse("approvals:waivers", args=[process.number]), []
    client.as_(cast.reader)
    for number in range(5):
        waive(process, cast.boss, stage=f"Stage {number}", until=(make.now() + dt.timedelta(days=9)).date(), now=make.now())
        if number in {0, 4}:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
    assert counts[0] == counts[1], counts


def test_an_end_too_far_away_is_told_at_its_field(cast: make.Cast, process: Process, client: SignedIn) -> None:
    far = (make.now() + dt.timedelta(days=400)).date()
    answer = client.as_(cast.boss).post(reverse("approvals:waivers", args=[process.number]), typed(until=far))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["until"])
