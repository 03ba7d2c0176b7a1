"""What can wait comes in one mail a day, at its reader's hour, each notice once, whatever is switched or dies meanwhile."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from organization.models import Person
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from worklist import digests, items, notices
from worklist.mail import LISTED, message_id
from worklist.models import DigestDue, KindPreference, MailSettings, Notice
from worklist.preferences import KINDS, kind_words, prefer, standard, summary_at, summary_on

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
EIGHT = dt.datetime(2026, 3, 5, 8, 0, tzinfo=dt.UTC)  # NOW is the day before at nine, in a company at UTC


def news(who: Person, key: str = "n", *, kind: str = "news", at: dt.datetime = NOW, due: bool = False, **more: object) -> Notice:
    notices.tell(who, key=key, subject=f"Subject {key}", body=f"Body {key}", url="/work/", now=at, kind=kind, due=due, **more)  # type: ignore[arg-type]
    return Notice.objects.get(key=key)


def states() -> dict[str, str]:
    return dict(Notice.objects.values_list("key", "mail"))


@pytest.mark.parametrize(
    ("kind", "due", "mode"),
    [
        ("decide", False, "instant"),
        ("name_approver", False, "instant"),
        ("fill_vacancy", False, "instant"),
        ("hand_over", False, "instant"),
        ("take_over", False, "instant"),
        ("read", False, "digest"),
        ("read", True, "instant"),
        ("measure", True, "instant"),
        ("news", True, "digest"),
        ("news", False, "digest"),
    ],
)
def test_at_once_is_what_is_due_or_blocks_somebody(kind: str, due: bool, mode: str) -> None:
    assert standard(kind, due=due) == mode


def test_one_mail_a_day_with_everything_by_kind_once(cast: Cast) -> None:
    news(cast.reader, "a")
    news(cast.reader, "b", kind="read")
    news(cast.reader, "now", kind="decide")
    news(cast.boss, "leak")
    assert DigestDue.objects.get(person=cast.reader).at == EIGHT
    assert [digests.run(EIGHT - HOUR), digests.run(EIGHT), digests.run(EIGHT + HOUR)] == [0, 2, 0]
    assert not DigestDue.objects.exists()
    assert notices.deliver(EIGHT) == 3
    sent = {tuple(one.to): one for one in mail.outbox if "summary" in one.subject}
    mine = sent[("reader@example.com",)]
    key = f"digest-{cast.reader.pk}-20260305"
    assert (mine.subject, mine.extra_headers["Message-ID"]) == ("Your daily summary: 2 notices", message_id(key))
    html = mine.alternatives[0][0]  # type: ignore[attr-defined]
    for text in (mine.body, html):
        assert [word in text for word in ("Subject a", "Subject b", "Subject now", "Subject leak")] == [True, True, False, False]
        assert text.index("Subject b") < text.index("News: what was decided") < text.index("Subject a")
        assert "http://127.0.0.1:8000/work/" in text
        assert "/notices/preferences/" in text
    assert "<style>" in html
    assert states() | {"leak": ""} == {
        "a": "in_digest", "b": "in_digest", "now": "sent", "leak": "", key: "sent", f"digest-{cast.boss.pk}-20260305": "sent",
    }  # fmt: skip
    assert notices.unread(cast.reader.pk) == 3


def test_the_summary_speaks_its_reader_s_language_and_is_no_row_of_the_portal(client: SignedIn, cast: Cast) -> None:
    Person.objects.filter(pk=cast.reader.pk).update(language="zh-hans")
    cast.reader.refresh_from_db()
    news(cast.reader)
    digests.run(EIGHT)
    notices.deliver(EIGHT)
    assert 'lang="zh-hans"' in mail.outbox[0].alternatives[0][0]  # type: ignore[attr-defined]
    page = client.as_(cast.reader).get("/notices/")
    assert [row.key for row in page.context["rows"]] == ["n"]


def test_no_summary_of_nothing(cast: Cast) -> None:
    item = items.raise_item(
        kind="read", subject="x", url_name="home", url_args=[], due_on=make.day(9), source_key="k", now=NOW, person=cast.reader
    )
    news(cast.reader, "seen")
    news(cast.reader, "done", kind="read", work_item=item)
    notices.mark_seen(Notice.objects.filter(key="seen"), now=NOW + HOUR)
    items.settle(item, outcome="done", now=NOW + HOUR)
    assert digests.run(EIGHT) == 0
    assert states() == {"seen": "none", "done": "none"}
    assert not DigestDue.objects.exists()


def test_the_sweeper_looks_at_nobody_without_news(cast: Cast) -> None:
    news(cast.reader)
    with CaptureQueriesContext(connection) as queries:
        digests.run(EIGHT - HOUR)
    assert [q["sql"].split()[0] for q in queries] == ["SAVEPOINT", "SELECT", "RELEASE"]


class Crash(BaseException):
    """The worker dies."""


def test_a_crash_leaves_no_half_summary(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    news(cast.reader)
    with monkeypatch.context() as patch:
        patch.setattr(digests, "_summary", lambda *_args: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            digests.run(EIGHT)
    assert states() == {"n": "digest"}
    assert [digests.run(EIGHT), digests.run(EIGHT)] == [1, 0]


def test_days_without_a_sweeper_are_one_summary(cast: Cast) -> None:
    news(cast.reader)
    late = EIGHT + 3 * DAY + HOUR
    assert digests.run(late) == 1
    news(cast.reader, "m", at=late)
    assert DigestDue.objects.get().at == EIGHT + 4 * DAY


def test_all_batches(cast: Cast) -> None:
    for n in range(5):
        news(make.person(f"p{n}"), f"k{n}")
    assert digests.run(EIGHT, batch=2) == 5


def test_a_later_hour_chosen_after_the_summary_brings_no_second_one_that_day(cast: Cast) -> None:
    news(cast.reader)
    digests.run(EIGHT)
    prefer(cast.reader, digest_hour=17, time_zone="", modes={}, now=EIGHT + HOUR)
    news(cast.reader, "m", at=EIGHT + HOUR)
    evening = EIGHT + 9 * HOUR
    assert DigestDue.objects.get().at == evening
    assert digests.run(evening) == 0
    assert DigestDue.objects.get().at == evening + DAY
    assert [digests.run(evening + DAY - HOUR), digests.run(evening + DAY)] == [0, 1]


def test_switching_loses_nothing_that_waits(cast: Cast) -> None:
    news(cast.reader, "a")
    news(cast.reader, "b", kind="decide")
    both = {"news": "instant", "decide": "digest", "read": "portal"}
    prefer(cast.reader, digest_hour=10, time_zone="", modes=both, now=NOW)
    assert DigestDue.objects.get().at == NOW + HOUR
    news(cast.reader, "c")
    news(cast.reader, "d", kind="decide", due=True)
    news(cast.reader, "e", kind="read", due=True)
    assert states() == {"a": "digest", "b": "waiting", "c": "waiting", "d": "digest", "e": "none"}
    prefer(cast.reader, digest_hour=10, time_zone="", modes=dict.fromkeys(KINDS, "portal"), now=NOW)
    assert digests.run(NOW + HOUR) == 1
    assert notices.deliver(NOW + HOUR) == 3
    assert {k: v for k, v in states().items() if len(k) == 1} == {"a": "in_digest", "b": "sent", "c": "sent", "d": "in_digest", "e": "none"}


def test_the_standard_is_chosen_again_by_choosing_nothing(cast: Cast) -> None:
    prefer(cast.reader, digest_hour=8, time_zone="", modes={"news": "portal"}, now=NOW)
    assert news(cast.reader, "a").mail == "none"
    prefer(cast.reader, digest_hour=8, time_zone="", modes={"news": ""}, now=NOW)
    assert news(cast.reader, "b").mail == "digest"
    assert not KindPreference.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest_hour": 24}, {"digest_hour": -1}, {"time_zone": "Nowhere/Land"}, {"modes": {"nonsense": "portal"}},
        {"modes": {"news": "pigeon"}},
    ],
)  # fmt: skip
def test_what_is_not_offered_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"digest_hour": 8, "time_zone": "", "modes": {}}
    with pytest.raises(Refused):
        prefer(cast.reader, now=NOW, **right | wrong)  # type: ignore[arg-type]
    assert not MailSettings.objects.exists()


def test_who_lost_the_address_or_left_gets_none(cast: Cast) -> None:
    news(cast.reader, "a")
    news(cast.boss, "b")
    Person.objects.filter(pk=cast.reader.pk).update(email=None)
    Person.objects.filter(pk=cast.boss.pk).update(is_active=False)
    assert digests.run(EIGHT) == 0
    assert states() == {"a": "none", "b": "none"}


def test_what_waits_without_a_day_is_given_one(cast: Cast) -> None:
    news(cast.reader)
    news(cast.boss, "b")
    DigestDue.objects.filter(person=cast.reader).delete()
    assert [digests.expect_all(NOW), digests.expect_all(NOW)] == [1, 0]
    assert DigestDue.objects.get(person=cast.reader).at == EIGHT


def test_a_long_summary_names_a_hundred_and_leads_to_the_rest(cast: Cast) -> None:
    for n in range(LISTED + 1):
        news(cast.reader, f"k{n:03}")
    digests.run(EIGHT)
    notices.deliver(EIGHT)
    assert mail.outbox[0].subject == f"Your daily summary: {LISTED + 1} notices"
    assert "Subject k099" in mail.outbox[0].body
    assert "Subject k100" not in mail.outbox[0].body
    assert "There is more: open all notices" in mail.outbox[0].body


def test_a_notice_of_a_kind_of_old_counts_as_news(cast: Cast) -> None:
    news(cast.reader)
    Notice.objects.update(kind="")
    digests.run(EIGHT)
    notices.deliver(EIGHT)
    assert "News: what was decided" in mail.outbox[0].body
    assert [kind_words(kind) for kind in ("", "digest", "read")] == [str(KINDS["news"]), "Daily summary", "Read"]


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("hour", "day", "utc"),
    [
        (2, dt.date(2026, 3, 29), "2026-03-29T01:00"),  # 02:00 does not exist: the clock goes from 1:59 to 3:00
        (2, dt.date(2026, 10, 25), "2026-10-25T00:00"),  # 02:00 exists twice: the first
        (8, dt.date(2026, 3, 29), "2026-03-29T06:00"),
        (8, dt.date(2024, 2, 29), "2024-02-29T07:00"),
    ],
)
def test_the_hour_on_the_nights_when_the_clock_is_changed(hour: int, day: dt.date, utc: str) -> None:
    own = MailSettings(digest_hour=hour, time_zone=BERLIN)
    assert f"{summary_on(own, day):%Y-%m-%dT%H:%M}" == utc


@pytest.mark.parametrize("night", [dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)])
def test_a_night_with_a_changed_clock_brings_one_summary(cast: Cast, night: dt.datetime) -> None:
    prefer(cast.reader, digest_hour=2, time_zone=BERLIN, modes={}, now=night)
    news(cast.reader, at=night)
    made = [digests.run(night + n * dt.timedelta(minutes=10)) for n in range(6 * 30)]
    assert sum(made) == 1


def test_a_clock_set_back_brings_no_second_one_and_loses_nothing(cast: Cast) -> None:
    news(cast.reader)
    assert digests.run(EIGHT) == 1
    back = EIGHT - dt.timedelta(minutes=10)
    news(cast.reader, "m", at=back)
    assert [digests.run(back), digests.run(EIGHT), digests.run(EIGHT + DAY)] == [0, 0, 1]


ZONES = (BERLIN, "America/St_Johns", "Asia/Shanghai", "Pacific/Apia", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe")


@given(st.integers(0, 87_600), st.integers(0, 23), st.sampled_from(ZONES))
def test_the_next_one_lies_ahead_within_about_a_day_on_a_day_of_its_own(hours: int, hour: int, zone: str) -> None:
    own, now = MailSettings(digest_hour=hour, time_zone=zone), dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + hours * HOUR
    coming = summary_at(own, now)
    after = summary_at(own, coming)
    assert now < coming <= now + dt.timedelta(hours=25)
    assert after.astimezone(ZoneInfo(zone)).date() - coming.astimezone(ZoneInfo(zone)).date() == DAY


def test_the_page_keeps_what_was_chosen(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.reader)
    page = client.get("/notices/preferences/")
    assert b"the next one would come on" in page.content
    given = {f"mode_{kind}": "" for kind in KINDS} | {"digest_hour": "17", "time_zone": "Asia/Shanghai", "mode_news": "portal"}
    assert client.post("/notices/preferences/", given).status_code == 302
    assert MailSettings.objects.values_list("person", "digest_hour", "time_zone").get() == (cast.reader.pk, 17, "Asia/Shanghai")
    assert KindPreference.objects.values_list("person", "kind", "mode").get() == (cast.reader.pk, "news", "portal")
    again = client.get("/notices/preferences/").context["form"]
    assert (again["mode_news"].value(), again["digest_hour"].value()) == ("portal", 17)
    assert client.post("/notices/preferences/", given | {"digest_hour": "25"}).status_code == 422
    news(cast.reader, kind="read", at=make.now())
    assert b"Something waits for you" in client.get("/notices/preferences/").content
    Person.objects.filter(pk=cast.reader.pk).update(email=None)
    assert b"You have no mail address" in client.get("/notices/preferences/").content


def test_five_preferences_cost_as_many_questions_as_one(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.reader).get("/notices/preferences/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/preferences/")
        return len(queries)

    KindPreference.objects.create(person=cast.reader, kind="news", mode="portal")
    one = cost()
    for kind in ("read", "act", "agree", "decide"):
        KindPreference.objects.create(person=cast.reader, kind=kind, mode="portal")
    assert cost() == one
