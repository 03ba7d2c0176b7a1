"""The page behind the code: what it says in every state, to everybody, and that it says nothing else."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Position
from processes.models import Process, Revision
from processportal.copies import making
from processportal.copies.models import LENGTH, Copy, new_token
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast

pytestmark = pytest.mark.usefixtures("quick")
DAY = dt.timedelta(days=1)
Case = tuple[Callable[[Revision], None], list[str], list[str]]


@pytest.fixture
def process(cast: Cast) -> Process:
    """Nobody but its owner may see it: every word of it is a secret."""
    return make.process(
        cast.purchasing, number="PUR-007", title="Secret takeover", owner=Position.objects.get(title="Head of Purchasing"),
        confidentiality="positions",
    )  # fmt: skip


def words(client: SignedIn, token: str, *, status: int = 200) -> str:
    """What a person without an account reads."""
    response = client.get(f"/c/{token}/")
    assert response.status_code == status
    body = re.sub(r"<head>.*?</head>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(body.split())


def print_of(revision: Revision, cast: Cast) -> Copy:
    return making.print_(revision, by=cast.author, now=make.now())[0]


def move(revision: Revision, **changes: object) -> None:
    Revision.objects.filter(pk=revision.pk).update(**changes)


def superseded(revision: Revision) -> None:
    make.effective(revision.process, make.definition("Another secret"), since=make.now() - 3 * DAY)


def withdrawn(revision: Revision) -> None:
    Process.objects.filter(pk=revision.process_id).update(state="withdrawn")


def out_of_force(revision: Revision) -> None:
    move(revision, effective_until=make.now() - 3 * DAY)


def cancelled(revision: Revision) -> None:
    move(revision, state="draft", effective_from=None, frozen=None, major=None, minor=None)


def coming(revision: Revision) -> None:
    move(revision, effective_from=make.now() + 3 * DAY)


def without_a_day(revision: Revision) -> None:
    move(revision, effective_from=None)


def nothing(_revision: Revision) -> None:
    """It stays as it is."""


@pytest.mark.parametrize(
    "case",
    [
        (nothing, ["Current", "This version is in force", "since"], ["do not work"]),
        (superseded, ["Superseded on", "do not work by this paper", "A newer version is in force since"], ["Current"]),
        (out_of_force, ["Superseded on", "do not work by this paper"], ["newer"]),
        (withdrawn, ["This document is withdrawn: do not work by this paper"], ["Current"]),
        (cancelled, ["This is a draft and not in force"], ["Current"]),
        (coming, ["Not in force yet", "It takes effect on"], ["Current"]),
        (without_a_day, ["Not in force yet", "Its day is not fixed yet"], ["Current"]),
    ],
)
def test_it_says_how_the_paper_stands_and_nothing_that_is_not_printed_on_it(
    client: SignedIn, cast: Cast, process: Process, case: Case
) -> None:
    happens, said, not_said = case
    copy = print_of(make.effective(process), cast)
    happens(copy.revision)
    for who in (None, cast.stranger):
        if who:
            client.as_(who)
        text = words(client, copy.token)
        assert all(one in text for one in [*said, "PUR-007", "version 1.0"]), text
        assert not any(one in text for one in not_said)
        hidden = ("Secret", "takeover", "Author", "Purchasing", "Buyer", copy.code, "2.0", "Check offer")
        assert not any(one in text for one in hidden), text


def test_a_draft_stays_a_draft_also_when_its_text_was_approved(client: SignedIn, cast: Cast, process: Process) -> None:
    copy = print_of(make.draft(process, by=cast.author), cast)
    assert "This is a draft and not in force" in words(client, copy.token)
    move(copy.revision, state="approved", major=1, minor=0, frozen=make.frozen(make.definition()), effective_from=make.now() - DAY)
    text = words(client, copy.token)
    assert "This is a draft and not in force" in text
    assert "version" not in text.lower()


def test_a_paper_whose_own_day_has_passed_says_so(client: SignedIn, cast: Cast, process: Process) -> None:
    copy = print_of(make.effective(process), cast)
    assert "was valid until" not in words(client, copy.token)
    Copy.objects.update(valid_until=make.now().date() - 2 * DAY)
    assert "was valid until" in words(client, copy.token)


@pytest.mark.parametrize("token", ["x", "a" * LENGTH, "a" * 2000, new_token()], ids=["short", "one letter", "long", "made up"])
def test_what_nobody_printed_is_the_same_kind_of_page_with_404(client: SignedIn, cast: Cast, token: str) -> None:
    assert "This code belongs to no paper" in words(client, token, status=404)


def test_the_address_works_as_somebody_types_it(client: SignedIn, cast: Cast, process: Process) -> None:
    copy = print_of(make.effective(process), cast)
    assert "Current" in words(client, copy.token.upper())


def test_it_is_cheap_is_kept_nowhere_and_only_read(client: SignedIn, cast: Cast, process: Process) -> None:
    copy = print_of(make.effective(process), cast)
    superseded(copy.revision)
    client.get("/c/x/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(f"/c/{copy.token}/")
    assert len(asked) <= 4, [query["sql"] for query in asked]
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.post(f"/c/{copy.token}/").status_code == 405
    assert "sessionid" not in response.cookies
    assert "session" not in response.cookies


def test_it_speaks_the_language_of_the_browser(client: SignedIn, cast: Cast, process: Process) -> None:
    copy = print_of(make.effective(process), cast)
    response = client.get(f"/c/{copy.token}/", headers={"accept-language": "zh-hans"})
    assert "现行" in response.content.decode()
