"""Change requests: asked at a step, answered by whoever writes, closed by the version that does it; nobody is left without an answer."""

import datetime as dt
from typing import Any

import pytest

from organization.models import Appointment, Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import change_requests, drafting, lifecycle, policy, review
from processes.access import may_see
from processes.change_requests import Answered, accept, ask, decline, merge, withdraw
from processes.models import ChangeRequest, ChangeRequestMove, Participation, Process, Revision
from processes.request_facts import place, waiting_at
from tests import make
from tests.make import NOW, Cast
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def process(cast: Cast) -> Process:
    """In force: start, "Check offer" (s1), "Sign order" (s2), end. Owned by the head of purchasing."""
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author, owner=owner)
    make.effective(process)
    return process


def read(process: Process) -> Revision:
    found: Revision = process.revisions.select_related("process", "frozen").get(major=1)
    return found


def asked(process: Process, by: Person, wrong: str = "The limit is out of date.", anchor: str = "s2", **more: Any) -> ChangeRequest:
    return ask(process, revision=read(process), by=by, now=NOW, wrong=wrong, anchor=anchor, **more)


def fresh(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.select_related("process").get(pk=request.pk)


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("subject", flat=True))


def moves(request: ChangeRequest) -> list[str]:
    return list(request.moves.values_list("name", flat=True))


def approved(draft: Revision, cast: Cast) -> Revision:
    lifecycle.submit(draft, by=cast.author, now=NOW)
    return lifecycle.approve(draft, by=cast.manager, now=NOW)


# --- asking


def test_a_stranger_who_may_read_asks_and_the_owner_owes_an_answer(cast: Cast, process: Process) -> None:
    made = asked(process, cast.stranger, "  The limit\x00 is out of date.\r\n", instead=" 500 € ")
    assert (made.wrong, made.instead, made.place, made.state) == ("The limit is out of date.", "500 €", "Step 3: Sign order", "open")
    item = WorkItem.objects.get()
    assert (item.kind, item.position, item.person, item.url_args) == ("change_request", process.owner, None, ["PUR-001", made.pk])
    assert item.due_on == dt.date(2026, 3, 18)
    assert moves(made) == ["ask"]


def test_asking_for_the_whole(cast: Cast, process: Process) -> None:
    assert asked(process, cast.reader, anchor="").place == "The whole document"


def test_the_same_words_sent_twice_are_one_request(cast: Cast, process: Process) -> None:
    first = asked(process, cast.reader)
    assert asked(process, cast.reader) == first
    assert asked(process, cast.stranger) != first
    assert asked(process, cast.reader, anchor="s1") != first


