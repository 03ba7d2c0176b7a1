"""What somebody tries who may not: to see titles of confidential documents, to stand in the way, to pull strings as an author."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import act_policy, advising, comments, discussing, informing, packages, passing, talk_policy, withdrawing, workflow
from approvals.comments import Words
from approvals.models import ApprovalCase, ChangePackage, Comment, Decision, Seat
from approvals.packages import Given
from organization.models import HeldLevel, Person, Position
from organization.refusals import Refused
from organization.scope import scope
from processes import withdrawal
from processes.access import may_see
from processes.models import Move, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from tests.processes.test_withdrawal import naming
from training import ending
from worklist.models import Notice

LATER = NOW + dt.timedelta(hours=3)
SECRET = "Closing the site"


def head() -> Position:
    return Position.objects.get(title="Head of Purchasing")


def secret(cast: make.Cast, number: str = "PUR-950", **fields: object) -> Process:
    """A document of which only its owner and those who take part know more than the number."""
    return make.process(
        cast.purchasing, number=number, title=SECRET, confidentiality="positions", owner=head(), created_by=cast.author, **fields
    )  # fmt: skip


def submitted(cast: make.Cast, **fields: object) -> ApprovalCase:
    process = make.process(cast.purchasing, owner=head(), created_by=cast.author, **fields)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)


def seat_of(case: ApprovalCase) -> Seat:
    return act_policy.waiting_seats(case)[0]


def decide(case: ApprovalCase, by: Person, verdict: str = "approve") -> Decision:
    return workflow.decide(seat_of(case), by=by, now=LATER, verdict=verdict, reason="So be it.", sha256=case.content.sha256)


@pytest.fixture
def expert(cast: make.Cast) -> Person:
    """Level 3, of another department."""
    who = make.person("expert", level=3)
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=who)
    return who


# Strings that an author pulls


def test_an_author_who_holds_the_seat_takes_no_delegation_back(cast: make.Cast, expert: Person) -> None:
    """The position of the seat is also the author's: somebody independent decides for it, and lends that to somebody else."""
    HeldLevel.objects.filter(person=cast.author).update(level=3)
    make.appoint(cast.author, Position.objects.get(title="Process manager, Purchasing"), mode="acting")
    case = submitted(cast)
    seat = seat_of(case)
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="Relief.")
    with pytest.raises(Refused, match="You wrote or submitted this content"):
        passing.take_back(seat, by=cast.author, now=LATER)
    passing.take_back(seat, by=cast.approver, now=LATER)


def test_an_author_does_not_put_back_what_stood_in_the_way(cast: make.Cast) -> None:
    case = submitted(cast)
    found = comments.say(case, Words("No.", blocking=True), by=cast.approver, now=NOW).comment
    comments.resolve(found, by=cast.approver, now=NOW)
    with pytest.raises(Refused, match="Whoever raised it"):
        comments.reopen(found, by=cast.author, now=NOW)
    comments.reopen(found, by=cast.approver, now=NOW)
    assert not Comment.objects.get().outcome


# Standing in the way


def test_a_copy_for_information_gives_nobody_a_say(cast: make.Cast) -> None:
    """Authors send copies: they do not choose who stops the approval."""
    case = submitted(cast)
    informing.copy(case, cast.stranger, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Only those who decide in this review or were asked for advice"):
        comments.say(case, Words("No.", blocking=True), by=cast.stranger, now=NOW)
    advising.ask_advice(case, cast.stranger, by=cast.approver, now=NOW, question="Is it?", due_on=TODAY)
    assert comments.say(case, Words("No.", blocking=True), by=cast.stranger, now=NOW).comment.blocking


def test_a_copy_takes_no_say_from_whoever_was_asked(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, owner=head(), created_by=cast.author), by=cast.author)
    discussing.ask(draft, cast.stranger, by=cast.author, now=NOW)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Stranger was asked already, and reads along"):
        informing.copy(case, cast.stranger, by=cast.author, now=NOW)
    assert talk_policy.may_block(talk_policy.standing(cast.stranger, case.revision, scope(cast.stranger, TODAY)), case)


# Sight


def test_advice_of_a_position_opens_nothing_to_a_holder_who_is_away(cast: make.Cast, expert: Person) -> None:
    """Today somebody acts for it who sees the document anyway; tomorrow its holder is back, who does not."""
    case = workflow.submit(make.draft(secret(cast), by=cast.author), by=cast.author, now=NOW)
    passing.delegate(seat_of(case), expert, by=cast.approver, now=NOW, reason="Relief.")
    storeman = Position.objects.get(title="Storeman")
    make.away(cast.stranger, substitute=cast.approver)
    with pytest.raises(Refused, match="Stranger may not see PUR-950"):
        advising.ask_advice(case, storeman, by=expert, now=NOW, question="Is it?", due_on=TODAY)
    assert not may_see(Process.objects.get(), scope(cast.stranger, TODAY))


def test_a_transfer_opens_nothing_to_another_holder(cast: make.Cast, expert: Person) -> None:
    """Of two who hold the position one sees the document; whoever transfers does not answer for it."""
    process = secret(cast, participating=[cast.stores])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    process.participations.create(person=expert, part="reader")
    office = Position.objects.get(title="Process manager, Stores")
    make.appoint(make.person("second", level=3), office, mode="acting")
    seat = next(one for one in act_policy.waiting_seats(case) if one.position.title == "Head of Stores")
    with pytest.raises(Refused, match="Second may not see PUR-950"):
        passing.transfer(seat, office, by=Person.objects.get(login="storekeeper"), now=LATER, reason="So.")


def package_of(cast: make.Cast, *of: Process) -> ChangePackage:
    package = packages.begin("New law", "The law has changed.", by=cast.author, now=NOW)
    for one in of:
        packages.add(package, make.draft(one, by=cast.author), by=cast.author, now=NOW)
    return package


