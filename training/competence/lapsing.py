"""Tells that levels are to be renewed, 60, 30 and 7 days before they lapse, and what follows when one has lapsed.

What is held on a day is computed from rows; this only tells, and wakes what follows levels. It may run as often as it likes, and
days that were missed are one notice.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import events, gate
from organization.calendar import today
from organization.ladder import GATES
from organization.models import Appointment, HeldLevel, Person
from organization.resolution import Question, resolve_each
from worklist.continuity_heads import Heads
from worklist.models import Notice
from worklist.notices import Message, tell_many

RENEW = gettext_lazy("Open an assessment to renew it. Else it leaves level {below}, and others do what it opened.")
BEFORE: Final = (7, 30, 60)
DAY = dt.timedelta(days=1)
CAUGHT_UP = dt.timedelta(days=60)
"""Lapses that are older are not told any more: a portal that was off so long has other news."""
Messages = Callable[[dict[str, HeldLevel], dt.date], Iterable[Message]]


def tell(now: dt.datetime) -> int:
    """Says of how many people something was told for the first time."""
    return _tell_coming(now) + _tell_lapsed(now)


def _tell_coming(now: dt.datetime) -> int:
    day = today(now)
    soon = HeldLevel.objects.on(day).filter(held_until__lte=day + max(BEFORE) * DAY, person__is_active=True)
    found = {_coming(row, day): row for row in soon.select_related("person").order_by("pk")}
    return len(_told(found, _coming_messages, now))


def _coming(row: HeldLevel, day: dt.date) -> str:
    """One notice for each step; the nearest that has begun, so that a missed one is not made up for."""
    left = (_end(row) - day).days
    return f"lapse:{row.pk}:{next(step for step in BEFORE if left <= step)}"


def _end(row: HeldLevel) -> dt.date:
    return row.held_until or dt.date.max


def _coming_messages(found: dict[str, HeldLevel], day: dt.date) -> Iterable[Message]:
    above = superiors([row.person for row in found.values()], day)
    for key, row in found.items():
        words = {"name": row.person.name, "level": row.level_id, "day": lazy(date_format, str)(_end(row) - DAY)}
        body = format_lazy(RENEW, below=row.level_id - 1)
        mine = format_lazy(gettext_lazy("Your level {level} is held until {day}: renew it in time"), **words)
        yield Message(row.person, key, mine, body, reverse("training:competence"), due=key.endswith(f":{min(BEFORE)}"))
        if superior := above.get(row.person_id):
            theirs = format_lazy(gettext_lazy("{name} holds level {level} until {day}: it is to be renewed"), **words)
            url = reverse("training:person_competence", args=[row.person_id])
            yield Message(superior, f"{key}:above", theirs, body, url)


def _tell_lapsed(now: dt.datetime) -> int:
    """Who fell to a lower level since: they and their superiors hear why, and whatever follows levels is woken."""
    day = today(now)
    fell = HeldLevel.objects.on(day).filter(ground=HeldLevel.Ground.LAPSED, held_from__gt=day - CAUGHT_UP, person__is_active=True)
    found = {f"lapsed:{row.pk}": row for row in fell.select_related("person").order_by("pk")}
    with transaction.atomic():
        new = _told(found, _lapsed_messages, now)
        for row in new:
            events.level_changed.send(sender=HeldLevel, person=row.person, now=now)
    return len(new)


def _lapsed_messages(found: dict[str, HeldLevel], day: dt.date) -> Iterable[Message]:
    above = superiors([row.person for row in found.values()], day)
    for key, row in found.items():
        words = {"name": row.person.name, "before": row.level_id + 1, "level": row.level_id, "day": lazy(date_format, str)(row.held_from)}
        body = lazy(_opened, str)(row.level_id + 1)
        mine = format_lazy(gettext_lazy("Your level {before} was not renewed: since {day} you hold level {level}"), **words)
        yield Message(row.person, key, mine, body, reverse("training:competence"), due=True)
        if superior := above.get(row.person_id):
            theirs = format_lazy(gettext_lazy("Level {before} of {name} was not renewed: level {level} since {day}"), **words)
            url = reverse("training:person_competence", args=[row.person_id])
            yield Message(superior, f"{key}:above", theirs, body, url)


def _opened(level: int) -> str:
    """What a level opens, as a sentence."""
    labels = "; ".join(_(one.label) for one in GATES.values() if one.level == level)
    words = {"level": gate.level_name(level), "actions": labels}
    return _("What needs %(level)s is asked of others from now on: %(actions)s. Work that waited for it has been passed on.") % words


def _told(found: dict[str, HeldLevel], messages: Messages, now: dt.datetime) -> Sequence[HeldLevel]:
    """Tells what was not told before; says of whom."""
    known = set(Notice.objects.filter(key__in=found).values_list("key", flat=True))
    new = {key: row for key, row in found.items() if key not in known}
    if new:
        tell_many(messages(new, today(now)), now=now)
    return list(new.values())


def superiors(people: Sequence[Person], day: dt.date) -> dict[int, Person]:
    """Person id → who acts today for the head above the position that they took up last. A fixed number of queries."""
    held = Appointment.objects.on(day).filter(person__in=people).select_related("position").order_by("starts_on", "pk")
    offices = {appointment.person_id: appointment.position for appointment in held}
    heads = Heads(day) if offices else None
    above = {person: head for person, office in offices.items() if heads is not None and (head := heads.above(office)) is not None}
    who = resolve_each([Question(head, frozenset({person})) for person, head in above.items()], day)
    return {person: found.person for person, found in zip(above, who, strict=True) if found is not None}
