"""Absence calendars: absences follow what the calendar says, twice is once, and what others entered stays."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from organization import absences, feeds, people, tasks
from organization.ical import Away, Contents
from organization.models import Absence, AbsenceFeed, CalledOff, EvidenceEntry, Person
from organization.reconciling import Origin, Outcome, reconcile
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day
from tests.organization.test_feeds_fetching import Handler, server

__all__ = ["server"]
pytestmark = pytest.mark.django_db
ICS = "https://calendar.example.com/secret.ics"


def away(key: str, first: int, last: int, *emails: str) -> Away:
    return Away(key, day(first), day(last + 1), frozenset(emails))


def origin(person: Person | None, space: str = "feed1:") -> Origin:
    return Origin(space, "feed", person, forgets=True)


def follow(person: Person | None, *spans: Away, now: dt.datetime = NOW, space: str = "feed1:") -> Outcome:
    return reconcile(Contents(list(spans)), origin(person, space), now=now)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.new, outcome.changed, outcome.cancelled, outcome.unchanged


def kept(person: Person) -> list[tuple[str, int, int]]:
    """External id, first and last day from today."""
    rows = person.absences.order_by("starts_on")
    return [(a.external_id, (a.starts_on - TODAY).days, (a.ends_before - TODAY).days - 1) for a in rows]


# --- reconciling


def test_absences_are_made_moved_and_cancelled_as_the_calendar_says(cast: make.Cast) -> None:
    who = cast.reader
    assert counts(follow(who, away("a", 5, 9), away("b", 20, 20))) == (2, 0, 0, 0)
    assert {a.source for a in who.absences.all()} == {"feed"}
    assert counts(follow(who, away("a", 5, 9), away("b", 20, 20))) == (0, 0, 0, 2)
    assert counts(follow(who, away("a", 6, 9), away("c", 30, 31))) == (1, 1, 1, 0)
    assert kept(who) == [("feed1:a", 6, 9), ("feed1:c", 30, 31)]


def test_two_that_change_places(cast: make.Cast) -> None:
    follow(cast.reader, away("a", 5, 6), away("b", 7, 8))
    assert counts(follow(cast.reader, away("a", 7, 8), away("b", 5, 6))) == (0, 2, 0, 0)
    assert kept(cast.reader) == [("feed1:b", 5, 6), ("feed1:a", 7, 8)]


def test_one_that_has_begun_is_prolonged_shortened_and_ends_today_when_it_goes(cast: make.Cast) -> None:
    who, later = cast.reader, NOW + dt.timedelta(days=3)
    follow(who, away("a", 0, 4))
    assert counts(follow(who, away("a", 0, 9), now=later)) == (0, 1, 0, 0)
    assert kept(who) == [("feed1:a", 0, 9)]
    assert counts(follow(who, now=later)) == (0, 0, 1, 0)
    assert kept(who) == [("feed1:a", 0, 2)]
    assert counts(follow(who, now=later)) == (0, 0, 0, 0)
    assert counts(follow(who, away("a", 0, 9), now=later)) == (0, 1, 0, 0), "it came back"


def call_off(person: Person, *, now: dt.datetime = NOW) -> None:
    """The person cancels the one absence on the page."""
    absences.cancel_absence(person.absences.get(), by=person, now=now)


def test_what_is_cancelled_by_hand_stays_cancelled_until_its_event_changes(cast: make.Cast) -> None:
    who = cast.reader
    follow(who, away("a", 5, 9))
    call_off(who)
    for _reading in range(2):
        outcome = follow(who, away("a", 5, 9), away("b", 20, 20))
        assert outcome.remarks == [
            "Reader, 9 Mar 2026 to 13 Mar 2026: it was cancelled in the portal and stays so until its event changes."
        ]
    assert kept(who) == [("feed1:b", 20, 20)]
    assert counts(follow(who, away("a", 6, 9), away("b", 20, 20))) == (1, 0, 0, 1)
    assert counts(follow(who, away("a", 5, 9), away("b", 20, 20))) == (0, 1, 0, 1), "those days were not cancelled since"
    assert kept(who) == [("feed1:a", 5, 9), ("feed1:b", 20, 20)]


def test_who_is_back_early_stays_back(cast: make.Cast) -> None:
    who, later, next_day = cast.reader, NOW + dt.timedelta(days=2), NOW + dt.timedelta(days=3)
    follow(who, away("a", 0, 4))
    call_off(who, now=later)
    assert [counts(follow(who, away("a", 0, 4), now=when)) for when in (later, next_day)] == [(0, 0, 0, 0)] * 2
    assert kept(who) == [("feed1:a", 0, 1)]
    assert counts(follow(who, away("a", 0, 9), now=next_day)) == (0, 1, 0, 0)
    assert kept(who) == [("feed1:a", 0, 9)]


def test_an_event_that_is_gone_and_comes_again_is_a_new_one(cast: make.Cast) -> None:
    follow(cast.reader, away("a", 5, 9))
    call_off(cast.reader)
    assert counts(follow(cast.reader)) == (0, 0, 0, 0)
    assert counts(follow(cast.reader, away("a", 5, 9))) == (1, 0, 0, 0)


def test_the_page_says_that_it_stays_cancelled(cast: make.Cast, client: SignedIn) -> None:
    now = make.now()
    follow(cast.reader, Away("a", now.date() + dt.timedelta(days=5), now.date() + dt.timedelta(days=7), frozenset()), now=now)
    address = reverse("organization:cancel_absence", args=[cast.reader.absences.get().pk])
    assert "It stays so until its event in the calendar changes." in text(client.as_(cast.reader).post(address, follow=True))


def test_calling_off_holds_for_this_person_and_calendar_alone(cast: make.Cast) -> None:
    event = away("a", 5, 9, "reader@example.com", "stranger@example.com")
    follow(None, event)
    call_off(cast.reader)
    assert counts(follow(None, event)) == (0, 0, 0, 1)
    assert counts(follow(cast.reader, away("a", 5, 9), space="feed2:")) == (1, 0, 0, 0)
    assert counts(follow(None, event)) == (0, 0, 0, 1)


def test_a_file_is_read_because_somebody_asks_so_it_brings_back_what_was_cancelled(cast: make.Cast) -> None:
    def read() -> Outcome:
        return reconcile(Contents([away("a", 5, 9)]), Origin("file:", "portal", cast.reader, forgets=False), now=NOW)

    read()
    call_off(cast.reader)
    assert counts(read()) == (1, 0, 0, 0)


def test_what_is_over_stays(cast: make.Cast) -> None:
    follow(cast.reader, away("a", 0, 1))
    assert counts(follow(cast.reader, now=NOW + dt.timedelta(days=10))) == (0, 0, 0, 0)
    assert kept(cast.reader) == [("feed1:a", 0, 1)]


def test_substitute_and_note_stay_when_the_days_move(cast: make.Cast) -> None:
    follow(cast.reader, away("a", 5, 9))
    Absence.objects.update(substitute=cast.stranger, note="by phone")
    follow(cast.reader, away("a", 6, 9))
    moved = cast.reader.absences.get()
    assert (moved.substitute, moved.note) == (cast.stranger, "by phone")


def test_what_was_entered_in_the_portal_stays_and_is_told(cast: make.Cast) -> None:
    mine = make.away(cast.reader, since=day(7), until=day(8))
    outcome = follow(cast.reader, away("a", 5, 9), away("b", 20, 20))
    assert counts(outcome) == (1, 0, 0, 0)
    assert outcome.remarks == ["Reader, 9 Mar 2026 to 13 Mar 2026: another absence is entered in that time and stays as it is."]
    assert counts(follow(cast.reader, away("a", 5, 9), away("b", 20, 20))) == (0, 0, 0, 1)
    assert counts(follow(cast.reader)) == (0, 0, 1, 0)
    assert list(cast.reader.absences.all()) == [mine]


def test_another_calendar_and_another_person_stay_untouched(cast: make.Cast) -> None:
    follow(cast.stranger, away("a", 5, 9))
    follow(cast.reader, away("x", 5, 9), space="feed10:")
    follow(cast.reader, away("a", 20, 21))
    assert counts(follow(cast.reader)) == (0, 0, 1, 0)
    assert (kept(cast.reader), kept(cast.stranger)) == ([("feed10:x", 5, 9)], [("feed1:a", 5, 9)])


def test_events_that_meet_share_their_days(cast: make.Cast) -> None:
    spans = (away("long", 5, 9), away("inside", 6, 7), away("after", 9, 12))
    assert counts(follow(cast.reader, *spans)) == (2, 0, 0, 0)
    assert kept(cast.reader) == [("feed1:long", 5, 9), ("feed1:after", 10, 12)]
    assert counts(follow(cast.reader, *reversed(spans))) == (0, 0, 0, 2)


def test_people_are_found_by_their_one_e_mail_address(cast: make.Cast) -> None:
    make.person("twin", email="reader@example.com")
    make.person("left", email="left@example.com", is_active=False)
    spans = (
        away("team", 5, 9, "stranger@example.com", "author@example.com"),
        away("two", 5, 9, "reader@example.com"),
        away("gone", 5, 9, "left@example.com", "boss@example.com"),
        away("none", 5, 9),
    )
    Person.objects.filter(pk=cast.stranger.pk).update(email="Stranger@Example.com")
    outcome = follow(None, *spans)
    assert counts(outcome) == (3, 0, 0, 0)
    assert [a.person for a in Absence.objects.order_by("person__login")] == [cast.author, cast.boss, cast.stranger]
    assert outcome.remarks == [
        "Nobody, or more than one person, has the e-mail address left@example.com.",
        "Nobody, or more than one person, has the e-mail address reader@example.com.",
    ]
    assert counts(follow(None, *spans)) == (0, 0, 0, 3)


def test_the_company_process_manager_is_not_taken_away_without_a_substitute(cast: make.Cast) -> None:
    outcome = follow(None, away("a", 5, 9, "manager@example.com"), away("b", 5, 9, "reader@example.com"))
    assert counts(outcome) == (1, 0, 0, 0)
    assert "would be away and nobody would act as company process manager" in outcome.remarks[0]
    assert kept(cast.manager) == []
    assert counts(follow(None, away("a", 5, 9, "manager@example.com"), away("b", 5, 9, "reader@example.com"))) == (0, 0, 0, 1)


SPANS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(-5, 30), st.integers(0, 8)), max_size=6, unique_by=lambda s: s[0])


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SPANS, SPANS)
def test_twice_is_once_and_nobody_is_away_twice(
    cast: make.Cast, before: list[tuple[str, int, int]], after: list[tuple[str, int, int]]
) -> None:
    Absence.objects.all().delete()
    mine = make.away(cast.reader, since=day(10), until=day(12))
    for spans in (before, after):
        told = [away(key, first, first + length) for key, first, length in spans if first + length >= 0]
        follow(cast.reader, *told)
        once = set(cast.reader.absences.values_list("pk", "starts_on", "ends_before"))
        again = follow(cast.reader, *told)
        assert counts(again)[:3] == (0, 0, 0)
        assert set(cast.reader.absences.values_list("pk", "starts_on", "ends_before")) == once
    days = [a.starts_on + dt.timedelta(days=n) for a in cast.reader.absences.all() for n in range((a.ends_before - a.starts_on).days)]
    assert len(days) == len(set(days))
    assert {day(10), day(11)} <= set(days)
    assert cast.reader.absences.filter(pk=mine.pk, ends_before=day(12)).exists()


# --- calendars that are read


def ics(*spans: tuple[str, int, int]) -> bytes:
    def event(uid: str, first: int, last: int) -> str:
        today = make.now().date()
        start, end = (today + dt.timedelta(days=n) for n in (first, last + 1))
        return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{start:%Y%m%d}\r\nDTEND;VALUE=DATE:{end:%Y%m%d}\r\nEND:VEVENT\r\n"

    return ("BEGIN:VCALENDAR\r\n" + "".join(event(*span) for span in spans) + "END:VCALENDAR\r\n").encode()


@pytest.fixture
def served(server: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What the server on this machine answers, by path; `at` is its place."""
    answers: dict[str, bytes] = {"at": server.encode()}

    def answer(handler: Handler) -> None:
        handler.answer(answers[handler.path]) if handler.path in answers else handler.send_error(503)

    monkeypatch.setattr(Handler, "do_GET", answer)
    return answers


