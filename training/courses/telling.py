"""What people are told of a session: each in their language, with a link to the page that has the calendar entry."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from organization.calendar import company_zone
from organization.models import Person
from training.models import TrainingSession
from worklist.models import WorkItem
from worklist.notices import Message, tell_many


def when(instant: dt.datetime) -> str | Promise:
    """An instant on the company's clock, in the reader's language."""
    return lazy(date_format, str)(timezone.localtime(instant, company_zone()), "DATETIME_FORMAT")


def where(session: TrainingSession) -> str:
    """The place, the link, or both."""
    return " · ".join(part for part in (session.place, session.link) if part)


def tell(session: TrainingSession, people: Iterable[Person], key: str, subject: Promise, body: str | Promise, *, now: dt.datetime) -> None:
    """These people, once for each key; by mail at once, unless they chose otherwise: it concerns their diary, and carries the entry."""
    url, kind = reverse("training:session", args=[session.pk]), WorkItem.Kind.TRAIN
    told = [Message(person, f"{key}:{session.pk}:{person.pk}", subject, body, url, kind=kind, due=True) for person in people]
    tell_many(told, now=now)


def invited(session: TrainingSession, people: Iterable[Person], now: dt.datetime) -> None:
    """They are asked to come."""
    words = {"course": session.course.title, "when": when(session.begins_at), "where": where(session), "by": session.led_by}
    subject = format_lazy(_("Training: {course} on {when}"), **words)
    body = format_lazy(
        _("You are invited. Where: {where}. Trainer: {by}. Say on the page whether you come; the calendar entry is there too."), **words
    )
    tell(session, people, "invited", subject, body, now=now)


def moved_up(session: TrainingSession, person: Person, now: dt.datetime) -> None:
    """A place became free."""
    words = {"course": session.course.title, "when": when(session.begins_at)}
    subject = format_lazy(_("You have a place: {course} on {when}"), **words)
    body = _("A place became free, and you were next on the waiting list. If you cannot come, give it back on the page.")
    tell(session, [person], f"place:{int(now.timestamp())}", subject, body, now=now)


def changed(session: TrainingSession, people: Iterable[Person], now: dt.datetime) -> None:
    """Time, place or trainer are other ones."""
    words = {"course": session.course.title, "when": when(session.begins_at), "where": where(session), "by": session.led_by}
    subject = format_lazy(_("Training changed: {course} is on {when}"), **words)
    body = format_lazy(_("Where: {where}. Trainer: {by}. Take the new calendar entry from the page; it replaces the old one."), **words)
    tell(session, people, f"changed:{session.sequence}", subject, body, now=now)


def trainer_left(session: TrainingSession, people: Iterable[Person], now: dt.datetime) -> None:
    """Somebody else has to hold it."""
    words = {"course": session.course.title, "when": when(session.begins_at), "name": session.led_by}
    subject = format_lazy(_("No trainer any more: {course} on {when}"), **words)
    body = format_lazy(_("{name} has left. Name somebody else, or cancel the session."), **words)
    tell(session, people, f"trainer:{session.trainer_id}", subject, body, now=now)


def cancelled(session: TrainingSession, people: Iterable[Person], now: dt.datetime) -> None:
    """It does not take place."""
    words = {"course": session.course.title, "when": when(session.begins_at), "reason": session.reason}
    subject = format_lazy(_("Training cancelled: {course} on {when}"), **words)
    tell(session, people, "cancelled", subject, format_lazy(_("Why: {reason}"), **words), now=now)
