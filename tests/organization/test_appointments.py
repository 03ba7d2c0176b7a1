"""Appointments that are changed while they last: shorter, longer, taken back; what has been stays, and the second of two is told."""

import datetime as dt

import pytest
from django.urls import reverse

from organization import appointments, events
from organization.models import Appointment, Position
from organization.refusals import Refused, Stale
from tests import make
from tests.conftest import SignedIn
from tests.make import LONG_AGO, NOW, TODAY, day

pytestmark = pytest.mark.django_db


def buyer() -> Position:
    return Position.objects.get(title="Buyer")


def change(which: Appointment, by: object, **to: object) -> Appointment:
    asked = {"starts_on": which.starts_on, "ends_before": which.ends_before, "mode": which.mode, "percent": which.percent, **to}
    return appointments.change_appointment(which, by=by, now=NOW, **asked)  # type: ignore[arg-type]


def refusal(which: Appointment, by: object, **to: object) -> str:
    before = Appointment.objects.filter(pk=which.pk).values().get()
    with pytest.raises(Refused) as refused:
        change(which, by, **to)
    assert Appointment.objects.filter(pk=which.pk).values().get() == before
    return str(refused.value)


def test_an_appointment_is_shortened_and_prolonged(cast: make.Cast) -> None:
    held = make.appoint(cast.stranger, buyer(), until=day(20))
    heard: list[object] = []

    def listen(sender: object, position_ids: list[int], person_ids: list[int], **_rest: object) -> None:
        heard.append((position_ids, person_ids))

    events.appointments_changed.connect(listen)
    held = change(held, cast.admin, ends_before=day(5))
    held = change(held, cast.admin, ends_before=day(40))
    held = change(held, cast.admin, ends_before=None)
    events.appointments_changed.disconnect(listen)
    assert (held.ends_before, held.version, held.history.count()) == (None, 4, 4)
    assert heard == [([buyer().pk], [cast.stranger.pk])] * 3


def test_one_to_come_is_changed_altogether_or_taken_back(cast: make.Cast) -> None:
    planned = appointments.appoint(cast.stranger, buyer(), by=cast.admin, now=NOW, starts_on=day(5))
    planned = change(planned, cast.admin, starts_on=TODAY, ends_before=day(9), mode="acting", percent=30)
    assert (planned.starts_on, planned.ends_before, planned.mode, planned.percent) == (TODAY, day(9), "acting", 30)
    planned = change(planned, cast.admin, starts_on=day(2))
    appointments.cancel_appointment(planned, by=cast.admin, now=NOW)
    assert not Appointment.objects.filter(person=cast.stranger, position=buyer()).exists()
    assert Appointment.history.filter(id=planned.pk).count() == 4


def test_what_has_been_stays(cast: make.Cast) -> None:
    held = make.appoint(cast.stranger, buyer(), until=day(20))
    begun = "It has begun: only its last day changes. For anything else end it, and appoint anew from the day after."
    yesterday = "What has been stays as it was: the last day is yesterday at the earliest."
    for to in ({"starts_on": day(1)}, {"mode": "acting"}, {"mode": "part", "percent": 50}):
        assert refusal(held, cast.admin, **to) == begun
    assert refusal(held, cast.admin, ends_before=day(-1)) == yesterday
    with pytest.raises(Refused, match=yesterday):
        appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(-3))
    assert appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=TODAY).ends_before == TODAY
    held.refresh_from_db()
    over = "It ended on 3 Mar 2026, and what has been stays as it was. Make a new appointment."
    assert refusal(held, cast.admin, ends_before=None) == over
    with pytest.raises(Refused, match="It has begun"):
        appointments.cancel_appointment(Appointment.objects.get(person=cast.reader), by=cast.admin, now=NOW)


