"""What I have to read, who must read, and how far my department has come."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Person, Position
from organization.scope import scope
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from training import acknowledgements, assignments, coverage, opened
from training.models import AudienceRule, Reading
from worklist.models import WorkItem


def in_force(of: Process, days: int = 40) -> Revision:
    """In force for so many days, and handed out then."""
    since = make.now() - dt.timedelta(days=days)
    revision = make.effective(of, since=since)
    assignments.hand_out(revision, since)
    return revision


def read(revision: Revision, who: Person) -> None:
    now = make.now()
    acknowledgements.acknowledge(revision, by=who, now=now, token=opened.token(who, revision, "whole", now))


def owned(cast: make.Cast, **fields: object) -> Process:
    """A process of the head of purchasing."""
    return make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), **fields)


# My reading


def test_what_i_owe_stands_first_and_what_others_owe_nowhere(client: SignedIn, cast: make.Cast) -> None:
    mine, done = in_force(make.process(cast.purchasing)), in_force(make.process(cast.purchasing))
    in_force(make.process(cast.stores, number="STO-999"))
    read(done, cast.reader)
    page = client.as_(cast.reader).get("/reading/")
    assert [one.revision for one in page.context["owed"]] == [mine]
    assert [one.revision for one in page.context["done"]] == [done]
    assert f'href="/processes/{mine.process.number}/revisions/1/"' in page.content.decode()
    assert "STO-999" not in page.content.decode()


def test_who_has_nothing_to_read_is_told_so(client: SignedIn, cast: make.Cast) -> None:
    page = client.as_(cast.admin).get("/reading/").content.decode()
    assert "Nothing to read" in page
    assert "/reading/coverage/" not in page


# Coverage


def test_coverage_counts_people_and_100_means_everybody(cast: make.Cast) -> None:
    revision = in_force(make.process(cast.purchasing))
    read(revision, cast.reader)
    found = coverage.of_revision(revision, make.now())
    assert (found, found.percent) == (coverage.Coverage(3, 1, 2), 33)
    assert coverage.of_revisions([0], make.NOW) == {0: coverage.Coverage(0, 0, 0)}
    assert coverage.Coverage(0, 0, 0).percent is None


def test_a_department_sees_its_own_people_and_only_what_it_may_see(client: SignedIn, cast: make.Cast) -> None:
    shared = in_force(make.process(cast.purchasing, participating=[cast.stores]))
    in_force(make.process(cast.stores, number="STO-001"))
    hidden = in_force(make.process(cast.stores, number="STO-666", confidentiality="departments"))
    Reading.objects.filter(revision=hidden, person=cast.stranger).update(person=cast.reader)  # a trace of an earlier audience
    replaced = in_force(make.process(cast.purchasing, number="PUR-900"))
    make.effective(replaced.process, make.definition("Other"), since=make.now())
    read(shared, cast.stranger)
    found = coverage.of_departments(scope(cast.author, make.now().date()), make.now(), None, "", 9)
    assert found == [(shared, coverage.Coverage(3, 0, 3))]
    page = client.as_(cast.author).get("/reading/coverage/")
    assert [(row["person__name"], row["late"]) for row in page.context["late"]] == [("Approver", 1), ("Author", 1), ("Reader", 1)]
    assert list(client.as_(cast.reader).get("/reading/coverage/").context["late"]) == [], "colleagues are counted, and named to nobody"
    text = page.content.decode()
    assert (text.count("STO-"), text.count("PUR-900"), text.count(shared.process.number) > 0) == (0, 0, True)


def test_coverage_of_people_without_a_department_is_empty(client: SignedIn, cast: make.Cast) -> None:
    in_force(make.process(cast.purchasing))
    page = client.as_(cast.admin).get("/reading/coverage/")
    assert (list(page.context["rows"]), list(page.context["late"])) == ([], [])


def test_long_coverage_goes_on_where_it_stopped(client: SignedIn, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        in_force(make.process(cast.purchasing, number=f"PUR-10{n}"))
    monkeypatch.setattr("training.views.coverage.ROWS", 2)
    client.as_(cast.author)
    seen, after = [], ""
    while True:
        page = client.get(f"/reading/coverage/?after={after}")
        seen += [revision.process.number for revision, _coverage in page.context["rows"]]
        after = page.context["next"]
        if not after:
            break
    assert seen == ["PUR-100", "PUR-101", "PUR-102", "PUR-103", "PUR-104"]
    assert client.get("/reading/coverage/?after=%F0%9F%98%80").status_code == 200


def test_pages_cost_the_same_for_one_row_and_for_five(client: SignedIn, cast: make.Cast) -> None:
    pages = {"/reading/": 0, "/reading/coverage/": 0}
    client.as_(cast.author)
    process = owned(cast)
    read(in_force(process), cast.author)
    costs = []
    for more in (1, 4):
        for _n in range(more):
            in_force(make.process(cast.purchasing))
        AudienceRule.objects.filter(process=process).exclude(department=cast.purchasing).delete()
        for _n in range(more - 1):
            AudienceRule.objects.create(process=process, department=make.department(f"X{_n}"), starts_on=make.LONG_AGO)
        client.get("/reading/")  # what is kept for a minute is asked once
        found = {}
        for page in (*pages, f"/processes/{process.number}/audience/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found[page.rpartition("/processes/")[0] or page] = len(queries)
        costs.append(list(found.values()))
    assert costs == [[12, 20, 26], [12, 20, 26]]


# Who must read


def test_the_audience_page_shows_todays_rules_and_lets_the_owner_change_them(client: SignedIn, cast: make.Cast) -> None:
    process = owned(cast)
    url = f"/processes/{process.number}/audience/"
    AudienceRule.objects.create(
        process=process, department=cast.stores, starts_on=make.LONG_AGO, ends_before=make.LONG_AGO + dt.timedelta(days=1)
    )
    AudienceRule.objects.create(process=make.process(cast.stores), department=cast.stores, starts_on=make.LONG_AGO)
    page = client.as_(cast.author).get(url)
    assert (page.context["rules"], page.context["people"]) == ([], 0)
    assert page.content.decode().count("<form") == page.content.decode().count("</form>")
    assert client.post(url, {"department": cast.stores.pk}, follow=True).redirect_chain == [(url, 302)]
    page = client.get(url)
    assert [(line.rule.department, line.rule.excludes) for line in page.context["rules"]] == [(cast.stores, False)]
    assert page.context["people"] == 2
    rule = page.context["rules"][0].rule
    assert client.post(f"{url}{rule.pk}/end/", follow=True).redirect_chain == [(url, 302)]
    assert client.get(url).context["rules"] == []


def test_others_look_and_are_told_who_changes_it(client: SignedIn, cast: make.Cast) -> None:
    process = owned(cast)
    url = f"/processes/{process.number}/audience/"
    rule = AudienceRule.objects.create(process=process, department=cast.stores, starts_on=make.LONG_AGO)
    page = client.as_(cast.stranger).get(url)
    assert "Only the owner" in page.content.decode()
    assert 'name="department"' not in page.content.decode()
    answer = client.post(url, {"department": cast.purchasing.pk})
    assert (answer.status_code, AudienceRule.objects.count()) == (403, 1)
    assert "Only the owner" in answer.content.decode()
    said = client.post(f"{url}{rule.pk}/end/", follow=True)
    assert [str(message)[:14] for message in said.context["messages"]] == ["Only the owner"]
    rule.refresh_from_db()
    assert rule.ends_before is None


def test_what_one_may_not_see_is_not_there(client: SignedIn, cast: make.Cast) -> None:
    process = owned(cast, confidentiality="departments")
    rule = AudienceRule.objects.create(process=process, department=cast.purchasing, starts_on=make.LONG_AGO)
    url = f"/processes/{process.number}/audience/"
    client.as_(cast.stranger)
    assert [client.get(url).status_code, client.post(f"{url}{rule.pk}/end/").status_code] == [404, 404]
    other = owned(cast)
    client.as_(cast.author)
    assert client.post(f"/processes/{other.number}/audience/{rule.pk}/end/").status_code == 404
    assert client.post(url, {"department": cast.stores.pk}).status_code == 403
    assert "Storekeeper" in client.post(url, {"department": cast.stores.pk}).content.decode()
    assert client.post(url, {"department": "x"}).status_code == 422
    assert WorkItem.objects.count() == 0
