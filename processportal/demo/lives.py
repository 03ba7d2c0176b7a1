"""The life of one demo process as a list of dated events, each a call of a real story."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.utils import translation

from approvals import comments, submission, workflow
from approvals.models import ApprovalCase, Seat
from approvals.policy import assignee
from organization.calendar import add_working_days, today
from organization.models import Person
from organization.scope import scope
from processes import review
from processes.catalogue import create_process
from processes.definition import Boundary, Definition, Record, Reference, SipocRow, Step
from processes.drafting import start_draft
from processes.importing import fill
from processes.models import Process, Revision
from processes.outline import read_outline
from processportal.demo.content import DemoCompany, ProcessData
from processportal.demo.staff import Staff
from training import acknowledgements, assignments
from training.models import Reading

OLD_REVISION_DAYS = 260
READ_PERCENT = 86
FIRST_DAY = 700
SUBMITS_FROM = 2
INVENTORY_DAYS_AGO = 870
TRAINING_DAYS = 5
REPLACED = ("effective", "approved_future")  # where a newer revision has long asked for its own readings


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at an instant; `order` breaks ties by the order of the data."""

    at: dt.datetime
    order: int
    happen: Callable[[], object]


def chance(*parts: object) -> int:
    """0 to 99, always the same for the same parts."""
    return int(hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest(), 16) % 100


