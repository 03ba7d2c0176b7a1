"""The page that compares any two revisions."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from processes import drafting, versions
from processes.models import Process
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast

pytestmark = pytest.mark.django_db
PAGE = "/processes/PUR-001/compare/"


@pytest.fixture
def process(cast: Cast) -> Process:
    """Two versions and a draft."""
    process = make.process(cast.purchasing, number="PUR-001", confidentiality="departments")
    first = make.definition("Check offer", "Order")
    make.effective(process, first, since=make.now() - dt.timedelta(days=90))
    make.effective(process, make.definition("Check offers", "Ask <b>finance</b>", "Order"), since=make.now() - dt.timedelta(days=9))
    make.draft(process, replace(first, purpose="Because"), by=cast.author)
    return process


def words(client: SignedIn, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_any_two_are_compared_the_older_one_first(client: SignedIn, cast: Cast, process: Process) -> None:
    page = words(client.as_(cast.reader), f"{PAGE}?from=2&to=1")
    assert '<option value="1" selected>' in page.partition('name="to"')[0]
    assert "The change is substantive" in page
    assert "Ask &lt;b&gt;finance&lt;/b&gt;" in page
    assert "<b>finance" not in page
    assert "mark-added" in page
    assert "Roles concerned: Buyer." in page
    assert page.count("<svg") >= 3
    assert "mark-removed" in words(client, f"{PAGE}?from=2&to=3")


def test_without_a_word_the_newest_two(client: SignedIn, cast: Cast, process: Process) -> None:
    page = words(client.as_(cast.author), PAGE)
    assert '<option value="2" selected>' in page.partition('name="to"')[0]
    assert '<option value="3" selected>' in page.partition('name="to"')[2]


def test_every_state_has_its_words(client: SignedIn, cast: Cast, process: Process) -> None:
    client.as_(cast.author)
    assert "These are the same revision" in words(client, f"{PAGE}?from=1&to=1")
    assert "does not exist, or you may not see it" in words(client, f"{PAGE}?from=1&to=77")
    assert "does not exist, or you may not see it" in words(client, f"{PAGE}?from=x&to=1")
    same = make.process(cast.purchasing, number="PUR-002")
    make.effective(same, since=make.now() - dt.timedelta(days=90))
    assert "There is nothing to compare yet" in words(client, "/processes/PUR-002/compare/")
    make.effective(same, since=make.now() - dt.timedelta(days=9))
    assert "Both revisions say the same" in words(client, "/processes/PUR-002/compare/")


def test_it_follows_sight(client: SignedIn, cast: Cast, process: Process) -> None:
    seen = {who: client.as_(getattr(cast, who)).get(PAGE).status_code for who in ("stranger", "reader", "author", "approver")}
    assert seen == {"stranger": 404, "reader": 200, "author": 200, "approver": 200}
    Process.objects.update(confidentiality="company")
    page = words(client.as_(cast.stranger), PAGE)
    assert '<option value="3"' not in page
    assert "you may not see it" in words(client, f"{PAGE}?from=1&to=3")


def test_a_process_without_anything_to_see(client: SignedIn, cast: Cast) -> None:
    make.draft(make.process(cast.purchasing, number="PUR-003"), by=cast.author)
    assert "There is nothing to compare yet" in words(client.as_(cast.stranger), "/processes/PUR-003/compare/")


def test_the_page_costs_the_same_for_two_and_for_five(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-004")
    counts = []
    for n in range(5):
        make.effective(process, make.definition(f"Do {n}"), since=make.now() - dt.timedelta(days=90 - n))
        if n in {1, 4}:
            client.as_(cast.reader).get("/processes/PUR-004/compare/?from=1&to=2")
            with CaptureQueriesContext(connection) as queries:
                client.get("/processes/PUR-004/compare/?from=1&to=2")
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_history_and_the_draft_lead_here(client: SignedIn, cast: Cast, process: Process) -> None:
    process.revisions.filter(ordinal=3).update(based_on=process.revisions.get(ordinal=2))
    client.as_(cast.author)
    assert f'href="{PAGE}"' in words(client, "/processes/PUR-001/")
    assert f'href="{PAGE}?from=2&amp;to=3"' in words(client, "/processes/PUR-001/draft/")


def test_a_named_version_says_what_going_back_would_change(client: SignedIn, cast: Cast, process: Process) -> None:
    draft = process.revisions.get(ordinal=3)
    kept = versions.keep(draft, "Before <b>", by=cast.author, now=make.now())
    address = f"/processes/PUR-001/draft/versions/{kept.pk}/compare/"
    client.as_(cast.author)
    assert "The draft says this already" in words(client, address)
    operation = {"id": "one", "op": "set", "target": "steps/s1/name", "value": "Weigh offers"}
    drafting.edit(draft, [operation], by=cast.author, now=make.now(), seen=draft.version)
    page = words(client, address)
    assert "Going back to “Before &lt;b&gt;”" in page
    assert "<del>Weigh offers</del>" in page or "<del>Weigh</del>" in page
    assert page.count("<svg") >= 3
    assert "Go back to it" in page
    assert f'href="{address}"' in words(client, "/processes/PUR-001/draft/versions/")
    other = make.draft(make.process(cast.purchasing, number="PUR-009"), by=cast.author)
    assert client.get(address.replace("PUR-001", other.process.number)).status_code == 404
    assert client.as_(cast.stranger).get(address).status_code == 404
