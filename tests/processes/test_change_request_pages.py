"""The pages of change requests: for strangers, readers, authors and approvers; words stay words; long lists cost what short ones cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from organization.models import Position
from processes import change_requests, drafting
from processes.models import ChangeRequest, Process
from processes.views import requests as views
from processportal import review_pages as review_views
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
Asks = Callable[..., ChangeRequest]


@pytest.fixture
def process(cast: Cast) -> Process:
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author, owner=owner)
    make.effective(process)
    return process


@pytest.fixture
def asks(process: Process) -> Asks:
    def ask(by: make.Person, wrong: str = "The limit is out of date.", anchor: str = "s2", **more: Any) -> ChangeRequest:
        revision = process.revisions.select_related("process", "frozen").get(major=1)
        return change_requests.ask(process, revision=revision, by=by, now=make.now(), wrong=wrong, anchor=anchor, **more)

    return ask


def address(request: ChangeRequest, act: str = "") -> str:
    return f"/processes/PUR-001/requests/{request.pk}/{act}"


def text(answer: Any, path: str = "//main") -> str:
    return " ".join(html.fromstring(answer.content).xpath(f"string({path})").split())


# --- asking


def test_the_readers_page_offers_it_at_every_step(client: SignedIn, cast: Cast, process: Process) -> None:
    page = html.fromstring(client.as_(cast.stranger).get("/processes/PUR-001/").content)
    links = page.xpath('//a[contains(., "Suggest a change")]/@href')
    assert links == ["/processes/PUR-001/requests/new/?revision=1"] + [
        f"/processes/PUR-001/requests/new/?revision=1&step={key}" for key in ("start", "s1", "s2", "end")
    ]


def test_what_is_superseded_or_a_draft_offers_nothing(client: SignedIn, cast: Cast, process: Process) -> None:
    make.effective(process, since=make.now())
    drafting.start_draft(process, by=cast.author, now=make.now())
    for ordinal in (1, 3):
        assert "Suggest a change" not in client.as_(cast.author).get(f"/processes/PUR-001/revisions/{ordinal}/").content.decode()


def test_a_stranger_asks_and_sees_what_becomes_of_it(client: SignedIn, cast: Cast, process: Process) -> None:
    form = client.as_(cast.stranger).get("/processes/PUR-001/requests/new/?revision=1&step=s2")
    assert "Sign order" in text(form)
    assert html.fromstring(form.content).xpath('//select[@name="anchor"]/option[@selected]/@value') == ["s2"]
    sent = client.post("/processes/PUR-001/requests/new/?revision=1&step=s2", {"anchor": "s2", "wrong": HOSTILE, "instead": "<b>500"})
    made = ChangeRequest.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, address(made))
    shown = client.get(address(made))
    assert HOSTILE not in shown.content.decode()
    assert HOSTILE in text(shown)
    assert "Withdraw my request" in text(shown)
    assert "Accept it into a draft" not in text(shown)
    assert HOSTILE in text(client.get("/requests/mine/"))


def test_what_is_refused_stays_in_the_form(client: SignedIn, cast: Cast, process: Process) -> None:
    answer = client.as_(cast.reader).post("/processes/PUR-001/requests/new/", {"anchor": "", "wrong": " ", "instead": "Kept"})
    assert answer.status_code == 422
    assert "Kept" in answer.content.decode()
    assert not ChangeRequest.objects.exists()


def test_a_step_that_does_not_exist_is_no_choice(client: SignedIn, cast: Cast, process: Process) -> None:
    page = client.as_(cast.reader).get(f"/processes/PUR-001/requests/new/?step={HOSTILE}&revision=99999999999999999999")
    assert (page.status_code, HOSTILE in page.content.decode()) == (200, False)
    sent = client.post("/processes/PUR-001/requests/new/", {"anchor": "gone", "wrong": "Wrong"})
    assert sent.status_code == 422


@pytest.mark.parametrize("more", ["", "?revision=1", "?revision=2"])
def test_there_is_no_form_where_there_is_nothing_to_read(client: SignedIn, cast: Cast, process: Process, more: str) -> None:
    drafting.start_draft(process, by=cast.author, now=make.now())
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get(f"/processes/PUR-001/requests/new/{more}").status_code == 404
    assert client.as_(cast.author).get("/processes/PUR-001/requests/new/?revision=2").status_code == 403
    assert client.get("/processes/PUR-001/requests/new/?revision=7").status_code == 404


# --- who sees a request


def test_its_asker_and_who_writes_see_a_request_nobody_else(client: SignedIn, cast: Cast, asks: Asks) -> None:
    made = asks(cast.stranger)
    seen = {
        who: client.as_(getattr(cast, who)).get(address(made)).status_code
        for who in ("stranger", "reader", "author", "approver", "manager", "admin")
    }
    assert seen == {"stranger": 200, "reader": 404, "author": 200, "approver": 200, "manager": 200, "admin": 404}


def test_whoever_reads_the_draft_that_takes_it_up_sees_it_without_answering(client: SignedIn, cast: Cast, asks: Asks) -> None:
    made = asks(cast.boss)
    change_requests.accept(made, by=cast.author, now=make.now(), seen=0)
    shown = client.as_(cast.reader).get(address(made))
    assert (shown.status_code, "Decline it" in text(shown)) == (200, False)
    assert client.as_(cast.stranger).get(address(made)).status_code == 404
    change_requests.decline(made, by=cast.author, now=make.now(), seen=1, reason="No.")
    assert client.as_(cast.reader).get(address(made)).status_code == 404


@pytest.mark.parametrize("act", ["accept", "merge", "decline", "withdraw"])
def test_the_same_holds_for_every_act(client: SignedIn, cast: Cast, asks: Asks, act: str) -> None:
    made, other = asks(cast.stranger), asks(cast.boss)
    given = {"seen": 0, "reason": "No.", "into": other.pk}
    assert client.as_(cast.reader).post(address(made, f"{act}/"), given).status_code == 404
    by_asker = client.as_(cast.stranger).post(address(made, f"{act}/"), given)
    assert by_asker.status_code == (302 if act == "withdraw" else 422)
    assert client.get(address(made, f"{act}/")).status_code == 405
    assert ChangeRequest.objects.get(pk=made.pk).state == ("withdrawn" if act == "withdraw" else "open")


def test_the_asker_who_may_no_longer_see_the_process_sees_its_number(client: SignedIn, cast: Cast, asks: Asks, process: Process) -> None:
    made = asks(cast.stranger, "The limit of Krupp is wrong.")
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    listed = client.as_(cast.stranger).get("/requests/mine/")
    assert "PUR-001 You may no longer see this process." in text(listed)
    assert "Krupp" not in text(listed)
    assert client.get(address(made)).status_code == 404
    assert "There is no request" in text(client.get(f"/requests/mine/?q={process.title[:6]}"))
    assert "PUR-001" in text(client.get("/requests/mine/?q=pur-0"))


# --- answering


def test_accepted_it_stands_in_the_draft_and_its_discussion(client: SignedIn, cast: Cast, asks: Asks) -> None:
    made = asks(cast.stranger, HOSTILE, instead="Another limit")
    answer = client.as_(cast.author).post(address(made, "accept/"), {"seen": 0}, follow=True)
    assert "Accepted into a draft" in text(answer)
    for page in ("/processes/PUR-001/draft/", "/processes/PUR-001/draft/discussion/"):
        shown = client.get(page)
        assert HOSTILE in text(shown)
        assert f"{HOSTILE}</p>" not in shown.content.decode()
        assert "Step 3: Sign order" in text(shown)
    assert "Go to the draft" in text(answer)
    assert "Go to the draft" not in text(client.as_(cast.stranger).get(address(made)))


def test_two_answer_on_the_same_page_and_the_second_is_told(client: SignedIn, cast: Cast, asks: Asks) -> None:
    made = asks(cast.stranger)
    client.as_(cast.author).post(address(made, "decline/"), {"seen": 0, "reason": "Set by law."})
    late = client.as_(cast.approver).post(address(made, "accept/"), {"seen": 0})
    assert late.status_code == 422
    assert "Somebody was faster: this request is now “Declined”" in text(late)
    assert "Set by law." in text(late)


def test_a_stale_page_can_be_sent_again_with_what_was_typed(client: SignedIn, cast: Cast, asks: Asks) -> None:
    made = asks(cast.stranger)
    change_requests.accept(made, by=cast.approver, now=make.now(), seen=0)
    late = client.as_(cast.author).post(address(made, "decline/"), {"seen": 0, "reason": "Not possible."})
    page = html.fromstring(late.content)
    form = page.xpath('//form[contains(@action, "decline")]')[0]
    assert (form.xpath('.//input[@name="seen"]/@value'), form.xpath("string(.//textarea)").strip()) == (["1"], "Not possible.")


@pytest.mark.parametrize(
    ("act", "given"), [("decline", {"reason": " "}), ("merge", {"into": 999_999}), ("merge", {"into": "x"}), ("accept", {"seen": "x"})]
)
def test_what_is_not_understood_changes_nothing(client: SignedIn, cast: Cast, asks: Asks, act: str, given: dict[str, Any]) -> None:
    made = asks(cast.stranger)
    assert client.as_(cast.author).post(address(made, f"{act}/"), {"seen": 0} | given).status_code == 422
    assert ChangeRequest.objects.get().version == 0


def test_joined_requests_show_each_other_to_who_answers_and_the_outcome_to_askers(client: SignedIn, cast: Cast, asks: Asks) -> None:
    first, second = asks(cast.boss, "Theirs"), asks(cast.stranger, "Mine")
    client.as_(cast.author).post(address(second, "merge/"), {"seen": 0, "into": first.pk})
    assert "Mine" in text(client.get(address(first)))
    change_requests.decline(first, by=cast.author, now=make.now(), seen=0, reason="Set by law.")
    mine = text(client.as_(cast.stranger).get(address(second)))
    assert "Declined" in mine
    assert "Set by law." in mine
    assert f"Change request {first.pk}" not in mine
    assert "Declined" in text(client.get("/requests/mine/"))


def test_what_has_changed_since_and_that_a_step_is_gone(client: SignedIn, cast: Cast, asks: Asks, process: Process) -> None:
    here, gone, whole = asks(cast.stranger, anchor="s1"), asks(cast.stranger), asks(cast.stranger, anchor="")
    make.effective(process, make.definition("Check offer"), since=make.now())
    client.as_(cast.author)
    assert "Nothing: it still says the same." in text(client.get(address(here)))
    assert "The step is no longer in the document." in text(client.get(address(gone)))
    assert "Sign order" in text(client.get(address(whole)))


# --- lists


def test_the_list_of_who_answers_is_narrowed(client: SignedIn, cast: Cast, asks: Asks) -> None:
    asks(cast.stranger, "Waits")
    other = make.process(cast.purchasing, number="PUR-002", owner=make.position(of=cast.purchasing))
    change_requests.ask(other, revision=make.effective(other), by=cast.stranger, now=make.now(), wrong="Elsewhere")
    change_requests.decline(asks(cast.stranger, "Refused"), by=cast.author, now=make.now(), seen=0, reason="No.")
    client.as_(cast.author)

    def shown(more: str) -> set[str]:
        links = html.fromstring(client.get(f"/requests/{more}").content).xpath('//a[@class="request-link"]/text()')
        return set(links)

    assert shown("") == shown("?state=nonsense") == {"Waits", "Elsewhere"}
    assert shown("?whose=own") == {"Waits"}
    assert shown("?state=all") == {"Waits", "Elsewhere", "Refused"}
    assert shown("?state=declined") == {"Refused"}
    assert shown("?q=pur-002") == {"Elsewhere"}
    assert shown("?q=nothing") == set()
    for who in (cast.reader, cast.stranger, cast.admin):
        client.as_(who)
        assert shown("?state=all") == set()


def test_lists_come_in_pages(client: SignedIn, cast: Cast, asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROWS", 2)
    for n in range(3):
        asks(cast.reader, f"Wrong {n}")
    first = html.fromstring(client.as_(cast.author).get("/requests/").content)
    assert first.xpath('//a[@class="request-link"]/text()') == ["Wrong 2", "Wrong 1"]
    second = html.fromstring(client.get("/requests/" + first.xpath('//a[@rel="next"]/@href')[0]).content)
    assert second.xpath('//a[@class="request-link"]/text()') == ["Wrong 0"]
    assert second.xpath('//a[@rel="prev"]')
    assert client.get("/requests/?before=99999999999999999999999").status_code == 200


@pytest.mark.parametrize("page", ["/requests/", "/requests/mine/", "/processes/PUR-001/", "/processes/PUR-001/draft/discussion/", "one"])
def test_five_rows_cost_what_one_costs(client: SignedIn, cast: Cast, asks: Asks, process: Process, page: str) -> None:
    drafting.start_draft(process, by=cast.author, now=make.now())
    first = asks(cast.author, "Wrong")
    if page == "one":
        page = address(first)
        change_requests.merge(asks(cast.reader), first, by=cast.author, now=make.now(), seen=0)
    client.as_(cast.author).get(page)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page).status_code == 200
        return len(counted)

    def more(n: int) -> None:
        made = asks(cast.author, f"Wrong {n}", anchor="s1")
        if "discussion" in page:
            change_requests.accept(made, by=cast.author, now=make.now(), seen=0)
        elif "requests/" in page and page not in {"/requests/", "/requests/mine/"} and n % 2:
            change_requests.merge(made, first, by=cast.author, now=make.now(), seen=0)

    more(0)
    one = queries()
    for n in range(1, 6):
        more(n)
    assert queries() == one


def test_how_many_wait_is_shown_to_who_answers(client: SignedIn, cast: Cast, asks: Asks) -> None:
    asks(cast.stranger)
    asks(cast.reader)
    asks(cast.reader, anchor="")
    step = '//li[@id="step-s2"]'
    assert "2 open requests" in text(client.as_(cast.author).get("/processes/PUR-001/"), step)
    assert "Change requests 3" in text(client.get("/processes/PUR-001/"))
    for who in (cast.reader, cast.stranger):
        assert "open request" not in text(client.as_(who).get("/processes/PUR-001/"))


# --- periodic review


def test_the_reviewer_answers_each_before_the_verdict(client: SignedIn, cast: Cast, asks: Asks, process: Process) -> None:
    waits, no = asks(cast.stranger, HOSTILE), asks(cast.reader)
    client.as_(cast.author)
    given = {"verdict": "keep", "reason": "Still right.", "next_on": "2099-01-01", f"act_{waits.pk}": "wait"}
    missing = client.post("/processes/PUR-001/review/", given)
    assert missing.status_code == 422
    assert HOSTILE not in missing.content.decode()
    without = client.post("/processes/PUR-001/review/", given | {f"act_{no.pk}": "decline"})
    assert "Write the reason: whoever asked reads it." in text(without)
    done = client.post("/processes/PUR-001/review/", given | {f"act_{no.pk}": "decline", f"reason_{no.pk}": "Set by law."})
    assert done.status_code == 302
    assert [one.state for one in ChangeRequest.objects.order_by("pk")] == ["open", "declined"]


def test_too_many_are_answered_in_their_list_first(client: SignedIn, cast: Cast, asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_views, "AT_ONCE", 1)
    asks(cast.stranger)
    assert "Record the verdict" in text(client.as_(cast.author).get("/processes/PUR-001/review/"))
    asks(cast.reader)
    page = client.get("/processes/PUR-001/review/")
    assert "Too many change requests wait" in text(page)
    assert "Record the verdict" not in text(page)
