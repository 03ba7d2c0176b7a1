"""Favourites and one's own processes: kept at hand, never more than may be seen, and why one takes part."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Person, Position
from organization.refusals import Refused
from organization.scope import Scope, scope
from processes import favourites, own
from processes.models import Favourite, Participation, Process, Role, RoleUse
from processportal import own as pages
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


def mine(who: Person) -> Scope:
    return scope(who, make.now().date())


def listed(client: SignedIn, show: str) -> list[str]:
    return [row[0].number for row in client.get(f"/processes/mine/?show={show}").context["rows"]]


def in_force(of: Process, days: int = 100, **content: object) -> Process:
    since = make.now() - dt.timedelta(days=days)
    revision = make.effective(of, make.definition(*content.get("steps", ())), since=since)  # type: ignore[misc]
    for role in Role.objects.filter(title="Buyer"):
        RoleUse.objects.create(revision=revision, role=role, steps=2)
    return of


def buyer_role(cast: make.Cast) -> Role:
    role = Role.objects.create(title="Buyer", department=cast.purchasing)
    role.positions.add(Position.objects.get(title="Buyer"))
    return role


# --- the star


def test_the_star_works_without_script_and_twice_is_as_good_as_once(client: SignedIn, cast: make.Cast) -> None:
    in_force(make.process(cast.purchasing, number="PUR-001"))
    client.as_(cast.stranger)
    assert "Keep as favourite" in client.get("/processes/PUR-001/").content.decode()
    for _twice in range(2):
        assert client.post("/processes/PUR-001/favourite/", {"keep": "1"})["Location"] == "/processes/PUR-001/"
    assert Favourite.objects.get().person == cast.stranger
    assert "Take it from your favourites" in client.get("/processes/PUR-001/").content.decode()
    assert [one.number for one in client.get("/").context["favourites"]] == ["PUR-001"]
    for _twice in range(2):
        assert client.post("/processes/PUR-001/favourite/", {"back": "mine"})["Location"] == "/processes/mine/"
    assert not Favourite.objects.exists()


def test_what_may_not_be_seen_is_not_kept_and_not_listed_any_more(client: SignedIn, cast: make.Cast) -> None:
    process = in_force(make.process(cast.purchasing, number="PUR-001"))
    client.as_(cast.stranger).post("/processes/PUR-001/favourite/", {"keep": "1"})
    assert listed(client, "favourites") == ["PUR-001"]
    Process.objects.filter(pk=process.pk).update(confidentiality="positions")
    assert listed(client, "favourites") == []
    assert list(client.get("/").context["favourites"]) == []
    assert client.post("/processes/PUR-001/favourite/", {"keep": "1"}).status_code == 404
    process.refresh_from_db()
    with pytest.raises(Refused, match="There is no process PUR-001"):
        favourites.keep(process, by=cast.stranger, now=make.now())


def test_nobody_keeps_everything(client: SignedIn, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(favourites, "MOST", 1)
    for number in ("PUR-001", "PUR-002"):
        in_force(make.process(cast.purchasing, number=number))
        answer = client.as_(cast.stranger).post(f"/processes/{number}/favourite/", {"keep": "1"}, follow=True)
    assert "You have 1 favourites already" in answer.content.decode()
    assert Favourite.objects.get().process.number == "PUR-001"


# --- taking part


def test_why_somebody_takes_part(client: SignedIn, cast: make.Cast) -> None:
    buyer_role(cast)
    in_force(make.process(cast.stores, number="STO-001"))
    own_one = in_force(make.process(cast.purchasing, number="PUR-002", owner=Position.objects.get(title="Buyer")))
    RoleUse.objects.filter(revision__process=own_one).delete()
    invited = in_force(make.process(cast.stores, number="STO-003"))
    RoleUse.objects.filter(revision__process=invited).delete()
    Participation.objects.create(process=invited, person=cast.reader, part="contributor")
    for number, part in (("STO-008", "reader"), ("STO-009", "approver")):  # may read it, or decided about it once
        elsewhere = in_force(make.process(cast.stores, number=number))
        RoleUse.objects.filter(revision__process=elsewhere).delete()
        Participation.objects.create(process=elsewhere, person=cast.reader, part=part)
    with_us = in_force(make.process(cast.stores, number="STO-004", participating=[cast.purchasing]))
    RoleUse.objects.filter(revision__process=with_us).delete()
    draft = make.process(cast.purchasing, number="PUR-005", owner=Position.objects.get(title="Buyer"))
    assert draft not in own.taking_part(mine(cast.reader), make.now())
    client.as_(cast.reader)
    rows = {process.number: list(why) for process, why, _starred in client.get("/processes/mine/").context["rows"]}
    assert rows == {
        "STO-001": ["2 steps as Buyer"],
        "PUR-002": ["You own it as Buyer"],
        "STO-003": ["You were asked to take part"],
        "STO-004": ["Your department Purchasing takes part"],
    }
    assert not own.taking_part(mine(cast.admin), make.now())


def test_a_role_of_a_superseded_or_hidden_version_counts_no_longer(cast: make.Cast) -> None:
    role = buyer_role(cast)
    process = in_force(make.process(cast.stores, number="STO-001"))
    boss = Position.objects.get(title="General manager")
    in_force(make.process(cast.stores, number="STO-002", confidentiality="positions", owner=boss, created_by=cast.boss))
    assert [one.number for one in own.taking_part(mine(cast.reader), make.now())] == ["STO-001"]
    make.effective(process, since=make.now() - dt.timedelta(days=1))
    assert RoleUse.objects.filter(role=role).exists()
    assert not own.taking_part(mine(cast.reader), make.now())


# --- what changed


def test_what_came_into_force_and_which_of_my_steps_it_changed(client: SignedIn, cast: make.Cast) -> None:
    buyer_role(cast)
    process = in_force(make.process(cast.stores, number="STO-001"), 200)
    in_force(process, 3, steps=("Check offer twice", "Sign order"))
    other = in_force(make.process(cast.stores, number="STO-002"), 2)
    in_force(make.process(cast.stores, number="STO-003"), 91)
    client.as_(cast.reader)
    rows = client.get("/processes/mine/?show=changed").context["rows"]
    assert [(one.revision.process, one.compared, list(one.steps)) for one in rows] == [
        (other, False, []),
        (process, True, [(2, "Check offer twice")]),
    ]
    assert "None of your steps changed" not in client.get("/processes/mine/?show=changed").content.decode()
    client.as_(cast.stranger)
    assert "None of your steps changed" in client.get("/processes/mine/?show=changed").content.decode()


def test_damaged_content_is_not_compared(cast: make.Cast, client: SignedIn) -> None:
    buyer_role(cast)
    process = in_force(make.process(cast.stores, number="STO-001"), 200)
    in_force(process, 3, steps=("Check offer twice",))
    first, second = process.revisions.order_by("ordinal")
    first.frozen_id = second.frozen_id
    assert second.frozen is not None
    second.frozen.content = b"{}"
    known = {first.pk: first}
    second.before = first.pk  # type: ignore[attr-defined]
    assert not pages._with_what_changed(second, known, frozenset({"buyer"})).compared


def test_pages_go_on_by_key(client: SignedIn, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    monkeypatch.setattr("processes.views.listing.PAGE", 2)
    for n in range(1, 4):
        process = in_force(make.process(cast.purchasing, number=f"PUR-00{n}"), 10 - n)
        Favourite.objects.create(person=cast.reader, process=process, kept_at=make.now())
    client.as_(cast.reader)
    page = client.get("/processes/mine/?show=favourites")
    assert [row[0].number for row in page.context["rows"]] == ["PUR-001", "PUR-002"]
    page = client.get(f"/processes/mine/{page.context['next_url']}")
    assert [row[0].number for row in page.context["rows"]] == ["PUR-003"]
    assert page.context["previous_url"] == "?show=favourites&before=PUR-003"
    page = client.get("/processes/mine/?show=changed")
    assert [one.revision.process.number for one in page.context["rows"]] == ["PUR-003", "PUR-002"]
    page = client.get(f"/processes/mine/{page.context['next_url']}")
    assert [one.revision.process.number for one in page.context["rows"]] == ["PUR-001"]
    assert page.context["previous_url"] == "?show=changed"


@pytest.mark.parametrize("show", ["", "favourites", "changed"])
def test_five_rows_ask_no_more_than_one(client: SignedIn, cast: make.Cast, show: str) -> None:
    buyer_role(cast)

    def more(n: int) -> None:
        process = in_force(make.process(cast.stores, number=f"STO-00{n}", participating=[cast.purchasing]), 50)
        in_force(process, 3)
        Favourite.objects.create(person=cast.reader, process=process, kept_at=make.now())

    more(1)
    client.as_(cast.reader).get(f"/processes/mine/?show={show}")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/processes/mine/?show={show}")
    for n in range(2, 6):
        more(n)
    with CaptureQueriesContext(connection) as five:
        page = client.get(f"/processes/mine/?show={show}")
    assert len(page.context["rows"]) == 5
    assert len(five) == len(one)


@pytest.mark.parametrize("show", ["", "favourites", "changed"])
def test_nothing_yet_says_what_to_do(client: SignedIn, cast: make.Cast, show: str) -> None:
    page = client.as_(cast.admin).get(f"/processes/mine/?show={show}").content.decode()
    assert 'class="empty"' in page
