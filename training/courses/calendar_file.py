"""A session as a calendar entry: the same UID with a higher SEQUENCE replaces the one before, also where it was cancelled."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vText

from training.courses.telling import where
from training.models import TrainingSession

State = TrainingSession.State


def entry(session: TrainingSession) -> bytes:
    """The file that a calendar program takes. Nobody else who comes stands in it."""
    address = settings.PORTAL_URL + reverse("training:session", args=[session.pk])
    off = session.state == State.CANCELLED
    event = Event()
    event.add("uid", f"training-{session.pk}@{urlsplit(settings.PORTAL_URL).hostname or 'localhost'}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", session.history.latest().history_date)
    event.add("dtstart", session.begins_at)
    event.add("dtend", session.ends_at)
    event.add("summary", session.course.title)
    event.add("location", where(session))
    event.add("description", f"{session.led_by}\n{address}")
    event.add("url", session.link or address)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event["transp"] = vText("TRANSPARENT" if off else "OPAQUE")
    made = Calendar()
    made.add("prodid", "-//Process Portal//Training//EN")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if off else "PUBLISH")
    made.add_component(event)
    return bytes(made.to_ical())
