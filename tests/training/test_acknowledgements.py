"""Stating that one has read: the first statement stands, for exactly the content that was opened."""

import datetime as dt

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from organization.models import Person
from organization.refusals import Refused, Stale
from processes.models import FrozenContent, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW
from training import acknowledgements, assignments, opened
from training.models import Acknowledgement, Reading

LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def revision(cast: make.Cast) -> Revision:
    """In force, and handed out."""
    made = make.effective(make.process(cast.purchasing))
    assignments.hand_out(made, NOW)
    return made


def confirm(revision: Revision, who: Person, *, token: str | None = None, now: dt.datetime = LATER) -> Acknowledgement:
    """Opened at NOW, confirmed later."""
    given_token = opened.token(who, revision, "whole", NOW) if token is None else token
    return acknowledgements.acknowledge(revision, by=who, now=now, token=given_token)


def refused(revision: Revision, who: Person, *, token: str | None = None, now: dt.datetime = LATER) -> str:
    """The sentence; nothing is recorded."""
    with pytest.raises(Refused) as caught:
        confirm(revision, who, token=token, now=now)
    assert not Acknowledgement.objects.filter(person=who).exists()
    assert not Reading.objects.filter(person=who, acknowledged_at__isnull=False).exists()
    return f"{caught.type.__name__}: {caught.value}"


def test_it_is_bound_to_the_content_and_settles_what_was_owed(cast: make.Cast, revision: Revision) -> None:
    made = confirm(revision, cast.reader)
    assert (made.content, made.opened_at, made.acknowledged_at, made.shown) == (revision.frozen, NOW, LATER, "whole")
    reading = Reading.objects.get(person=cast.reader)
    assert (reading.acknowledged_at, reading.work_item.outcome, reading.work_item.closed_at) == (LATER, "done", LATER)
    assert set(Reading.objects.owed().values_list("person__login", flat=True)) == {"author", "approver"}


def test_the_first_one_stands_and_a_double_click_is_harmless(cast: make.Cast, revision: Revision) -> None:
    first = confirm(revision, cast.reader)
    again = confirm(revision, cast.reader, now=LATER + dt.timedelta(days=3), token="worn out")
    assert (again, again.acknowledged_at) == (first, LATER)
    assert Acknowledgement.objects.count() == 1


def test_who_was_not_asked_may_say_so_all_the_same(cast: make.Cast, revision: Revision) -> None:
    assert confirm(revision, cast.stranger).content == revision.frozen
    assert not Reading.objects.filter(person=cast.stranger).exists()


def test_who_left_the_audience_meanwhile_counts_as_reader(cast: make.Cast, revision: Revision) -> None:
    Reading.objects.filter(person=cast.reader).update(ended_at=NOW)
    confirm(revision, cast.reader)
    assert Reading.objects.get(person=cast.reader).ended_at is None


def test_a_token_of_somebody_else_or_of_other_content_is_refused(cast: make.Cast, revision: Revision) -> None:
    other = make.effective(make.process(cast.purchasing))
    old_content = Revision(pk=revision.pk, frozen=FrozenContent(sha256="0" * 64))
    for token in (
        opened.token(cast.author, revision, "whole", NOW),
        opened.token(cast.reader, other, "whole", NOW),
        opened.token(cast.reader, old_content, "whole", NOW),
        signing.dumps(["a"], salt=opened.SALT),
        signing.dumps([cast.reader.pk, revision.pk, revision.frozen.sha256, "whole", int(NOW.timestamp())], salt="another"),
        "",
        "\ud800:a:b",
    ):
        assert refused(revision, cast.reader, token=token).startswith("Stale: Open the procedure again")


def test_a_token_lasts_a_day_and_does_not_come_from_the_future(cast: make.Cast, revision: Revision) -> None:
    assert refused(revision, cast.reader, now=NOW + opened.LASTS + dt.timedelta(seconds=1)).startswith("Stale")
    assert refused(revision, cast.reader, now=NOW - dt.timedelta(seconds=2)).startswith("Stale")
    assert confirm(revision, cast.reader, now=NOW + opened.LASTS).opened_at == NOW


def test_clocks_that_differ_by_a_second_do_not_matter(cast: make.Cast, revision: Revision) -> None:
    made = confirm(revision, cast.reader, now=NOW - dt.timedelta(seconds=1))
    assert made.opened_at == made.acknowledged_at == NOW - dt.timedelta(seconds=1)


