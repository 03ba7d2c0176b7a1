"""Pages of translations: who may open and do what, saving text by text, the check with a signature, what is missing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from organization.models import Position, Signature
from processes import lifecycle, translations
from processes.canonical import parse
from processes.definition import Definition, Flow, Reference, Risk, Step
from processes.models import Process, Revision, Translation
from processes.translating import units
from processes.translation_sheet import Earlier, rows, shown
from processes.translations import Typed
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD, Cast
from training import opened
from training.models import Acknowledgement

ZH = "zh-hans"
AT = "/processes/PUR-001/translations/zh-hans/"


@pytest.fixture
def process(cast: Cast) -> Process:
    return make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))


@pytest.fixture
def revision(process: Process) -> Revision:
    return make.effective(process)


def content(revision: Revision) -> Definition:
    assert revision.frozen
    return parse(bytes(revision.frozen.content))


def written(revision: Revision, cast: Cast, language: str = ZH) -> Translation:
    one = translations.begin(revision, language, by=cast.author, now=make.now())
    texts = {unit.key: Typed(f"«{unit.text}»", one.version) for unit in units(content(revision)) if not one.texts.get(unit.key)}
    translations.write(one, texts, by=cast.author, now=make.now())
    return Translation.objects.get(pk=one.pk)


def in_check(revision: Revision, cast: Cast, language: str = ZH) -> Translation:
    return translations.hand_in(written(revision, cast, language), cast.stranger, by=cast.author, now=make.now())


def released(revision: Revision, cast: Cast, language: str = ZH) -> Translation:
    one = in_check(revision, cast, language)
    return translations.release(one, by=cast.stranger, now=make.now(), seen=one.version)


def successor(process: Process, cast: Cast) -> Revision:
    draft = make.draft(process, replace(content(process.revisions.get(ordinal=1)), purpose="Another one."), by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=make.now())
    return lifecycle.approve(draft, by=cast.approver, now=make.now())


def text(answer: object) -> str:
    return " ".join(html.fromstring(answer.content.decode()).get_element_by_id("main").text_content().split())


# --- who may what


def draft_state(revision: Revision, cast: Cast) -> object:
    return written(revision, cast)


STATES: dict[str, Callable[[Revision, Cast], object]] = {
    "nothing": lambda _revision, _cast: None, "draft": draft_state, "in_check": in_check, "released": released,
}  # fmt: skip
# The page by state: stranger (named as checker), reader, author, approver.
PAGE = {"nothing": (200, 200, 200, 200), "draft": (403, 403, 200, 200), "in_check": (200, 403, 200, 200), "released": (200, 200, 200, 200)}


@pytest.mark.parametrize("state", STATES)
def test_who_opens_the_page(client: SignedIn, cast: Cast, revision: Revision, state: str) -> None:
    STATES[state](revision, cast)
    people = (cast.stranger, cast.reader, cast.author, cast.approver)
    assert tuple(client.as_(who).get(AT).status_code for who in people) == PAGE[state]


POSTS = {  # act: the state before it, what is sent, and the answers to stranger (the checker), reader, author, approver
    "begin": ("nothing", {}, (403, 403, 302, 302)),
    "hand-in": ("draft", {}, (403, 403, 302, 302)),
    "take-back": ("in_check", {}, (403, 403, 302, 302)),
    "return": ("in_check", {"reason": "Step 2."}, (302, 403, 403, 403)),
    "release": ("in_check", {"password": PASSWORD}, (302, 403, 403, 403)),
    "withdraw": ("released", {"reason": "Wrong."}, (403, 403, 302, 302)),
}


@pytest.mark.parametrize("who", ["stranger", "reader", "author", "approver"])
@pytest.mark.parametrize("act", POSTS)
def test_who_does_what(client: SignedIn, cast: Cast, revision: Revision, act: str, who: str) -> None:
    before, sent, answers = POSTS[act]
    STATES[before](revision, cast)
    one = Translation.objects.first()
    data = {**sent, "seen": one.version if one else 0, "checker": cast.boss.pk}
    answer = client.as_(getattr(cast, who)).post(f"{AT}{act}/", data)
    assert answer.status_code == answers[["stranger", "reader", "author", "approver"].index(who)]


def test_what_cannot_be_seen_or_translated_is_not_there(client: SignedIn, cast: Cast, process: Process, revision: Revision) -> None:
    client.as_(cast.author)
    found = [client.get(f"/processes/PUR-001/translations/{language}/").status_code for language in ("en", "nope", "zh-cn")]
    make.draft(make.process(cast.purchasing, number="PUR-002"), by=cast.author)
    found += [client.get(f"/processes/PUR-002/translations/{more}").status_code for more in ("", "de/")]
    Process.objects.update(confidentiality="departments")
    client.as_(cast.stranger)
    found += [client.get(address).status_code for address in (AT, "/processes/PUR-001/translations/")]
    assert found == [404] * 7
    assert client.post(f"{AT}texts/", "{}", content_type="application/json").status_code == 404


# --- saving


def send(client: SignedIn, texts: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"{AT}texts/", {"texts": texts}, content_type="application/json")
    return answer.status_code, answer.json()


def test_texts_are_saved_with_the_version_seen(client: SignedIn, cast: Cast, revision: Revision) -> None:
    translations.begin(revision, ZH, by=cast.author, now=make.now())
    one, two = (unit.key for unit in units(content(revision))[:2])
    assert send(client.as_(cast.author), {one: ["采购\n付款", 0]}) == (
        200, {"version": 1, "done": 1, "kept": {one: "采购 付款"}, "conflicts": {}, "refused": {}},
    )  # fmt: skip
    assert send(client.as_(cast.approver), {one: ["别的", 0], two: ["为什么", 0]}) == (
        409,
        {"version": 2, "done": 2, "kept": {two: "为什么"}, "conflicts": {one: {"theirs": "采购 付款", "by": "Author"}}, "refused": {}},
    )
    assert send(client, {one: ["别的", 2]})[0] == 200


@pytest.mark.parametrize(
    "sent", [None, [], {"a": "b"}, {"a": ["b"]}, {"a": ["b", "1"]}, {"a": ["b", True]}, {"a": ["b", -1]}, {"a": [1, 1]}]
)
def test_nonsense_is_refused_with_a_sentence(client: SignedIn, cast: Cast, revision: Revision, sent: object) -> None:
    status, answer = send(client.as_(cast.author), sent)
    assert (status, bool(answer["error"])) == (400, True)


def test_whoever_may_not_write_or_is_signed_out_is_told(client: SignedIn, cast: Cast, revision: Revision) -> None:
    assert send(client.as_(cast.author), {})[0] == 404  # not begun
    in_check(revision, cast)
    assert send(client, {})[0] == 409
    assert send(client.as_(cast.reader), {})[0] == 403
    client.logout()
    assert send(client, {})[0] == 401


# --- the sheet


def test_the_page_shows_what_is_left_first_and_says_where_each_text_stands(client: SignedIn, cast: Cast, revision: Revision) -> None:
    one = translations.begin(revision, ZH, by=cast.author, now=make.now())
    first = units(content(revision))[0]
    translations.write(one, {first.key: Typed("采购到付款", 0)}, by=cast.author, now=make.now())
    shown_now = text(client.as_(cast.author).get(AT))
    assert "Purchase to pay" not in shown_now.split("To translate")[1]
    assert "Step 2 Name Check offer" in shown_now
    assert "采购到付款" in text(client.get(f"{AT}?show=all"))
    assert "Nothing here" in text(client.get(f"{AT}?show=fresh"))
    assert client.get(f"{AT}?show=nonsense&from=x").status_code == 200


def test_a_changed_text_stands_beside_what_it_was_and_its_translation(
    client: SignedIn, cast: Cast, process: Process, revision: Revision
) -> None:
    released(revision, cast)
    page = text(client.as_(cast.author).get(AT))
    successor(process, cast)
    page = text(client.get(AT))
    assert "There is a translation of revision 1.0." in page
    client.post(f"{AT}begin/")
    page = text(client.get(f"{AT}?show=fresh"))
    assert "Why we do it.Another one." in page
    assert "«Why we do it.»" in page


def test_equal_texts_of_other_kinds_are_offered_and_lost_numbers_are_hinted_at() -> None:
    steps = (Step(key="a", kind="decision", name="Above 500?", flows=(Flow(key="f", label="Sign"),), risks=(Risk(key="r", risk="Late"),)),)
    definition = Definition(title="Sign", steps=steps)
    title, name, label, risk = units(definition)
    found = rows(definition, {title.key: "签字", name.key: "超过 50？"}, Earlier(replace(definition, title="Signing"), {}))
    assert [(row.group, row.label) for row in found] == [
        ("Document", "Title"),
        ("Step 1", "Name"),
        ("Step 1", "Branch"),
        ("Step 1", "Risk"),
    ]
    assert [row.label for row in rows(Definition(references=(Reference(key="r", label="Handbook"),)), {})] == ["Label"]
    assert (found[1].lost, found[2].same, found[0].earlier) == (["500"], "签字", "")
    assert [row.unit for row in shown(found, "todo")] == [label, risk]
    assert [row.unit for row in shown(found, "fresh")] == [title, name, label, risk]


def test_a_page_of_a_hundred_texts_leads_to_the_next(client: SignedIn, cast: Cast, process: Process) -> None:
    many = make.effective(process, make.definition(*(f"Do thing {n}" for n in range(120))))
    translations.begin(many, ZH, by=cast.author, now=make.now())
    page = client.as_(cast.author).get(AT).content.decode()
    assert page.count("data-unit=") == 100
    assert client.get(f"{AT}?show=todo&from=100").content.decode().count("data-unit=") == 26


# --- the check


def test_the_checker_signs_with_the_password(client: SignedIn, cast: Cast, revision: Revision) -> None:
    one = in_check(revision, cast)
    assert "<svg" in client.as_(cast.stranger).get(AT).content.decode()
    wrong = client.post(f"{AT}release/", {"seen": one.version, "password": "not mine"})
    assert (wrong.status_code, "That is not your password" in text(wrong), Signature.objects.count()) == (422, True, 0)
    assert client.post(f"{AT}release/", {"seen": one.version}).status_code == 422
    stale = client.post(f"{AT}release/", {"seen": one.version - 1, "password": PASSWORD})
    assert (stale.status_code, "not the one that you were shown" in text(stale)) == (409, True)
    assert client.post(f"{AT}release/", {"seen": one.version, "password": PASSWORD}).status_code == 302
    assert "Released by Stranger" in text(client.get(AT))


def test_a_return_needs_a_reason_that_the_translator_reads(client: SignedIn, cast: Cast, revision: Revision) -> None:
    one = in_check(revision, cast)
    assert client.as_(cast.stranger).post(f"{AT}return/", {"seen": one.version, "reason": ""}).status_code == 422
    done = client.post(f"{AT}return/", {"seen": one.version, "reason": "Step 2 says the opposite."}, follow=True)
    assert (done.status_code, "Returned." in done.content.decode()) == (200, True)
    assert "Step 2 says the opposite." in text(client.as_(cast.author).get(AT))


def test_what_is_missing_is_said_beside_what_was_chosen(client: SignedIn, cast: Cast, revision: Revision) -> None:
    translations.begin(revision, ZH, by=cast.author, now=make.now())
    answer = client.as_(cast.author).post(f"{AT}hand-in/", {"checker": cast.boss.pk})
    assert (answer.status_code, "8 texts have no translation yet." in text(answer)) == (403, True)
    assert client.post(f"{AT}hand-in/", {}).status_code == 422
    assert client.post(f"{AT}withdraw/", {}).status_code == 422
    assert client.post(f"{AT}take-back/").status_code == 409


# --- lists


def test_the_list_of_a_process_begins_another_language(client: SignedIn, cast: Cast, process: Process, revision: Revision) -> None:
    address = "/processes/PUR-001/translations/"
    assert "Not translated yet" in text(client.as_(cast.reader).get(address))
    assert client.post(address, {"language": ZH}).status_code == 403
    assert client.as_(cast.author).post(address, {"language": "en"}).status_code == 422
    assert client.post(address, {"language": ZH})["Location"] == AT
    assert "0 of 8" in text(client.get(address))
    assert "Not translated yet" in text(client.as_(cast.reader).get(address))
    Translation.objects.all().delete()
    released(revision, cast)
    successor(process, cast)
    assert "outdated" in text(client.get(address))


def many(cast: Cast, of: range) -> None:
    head = Position.objects.get(title="Head of Purchasing")
    for n in of:
        revision = make.effective(make.process(cast.purchasing, number=f"PUR-1{n:02d}", title=f"Process {n}", owner=head))
        in_check(revision, cast)


def test_those_who_answer_for_processes_see_what_is_missing_or_outdated(
    client: SignedIn, cast: Cast, process: Process, revision: Revision
) -> None:
    head = Position.objects.get(title="Head of Purchasing")
    bare = make.effective(make.process(cast.purchasing, number="PUR-002", title="Bare", owner=head))
    make.effective(make.process(cast.stores, number="STO-001", title="Not mine", owner=Position.objects.get(title="Head of Stores")))
    make.draft(make.process(cast.purchasing, number="PUR-003", title="Only a draft", owner=head))
    released(revision, cast)
    successor(process, cast)
    at_work = make.effective(make.process(cast.purchasing, number="PUR-004", title="At work", owner=head))
    in_check(at_work, cast)
    done = make.effective(make.process(cast.purchasing, number="PUR-005", title="Done", owner=head))
    released(done, cast)

    again = make.process(cast.purchasing, number="PUR-006", title="Twice", owner=head)
    released(make.effective(again), cast)
    released(successor(again, cast), cast)

    def seen(show: str, language: str = ZH) -> list[str]:
        page = html.fromstring(client.get(f"/translations/?language={language}&show={show}").content.decode())
        return [row.text_content().strip() for row in page.xpath("//tbody//th")]

    client.as_(cast.author)
    assert {show: seen(show) for show in ("open", "missing", "outdated", "work", "released", "nonsense")} == {
        "open": ["PUR-001", "PUR-002", "PUR-004"], "missing": ["PUR-002"], "outdated": ["PUR-001"], "work": ["PUR-004"],
        "released": ["PUR-005", "PUR-006"], "nonsense": ["PUR-001", "PUR-002", "PUR-004"],
    }  # fmt: skip
    assert seen("open", "en") == []
    assert "PUR-002" in text(client.get("/translations/"))  # where nothing is named, the language with something to do
    client.as_(cast.reader)
    assert seen("open") == []
    client.as_(cast.manager)
    assert "STO-001" in seen("open")
    assert bare.label == "1.0"


def test_the_list_costs_the_same_at_one_and_at_five_rows(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.author)
    costs = []
    for of in (range(1), range(1, 5)):
        many(cast, of)
        client.get("/translations/?language=zh-hans")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/translations/?language=zh-hans").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_list_is_paged(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.translation_list.PAGE", 2)
    many(cast, range(3))
    page = client.as_(cast.author).get("/translations/?language=zh-hans&show=open").content.decode()
    assert ("PUR-101" in page, "PUR-102" in page, "after=PUR-101" in page) == (True, False, True)
    assert "PUR-102" in client.get("/translations/?language=zh-hans&show=open&after=PUR-101").content.decode()


# --- the reader


TONGUES = "//nav[contains(@class, 'tongues')]/a"


def reads(client: SignedIn, more: str = "") -> html.HtmlElement:
    answer = client.get(f"/processes/PUR-001/{more}")
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def said(page: html.HtmlElement) -> str:
    return " ".join(page.get_element_by_id("main").text_content().split())


def test_a_reader_switches_to_a_released_translation_with_its_chart(client: SignedIn, cast: Cast, revision: Revision) -> None:
    released(revision, cast)
    page = reads(client.as_(cast.reader))
    assert [(a.text_content().strip(), a.get("href")) for a in page.xpath(TONGUES)] == [
        ("English", "?"),
        ("简体中文", "?in=zh-hans"),
    ]
    page = reads(client, "?in=zh-hans")
    article = page.xpath("//article")[0]
    assert (article.get("lang"), page.xpath("//h1")[0].text_content().strip()) == ("zh-hans", "«Purchase to pay»")
    assert "Translation. The text in English is authoritative. Checked and released by Stranger" in said(page)
    assert "«Check offer»" in " ".join(node.text_content() for node in page.xpath("//*[contains(@class, 'chart-box')]"))
    assert page.xpath("//form[@data-acknowledge]")


def test_without_a_released_one_the_authoritative_text_is_shown(client: SignedIn, cast: Cast, revision: Revision) -> None:
    in_check(revision, cast)
    page = reads(client.as_(cast.reader), "?in=zh-hans")
    assert "There is no translation of this revision into 简体中文." in said(page)
    assert "Check offer" in said(page)
    assert "«" not in said(page)
    assert "no translation" not in said(reads(client, "?in=nope"))


def test_who_works_on_it_sees_it_as_a_page_that_cannot_be_acknowledged(client: SignedIn, cast: Cast, revision: Revision) -> None:
    written(revision, cast)
    page = reads(client.as_(cast.author), "?in=zh-hans")
    assert "This translation is not released. Do not work by it. 8 of 8 texts are translated." in said(page)
    assert page.xpath("//form[@data-acknowledge]") == []


def test_whoever_reads_a_translation_acknowledges_the_authoritative_content(client: SignedIn, cast: Cast, revision: Revision) -> None:
    released(revision, cast)
    page = reads(client.as_(cast.reader), "?in=zh-hans")
    token = page.xpath("//form[@data-acknowledge]//input[@name='opened']")[0].get("value")
    client.post("/processes/PUR-001/revisions/1/acknowledge/", {"opened": token})
    made = Acknowledgement.objects.get()
    assert (made.content, made.person, made.shown) == (revision.frozen, cast.reader, "in zh-hans")


def test_a_translation_that_was_withdrawn_after_it_was_opened_acknowledges_nothing(
    client: SignedIn, cast: Cast, revision: Revision
) -> None:
    one = released(revision, cast)
    page = reads(client.as_(cast.reader), "?in=zh-hans")
    token = page.xpath("//form[@data-acknowledge]//input[@name='opened']")[0].get("value")
    translations.withdraw(one, by=cast.author, now=make.now(), reason="Wrong.")
    answer = client.post("/processes/PUR-001/revisions/1/acknowledge/", {"opened": token}, follow=True)
    assert "The translation that you read was withdrawn meanwhile." in answer.content.decode()
    assert not Acknowledgement.objects.exists()


def test_an_outdated_translation_says_so_leads_on_and_cannot_be_acknowledged(
    client: SignedIn, cast: Cast, process: Process, revision: Revision
) -> None:
    released(revision, cast)
    opened_before = opened.token(cast.reader, revision, opened.in_language(ZH), make.now())
    successor(process, cast)
    page = reads(client.as_(cast.reader))
    assert "Another one." in said(page)
    (old,) = [a for a in page.xpath(TONGUES) if "outdated" in a.text_content()]
    assert old.get("href") == "/processes/PUR-001/revisions/1/?in=zh-hans"
    page = reads(client, "revisions/1/?in=zh-hans")
    notice = page.xpath("//*[contains(@class, 'notice')]")[0]
    assert "This translation is outdated. Do not work by it." in notice.text_content()
    assert [a.get("href") for a in notice.xpath(".//a")] == ["/processes/PUR-001/"]
    assert page.xpath("//form[@data-acknowledge]") == []
    for shown_as in (opened_before, opened.token(cast.reader, revision, opened.WHOLE, make.now())):
        client.post("/processes/PUR-001/revisions/1/acknowledge/", {"opened": shown_as})
    assert not Acknowledgement.objects.exists()


def test_my_steps_are_mine_in_every_language(client: SignedIn, cast: Cast, revision: Revision) -> None:
    role = make.Position.objects.get(title="Buyer").roles.create(title="Buyer")
    released(revision, cast)
    assert role.title == "Buyer"
    assert "your step" in said(reads(client.as_(cast.reader), "?in=zh-hans"))


def test_the_changes_are_those_of_the_authoritative_text(client: SignedIn, cast: Cast, process: Process, revision: Revision) -> None:
    successor(process, cast)
    released(process.revisions.get(ordinal=2), cast)
    assert "What changed since revision 1.0" in said(reads(client.as_(cast.reader), "?changes&in=zh-hans"))
