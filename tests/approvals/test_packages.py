"""Change packages: several drafts, one outcome; what is refused, and what one member means for the others."""

import datetime as dt
import html
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import joint, packages, workflow
from approvals.models import ApprovalCase, ChangePackage, Decision, PackageMember, Seat
from approvals.packages import Given, StandInTheWay
from approvals.views import packaging
from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import verify_chain
from processes import derived, lifecycle, references, withdrawal
from processes.access import participate
from processes.content import definition_of
from processes.models import Move, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, day
from tests.processes.test_withdrawal import naming
from worklist.models import Notice, WorkItem

LATER = NOW + dt.timedelta(hours=3)
LATEST = NOW + dt.timedelta(hours=5)


def draft(cast: make.Cast, number: str, *names: str, **fields: Any) -> Revision:
    """The author's draft of a process of purchasing."""
    owner = Position.objects.get(department=cast.purchasing, kind="head")
    process = make.process(cast.purchasing, number=number, title=f"Title of {number}", created_by=cast.author, owner=owner, **fields)
    return make.draft(process, naming(names[0]) if names else None, by=cast.author)


def gathered(cast: make.Cast, *drafts: Revision) -> ChangePackage:
    """A package of these drafts."""
    package = packages.begin("New law", "The law has changed.", by=cast.author, now=NOW)
    for one in drafts:
        packages.add(package, one, by=cast.author, now=NOW)
    return package


def submitted(package: ChangePackage, cast: make.Cast, **fields: Any) -> list[ApprovalCase]:
    """All of it in review; the cases in the order of the processes."""
    given = {member.revision_id: Given(member.revision.version) for member in packages.members_of(package)}
    return list(packages.submit(package, given, by=cast.author, now=NOW, **fields))


def decide(case: ApprovalCase, by: Person, verdict: str = "approve", *, now: dt.datetime = LATER) -> Decision:
    seat = Seat.objects.filter(stage__case=case, decisions=None, stage__opened_at__isnull=False).order_by("pk")[0]
    return workflow.decide(seat, by=by, now=now, verdict=verdict, reason="So be it.", sha256=case.content.sha256)


def states(package: ChangePackage) -> tuple[str, list[str], list[str]]:
    """Of the package, of the newest case of each member, of the revisions."""
    package.refresh_from_db()
    members = packages.members_of(package)
    cases = [ApprovalCase.objects.filter(revision=member.revision).order_by("pk").last() for member in members]
    return package.state, [case.state if case else "" for case in cases], [member.revision.state for member in members]


