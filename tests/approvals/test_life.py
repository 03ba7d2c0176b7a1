"""Random lives of a document, driven beside a plain model: whoever comes, goes, writes, decides, in whatever order.

What must hold after every step: at most one version in force, and it is the model's; each has every approval that its case
demanded, for its own hash, by people who were allowed to at that moment and had not written it; nobody who plainly may is refused,
nobody who plainly may not gets through; and no open case waits without a person who owes something.
"""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from approvals import policy, seating, workflow
from approvals.models import ApprovalCase, Decision, Seat
from organization.calendar import midnight, today
from organization.models import Absence, Appointment, HeldLevel, Person
from organization.refusals import Refused
from organization.scope import scope
from organization.signing import verify_chain
from processes import drafting, lifecycle
from processes.models import Process, Revision
from tests import make
from tests.approvals.plain import Case, Life, Stage
from worklist.models import WorkItem
from worklist.turns import turn

PEOPLE = ("author", "approver", "manager", "boss", "reader", "storekeeper", "stranger", "second", "third")
people = st.sampled_from(PEOPLE)
writers = st.sampled_from(("author", "author", "approver", "second", "manager", "stranger"))
heads = st.sampled_from(("author", "author", "author", "approver", "second", "reader"))
nth = st.integers(0, 5)
LIVES = int(os.environ.get("LIVES", "25"))


