"""What somebody did here, as plain rows that an assessment proposes as evidence.

Rows come from gatherers that apps above register when they are ready, since they need several neighbours. A row names kinds,
numbers and names and no sentences, so that it is read later in another language; a process in it is kept by its number, and its
title is shown to whoever may see it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.calendar import today
from organization.models import Person
from training.models import Assessment, Assessor, TrainingRecord, TrainingSession
from training.models.courses import COMPLETED
from training.quiz_attempts import passed_quizzes

OWN: Final = "own"
KINDS: dict[str, str | Promise] = {
    "quiz": _("Quiz passed"),
    "assessed": _("Assessed somebody"),
    "held": _("Training held, and how many completed it"),
    "completed": _("Training completed"),
    OWN: _("Added by hand"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a person did on a day, with where it is looked at. `key` is the same whenever it is found again."""

    kind: str
    key: str
    day: dt.date
    text: str = ""
    number: str = ""
    url_name: str = ""
    url_args: Sequence[str | int] = ()


Gatherer = Callable[[Person, dt.datetime], Iterable[Fact]]
_gatherers: list[Gatherer] = []


def register(gatherer: Gatherer, kinds: Mapping[str, str | Promise]) -> None:
    """Called by an app above when it is ready; `kinds` are the labels of its kinds of rows."""
    KINDS.update(kinds)
    if gatherer not in _gatherers:
        _gatherers.append(gatherer)


def gather(person: Person, now: dt.datetime) -> list[Fact]:
    """Everything that is known of this person, the newest first."""
    found = [*_of_training(person, now), *(fact for gatherer in _gatherers for fact in gatherer(person, now))]
    return sorted(found, key=lambda fact: (fact.day, fact.key), reverse=True)


def label(kind: str) -> str:
    """What a kind is called; a kind whose room is not there any more keeps its name."""
    return str(KINDS.get(kind, kind))


def _of_training(person: Person, _now: dt.datetime) -> Iterable[Fact]:
    for one in passed_quizzes(person):
        yield Fact("quiz", f"quiz:{one.attempt}", today(one.on), one.shipped or f"{one.percent}%", one.process)
    concluded = Assessor.objects.filter(person=person, assessment__state__in=(Assessment.State.PASSED, Assessment.State.FAILED))
    for row in concluded.filter(ended_at__isnull=True).select_related("assessment__candidate"):
        told = row.assessment
        yield Fact("assessed", f"assessed:{told.pk}", today(told.closed_at), told.candidate.name)
    came = Q(records__superseded_by__isnull=True) & ~Q(records__result=TrainingRecord.Result.ABSENT)
    held = TrainingSession.objects.filter(trainer=person, state=TrainingSession.State.HELD).select_related("course").annotate(
        came=Count("records", filter=came), completed=Count("records", filter=came & Q(records__result__in=COMPLETED))
    )  # fmt: skip
    for one in held.order_by("-begins_at", "-pk"):
        text = f"{one.course} · {one.completed}/{one.came}"
        yield Fact("held", f"held:{one.pk}", today(one.begins_at), text, url_name="training:session", url_args=[one.pk])
    for record in TrainingRecord.objects.completed().filter(person=person).select_related("course"):
        at = {"url_name": "training:course", "url_args": [record.course_id]}
        yield Fact("completed", f"record:{record.pk}", record.day, str(record.course), **at)  # type: ignore[arg-type]
