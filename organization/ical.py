"""An iCalendar file → on which days somebody is away. Pure: the zone, the days asked about and working days are arguments."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar.cal.component import Component

from organization import recurrence
from organization.recurrence import Unsupported

LARGEST = 2_000_000
"""Bytes."""
MOST_EVENTS = 5_000
MOST_DAYS_AWAY = 5_000
"""Spans that come out of one file."""
LONGEST = dt.timedelta(days=1100)
"""A single absence; longer ones are a slip, or an attack."""
WORK_BEGINS, WORK_ENDS = dt.time(9), dt.time(17)
"""An event with times covers a working day when it covers these hours of it."""
DAY = dt.timedelta(days=1)
LONGEST_KEY = 150


class Unreadable(Exception):
    """It is no calendar that can be read. The message is a translated sentence."""


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away on [starts_on, ends_before): those with one of these e-mail addresses (in small letters)."""

    key: str
    starts_on: dt.date
    ends_before: dt.date
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked about: days in [since, before), in the company's zone."""

    since: dt.date
    before: dt.date
    zone: ZoneInfo
    is_working: Callable[[dt.date], bool]


@dataclass(slots=True)
class Contents:
    """What a calendar says, and sentences about what was not taken."""

    away: list[Away] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT as it is written: a day or an instant at which it begins, and how long it lasts."""

    uid: str
    start: dt.date
    length: dt.timedelta
    component: Component

    @property
    def whole_days(self) -> bool:
        """Whether it is written in days and not in hours."""
        return not isinstance(self.start, dt.datetime)


class Miswritten(Exception):
    """An event that makes no sense. The message says why."""


def read(data: bytes, window: Window) -> Contents:
    """Everything in the window. Raises Unreadable for what is no whole calendar, or too large."""
    contents = Contents()
    single, moved = _events(_components(data), contents)
    for event in single.values():
        others = {day for uid, day in moved if uid == event.uid} if "RRULE" in event.component else set()
        _take(contents, event, _occurrences(event, others, window))
    for (uid, day), event in moved.items():
        _take(contents, event, _span(event, event.start, _key(uid, day), window))
    contents.away.sort(key=lambda away: (away.starts_on, away.ends_before, away.key))
    return contents


def _take(contents: Contents, event: Event, spans: Iterable[Away]) -> None:
    """What one event says; where its rule is not understood, nothing of it."""
    try:
        found = list(spans) if _is_away(event.component) else []
    except Unsupported as unsupported:
        words = {"event": _named(event.component), "part": str(unsupported)}
        contents.remarks.append(_("%(event)s: this kind of repetition is not understood (%(part)s).") % words)
        return
    contents.away += found
    if len(contents.away) > MOST_DAYS_AWAY:
        raise Unreadable(_("The calendar has more than %(most)s absences.") % {"most": MOST_DAYS_AWAY})


def _components(data: bytes) -> list[Component]:
    if len(data) > LARGEST:
        raise Unreadable(_("The calendar has more than %(size)s MB.") % {"size": LARGEST // 1_000_000})
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    loud = text.upper()
    # A calendar that was cut off would look as if absences had been taken out of it.
    if not loud.startswith(b"BEGIN:VCALENDAR") or not loud.endswith(b"END:VCALENDAR"):
        raise Unreadable(_("This is no whole iCalendar file: it must begin with BEGIN:VCALENDAR and end with END:VCALENDAR."))
    if loud.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable(_("The calendar has more than %(most)s events.") % {"most": MOST_EVENTS})
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(_("The calendar cannot be read: something in it is written wrongly.")) from error
    found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not calendars or len(found) != loud.count(b"BEGIN:VEVENT"):
        raise Unreadable(_("The calendar cannot be read: something in it is written wrongly."))
    return found


def _events(components: list[Component], contents: Contents) -> tuple[dict[str, Event], dict[tuple[str, dt.date], Event]]:
    """Events by UID, and single occurrences that were changed by UID and the day on which they would have been. The last version counts."""
    single: dict[str, Event] = {}
    moved: dict[tuple[str, dt.date], Event] = {}
    for component in sorted(components, key=_version):
        try:
            event = _event(component)
            original = _written(component, "RECURRENCE-ID")
            if original is None:
                single[event.uid] = event
            else:
                moved[event.uid, _original_day(component, original)] = event
        except Miswritten as miswritten:
            contents.remarks.append(f"{_named(component)}: {miswritten}")
    return single, moved


def _version(component: Component) -> int:
    written = str(component.get("SEQUENCE", "0"))
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def _event(component: Component) -> Event:
    start = _written(component, "DTSTART")
    if start is None:
        raise Miswritten(_("it has no beginning"))
    end, duration = _written(component, "DTEND"), component.get("DURATION")
    whole = not isinstance(start, dt.datetime)
    if end is not None:
        if whole == isinstance(end, dt.datetime):
            raise Miswritten(_("it begins with a day and ends with a time, or the other way round"))
        length = _difference(end, start)
    elif duration is not None:
        length = _length(duration)
    else:
        length = DAY if whole else dt.timedelta()
    if length < dt.timedelta():
        raise Miswritten(_("it ends before it begins"))
    if length > LONGEST:
        raise Miswritten(_("it lasts longer than three years"))
    uid = "".join(filter(str.isprintable, " ".join(str(component.get("UID", "")).split())))
    return Event(uid or _made_up(component), start, max(length, DAY) if whole else length, component)


def _written(component: Component, name: str) -> dt.date | None:
    """The day or instant of a property; None where there is none."""
    value = component.get(name)
    if value is None:
        return None
    try:
        found = value.dt
    except (AttributeError, ValueError):
        found = None
    if not isinstance(found, dt.date) or not 1970 <= found.year <= 2200:
        raise Miswritten(_("its %(property)s cannot be read") % {"property": name})
    return found


def _difference(end: dt.date, start: dt.date) -> dt.timedelta:
    if isinstance(end, dt.datetime) and isinstance(start, dt.datetime) and (end.tzinfo is None) != (start.tzinfo is None):
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return end - start


def _length(duration: object) -> dt.timedelta:
    try:
        found = duration.dt  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        found = None
    if not isinstance(found, dt.timedelta):
        raise Miswritten(_("its %(property)s cannot be read") % {"property": "DURATION"})
    return found


def _original_day(component: Component, original: dt.date) -> dt.date:
    """The day on which the changed occurrence would have been."""
    if str(component["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE":
        raise Miswritten(_("it changes all occurrences from one on, which is not understood"))
    return original.date() if isinstance(original, dt.datetime) else original


def _made_up(component: Component) -> str:
    """A key for an event without UID: the same event has the same one."""
    return hashlib.sha256(component.to_ical()).hexdigest()[:32]


def _is_away(component: Component) -> bool:
    """Not cancelled, not free, and where Outlook says how busy: out of office."""
    said = {name: str(_text(component, name)).strip().upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")}
    return said["STATUS"] != "CANCELLED" and said["TRANSP"] != "TRANSPARENT" and said["X-MICROSOFT-CDO-BUSYSTATUS"] in {"", "OOF"}


def _text(component: Component, name: str) -> str:
    value = component.get(name, "")
    return str(value[-1] if isinstance(value, list) else value)


def _named(component: Component) -> str:
    """How a remark names the event, without its content: who reads the remark need not know why somebody is away."""
    start = component.get("DTSTART")
    day = getattr(getattr(start, "params", None) and start, "dt", None) if not hasattr(start, "expected_type") else None
    return _("Event of %(day)s") % {"day": day.strftime("%Y-%m-%d")} if isinstance(day, dt.date) else _("Event without a day")


def _occurrences(event: Event, others: set[dt.date], window: Window) -> Iterator[Away]:
    """The event, or each of its repetitions that was neither taken out nor changed."""
    if "RRULE" not in event.component:
        yield from _span(event, event.start, _key(event.uid), window)
        return
    rules = event.component["RRULE"]
    if isinstance(rules, list) or "RDATE" in event.component:
        raise Unsupported("RDATE" if "RDATE" in event.component else "RRULE")
    try:
        rule = recurrence.rule(cast("Mapping[str, list[object]]", rules))
    except (AttributeError, TypeError, ValueError) as error:
        raise Unsupported("RRULE") from error
    first = event.start.date() if isinstance(event.start, dt.datetime) else event.start
    out = others | _taken_out(event)
    for day in recurrence.days(rule, first, window.since - event.length - DAY, window.before):
        if day not in out:
            start = dt.datetime.combine(day, event.start.timetz()) if isinstance(event.start, dt.datetime) else day
            yield from _span(event, start, _key(event.uid, day), window)


def _taken_out(event: Event) -> set[dt.date]:
    lists = event.component.get("EXDATE", [])
    try:
        days = [d.dt for listed in (lists if isinstance(lists, list) else [lists]) for d in listed.dts]
    except (AttributeError, ValueError) as error:
        raise Unsupported("EXDATE") from error
    zone = event.start.tzinfo if isinstance(event.start, dt.datetime) else None
    return {_day_in(day, zone) for day in days if isinstance(day, dt.date)}


def _day_in(day: dt.date, zone: dt.tzinfo | None) -> dt.date:
    if not isinstance(day, dt.datetime):
        return day
    return day.astimezone(zone).date() if day.tzinfo and zone else day.date()


def _span(event: Event, start: dt.date, key: str, window: Window) -> Iterator[Away]:
    """The days that are wholly covered, where they lie in the window."""
    starts_on, ends_before = _days(start, event.length, window.zone)
    if starts_on >= ends_before or ends_before <= window.since or starts_on >= window.before:
        return
    days = (starts_on + DAY * n for n in range((ends_before - starts_on).days))
    if event.whole_days or any(window.is_working(day) for day in days):
        yield Away(key, starts_on, ends_before, _emails(event.component))


def _days(start: dt.date, length: dt.timedelta, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """Half-open days. Times without a zone are the company's; those with one are turned into the company's."""
    if not isinstance(start, dt.datetime):
        return start, start + length
    end = start + length
    begins, ends = (moment.astimezone(zone) if moment.tzinfo else moment for moment in (start, end))
    starts_on = begins.date() if begins.time() <= WORK_BEGINS else begins.date() + DAY
    return starts_on, ends.date() + DAY if ends.time() >= WORK_ENDS else ends.date()


def _key(uid: str, day: dt.date | None = None) -> str:
    """The UID, and of a repeated event the day; long ones are shortened to what still tells them apart."""
    short = uid if len(uid) <= LONGEST_KEY else f"{uid[:80]}~{hashlib.sha256(uid.encode()).hexdigest()[:40]}"
    return f"{short}/{day.isoformat()}" if day else short


def _emails(component: Component) -> frozenset[str]:
    """Who takes part and has not declined; where nobody does, who organises."""
    listed = component.get("ATTENDEE", [])
    attendees = [a for a in (listed if isinstance(listed, list) else [listed]) if str(a.params.get("PARTSTAT", "")).upper() != "DECLINED"]
    named = [str(address) for address in attendees or [component.get("ORGANIZER", "")]]
    return frozenset(n.lower().removeprefix("mailto:").strip() for n in named if "@" in n and n.isprintable())
