"""How people of the demo company climbed: levels that were renewed by assessments, one that is being rated, a step that is planned."""

import datetime as dt

from organization.calendar import today
from organization.models import Ability, HeldLevel, Person
from training.competence import development, lapsing, opening, rating
from training.competence.rating import Given

CANDIDATE = "claire.hartmann"
RENEWED = (2, 3)
EVERY_DAYS, NEWEST_DAYS_AGO = 37, 20


def play(people: dict[str, Person], office: Person, now: dt.datetime) -> None:
    """Two of three who hold level 2 or 3 have renewed it, at different times; the others are to do so within the year."""
    held = HeldLevel.objects.on(today(now)).filter(level__in=RENEWED, person__in=people.values()).exclude(person=office)
    due = [row for n, row in enumerate(held.select_related("person").order_by("person__name")) if n % 3]
    for n, row in enumerate(due):
        _assess(row.person, row.level_id, office, now - dt.timedelta(days=NEWEST_DAYS_AGO + n * EVERY_DAYS % 700))
    _climbing(people, office, now)
    lapsing.tell(now)


def _assess(person: Person, level: int, office: Person, at: dt.datetime) -> None:
    assessment = opening.open_(person, level, by=office, now=at)
    opening.name_assessor(assessment, by=office, now=at, person=office)
    given = {one.pk: Given("met", "Shown on the processes of the department.") for one in Ability.objects.filter(level=level)}
    rating.rate(assessment, given, {}, by=office, now=at, seen=0, hand_in=True)
    assessment.refresh_from_db()
    rating.conclude(assessment, by=office, now=at, seen=assessment.version, word="Works by what the level asks; renewed.")


def _climbing(people: dict[str, Person], office: Person, now: dt.datetime) -> None:
    """Whoever is next is assessed at present, and works on what is still open."""
    candidate = people[CANDIDATE]
    row = HeldLevel.objects.on(today(now)).filter(person=candidate).order_by("-level").first()
    wanted = (row.level_id if row else 0) + 1
    asked = now - dt.timedelta(days=4)
    assessment = opening.open_(candidate, wanted, by=candidate, now=asked)
    opening.name_assessor(assessment, by=office, now=asked, person=office)
    ability = Ability.objects.filter(level=wanted).order_by("-order")[:1].get()
    day = today(now) + dt.timedelta(days=45)
    development.plan(candidate, ability, "Present the value chain of purchasing to the management team", day, by=office, now=asked)