class Life:
    """One process from its first draft to what it is today."""

    def __init__(self, data: ProcessData, company: DemoCompany, staff: Staff, now: dt.datetime) -> None:
        self.data, self.company, self.staff, self.now = data, company, staff, now
        self.author = self._author()
        self.process: Process | None = None
        self.keys = [f"{data.slug}-{n}" for n in range(200)]
        self.content = self._definition(old=False)
        self.order = company.processes.index(data)

    def _author(self) -> Person:
        """The owner, or the head of the department where the owner's level does not suffice to submit."""
        owner = self.staff.holder(self.company, self.data.owner)
        level = next(person.level for person in self.company.people if person.login == owner.login)
        return owner if level >= SUBMITS_FROM else self.staff.holder(self.company, f"{self.data.department.lower()}-head")

    def events(self) -> Iterator[Event]:
        """All events, oldest first."""
        data = self.data
        effective = data.state == "effective"
        approved = self._ago(-data.effective_offset) if effective else self._ago(3)
        # The inventory came first: all numbers were drawn in the order of the data, so that texts can name them.
        taken = self.now - dt.timedelta(days=INVENTORY_DAYS_AGO)
        yield self._event(taken, lambda: self._create(taken))
        if data.previous:
            yield from self._round(self._ago(OLD_REVISION_DAYS - data.effective_offset), self._definition(old=True), first=True)
        yield from self._last_round(approved)

    def _last_round(self, approved: dt.datetime) -> Iterator[Event]:
        """What happens with the newest revision."""
        state = self.data.state
        if state == "effective":
            yield from self._round(approved, self.content, first=False)
        elif state == "approved_future":
            # Its people are trained first: the owner has yet to sign that they are ready.
            planned = today(self.now) + dt.timedelta(days=self.data.effective_offset)
            yield from self._round(self._ago(4), self.content, first=False, on=planned)
        elif state == "draft":
            yield self._event(self._ago(9), lambda: self._write(self._ago(9), self.content))
        else:
            yield self._event(self._ago(8), lambda: self._submit(self._ago(8), self.content, None))
            yield self._event(self._ago(6), lambda: self._decide_some(self._ago(6)))

    def _round(self, approved: dt.datetime, content: Definition, *, first: bool, on: dt.date | None = None) -> Iterator[Event]:
        """Written, submitted, decided by everybody, read by most."""
        submitted = approved - dt.timedelta(days=12)
        yield self._event(submitted, lambda: self._submit(submitted, content, on))
        yield self._event(approved, lambda: self._decide_all(approved))
        if not first or self.data.state not in REPLACED:
            yield self._event(approved + dt.timedelta(hours=2), lambda: self._read(approved))

    def _event(self, at: dt.datetime, happen: Callable[[], object]) -> Event:
        return Event(at, self.order, happen)

    def _ago(self, days: int) -> dt.datetime:
        """So many days ago, at an hour of the working day that differs between processes."""
        day = min(days, FIRST_DAY + OLD_REVISION_DAYS - 90)
        return self.now - dt.timedelta(days=day, minutes=chance(self.data.slug, days))

    def _create(self, at: dt.datetime) -> None:
        data, staff = self.data, self.staff
        with translation.override(data.language):
            self.process = create_process(
                title=data.title,
                document_type=data.document_type,
                level=data.level,
                department=staff.departments[data.department],
                owner=staff.positions[data.owner],
                group=staff.groups[data.group],
                participating=[staff.departments[code] for code in data.participating],
                confidentiality=data.confidentiality,
                language=data.language,
                by=self.author,
                now=at,
            )

    def _revision(self) -> Revision:
        if self.process is None:
            raise RuntimeError(f"{self.data.slug}: nothing was created yet")
        newest: Revision = self.process.revisions.order_by("-ordinal")[0]
        return newest

    def _write(self, at: dt.datetime, content: Definition) -> Revision:
        """The draft with this content; only the changed steps are new edits of the author."""
        revision = self._revision()
        if revision.state == Revision.State.APPROVED and self.process is not None:
            revision = start_draft(self.process, by=self.author, now=at)
        fill(revision, content, by=self.author, now=at)
        return revision

    def _submit(self, at: dt.datetime, content: Definition, on: dt.date | None) -> None:
        revision = self._write(at - dt.timedelta(days=1), content)
        with translation.override(self.data.language):
            summary = translation.gettext("Brought up to date after the last review.") if self.data.previous else ""
            touched = submission.of_draft(revision, self.author, scope(self.author, today(at)), at).impact
            workflow.submit(
                revision, by=self.author, now=at, summary=summary, planned_on=on, training_days=TRAINING_DAYS if on else None,
                impact=touched,
            )  # fmt: skip

    def _case(self) -> ApprovalCase:
        return ApprovalCase.objects.get(revision=self._revision(), state=ApprovalCase.State.OPEN)

    def _open_seats(self, case: ApprovalCase) -> list[Seat]:
        stage = case.stages.filter(closed_at__isnull=True).order_by("order").first()
        return [] if stage is None else list(stage.seats.filter(decisions__isnull=True).select_related("position", "stage"))

    def _decide(self, case: ApprovalCase, seat: Seat, at: dt.datetime, verdict: str = "approve", reason: str = "") -> None:
        acting = assignee(seat, case, today(at))
        if acting is None:
            return
        workflow.decide(seat, by=acting.person, now=at, verdict=verdict, sha256=case.content.sha256, reason=reason)

    def _decide_all(self, at: dt.datetime) -> None:
        case = self._case()
        while seats := self._open_seats(case):
            for seat in seats:
                self._decide(case, seat, at)

    def _decide_some(self, at: dt.datetime) -> None:
        """In review: so many signatures and comments as the data says; returned: sent back with the first comment."""
        case = self._case()
        if self.data.state == "returned":
            reason = self.data.comments[0][1] if self.data.comments else self.data.title
            self._decide(case, self._open_seats(case)[0], at, "return", reason)
            return
        for step, text, login in self.data.comments:
            key = next((s.key for s in self.content.steps if s.name == step), "")
            comments.add(case, by=self._commenter(case, login, at), now=at, text=text, anchor=key)
        for _number in range(self.data.signed):
            seats = self._open_seats(case)
            if seats:
                self._decide(case, seats[0], at)

    def _commenter(self, case: ApprovalCase, login: str, at: dt.datetime) -> Person:
        """The person named, where the case lets them; else whoever has the first seat."""
        seats = self._open_seats(case)
        acting = assignee(seats[0], case, today(at)) if seats else None
        return acting.person if acting else self.staff.people[login]

    def _read(self, approved: dt.datetime) -> None:
        """Readings are handed out; most people confirm within their time."""
        revision = self._revision()
        if revision.state != Revision.State.APPROVED:
            return
        assignments.hand_out(revision, approved)
        facts = []
        for reading in Reading.objects.owed().filter(revision=revision).select_related("person").order_by("person"):
            days = chance(self.data.slug, reading.person.login, "day") % 12 + 1
            at = approved + dt.timedelta(days=days)
            if at < self.now and (self._settled(approved) or chance(self.data.slug, reading.person.login) < READ_PERCENT):
                facts.append(acknowledgements.Fact(reading.person, at - dt.timedelta(minutes=7), at))
        acknowledgements.take_over(revision, facts)

    def _settled(self, approved: dt.datetime) -> bool:
        """What was approved two months ago has been read by everybody."""
        return self.now - approved > dt.timedelta(days=60)

    def _definition(self, *, old: bool) -> Definition:
        """The content in the outline's notation; the older revision differs where the data says so."""
        data = self.data
        keys = iter(self.keys)
        typed = read_outline(data.steps, key=lambda: next(keys))
        steps = _older(typed.steps, dict(data.previous)) if old else typed.steps
        row = iter(range(100))
        return Definition(
            purpose=data.purpose,
            scope=data.scope,
            boundary=Boundary(trigger=data.trigger, result=data.result),
            sipoc=tuple(SipocRow(f"sipoc{next(row)}", *texts[:5]) for texts in data.sipoc),
            roles=typed.roles,
            steps=steps,
            records=tuple(Record(f"record{next(row)}", *texts[:3]) for texts in data.records),
            references=tuple(Reference(f"reference{next(row)}", *texts[:2]) for texts in data.references),
        )

    def finish(self) -> None:
        """The date of the next review, where the data sets one; a review that would be overdue by chance has been held."""
        if self.process is None:
            return
        self.process.refresh_from_db()
        day, due = today(self.now), self.process.next_review_on
        if self.data.review_offset is not None:
            self.process.next_review_on = add_working_days(day + dt.timedelta(days=self.data.review_offset), 0)
            self.process.save()
        elif due is not None and due < day + dt.timedelta(days=30):
            held, next_on = self._ago(20), day + dt.timedelta(days=345)
            with translation.override(self.data.language):
                reason = translation.gettext("Still as we work; no change asked for.")
            review.verdict(self.process, by=self.author, now=held, verdict="keep", reason=reason, next_on=next_on)


def _older(steps: tuple[Step, ...], before: dict[str, str]) -> tuple[Step, ...]:
    """Steps under their earlier names; a step whose earlier name is "" was not there, and arrows to it went to the step after."""
    kept: list[Step] = []
    skipped: dict[str, str] = {}
    for number, step in enumerate(steps):
        if before.get(step.name) == "" and step.kind not in {"start", "end"} and number + 1 < len(steps):
            skipped[step.key] = steps[number + 1].key
        else:
            kept.append(replace(step, name=before.get(step.name) or step.name))
    return tuple(replace(step, flows=tuple(replace(flow, to=skipped.get(flow.to, flow.to)) for flow in step.flows)) for step in kept)
