"""Marks of changes on the pages: the author gives them while submitting, approvers confirm or correct them while deciding."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import marks, workflow
from approvals.mark_forms import typed
from approvals.marks import Given
from approvals.models import ApprovalCase, CaseMark, Decision, MarkCorrection, Seat
from approvals.route_faults import StageTerms
from processes.canonical import to_json
from processes.models import Revision
from processes.wording import Mark
from tests import make
from tests.approvals.routing import LAST, in_force
from tests.approvals.test_pages import words
from tests.conftest import SignedIn
from tests.make import PASSWORD, Cast

PURPOSE, ADDED = "text//purpose", "steps/extra/added"
OLD = make.definition("Check offer", "Sign order")
NEW = replace(
    OLD, purpose="Why we do this.", steps=(*OLD.steps[:2], replace(OLD.steps[1], key="extra", name="Ask finance"), *OLD.steps[2:])
)


@pytest.fixture
def draft(cast: Cast) -> Revision:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    make.effective(process, OLD, since=make.now() - dt.timedelta(days=90))
    return make.draft(process, NEW, by=cast.author)


def address(draft: Revision) -> str:
    return reverse("approvals:submit", args=[draft.process.number])


def page(case: ApprovalCase) -> str:
    return reverse("approvals:case", args=[case.pk])


def sent(answer: Any) -> dict[str, str]:
    """What the form of a page would send about marks: its hidden fields, and the choices as they stand."""
    shown = answer.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="((?:said/|was/|marks_seen)[^"]*)" value="([^"]*)"', shown))
    for name, options in re.findall(r'<select class="control" name="(mark/[^"]+)".*?>(.*?)</select>', shown, re.DOTALL):
        hidden[name] = re.findall(r'value="(\d)" selected', options)[0]
    return hidden


def submitted(cast: Cast, draft: Revision, **given: Any) -> ApprovalCase:
    return workflow.submit(draft, by=cast.author, now=make.now(), summary="Finance is asked.", **given)


def send(client: SignedIn, case: ApprovalCase, **fields: str) -> Any:
    seat = Seat.objects.filter(stage__case=case, decisions=None).order_by("pk")[0]
    known = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    return client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), known | fields)


# --- the author


def test_every_change_has_a_choice_that_begins_with_the_proposal(cast: Cast, draft: Revision, client: SignedIn) -> None:
    answer = client.as_(cast.author).get(address(draft))
    assert {name: value for name, value in sent(answer).items() if name.startswith("mark/")} == {
        f"mark/{PURPOSE}": "2", f"mark/{ADDED}": "3",
    }  # fmt: skip
    assert 'aria-label="Mark of: Purpose"' in answer.content.decode()
    assert "Not marked yet" not in words(answer)


def test_what_the_author_chooses_is_kept(cast: Cast, draft: Revision, client: SignedIn) -> None:
    form = sent(client.as_(cast.author).get(address(draft))) | {"password": PASSWORD}
    form |= {f"mark/{PURPOSE}": "1", f"mark/{ADDED}": "2", "version": str(draft.version), "when": "at_once", "summary": "Finance."}
    refused = client.post(address(draft), form)
    assert (refused.status_code, ApprovalCase.objects.count()) == (422, 0)
    assert "Say why changes that are always substantive may count for less" in words(refused)
    assert sent(refused)[f"mark/{ADDED}"] == "2"
    assert "Finance." in refused.content.decode()
    assert client.post(address(draft), form | {"marks_word": "As always."}).status_code == 302
    assert list(CaseMark.objects.values_list("place", "proposed", "marked")) == [(PURPOSE, 2, 1), (ADDED, 3, 2)]
    assert ApprovalCase.objects.get().marks_word == "As always."


def test_when_the_draft_changed_marks_of_what_is_the_same_are_kept_and_the_rest_is_pointed_out(
    cast: Cast, draft: Revision, client: SignedIn
) -> None:
    form = sent(client.as_(cast.author).get(address(draft))) | {"password": PASSWORD}
    form |= {f"mark/{PURPOSE}": "1", f"mark/{ADDED}": "1", "version": str(draft.version), "when": "at_once", "summary": "Kept words"}
    other = replace(NEW, scope="Everywhere.", steps=(*NEW.steps[:2], replace(NEW.steps[2], name="Ask the bank"), *NEW.steps[3:]))
    Revision.objects.filter(pk=draft.pk).update(version=draft.version + 1, content=to_json(other))
    answer = client.post(address(draft), form | {"marks_word": "Kept reason"})
    assert (answer.status_code, ApprovalCase.objects.count()) == (409, 0)
    shown = sent(answer)
    assert (shown[f"mark/{PURPOSE}"], shown[f"mark/{ADDED}"], shown["mark/text//scope"]) == ("1", "3", "2")
    assert answer.content.decode().count("is-unmarked") == 2
    assert "2 changes are new or say something else since you opened this page" in words(answer)
    for kept in ("Kept words", "Kept reason"):
        assert kept in answer.content.decode()


def test_who_may_not_submit_sees_the_proposals_and_no_choice(cast: Cast, draft: Revision, client: SignedIn) -> None:
    answer = client.as_(cast.reader).get(address(draft))
    assert (answer.status_code, sent(answer)) == (200, {})
    assert "substantive" in words(answer)
    assert [client.as_(person).get(address(draft)).status_code for person in (cast.stranger, cast.admin)] == [404, 404]


def test_long_lists_stand_under_headings(cast: Cast, client: SignedIn) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process, OLD, since=make.now() - dt.timedelta(days=90))
    many = tuple(replace(OLD.steps[1], key=f"m{n}", name=f"Ask {n}") for n in range(12))
    draft = make.draft(process, replace(NEW, steps=(OLD.steps[0], *many, *OLD.steps[1:])), by=cast.author)
    shown = words(client.as_(cast.author).get(address(draft)))
    assert "Title and texts 1" in shown
    assert "Steps 12" in shown
    assert "Records 0" not in shown


@pytest.mark.parametrize("forged", ["0", "4", "substantive", ""])
def test_a_forged_mark_says_nothing(cast: Cast, draft: Revision, client: SignedIn, forged: str) -> None:
    form = {
        f"mark/{ADDED}": forged,
        "mark/": "1",
        "version": str(draft.version),
        "when": "at_once",
        "password": PASSWORD,
        "summary": "Finance.",
    }
    assert client.as_(cast.author).post(address(draft), form).status_code == 302
    assert CaseMark.objects.get(place=ADDED).marked == 3


# --- those who decide


def test_the_approver_sees_what_the_author_marked_otherwise(cast: Cast, draft: Revision, client: SignedIn) -> None:
    case = submitted(cast, draft, given={ADDED: Mark.CLARIFYING}, marks_word="As always.")
    answer = client.as_(cast.approver).get(page(case))
    shown = words(answer)
    assert "Author: clarifying, proposed: substantive" in shown
    assert "1 change that is always substantive counts for less. Approving it needs your reason." in shown
    assert "Why less than substantive As always." in shown
    assert "Proposed as a minor version" in shown
    assert (sent(answer)[f"mark/{ADDED}"], sent(answer)[f"was/{ADDED}"]) == ("2", "2")


def test_an_approver_corrects_and_everybody_reads_it(cast: Cast, draft: Revision, client: SignedIn) -> None:
    case = submitted(cast, draft)
    form = sent(client.as_(cast.approver).get(page(case))) | {f"mark/{ADDED}": "1"}
    refused = send(client, case, **form)
    assert (refused.status_code, Decision.objects.count()) == (422, 0)
    assert "Changes that are always substantive count for less here" in words(refused)
    assert sent(refused)[f"mark/{ADDED}"] == "1"
    assert send(client, case, **form, reason="Only written down.").status_code == 302
    assert list(MarkCorrection.objects.values_list("place", "before", "after")) == [(ADDED, 3, 1)]
    for person in (cast.author, cast.reader):
        answer = client.as_(person).get(page(case))
        assert "Approver: cosmetic" in words(answer)
        assert sent(answer) == {}
    case.revision.refresh_from_db()
    assert case.revision.label == "1.1"
    compared = words(client.as_(cast.reader).get("/processes/PUR-001/compare/?from=1&to=2"))
    assert "The change makes things clearer" in compared
    assert "1 cosmetic change" in compared
    assert "substantive" not in compared


def test_approving_as_shown_corrects_nothing(cast: Cast, draft: Revision, client: SignedIn) -> None:
    case = submitted(cast, draft)
    assert send(client.as_(cast.approver), case, **sent(client.as_(cast.approver).get(page(case)))).status_code == 302
    assert MarkCorrection.objects.count() == 0
    assert Decision.objects.get().signature is not None


def test_marks_that_were_corrected_meanwhile_are_shown_before_they_are_signed(cast: Cast, draft: Revision, client: SignedIn) -> None:
    people = [make.person(f"member{n}", password=PASSWORD) for n in range(2)]
    circle = [make.position(f"Member {n}", holder=person) for n, person in enumerate(people)]
    in_force(cast, StageTerms("Circle", positions=circle), LAST)
    case = submitted(cast, draft)
    form = sent(client.as_(people[1]).get(page(case))) | {f"mark/{PURPOSE}": "3"}
    seat = Seat.objects.get(stage__case=case, position__title="Member 0")
    given = Given({ADDED: Mark.COSMETIC})
    workflow.decide(seat, by=people[0], now=make.now(), verdict="approve", sha256=case.content.sha256, reason="Small.", given=given)
    answer = send(client, case, **form, reason="Kept reason")
    assert (answer.status_code, Decision.objects.count()) == (409, 1)
    shown = sent(answer)
    assert (shown[f"mark/{PURPOSE}"], shown[f"mark/{ADDED}"]) == ("3", "1")
    assert "Member0: cosmetic" in words(answer)
    assert "Kept reason" in answer.content.decode()
    assert send(client, case, **shown, reason="Small, yes.").status_code == 302
    assert list(MarkCorrection.objects.values_list("place", "after")) == [(ADDED, 1), (PURPOSE, 3)]


def test_a_stranger_reads_no_marks(cast: Cast, draft: Revision, client: SignedIn) -> None:
    case = submitted(cast, draft)
    for person in (cast.stranger, cast.admin):
        assert client.as_(person).get(page(case)).status_code == 404
        assert send(client, case, **{f"mark/{ADDED}": "1"}).status_code == 404
    assert MarkCorrection.objects.count() == 0


def test_a_reader_cannot_mark_by_a_forged_form(cast: Cast, draft: Revision, client: SignedIn) -> None:
    case = submitted(cast, draft)
    assert send(client.as_(cast.reader), case, reason="Mine.", **{f"mark/{ADDED}": "1"}).status_code == 403
    assert marks.final(case, make.now()).minor is False


def test_a_mark_left_as_it_was_shown_says_nothing() -> None:
    found = typed({"mark/a": "2", "was/a": "2", "mark/b": "1", "was/b": "2", "marks_seen": "x" * 70, "other": "3"})
    assert (found.marks, found.given.seen, found.was_sent) == ({"b": Mark.COSMETIC}, "x" * 64, False)


def test_the_review_costs_the_same_for_one_mark_and_for_five(cast: Cast, client: SignedIn) -> None:
    def cost(steps: int) -> int:
        process = make.process(cast.purchasing, created_by=cast.author)
        make.effective(process, OLD, since=make.now() - dt.timedelta(days=90))
        more = tuple(replace(OLD.steps[1], key=f"m{n}", name=f"Ask {n}") for n in range(steps))
        case = submitted(cast, make.draft(process, replace(OLD, steps=(OLD.steps[0], *more, *OLD.steps[1:])), by=cast.author))
        client.as_(cast.approver).get(page(case))  # draws the charts, which are kept
        with CaptureQueriesContext(connection) as run:
            client.get(page(case))
        return len(run)

    assert cost(1) == cost(5)
