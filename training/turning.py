"""What changes readings: people who came, moved, left or hold another level; days that come; settings that changed in silence.

Cost follows what has changed since the last round, and not how many processes or people there are (docs/decisions/0027).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from organization.calendar import today
from organization.models import Appointment, Department, HeldLevel, Person, Position
from organization.scope import above
from processes.models import Process, Revision, Role, RoleUse
from training.assignments import end_obsolete, hand_out, hand_out_all, hand_out_to, newest_approved
from training.models import AudienceRule, Reading, Round, Spared

MANY: Final = 200
"""Of more people than these every process is looked at instead."""
LONGEST: Final = dt.timedelta(days=31)
"""After a longer pause too."""
UNDER_WAY: Final = dt.timedelta(minutes=15)
"""A round looks back so much further: what was written before its moment may have been committed after it."""


def hand_out_people(people: Collection[int], now: dt.datetime) -> int:
    """These people owe what the rules ask of them today, and nothing else; says how many readings were raised."""
    if len(people) > MANY:
        return hand_out_all(now)
    return sum(hand_out_to(revision, people, now) for revision in concerning(people, now)) if people else 0


def concerning(people: Collection[int], now: dt.datetime) -> list[Revision]:
    """What any of these people must read by any rule of today, or owes, or is spared; what was never handed out is not among it."""
    held = Appointment.objects.on(today(now)).filter(person__in=people)
    positions = set(held.values_list("position", flat=True))
    departments = above(set(Position.objects.filter(pk__in=positions).values_list("department", flat=True)))
    levels = set(HeldLevel.objects.on(today(now)).filter(person__in=people).values_list("level", flat=True))
    about = Q(department__in=departments) | Q(position__in=positions) | Q(person__in=people)
    about |= Q(role__in=Role.positions.through.objects.filter(position__in=positions).values("role"))
    if levels:
        about |= Q(level__lte=max(levels))
    rules = AudienceRule.objects.on(today(now)).filter(about).values("process")
    owed = Reading.objects.owed().filter(person__in=people).values("revision__process")
    spared = Spared.objects.filter(person__in=people, ended_at__isnull=True).values("revision__process")
    return _handed_out(now, Q(process__in=rules) | Q(process__in=owed) | Q(process__in=spared))


def hand_out_turned(now: dt.datetime) -> int:
    """The round: what has changed since the last one by a day that came or by settings. Says how many readings were raised."""
    last = Round.objects.order_by("pk").first()
    if last is None or now - last.at > LONGEST:
        raised = hand_out_all(now)
    else:
        end_obsolete(now)
        raised = hand_out_people(_people(today(last.at), today(now)), now)
        raised += sum(hand_out(revision, now) for revision in _handed_out(now, Q(process__in=_processes(last.at, now))))
    with transaction.atomic():
        Round.objects.update_or_create(pk=last.pk if last else 1, defaults={"at": now})
    return raised


def _handed_out(now: dt.datetime, among: Q) -> list[Revision]:
    revisions: QuerySet[Revision] = newest_approved(now).filter(among, hand_out__handed_out_at__isnull=False)
    return list(revisions.select_related("process", "frozen").order_by("pk"))


def _people(before: dt.date, day: dt.date) -> set[int]:
    """Whose appointment, level or access begins or ends on a day after `before`, up to `day`."""
    days = (before, day)
    turned = (
        Appointment.objects.filter(_turns("starts_on", "ends_before", *days)).values_list("person", flat=True),
        HeldLevel.objects.filter(_turns("held_from", "held_until", *days)).values_list("person", flat=True),
        Person.objects.filter(access_until__gte=before, access_until__lt=day).values_list("pk", flat=True),
    )
    return {person for rows in turned for person in rows.order_by()[: MANY + 1]}


def _processes(since: dt.datetime, now: dt.datetime) -> set[int]:
    """Whose rules begin or end, whose settings, roles or departments have changed."""
    at = since - UNDER_WAY
    rules = AudienceRule.objects.filter(_turns("starts_on", "ends_before", today(since), today(now)))
    found = set(rules.values_list("process", flat=True))
    found |= set(Process.history.filter(history_date__gte=at).values_list("id", flat=True))
    if roles := set(Role.history.filter(history_date__gte=at).values_list("id", flat=True)):
        found |= set(AudienceRule.objects.on(today(now)).filter(role__in=roles).values_list("process", flat=True))
        found |= set(RoleUse.objects.filter(role__in=roles).values_list("revision__process", flat=True))
    if departments := set(Department.history.filter(history_date__gte=at).values_list("id", flat=True)):
        about = AudienceRule.objects.on(today(now)).filter(department__in=above(departments))
        found |= set(about.values_list("process", flat=True))
    return found


def _turns(begins: str, ends: str, before: dt.date, day: dt.date) -> Q:
    days: Sequence[dt.date] = (before + dt.timedelta(days=1), day)
    return Q(**{f"{begins}__range": days}) | Q(**{f"{ends}__range": days})