@pytest.mark.parametrize(
    ("wrong", "anchor", "sentence"),
    [
        (" \x00\n ", "s2", "Say what is wrong or missing"),
        ("x" * 4001, "s2", "4001 characters"),
        ("Wrong", "<script>", "The step of this request is not in the revision"),
    ],
)
def test_what_is_no_request_is_refused(cast: Cast, process: Process, wrong: str, anchor: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        asked(process, cast.reader, wrong, anchor)
    assert not ChangeRequest.objects.exists()
    assert not WorkItem.objects.exists()


def test_nobody_asks_about_what_they_may_not_see(cast: Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    with pytest.raises(Refused, match="There is no process PUR-001 that you may see"):
        asked(process, cast.stranger)
    assert asked(process, cast.reader)


def test_a_draft_and_what_is_withdrawn_take_no_requests(cast: Cast, process: Process) -> None:
    draft = make.draft(process)
    other = make.effective(make.process(cast.purchasing, number="PUR-901"))
    for revision in (draft, other):
        with pytest.raises(Refused, match="Changes are asked for in what is approved"):
            ask(process, revision=revision, by=cast.reader, now=NOW, wrong="Wrong")
    Process.objects.filter(pk=process.pk).update(state="withdrawn")
    with pytest.raises(Refused, match="no longer active"):
        asked(process, cast.reader)


def test_twenty_requests_of_one_person_wait_at_once(cast: Cast, process: Process) -> None:
    made = [asked(process, cast.reader, f"Wrong {n}") for n in range(20)]
    with pytest.raises(Refused, match="20 of your requests about PUR-001 wait for an answer already"):
        asked(process, cast.reader, "One more")
    assert asked(process, cast.stranger)
    other = make.process(cast.purchasing, number="PUR-902")
    assert ask(other, revision=make.effective(other), by=cast.reader, now=NOW, wrong="One more")
    withdraw(made[0], by=cast.reader, now=NOW)
    assert asked(process, cast.reader, "One more")


# --- accepting


def test_accepted_into_a_new_draft_and_done_with_its_version(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    taken = accept(made, by=cast.author, now=NOW, seen=0)
    draft = Revision.objects.get(state="draft")
    assert (taken.state, taken.draft, draft.created_by) == ("accepted", draft, cast.author)
    assert WorkItem.objects.get().outcome == "done"
    assert told(cast.reader) == ["PUR-001: your change request is accepted"]
    approved(draft, cast)
    assert (fresh(made).state, fresh(made).draft) == ("done", draft)
    assert told(cast.reader)[1:] == ["PUR-001: your change request is done in version 2.0"]
    assert moves(made) == ["ask", "accept", "done"]
    assert made.moves.last().by == cast.manager


def test_the_open_draft_is_joined(cast: Cast, process: Process) -> None:
    draft = drafting.start_draft(process, by=cast.author, now=NOW)
    for n in range(2):
        assert accept(asked(process, cast.reader, f"Wrong {n}"), by=cast.approver, now=NOW, seen=0).draft == draft
    assert draft.requests.count() == 2


def test_what_is_in_review_is_not_joined(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    lifecycle.submit(drafting.start_draft(process, by=cast.author, now=NOW), by=cast.author, now=NOW)
    with pytest.raises(Refused, match="A revision is in review"):
        accept(made, by=cast.author, now=NOW, seen=0)
    assert (fresh(made).state, WorkItem.objects.get().closed_at) == ("open", None)


@pytest.mark.parametrize("who", ["reader", "stranger", "admin"])
def test_only_who_writes_answers(cast: Cast, process: Process, who: str) -> None:
    made, other, by = asked(process, cast.reader), asked(process, cast.stranger), getattr(cast, who)
    for story, given in ((accept, {}), (merge, {"into": other}), (decline, {"reason": "No."})):
        with pytest.raises(Refused):
            story(made, by=by, now=NOW, seen=0, **given)  # type: ignore[operator]
    assert fresh(made).version == 0


def test_an_invited_contributor_answers(cast: Cast, process: Process) -> None:
    make.hold(cast.stranger, 1)
    Participation.objects.create(process=process, person=cast.stranger, part="contributor")
    made = asked(process, cast.reader)
    assert list(ChangeRequest.objects.to_answer(scope(cast.stranger, make.TODAY))) == [made]
    assert decline(made, by=cast.stranger, now=NOW, seen=0, reason="No.").state == "declined"


def test_a_draft_that_is_given_up_leaves_the_request_waiting(cast: Cast, process: Process) -> None:
    made = accept(asked(process, cast.reader), by=cast.author, now=NOW, seen=0)
    lifecycle.discard_draft(Revision.objects.get(state="draft"), by=cast.author, now=NOW)
    assert (fresh(made).state, fresh(made).draft) == ("open", None)
    assert [item.closed_at is None for item in WorkItem.objects.order_by("pk")] == [False, True]
    assert told(cast.reader)[-1] == "PUR-001: your change request waits for an answer again"


def test_an_approval_that_is_taken_back_leaves_the_request_in_its_draft(cast: Cast, process: Process) -> None:
    made = accept(asked(process, cast.reader), by=cast.author, now=NOW, seen=0)
    draft = Revision.objects.get(state="draft")
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.manager, now=NOW, effective_on=make.day(9))
    lifecycle.cancel(draft, by=cast.manager, now=NOW, reason="Too early.")
    assert fresh(made).state == "accepted"
    assert told(cast.reader)[-1] == "PUR-001: the version with your change request is a draft again"


# --- declining, withdrawing


def test_declined_with_a_reason_that_the_asker_reads(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    with pytest.raises(Refused, match="Write the reason"):
        decline(made, by=cast.author, now=NOW, seen=0, reason=" \n")
    decline(made, by=cast.author, now=NOW, seen=0, reason="The limit is set by law.")
    notice = Notice.objects.get(person=cast.reader)
    assert (notice.subject, notice.body) == ("PUR-001: your change request is declined", "The limit is set by law.")
    assert notice.url == f"/processes/PUR-001/requests/{made.pk}/"
    assert WorkItem.objects.get().outcome == "done"


def test_what_was_accepted_may_still_be_declined(cast: Cast, process: Process) -> None:
    made = accept(asked(process, cast.reader), by=cast.author, now=NOW, seen=0)
    declined = decline(made, by=cast.author, now=NOW, seen=1, reason="It cannot be done.")
    assert (declined.state, declined.draft) == ("declined", None)


def test_who_may_no_longer_see_the_process_gets_no_text(cast: Cast, process: Process) -> None:
    made = asked(process, cast.stranger)
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    decline(made, by=cast.author, now=NOW, seen=0, reason="A secret.")
    notice = Notice.objects.get(person=cast.stranger)
    assert (notice.subject, notice.body, notice.url) == ("PUR-001: your change request was answered", "", "/requests/mine/")


def test_nobody_is_told_of_what_they_did_themselves(cast: Cast, process: Process) -> None:
    accept(asked(process, cast.author), by=cast.author, now=NOW, seen=0)
    assert told(cast.author) == []


def test_the_asker_withdraws_while_it_waits(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    with pytest.raises(Refused, match="Only whoever asked"):
        withdraw(made, by=cast.author, now=NOW)
    assert withdraw(made, by=cast.reader, now=NOW).state == "withdrawn"
    assert withdraw(made, by=cast.reader, now=LATER).state == "withdrawn"
    assert moves(made) == ["ask", "withdraw"]
    assert WorkItem.objects.get().outcome == "moot"
    taken = accept(asked(process, cast.reader), by=cast.author, now=NOW, seen=0)
    with pytest.raises(Stale, match="Accepted into a draft"):
        withdraw(taken, by=cast.reader, now=NOW)


# --- merging


def test_both_askers_are_told_of_the_outcome(cast: Cast, process: Process) -> None:
    first, second = asked(process, cast.reader), asked(process, cast.stranger)
    joined = merge(second, first, by=cast.author, now=NOW, seen=0)
    assert (joined.state, joined.joined, joined.leading) == ("merged", first, first)
    assert told(cast.stranger) == ["PUR-001: your change request is joined with another one"]
    assert told(cast.reader) == []
    assert WorkItem.objects.open().count() == 1
    decline(first, by=cast.author, now=NOW, seen=0, reason="No.")
    assert told(cast.reader)[-1] == told(cast.stranger)[-1] == "PUR-001: your change request is declined"
    url = Notice.objects.filter(person=cast.stranger).last().url  # type: ignore[union-attr]
    assert url == f"/processes/PUR-001/requests/{second.pk}/", "each is led to what he or she asked"


def test_what_was_joined_with_a_duplicate_goes_with_it(cast: Cast, process: Process) -> None:
    one, two, three = (asked(process, who) for who in (cast.reader, cast.stranger, cast.boss))
    merge(one, two, by=cast.author, now=NOW, seen=0)
    merge(two, three, by=cast.author, now=NOW, seen=0)
    assert {fresh(one).joined, fresh(two).joined} == {three}
    accept(three, by=cast.author, now=NOW, seen=0)
    assert told(cast.reader)[-1] == told(cast.stranger)[-1] == told(cast.boss)[-1] == "PUR-001: your change request is accepted"


def test_no_request_is_its_own_duplicate_or_that_of_another_process(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    with pytest.raises(Refused, match="not its own duplicate"):
        merge(made, made, by=cast.author, now=NOW, seen=0)
    elsewhere = make.process(cast.purchasing, number="PUR-903")
    other = ask(elsewhere, revision=make.effective(elsewhere), by=cast.reader, now=NOW, wrong="Wrong")
    with pytest.raises(Stale, match="closed meanwhile"):
        merge(made, other, by=cast.author, now=NOW, seen=0)


def test_what_is_closed_takes_no_duplicates(cast: Cast, process: Process) -> None:
    first, second = asked(process, cast.reader), asked(process, cast.stranger)
    decline(first, by=cast.author, now=NOW, seen=0, reason="No.")
    with pytest.raises(Stale, match="closed meanwhile"):
        merge(second, first, by=cast.author, now=NOW, seen=0)
    assert fresh(second).state == "open"


def test_when_the_first_asker_withdraws_the_others_wait_on(cast: Cast, process: Process) -> None:
    one, two, three = (asked(process, who) for who in (cast.reader, cast.stranger, cast.boss))
    merge(two, one, by=cast.author, now=NOW, seen=0)
    merge(three, one, by=cast.author, now=NOW, seen=0)
    withdraw(one, by=cast.reader, now=NOW)
    assert (fresh(two).state, fresh(two).joined) == ("open", None)
    assert (fresh(three).state, fresh(three).joined) == ("merged", two)
    assert WorkItem.objects.open().get().url_args == ["PUR-001", two.pk]
    assert told(cast.stranger)[-1] == "PUR-001: your change request waits for an answer again"
    assert told(cast.boss)[-1] == "PUR-001: your change request waits for an answer again"


# --- what stands for ever


def test_who_was_not_the_first_is_told_so(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    accept(made, by=cast.author, now=NOW, seen=0)
    with pytest.raises(Stale, match="this request is now “Accepted into a draft”"):
        decline(made, by=cast.approver, now=NOW, seen=0, reason="No.")
    with pytest.raises(Stale, match="cannot be done now"):
        accept(made, by=cast.author, now=NOW, seen=1)


def test_a_swap_that_loses_changes_nothing(cast: Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked(process, cast.reader)
    stale = fresh(made)
    ChangeRequest.objects.filter(pk=made.pk).update(version=5)
    monkeypatch.setattr(change_requests, "_locked", lambda _request: stale)
    with pytest.raises(Stale, match="Somebody was faster"):
        decline(made, by=cast.author, now=NOW, seen=0, reason="No.")
    assert (fresh(made).state, ChangeRequestMove.objects.count()) == ("open", 1)


def test_somebody_without_access_is_told_nothing(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    Appointment.objects.filter(person=cast.reader).delete()
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    decline(made, by=cast.author, now=NOW, seen=0, reason="No.")
    assert told(cast.reader) == []


# --- periodic review


def verdict(process: Process, answers: dict[int, Answered], by: Person) -> None:
    review.verdict(process, by=by, now=NOW, verdict="keep", reason="Still right.", next_on=make.day(300), answers=answers)


def test_a_review_says_of_each_request_what_becomes_of_it(cast: Cast, process: Process) -> None:
    waits, taken, no = (asked(process, cast.reader, f"Wrong {n}") for n in range(3))
    with pytest.raises(Refused, match="Say of each open change request"):
        verdict(process, {waits.pk: Answered("wait"), taken.pk: Answered("accept")}, cast.author)
    verdict(
        process, {waits.pk: Answered("wait", "Next year."), taken.pk: Answered("accept"), no.pk: Answered("decline", "Law.")}, cast.author
    )
    assert [fresh(one).state for one in (waits, taken, no)] == ["open", "accepted", "declined"]
    last = waits.moves.last()
    assert (last.name, last.reason, last.by) == ("wait", "Next year.", cast.author)
    assert Process.objects.get().next_review_on == make.day(300)


def test_a_review_whose_answer_is_refused_moves_no_date(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    with pytest.raises(Refused, match="Write the reason"):
        verdict(process, {made.pk: Answered("decline")}, cast.author)
    assert (Process.objects.get().next_review_on, fresh(made).version) == (None, 0)


# --- then and now


def test_the_step_then_and_what_has_changed_since(cast: Cast, process: Process) -> None:
    made, whole, kept = asked(process, cast.reader), asked(process, cast.reader, anchor=""), asked(process, cast.reader, anchor="s1")
    assert (place(made, NOW).now, place(made, NOW).then.step.name) == (None, "Sign order")  # type: ignore[union-attr]
    new = make.effective(process, make.definition("Check offer", "Sign order twice"), since=NOW)
    seen = place(made, NOW)
    assert (seen.now, seen.gone, [(change.field, change.old, change.new) for change in seen.changes]) == (
        new,
        False,
        [("name", "Sign order", "Sign order twice")],
    )
    assert place(kept, NOW).changes == ()
    about_all = place(whole, NOW)
    assert (about_all.then, about_all.gone, len(about_all.changes)) == (None, False, 1)


def test_a_step_that_is_gone(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    make.effective(process, make.definition("Check offer"), since=NOW)
    assert place(made, NOW).gone


def test_before_it_is_in_force_there_is_no_since(cast: Cast, process: Process) -> None:
    made = asked(process, cast.reader)
    assert place(made, NOW - dt.timedelta(days=400)).now is None


def test_how_many_wait_at_which_step(cast: Cast, process: Process) -> None:
    for anchor in ("", "s1", "s2"):
        asked(process, cast.reader, anchor=anchor)
    asked(process, cast.stranger)
    withdraw(ChangeRequest.objects.get(anchor="s1"), by=cast.reader, now=NOW)
    assert waiting_at(process) == {"": 1, "s2": 2}


def test_the_list_of_who_answers_is_the_twin_of_the_policy(cast: Cast, process: Process) -> None:
    hidden = make.process(cast.purchasing, number="PUR-666", owner=process.owner, confidentiality="positions", created_by=cast.author)
    Participation.objects.create(process=hidden, person=cast.boss, part="contributor")
    Participation.objects.create(process=process, person=cast.stranger, part="contributor", until=make.day(-1))
    requests = [asked(process, cast.author)]
    requests.append(ask(hidden, revision=make.effective(hidden), by=cast.author, now=NOW, wrong="Wrong"))
    for person in Person.objects.all():
        view = scope(person, make.TODAY)
        answers = {
            one
            for one in requests
            if may_see(one.process, view) and (policy.works_in(one.process, view) or policy.invited(one.process, view))
        }
        assert set(ChangeRequest.objects.to_answer(view)) == answers, person.login
    assert not ChangeRequest.objects.to_answer(scope(Person.objects.get(login="storekeeper"), make.TODAY))