def words(response: Any) -> str:
    """The page as text on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# The outcome


def test_they_wait_for_each_other_and_take_effect_at_one_instant(cast: make.Cast) -> None:
    one, two = draft(cast, "PUR-901", "PUR-902"), draft(cast, "PUR-902", "PUR-901")  # each names the other, which is new too
    package = gathered(cast, one, two)
    first, second = submitted(package, cast)
    assert (first.summary, first.package) == ("The law has changed.", package)
    assert sorted(WorkItem.objects.open().values_list("subject", flat=True)) == [
        "PUR-901 Title of PUR-901, in the package “New law”", "PUR-902 Title of PUR-902, in the package “New law”"
    ]  # fmt: skip
    decide(second, cast.approver)
    assert states(package) == ("in_review", ["open", "waiting"], ["in_review", "in_review"])
    assert not Revision.objects.in_force(LATEST).exists()
    assert not Notice.objects.filter(person=cast.author).exists()
    with pytest.raises(Stale, match="Approved, waits for its package"):
        workflow.decide(
            Seat.objects.get(stage__case=second), by=cast.approver, now=LATEST, verdict="return", reason="No.", sha256=second.content.sha256
        )
    decide(first, cast.approver, now=LATEST)
    assert states(package) == ("approved", ["approved", "approved"], ["approved", "approved"])
    assert set(Revision.objects.values_list("effective_from", "major")) == {(LATEST, 1)}
    assert [(n.subject, n.url) for n in Notice.objects.filter(person=cast.author)] == [
        ("The change package “New law” was approved", reverse("approvals:package", args=[package.pk]))
    ]
    assert list(verify_chain()) == []
    assert not package.members.filter(closed_at__isnull=True).exists()


def test_on_one_planned_day(cast: make.Cast) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    for case in submitted(package, cast, planned_on=day(9)):
        decide(case, cast.approver)
    assert set(Revision.objects.values_list("planned_on", flat=True)) == {day(9)}
    assert len(set(Revision.objects.values_list("effective_from", flat=True))) == 1


@pytest.mark.parametrize(("verdict", "state"), [("return", "returned"), ("reject", "rejected")])
def test_if_one_is_turned_down_all_come_back(cast: make.Cast, verdict: str, state: str) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"), draft(cast, "PUR-903"))
    first, second, _third = submitted(package, cast)
    decide(second, cast.approver)
    decide(first, cast.approver, verdict)
    assert states(package) == ("gathering", [state] * 3, ["draft"] * 3)
    assert not WorkItem.objects.open().exists()
    assert Move.objects.get(revision=second.revision, name=verdict).reason == (
        "The package came back because of PUR-901 Title of PUR-901: So be it."
    )
    told = Notice.objects.get(person=cast.author)
    assert (told.subject.startswith("The change package “New law” came back: PUR-901"), told.body) == (True, "So be it.")
    again = submitted(package, cast)
    for case in again:
        decide(case, cast.approver, now=LATEST)
    assert states(package) == ("approved", ["approved"] * 3, ["approved"] * 3)


def test_who_worked_on_what_was_taken_out_sees_the_package_no_more(cast: make.Cast) -> None:
    one, two = draft(cast, "PUR-901"), draft(cast, "PUR-902")
    package = gathered(cast, one, two)
    participate(two.process, part="contributor", revision=two, person=cast.stranger)
    first, _second = submitted(package, cast)
    assert ChangePackage.objects.visible_to(scope(cast.stranger, LATER.date())).exists()
    decide(first, cast.approver, "return")
    packages.remove(package.members.get(revision=two), by=cast.author, now=LATER)
    assert not ChangePackage.objects.visible_to(scope(cast.stranger, LATER.date())).exists()


def test_recalled_before_anybody_decided_in_any_of_them(cast: make.Cast) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    first, second = submitted(package, cast)
    workflow.recall(first, by=cast.author, now=LATER)
    assert states(package) == ("gathering", ["recalled"] * 2, ["draft"] * 2)
    assert Move.objects.get(revision=second.revision, name="recall").reason.endswith("PUR-901 Title of PUR-901: recalled")
    first, second = submitted(package, cast)
    decide(second, cast.approver)
    with pytest.raises(Refused, match="Somebody has decided already"):
        workflow.recall(first, by=cast.author, now=LATER)


def test_a_member_that_cannot_take_effect_holds_all_back(cast: make.Cast) -> None:
    named = make.process(cast.stores, number="STO-001")
    make.effective(named)
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902", "STO-001"))
    first, second = submitted(package, cast)
    withdrawal.withdraw(named.revisions.get(), by=cast.manager, now=LATER, on=None, reason="Gone.")
    decide(second, cast.approver)
    with pytest.raises(Refused, match=r"^Nothing was approved. PUR-902 Title of PUR-902: This names STO-001"):
        decide(first, cast.approver)
    assert states(package) == ("in_review", ["open", "waiting"], ["in_review"] * 2)
    assert Decision.objects.count() == 1
    decide(first, cast.approver, "return")
    assert states(package) == ("gathering", ["returned"] * 2, ["draft"] * 2)


def test_a_fault_in_the_middle_leaves_nothing_half_done(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    first, second = submitted(package, cast)
    decide(first, cast.approver)
    before = (Signature.objects.count(), Decision.objects.count(), Move.objects.count())
    whole, calls = lifecycle.approve_within, list[int]()

    def dies(revision: Revision, **given: Any) -> Revision:
        calls.append(revision.pk)
        if len(calls) == 2:
            raise RuntimeError("the database died")
        return whole(revision, **given)

    monkeypatch.setattr(lifecycle, "approve_within", dies)
    with pytest.raises(RuntimeError):
        decide(second, cast.approver)
    assert states(package) == ("in_review", ["waiting", "open"], ["in_review"] * 2)
    assert (Signature.objects.count(), Decision.objects.count(), Move.objects.count()) == before
    monkeypatch.setattr(lifecycle, "approve_within", whole)
    decide(second, cast.approver)
    assert states(package)[0] == "approved"


def test_a_single_case_names_no_package_in_its_refusals(cast: make.Cast) -> None:
    case = workflow.submit(draft(cast, "PUR-901"), by=cast.author, now=NOW)
    with pytest.raises(Refused, match=r"^So$"), joint.naming(case, cast.author, NOW):
        raise Refused("So")


# Putting together, and what is refused


def test_one_refusal_refuses_all_with_a_reason_for_each(cast: make.Cast) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"), draft(cast, "PUR-903"))
    members = packages.members_of(package)
    lifecycle.discard_draft(Revision.objects.get(pk=members[1].revision_id), by=cast.author, now=NOW)
    given = {member.revision_id: Given(member.revision.version) for member in members}
    given[members[2].revision_id] = Given(99)
    with pytest.raises(StandInTheWay) as caught:
        packages.submit(package, given, by=cast.author, now=NOW)
    assert set(caught.value.reasons) == {members[1].revision_id, members[2].revision_id}
    assert states(package) == ("gathering", ["", "", ""], ["draft", "discarded", "draft"])
    assert (Signature.objects.count(), WorkItem.objects.count()) == (0, 0)


def test_a_member_that_changes_nothing_is_named(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process)
    two = make.draft(process, make.definition(), by=cast.author)
    package = gathered(cast, draft(cast, "PUR-901"), two)
    with pytest.raises(StandInTheWay) as refused:
        submitted(package, cast)
    assert list(refused.value.reasons) == [two.pk]
    assert refused.value.reasons[two.pk].startswith("Nothing has changed yet")
    assert not ApprovalCase.objects.exists()


def test_what_is_said_of_a_member_is_kept_with_its_case(cast: make.Cast) -> None:
    one, two = draft(cast, "PUR-901"), draft(cast, "PUR-902")
    package = gathered(cast, one, two)
    given = {one.pk: Given(one.version, "Only this.", "It stands."), two.pk: Given(two.version)}
    first, second = packages.submit(package, given, by=cast.author, now=NOW)
    assert [(case.summary, case.warnings_word) for case in (first, second)] == [("Only this.", "It stands."), ("The law has changed.", "")]


def test_a_package_has_two_members_and_those_that_were_shown(cast: make.Cast) -> None:
    one, two = draft(cast, "PUR-901"), draft(cast, "PUR-902")
    package = gathered(cast, one)
    with pytest.raises(Refused, match="two members or more"):
        submitted(package, cast)
    packages.add(package, two, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="changed meanwhile"):
        packages.submit(package, {one.pk: Given(1)}, by=cast.author, now=NOW)


def test_it_needs_a_title_and_a_reason(cast: make.Cast) -> None:
    for title, reason in (("", "So."), ("So", " ")):
        with pytest.raises(Refused, match="Give the package a title"):
            packages.begin(title, reason, by=cast.author, now=NOW)
    assert packages.begin("So", "So.", by=cast.author, now=NOW, first=draft(cast, "PUR-901")).members.count() == 1


def test_a_draft_belongs_to_one_package_and_goes_with_it(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = draft(cast, "PUR-901"), draft(cast, "PUR-902")
    package = gathered(cast, one)
    member = packages.add(package, one, by=cast.author, now=NOW)
    assert package.members.get() == member
    other = packages.begin("Other", "Other.", by=cast.author, now=NOW)
    with pytest.raises(Refused, match="belongs to the change package “New law” already"):
        packages.add(other, one, by=cast.author, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PackageMember.objects.create(package=other, revision=one)
    with pytest.raises(Refused, match="is submitted with it"):
        workflow.submit(one, by=cast.author, now=NOW)
    one.refresh_from_db()
    monkeypatch.setattr(packages, "MOST", 1)
    with pytest.raises(Refused, match="at most 1 members"):
        packages.add(package, two, by=cast.author, now=NOW)
    packages.remove(member, by=cast.author, now=NOW)
    assert packages.add(other, one, by=cast.author, now=NOW).package == other
    packages.dissolve(other, by=cast.author, now=NOW)
    assert workflow.submit(one, by=cast.author, now=NOW).package is None


def test_only_drafts_join_and_nothing_joins_what_is_in_review(cast: make.Cast) -> None:
    one, two, three = draft(cast, "PUR-901"), draft(cast, "PUR-902"), draft(cast, "PUR-903")
    package = gathered(cast, one, two)
    workflow.submit(three, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="has no draft"):
        packages.add(package, three, by=cast.author, now=NOW)
    submitted(package, cast)
    for act in (
        packages.dissolve,
        lambda it, **by: packages.add(it, three, **by),
        lambda it, **by: packages.remove(it.members.all()[0], **by),
    ):
        with pytest.raises(Stale, match="not put together any more: In review"):
            act(package, by=cast.author, now=NOW)


def test_only_who_may_submit_all_of_it_keeps_it(cast: make.Cast) -> None:
    mine = draft(cast, "PUR-901")
    storekeeper = Person.objects.get(login="storekeeper")
    package = gathered(cast, mine)
    with pytest.raises(Refused, match="Only people of the department"):
        packages.add(package, mine, by=storekeeper, now=NOW)
    theirs = make.draft(make.process(cast.stores, number="STO-009", created_by=storekeeper), by=storekeeper)
    with pytest.raises(Refused, match="Only people of the department"):
        packages.add(package, theirs, by=cast.author, now=NOW)
    empty = packages.begin("So", "So.", by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Only whoever began this package"):
        packages.add(empty, theirs, by=storekeeper, now=NOW)


def test_a_withdrawal_never_belongs_to_a_package(cast: make.Cast) -> None:
    case = submitted(gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902")), cast)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalCase.objects.filter(pk=case.pk).update(kind="withdraw")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalCase.objects.filter(pk=case.pk).update(replacement=case.process)


def test_what_members_name_is_known_to_the_approval(cast: make.Cast) -> None:
    one = draft(cast, "PUR-901", "PUR-902")
    draft(cast, "PUR-902")
    derived.rewrite(one, definition_of(one))
    assert references.named_by(one) == {Process.objects.get(number="PUR-902").pk}


# The pages


def test_the_author_puts_a_package_together_and_submits_it(cast: make.Cast, client: SignedIn) -> None:
    one, two = draft(cast, "PUR-901"), draft(cast, "PUR-902")
    client.as_(cast.author)
    assert "Submit it together with other drafts" in words(client.get(reverse("approvals:submit", args=["PUR-901"])))
    begin = reverse("approvals:new_package", args=["PUR-901"])
    assert "Begin the package" in words(client.get(begin))
    assert client.post(begin, {"title": "", "reason": ""}).status_code == 422
    shown = words(client.post(begin, {"title": "New law", "reason": "The law has changed."}, follow=True))
    package = ChangePackage.objects.get()
    assert "A package has two members or more." in shown
    page, joins = reverse("approvals:package", args=[package.pk]), reverse("approvals:add_member", args=[package.pk])
    assert client.post(joins, {"number": ""}).status_code == 422
    unknown = client.post(joins, {"number": "NO-1"})
    assert (unknown.status_code, "There is no draft with this number" in words(unknown)) == (422, True)
    assert client.post(joins, {"number": "pur-902"})["Location"] == page
    assert "This draft belongs to the change package “New law”" in words(client.get(reverse("approvals:submit", args=["PUR-902"])))
    typed = {f"version_{one.pk}": 1, f"summary_{one.pk}": "Only this.", f"version_{two.pk}": 1, f"summary_{two.pk}": "", "when": "at_once"}
    typed["password"] = make.PASSWORD
    submits = reverse("approvals:submit_package", args=[package.pk])
    assert client.post(submits, typed | {"when": "on"}).status_code == 422
    stale = client.post(submits, typed | {f"version_{two.pk}": 0})
    assert (stale.status_code, "Somebody changed this revision" in words(stale), "Only this." in words(stale)) == (403, True, True)
    done = words(client.post(submits, typed, follow=True))
    assert "Submitted together." in done
    assert "0 of 2 members have all their approvals." in done
    assert "Waits for Approver" in done
    assert client.post(submits, typed).status_code == 409


def test_who_adds_a_draft_chooses_and_is_told(cast: make.Cast, client: SignedIn) -> None:
    package, elsewhere = gathered(cast, draft(cast, "PUR-901")), draft(cast, "PUR-903")
    packages.begin("Another", "It is another.", by=cast.author, now=NOW, first=elsewhere)
    draft(cast, "PUR-902")
    make.draft(make.process(cast.purchasing, number="PUR-900"), by=cast.approver)
    make.draft(make.process(cast.stores, number="STO-901"), by=cast.author)  # whom stores alone hand in
    page, joins = reverse("approvals:package", args=[package.pk]), reverse("approvals:add_member", args=[package.pk])
    shown = client.as_(cast.author).get(page).content.decode()
    assert re.findall(r'<option value="(.+?)"', shown) == ["PUR-902", "PUR-900"]  # one's own first
    taken = client.post(joins, {"number": "PUR-903"})
    wrong = re.search(r'<input[^>]+name="number"[^>]*>', taken.content.decode())
    assert (taken.status_code, "This draft belongs to the change package “Another” already." in words(taken)) == (403, True)
    assert wrong is not None
    assert "autofocus" in wrong[0]
    assert "autofocus" not in shown
    assert "PUR-902 is in the package now." in words(client.post(joins, {"number": "PUR-902"}, follow=True))
    assert "PUR-902 is in this package already." in words(client.post(joins, {"number": "PUR-902"}, follow=True))
    assert package.members.count() == 2


def test_a_member_is_taken_out_and_the_package_dissolved(cast: make.Cast, client: SignedIn) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    member = packages.members_of(package)[0]
    leaves = reverse("approvals:remove_member", args=[package.pk, member.pk])
    assert client.as_(cast.stranger).post(leaves).status_code == 404
    assert client.as_(cast.reader).post(leaves).status_code == 403
    assert client.as_(cast.author).post(leaves)["Location"] == reverse("approvals:package", args=[package.pk])
    assert client.post(leaves).status_code == 404
    ends = reverse("approvals:dissolve_package", args=[package.pk])
    assert "Dissolved; the drafts stay." in words(client.post(ends, follow=True))
    assert client.post(ends).status_code == 409
    assert client.post(reverse("approvals:add_member", args=[package.pk]), {"number": "PUR-901"}).status_code == 409


def test_who_sees_what_of_it(cast: make.Cast, client: SignedIn) -> None:
    hidden = draft(cast, "PUR-902", confidentiality="positions")
    package = gathered(cast, draft(cast, "PUR-901"), hidden)
    page = reverse("approvals:package", args=[package.pk])
    assert client.as_(cast.stranger).get(page).status_code == 404
    assert client.as_(cast.admin).get(page).status_code == 404
    read = words(client.as_(cast.reader).get(page))
    assert "PUR-901" in read
    assert "PUR-902" not in read
    assert "A document that you may not see." in read
    assert "Sign and submit together" not in read
    assert "Sign and submit together" in words(client.as_(cast.author).get(page))
    begin = reverse("approvals:new_package", args=["PUR-901"])
    answer = client.as_(cast.reader).post(begin, {"title": "So", "reason": "So."})
    assert (answer.status_code, ChangePackage.objects.count()) == (403, 1)


def test_the_list_shows_whom_they_concern_page_by_page(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "ROWS", 1)
    gathered(cast, draft(cast, "PUR-901"))
    packages.begin("A second one", "So.", by=cast.author, now=NOW)
    ended = packages.begin("Given up", "So.", by=cast.author, now=NOW)
    packages.dissolve(ended, by=cast.author, now=NOW)
    address = reverse("approvals:packages")
    first = client.as_(cast.author).get(address)
    assert "A second one" in words(first)
    assert "New law" not in words(first)
    second = client.get(address + str(first.context["next_url"]))
    assert "New law begun by Author" in words(second)
    assert "1 member " in words(second)
    assert (second.context["next_url"], second.context["first_url"]) == ("", "?")
    assert "Given up" in words(client.get(address, {"closed": ""}))
    nothing = words(client.as_(cast.stranger).get(address, {"after": "9" * 30}))
    assert "No package is under way" in nothing
    assert "A second one" not in words(client.as_(cast.reader).get(address)), "it has no member on which the reader works"


def test_the_list_asks_as_often_for_five_as_for_one(cast: make.Cast, client: SignedIn) -> None:
    asked, address = [], reverse("approvals:packages")
    client.as_(cast.author).get(address)
    for made in (1, 4):
        for _each in range(made):
            packages.begin("Another", "So.", by=cast.author, now=NOW)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        asked.append(len(caught))
    assert asked[0] == asked[1]


def test_each_case_says_that_it_belongs_to_a_package(cast: make.Cast, client: SignedIn) -> None:
    package = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    first, second = submitted(package, cast)
    page = reverse("approvals:case", args=[first.pk])
    shown = words(client.as_(cast.approver).get(page))
    assert "Belongs to the change package New law" in shown
    assert "All of the package takes effect together, once the last one is." in shown
    assert "Recall the package: back to drafts" in words(client.as_(cast.author).get(page))
    decide(first, cast.approver)
    waiting = words(client.get(page))
    assert "Approved, waits for its package" in waiting
    assert "Approved; takes effect with its package" in waiting
    assert "1 of 2 members has all its approvals." in words(client.get(reverse("approvals:package", args=[package.pk])))
    decide(second, cast.approver, "return")
    assert "Came back with its package" in words(client.get(page))
    assert "Came back with its package" not in words(client.get(reverse("approvals:case", args=[second.pk])))


def test_findings_are_shown_at_their_members(cast: make.Cast, client: SignedIn) -> None:
    one = draft(cast, "PUR-901", "PUR-404")
    faulty = replace(make.definition(), roles=())
    two = make.draft(make.process(cast.purchasing, number="PUR-902", created_by=cast.author), faulty, by=cast.author)
    package = gathered(cast, one, two)
    shown = client.as_(cast.author).get(reverse("approvals:package", args=[package.pk])).content.decode()
    assert f'name="word_{one.pk}"' in shown
    assert "found-warning" in shown
    assert "found-hint" not in shown


def test_the_page_asks_as_often_for_five_as_for_two_in_review(cast: make.Cast, client: SignedIn) -> None:
    asked = []
    for numbers in (["PUR-901", "PUR-902"], ["PUR-903", "PUR-904", "PUR-905", "PUR-906", "PUR-907"]):
        package = gathered(cast, *(draft(cast, number) for number in numbers))
        submitted(package, cast)
        client.as_(cast.author)
        client.get("/")
        with CaptureQueriesContext(connection) as page:
            client.get(reverse("approvals:package", args=[package.pk]))
        asked.append(len(page))
    assert asked[0] == asked[1]
    assert asked[0] <= 32
