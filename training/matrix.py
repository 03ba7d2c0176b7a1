"""The training matrix: people, the processes that concern them, and how each stands. A fixed number of queries for any page."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from organization.models import Appointment, Person, Position
from organization.scope import Scope, below
from processes.models import Process, Revision
from processes.policy import managed
from training.assignments import newest_approved
from training.models import Acknowledgement, Course, Quiz, QuizAttempt, Reading, Spared, TrainingRecord
from training.owing import State
from training.reach import with_access
from training.rereading import signatures

ROWS, COLUMNS = 50, 7
SAID: Final[dict[State, Any]] = {
    State.READ: pgettext_lazy("state", "Read"),
    State.SIGNED: pgettext_lazy("state", "Signed"),
    State.DUE: pgettext_lazy("state", "To read"),
    State.OVERDUE: State.OVERDUE.label,
    State.SPARED: pgettext_lazy("state", "Spared"),
}
"""Short, since many stand beside each other."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What the matrix is narrowed to. `departments`: whose people may be seen; None: everybody's."""

    departments: frozenset[int] | None
    department: int | None = None
    position: str = ""
    process: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One person and one revision. `state` is None where the process does not concern the person.

    `quiz`: passed or not, None without one; `courses`: the code of each course of the process, and whether it is completed and valid.
    """

    state: State | None
    due: dt.date | None = None
    quiz: bool | None = None
    courses: Sequence[tuple[str, bool]] = ()

    @property
    def said(self) -> str:
        """The state in a word."""
        return str(SAID[self.state]) if self.state else ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of a batch of people, by their ids and those of revisions, contents, quizzes and courses."""

    readings: dict[tuple[int, int], tuple[bool, bool, dt.date]] = field(default_factory=dict)
    read: set[tuple[int, int, int]] = field(default_factory=set)
    signed: set[tuple[int, str]] = field(default_factory=set)
    spared: set[tuple[int, int]] = field(default_factory=set)
    passed: set[tuple[int, int]] = field(default_factory=set)
    passed_content: set[tuple[int, int, int]] = field(default_factory=set)
    completed: set[tuple[int, int]] = field(default_factory=set)


def departments_of(view: Scope) -> frozenset[int] | None:
    """Whose people this person sees in it: those of the departments that they head or manage the processes of; the office: all."""
    return None if view.office else managed(view, Position.Kind.HEAD)


def people(asked: Asked, day: dt.date) -> QuerySet[Person]:
    """Who holds a position that was asked for, by name."""
    offices = Appointment.objects.on(day)
    if asked.departments is not None:
        offices = offices.filter(position__department__in=asked.departments)
    if asked.department is not None:
        offices = offices.filter(position__department__in=below({asked.department}))
    if asked.position:
        offices = offices.filter(position__title__icontains=asked.position)
    found: QuerySet[Person] = Person.objects.filter(with_access(day), pk__in=offices.values("person")).order_by("name", "pk")
    return found


def revisions(asked: Asked, view: Scope, now: dt.datetime) -> QuerySet[Revision]:
    """What is to be read now of the processes that concern any of these people and that the asker sees, by number."""
    among = people(asked, view.today).order_by().values("pk")
    concerns = Q(Exists(Reading.objects.counted().filter(revision=OuterRef("pk"), person__in=among)))
    concerns |= Q(Exists(Spared.objects.filter(revision=OuterRef("pk"), ended_at__isnull=True, person__in=among)))
    seen = Process.objects.visible_to(view)
    if asked.process:
        seen = seen.filter(Q(number__icontains=asked.process) | Q(title__icontains=asked.process))
    found: QuerySet[Revision] = newest_approved(now).filter(concerns, process__in=seen).order_by("process__number")
    return found.select_related("process", "frozen").defer("content", "frozen__content")


