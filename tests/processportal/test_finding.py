"""Palette and search: a few letters lead to actions, procedures and people, and never to what one may not see."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.models import Person
from processes import search
from processes.models import Process
from processportal import finding
from tests import make
from tests.conftest import SignedIn


def rows(client: SignedIn, asked: str) -> list[tuple[str, str]]:
    page = client.get("/palette/", {"q": asked})
    assert page.status_code == 200
    return [(row.kind, row.title) for row in page.context["rows"]]


def findable(cast: make.Cast, number: str, title: str, **fields: object) -> Process:
    process = make.process(cast.purchasing, number=number, title=title, **fields)
    search.index(make.effective(process, make.definition("Compare offers")))
    return process


def test_without_words_the_palette_offers_what_can_be_done(client: SignedIn, cast: make.Cast) -> None:
    offered = rows(client.as_(cast.reader), " ")
    assert {kind for kind, _title in offered} == {"action"}
    assert ("action", "First steps") not in offered
    assert ("action", "First steps") in rows(client.as_(cast.admin), "first")


def test_actions_procedures_and_people_in_this_order(client: SignedIn, cast: make.Cast) -> None:
    findable(cast, "PUR-001", "Reading of meters")
    make.person("reading", name="Ada Reading")
    make.person("gone", name="Gone Reading", is_active=False)
    assert rows(client.as_(cast.reader), "READING") == [
        ("action", "Reading"),
        ("process", "PUR-001 Reading of meters"),
        ("person", "Ada Reading"),
    ]
    assert rows(client, "pur-001") == [("process", "PUR-001 Reading of meters")]
    assert rows(client, "nothing of the kind") == []


def test_every_action_leads_somewhere(client: SignedIn, cast: make.Cast) -> None:
    offered = {}
    for who in (cast.admin, cast.author, cast.reader):
        found = client.as_(who).get("/palette/").context["rows"]
        assert {row.title: client.get(row.url).status_code for row in found} == {row.title: 200 for row in found}
        offered[who.login] = {row.title for row in found} & {"New process", "First steps"}
    assert offered == {"admin": {"First steps"}, "author": {"New process"}, "reader": set()}


def test_every_room_has_a_door_for_whoever_may_use_it(client: SignedIn, cast: make.Cast) -> None:
    rooms = {"Change packages": "/packages/", "Audit packs": "/audit-packs/", "My competence": "/competence/"}
    doors = {}
    for who in (
        cast.author,
        cast.manager,
        make.person("guest", access_until=make.now().date() + dt.timedelta(days=9)),
        make.person("nobody"),
    ):
        html = client.as_(who).get("/processes/").content.decode()
        found = {title for title, url in rooms.items() if f'href="{url}">{title}<' in html}
        doors[who.login] = found
        assert {row.title for row in client.get("/palette/").context["rows"]} & set(rooms) <= found
    assert doors == {
        "author": {"Change packages", "My competence"},
        "manager": set(rooms),
        "guest": {"Audit packs", "My competence"},
        "nobody": {"My competence"},
    }


def test_what_one_may_not_see_is_not_found(client: SignedIn, cast: make.Cast) -> None:
    findable(cast, "PUR-001", "Open offers")
    findable(cast, "PUR-666", "Secret offers", confidentiality="departments")
    client.as_(cast.stranger)
    assert rows(client, "offers") == [("process", "PUR-001 Open offers")]
    page = client.get("/search/", {"q": "offers"})
    assert [hit.process.number for hit in page.context["hits"]] == ["PUR-001"]
    assert "666" not in page.content.decode()
    assert {hit.process.number for hit in client.as_(cast.reader).get("/search/", {"q": "compare offers"}).context["hits"]} == {
        "PUR-001",
        "PUR-666",
    }


def test_the_search_page_finds_people_and_says_when_there_is_nothing(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.reader)
    assert [row.title for row in client.get("/search/", {"q": "stranger"}).context["people"]] == ["Stranger"]
    assert "Nothing found for “zzz”" in client.get("/search/", {"q": "zzz"}).content.decode()
    empty = client.get("/search/")
    assert (empty.context["hits"], empty.context["people"]) == ([], [])
    assert "Nothing found for" not in empty.content.decode()


@pytest.mark.parametrize(
    "asked", ["%", "_", "'\"; DROP TABLE", "<script>alert(1)</script>", "x" * 5000, "😀 مرحبا 采购", "NEAR(", "*", "-", "a:b"]
)
def test_whatever_is_typed_breaks_nothing(client: SignedIn, cast: make.Cast, asked: str) -> None:
    findable(cast, "PUR-001", "Open offers")
    client.as_(cast.reader)
    for url in ("/palette/", "/search/"):
        page = client.get(url, {"q": asked})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert len(page.context["asked"]) <= finding.LONGEST_QUERY


def test_it_costs_the_same_for_one_row_and_for_five(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.reader).get("/reading/")  # what is kept for a minute is asked once
    costs, made = [], 0
    for more in (1, 4):
        for _n in range(more):
            made += 1
            findable(cast, f"PUR-00{made}", "Open offers")
            make.person(name="Offers Person")
        found = []
        for name in ("palette", "search"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name), {"q": "offers"}).status_code == 200
            found.append(len(queries))
        costs.append(found)
    assert costs == [[10, 13], [10, 13]]
    assert Person.objects.filter(name="Offers Person").count() == 5
