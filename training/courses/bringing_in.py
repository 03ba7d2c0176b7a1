"""The story of past training records: rehearsed to learn what is wrong, brought in as a whole or not at all, again without harm."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import ne
from typing import Final

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.scope import Scope, scope
from organization.tables import lookup
from organization.tables.checking import Fault, Line, check
from organization.tables.columns import shown
from organization.tables.reading import read
from training.courses import renewing
from training.courses.policy import may_arrange, may_arrange_any
from training.courses.records_table import KIND
from training.courses.validity import last_day
from training.models import Course, TrainingRecord

BATCH: Final = 500
Outcome = tuple[str, int | None, dt.date | None]
"""Result, score and last valid day."""
COMPARED: Final = ("result", "score", "valid_until")
Triple = tuple[int, int, dt.date]
"""Person, course and day."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a table would add, or what is wrong with it: then nothing is done. `same` rows are there already."""

    encoding: str
    separator: str
    count: int
    faults: tuple[Fault, ...]
    new: tuple[TrainingRecord, ...]
    same: int

    @property
    def digest(self) -> str:
        """Stands for what would be added: when it differs later, something has changed in between."""
        told = [[one.person_id, one.course_id, str(one.day), one.result, one.score, str(one.valid_until)] for one in self.new]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(slots=True)
class _Known:
    """What the rows are compared with, read in batches."""

    people: dict[str, Person]
    courses: dict[str, Course]
    outcomes: dict[Triple, set[Outcome]] = field(default_factory=lambda: defaultdict(set))


def rehearse(text: str, *, by: Person, now: dt.datetime, encoding: str = "UTF-8") -> Report:
    """Everything that would be added or refused; writes nothing. Raises Refused, Unreadable."""
    view = scope(by, today(now))
    insist(may_arrange_any(by, view))
    sheet = read(text, encoding)
    checked = check(sheet, KIND)
    known = _known(checked.lines)
    faults, new, same = list(checked.faults), list[TrainingRecord](), 0
    allowed = {course.pk: may_arrange(by, course.department_id, view).reason for course in known.courses.values()}
    for line in checked.lines:
        made = _record(line, known, allowed, view)
        if isinstance(made, Fault):
            faults.append(made)
        elif made is None:
            same += 1
        else:
            made.recorded_by, made.recorded_at = by, now
            new.append(made)
    return Report(encoding, sheet.separator, checked.count, tuple(sorted(faults, key=lambda fault: fault.row)), tuple(new), same)


def bring_in(text: str, *, by: Person, now: dt.datetime, encoding: str = "UTF-8", seen: str = "") -> tuple[Report, bool]:
    """The report, and whether it was done: not where something is wrong, nor where it is no longer what was `seen` (a digest)."""
    with transaction.atomic():
        # Corrections take the same lock, so that nothing is put right between the look and the writing.
        list(Course.objects.select_for_update().order_by("pk").values_list("pk"))
        report = rehearse(text, by=by, now=now, encoding=encoding)
        done = not report.faults and seen in {"", report.digest}
        if done:
            TrainingRecord.objects.bulk_create(report.new, batch_size=BATCH)
            _follow(report.new, now)
    return report, done


def _record(line: Line, known: _Known, allowed: dict[int, str], view: Scope) -> TrainingRecord | Fault | None:
    """The record of a row; None where it is there already, in the portal or above in the table."""
    values = line.values
    person, course = known.people.get(values["login"].lower()), known.courses.get(values["course"])
    if person is None:
        return line.fault("login", _("There is nobody with this login name."))
    if course is None:
        return line.fault("course", _("There is no course with this code. Begin it first."))
    if allowed[course.pk]:
        return line.fault("course", allowed[course.pk])
    day, score = values["day"], values.get("score")
    if day > view.today:
        return line.fault("day", _("This day has not come yet. Only what is over is brought in."))
    result = values.get("result", TrainingRecord.Result.ATTENDED.value)
    until = values.get("valid_until") or (last_day(day, course.renewal_months) if result != TrainingRecord.Result.FAILED else None)
    if until is not None and until < day:
        return line.fault("valid_until", _("The last day lies before the training."))
    there = known.outcomes[person.pk, course.pk, day]
    outcome: Outcome = (result, score, until)
    if there:
        if outcome in there:
            return None
        return _conflict(line, outcome, there)
    there.add(outcome)
    return TrainingRecord(
        person=person, course=course, source=TrainingRecord.Source.IMPORT, day=day, result=result, score=score, valid_until=until
    )


def _conflict(line: Line, outcome: Outcome, there: set[Outcome]) -> Fault:
    """At the first column that says something else than the record that is nearest to the row, also where the table leaves it out."""
    nearest = min(sorted(there, key=str), key=lambda one: sum(map(ne, one, outcome)))
    key = next(key for key, said, known in zip(COMPARED, outcome, nearest, strict=True) if said != known)
    column = next(column for column in KIND.columns if column.key == key)
    fault = line.fault(key, _("A record of this person, course and day says something else here. Put that one right on its own page."))
    return replace(fault, column=fault.column or shown(column, get_language() or "en"))


def _known(lines: Sequence[Line]) -> _Known:
    """People, courses and records that the rows are about, in a few queries however many rows there are."""
    codes = {line.values["course"] for line in lines}
    courses = {course.code: course for course in Course.objects.filter(code__in=codes)}
    known = _Known(lookup.people(line.values["login"] for line in lines), courses)
    for some in lookup.batches(person.pk for person in known.people.values()):
        rows = TrainingRecord.objects.filter(person__in=some, course__in=courses.values())
        for person, course, day, *outcome in rows.values_list("person", "course", "day", "result", "score", "valid_until"):
            known.outcomes[person, course, day].add((outcome[0], outcome[1], outcome[2]))
    return known


def _follow(records: Sequence[TrainingRecord], now: dt.datetime) -> None:
    """What was owed as a renewal and stands in the table is done. Nobody is told of the past."""
    done: dict[Course, list[int]] = defaultdict(list)
    for one in records:
        if one.is_completed and (one.valid_until is None or one.valid_until >= today(now)):
            done[one.course].append(one.person_id)
    for course, people in done.items():
        for some in lookup.batches(people):
            renewing.settle(course, some, now)
