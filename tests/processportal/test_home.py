"""Home: what I owe and why, what changed for me, how my department stands."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Position
from organization.scope import scope
from processes.models import Process, Revision
from processportal import home
from tests import make
from tests.conftest import SignedIn
from training import assignments
from training.models import Reading
from worklist.items import raise_item


def in_force(of: Process, days: float = 3) -> Revision:
    """In force for so many days, and handed out then."""
    since = make.now() - dt.timedelta(days=days)
    revision = make.effective(of, since=since)
    assignments.hand_out(revision, since)
    return revision


def mine(who: object) -> object:
    return scope(who, make.now().date())  # type: ignore[arg-type]


def test_what_i_owe_stands_with_its_reason(client: SignedIn, cast: make.Cast) -> None:
    now = make.now()
    raise_item(
        kind="decide", subject="Purchase to pay", url_name="home", url_args=[], due_on=now.date(), source_key="a", now=now,
        position=Position.objects.get(title="Storeman"),
    )  # fmt: skip
    raise_item(
        kind="decide", subject="Not mine", url_name="home", url_args=[], due_on=now.date(), source_key="b", now=now,
        position=Position.objects.get(title="Buyer"),
    )  # fmt: skip
    in_force(make.process(cast.stores, number="STO-001", title="Stock"))
    page = client.as_(cast.stranger).get("/")
    assert [(item.subject, why) for item, why in page.context["owed"]] == [
        ("Purchase to pay", "as Storeman"),
        ("STO-001 Stock", "addressed to you"),
    ]
    assert "Not mine" not in page.content.decode()


def test_more_than_fits_is_said(client: SignedIn, cast: make.Cast) -> None:
    for _n in range(home.OWED_ROWS):
        in_force(make.process(cast.purchasing))
    client.as_(cast.reader)
    assert not client.get("/").context["more_owed"]
    in_force(make.process(cast.purchasing))
    page = client.get("/")
    assert (len(page.context["owed"]), page.context["more_owed"]) == (home.OWED_ROWS, True)


def test_what_changed_for_me(cast: make.Cast) -> None:
    ours = in_force(make.process(cast.purchasing), 3)
    with_us = in_force(make.process(cast.stores, participating=[cast.purchasing]), 2)
    asked = in_force(make.process(cast.stores), 1)
    Reading.objects.filter(revision=asked, person=cast.stranger).update(person=cast.reader)
    in_force(make.process(cast.stores))  # somebody else's
    in_force(make.process(cast.purchasing), 31)  # long ago
    in_force(make.process(cast.purchasing, state="withdrawn"))
    make.effective(make.process(cast.purchasing), since=make.now() + dt.timedelta(days=1))
    hidden = in_force(make.process(cast.purchasing, confidentiality="positions", owner=Position.objects.get(title="Head of Purchasing")))
    assert list(home.changed_for(mine(cast.reader), make.now())) == [asked, with_us, ours]
    assert hidden in home.changed_for(mine(cast.author), make.now())


def test_the_state_of_my_departments_counts_nothing_of_others(cast: make.Cast) -> None:
    day = make.now().date()
    team = make.department("BUY", parent=cast.purchasing)
    make.position("Empty chair", of=team)
    late = in_force(make.process(cast.purchasing, next_review_on=day - dt.timedelta(days=1)), 40)
    in_force(make.process(team, next_review_on=day), 3)
    make.draft(late.process, by=cast.author)
    make.draft(make.process(cast.purchasing), by=cast.author)
    # What must not be counted: another department's, a hidden one's, one that ended.
    make.position("Other chair", of=cast.stores)
    in_force(make.process(cast.stores, next_review_on=day - dt.timedelta(days=9)), 40)
    make.draft(make.process(cast.stores))
    make.draft(make.process(cast.purchasing, state="discarded"))
    boss = Position.objects.get(title="General manager")
    hidden = in_force(make.process(cast.purchasing, confidentiality="positions", owner=boss, created_by=cast.boss), 40)
    Reading.objects.filter(revision=hidden).update(person=cast.reader)
    found = home.department_state(mine(cast.author), make.now())
    assert found is not None
    vacant = [position.title for position in found.vacancies]
    assert (found.name, found.in_force, found.drafts, found.review_overdue, vacant) == ("Purchasing", 2, 2, 1, ["Empty chair"])
    assert (found.readings_owed, found.readings_late) == (3, 3)
    assert home.department_state(mine(cast.admin), make.now()) is None


def test_what_is_owed_is_counted_up_to_many(client: SignedIn, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(make.process(cast.purchasing))
    monkeypatch.setattr("training.coverage.MANY", 3)
    assert "more than" not in client.as_(cast.author).get("/").content.decode()
    monkeypatch.setattr("training.coverage.MANY", 2)
    page = client.get("/")
    assert (page.context["state"].readings_owed, "more than 2" in page.content.decode()) == (3, True)


def test_what_i_answer_for(client: SignedIn, cast: make.Cast) -> None:
    owner = Position.objects.get(title="Head of Purchasing")
    owned = in_force(make.process(cast.purchasing, owner=owner)).process
    make.draft(make.process(cast.purchasing, owner=owner))
    in_force(make.process(cast.purchasing))
    assert list(client.as_(cast.author).get("/").context["mine"]) == [owned]


def test_the_administrator_of_an_empty_company_is_led_to_the_first_steps(client: SignedIn, cast: make.Cast) -> None:
    assert client.as_(cast.admin).get("/")["Location"] == "/first-steps/"
    assert client.as_(cast.reader).get("/").status_code == 200
    make.process(cast.purchasing)
    assert client.as_(cast.admin).get("/").status_code == 200


def test_home_costs_the_same_for_one_and_for_five_of_everything(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.author).get("/reading/")  # what is kept for a minute is asked once
    owner, costs = Position.objects.get(title="Head of Purchasing"), []
    for more in (1, 4):
        for _n in range(more):
            in_force(make.process(cast.purchasing, owner=owner))
            make.position(of=cast.purchasing)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        costs.append(len(queries))
    assert costs == [26, 26]


@pytest.mark.django_db
def test_home_needs_a_login(client: SignedIn) -> None:
    assert client.get("/")["Location"].startswith("/accounts/login/")
