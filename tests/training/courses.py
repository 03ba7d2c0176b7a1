"""Short words for tests of courses."""

import datetime as dt

from organization.models import Person
from tests import make
from training.courses import catalogue, sessions
from training.models import Course, TrainingSession

NOW = make.NOW
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def course(by: Person, code: str = "C-1", *, now: dt.datetime = NOW, **terms: object) -> Course:
    """A course of the company unless a department is named."""
    return catalogue.create(code, catalogue.Terms(title=str(terms.pop("title", "Buying safely")), **terms), by=by, now=now)  # type: ignore[arg-type]


def session(
    of: Course, by: Person, *, capacity: int = 2, begins: dt.datetime | None = None, now: dt.datetime = NOW, **terms: object
) -> TrainingSession:
    """In a week, for two hours."""
    start = begins or now + 7 * DAY
    terms.setdefault("trainer_name", "Ms Lee")
    terms.setdefault("place", "Room 1")
    return sessions.plan(of, sessions.Terms(start, start + 2 * HOUR, capacity, **terms), by=by, now=now)  # type: ignore[arg-type]
