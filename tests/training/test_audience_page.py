"""The audience page: rules in words and numbers, whom they reach, adding one of any kind, and what is asked twice."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Department, Level, Person, Position
from organization.refusals import Refused
from processes import derived
from processes.models import Process, Role
from tests import make
from tests.conftest import SignedIn
from training import assignments, audience_page
from training.models import AudienceRule

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of the head of purchasing, read by stores."""
    made = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    AudienceRule.objects.create(process=made, department=cast.stores, starts_on=make.LONG_AGO)
    return made


@pytest.fixture
def url(process: Process) -> str:
    return f"/processes/{process.number}/audience/"


def asked() -> set[tuple[str, bool, bool]]:
    """The rules as (whom, narrow, excludes) besides that of stores."""
    rules = AudienceRule.objects.exclude(department__code="STO")
    return {(rule.about[0], rule.narrow, rule.excludes) for rule in rules}


# Adding


@pytest.mark.parametrize(
    ("sent", "made"),
    [
        ({"kind": "department", "department": "PUR", "narrow": "1"}, ("department", True, False)),
        ({"kind": "department", "department": "PUR", "excludes": "1"}, ("department", False, True)),
        ({"kind": "position", "position": "Buyer (PUR)"}, ("position", False, False)),
        ({"kind": "position", "position": "buyer"}, ("position", False, False)),
        ({"kind": "role", "role": "Clerk (PUR)", "excludes": "1"}, ("role", False, True)),
        ({"kind": "role", "role": "Guard"}, ("role", False, False)),
        ({"kind": "level", "level": "3"}, ("level", False, False)),
        ({"kind": "level", "level": "2", "narrow": "1"}, ("level", True, False)),
        ({"kind": "person", "person": "reader"}, ("person", False, False)),
    ],
)
def test_a_rule_of_each_kind_is_added(
    client: SignedIn, cast: make.Cast, url: str, sent: dict[str, str], made: tuple[str, bool, bool]
) -> None:
    for role in (Role.objects.create(title="Clerk", department=cast.purchasing), Role.objects.create(title="Guard")):
        role.positions.add(office("Buyer"))
    if "department" in sent:
        sent = {**sent, "department": str(cast.purchasing.pk)}
    form = client.as_(cast.author).get(url, {"kind": sent["kind"]}).content.decode()
    assert all(f'name="{name}"' in form for name in sent)
    answer = client.post(url, sent)
    assert (answer.status_code, asked()) == (302, {made})


def test_days_are_typed_with_the_last_one_included(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    today = make.now().date()
    first, last = today + dt.timedelta(days=3), today + dt.timedelta(days=9)
    client.as_(cast.author)
    sent = {"kind": "person", "person": "reader", "starts_on": first.isoformat(), "last_day": last.isoformat()}
    assert client.post(url, sent).status_code == 302
    rule = process.audience_rules.get(person=cast.reader)
    assert (rule.starts_on, rule.ends_before) == (first, last + dt.timedelta(days=1))
    page = client.get(url)
    assert [(line.rule, line.last_day) for line in page.context["coming"]] == [(rule, last)]
    assert client.post(url, {**sent, "person": "author", "last_day": today.isoformat()}).status_code == 403
    assert client.post(url, {**sent, "last_day": "soon"}).status_code == 422


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"kind": "position", "position": "Smith"}, "Nothing is called “Smith”"),
        ({"kind": "position", "position": "Head of"}, "Write it as one of: Head of Purchasing (PUR), Head of Stores (STO)"),
        ({"kind": "position", "position": "Twin"}, "Write it as one of: Twin (STO), Twin (PUR)"),
        ({"kind": "position", "position": "Old clerk"}, "Nothing is called"),
        ({"kind": "role", "role": "Secret"}, "Nothing is called “Secret”"),
        ({"kind": "level", "level": "6"}, "Select a valid choice"),
        ({"kind": "level", "level": ""}, "This field is required"),
        ({"kind": "person", "person": "nobody"}, "no active person"),
    ],
)
def test_what_is_not_understood_is_said_beside_the_field(
    client: SignedIn, cast: make.Cast, url: str, sent: dict[str, str], says: str
) -> None:
    make.position("Twin", of=cast.stores), make.position("Twin", of=cast.purchasing)
    Position.objects.filter(pk=make.position("Old clerk").pk).update(closed_on=make.LONG_AGO)
    hidden = make.process(cast.stores, confidentiality="departments")
    derived.rewrite(make.draft(hidden), make.definition(role="Secret"))
    answer = client.as_(cast.author).post(url, sent)
    assert (answer.status_code, asked()) == (422, set())
    assert says in answer.content.decode()