def feed(served: dict[str, bytes], path: str, person: Person | None, by: Person) -> AbsenceFeed:
    return feeds.add(by=by, name="Holidays", url=f"http://{served['at'].decode()}{path}", person=person)


def test_each_calendar_is_read_by_itself(cast: make.Cast, served: dict[str, bytes]) -> None:
    good, bad, broken = (feed(served, path, who, cast.admin) for path, who in (("/a", cast.reader), ("/gone", cast.author), ("/c", None)))
    served["/a"], served["/c"] = ics(("u", 3, 4)), b"<html>"
    tasks.read_calendars()
    for found in (good, bad, broken):
        found.refresh_from_db()
    assert [(f.read_at is not None, feeds.failure(f)) for f in (good, bad, broken)] == [
        (True, ""),
        (False, "The server answered with code 503."),
        (False, "This is no whole iCalendar file: it must begin with BEGIN:VCALENDAR and end with END:VCALENDAR."),
    ]
    assert cast.reader.absences.count() == 1
    assert EvidenceEntry.objects.filter(table="organization_absence").latest("pk").actor == f"calendar {good.pk}"
    assert good.history.count() == 1, "reading writes no history"


def test_a_calendar_that_cannot_be_read_takes_nothing_away(cast: make.Cast, served: dict[str, bytes]) -> None:
    mine = feed(served, "/a", cast.reader, cast.reader)
    served["/a"] = ics(("u", 3, 4))
    assert feeds.read_feed(mine, now=make.now())
    read_at = mine.read_at
    served["/a"] = ics(("u", 3, 4))[:-30]
    assert not feeds.read_feed(mine, now=make.now())
    assert (cast.reader.absences.count(), mine.read_at, feeds.failure(mine) != "") == (1, read_at, True)
    served["/a"] = ics()
    assert feeds.read_feed(mine, now=make.now())
    assert (cast.reader.absences.count(), mine.error) == (0, "")


