"""A session as a calendar entry: the same UID with a higher SEQUENCE replaces the one before, also where it was cancelled."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vText

from organization.models import Person
from training.courses.telling import where
from training.models import Enrolment, TrainingSession
from worklist.enclosures import Enclosure

State = TrainingSession.State
IN_THE_DIARY = (Enrolment.State.INVITED, Enrolment.State.ENROLLED)


def enclosed(person: Person, session: int) -> list[Enclosure]:
    """What a mail about a session carries: the entry, for its trainer and for whoever was asked, comes, or was to come until it was off."""
    found = TrainingSession.objects.select_related("course", "trainer").filter(pk=session).exclude(state=State.HELD).first()
    if found is None:
        return []
    concerned = (*IN_THE_DIARY, Enrolment.State.CANCELLED) if found.state == State.CANCELLED else IN_THE_DIARY
    if found.trainer_id != person.pk and not found.enrolments.filter(person=person, state__in=concerned).exists():
        return []
    return [Enclosure(f"training-{found.pk}.ics", entry(found), f"text/calendar; charset=utf-8; method={_method(found)}")]


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
    made.add("method", _method(session))
    made.add_component(event)
    return bytes(made.to_ical())


def _method(session: TrainingSession) -> str:
    return "CANCEL" if session.state == State.CANCELLED else "PUBLISH"