class Columns:
    """The revisions of a page with the quizzes and courses of their processes: three queries."""

    def __init__(self, found: Collection[Revision]) -> None:
        self.revisions = list(found)
        processes = [one.process_id for one in self.revisions]
        self.quizzes = {one.process_id: one for one in Quiz.objects.filter(process__in=processes, in_use__isnull=False)}
        self.courses: dict[int, list[tuple[int, str]]] = defaultdict(list)
        links = Course.processes.through.objects.filter(process__in=processes, course__retired_at__isnull=True).order_by("course__code")
        for process, course, code in links.values_list("process", "course", "course__code"):
            self.courses[process].append((course, code))

    def rows(self, people: Sequence[Person], day: dt.date) -> list[tuple[Person, list[Cell]]]:
        """Each person with a cell for each revision. Seven queries."""
        facts = self._facts([one.pk for one in people], day)
        return [(one, [self._cell(one.pk, revision, facts, day) for revision in self.revisions]) for one in people]

    def _facts(self, people: Sequence[int], day: dt.date) -> Facts:
        keys = [one.pk for one in self.revisions]
        contents = {one.frozen_id: one.frozen.sha256 for one in self.revisions if one.frozen is not None}
        quizzes = [one.pk for one in self.quizzes.values()]
        courses = {course for some in self.courses.values() for course, _code in some}
        readings = Reading.objects.filter(revision__in=keys, person__in=people)
        attempts = QuizAttempt.objects.filter(version__quiz__in=quizzes, person__in=people, passed=True)
        passed = list(attempts.values_list("person", "version__quiz", "content"))
        return Facts(
            {
                (person, revision): (read is not None, ended is not None, due)
                for person, revision, read, ended, due in readings.values_list(
                    "person", "revision", "acknowledged_at", "ended_at", "work_item__due_on"
                )
            },
            set(
                Acknowledgement.objects.filter(content__in=contents, person__in=people).values_list(
                    "person", "content", "revision__process"
                )
            ),
            set(signatures(contents.values()).filter(person__in=people).values_list("person", "content_sha256")),
            set(Spared.objects.filter(revision__in=keys, person__in=people, ended_at__isnull=True).values_list("person", "revision")),
            {(person, quiz) for person, quiz, _content in passed},
            set(passed),
            set(TrainingRecord.objects.valid(day).filter(course__in=courses, person__in=people).values_list("person", "course")),
        )

    def _cell(self, person: int, revision: Revision, facts: Facts, day: dt.date) -> Cell:
        state, due = _state(person, revision, facts, day)
        if state is None:
            return Cell(None)
        courses = [(code, (person, course) in facts.completed) for course, code in self.courses.get(revision.process_id, ())]
        return Cell(state, due, self._quiz(person, revision, facts), courses)

    def _quiz(self, person: int, revision: Revision, facts: Facts) -> bool | None:
        """Passed; for this content where the quiz asks again for every version."""
        quiz = self.quizzes.get(revision.process_id)
        if quiz is None:
            return None
        if quiz.again:
            return (person, quiz.pk, revision.frozen_id) in facts.passed_content
        return (person, quiz.pk) in facts.passed


def _state(person: int, revision: Revision, facts: Facts, day: dt.date) -> tuple[State | None, dt.date | None]:
    read, ended, due = facts.readings.get((person, revision.pk), (False, True, day))
    if read:
        return State.READ, None
    if not ended:
        return (State.OVERDUE if due < day else State.DUE), due
    if (person, revision.frozen_id, revision.process_id) in facts.read:
        return State.READ, None
    if revision.frozen is not None and (person, revision.frozen.sha256) in facts.signed:
        return State.SIGNED, None
    return (State.SPARED if (person, revision.pk) in facts.spared else None), None


def everybody(asked: Asked, columns: Columns, day: dt.date) -> Iterator[tuple[Person, list[Cell]]]:
    """All rows, a batch at a time, for a file."""
    name, key = "", 0
    found = people(asked, day)
    while True:
        batch = list(found.filter(Q(name__gt=name) | Q(name=name, pk__gt=key))[:BATCH])
        yield from columns.rows(batch, day)
        if len(batch) < BATCH:
            return
        name, key = batch[-1].name, batch[-1].pk
