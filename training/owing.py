"""Who owes the reading of a process, by which rule, since and until when: today by its rules, on past days by readings."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.calendar import midnight
from organization.models import Absence, Appointment, HeldLevel, Person
from processes.models import Process, Revision
from training import rereading
from training.assignments import newest_approved
from training.models import AudienceRule, Reading, Spared
from training.reach import Rules, rules_on
from training.selection import Chosen, Days, since
from training.then import readings_at, were_to_read

BATCH = 2_000
DAY = dt.timedelta(days=1)


class State(models.TextChoices):
    """How it stands with one person."""

    READ = "read", pgettext_lazy("state of a reading", "Read")
    SIGNED = "signed", _("Signed this version")
    DUE = "due", _("Has to read it")
    OVERDUE = "overdue", _("Overdue")
    PAUSED = "paused", _("Away, so it waits")
    WAITING = "waiting", _("Not handed out yet")
    SPARED = "spared", _("Need not read it again")


TONES: Final = {State.READ: "ok", State.SIGNED: "ok", State.OVERDUE: "bad", State.DUE: "warn"}
"""The colour of each; the others are neutral."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One person of the audience; `rule` is the one that reached the person first, of those that do on this day."""

    person: Person
    rule: AudienceRule | None
    since: dt.date | None
    due: dt.date | None
    state: State


def owed_today(process: Process, day: dt.date, now: dt.datetime) -> Iterator[Owed]:
    """Everybody in the audience, by login name, a batch at a time."""
    rules, revision = rules_on(process, day), to_read(process, now)
    for people in _batches(rules.people()):
        yield from described(rules, revision, people)


def owed_on(process: Process, day: dt.date) -> Iterator[Owed]:
    """Whoever owed it at the end of a past day, by login name, from the readings of what was to be read then."""
    at = midnight(day + DAY) - dt.timedelta(microseconds=1)
    revision = were_to_read(at).filter(process=process).first()
    if revision is None:
        return
    rules, readings = rules_on(process, day), readings_at(at).filter(revision=revision)
    for people in _batches(Person.objects.filter(pk__in=readings.values("person"))):
        found = {reading.person_id: reading for reading in readings.filter(person__in=people).select_related("work_item")}
        away = _away(people, day)
        why = reasons(rules, [person.pk for person in people])
        for person in people:
            reading = found[person.pk]
            read = reading.acknowledged_at is not None and reading.acknowledged_at <= at
            rule, first = why.get(person.pk, (None, None))
            yield Owed(person, rule, first, reading.work_item.due_on, _state(reading, day, away, read=read))


def to_read(process: Process, now: dt.datetime) -> Revision | None:
    """What people are to read now."""
    return newest_approved(now).filter(process=process).select_related("frozen").first()


def described(rules: Rules, revision: Revision | None, people: Sequence[Person]) -> list[Owed]:
    """How it stands today with these people of the audience. A fixed number of queries."""
    keys = [person.pk for person in people]
    readings = Reading.objects.filter(revision=revision, person__in=keys).select_related("work_item") if revision else ()
    found = {reading.person_id: reading for reading in readings}
    why, away, signed, read = reasons(rules, keys), _away(people, rules.day), _signed(revision, keys), _read(revision, keys)
    spared = _spared(revision, keys)
    rows = []
    for person in people:
        reading = found.get(person.pk)
        if reading is not None and (reading.acknowledged_at or reading.ended_at is None):
            due, state = reading.work_item.due_on, _state(reading, rules.day, away, read=reading.acknowledged_at is not None)
        else:
            states = ((read, State.READ), (signed, State.SIGNED), (spared, State.SPARED))
            due, state = None, next((state for who, state in states if person.pk in who), State.WAITING)
        rule, first = why.get(person.pk, (None, None))
        rows.append(Owed(person, rule, first, due, state))
    return rows


def reasons(rules: Rules, people: Collection[int]) -> dict[int, tuple[AudienceRule, dt.date]]:
    """Person id → the rule that reaches the person, of several the one that has for longest, and its first day without a gap."""
    asking = [(rule, chosen) for rule, chosen in rules.each if not rule.excludes]
    held = _held(people)
    levels = _levels(people) if any(chosen.levels for _rule, chosen in asking) else {}
    found: dict[int, tuple[AudienceRule, dt.date]] = {}
    for person in people:
        for rule, chosen in asking:
            start = rule.starts_on if person in chosen.people else since(_periods(chosen, held[person], levels.get(person, [])), rules.day)
            if start is None:
                continue
            first = max(rule.starts_on, start)
            if person not in found or first < found[person][1]:
                found[person] = (rule, first)
    return found


Held = tuple[int, int, dt.date, dt.date | None]
"""Position, department, and the days of an appointment."""


def _periods(chosen: Chosen, held: Sequence[Held], levels: Sequence[tuple[int, Days]]) -> Iterator[Days]:
    for position, department, start, end in held:
        if chosen.by_office(position, department):
            yield start, end
    for level, days in levels:
        if level in chosen.levels:
            yield days


def _held(people: Collection[int]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {person: [] for person in people}
    rows = Appointment.objects.filter(person__in=people).order_by("pk")
    for person, *held in rows.values_list("person", "position", "position__department", "starts_on", "ends_before"):
        found[person].append((held[0], held[1], held[2], held[3]))
    return found


def _levels(people: Collection[int]) -> dict[int, list[tuple[int, Days]]]:
    found: dict[int, list[tuple[int, Days]]] = defaultdict(list)
    for person, level, start, end in HeldLevel.objects.filter(person__in=people).values_list("person", "level", "held_from", "held_until"):
        found[person].append((level, (start, end)))
    return found


def _state(reading: Reading, day: dt.date, away: Collection[int], *, read: bool) -> State:
    if read:
        return State.READ
    if reading.work_item.due_on < day:
        return State.OVERDUE
    return State.PAUSED if reading.person_id in away else State.DUE


def _away(people: Sequence[Person], day: dt.date) -> set[int]:
    return set(Absence.objects.on(day).filter(person__in=people).values_list("person", flat=True))


def _signed(revision: Revision | None, people: Collection[int]) -> set[int]:
    """Who wrote, reviewed or approved exactly this content, signed, has read it."""
    return set(rereading.signed(revision).filter(person__in=people).values_list("person", flat=True)) if revision else set()


def _read(revision: Revision | None, people: Collection[int]) -> set[int]:
    """Who confirmed this content, in whichever version."""
    return set(rereading.confirmed(revision).filter(person__in=people).values_list("person", flat=True)) if revision else set()


def _spared(revision: Revision | None, people: Collection[int]) -> set[int]:
    """In whose roles nothing substantive has changed since they read it."""
    if revision is None:
        return set()
    return set(Spared.objects.filter(revision=revision, ended_at__isnull=True, person__in=people).values_list("person", flat=True))


def _batches(people: QuerySet[Person]) -> Iterator[list[Person]]:
    """By login name; asked once, so that a large audience is not evaluated again for every batch."""
    rest = people.order_by("login").iterator(chunk_size=BATCH)
    while batch := list(islice(rest, BATCH)):
        yield batch