@given(st.text())
def test_whatever_is_sent_as_a_token_is_refused_and_nothing_breaks(text: str) -> None:
    with pytest.raises(Stale):
        opened.read(text, Person(pk=1), Revision(pk=1), NOW)


def test_superseded_between_opening_and_the_click(cast: make.Cast, revision: Revision) -> None:
    make.effective(revision.process, make.definition("Ask twice"), since=NOW + dt.timedelta(minutes=1))
    assert refused(revision, cast.reader).startswith("Stale: A newer revision is in force")


def test_a_draft_and_what_one_may_not_see_cannot_be_confirmed(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing), by=cast.author)
    assert refused(draft, cast.author) == "Refused: Only an approved revision can be acknowledged."
    assert refused(draft, cast.stranger) == "Refused: You may not see this procedure."
    secret = make.effective(make.process(cast.purchasing, confidentiality="departments"))
    assert refused(secret, cast.stranger) == "Refused: You may not see this procedure."


def test_what_will_be_in_force_can_be_confirmed_before_its_day(cast: make.Cast) -> None:
    coming = make.effective(make.process(cast.purchasing), since=NOW + dt.timedelta(days=9))
    assert confirm(coming, cast.reader).revision == coming


# Taken over from elsewhere


def test_facts_from_elsewhere_are_recorded_once_and_in_bulk(cast: make.Cast, revision: Revision) -> None:
    early = NOW - dt.timedelta(days=30)
    confirm(revision, cast.author)
    facts = [acknowledgements.Fact(who, early, early) for who in (cast.author, cast.reader, cast.stranger, cast.reader)]
    assert acknowledgements.take_over(revision, facts) == 2
    assert acknowledgements.take_over(revision, facts) == 0
    told = Acknowledgement.objects.order_by("person__login").values_list("person__login", "acknowledged_at", "content")
    assert list(told) == [(login, at, revision.frozen_id) for login, at in (("author", LATER), ("reader", early), ("stranger", early))]
    assert set(Reading.objects.owed().values_list("person__login", flat=True)) == {"approver"}
    with pytest.raises(Refused, match="Only an approved"):
        acknowledgements.take_over(make.draft(revision.process), facts)


# By the page


@pytest.fixture
def shown(cast: make.Cast) -> Revision:
    """In force today, restricted to its department."""
    made = make.effective(make.process(cast.purchasing, confidentiality="departments"), since=make.now() - dt.timedelta(days=2))
    assignments.hand_out(made, make.now())
    return made


def address(revision: Revision) -> str:
    return f"/processes/{revision.process.number}/revisions/{revision.ordinal}/acknowledge/"


def words(client: SignedIn, revision: Revision, token: str) -> tuple[str, str]:
    """Where it leads and what is said there."""
    answer = client.post(address(revision), {"opened": token}, follow=True)
    return answer.redirect_chain[-1][0], " ".join(str(message) for message in answer.context["messages"])


def test_the_page_records_and_says_so(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    page = client.as_(cast.reader).get(f"/processes/{shown.process.number}/")
    target, said = words(client, shown, page.context["duty"].token)
    assert target == f"/processes/{shown.process.number}/revisions/1/"
    assert said == f"Recorded: you have read and understood {shown.process.number}, revision 1.0."
    assert Acknowledgement.objects.get().person == cast.reader


def test_the_page_says_why_nothing_was_recorded(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    client.as_(cast.author)
    target, said = words(client, shown, "old")
    assert target == f"/processes/{shown.process.number}/"
    assert said.startswith("Open the procedure again")
    draft = make.draft(shown.process, by=cast.author)
    assert words(client, draft, "old")[1] == "Only an approved revision can be acknowledged."
    assert not Acknowledgement.objects.exists()


def test_a_stranger_to_a_restricted_process_finds_nothing_there(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    token = opened.token(cast.stranger, shown, "whole", make.now())
    assert client.as_(cast.stranger).post(address(shown), {"opened": token}).status_code == 404
    assert client.as_(cast.reader).get(address(shown)).status_code == 405
    assert client.post(address(shown).replace("revisions/1", "revisions/7")).status_code == 404
    assert not Acknowledgement.objects.exists()