def plain(cast: make.Cast, number: str = "PUR-951") -> Process:
    return make.process(cast.purchasing, number=number, title="Plain", owner=head(), created_by=cast.author)


def test_who_does_not_see_a_member_keeps_no_package(cast: make.Cast) -> None:
    """A colleague of the department may submit what is the department's, but not a draft that is closed to him."""
    make.hold(cast.reader, 2)
    package = package_of(cast, plain(cast), secret(cast))
    given = {member.revision_id: Given(member.revision.version) for member in packages.members_of(package)}
    for act in (
        lambda: packages.submit(package, given, by=cast.reader, now=NOW),
        lambda: packages.remove(package.members.get(revision__process__title=SECRET), by=cast.reader, now=NOW),
        lambda: packages.dissolve(package, by=cast.reader, now=NOW),
    ):
        with pytest.raises(Refused, match="may not see"):
            act()
    assert set(Revision.objects.values_list("state", flat=True)) == {"draft"}


def in_review(cast: make.Cast) -> tuple[ApprovalCase, ApprovalCase]:
    package = package_of(cast, plain(cast), secret(cast))
    given = {member.revision_id: Given(member.revision.version) for member in packages.members_of(package)}
    open_one, closed_one = packages.submit(package, given, by=cast.author, now=NOW)
    return (open_one, closed_one) if open_one.revision.process.title == "Plain" else (closed_one, open_one)


def test_the_reason_of_a_confidential_member_stays_with_it(cast: make.Cast) -> None:
    shown, closed = in_review(cast)
    decide(closed, cast.approver, "return")
    move = Move.objects.get(revision=shown.revision, name="return")
    assert SECRET not in move.reason
    assert "So be it." not in move.reason
    assert "PUR-950" in move.reason


def test_what_stands_in_the_way_of_a_confidential_member_is_not_told_to_the_others(cast: make.Cast, expert: Person) -> None:
    named = make.process(cast.stores, number="STO-001")
    make.effective(named)
    package = packages.begin("New law", "The law has changed.", by=cast.author, now=NOW)
    for one, content in ((plain(cast), make.definition()), (secret(cast), naming("STO-001"))):
        packages.add(package, make.draft(one, content, by=cast.author), by=cast.author, now=NOW)
    given = {member.revision_id: Given(member.revision.version) for member in packages.members_of(package)}
    cases = {case.revision.process.title: case for case in packages.submit(package, given, by=cast.author, now=NOW)}
    withdrawal.withdraw(named.revisions.get(), by=cast.manager, now=LATER, on=None, reason="Gone.")
    decide(cases[SECRET], cast.approver)
    passing.delegate(seat_of(cases["Plain"]), expert, by=cast.approver, now=NOW, reason="Relief.")
    with pytest.raises(Refused, match=r"^Nothing was approved: something stands in the way of PUR-950\.$"):
        decide(cases["Plain"], expert)
    with pytest.raises(Refused, match=f"^Nothing was approved. PUR-950 {SECRET}: This names STO-001"):
        decide(cases["Plain"], cast.approver)


@pytest.fixture
def replaced(cast: make.Cast) -> ApprovalCase:
    """A document is to be withdrawn; what replaces it is confidential."""
    old, new = plain(cast), secret(cast)
    make.effective(old)
    make.effective(new)
    return withdrawing.ask(old, by=cast.author, now=NOW, reason="Merged.", replacement=new)


def test_the_title_of_a_replacement_is_for_those_who_may_see_it(cast: make.Cast, client: SignedIn, replaced: ApprovalCase) -> None:
    address = reverse("approvals:case", args=[replaced.pk])
    assert not may_see(Process.objects.get(title=SECRET), scope(cast.approver, TODAY))
    assert SECRET not in client.as_(cast.approver).get(address).content.decode()
    assert SECRET in client.as_(cast.author).get(address).content.decode()


def test_readers_are_not_told_the_title_of_a_confidential_replacement(cast: make.Cast, replaced: ApprovalCase) -> None:
    decide(replaced, cast.approver)
    ending.end(Process.objects.select_related("replaced_by").get(pk=replaced.process_id), LATER)
    told = Notice.objects.filter(key__startswith="withdrawn:")
    assert told.exists()
    assert not [one.subject for one in told if SECRET in one.subject]
    assert [one for one in told if "PUR-950" in one.subject]


# Much at once


def test_a_remark_that_names_hundreds_asks_for_a_few(cast: make.Cast) -> None:
    case = submitted(cast)
    Person.objects.bulk_create(Person(login=f"p{n}", name=f"P {n}", email=f"p{n}@example.com") for n in range(300))
    few, many = (" ".join(f"@p{n}" for n in range(count)) for count in (20, 300))
    with CaptureQueriesContext(connection) as before:
        comments.say(case, Words(few), by=cast.approver, now=NOW)
    with CaptureQueriesContext(connection) as after:
        said = comments.say(case, Words(many), by=cast.approver, now=NOW)
    assert len(after) <= len(before)
    assert len(said.not_told) == 300  # nobody of them sees the review, and only the first twenty are looked for


def test_a_document_of_which_much_changed_is_submitted_and_decided(cast: make.Cast, client: SignedIn) -> None:
    """Each change sends its mark and what it was: a thousand fields are soon together."""
    case = submitted(cast)
    fields = {f"{kind}/steps/s{n}": "1" for n in range(3000) for kind in ("mark", "was")}
    answer = client.as_(cast.approver).post(
        reverse("approvals:decide", args=[case.pk, seat_of(case).pk]),
        {"verdict": "approve", "sha256": case.content.sha256, "reason": "", "password": make.PASSWORD, **fields},
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "approved"
