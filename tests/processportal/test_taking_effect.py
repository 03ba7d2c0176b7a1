"""The page on which a version waits: readiness, a later day, the end of its approval; and what the process page tells readers."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from approvals import waivers
from approvals.waivers import Wanted
from organization.calendar import midnight, today
from organization.models import Person, Position, Signature
from processes import holding, lifecycle
from processes.holding import Hold, Read
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from training.assignments import hand_out_new
from training.models import Reading

pytestmark = pytest.mark.django_db
PLANNED = dt.timedelta(days=10)


@pytest.fixture
def first(cast: make.Cast) -> Revision:
    process = make.process(cast.purchasing, created_by=cast.author, owner=Position.objects.get(title="Head of Purchasing"))
    return make.effective(process)


@pytest.fixture
def held(first: Revision, cast: make.Cast) -> Revision:
    """The second version, held back for ten days; its department owes the reading."""
    draft = make.draft(first.process, by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=make.now())
    lifecycle.approve(draft, by=cast.approver, now=make.now(), hold=Hold(today() + PLANNED, None, "tests"))
    hand_out_new(make.now())
    return Revision.objects.select_related("process").get(pk=draft.pk)


def address(revision: Revision) -> str:
    return reverse("effect", args=[revision.process.number, revision.ordinal])


def typed(revision: Revision, act: str, **given: object) -> dict[str, Any]:
    return {"act": act, "version": revision.version, "reason": "Because.", "password": make.PASSWORD} | given


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_people_owe_the_reading_before_it_holds(held: Revision, first: Revision) -> None:
    assert set(Reading.objects.owed().values_list("revision", flat=True)) == {held.pk}
    hand_out_new(make.now())
    assert not Reading.objects.owed().filter(revision=first).exists()


def test_the_owner_sees_how_many_have_read_it_and_signs(cast: make.Cast, held: Revision, client: SignedIn) -> None:
    page = words(client.as_(cast.author).get(address(held)))
    people = Reading.objects.counted().filter(revision=held).count()
    assert f"0 of {people}" in page
    assert "Until then version 1.0 holds." in page
    missing = client.post(address(held), typed(held, "ready", reason=""))
    assert (missing.status_code, Signature.objects.count()) == (422, 0)
    wrong = client.post(address(held), typed(held, "ready", password="no"))
    assert (wrong.status_code, "Because." in words(wrong), Signature.objects.count()) == (422, True, 0)
    done = words(client.post(address(held), typed(held, "ready"), follow=True))
    assert "Signed: ready." in done
    assert f"0 of {people} had read it. Because." in done
    held.refresh_from_db()
    assert held.effective_from == midnight(today() + PLANNED)


def test_where_everybody_has_read_it_a_remark_is_optional(cast: make.Cast, held: Revision, client: SignedIn) -> None:
    Reading.objects.filter(revision=held).update(acknowledged_at=make.now())
    assert client.as_(cast.author).post(address(held), typed(held, "ready", reason="")).status_code == 302
    assert held.holds.get().people == held.holds.get().people_read


def test_a_later_day_and_then_the_end_of_the_approval(cast: make.Cast, held: Revision, client: SignedIn) -> None:
    later = today() + PLANNED * 2
    client.as_(cast.author)
    assert client.post(address(held), typed(held, "postpone", day=today())).status_code == 422
    assert "takes effect later" in words(client.post(address(held), typed(held, "postpone", day=later), follow=True))
    stale = client.post(address(held), typed(held, "cancel"))
    assert (stale.status_code, "Somebody changed this revision" in words(stale)) == (422, True)
    held.refresh_from_db()
    assert held.planned_on == later
    done = client.post(address(held), typed(held, "cancel"))
    assert done["Location"] == reverse("process", args=[held.process.number])
    assert client.get(address(held)).status_code == 404
    assert Revision.objects.get(pk=held.pk).state == "draft"


@pytest.mark.parametrize("who", ["reader", "stranger", "approver", "manager"])
def test_others_see_what_it_waits_for_and_may_not_sign(cast: make.Cast, held: Revision, client: SignedIn, who: str) -> None:
    client.as_(getattr(cast, who))
    page = words(client.get(address(held)))
    assert "Approved, waits for readiness" in page
    assert "Only the owner position “Head of Purchasing” signs readiness" in page
    for act in ("ready", "postpone"):
        assert client.post(address(held), typed(held, act, day=today() + PLANNED * 2)).status_code == 422
    if who == "manager":
        offered = words(client.get(reverse("approvals:waivers", args=[held.process.number]), {"training": ""}))
        assert 'name="only" id="id_only" checked' in offered.replace('aria-describedby="id_only_helptext" ', "")
    may_cancel = who in {"approver", "manager"}
    assert ("Cancel the approval…" in page, "Waive the training…" in page) == (may_cancel, who == "manager")
    assert client.post(address(held), typed(held, "cancel")).status_code == (302 if may_cancel else 422)


def test_nothing_is_done_without_an_act_and_nobody_finds_what_he_may_not_see(cast: make.Cast, held: Revision, client: SignedIn) -> None:
    assert client.as_(cast.author).post(address(held), {}).status_code == 422
    Process.objects.update(confidentiality="positions")
    assert client.as_(cast.stranger).get(address(held)).status_code == 404


def test_the_page_tells_when_the_day_has_passed_and_when_it_holds(cast: make.Cast, held: Revision, client: SignedIn) -> None:
    held.holds.update(planned_on=today() - dt.timedelta(days=1))
    client.as_(cast.author)
    assert "The planned day has passed." in words(client.get(address(held)))
    holding.ready(held, by=cast.author, now=make.now(), read=Read())
    assert "It has been in force since" in words(client.get(address(held)))


def test_readers_are_told_what_comes(cast: make.Cast, held: Revision, first: Revision, client: SignedIn) -> None:
    def page(revision: Revision | None = None, person: Person = cast.reader) -> str:
        name, args = ("process", [first.process.number]) if revision is None else ("revision", [first.process.number, revision.ordinal])
        return words(client.as_(person).get(reverse(name, args=args)))

    assert "Version 2.0 is approved.</strong> It waits until people are trained; planned for" in page()
    assert "Approved, waits for readiness" in page(held)
    assert "It waits until people are trained; planned for" in page(held)
    holding.ready(held, by=cast.author, now=make.now(), read=Read())
    assert "Version 2.0 is approved.</strong> It takes effect on" in page()
    assert "It takes effect on" in words(client.get(address(held)))
    assert "Version 2.0 is approved" not in page(held)


def test_readers_are_told_of_waivers(cast: make.Cast, held: Revision, first: Revision, client: SignedIn) -> None:
    now, number = make.now(), first.process.number
    until = today() + PLANNED
    waivers.give(first.process, Wanted("Department process manager", until, "For the merger."), by=cast.boss, now=now)
    waivers.give(first.process, Wanted("", until, "The law changed."), by=cast.boss, now=now)
    page = words(client.as_(cast.reader).get(reverse("process", args=[number])))
    assert "New versions skip the stage “Department process manager”." in page
    assert "New versions do not wait for the training." in page
    assert "By waiver of Boss" in page
    waivers.revoke(first.process.waivers.get(stage=""), by=cast.boss, now=now, reason="so")
    waivers.give(first.process, Wanted("", until, "The law changed.", held), by=cast.boss, now=now)
    page = words(client.get(reverse("process", args=[number])))
    assert "This version took effect without waiting for the training." in page