def test_a_company_that_is_not_there_yet(client: SignedIn, cast: make.Cast, url: str) -> None:
    Department.objects.filter(parent__isnull=True).update(dissolved_on=make.LONG_AGO)
    answer = client.as_(cast.author).post(url, {"kind": "company"})
    assert "There is no company yet" in answer.content.decode()


def test_an_unknown_kind_is_a_department(client: SignedIn, cast: make.Cast, url: str) -> None:
    assert client.as_(cast.author).get(url, {"kind": "planet"}).context["kind"] == "department"


# Asked twice


def test_what_selects_everybody_is_asked_twice_and_keeps_what_was_typed(
    client: SignedIn, cast: make.Cast, process: Process, url: str
) -> None:
    sent = {"kind": "company", "excludes": "", "last_day": "2999-12-31"}
    first = client.as_(cast.author).post(url, sent)
    text = first.content.decode()
    assert (first.status_code, asked()) == (422, set())
    assert "This rule selects everybody in the company: 7 people." in text
    assert 'name="sure" value="everybody"' in text
    assert 'value="2999-12-31"' in text
    assert client.post(url, {**sent, "sure": "nobody"}).status_code == 422, "another question was answered"
    assert client.post(url, {**sent, "sure": "everybody", "preview": "1"}).status_code == 200, "only looked at"
    assert asked() == set()
    assert client.post(url, {**sent, "sure": "everybody"}).status_code == 302
    assert asked() == {("department", False, False)}
    assert "Everybody in the company" in client.get(url).content.decode()