def test_a_change_that_cannot_be_is_refused(cast: make.Cast) -> None:
    first = make.appoint(cast.stranger, buyer(), since=LONG_AGO, until=day(5))
    planned = make.appoint(cast.stranger, buyer(), since=day(5), until=day(9))
    none = "The last day must not lie before the first."
    assert refusal(first, cast.admin, ends_before=day(6)) == "Stranger holds this position in that time already."
    assert refusal(planned, cast.admin, ends_before=day(5)) == none
    assert refusal(planned, cast.admin, ends_before=day(2)) == none
    assert refusal(planned, cast.admin, starts_on=day(-1)) == "What has been stays as it was: the first day is today at the earliest."
    assert refusal(planned, cast.admin, percent=50) == "Full time is 100 percent. Choose part time or acting for 50 percent."
    assert refusal(planned, cast.stranger) == "Nobody changes their own appointments. Ask another administrator."


def test_of_two_who_change_it_the_second_is_told(cast: make.Cast) -> None:
    held = make.appoint(cast.stranger, buyer(), until=day(20))
    seen = Appointment.objects.get(pk=held.pk)
    change(held, cast.admin, ends_before=day(5))
    told = "Somebody else changed this appointment in the meantime, so nothing was changed. Open the page again and look."
    for story in (
        lambda: change(seen, cast.admin, ends_before=day(9)),
        lambda: change(Appointment.objects.get(pk=held.pk), cast.admin, ends_before=day(9), seen=1),
        lambda: appointments.end_appointment(seen, by=cast.admin, now=NOW, ends_before=day(3)),
        lambda: appointments.cancel_appointment(seen, by=cast.admin, now=NOW),
    ):
        with pytest.raises(Stale, match=told):
            story()
    planned = make.appoint(cast.approver, buyer(), since=day(3))
    seen = Appointment.objects.get(pk=planned.pk)
    appointments.cancel_appointment(planned, by=cast.admin, now=NOW)
    with pytest.raises(Stale, match=told):
        change(seen, cast.admin, ends_before=day(9))
    assert Appointment.objects.get(pk=held.pk).ends_before == day(5)


def test_the_day_is_the_companys(cast: make.Cast) -> None:
    """An appointment may still end yesterday where it is still yesterday's tomorrow in the company."""
    held = make.appoint(cast.stranger, buyer(), until=day(20))
    late = dt.datetime.combine(day(1), dt.time(0, 30), dt.UTC)
    with pytest.raises(Refused):
        appointments.end_appointment(held, by=cast.admin, now=late, ends_before=TODAY)


# --- pages


def test_pages_change_end_and_take_back_with_the_version_shown(cast: make.Cast, client: SignedIn) -> None:
    today = make.now().date()
    held = make.appoint(cast.stranger, buyer())
    place = reverse("organization:change_appointment", args=[held.pk])
    client.as_(cast.admin)
    assert "only the last day changes" in client.get(place).content.decode()
    last = today + dt.timedelta(days=9)
    assert client.post(place, {"last_day": last, "seen": "1", "mode": "acting"}).status_code == 302
    held.refresh_from_db()
    assert (held.ends_before, held.mode, held.version) == (last + dt.timedelta(days=1), "full", 2)
    late = client.post(reverse("organization:end_appointment", args=[held.pk]), {"last_day": today, "seen": "1"})
    assert (late.status_code, "Somebody else changed this appointment" in late.content.decode()) == (422, True)
    planned = make.appoint(cast.approver, buyer(), since=today + dt.timedelta(days=3))
    page = client.get(reverse("organization:position", args=[buyer().pk])).content.decode()
    assert ("Take back" in page, page.count("Change<span") >= 2) == (True, True)
    place = reverse("organization:change_appointment", args=[planned.pk])
    assert client.post(place, {"starts_on": today, "last_day": "", "mode": "part", "percent": "40", "seen": "1"}).status_code == 302
    planned.refresh_from_db()
    assert (planned.starts_on, planned.percent) == (today, 40)
    planned.starts_on = today + dt.timedelta(days=3)
    planned.save()
    place = reverse("organization:cancel_appointment", args=[planned.pk])
    assert client.post(place, {"seen": "1"}).status_code == 422
    assert client.post(place, {"seen": "2"}).status_code == 302
    assert not Appointment.objects.filter(pk=planned.pk).exists()
