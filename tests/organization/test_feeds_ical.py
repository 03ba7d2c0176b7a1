"""iCalendar files as Outlook, Google and others write them, and as somebody with bad intentions does."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization import ical
from organization.ical import Contents, Unreadable, Window, read

BERLIN = ZoneInfo("Europe/Berlin")
SINCE = dt.date(2026, 5, 1)
WINDOW = Window(SINCE, SINCE + dt.timedelta(days=366), BERLIN, lambda day: day.weekday() < 5)


def calendar(*events: str, around: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{around}{inside}END:VCALENDAR\r\n".replace("\n ", "\n").encode()


def event(*lines: str, uid: str = "u1") -> str:
    return "\r\n".join([f"UID:{uid}", *lines] if uid else lines)


def spans(*events: str) -> list[tuple[str, str]]:
    """First and last day of everything that comes out."""
    return [(a.starts_on.isoformat(), (a.ends_before - dt.timedelta(days=1)).isoformat()) for a in found(*events).away]


def found(*events: str) -> Contents:
    return read(calendar(*events), WINDOW)


WEEK = ("DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260509")
ONE_WEEK = [("2026-05-04", "2026-05-08")]
MONDAY = [("2026-05-04", "2026-05-04")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (WEEK, ONE_WEEK),
        (("DTSTART;VALUE=DATE:20260504",), MONDAY),
        (("DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260504"), MONDAY),
        (("DTSTART;VALUE=DATE:20260504", "DURATION:P5D"), ONE_WEEK),
        (("DTSTART:20260504T000000", "DTEND:20260509T000000"), ONE_WEEK),
        (("DTSTART;TZID=Europe/Berlin:20260504T090000", "DTEND;TZID=Europe/Berlin:20260504T170000"), MONDAY),
        (("DTSTART;TZID=W. Europe Standard Time:20260504T090000", "DURATION:PT8H"), MONDAY),
        (("DTSTART:20260504T070000Z", "DTEND:20260504T150000Z"), MONDAY),
        (("DTSTART;TZID=Asia/Shanghai:20260504T150000", "DTEND;TZID=Asia/Shanghai:20260504T230000"), MONDAY),
        (("DTSTART;TZID=Nowhere/Land:20260504T090000", "DTEND;TZID=Nowhere/Land:20260504T170000"), MONDAY),
        (("DTSTART:20260504T090000", "DTEND:20260504T150000Z"), []),
        (("DTSTART:20260504T120000", "DTEND:20260506T120000"), [("2026-05-05", "2026-05-05")]),
        (("DTSTART:20260504T100000", "DTEND:20260504T170000"), []),
        (("DTSTART:20260504T090000", "DTEND:20260504T163000"), []),
        (("DTSTART:20260508T170000", "DTEND:20260511T090000"), []),
        (("DTSTART:20260504T090000",), []),
        ((*WEEK, "STATUS:CANCELLED"), []),
        ((*WEEK, "STATUS:CONFIRMED", "TRANSP:OPAQUE"), ONE_WEEK),
        ((*WEEK, "TRANSP:TRANSPARENT"), []),
        ((*WEEK, "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), ONE_WEEK),
        ((*WEEK, "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"), []),
        ((*WEEK, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
        (("DTSTART;VALUE=DATE:20260401", "DTEND;VALUE=DATE:20260501"), []),
        (("DTSTART;VALUE=DATE:20260401", "DTEND;VALUE=DATE:20260502"), [("2026-04-01", "2026-05-01")]),
        (("DTSTART;VALUE=DATE:20270601", "DTEND;VALUE=DATE:20270602"), []),
    ],
)
def test_which_days_an_event_takes(lines: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert spans(event(*lines)) == expected


def test_the_company_zone_counts() -> None:
    """Midnight to midnight in Shanghai covers the working day in Berlin; in Auckland it covers half of one."""
    days = {
        zone: (f"DTSTART;TZID={zone}:20260504T000000", f"DTEND;TZID={zone}:20260505T000000")
        for zone in ("Asia/Shanghai", "Pacific/Auckland")
    }
    assert {zone: spans(event(*lines)) for zone, lines in days.items()} == {"Asia/Shanghai": MONDAY, "Pacific/Auckland": []}


def test_repetitions_without_what_was_taken_out_cancelled_or_moved() -> None:
    weekly = event("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;VALUE=DATE:20260511,20260512")
    moved = event("RECURRENCE-ID;VALUE=DATE:20260518", "DTSTART;VALUE=DATE:20260520")
    cancelled = event("RECURRENCE-ID;VALUE=DATE:20260525", "DTSTART;VALUE=DATE:20260525", "STATUS:CANCELLED")
    contents = found(weekly, moved, cancelled)
    assert [(a.key, a.starts_on.isoformat()) for a in contents.away] == [
        ("u1/2026-05-04", "2026-05-04"),
        ("u1/2026-05-18", "2026-05-20"),
        ("u1/2026-06-01", "2026-06-01"),
    ]


def test_repetitions_with_times_keep_their_hour_over_the_change_of_summer_time() -> None:
    lines = ("DTSTART;TZID=Europe/Berlin:20261019T090000", "DTEND;TZID=Europe/Berlin:20261019T170000", "RRULE:FREQ=WEEKLY;COUNT=3")
    exdate = "EXDATE:20261026T080000Z"
    assert spans(event(*lines)) == [(day, day) for day in ("2026-10-19", "2026-10-26", "2026-11-02")]
    assert spans(event(*lines, exdate)) == [(day, day) for day in ("2026-10-19", "2026-11-02")]


def test_a_repetition_that_began_before_the_window_and_reaches_into_it() -> None:
    assert spans(event("DTSTART;VALUE=DATE:20260406", "DURATION:P20D", "RRULE:FREQ=MONTHLY;UNTIL=20260601"))[0] == (
        "2026-05-06",
        "2026-05-25",
    )
    assert spans(event("DTSTART;VALUE=DATE:20260420", "DURATION:P14D", "RRULE:FREQ=YEARLY;COUNT=1")) == [("2026-04-20", "2026-05-03")]


@pytest.mark.parametrize(
    ("lines", "remark"),
    [
        (
            ("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=SECONDLY"),
            "Event of 2026-05-04: this kind of repetition is not understood (FREQ=SECONDLY).",
        ),
        (("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=DAILY;BYSETPOS=1"), "not understood (BYSETPOS)."),
        (("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "not understood (RRULE)."),
        (("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=DAILY", "RDATE;VALUE=DATE:20260601"), "not understood (RDATE)."),
        (("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=DAILY", "EXDATE:never"), "not understood (EXDATE)."),
        (("DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=NONSENSE"), "not understood (RRULE)."),
        (("SUMMARY:x",), "Event without a day: it has no beginning"),
        (("DTSTART:garbage",), "Event without a day: its DTSTART cannot be read"),
        (("DTSTART;VALUE=DATE:20260504", "DTSTART;VALUE=DATE:20260505"), "its DTSTART cannot be read"),
        (("DTSTART;VALUE=DATE:00010101",), "its DTSTART cannot be read"),
        (("DTSTART;VALUE=DATE:20260504", "DURATION:long"), "its DURATION cannot be read"),
        (("DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260501"), "it ends before it begins"),
        (("DTSTART;VALUE=DATE:20260504", "DTEND:20260506T120000"), "it begins with a day and ends with a time"),
        (("DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:21260504"), "it lasts longer than three years"),
        (("DTSTART;VALUE=DATE:20260504", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260504"), "it changes all occurrences"),
    ],
)
def test_what_is_not_understood_is_said_without_the_content_of_the_event(lines: tuple[str, ...], remark: str) -> None:
    contents = found(event(*lines, "DESCRIPTION:operation"), event(*WEEK, uid="other"))
    assert [a.key for a in contents.away] == ["other"]
    assert len(contents.remarks) == 1
    assert remark in contents.remarks[0]
    assert "operation" not in contents.remarks[0]


def test_who_is_away() -> None:
    people = {
        "attendees": (
            "ORGANIZER:mailto:hr@example.com",
            "ATTENDEE:mailto:Anna@Example.com",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@example.com",
        ),
        "organizer": ("ORGANIZER:MAILTO:hr@example.com",),
        "nobody": (),
        "declined": ("ORGANIZER:mailto:hr@example.com", "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@example.com"),
    }
    contents = found(*(event(*WEEK, *lines, uid=name) for name, lines in people.items()))
    assert {a.key: sorted(a.emails) for a in contents.away} == {
        "attendees": ["anna@example.com"], "organizer": ["hr@example.com"], "nobody": [], "declined": ["hr@example.com"],
    }  # fmt: skip


def test_keys_are_lasting_and_short() -> None:
    long = "x" * 1000
    first, second = (found(event(*WEEK, uid=uid)).away[0].key for uid in (long + "a", long + "b"))
    assert (len(first) <= ical.LONGEST_KEY, first != second) == (True, True)
    made_up = [found(event(*WEEK, uid="")).away[0].key for _time in range(2)]
    assert made_up[0] == made_up[1]


def test_the_last_version_of_an_event_counts() -> None:
    old, new = event(*WEEK, "SEQUENCE:1"), event("DTSTART;VALUE=DATE:20260601", "SEQUENCE:2")
    assert spans(new, old) == spans(old, new) == [("2026-06-01", "2026-06-01")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no whole iCalendar file"),
        (b"<html>please sign in</html>", "no whole iCalendar file"),
        (calendar(event(*WEEK))[:-20], "no whole iCalendar file"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VCALENDAR", "written wrongly"),
        (b"BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR", "written wrongly"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR", "written wrongly"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 5001 + b"END:VCALENDAR", "more than 5000 events"),
        (b"BEGIN:VCALENDAR\n" + b"x" * 2_000_000, "more than 2 MB"),
    ],
)
def test_what_is_no_calendar_is_said(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(data, WINDOW)


def test_a_calendar_that_makes_too_many_days_is_refused() -> None:
    with pytest.raises(Unreadable, match="more than 5000 absences"):
        found(*(event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY", uid=str(n)) for n in range(14)))


def test_two_calendars_and_a_mark_at_the_beginning() -> None:
    both = b"\xef\xbb\xbf" + calendar(event(*WEEK)) + calendar(event("DTSTART;VALUE=DATE:20260601", uid="u2"))
    assert [a.key for a in read(both, WINDOW).away] == ["u1", "u2"]
    assert read(calendar(), WINDOW) == Contents()


WRITTEN = st.sampled_from(
    ["BEGIN:VEVENT", "END:VEVENT", "UID:1", "DTSTART:20260504T000000", "DTSTART;VALUE=DATE:20260504",
    "DTEND:20260509T000000", "DURATION:-P1D",
     "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=MONTHLY;BYDAY=-1FR", "RECURRENCE-ID:20260504T000000Z", "RECURRENCE-ID;VALUE=DATE:20260505",
     "EXDATE:20260504", "EXDATE;VALUE=DATE:20260504", "ATTENDEE:mailto:a@b", "ATTENDEE:x", "STATUS:CANCELLED", "BEGIN:VALARM", "END:VALARM"]
)  # fmt: skip


@given(st.lists(WRITTEN | st.text(max_size=20), max_size=25))
def test_whatever_is_in_it_is_read_or_refused_with_a_sentence(lines: list[str]) -> None:
    try:
        contents = read("\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode(errors="replace"), WINDOW)
    except Unreadable:
        return
    assert all(a.starts_on < a.ends_before for a in contents.away)


def test_letters_that_no_database_takes_are_left_out() -> None:
    (away,) = found(event(*WEEK, "ATTENDEE:mailto:a\0@example.com", "ATTENDEE:mailto:b@example.com", uid="u\x00\ufeff1")).away
    assert (away.key, away.emails) == ("u1", {"b@example.com"})
