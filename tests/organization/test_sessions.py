"""Open sessions: they end when idle, when old, when the password changes, when somebody says so; and one sees one's own only."""

import datetime as dt
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings as conf
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organization import people, sessions
from organization.devices import device
from organization.models import FailedSigning, OpenSession, Person
from organization.tasks import forget_sessions
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD

pytestmark = pytest.mark.django_db
HOME, PAGE = reverse("home"), reverse("organization:sessions")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def signed_in(person: Person, agent: str = FIREFOX) -> SignedIn:
    """A browser of this person's, by the page to sign in."""
    person.set_password(PASSWORD)
    person.save()
    client = SignedIn(headers={"User-Agent": agent})
    assert client.post(reverse("account_login"), {"login": person.login, "password": PASSWORD}).status_code == 302
    return client


def another(person: Person) -> SignedIn:
    """Another browser of this person's."""
    return SignedIn().as_(person)


def is_in(client: SignedIn) -> bool:
    return client.get(PAGE).status_code == 200


def row(client: SignedIn) -> OpenSession:
    return OpenSession.objects.get(session_key=client.cookies[conf.SESSION_COOKIE_NAME].value)


def age(client: SignedIn, **changes: dt.timedelta) -> None:
    """As if these instants of its session lay so far back."""
    now = timezone.now()
    OpenSession.objects.filter(pk=row(client).pk).update(**{name: now - back for name, back in changes.items()})


def test_a_session_knows_whose_it_is_since_when_and_in_which_browser(cast: make.Cast) -> None:
    made = row(signed_in(cast.reader))
    assert (made.person, made.device, device(made.device)) == (cast.reader, FIREFOX, "Firefox · Windows")
    assert timezone.now() - made.began_at < dt.timedelta(minutes=1)


def test_it_ends_when_nobody_uses_it(cast: make.Cast, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    client = another(cast.reader)
    age(client, seen_at=dt.timedelta(minutes=29))
    assert is_in(client)
    assert timezone.now() - row(client).seen_at < dt.timedelta(minutes=1), "being used begins the time anew"
    age(client, seen_at=dt.timedelta(minutes=30))
    assert not is_in(client)


def test_it_ends_when_it_is_old_however_much_it_is_used(cast: make.Cast, settings: Any) -> None:
    settings.SESSION_HOURS = 9
    client = another(cast.reader)
    age(client, began_at=dt.timedelta(hours=8, minutes=59))
    client.post(reverse("preferences"), {"theme": "dark", "next": HOME})
    assert is_in(client), "what is saved meanwhile leaves its beginning as it was"
    age(client, began_at=dt.timedelta(hours=9))
    assert not is_in(client)


def test_signing_in_begins_the_time_anew(cast: make.Cast) -> None:
    client = signed_in(cast.reader)
    age(client, began_at=dt.timedelta(hours=5))
    handle = row(client).handle
    client.as_(cast.author)
    assert (row(client).person, row(client).handle == handle) == (cast.author, False)
    assert timezone.now() - row(client).began_at < dt.timedelta(minutes=1)


def test_last_use_is_written_about_once_a_minute(cast: make.Cast) -> None:
    client = another(cast.reader)
    is_in(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        is_in(client)
    assert not [q for q in queries if q["sql"].startswith("UPDATE")]


def test_one_sees_ones_own_sessions_only_and_ends_one(cast: make.Cast) -> None:
    mine, lost, theirs = another(cast.reader), signed_in(cast.reader), signed_in(cast.author, "curl/8")
    mine.as_(cast.reader)
    page = mine.get(PAGE)
    assert [(device, here) for _row, device, here in page.context["sessions"]] == [("", True), ("Firefox · Windows", False)]
    assert "Firefox · Windows" in page.content.decode()
    assert row(lost).session_key not in page.content.decode(), "the key would open it"
    for client in (lost, theirs):
        mine.post(reverse("organization:end_session", args=[row(client).handle]))
    assert (is_in(mine), is_in(lost), is_in(theirs)) == (True, False, True), "those of others are not mine to end"


def test_ended_twice_or_unknown_says_so(cast: make.Cast) -> None:
    mine, other = another(cast.reader), another(cast.reader)
    place = reverse("organization:end_session", args=[row(other).handle])
    assert mine.post(place).status_code == 302
    assert b"has ended already" in mine.post(place, follow=True).content
    assert mine.post(reverse("organization:end_session", args=["x"])).status_code == 404


def test_all_others_end(cast: make.Cast) -> None:
    mine, others, theirs = another(cast.reader), [another(cast.reader) for _n in range(3)], another(cast.author)
    mine.post(reverse("organization:end_other_sessions"))
    assert (is_in(mine), [is_in(one) for one in others], is_in(theirs)) == (True, [False] * 3, True)
    assert OpenSession.objects.filter(person=cast.reader).count() == 1


def test_a_changed_password_ends_the_others(cast: make.Cast) -> None:
    mine = signed_in(cast.reader)
    other = another(cast.reader)
    new = "battery staple horse"
    answer = mine.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert (is_in(mine), is_in(other)) == (True, False)
    assert OpenSession.objects.filter(person=cast.reader).count() == 1


@pytest.mark.parametrize("story", ["renewed", "deactivated"])
def test_a_renewed_password_and_leaving_end_all_at_once(cast: make.Cast, story: str) -> None:
    clients, bystander = [another(cast.stranger) for _n in range(2)], another(cast.author)
    with CaptureQueriesContext(connection) as queries:
        if story == "renewed":
            people.renew_password(cast.stranger, by=cast.admin)
        else:
            people.deactivate(cast.stranger, by=cast.admin, now=timezone.now())
    assert ([is_in(client) for client in clients], is_in(bystander)) == ([False, False], True)
    assert sum("organization_opensession" in query["sql"] for query in queries) <= 2, "however many are open in the company"


def test_failed_signatures_are_shown_to_the_person_alone(cast: make.Cast) -> None:
    FailedSigning.objects.create(person=cast.reader, component="code", address="/reviews/1/", locked=True, at=timezone.now())
    assert b"Code of the authenticator app" in another(cast.reader).get(PAGE).content
    assert b"Code of the authenticator app" not in another(cast.admin).get(PAGE).content


def test_what_is_over_is_forgotten(cast: make.Cast) -> None:
    clients = [another(cast.reader) for _n in range(4)]
    age(clients[0], seen_at=dt.timedelta(hours=3))
    age(clients[1], began_at=dt.timedelta(hours=13))
    age(clients[2], expire_date=dt.timedelta(minutes=1))
    assert forget_sessions() == 3
    assert is_in(clients[3])


def test_somebody_who_only_looks_at_the_sign_in_page_is_nobody(client: SignedIn) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["x"] = 1
    session.save()
    assert OpenSession.objects.get().person is None
    sessions.touch(client.session, timezone.now() + dt.timedelta(hours=1))


def test_a_database_that_takes_no_writes_does_not_hinder_reading(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = another(cast.reader)
    age(client, seen_at=dt.timedelta(minutes=5))
    full = Mock()
    full.objects.filter.return_value.update.side_effect = DatabaseError("disk full")
    monkeypatch.setattr(sessions, "OpenSession", full)
    store = client.session
    store.row = OpenSession.objects.get(session_key=store.session_key)
    before = store.row.seen_at
    sessions.touch(store, timezone.now())
    assert (store.row.seen_at, full.objects.filter.called) == (before, True)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
    ids=["edge", "iphone", "chrome", "curl", "nothing"],
)
def test_a_browser_is_named_in_words(agent: str, said: str) -> None:
    assert device(agent) == said
