"""Continuity and handovers as people see them: who may, what is hidden, what is said, what a POST does."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.models import Indicator
from organization import people
from organization.models import Person, Position
from organization.scope import scope
from processes.models import Participation
from processportal import tasks
from processportal.continuity import bus_factor, checking, handing_over, showing
from processportal.continuity.views import handing, leaving
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from worklist import handover as stories
from worklist.items import raise_item
from worklist.models import ContinuityProof, Handover, HandoverLine, OutboxEntry, Vacancy, WorkItem

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def owe(key: str, position: str = "Head of Purchasing", **more: object) -> WorkItem:
    return raise_item(
        kind="review", subject=key, url_name=str(more.get("url_name", "home")), url_args=list(more.get("url_args", [])),  # type: ignore[call-overload]
        due_on=make.now().date(), source_key=key, now=make.now(), position=office(position),
    )  # fmt: skip


def gone(cast: Cast) -> Handover:
    """The head of purchasing has left; everything was collected."""
    people.deactivate(cast.author, by=cast.admin, now=make.now())
    return handing_over.reconcile(Handover.objects.get(person=cast.author), make.now())


def line(handover: Handover, key: str) -> HandoverLine:
    return handover.lines.select_related("handover").get(source_key=key)


def status(client: SignedIn, who: Person, address: str, data: dict[str, object] | None = None) -> int:
    answer = client.as_(who).get(address) if data is None else client.as_(who).post(address, data)
    return answer.status_code


def everybody(cast: Cast) -> dict[str, Person]:
    return {n: getattr(cast, n) for n in ("author", "approver", "manager", "boss", "reader", "stranger", "admin")}


# The proof


def test_everybody_sees_the_headline_and_only_some_what_is_wrong(client: SignedIn, cast: Cast) -> None:
    Position.objects.filter(title__in=("Head of Purchasing", "Head of Stores")).update(required_level=5)
    owe("secret subject")
    owe("other", "Head of Stores")
    checking.prove(make.now())
    seen = {}
    for name, who in everybody(cast).items():
        response = client.as_(who).get("/continuity/")
        html = response.content.decode()
        assert "2 of 2 open items without a person" in html
        assert "secret subject" not in html
        seen[name] = sorted(one.where for one in response.context["exceptions"])
    both = ["Head of Purchasing · Purchasing", "Head of Stores · Stores"]
    assert seen == {
        "author": both[:1], "approver": [], "manager": both, "boss": both, "reader": [], "stranger": [], "admin": both
    }  # fmt: skip


def test_before_the_first_night(client: SignedIn, cast: Cast) -> None:
    html = client.as_(cast.manager).get("/continuity/").content.decode()
    assert "Nothing was checked yet" in html
    assert "Nothing needs you at present." in html


def test_the_page_shows_vacancies_those_to_come_and_what_is_carried(client: SignedIn, cast: Cast) -> None:
    owe("a")
    gone(cast)
    tasks.reconcile_vacancies()
    for appointment in cast.approver.appointments.all():
        appointment.ends_before = make.now().date() + dt.timedelta(days=9)
        appointment.save()
    checking.prove(make.now())
    context = client.as_(cast.boss).get("/continuity/").context
    assert [v.position.title for v in context["vacancies"]] == ["Head of Purchasing"]
    assert [a.position.title for a in context["announced"]] == ["Process manager, Purchasing"]
    assert [one.where for one in context["carried"]] == ["Head of Purchasing · Purchasing"]
    assert (context["handovers"], context["past"].running) == (1, 1)
    storekeeper = client.as_(Person.objects.get(login="storekeeper")).get("/continuity/").context
    assert [list(storekeeper[key]) for key in ("vacancies", "announced", "carried")] == [[], [], []]
    reader = client.as_(cast.reader).get("/continuity/").context
    assert (reader["vacancies"], reader["announced"], reader["handovers"]) == ([], [], 0)


def test_the_process_office_has_it_checked_now(client: SignedIn, cast: Cast) -> None:
    asked = {name: status(client, who, "/continuity/check/", {}) for name, who in everybody(cast).items()}
    assert asked == {"author": 403, "approver": 403, "manager": 302, "boss": 403, "reader": 403, "stranger": 403, "admin": 302}
    assert client.as_(cast.manager).get("/continuity/check/").status_code == 405
    assert OutboxEntry.objects.filter(task="processportal.tasks.check_continuity").exists()
    assert tasks.check_continuity() == 0
    assert ContinuityProof.objects.count() == 1


# Leaving


def test_heads_think_through_their_own_people_and_the_office_everybody(client: SignedIn, cast: Cast) -> None:
    addresses = {
        "person": reverse("continuity:person", args=[cast.reader.pk]),
        "position": reverse("continuity:position", args=[office("Buyer").pk]),
        "department": reverse("continuity:department", args=[cast.purchasing.pk]),
    }
    owe("a", "Buyer")
    for address in addresses.values():
        assert "1 × Review" in client.as_(cast.boss).get(address).content.decode()
        seen = {name: status(client, who, address) for name, who in everybody(cast).items()}
        assert seen == {"author": 200, "approver": 403, "manager": 200, "boss": 200, "reader": 403, "stranger": 403, "admin": 200}
        assert status(client, Person.objects.get(login="storekeeper"), address) == 403
    for name in addresses:
        assert status(client, cast.admin, reverse(f"continuity:{name}", args=[999_999])) == 404


def test_the_organization_offers_it_to_those_who_may(client: SignedIn, cast: Cast) -> None:
    pages = {
        f"/organization/people/{cast.reader.pk}/": "person",
        f"/organization/positions/{office('Buyer').pk}/": "position",
        f"/organization/departments/{cast.purchasing.pk}/": "department",
    }
    for address, what in pages.items():
        plural = {"person": "people", "position": "positions", "department": "departments"}[what]
        offered = {
            name for name, who in everybody(cast).items() if f"/continuity/{plural}/" in client.as_(who).get(address).content.decode()
        }
        assert offered == {"author", "manager", "boss", "admin"}


def test_who_has_left_leads_to_the_handover_and_no_more_to_what_if(client: SignedIn, cast: Cast) -> None:
    page, what_if = reverse("organization:person", args=[cast.author.pk]), reverse("continuity:person", args=[cast.author.pk])

    def offered(who: Person) -> tuple[bool, bool]:
        html = client.as_(who).get(page).content.decode()
        return f'href="{what_if}"' in html, 'href="/handovers/' in html

    assert (offered(cast.boss), offered(cast.reader)) == ((True, False), (False, False))
    opened = handing_over.open_handover(cast.author, by=cast.admin, now=make.now(), reason="Moves to Sales.")
    assert offered(cast.boss) == (True, True)
    Handover.objects.filter(pk=opened.pk).update(closed_at=make.now())
    assert offered(cast.boss) == (True, False), "a handover that is over says nothing about somebody who is here"
    people.deactivate(cast.author, by=cast.admin, now=make.now())
    assert (offered(cast.boss), offered(cast.reader)) == ((False, True), (False, False))


def test_confidential_processes_show_their_number_only(client: SignedIn, cast: Cast) -> None:
    process = make.process(
        cast.purchasing, owner=office("Head of Purchasing"), title="Secret plan", confidentiality="positions", number="PUR-777"
    )
    make.draft(process, by=cast.author)
    owe("a")
    raise_item(
        kind="decide", subject="PUR-777 Secret plan, revision 1.0", url_name="processes:metadata", url_args=["PUR-777"], source_key="d",
        due_on=make.now().date(), now=make.now(), position=office("Head of Purchasing"),
    )  # fmt: skip
    pages = {
        reverse("continuity:person", args=[cast.author.pk]): cast.admin,
        reverse("continuity:bus_factor"): cast.admin,
        reverse("continuity:handover", args=[gone(cast).pk]): cast.admin,
    }
    for address, who in pages.items():
        html = client.as_(who).get(address).content.decode()
        assert "PUR-777" in html
        assert "Secret plan" not in html
    make.effective(process)
    Participation.objects.create(process=process, person=cast.admin, part="reader")
    assert "Secret plan" in client.as_(cast.admin).get(reverse("continuity:bus_factor")).content.decode()


def test_the_bus_factor_is_sorted_paged_and_kept_to_ones_departments(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "ROWS", 1)
    weak = make.process(cast.purchasing, owner=make.position("Nobody", of=cast.purchasing), number="PUR-009")
    strong = make.process(cast.purchasing, owner=office("Head of Purchasing"), number="PUR-001")
    make.process(cast.stores, owner=office("Head of Stores"), number="STO-001")
    place = reverse("continuity:bus_factor")

    def keys(query: str, who: Person = cast.author) -> list[str]:
        found = []
        while True:
            context = client.as_(who).get(place + query).context
            found += [factor.key for factor, _name, _url in context["rows"]]
            query = context["next_url"]
            if not query:
                return found

    assert keys("") == [weak.number, strong.number]
    assert keys("?sort=key") == [strong.number, weak.number]
    assert keys("", cast.manager) == ["PUR-009", "PUR-001", "STO-001"]
    assert keys("?of=departments") == ["PUR"]
    assert keys("?after=nonsense") == [weak.number, strong.number]
    assert {name: status(client, who, place) for name, who in everybody(cast).items()} == {
        "author": 200, "approver": 403, "manager": 200, "boss": 200, "reader": 403, "stranger": 403, "admin": 200
    }  # fmt: skip


# Handovers


def test_who_sees_a_handover(client: SignedIn, cast: Cast) -> None:
    owe("a")
    handover = gone(cast)
    address = reverse("continuity:handover", args=[handover.pk])
    del_author = {name: who for name, who in everybody(cast).items() if name != "author"}
    assert {name: status(client, who, address) for name, who in del_author.items()} == {
        "approver": 404, "manager": 200, "boss": 200, "reader": 404, "stranger": 404, "admin": 200
    }  # fmt: skip
    listed = {name: len(client.as_(who).get("/handovers/").context["rows"]) for name, who in del_author.items()}
    assert listed == {"approver": 0, "manager": 1, "boss": 1, "reader": 0, "stranger": 0, "admin": 1}
    for name in ("close_handover", "take_over"):
        assert status(client, cast.stranger, reverse(f"continuity:{name}", args=[handover.pk]), {}) == 404
    note = reverse("continuity:handover_note", args=[handover.pk, handover.lines.first().pk])
    assert status(client, cast.stranger, note, {"note": "x"}) == 404


def test_one_is_opened_beforehand_with_everything_in_it(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    draft = make.draft(make.process(cast.stores), by=cast.author)
    address = reverse("continuity:new_handover", args=[cast.author.pk])
    assert {n: status(client, who, address) for n, who in everybody(cast).items()} == {
        "author": 200, "approver": 403, "manager": 200, "boss": 200, "reader": 403, "stranger": 403, "admin": 200
    }  # fmt: skip
    assert client.as_(cast.boss).post(address, {"reason": ""}).status_code == 422
    past = client.post(address, {"reason": "Moves to Sales.", "last_day": "2020-01-01"})
    assert (past.status_code, "Moves to Sales." in past.content.decode()) == (422, True)
    answer = client.post(address, {"reason": "Moves to Sales."})
    handover = Handover.objects.get()
    assert answer["Location"] == f"/handovers/{handover.pk}/"
    assert {one.source_key for one in handover.lines.all()} == {
        f"process:{process.pk}", f"draft:{draft.pk}", f"position:{office('Head of Purchasing').pk}"
    }  # fmt: skip
    assert "Boss" in client.get(answer["Location"]).content.decode()


def test_lines_are_offered_refused_with_everything_kept_and_declared_not_needed(client: SignedIn, cast: Cast) -> None:
    owe("first", url_name="process", url_args=["PUR-001"])
    make.process(cast.purchasing, number="PUR-001")
    second = owe("second")
    handover = gone(cast)
    address = reverse("continuity:handover", args=[handover.pk])
    client.as_(cast.boss)
    keys = [str(pk) for pk in handover.lines.filter(kind="item").values_list("pk", flat=True)]
    for data, words in (
        ({"act": "offer", "reason": "x", "successor": "approver"}, "Tick what it is about."),
        ({"act": "offer", "reason": "x", "lines": keys}, "Name who takes it over."),
        ({"act": "offer", "reason": "x", "lines": keys, "successor": "nobody"}, "There is no active person"),
        ({"act": "offer", "reason": "Knows & loves it", "lines": keys, "successor": "author"}, "There is no active person"),
    ):
        answer = client.post(address, data)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    html = answer.content.decode()
    assert "Knows &amp; loves it" in html
    assert html.count(" checked") == len(keys)
    assert client.post(address, {"act": "offer", "reason": "Knows it.", "lines": keys, "successor": "approver"}).status_code == 302
    assert {one.successor for one in handover.lines.filter(kind="item")} == {cast.approver}
    one = line(handover, f"item:{second.pk}")
    assert client.post(address, {"act": "not_needed", "reason": "Called off.", "lines": [one.pk]}).status_code == 302
    shown = client.get(address).content.decode()
    assert "Not needed" in shown
    assert "Boss: Called off." in shown


def test_a_note_is_kept_and_what_is_done_cannot_be_noted(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    handover = gone(cast)
    one = line(handover, f"process:{process.pk}")
    address = reverse("continuity:handover_note", args=[handover.pk, one.pk])
    client.as_(cast.boss).post(address, {"note": "Ask Li first."})
    refused = client.post(address, {"note": "x" * 5000})
    assert (refused.status_code, "at most 4000 characters" in refused.content.decode()) == (422, True)
    assert "x" * 5000 in refused.content.decode()
    one.refresh_from_db()
    assert one.note == "Ask Li first."
    stories.not_needed([one], by=cast.boss, now=make.now(), reason="x")
    late = client.post(address, {"note": "Too late."})
    assert (late.status_code, "is settled already" in late.content.decode(), "Too late." in late.content.decode()) == (422, True, True)


def test_it_is_closed_when_nothing_is_left(client: SignedIn, cast: Cast) -> None:
    handover = gone(cast)
    address = reverse("continuity:close_handover", args=[handover.pk])
    assert "1 line is left. Hand it over" in client.as_(cast.boss).post(address, follow=True).content.decode()
    stories.not_needed(list(handover.lines.select_related("handover")), by=cast.boss, now=make.now(), reason="Merged.")
    assert "Close the handover" in client.get(f"/handovers/{handover.pk}/").content.decode()
    assert "The handover is closed." in client.post(address, follow=True).content.decode()
    assert [h.pk for h in client.get("/handovers/?closed=1").context["rows"]] == [handover.pk]
    assert list(client.get("/handovers/").context["rows"]) == []
    assert 'name="lines"' not in client.get(f"/handovers/{handover.pk}/").content.decode()


def test_the_successor_accepts_and_declines(client: SignedIn, cast: Cast) -> None:
    first, second = owe("first"), owe("second")
    handover = gone(cast)
    lines = [line(handover, f"item:{item.pk}") for item in (first, second)]
    handing_over.offer(lines, cast.approver, by=cast.boss, now=make.now(), reason="Knows it.")
    address = reverse("continuity:take_over", args=[handover.pk])
    html = client.as_(cast.approver).get(address).content.decode()
    assert html.count(" checked") == 2
    assert "Something of Author waits for your answer" in client.get("/handovers/").content.decode()
    assert client.post(address, {"act": "accept"}).status_code == 422
    assert client.post(address, {"act": "accept", "lines": [lines[0].pk]}).status_code == 302
    assert client.post(address, {"act": "decline", "lines": [lines[1].pk]}).status_code == 422
    assert client.post(address, {"act": "decline", "lines": [lines[1].pk], "answer": "No time."}).status_code == 302
    first.refresh_from_db()
    assert first.assigned_to == cast.approver
    again = client.post(address, {"act": "accept", "lines": [lines[0].pk]})
    assert (again.status_code, "answered or settled already" in again.content.decode()) == (422, True)
    shown = client.get(address).content.decode()
    assert "Nothing waits for your answer" in shown
    assert "No time." in shown


def test_a_draft_is_offered_to_whom_may_write_by_whom_may_see_it(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"), confidentiality="departments")
    draft = make.draft(process, by=cast.author)
    handover = gone(cast)
    one = line(handover, f"draft:{draft.pk}")
    address = reverse("continuity:handover", args=[handover.pk])
    offer = {"act": "offer", "reason": "Knows it.", "lines": [one.pk]}
    no_level = client.as_(cast.manager).post(address, offer | {"successor": "stranger"}).content.decode()
    assert "Contribute to a draft" in no_level
    hidden = client.as_(cast.admin).post(address, offer | {"successor": "approver"}).content.decode()
    assert f"You may not see {process.number}" in hidden
    storekeeper = Person.objects.get(login="storekeeper")
    assert client.as_(cast.manager).post(address, offer | {"successor": "storekeeper"}).status_code == 302
    handing_over.accept([one], by=storekeeper, now=make.now())
    draft.refresh_from_db()
    part = Participation.objects.get(person=storekeeper)
    assert (part.revision, part.part, draft.created_by, draft.state) == (draft, "contributor", cast.author, "draft")


def test_indicators_and_decisions_stand_on_the_page(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"), number="PUR-001")
    indicator = Indicator.objects.create(
        process=process, name="In time", target=1, limit=0, keeper=office("Head of Purchasing"), starts_on=make.TODAY
    )
    raise_item(
        kind="decide", subject="PUR-009 A review", url_name="home", url_args=[], due_on=make.now().date(), source_key="d", now=make.now(),
        position=office("Head of Purchasing"),
    )  # fmt: skip
    reading = raise_item(
        kind="read", subject="r", url_name="home", url_args=[], due_on=make.now().date(), source_key="r", now=make.now(), person=cast.author
    )  # fmt: skip
    handover = gone(cast)
    WorkItem.objects.filter(pk=reading.pk).update(closed_at=make.now(), outcome="moot")
    html = client.as_(cast.boss).get(f"/handovers/{handover.pk}/").content.decode()
    assert "In time · PUR-001" in html
    assert "PUR-009 A review" in html
    assert "for Head of Purchasing, which nobody holds" in html
    assert "1 thing owed in person" in html
    assert f"/indicators/{indicator.pk}/" in html
    stories.not_needed(list(handover.lines.select_related("handover")), by=cast.boss, now=make.now(), reason="x")
    assert showing.decisions(stories.close(handover, by=cast.boss, now=make.now()), scope(cast.boss, make.now().date())) == []


def test_states_follow_from_the_days(cast: Cast) -> None:
    now = make.now()
    empty = {"successor_id": None, "accepted_at": None, "declined_at": None, "settled_at": None, "answer": ""}
    said = {
        "open": {}, "offered": {"successor_id": 1}, "declined": {"successor_id": 1, "declined_at": now, "answer": "No."},
        "accepted": {"successor_id": 1, "accepted_at": now, "settled_at": now}, "not_needed": {"settled_at": now, "answer": "Called off."},
        "settled": {"settled_at": now},
    }  # fmt: skip
    assert {name: showing.state_of(HandoverLine(**empty | given)) for name, given in said.items()} == {name: name for name in said}
    lapsed = HandoverLine(**empty | {"successor_id": 1, "declined_at": now, "answer": "No.", "settled_at": now})
    assert showing.state_of(lapsed) == "settled"


def test_lists_are_paged(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "ROWS", 2)
    for who in (cast.reader, cast.stranger, cast.approver):
        stories.open_handover(who, by=cast.admin, now=make.now(), reason="x")
    first = client.as_(cast.admin).get("/handovers/").context
    second = client.get("/handovers/" + first["next_url"]).context
    assert [h.person for h in (*first["rows"], *second["rows"])] == [cast.reader, cast.stranger, cast.approver]
    assert (second["next_url"], second["previous_url"]) == ("", "?closed=0")


def test_a_handover_is_paged_kind_by_kind_with_counts_of_all_pages(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "ROWS", 2)
    for key in ("one", "two", "three"):
        owe(key)
    make.process(cast.purchasing, owner=office("Head of Purchasing"))
    handover = gone(cast)
    address = reverse("continuity:handover", args=[handover.pk])

    def pages(query: str) -> list[list[tuple[str, int, int]]]:
        found = []
        while True:
            context = client.as_(cast.boss).get(address + query).context
            found.append([(group.kind, group.count, len(group.rows)) for group in context["groups"]])
            query = context["next_url"]
            if not query:
                return found

    assert pages("") == [[("item", 3, 2)], [("item", 3, 1), ("position", 1, 1)], [("process", 1, 1)]]
    assert pages("?after=nonsense") == pages("?after=item.x") == pages("")
    first = client.get(address)
    assert (first.context["total"], first.context["left"], list(first.context["tabs"])) == (5, 5, [])
    assert "Tick everything on this page" in first.content.decode()
    on_page = address + first.context["next_url"]
    given = client.get(on_page).context["groups"][0].rows[0].line
    sent = {"act": "not_needed", "reason": "Called off.", "lines": [given.pk]}
    assert client.post(on_page, sent).url == on_page, "the same page again"
    assert pages("?show=left") == [[("item", 2, 2)], [("position", 1, 1), ("process", 1, 1)]]
    tabs = client.get(address + "?show=left").context["tabs"]
    beyond = client.get(f"{address}?show=left&after=indicator.1")
    assert (beyond.status_code, beyond.headers["Location"]) == (302, f"{address}?show=left")
    assert [(tab["label"], tab["count"], tab["current"]) for tab in tabs] == [("Everything", 5, False), ("Still to hand over", 4, True)]


def test_what_is_offered_and_answered_is_paged(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "ROWS", 2)
    for key in ("one", "two", "three"):
        owe(key)
    handover = gone(cast)
    handing_over.offer(list(handover.lines.filter(kind="item")), cast.approver, by=cast.boss, now=make.now(), reason="Knows it.")
    address = reverse("continuity:take_over", args=[handover.pk])

    def shown(query: str, what: str) -> list[str]:
        return [row.line.subject for row in client.get(address + query).context[what]]

    first = client.as_(cast.approver).get(address).context
    assert (shown("", "waiting"), first["count"]) == (["one", "two"], 3)
    assert shown(first["next_url"], "waiting") == ["three"]
    last = client.get(address + first["next_url"]).context["waiting"][0].line
    answer = client.post(address + first["next_url"], {"act": "decline", "lines": [last.pk], "answer": "No time."}, follow=True)
    assert [row.line.subject for row in answer.context["waiting"]] == ["one", "two"], "a page that is empty now leads to the first"
    handing_over.offer([last], cast.approver, by=cast.boss, now=make.now(), reason="Please.")
    every = [one.pk for one in handover.lines.filter(kind="item")]
    assert client.post(address, {"act": "accept", "lines": every}).status_code == 302
    assert shown("", "answered") == ["three", "two"]
    assert shown(client.get(address).context["older_url"], "answered") == ["one"]


def test_reconcilers_run_for_one_or_for_all(cast: Cast) -> None:
    one, other = (stories.open_handover(who, by=cast.admin, now=make.now(), reason="x") for who in (cast.author, cast.approver))
    make.process(cast.purchasing, owner=office("Head of Purchasing"))
    assert tasks.reconcile_handovers(other.pk) == 1
    assert one.lines.filter(kind="process").count() == 0
    assert tasks.reconcile_handovers() == 2
    assert one.lines.filter(kind="process").count() == 1
    assert tasks.reconcile_vacancies(office("Buyer").pk) == 0
    assert Vacancy.objects.count() == 0


@pytest.mark.parametrize("address", ["/continuity/", "/continuity/bus-factor/", "/handovers/", "handover"])
def test_pages_cost_the_same_with_one_and_with_five_rows(client: SignedIn, cast: Cast, address: str) -> None:
    counted = []
    for batch in (1, 4):
        for n in range(batch):
            owe(f"{batch}-{n}")
            make.process(cast.purchasing, owner=office("Head of Purchasing"))
            someone = make.staff(cast.purchasing)
            stories.open_handover(someone, by=cast.admin, now=make.now(), reason="x")
            make.position(f"Head {batch}-{n}", of=cast.purchasing, kind="process_auditor")
        tasks.reconcile_vacancies()
        handover = handing_over.open_handover(cast.author, by=cast.admin, now=make.now(), reason="x")
        checking.prove(make.now())
        bus_factor.cache.clear()
        place = f"/handovers/{handover.pk}/" if address == "handover" else address
        client.as_(cast.boss).get(place)
        bus_factor.cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200
        counted.append(len(queries))
    assert counted == [EXPECTED[address]] * 2


EXPECTED = {"/continuity/": 23, "/continuity/bus-factor/": 34, "/handovers/": 19, "handover": 24}
