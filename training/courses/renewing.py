"""What expires is renewed: told 60, 30 and 7 days before, owed from the first of them, and settled by the next completed session."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from organization.calendar import today
from training.courses.validity import WARNED, warning
from training.models import Course, TrainingRecord
from worklist.items import NewItem, raise_items, withdraw_many
from worklist.items import settle as settle_item
from worklist.models import WorkItem
from worklist.notices import Message, tell_many

BATCH = 500
KEY = "renewal:"


def run(now: dt.datetime) -> int:
    """Raises and tells what is due; says how many records expire soon. Safe to run twice and side by side."""
    return sum(_warn(batch, now) for batch in _batches(expiring(today(now))))


def expiring(day: dt.date) -> QuerySet[TrainingRecord]:
    """The last of a person's completed records of a course, where it ends within the time of the first warning."""
    last = day + dt.timedelta(days=max(WARNED))
    found: QuerySet[TrainingRecord] = (
        TrainingRecord.objects.completed()
        .filter(~_longer(), valid_until__gte=day, valid_until__lte=last, course__retired_at__isnull=True)
        .filter(Q(person__access_until__isnull=True) | Q(person__access_until__gte=day), person__is_active=True)
    )
    return found


def _longer() -> Exists:
    """Whether the person has completed the course also for longer."""
    same = TrainingRecord.objects.completed().filter(course=OuterRef("course"), person=OuterRef("person"))
    return Exists(same.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until"))))


def settle(course: Course, people: Collection[int], now: dt.datetime) -> None:
    """These people have completed the course (again). What a late list or a correction says of long ago renews nothing."""
    owed = WorkItem.objects.open().filter(
        kind=WorkItem.Kind.TRAIN, url_name="training:course", url_args=[course.pk], person__in=people, source_key__startswith=KEY
    )
    found = {int(item.source_key.removeprefix(KEY)): item for item in owed}
    last = set(TrainingRecord.objects.completed().filter(~_longer(), pk__in=found).values_list("pk", flat=True))
    for record in found.keys() - last:
        settle_item(found[record], outcome=WorkItem.Outcome.DONE, now=now)


def end_over(now: dt.datetime) -> int:
    """Renewals of courses that are no longer held are not owed any more; says how many."""
    courses = Course.objects.filter(retired_at__isnull=False).values_list("pk", flat=True)
    owed = WorkItem.objects.open().filter(kind=WorkItem.Kind.TRAIN, url_name="training:course", source_key__startswith=KEY)
    gone = set(courses)
    return withdraw_many([item.pk for item in owed if item.url_args[0] in gone], now=now)


def _warn(records: list[TrainingRecord], now: dt.datetime) -> int:
    day = today(now)
    items = raise_items([_item(one) for one in records], now=now)
    messages = []
    for one, item in zip(records, items, strict=True):
        until = cast("dt.date", one.valid_until)  # it was asked for
        words = {"course": one.course.title, "day": lazy(date_format, str)(until)}
        subject = format_lazy(_("Renew by {day}: {course}"), **words)
        body = format_lazy(_("What you completed is valid until {day}. Take a place in one of the next sessions."), **words)
        key = f"expires:{one.pk}:{warning(until, day)}"
        messages.append(Message(one.person, key, subject, body, reverse("training:course", args=[one.course_id]), work_item=item))
    tell_many(messages, now=now)
    return len(records)


def _item(record: TrainingRecord) -> NewItem:
    return NewItem(
        kind=WorkItem.Kind.TRAIN,
        subject=str(record.course),
        url_name="training:course",
        url_args=[record.course_id],
        person_id=record.person_id,
        due_on=cast("dt.date", record.valid_until),
        source_key=f"{KEY}{record.pk}",
    )


def _batches(records: QuerySet[TrainingRecord]) -> Iterator[list[TrainingRecord]]:
    last = 0
    while batch := list(records.filter(pk__gt=last).select_related("person", "course").order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk
