"""What people thought of a session: once, without a name, and told as an average of three or more."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Avg, Count
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Refused
from processes.canonical import clean
from training.courses import seats
from training.models import Enrolment, Evaluation, TrainingSession

FEWEST: Final = 3
"""With fewer answers somebody could be recognised."""
COMMENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What the trainer and whoever arranges it see. `average` is None while there are too few."""

    answers: int
    average: float | None
    comments: Sequence[str]


def open_to(session: TrainingSession, person: Person) -> Enrolment | None:
    """The person's own line, where they were there and have not said anything yet."""
    was_there = session.records.standing().filter(person=person).exclude(result="absent").exists()
    found: Enrolment | None = session.enrolments.filter(person=person, evaluated=False).first() if was_there else None
    return found


def evaluate(session: TrainingSession, score: int, comment: str, *, by: Person, now: dt.datetime) -> None:
    """From 1 to 5 and a comment; that `by` has said something is kept apart from what. Raises Refused the second time."""
    with transaction.atomic():
        locked = seats.lock(session)
        mine = open_to(locked, by)
        if mine is None:
            raise Refused(_("Who was there evaluates a session, and once. Thank you if you have."))
        Enrolment.objects.filter(pk=mine.pk).update(evaluated=True)
        Evaluation.objects.create(session=locked, score=score, comment=clean(comment).strip())


def told(session: TrainingSession) -> Told:
    """The average and the comments, as soon as nobody can be recognised."""
    found = session.evaluations.aggregate(answers=Count("pk"), average=Avg("score"))
    if found["answers"] < FEWEST:
        return Told(found["answers"], None, ())
    comments = session.evaluations.exclude(comment="").order_by("pk").values_list("comment", flat=True)[:COMMENTS]
    return Told(found["answers"], float(found["average"]), list(comments))