def test_a_mistake_of_ours_with_one_calendar_does_not_keep_the_others(
    cast: make.Cast, served: dict[str, bytes], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = feed(served, "/a", cast.author, cast.admin), feed(served, "/b", cast.reader, cast.admin)
    served["/a"] = served["/b"] = ics(("u", 3, 4))
    real = feeds.reconcile

    def fails(contents: Contents, where: Origin, *, now: dt.datetime) -> Outcome:
        if where.person == cast.author:
            raise ZeroDivisionError
        return real(contents, where, now=now)

    monkeypatch.setattr(feeds, "reconcile", fails)
    assert feeds.read_all(make.now()) == 1
    assert cast.reader.absences.count() == 1
    assert f"absence calendar {first.pk} could not be read" in caplog.text
    assert "http" not in caplog.text.split("Traceback")[0]


def test_inactive_calendars_and_those_of_leavers_are_not_read(cast: make.Cast, served: dict[str, bytes]) -> None:
    resting, left = feed(served, "/a", cast.reader, cast.admin), feed(served, "/b", cast.stranger, cast.admin)
    AbsenceFeed.objects.filter(pk=resting.pk).update(is_active=False)
    people.deactivate(cast.stranger, by=cast.admin, now=NOW)
    assert feeds.read_all(make.now()) == 0
    assert not feeds.read_feed(AbsenceFeed.objects.get(pk=left.pk), now=make.now())
    assert Handler.asked == []


def test_a_calendar_that_is_removed_while_it_is_read_changes_nothing(cast: make.Cast, served: dict[str, bytes]) -> None:
    mine = feed(served, "/a", cast.reader, cast.reader)
    served["/a"] = ics(("u", 3, 4))
    other = AbsenceFeed.objects.get(pk=mine.pk)
    feeds.remove(mine, by=cast.reader, now=NOW)
    assert not feeds.read_feed(other, now=make.now())
    assert cast.reader.absences.count() == 0


def test_remarks_are_kept_in_the_language_of_whoever_added_it_and_cut(cast: make.Cast, served: dict[str, bytes], client: SignedIn) -> None:
    Person.objects.filter(pk=cast.reader.pk).update(language="zh-hans")
    cast.reader.refresh_from_db()
    mine = feed(served, "/a", cast.reader, cast.reader)
    make.away(cast.reader, since=make.now().date(), until=make.now().date() + dt.timedelta(days=100))
    served["/a"] = ics(*((f"u{n}", n * 2, n * 2) for n in range(25)))
    assert feeds.read_feed(mine, now=make.now())
    assert (len(feeds.remarks(mine)), feeds.failure(mine)) == (21, "")
    assert mine.read_at is not None


def test_removing_takes_away_what_is_to_come(cast: make.Cast, served: dict[str, bytes]) -> None:
    mine = feed(served, "/a", cast.reader, cast.reader)
    served["/a"] = ics(("u", 3, 4))
    feeds.read_feed(mine, now=make.now())
    call_off(cast.reader, now=make.now())
    served["/a"] = ics(("u", 3, 4), ("v", 7, 8))
    feeds.read_feed(mine, now=make.now())
    entered = make.away(cast.reader, since=day(300), until=day(301))
    feeds.remove(mine, by=cast.reader, now=make.now())
    assert list(cast.reader.absences.all()) == [entered]
    assert not CalledOff.objects.exists()


def test_who_may_keep_which_calendar(cast: make.Cast, served: dict[str, bytes]) -> None:
    theirs = feed(served, "/a", cast.reader, cast.reader)
    for story in (
        lambda: feed(served, "/b", cast.reader, cast.stranger),
        lambda: feed(served, "/b", None, cast.stranger),
        lambda: feeds.remove(theirs, by=cast.stranger, now=NOW),
        lambda: feeds.read_now(theirs, by=cast.stranger, now=NOW),
        lambda: feeds.read_file(b"", cast.reader, by=cast.stranger, now=NOW),
    ):
        with pytest.raises(Refused, match="Only administrators"):
            story()
    with pytest.raises(Refused, match="This calendar is read already"):
        feed(served, "/a", cast.reader, cast.admin)
    with pytest.raises(Refused, match="must begin with https"):
        feeds.add(by=cast.admin, name="x", url="ftp://x", person=None)
    assert AbsenceFeed.objects.count() == 1


def test_a_file_is_read_once_and_takes_nothing_away(cast: make.Cast) -> None:
    assert counts(feeds.read_file(ics(("a", 3, 4), ("b", 9, 9)), cast.reader, by=cast.reader, now=make.now())) == (2, 0, 0, 0)
    assert counts(feeds.read_file(ics(("a", 3, 5)), cast.reader, by=cast.reader, now=make.now())) == (0, 1, 0, 0)
    assert counts(feeds.read_file(ics(("a", 3, 5)), cast.reader, by=cast.reader, now=make.now())) == (0, 0, 0, 1)
    assert {a.source for a in cast.reader.absences.all()} == {"portal"}
    with pytest.raises(Refused, match="no whole iCalendar"):
        feeds.read_file(b"x", cast.reader, by=cast.reader, now=NOW)


# --- pages


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def test_without_allowed_hosts_the_page_says_how(cast: make.Cast, client: SignedIn) -> None:
    """To administrators the setting; to others whom to ask and what to do until then."""
    page = text(client.as_(cast.reader).get(reverse("organization:feeds")))
    assert "No calendar can be added yet" in page
    assert ("ABSENCE_FEED_HOSTS" in page, "ask an administrator" in page, ">Import</a>" in page) == (False, True, False)
    page = text(client.as_(cast.admin).get(reverse("organization:feeds")))
    assert ("ABSENCE_FEED_HOSTS" in page, "ask an administrator" in page, ">Import</a>" in page) == (True, False, True)
    response = client.post(reverse("organization:new_feed"), {"name": "Mine", "url": ICS})
    assert (response.status_code, ICS in text(response)) == (422, True)
    assert not AbsenceFeed.objects.exists()


@override_settings(ABSENCE_FEED_HOSTS=["calendar.example.com"])
def test_a_person_keeps_their_own_calendar_and_sees_no_other(cast: make.Cast, client: SignedIn) -> None:
    feeds.add(by=cast.stranger, name="Hidden one", url=ICS, person=cast.stranger)
    feeds.add(by=cast.admin, name="Of the company", url=ICS, person=None)
    client.as_(cast.reader).post(reverse("organization:new_feed"), {"name": "Mine", "url": ICS, "person": "stranger"})
    mine = AbsenceFeed.objects.get(name="Mine")
    page = text(client.get(reverse("organization:feeds")))
    assert (mine.person, [n for n in ("Mine", "Hidden one", "Of the company", "secret.ics") if n in page]) == (cast.reader, ["Mine"])
    admin = text(SignedIn().as_(cast.admin).get(reverse("organization:feeds")))
    assert [n for n in ("Mine", "Hidden one", "Of the company", "secret.ics") if n in admin] == ["Mine", "Hidden one", "Of the company"]
    assert client.post(reverse("organization:remove_feed", args=[mine.pk])).status_code == 302
    assert not AbsenceFeed.objects.filter(pk=mine.pk).exists()


@override_settings(ABSENCE_FEED_HOSTS=["calendar.example.com"])
def test_an_administrator_adds_calendars_of_others_and_of_the_company(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    for login in ("reader", ""):
        client.post(reverse("organization:new_feed"), {"name": f"For {login}", "url": ICS, "person": login})
    assert [f.person for f in AbsenceFeed.objects.order_by("pk")] == [cast.reader, None]


def test_reading_now_shows_what_was_wrong(cast: make.Cast, client: SignedIn, served: dict[str, bytes]) -> None:
    mine = feed(served, "/a", cast.manager, cast.manager)
    place = reverse("organization:read_feed", args=[mine.pk])
    failed = text(client.as_(cast.manager).post(place, follow=True))
    assert failed.count("The server answered with code 503.") == 2
    served["/a"] = ics(("u", 3, 4))
    page = text(client.post(place, follow=True))
    assert "The calendar was read." in page
    assert "1 remark" in page
    assert "nobody would act as company process manager" in page
    assert "nobody would act as company process manager" in text(SignedIn().as_(cast.admin).get(reverse("organization:feeds")))


def test_a_file_is_uploaded(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:feed_file")
    make.away(cast.reader, since=make.now().date() + dt.timedelta(days=9), until=make.now().date() + dt.timedelta(days=10))
    data = SimpleUploadedFile("a.ics", ics(("a", 3, 4), ("b", 9, 9)))
    page = text(client.as_(cast.reader).post(place, {"file": data}))  # type: ignore[arg-type]
    assert "1 new, 0 changed, 0 unchanged." in page
    assert "another absence is entered in that time" in page
    wrong = client.post(place, {"file": SimpleUploadedFile("a.ics", b"BEGIN:VCALENDAR")})
    assert (wrong.status_code, "This is no whole iCalendar file" in text(wrong)) == (422, True)  # type: ignore[arg-type]
    assert client.post(place).status_code == 422


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_costs_the_same_with_one_and_with_five_rows(
    cast: make.Cast, client: SignedIn, count: int, django_assert_num_queries: object
) -> None:
    for n in range(count):
        AbsenceFeed.objects.create(name=f"C{n}", url=f"{ICS}?{n}", person=cast.reader, read_at=NOW, error="• remark")
    client.as_(cast.reader)
    place = reverse("organization:feeds")
    client.get(place)
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get(place)


def test_long_lists_are_paged(cast: make.Cast, client: SignedIn) -> None:
    for n in range(51):
        AbsenceFeed.objects.create(name=f"Calendar number {n}.", url=f"{ICS}?{n}", person=cast.reader)
    first = client.as_(cast.reader).get(reverse("organization:feeds"))
    assert ("Calendar number 49." in text(first), "Calendar number 50." in text(first)) == (True, False)
    second = text(client.get(reverse("organization:feeds") + first.context["next_url"]))
    assert ("Calendar number 49." in second, "Calendar number 50." in second) == (False, True)
    assert client.get(reverse("organization:feeds") + "?after=x").status_code == 200


def test_the_address_is_a_secret_that_nothing_kept_for_ever_repeats(cast: make.Cast, served: dict[str, bytes]) -> None:
    mine = feed(served, "/private-4711.ics", cast.reader, cast.reader)
    mine.is_active = False
    mine.save()
    kept = [*EvidenceEntry.objects.filter(table="organization_absencefeed").values(), *mine.history.values()]
    assert len(kept) == 4
    assert "private-4711" not in str(kept)
