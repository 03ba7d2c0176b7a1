"""Submitting and reviewing through the pages."""

import datetime as dt
import html
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import comments, workflow
from approvals.models import ApprovalCase, Comment, Decision, Seat
from organization.models import GateRule, Person, Position
from organization.refusals import Refused
from processes.access import participate
from processes.content import definition_of
from processes.models import DraftEdit, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD

QUERIES_REVIEW = 42
QUERIES_SUBMIT = 44


@pytest.fixture
def draft(cast: make.Cast) -> Revision:
    """A second version that adds a step."""
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process, since=make.now() - dt.timedelta(days=90))
    return make.draft(process, make.definition("Check offer", "Ask finance", "Sign order"), by=cast.author)


@pytest.fixture
def case(cast: make.Cast, draft: Revision) -> ApprovalCase:
    return workflow.submit(draft, by=cast.author, now=make.now(), summary="Finance is asked.")


def words(response: Any) -> str:
    """The page as text on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def send(client: Client, case: ApprovalCase, *, seat: Seat | None = None, **typed: str) -> Any:
    """A decision as the form sends it."""
    seat = seat or Seat.objects.filter(stage__case=case).order_by("pk")[0]
    data = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD} | typed
    return client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), data)


def page(case: ApprovalCase) -> str:
    return reverse("approvals:case", args=[case.pk])


# Submitting


def test_the_author_sees_what_submitting_does_and_submits(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    address = reverse("approvals:submit", args=[draft.process.number])
    shown = words(client.as_(cast.author).get(address))
    for said in ("What changes against version 1.0", "Ask finance", "Approver Process manager, Purchasing", "5 working days"):
        assert said in shown
    answer = client.post(address, {"version": draft.version, "summary": "Finance is asked.", "when": "at_once", "password": PASSWORD})
    made = ApprovalCase.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(made))
    assert (made.summary, made.planned_on, made.submitted_by) == ("Finance is asked.", None, cast.author)


def test_a_draft_that_says_the_same_is_not_submitted(cast: make.Cast, client: SignedIn) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process, since=make.now() - dt.timedelta(days=90))
    same, address = make.draft(process, make.definition(), by=cast.author), reverse("approvals:submit", args=[process.number])
    said = "Nothing has changed yet: there is nothing to decide."
    shown = client.as_(cast.author).get(address)
    assert (said in words(shown), 'id="submit-form"' in shown.content.decode()) == (True, False)
    sent = client.post(address, {"version": same.version, "summary": "Nothing.", "when": "at_once", "password": PASSWORD})
    assert (sent.status_code, sent.context["form"].non_field_errors()) == (403, [f"{said} Change the draft first, or discard it."])
    assert not ApprovalCase.objects.exists()


def test_what_is_planned_may_be_set_back_and_is_not_submitted_twice(cast: make.Cast) -> None:
    """What a draft begins from is asked, and not what is in force: that is what it may lead back to."""
    process = make.process(cast.purchasing, created_by=cast.author)
    holds = make.effective(process, since=make.now() - dt.timedelta(days=90))
    planned = make.effective(process, replace(make.definition(), notes="Planned."), since=make.now() + dt.timedelta(days=9))
    draft = make.draft(process, definition_of(planned), by=cast.author)
    with pytest.raises(Refused, match="Nothing has changed yet"):
        workflow.submit(draft, by=cast.author, now=make.now(), summary="Back.", planned_on=make.now().date() + dt.timedelta(days=30))
    Revision.objects.filter(pk=draft.pk).update(content=holds.content)
    draft.refresh_from_db()
    workflow.submit(draft, by=cast.author, now=make.now(), summary="Back.", planned_on=make.now().date() + dt.timedelta(days=30))


def test_a_chosen_day_is_kept(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    day = make.now().date() + dt.timedelta(days=30)
    typed = {"version": draft.version, "summary": "Finance.", "when": "on", "planned_on": day.isoformat(), "password": PASSWORD}
    client.as_(cast.author).post(reverse("approvals:submit", args=[draft.process.number]), typed)
    assert ApprovalCase.objects.get().planned_on == day


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"summary": ""}, "This field is required"),
        ({"summary": "Kept words", "when": "on", "planned_on": ""}, "Choose the day"),
        ({"summary": "Kept words", "when": "on", "planned_on": "2001-01-01"}, "This day has passed"),
        ({"summary": "Kept words", "when": "on", "planned_on": "soon"}, "Enter a valid date"),
        ({"summary": "Kept words", "when": "some day"}, "Select a valid choice"),
        ({"summary": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cast: make.Cast, draft: Revision, client: SignedIn, typed: dict[str, str], said: str
) -> None:
    answer = client.as_(cast.author).post(
        reverse("approvals:submit", args=[draft.process.number]),
        {"version": draft.version, "when": "at_once", "password": PASSWORD} | typed,
    )
    assert (answer.status_code, ApprovalCase.objects.count()) == (422, 0)
    assert said in words(answer)
    assert typed["summary"] in answer.content.decode()


def test_a_draft_that_was_edited_since_the_page_was_shown_is_shown_again(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    address = reverse("approvals:submit", args=[draft.process.number])
    Revision.objects.filter(pk=draft.pk).update(version=draft.version + 1)
    answer = client.as_(cast.author).post(
        address, {"version": draft.version, "summary": "Kept words", "when": "at_once", "password": PASSWORD}
    )
    assert answer.status_code == 409
    assert "Somebody changed this revision" in words(answer)
    assert f'name="version" value="{draft.version + 1}"' in answer.content.decode()
    assert "Kept words" in answer.content.decode()


def test_what_is_in_review_already_is_not_submitted_again(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    address = reverse("approvals:submit", args=[case.revision.process.number])
    assert client.as_(cast.author).get(address).status_code == 404


def test_errors_block_and_lead_to_the_step(cast: make.Cast, client: SignedIn) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    draft.content = draft.content | {"steps": [s for s in draft.content["steps"] if s["kind"] != "end"]}
    draft.save()
    address = reverse("approvals:submit", args=[draft.process.number])
    answer = client.as_(cast.author).get(address)
    assert "2 errors have to be corrected first" in words(answer)
    assert f"{reverse('processes:draft', args=[draft.process.number])}#step-s2" in answer.content.decode()
    assert '<form class="card' not in answer.content.decode()
    sent = client.post(address, {"version": draft.version, "summary": "Typed words", "when": "at_once", "password": PASSWORD})
    assert (sent.status_code, ApprovalCase.objects.count()) == (403, 0)
    assert "Typed words" in sent.content.decode()


def test_warnings_need_a_word_that_approvers_read_beside_them(cast: make.Cast, client: SignedIn) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    draft = make.draft(process, make.definition("Check offer", "Check offer"), by=cast.author)
    address = reverse("approvals:submit", args=[process.number])
    assert "1 warning needs a word" in words(client.as_(cast.author).get(address))
    typed = {"version": draft.version, "summary": "Checked twice.", "when": "at_once", "password": PASSWORD}
    refused = client.post(address, typed)
    assert (refused.status_code, ApprovalCase.objects.count()) == (422, 0)
    assert "Checked twice." in words(refused)
    client.post(address, typed | {"warnings_word": "By two people."})
    found = ApprovalCase.objects.get()
    assert found.warnings_word == "By two people."
    said = words(client.as_(cast.approver).get(page(found)))
    assert "Step 3 has the same name as step 2" in said
    assert "Why the warnings may stand By two people." in said


def test_the_story_itself_asks_for_the_word(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), make.definition("Check", "Check"), by=cast.author)
    with pytest.raises(Refused, match="say in a word why they may stand"):
        workflow.submit(draft, by=cast.author, now=make.now(), warnings_word=" ")


def test_who_may_not_submit_is_told_why_and_who_may_not_see_the_draft_finds_nothing(
    cast: make.Cast, draft: Revision, client: SignedIn
) -> None:
    address = reverse("approvals:submit", args=[draft.process.number])
    answer = client.as_(cast.reader).get(address)
    assert "Level 2" in words(answer)
    assert client.post(address, {"version": draft.version, "summary": "x", "when": "at_once", "password": PASSWORD}).status_code == 403
    assert [client.as_(p).get(address).status_code for p in (cast.stranger, cast.admin)] == [404, 404]
    assert ApprovalCase.objects.count() == 0


def test_a_company_without_offices_is_told_on_the_page(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    Position.objects.exclude(kind__in=("head", "staff")).update(closed_on=dt.date(2020, 1, 1))
    shown = words(client.as_(cast.author).get(reverse("approvals:submit", args=[draft.process.number])))
    assert "Nobody can decide on this yet" in shown


def test_the_page_says_where_top_management_will_have_to_name_somebody(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    for n, writer in enumerate((cast.approver, cast.manager, cast.boss), 2):
        DraftEdit.objects.create(
            revision=draft, version=n, client_key=f"e{n}", operation="set", target="x", before="", after="y", by=writer, at=make.now()
        )
    shown = words(client.as_(cast.author).get(reverse("approvals:submit", args=[draft.process.number])))
    assert "Nobody independent Process manager, Purchasing: top management names somebody" in shown


# Reviewing


def test_the_approver_sees_the_change_first_and_signs_it(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    shown = words(client.as_(cast.approver).get(page(case)))
    short = f"{case.content.sha256[:4]}…{case.content.sha256[-4:]}"
    for said in (
        "compared with version 1.0",
        "Finance is asked.",
        "Ask finance",
        f"You sign as Process manager, Purchasing, for content {short}",
    ):
        assert said in shown
    answer = send(client, case, reason="Clear.")
    assert (answer.status_code, answer["Location"]) == (302, page(case))
    assert Decision.objects.get().reason == "Clear."
    after = words(client.get(page(case)))
    assert "Process manager, Purchasing: Approved , done Approver" in after
    assert "Your decision" not in after


def test_the_same_click_twice_is_answered_as_done(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    client.as_(cast.approver)
    assert [send(client, case).status_code for _turn in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("verdict", "said"), [("return", "returned for changes. The author has been told"), ("reject", "rejected. The author")]
)
def test_turning_down_tells_the_author(cast: make.Cast, case: ApprovalCase, client: SignedIn, verdict: str, said: str) -> None:
    answer = send(client.as_(cast.approver), case, verdict=verdict, reason="Who asks finance?")
    assert answer.status_code == 302
    assert said in words(client.get(page(case)))
    assert "Who asks finance?" in words(client.as_(cast.author).get(page(case)))


def test_a_wrong_password_signs_nothing_counts_and_keeps_the_reason(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    client.as_(cast.approver)
    for _turn in range(8):
        answer = send(client, case, reason="Kept reason", password="wrong")
        assert answer.status_code == 422
        assert "Kept reason" in answer.content.decode()
    assert "Too many failed attempts" in words(answer)
    assert "Too many failed attempts" in words(send(client, case, reason="Kept reason"))
    assert Decision.objects.count() == 0
    assert "wrong" not in re.findall(r'value="([^"]*)"', answer.content.decode())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"verdict": "return"}, "Write the reason"),
        ({"verdict": "reject", "reason": "  "}, "Write the reason"),
        ({"password": ""}, "This field is required"),
    ],
)
def test_an_incomplete_decision_is_shown_again(
    cast: make.Cast, case: ApprovalCase, client: SignedIn, typed: dict[str, str], said: str
) -> None:
    answer = send(client.as_(cast.approver), case, **typed)
    assert (answer.status_code, Decision.objects.count()) == (422, 0)
    assert said in words(answer)


def test_a_forged_verdict_or_field_changes_nothing(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    assert send(client.as_(cast.approver), case, verdict="publish").status_code == 422
    send(client, case, decided_by=str(cast.boss.pk), submitted_by=str(cast.boss.pk), acting_for="the king")
    made = Decision.objects.get()
    assert (made.decided_by, made.submitted_by, made.acting_for) == (cast.approver, cast.author, "")


def test_a_stale_form_is_refused_with_what_is_in_review_now(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    answer = send(client.as_(cast.approver), case, sha256="0" * 64, reason="Kept reason")
    assert answer.status_code == 409
    assert "not the one that you were shown" in words(answer)
    shown = answer.content.decode()
    assert "Kept reason" in shown
    assert f'name="sha256" value="{case.content.sha256}"' in shown


def test_a_decision_on_a_closed_case_says_what_happened_and_keeps_the_reason(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    workflow.recall(case, by=cast.author, now=make.now())
    answer = send(client.as_(cast.approver), case, reason="Kept reason")
    assert answer.status_code == 409
    assert "This review is closed: Recalled" in words(answer)
    assert "Kept reason" in words(answer)


@pytest.mark.parametrize("who", ["author", "reader", "manager"])
def test_others_who_see_the_review_are_refused_with_a_reason(cast: make.Cast, case: ApprovalCase, client: SignedIn, who: str) -> None:
    person: Person = getattr(cast, who)
    if who == "manager":
        participate(case.revision.process, revision=case.revision, person=person, part="approver")
    shown = words(client.as_(person).get(page(case)))
    assert "Not yours to decide" in shown
    answer = send(client, case)
    assert (answer.status_code, Decision.objects.count()) == (403, 0)


def test_a_superuser_in_the_department_is_refused_too(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    root = Person.objects.create_superuser("root", "Root", PASSWORD)
    make.hold(root, 5)
    make.position("Clerk of the root", of=cast.purchasing, holder=root)
    assert send(client.as_(root), case).status_code == 403
    assert Decision.objects.count() == 0


def test_a_case_and_what_hangs_on_it_do_not_exist_for_strangers(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    said = comments.add(case, by=cast.approver, now=make.now(), text="Hidden words")
    seat = Seat.objects.get(stage__case=case)
    posts = [("decide", seat.pk), ("name_approver", seat.pk), ("recall",), ("comment",)]
    for person in (cast.stranger, cast.admin):
        client.as_(person)
        assert client.get(page(case)).status_code == 404
        for name, *rest in posts:
            assert client.post(reverse(f"approvals:{name}", args=[case.pk, *rest])).status_code == 404
        assert client.post(reverse("approvals:comment_act", args=[said.pk, "settle"])).status_code == 404
    assert (Decision.objects.count(), Comment.objects.get().resolved_at) == (0, None)
    assert client.get(page(case)).status_code == 404


def test_a_seat_of_another_case_is_not_found(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    other = workflow.submit(
        make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author), by=cast.author, now=make.now()
    )
    client.as_(cast.approver)
    assert send(client, case, seat=Seat.objects.get(stage__case=other)).status_code == 404


def test_nothing_is_decided_by_a_link_or_without_the_token(cast: make.Cast, case: ApprovalCase) -> None:
    seat = Seat.objects.get(stage__case=case)
    strict = SignedIn(enforce_csrf_checks=True).as_(cast.approver)
    address = reverse("approvals:decide", args=[case.pk, seat.pk])
    assert strict.get(address).status_code == 405
    assert send(strict, case).status_code == 403
    assert Decision.objects.count() == 0


def test_the_author_recalls_from_the_page(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    assert "Recall: back to draft" in words(client.as_(cast.author).get(page(case)))
    assert client.post(reverse("approvals:recall", args=[case.pk])).status_code == 302
    assert "Recalled by Author" in words(client.get(page(case)))
    assert "Recall: back to draft" not in words(client.as_(cast.approver).get(page(case)))


def test_who_may_not_recall_is_told(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    answer = client.as_(cast.approver).post(reverse("approvals:recall", args=[case.pk]))
    assert answer.status_code == 403
    assert "Only whoever submitted the revision recalls it" in words(answer)


def test_comments_are_written_shown_at_their_step_and_settled(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    address = reverse("approvals:comment", args=[case.pk])
    client.as_(cast.approver)
    client.post(address, {"anchor": "s2", "text": "Which <script>alert(1)</script> threshold?"})
    client.post(address, {"anchor": "", "text": "Well done."})
    answer = client.get(page(case))
    assert "Step 3: Ask finance Which <script>alert(1)</script> threshold?" in words(answer)
    assert "<script>alert" not in answer.content.decode()
    assert "2 open comments" in words(answer)
    said = Comment.objects.get(anchor="s2")
    assert client.as_(cast.author).post(reverse("approvals:comment_act", args=[said.pk, "settle"])).status_code == 302
    assert "Settled by Author" in words(client.get(page(case)))


@pytest.mark.parametrize("typed", [{"text": ""}, {"text": "x" * 4001}, {"text": "Kept", "anchor": "nowhere"}])
def test_a_comment_that_is_refused_keeps_its_words(cast: make.Cast, case: ApprovalCase, client: SignedIn, typed: dict[str, str]) -> None:
    answer = client.as_(cast.approver).post(reverse("approvals:comment", args=[case.pk]), typed)
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert typed["text"] in answer.content.decode()


def test_a_comment_on_a_closed_case_and_a_settling_by_others_are_refused(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    said = comments.add(case, by=cast.approver, now=make.now(), text="Why?")
    workflow.recall(case, by=cast.author, now=make.now())
    client.as_(cast.reader)
    late = client.post(reverse("approvals:comment", args=[case.pk]), {"text": "Too late"})
    assert (late.status_code, "can no longer be added" in words(late)) == (409, True)
    assert client.post(reverse("approvals:comment_act", args=[said.pk, "settle"])).status_code == 403


def test_a_comment_whose_step_is_gone_is_still_shown(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    comments.add(case, by=cast.approver, now=make.now(), text="Here?", anchor="s2")
    Comment.objects.update(anchor="gone")
    assert "A step that is no longer there Here?" in words(client.as_(cast.approver).get(page(case)))


def test_top_management_names_a_second_approver_on_the_page(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    for n, writer in enumerate((cast.approver, cast.manager, cast.boss), 2):
        DraftEdit.objects.create(
            revision=draft, version=n, client_key=f"e{n}", operation="set", target="x", before="", after="y", by=writer, at=make.now()
        )
    case = workflow.submit(draft, by=cast.author, now=make.now(), summary="Finance.")
    expert = make.person("expert", level=3)
    seat = Seat.objects.get(stage__case=case)
    address = reverse("approvals:name_approver", args=[case.pk, seat.pk])
    assert "Name a second approver" in words(client.as_(cast.boss).get(page(case)))
    assert client.post(address, {"person": "0"}).status_code == 422
    assert client.post(address, {"person": cast.reader.pk}).status_code == 403
    assert client.post(address, {"person": expert.pk}).status_code == 302
    assert "for Process manager, Purchasing, named by top management" in words(client.as_(expert).get(page(case)))


def test_a_first_version_is_shown_whole(cast: make.Cast, client: SignedIn) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=make.now(), planned_on=make.now().date() + dt.timedelta(days=9))
    shown = words(client.as_(cast.approver).get(page(case)))
    assert "first version" in shown
    assert "Check offer" in shown
    assert "Planned to take effect on" in shown


def test_the_whole_document_is_one_link_away(cast: make.Cast, case: ApprovalCase, client: SignedIn) -> None:
    assert 'id="whole"' not in client.as_(cast.approver).get(page(case)).content.decode()
    assert 'id="whole"' in client.get(page(case) + "?whole").content.decode()


@pytest.mark.parametrize("seats", [1, 5])
def test_the_review_page_asks_the_database_the_same_for_one_and_five_seats_and_comments(
    cast: make.Cast, client: SignedIn, seats: int, django_assert_num_queries: Any
) -> None:
    others = [make.department(f"D{n}") for n in range(seats)]
    for other in others:
        make.head(of=other)
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=others)
    make.effective(process, since=make.now() - dt.timedelta(days=90))
    draft = make.draft(process, make.definition("Check offer", "Ask finance"), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=make.now(), summary="Finance.")
    for n in range(seats):
        comments.add(case, by=cast.manager, now=make.now(), text=f"Remark {n}")
    client.as_(cast.manager).get(page(case))  # draws the charts, which are kept
    with django_assert_num_queries(QUERIES_REVIEW):
        client.get(page(case))


@pytest.mark.parametrize("seats", [1, 5])
def test_the_submission_page_asks_the_database_the_same_for_one_and_five_seats(
    cast: make.Cast, client: SignedIn, seats: int, django_assert_num_queries: Any
) -> None:
    others = [make.department(f"D{n}") for n in range(seats)]
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=others)
    make.effective(process, since=make.now() - dt.timedelta(days=90))
    make.draft(process, make.definition("Check offer", "Ask finance"), by=cast.author)
    address = reverse("approvals:submit", args=[process.number])
    client.as_(cast.author).get(address)
    with django_assert_num_queries(QUERIES_SUBMIT):
        client.get(address)


def test_who_lacks_a_level_to_submit_is_led_to_an_assessment(cast: make.Cast, client: SignedIn) -> None:
    process = make.process(cast.purchasing, number="PUR-009", created_by=cast.author)
    make.draft(process, by=cast.author)
    make.hold(cast.reader, 1)
    page = " ".join(client.as_(cast.reader).get("/processes/PUR-009/submit/").content.decode().split())
    assert "needs Level 2 · process descriptor; held today: Level 1 · process student." in page
    assert '<a href="/competence/">My competence: open an assessment</a>' in page
    assert 'href="/competence/">My competence: open' not in client.as_(cast.author).get("/processes/PUR-009/submit/").content.decode()
    GateRule.objects.filter(pk="submit").update(mode="warn")
    warned = " ".join(client.as_(cast.reader).get("/processes/PUR-009/submit/").content.decode().split())
    assert "should have Level 2 · process descriptor" in warned
    assert "My competence: open an assessment" in warned