def test_what_selects_nobody_is_asked_twice_with_the_reason(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    derived.rewrite(make.draft(process), make.definition(role="Night watch"))
    sent = {"kind": "role", "role": "Night watch (PUR)"}
    text = client.as_(cast.author).post(url, sent).content.decode()
    assert "This rule selects nobody." in text
    assert "No position fills the role “Night watch”" in text
    assert 'value="Night watch (PUR)"' in text
    assert client.post(url, {**sent, "sure": "nobody"}).status_code == 302
    assert "No position fills the role" in client.get(url).content.decode(), "the page keeps saying so"


def test_what_leaves_nobody_is_asked_twice_and_then_said_loudly(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    sent = {"kind": "level", "level": "2", "excludes": "1"}
    client.as_(cast.author).post(url, {"kind": "person", "person": "stranger", "excludes": "1"})
    assert "Nobody has to read this document" not in client.get(url).content.decode()
    assert "With this rule nobody has to read the document any more." in client.post(url, sent).content.decode()
    assert client.post(url, {**sent, "sure": "empties"}).status_code == 302
    text = client.get(url).content.decode()
    assert "Nobody has to read this document" in text
    assert "notice-bad" in text


def test_who_it_would_reach_is_seen_before(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    home = make.department("MANY")
    for n in range(12):
        make.staff(home, f"many{n:02d}")
    seen = client.as_(cast.author).post(url, {"kind": "department", "department": home.pk, "preview": "1"})
    text = seen.content.decode()
    assert (seen.status_code, asked()) == (200, set())
    assert "This rule selects 12 people." in text
    assert "Many00 · Many01" in text
    assert "and 2 more" in text
    assert "With all rules 14 people have to read it." in text
    assert client.post(url, {"kind": "department", "department": "x", "preview": "1"}).status_code == 422


def test_refusals_stand_above_the_form(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    client.as_(cast.author)
    for sent in ({"preview": "1"}, {}):
        text = client.post(url, {"kind": "department", "department": cast.stores.pk, "excludes": "1", **sent}).content.decode()
        assert "which this one would contradict" in text
    AudienceRule.objects.create(process=process, department=cast.stores, excludes=True, starts_on=make.LONG_AGO)
    assert "Two rules contradict each other" in client.get(url).content.decode()


def test_a_refusal_at_the_last_moment_keeps_the_form(client: SignedIn, cast: make.Cast, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.audiences._same", _refuse)
    answer = client.as_(cast.author).post(url, {"kind": "person", "person": "reader"})
    assert (answer.status_code, "Somebody was faster." in answer.content.decode()) == (403, True)


def _refuse(_rule: AudienceRule) -> None:
    raise Refused("Somebody was faster.")


# What holds by itself, and what is wrong


def test_what_would_hold_by_itself_is_shown_and_written_down_to_be_changed(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    url = f"/processes/{process.number}/audience/"
    page = client.as_(cast.author).get(url)
    assert "Nobody said anything yet" in page.content.decode()
    assert [(line.whom, line.people) for line in page.context["rules"]] == [("Purchasing with everything below it", 3)]
    assert "/end/" not in page.content.decode()
    assert client.post(f"{url}begin/", follow=True).redirect_chain == [(url, 302)]
    assert f"/audience/{process.audience_rules.get().pk}/end/" in client.get(url).content.decode()


def test_people_without_sight_are_named(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    text = client.as_(cast.author).get(url).content.decode()
    assert "2 people are reached but may not see the document" in text
    assert "Storekeeper · Stranger" in text
    assert "Nobody has to read this document" in text
    client.post(url, {"department": cast.purchasing.pk})
    assert client.get(url).context["people"] == 3


def test_of_many_without_sight_ten_are_named_and_all_counted(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    for n in range(12):
        make.staff(cast.stores, f"many{n:02d}")
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    found = client.as_(cast.author).get(url).context["blind"]
    assert (found.count, len(found.names)) == (14, 10)


# Who they are


def test_readers_with_rule_and_state_for_who_answers_for_it(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    assignments.hand_out(make.effective(process), make.now() - dt.timedelta(days=40))
    AudienceRule.objects.create(process=process, person=cast.reader, starts_on=make.now().date())
    page = client.as_(cast.author).get(url)
    shown = {one.person.login: (one.whom, one.owed.state.value, one.tone, one.due is None) for one in page.context["readers"]}
    assert shown == {
        "reader": ("Reader, by name", "waiting", "neutral", True),
        "storekeeper": ("Stores with everything below it", "overdue", "bad", False),
        "stranger": ("Stores with everything below it", "overdue", "bad", False),
    }
    assert [one.title for one in page.context["readers"][0].positions] == ["Buyer"]
    for who in (cast.reader, cast.stranger):
        others = client.as_(who).get(url)
        assert [(one.whom, one.owed, one.tone, one.due) for one in others.context["readers"]][1:] == [
            ("Stores with everything below it", None, "", None)
        ] * 2
        assert "Overdue" not in others.content.decode(), "how far somebody is, is not for everybody"


def test_readers_are_found_and_paged(
    client: SignedIn, cast: make.Cast, process: Process, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make.department("MANY")
    AudienceRule.objects.create(process=process, department=home, starts_on=make.LONG_AGO)
    for n in range(4):
        make.staff(home, f"many{n}")
    monkeypatch.setattr(audience_page, "ROWS", 2)
    seen, address = [], url
    client.as_(cast.author)
    while address:
        page = client.get(address)
        seen += [one.person.login for one in page.context["readers"]]
        address = url + page.context["next_url"] if page.context["next_url"] else ""
    assert seen == ["many0", "many1", "many2", "many3", "storekeeper", "stranger"]
    assert page.context["previous_url"] == "?q="
    found = client.get(url, {"q": "many 3"})
    assert [one.person.login for one in found.context["readers"]] == ["many3"]
    assert "Nobody of that name" in client.get(url, {"q": "zebra"}).content.decode()
    assert client.get(url, {"after": "x:99999999999999999999"}).status_code == 200


# Who may what


def test_who_may_look_and_who_may_change(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    rule = process.audience_rules.get()
    sent = {"kind": "person", "person": "reader"}
    for who, may in ((cast.stranger, False), (cast.reader, False), (cast.author, True), (cast.approver, True)):
        client.as_(who)
        page = client.get(url)
        assert (page.status_code, 'id="add"' in page.content.decode()) == (200, may), who
        assert client.get(f"{url}targets/position/", {"position": "buy"}).status_code == (200 if may else 404)
        assert client.post(url, {**sent, "preview": "1"}).status_code == (200 if may else 422)
        if not may:
            assert client.post(url, sent).status_code == 403
            said = [client.post(f"{url}{path}", follow=True).context["messages"] for path in ("begin/", f"{rule.pk}/end/")]
            assert [str(message)[:14] for found in said for message in found] == ["Only the owner"] * 2
    Process.objects.filter(pk=process.pk).update(confidentiality="positions")
    client.as_(cast.stranger)
    assert {client.get(url).status_code, client.get(f"{url}targets/role/").status_code} == {404}
    assert {client.post(url, sent).status_code, client.post(f"{url}begin/").status_code} == {404}
    assert process.audience_rules.count() == 1


def test_proposals_while_one_types(client: SignedIn, cast: make.Cast, url: str) -> None:
    Role.objects.create(title="Buyer's aide", department=cast.stores).positions.add(office("Buyer"))
    Role.objects.create(title="Buyer of nothing")
    client.as_(cast.author)

    def offered(kind: str, typed: str) -> list[str]:
        text = client.get(f"{url}targets/{kind}/", {kind: typed}).content.decode()
        return [part.partition('"')[0] for part in text.split('value="')[1:]]

    assert offered("position", "head") == ["Head of Purchasing (PUR)", "Head of Stores (STO)"]
    assert offered("position", "sto") == ["Head of Stores (STO)", "Storeman (STO)"]
    assert offered("role", "buyer") == ["Buyer&#x27;s aide (STO)"]
    assert offered("position", "") == []
    assert client.get(f"{url}targets/level/").status_code == 404


def test_roles_of_the_document_are_offered(client: SignedIn, cast: make.Cast, process: Process, url: str) -> None:
    assert client.as_(cast.author).get(url, {"kind": "role"}).context["own_roles"] == []
    revision = make.effective(process)
    derived.rewrite(revision, make.definition(role="Buyer of parts"))
    page = client.get(url, {"kind": "role"})
    ((role,),) = [page.context["own_roles"]]
    assert role["title"] == "Buyer of parts"
    chosen = client.get(role["url"].partition("#")[0])
    assert chosen.context["form"]["role"].value() == "Buyer of parts (PUR)"


@pytest.mark.parametrize("confidentiality", ["company", "departments"])
def test_the_page_costs_the_same_for_one_reader_and_for_five(client: SignedIn, cast: make.Cast, confidentiality: str) -> None:
    def cost(many: int) -> int:
        home = make.department(f"H{many}", parent=cast.purchasing)
        process = make.process(cast.purchasing, owner=office("Head of Purchasing"), confidentiality=confidentiality)
        for n in range(many):
            role = Role.objects.create(title=f"Role {many} {n}")
            role.positions.add(make.position(of=home, holder=make.person(level=n % 3 + 1)))
            third: dict[str, Any] = {"level": Level.objects.get(pk=n + 1)}
            if n > 2:
                third = {"position": make.position(of=home, holder=make.person())}
            for one in ({"role": role}, {"person": make.staff(home)}, third):
                AudienceRule.objects.create(process=process, starts_on=make.LONG_AGO, **one)
        assignments.hand_out(make.effective(process), make.now())
        client.get("/reading/")  # what is kept for a minute is asked once
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(f"/processes/{process.number}/audience/").context["readers"]) > many
        return len(queries)

    client.as_(cast.author)
    assert Person.objects.count() == 8
    assert (cost(1), cost(5)) == {"company": (27, 27), "departments": (34, 34)}[confidentiality]