class Company(RuleBasedStateMachine):
    """One document in a small company, from its first draft on."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.cast = make.cast()
        make.position(
            "Process manager, Purchasing, second",
            of=self.cast.purchasing,
            kind="department_process_manager",
            holder=make.person("second", level=3),
        )
        make.position("Deputy general manager", of=make.company(), kind="top_management", holder=make.person("third", level=5))
        self.people = {one.login: one for one in Person.objects.filter(login__in=PEOPLE)}
        self.now, self.life, self.said = make.NOW, Life(), 0

    def teardown(self) -> None:
        try:
            assert list(verify_chain()) == []
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(company=st.booleans())
    def begin(self, company: bool) -> None:
        wide = {"level": Process.Level.COMPANY, "participating": [self.cast.stores]} if company else {}
        self.process = make.process(self.cast.purchasing, created_by=self.cast.author, **wide)
        self.revision = make.draft(self.process, by=self.cast.author)
        self.life.wrote = {self.cast.author.pk}

    # What people do

    @precondition(lambda self: self.life.wrote is None and self.life.case is None)
    @rule(who=writers)
    def start_a_draft(self, who: str) -> None:
        made = self.tried(drafting.start_draft, self.process, by=self.people[who], now=self.now)
        if made is not None:
            self.revision, self.life.wrote = made, {self.people[who].pk}

    @precondition(lambda self: self.life.wrote is not None)
    @rule(who=writers, hand_in=st.booleans())
    def write(self, who: str, hand_in: bool) -> None:
        draft, self.said = Revision.objects.get(pk=self.revision.pk), self.said + 1
        words = {"id": f"op{self.said}", "op": "set", "target": "purpose", "value": f"Why we do it, said {self.said} times."}
        done = self.tried(drafting.edit, draft, [words], by=self.people[who], now=self.now, seen=draft.version)
        if done is not None:
            assert done.applied == (words["id"],)
            self.life.wrote.add(self.people[who].pk)
        if hand_in:
            self.hand_in("author", None)

    @precondition(lambda self: self.life.case is not None)
    @rule(who=people)
    def write_into_what_is_in_review(self, who: str) -> None:
        draft = Revision.objects.get(pk=self.revision.pk)
        words = {"id": "late", "op": "set", "target": "purpose", "value": "Something else."}
        assert self.tried(drafting.edit, draft, [words], by=self.people[who], now=self.now, seen=draft.version) is None

    @precondition(lambda self: self.life.wrote is not None)
    @rule(who=heads, days=st.none() | st.integers(0, 9))
    def submit(self, who: str, days: int | None) -> None:
        self.hand_in(who, days)

    def hand_in(self, who: str, days: int | None) -> None:
        planned = None if days is None else today(self.now) + dt.timedelta(days=days)
        draft = Revision.objects.get(pk=self.revision.pk)
        case = self.tried(
            workflow.submit,
            draft,
            by=self.people[who],
            now=self.now,
            summary="What changes.",
            planned_on=planned,
            warnings_word="They may.",
        )
        if case is not None:
            stages = [
                Stage({seat.pk: seat.position_id for seat in stage.seats.all()}, stage.required_level, stage.is_last)
                for stage in case.stages.order_by("order")
            ]
            assert stages[-1].is_last
            assert stages[-1].level == (5 if self.process.level == Process.Level.COMPANY else 3)
            self.life.case = Case(case.content.sha256, frozenset(self.life.wrote | {self.people[who].pk}), planned, stages)

    @precondition(lambda self: Seat.objects.exists())
    @rule(who=people, seat=nth, verdict=st.sampled_from(("approve", "approve", "approve", "return", "reject")), fresh=st.booleans())
    def decide_anything(self, who: str, seat: int, verdict: str, fresh: bool) -> None:
        """Any person in any seat of any case, on the right content or on another."""
        seats = Seat.objects.order_by("-pk")
        place = seats[seat % seats.count()]
        self.decide(self.people[who], place, verdict, place.stage.case.content.sha256 if fresh else "0" * 64)

    @precondition(lambda self: self.life.case is not None)
    @rule(seat=nth, verdict=st.sampled_from(("approve", "approve", "approve", "approve", "return")))
    def decide_as_asked(self, seat: int, verdict: str) -> None:
        """Whoever the portal says is to decide does."""
        self.ask(seat, verdict)

    @precondition(lambda self: self.life.case is not None)
    @rule()
    def decide_to_the_end(self) -> None:
        """All who are asked approve, one after the other."""
        while self.life.case is not None and self.ask(0, "approve"):
            pass

    def ask(self, seat: int, verdict: str) -> bool:
        """The person whom the portal asks decides; says whether the case has moved."""
        case = self.life.case
        waiting = sorted(set(case.current.seats) - set(case.current.approved))
        place = Seat.objects.select_related("stage", "position", "named").get(pk=waiting[seat % len(waiting)])
        opened = ApprovalCase.objects.get(state="open")
        who = policy.assignee(place, opened, today(self.now))
        if who is None:
            assert WorkItem.objects.open().filter(kind="name_approver").exists()
            return False
        moved = self.decide(who.person, place, verdict, case.sha256)
        assert moved or self.life.blocked_from(self.begins(case)), "whoever is asked can decide"
        return moved

    @precondition(lambda self: self.life.case is not None)
    @rule()
    def those_who_wrote_it_try(self) -> None:
        """Everybody who wrote or submitted it, in every seat that waits, from the office itself where they hold none."""
        case = self.life.case
        for seat in sorted(set(case.current.seats) - set(case.current.approved)):
            place = Seat.objects.select_related("stage__case__content").get(pk=seat)
            for person in Person.objects.filter(pk__in=case.authors):
                office = {"person": person, "position": place.position, "starts_on": today(self.now)}
                guest = None if self.holds(person, place.position_id) else Appointment.objects.create(**office)
                self.decide(person, place, "approve", case.sha256)
                if guest is not None:
                    guest.delete()

    @precondition(lambda self: self.life.case is not None)
    @rule(verdict=st.sampled_from(("approve", "reject")))
    def whoever_is_asked_decides_on_another_content(self, verdict: str) -> None:
        case, day = self.life.case, today(self.now)
        for seat in sorted(set(case.current.seats) - set(case.current.approved)):
            place = Seat.objects.select_related("stage__case", "position", "named").get(pk=seat)
            who = policy.assignee(place, place.stage.case, day)
            assert who is None or not self.decide(who.person, place, verdict, "0" * 64)

    @precondition(lambda self: self.life.case is not None)
    @rule(verdict=st.sampled_from(("approve", "approve", "approve", "return")))
    def the_holders_decide(self, verdict: str) -> None:
        """Whatever level they hold by now."""
        case = self.life.case
        for seat, position in sorted(case.current.seats.items()):
            place = Seat.objects.select_related("stage__case__content").get(pk=seat)
            for office in Appointment.objects.on(today(self.now)).filter(position=position).select_related("person"):
                self.decide(office.person, place, verdict, case.sha256)

    @precondition(lambda self: self.life.case is not None)
    @rule(who=people, by=people, seat=nth)
    def name_a_second_approver(self, who: str, by: str, seat: int) -> None:
        waiting = sorted(self.life.case.current.seats)
        named = self.tried(
            workflow.name_approver, Seat.objects.get(pk=waiting[seat % len(waiting)]), self.people[who], by=self.people[by], now=self.now
        )
        assert named is None or self.people[who].pk not in self.life.case.authors

    @precondition(lambda self: self.life.case is not None)
    @rule(who=people)
    def recall(self, who: str) -> None:
        case = ApprovalCase.objects.get(state="open")
        if self.tried(workflow.recall, case, by=self.people[who], now=self.now) is not None:
            assert self.people[who].pk == case.submitted_by_id
            assert not any(stage.approved for stage in self.life.case.stages)
            self.back_to_draft()

    @precondition(lambda self: any(one.begins > self.now for one in self.life.versions))
    @rule()
    def cancel_before_its_day(self) -> None:
        version = next(one for one in self.life.versions if one.begins > self.now)
        revision = Revision.objects.get(pk=version.revision)
        if self.tried(lifecycle.cancel, revision, by=self.people["manager"], now=self.now, reason="Not yet.") is not None:
            assert self.life.wrote is None
            assert self.life.case is None
            self.life.take_back(version)
            self.revision = revision
            self.life.wrote = {revision.created_by_id, *revision.edits.values_list("by", flat=True)}

    # What happens to people

    @rule(who=people, days=st.integers(1, 20), substitute=st.none() | people)
    def fall_ill(self, who: str, days: int, substitute: str | None) -> None:
        person, day = self.people[who], today(self.now)
        if not Absence.objects.filter(person=person, ends_before__gt=day).exists() and substitute != who:
            make.away(person, since=day, until=day + dt.timedelta(days=days), substitute=substitute and self.people[substitute])
            seating.reseat(self.now)

    @rule(old=people, new=people)
    def replace(self, old: str, new: str) -> None:
        """Somebody else takes over an office today."""
        day = today(self.now)
        held = Appointment.objects.on(day).filter(person=self.people[old], starts_on__lt=day).first()
        if held is None or old == new or not self.people[new].is_active:
            return
        if held.position.appointments.filter(person=self.people[new]).exists():
            return
        held.ends_before = day
        held.save()
        make.appoint(self.people[new], held.position, since=day)
        seating.reseat(self.now)

    @rule(who=people)
    def lapse(self, who: str) -> None:
        """A level ends today."""
        HeldLevel.objects.filter(person=self.people[who], held_until__isnull=True).update(held_until=today(self.now))
        seating.reseat(self.now)

    @rule(who=people, level=st.sampled_from((2, 3, 5)))
    def rise(self, who: str, level: int) -> None:
        day = today(self.now)
        HeldLevel.objects.filter(person=self.people[who]).filter(held_until__isnull=True).update(held_until=day)
        make.hold(self.people[who], level, since=day)
        seating.reseat(self.now)

    @rule(who=st.sampled_from(("approver", "storekeeper", "second", "stranger")))
    def leave(self, who: str) -> None:
        """The account is closed; whoever appears in offices is not looked for any more."""
        person, day = self.people[who], today(self.now)
        Appointment.objects.filter(person=person, ends_before__isnull=True, starts_on__lt=day).update(ends_before=day)
        if not Appointment.objects.on(day).filter(person=person).exists():
            Person.objects.filter(pk=person.pk).update(is_active=False)
            person.refresh_from_db()
            seating.reseat(self.now)

    @rule(hours=st.integers(1, 24 * 8))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        seating.reseat(self.now)

    # What must hold

    @invariant()
    def holds_what_the_model_says(self) -> None:
        for now in (self.now, self.now + dt.timedelta(days=3)):
            found = list(Revision.objects.in_force(now).values_list("pk", flat=True))
            assert len(found) <= 1
            assert found == self.life.holding(now)

    @invariant()
    def everything_approved_was_approved_by_all_and_by_none_who_wrote_it(self) -> None:
        for version in self.life.versions[-1:]:  # nobody changes what was approved before: the database refuses
            revision = Revision.objects.select_related("frozen").get(pk=version.revision)
            assert revision.frozen.sha256 == version.case.sha256
            made = ApprovalCase.objects.filter(revision=revision, state="approved").latest("pk").decisions.all()
            signed = {row.seat_id: row for row in made.select_related("signature")}
            assert set(signed) == {seat for stage in version.case.stages for seat in stage.seats}
            for row in signed.values():
                assert (row.verdict, row.signature.content_sha256) == ("approve", version.case.sha256)
                assert row.signature.person_id == row.decided_by_id
                assert row.decided_by_id not in version.case.authors

    @invariant()
    def every_open_case_has_somebody_who_owes_it(self) -> None:
        if self.life.case is None:
            assert not ApprovalCase.objects.filter(state="open").exists()
            assert not WorkItem.objects.open().filter(kind__in=("decide", "name_approver")).exists()
            return
        waiting = set(self.life.case.current.seats) - set(self.life.case.current.approved)
        for seat in Seat.objects.filter(pk__in=waiting).select_related("work_item__position__department", "work_item__person"):
            assert seat.work_item is not None
            assert seat.work_item.closed_at is None
            responsible = turn(seat.work_item, today(self.now)).person
            assert responsible is not None
            assert responsible.is_active

    # How the two are compared

    def tried(self, story: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """What the story gives; None where it refused, after which nothing may have been left behind."""
        try:
            with transaction.atomic():
                return story(*args, **kwargs)
        except Refused:
            return None

    def decide(self, person: Person, place: Seat, verdict: str, sha256: str) -> bool:
        case, stage = self.life.case, None
        if case is not None and place.pk in case.current.seats and place.pk not in case.current.approved and sha256 == case.sha256:
            stage = case.current
        begins = self.begins(case) if case is not None else self.now
        repeated = Decision.objects.filter(seat=place, decided_by=person, verdict=verdict, content__sha256=sha256).exists()
        done = self.tried(workflow.decide, place, by=person, now=self.now, verdict=verdict, reason="So.", sha256=sha256)
        level = self.level(person)
        if repeated:
            assert done is not None, "the same click again gives the decision that stands"
            return True
        if done is None:
            plain = stage is not None and person.is_active and person.pk not in case.authors and level >= stage.level
            clash = verdict == "approve" and stage is not None and stage.is_last and self.life.blocked_from(begins)
            assert not (plain and not clash and self.holds(person, place.position_id)), "whoever plainly may is not refused"
            return False
        assert stage is not None, "another content, a closed case, a decided seat or another stage's turn"
        assert person.is_active
        assert person.pk not in case.authors
        assert level >= stage.level
        if verdict != "approve":
            self.back_to_draft()
            return True
        for row in Decision.objects.filter(stage=done.stage_id, decided_by=person).exclude(seat__in=stage.approved):
            assert row.signature_id == done.signature_id, "who is asked in several seats signs once for all of them"
            stage.approved[row.seat_id] = person.pk
        assert place.pk in stage.approved
        if stage.is_last and stage.through:
            assert not self.life.blocked_from(begins)
            self.life.approve(self.revision.pk, begins)
        return True

    def begins(self, case: Case) -> dt.datetime:
        return midnight(case.planned) if case.planned and case.planned > today(self.now) else self.now

    def back_to_draft(self) -> None:
        revision = Revision.objects.get(pk=self.revision.pk)
        assert revision.state == "draft"
        self.life.case, self.life.wrote = None, {revision.created_by_id, *revision.edits.values_list("by", flat=True)}

    def holds(self, person: Person, position: int) -> bool:
        return position in scope(person, today(self.now)).held

    def level(self, person: Person) -> int:
        """The highest that a plain look at the rows gives."""
        day = today(self.now)
        rows = HeldLevel.objects.filter(person=person, held_from__lte=day)
        return max((row.level.number for row in rows if row.held_until is None or row.held_until > day), default=0)


@pytest.mark.django_db
def test_whatever_people_do_only_what_was_rightly_approved_holds() -> None:
    """Few lives, long ones: each step is a story of the portal."""
    healthy = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
    run_state_machine_as_test(Company, settings=settings(max_examples=LIVES, stateful_step_count=40, suppress_health_check=healthy))
