"""Printing from the procedure page, giving out copies, their register, and one copy: for whoever may, in few questions to the database."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Person, Position
from processes.models import Process, Revision
from processportal.copies import making, recalling, views
from processportal.copies.models import Copy
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from worklist.models import WorkItem

pytestmark = pytest.mark.usefixtures("quick")
DAY = dt.timedelta(days=1)


def until() -> str:
    return str(make.now().date() + 100 * DAY)


def post(revision: Revision, by: Person, *, place: str = "Gate 3", position: str = "Buyer") -> Copy:
    return making.issue(
        revision,
        by=by,
        now=make.now(),
        valid_until=make.now().date() + 100 * DAY,
        place=place,
        position=Position.objects.get(title=position),
    )[0]


def menu(client: SignedIn, who: Person, revision: Revision) -> set[str]:
    html = client.as_(who).get(f"/processes/{revision.process.number}/revisions/{revision.ordinal}/").content.decode()
    return set(re.findall(r"Uncontrolled print|Controlled copy …|Copies on paper|This page as it is", html))


def test_the_menu_offers_what_may_be_done(client: SignedIn, cast: Cast, revision: Revision) -> None:
    anybody = {"Uncontrolled print", "This page as it is"}
    assert menu(client, cast.reader, revision) == anybody
    assert menu(client, cast.stranger, revision) == anybody
    assert menu(client, cast.author, revision) == anybody | {"Controlled copy …", "Copies on paper"}
    make.effective(revision.process, make.definition("New"), since=make.now() - DAY)
    assert menu(client, cast.author, revision) == anybody | {"Copies on paper"}


def test_a_reader_prints_and_gets_the_file(client: SignedIn, cast: Cast, revision: Revision) -> None:
    address = "/processes/PUR-001/revisions/1/print/"
    assert client.as_(cast.reader).get(address).status_code == 405
    assert not Copy.objects.exists()
    response = client.post(address)
    copy = Copy.objects.get()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="PUR-001 v1.0 Purchase to pay {copy.code}.pdf"'
    assert (copy.printed_by, copy.kind) == (cast.reader, "uncontrolled")


def test_what_cannot_be_made_is_said_on_a_page(client: SignedIn, cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> object:
        raise making.NotTypeset("timeout")

    monkeypatch.setattr(making, "typeset", broken)
    response = client.as_(cast.reader).post("/processes/PUR-001/revisions/1/print/")
    assert response.status_code == 503
    assert "took too long to set" in response.content.decode()
    response = client.as_(cast.author).post("/processes/PUR-001/revisions/1/copy/", {"place": "Gate 3", "valid_until": until()})
    assert response.status_code == 422
    assert "took too long to set" in response.content.decode()


def test_what_a_stranger_may_not_see_is_not_there(client: SignedIn, cast: Cast) -> None:
    secret = make.effective(make.process(cast.purchasing, number="PUR-009", confidentiality="departments"))
    draft = make.draft(make.process(cast.purchasing, number="PUR-010"), by=cast.author)
    copy = post(secret, cast.author)
    client.as_(cast.stranger)
    for address in (
        "/processes/PUR-009/revisions/1/print/", "/processes/PUR-009/revisions/1/copy/", "/processes/PUR-010/revisions/1/print/",
        f"/processes/PUR-009/copies/{copy.pk}/exchange/", f"/processes/PUR-009/copies/{copy.pk}/destroy/",
    ):  # fmt: skip
        assert client.post(address).status_code == 404, address
    for address in ("/processes/PUR-009/copies/", f"/processes/PUR-009/copies/{copy.pk}/", f"/processes/PUR-009/copies/{copy.pk}/file/"):
        assert client.get(address).status_code == 404, address
    assert "PUR-009" not in client.get("/copies/").content.decode()
    assert Copy.objects.count() == 1
    assert draft.copies.count() == 0


def test_giving_out_a_copy(client: SignedIn, cast: Cast, revision: Revision) -> None:
    address = "/processes/PUR-001/revisions/1/copy/"
    assert client.as_(cast.reader).get(address).status_code == 403
    assert client.post(address, {"place": "Gate 3", "valid_until": until()}).status_code == 403
    page = client.as_(cast.author).get(address).content.decode()
    assert "will see this process" not in page
    assert client.post(address, {"place": "", "valid_until": until()}).status_code == 422
    assert client.post(address, {"place": "Gate 3", "valid_until": "2020-01-01"}).status_code == 422
    buyer = Position.objects.get(title="Buyer")
    response = client.post(
        address, {"place": "Gate 3", "position": buyer.pk, "valid_until": until(), "kind": "uncontrolled", "version": "9"}
    )
    copy = Copy.objects.get()
    assert response["Location"] == f"/processes/PUR-001/copies/{copy.pk}/"
    assert (copy.kind, copy.version, copy.place, copy.position) == ("posted", "1.0", "Gate 3", buyer)
    page = client.get(response["Location"]).content.decode()
    assert all(said in page for said in (copy.code, "Gate 3", "Buyer", "Get the PDF", "Tagged PDF"))
    assert client.get(f"/processes/PUR-001/copies/{copy.pk}/file/")["Content-Type"] == "application/pdf"


def test_a_restricted_process_says_that_the_position_will_see_it(client: SignedIn, cast: Cast) -> None:
    make.effective(make.process(cast.purchasing, number="PUR-009", confidentiality="departments"))
    assert "will see this process" in client.as_(cast.author).get("/processes/PUR-009/revisions/1/copy/").content.decode()


def test_from_the_work_item_to_the_new_paper(client: SignedIn, cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    make.effective(revision.process, make.definition("New"), since=make.now())
    recalling.recall(make.now())
    assert "Exchange" in client.as_(cast.reader).get("/work/").content.decode()
    address = WorkItem.objects.get(kind="exchange").get_absolute_url()
    page = client.get(address).content.decode()
    assert "Another version is in force than the one printed on it." in page
    assert "Get the PDF" not in page
    assert client.get(f"{address}file/").status_code == 503
    assert client.post(f"{address}exchange/", {"valid_until": "never"}).status_code == 422
    response = client.post(f"{address}exchange/", {"valid_until": until()})
    new = Copy.objects.get(replaces=copy)
    assert response["Location"] == f"/processes/PUR-001/copies/{new.pk}/"
    assert not WorkItem.objects.open().filter(kind="exchange").exists()
    assert client.post(f"{address}exchange/", {"valid_until": until()}).status_code == 422
    old = client.get(address).content.decode()
    assert "Exchanged" in old
    assert new.code in old
    assert "make the new copy" not in old
    assert copy.code in client.get(response["Location"]).content.decode()


def test_destroyed_by_a_click(client: SignedIn, cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    address = f"/processes/PUR-001/copies/{copy.pk}/"
    Process.objects.filter(pk=revision.process_id).update(state="withdrawn")
    recalling.recall(make.now())
    page = client.as_(cast.reader).get(address).content.decode()
    assert "take it down and destroy it" in page
    assert "make the new copy" not in page
    assert client.post(f"{address}destroy/", follow=True).status_code == 200
    assert "already said" in client.post(f"{address}destroy/", follow=True).content.decode()
    assert Copy.objects.get().outcome == "destroyed"


def test_an_expired_paper_of_what_still_holds_says_so(client: SignedIn, cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    Copy.objects.update(valid_until=make.now().date() - DAY)
    recalling.recall(make.now())
    page = client.as_(cast.reader).get(f"/processes/PUR-001/copies/{copy.pk}/").content.decode()
    assert "The paper itself has expired" in page
    assert "Get the PDF" not in page


def test_a_print_has_no_page_in_the_register(client: SignedIn, cast: Cast, revision: Revision) -> None:
    copy = making.print_(revision, by=cast.author, now=make.now())[0]
    assert client.as_(cast.author).get(f"/processes/PUR-001/copies/{copy.pk}/").status_code == 404
    assert copy.code not in client.get("/copies/").content.decode()


def codes(client: SignedIn, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [copy.place for copy, _standing in response.context["rows"]]


def test_the_register_shows_to_each_what_he_or_she_answers_for(client: SignedIn, cast: Cast, revision: Revision) -> None:
    post(revision, cast.author)
    other = make.effective(make.process(cast.stores, number="STO-001", confidentiality="positions", title="Hidden stock"))
    post(other, Person.objects.get(login="storekeeper"), place="Shelf 1", position="Storeman")
    seen = {who.login: codes(client.as_(who), "/copies/") for who in (cast.author, cast.reader, cast.stranger, cast.manager, cast.admin)}
    both = ["Shelf 1", "Gate 3"]
    assert seen == {"author": ["Gate 3"], "reader": ["Gate 3"], "stranger": ["Shelf 1"], "manager": both, "admin": []}
    office = client.as_(cast.manager).get("/copies/").content.decode()
    assert "STO-001" in office
    assert "Hidden stock" not in office
    address = f"/processes/STO-001/copies/{Copy.objects.get(place='Shelf 1').pk}/"
    assert client.get(f"{address}file/").status_code == 404
    detail = client.get(address).content.decode()
    assert "Hidden stock" not in detail
    assert codes(client, "/processes/PUR-001/copies/") == ["Gate 3"]


def test_its_views_and_pages(client: SignedIn, cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROWS", 2)
    for n in range(5):
        post(revision, cast.author, place=f"Gate {n}")
    recalling.destroy(Copy.objects.get(place="Gate 0"), by=cast.author, now=make.now())
    Copy.objects.filter(place="Gate 1").update(valid_until=make.now().date() - DAY)
    recalling.recall(make.now())
    client.as_(cast.author)
    assert codes(client, "/copies/") == ["Gate 4", "Gate 3"]
    following = client.get("/copies/").context["next_url"]
    assert codes(client, f"/copies/{following}") == ["Gate 2", "Gate 1"]
    assert client.get(f"/copies/{following}").context["previous_url"] == "?"
    assert codes(client, "/copies/?show=exchange") == ["Gate 1"]
    assert codes(client, "/copies/?show=closed") == ["Gate 0"]
    assert codes(client, "/copies/?show=nonsense&after=x") == ["Gate 4", "Gate 3"]


@pytest.mark.parametrize("address", ["/copies/", "/processes/PUR-001/copies/"])
def test_five_copies_cost_no_more_than_one(client: SignedIn, cast: Cast, revision: Revision, address: str) -> None:
    client.as_(cast.author)
    counts = []
    for upto in (1, 5):
        while Copy.objects.count() < upto:
            post(revision, cast.author, place=f"Gate {Copy.objects.count()}")
        make.effective(revision.process, make.definition("New"), since=make.now()) if upto == 5 else None
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[1] <= counts[0], counts
    assert counts[0] <= 20
