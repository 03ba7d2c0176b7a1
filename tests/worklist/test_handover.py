"""Handovers: opened when somebody leaves, offered, accepted or declined line by line, closed when nothing is left."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import translation

from organization import people
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist import continuity_policy as policy
from worklist import handover as stories
from worklist import handover_lines
from worklist.items import raise_item
from worklist.models import Handover, HandoverLine, Happening, Notice, OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def owe(
    key: str, *, position: str = "Head of Purchasing", kind: str = "act", person: Person | None = None, excluded: tuple[int, ...] = ()
) -> WorkItem:
    return raise_item(
        kind=kind, subject=key, url_name="home", url_args=[], due_on=make.day(3), source_key=key, now=NOW, excluded=excluded,
        position=None if person else office(position), person=person,
    )  # fmt: skip


def gone(cast: Cast, who: Person | None = None) -> Handover:
    """The head of purchasing (or somebody else) has just been deactivated."""
    who = who or cast.author
    people.deactivate(who, by=cast.admin, now=NOW)
    return Handover.objects.get(person=who, closed_at=None)


def lines(handover: Handover) -> dict[str, HandoverLine]:
    return {line.source_key: line for line in handover.lines.select_related("handover")}


def line(handover: Handover, item: WorkItem) -> HandoverLine:
    return lines(handover)[f"item:{item.pk}"]


def offered(handover: Handover, to: Person, *some: HandoverLine, by: Person, reason: str = "She knows it.") -> Handover:
    return stories.offer(list(some), to, by=by, now=NOW, reason=reason)


# Opening


def test_deactivation_opens_a_handover_in_the_same_transaction(cast: Cast) -> None:
    item = owe("Answer the audit")
    handover = gone(cast)
    assert (handover.reason, handover.opened_by, handover.opened_at) == ("The account was closed.", cast.author, NOW)
    head = office("Head of Purchasing")
    assert {(one.kind, one.source_key) for one in handover.lines.all()} == {
        ("item", f"item:{item.pk}"),
        ("position", f"position:{head.pk}"),
    }
    owed = handover.work_item
    assert (owed.kind, owed.subject, owed.position.title, owed.due_on) == ("hand_over", "Author", "General manager", make.day(7))
    assert owed.get_absolute_url() == f"/handovers/{handover.pk}/"
    assert OutboxEntry.objects.filter(task="processportal.tasks.reconcile_handovers", arguments=[handover.pk]).exists()
    assert OutboxEntry.objects.filter(task="processportal.tasks.reconcile_vacancies", arguments=[head.pk]).exists()


def test_a_refused_deactivation_opens_nothing(cast: Cast) -> None:
    with pytest.raises(Refused):
        people.deactivate(cast.manager, by=cast.admin, now=NOW)  # the only company process manager
    assert list(Handover.objects.all()) == []


def test_who_has_no_position_is_handed_over_by_the_process_office(cast: Cast) -> None:
    guest = make.person("guest")
    handover = gone(cast, guest)
    assert handover.work_item.position == office("Company process manager")
    assert OutboxEntry.objects.filter(task="processportal.tasks.reconcile_vacancies").count() == 0


def test_without_any_office_above_it_is_open_all_the_same() -> None:
    admin, leaver = make.person("admin", is_staff=True), make.person("leaver")
    people.deactivate(leaver, by=admin, now=NOW)
    assert Handover.objects.get().work_item is None


def test_the_superior_is_somebody_else_than_the_leaver(cast: Cast) -> None:
    """The head is also the department's process manager: not she herself but the one above hands over."""
    make.appoint(cast.author, office("Process manager, Purchasing"), since=make.day(-900), mode="acting")
    assert stories.superior_of(cast.author, TODAY) == office("General manager")
    assert stories.superior_of(cast.approver, TODAY) == office("Head of Purchasing")


def test_what_others_hold_too_is_not_in_the_leavers_hands(cast: Cast) -> None:
    owe("shared")
    make.appoint(cast.reader, office("Head of Purchasing"))
    own = owe("given", position="Head of Stores")
    WorkItem.objects.filter(pk=own.pk).update(assigned_to=cast.author)
    theirs = owe("with another", position="Process manager, Purchasing")
    WorkItem.objects.filter(pk=theirs.pk).update(assigned_to=cast.stranger)
    assert set(lines(gone(cast))) == {f"item:{own.pk}"}


def test_decisions_follow_their_route_and_what_is_owed_in_person_is_withdrawn(cast: Cast) -> None:
    owe("decide", kind="decide")
    owe("name", kind="name_approver")
    reading, assessment = owe("read", kind="read", person=cast.author), owe("assess", kind="assess", person=cast.author)
    other = owe("other", kind="assess", person=cast.reader)
    handover = gone(cast)
    assert [one.kind for one in handover.lines.all()] == ["position"]
    outcomes = dict(WorkItem.objects.filter(pk__in=[reading.pk, assessment.pk, other.pk]).values_list("pk", "outcome"))
    assert outcomes == {reading.pk: "", assessment.pk: "moot", other.pk: ""}  # readings end where they are handed out


def test_opened_beforehand_by_the_person_the_head_or_an_administrator(cast: Cast) -> None:
    for by in (cast.author, cast.boss, cast.admin):
        opened = stories.open_handover(cast.author, by=by, now=NOW, reason="She moves to Sales.", last_day=make.day(30))
        assert (opened.opened_by, opened.work_item.due_on) == (cast.author, make.day(30))
    assert Handover.objects.count() == 1
    for by in (cast.reader, cast.stranger, cast.approver):
        with pytest.raises(Refused, match="The person, their head or an administrator"):
            stories.open_handover(cast.author, by=by, now=NOW, reason="Curious.")
    with pytest.raises(Refused, match="past"):
        stories.open_handover(cast.author, by=cast.author, now=NOW, reason="x", last_day=make.day(-1))
    with pytest.raises(Refused, match="Say why"):
        stories.open_handover(cast.author, by=cast.author, now=NOW, reason=" ")
    handover = gone(cast)
    assert handover.reason == "She moves to Sales."
    with pytest.raises(Refused, match="has left already"):
        stories.open_handover(cast.author, by=cast.admin, now=NOW, reason="x")


# Lines appear and settle


def test_lines_that_appear_later_are_added_and_those_resolved_settle(cast: Cast) -> None:
    first = owe("first")
    handover = gone(cast)
    second = owe("second")
    WorkItem.objects.filter(pk=first.pk).update(closed_at=NOW, outcome="done")
    stories.reconcile(handover, LATER)
    assert line(handover, first).settled_at == LATER
    assert line(handover, second).settled_at is None
    make.appoint(cast.reader, office("Head of Purchasing"), since=TODAY)
    stories.reconcile(handover, LATER)
    assert [one.source_key for one in handover.lines.filter(settled_at=None)] == []


def test_a_coming_appointment_settles_the_position_but_not_its_work(cast: Cast) -> None:
    item = owe("work")
    handover = stories.open_handover(cast.author, by=cast.author, now=NOW, reason="Leaves.", last_day=make.day(30))
    make.appoint(cast.reader, office("Head of Purchasing"), since=make.day(31))
    stories.reconcile(handover, LATER)
    assert {key: one.settled_at for key, one in lines(handover).items()} == {
        f"item:{item.pk}": None, f"position:{office('Head of Purchasing').pk}": LATER
    }  # fmt: skip


def test_an_accepted_position_settles_when_somebody_is_appointed(cast: Cast) -> None:
    handover = gone(cast)
    (position,) = handover.lines.select_related("handover")
    offered(handover, cast.approver, position, by=cast.boss)
    stories.accept([position], by=cast.approver, now=NOW)
    assert not office("Head of Purchasing").appointments.filter(person=cast.approver).exists()
    make.appoint(cast.approver, office("Head of Purchasing"), since=TODAY)
    stories.reconcile(handover, LATER)
    position.refresh_from_db()
    assert (position.accepted_at, position.settled_at) == (NOW, LATER)


def test_nothing_in_hand_closes_by_itself_once_all_apps_were_asked(cast: Cast) -> None:
    handover = gone(cast, cast.reader)
    stories.reconcile(handover, NOW)
    assert Handover.objects.get(pk=handover.pk).closed_at is None
    stories.reconcile(handover, NOW, ([], ["process"]))
    handover.refresh_from_db()
    assert (handover.closed_at, handover.work_item.outcome) == (NOW, "moot")
    assert stories.reconcile(handover, LATER, ([], ["process"])).closed_at == NOW


def test_offers_to_a_successor_who_leaves_too_lapse(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    assert WorkItem.objects.open().filter(kind="take_over", person=cast.approver).count() == 1
    gone(cast, cast.approver)
    assert (line(handover, item).successor, line(handover, item).proposed_at) == (None, None)
    assert WorkItem.objects.open().filter(kind="take_over").count() == 0
    stories.reconcile(handover, LATER)


# Offering


def test_the_successor_has_one_item_that_counts_what_is_offered(cast: Cast) -> None:
    first, second = owe("first"), owe("second")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, first), by=cast.boss)
    offered(handover, cast.approver, line(handover, second), by=cast.boss, reason="And this.")
    (item,) = WorkItem.objects.open().filter(kind="take_over")
    assert (item.subject, item.person, item.due_on) == ("2 things from Author", cast.approver, make.day(7))
    assert item.get_absolute_url() == f"/handovers/{handover.pk}/take-over/"
    now = line(handover, second)
    assert (now.successor, now.proposed_by, now.proposed_at, now.note) == (cast.approver, cast.boss, NOW, "And this.")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("author", "is who leaves"),
        ("left", "has no access any more"),
        ("reader", "it is about what they wrote"),
        ("stranger", "needs Level 2"),
    ],
)
def test_whom_nobody_may_choose(cast: Cast, who: str, words: str) -> None:
    make.person("left", is_active=False)
    Position.objects.filter(title="Head of Purchasing").update(required_level=2)
    make.hold(cast.reader, 2)
    handover = stories.open_handover(cast.author, by=cast.author, now=NOW, reason="Leaves.")
    item = owe("work", excluded=(cast.reader.pk,))
    stories.reconcile(handover, NOW)
    with pytest.raises(Refused, match=words):
        offered(handover, Person.objects.get(login=who), line(handover, item), by=cast.boss)
    assert line(handover, item).successor is None


def test_a_reason_is_needed_and_kept_once(cast: Cast) -> None:
    handover = gone(cast)
    (position,) = handover.lines.select_related("handover")
    with pytest.raises(Refused, match="Say why this person"):
        offered(handover, cast.approver, position, by=cast.boss, reason="  ")
    offered(handover, cast.approver, position, by=cast.boss, reason="Knows it.")
    offered(handover, cast.reader, position, by=cast.boss, reason="Knows it.")
    position.refresh_from_db()
    assert (position.note, position.successor) == ("Knows it.", cast.reader)
    assert [i.person for i in WorkItem.objects.open().filter(kind="take_over")] == [cast.reader]


def test_only_those_above_the_person_and_the_office_hand_over(cast: Cast) -> None:
    handover = gone(cast)
    (position,) = handover.lines.select_related("handover")
    for by in (cast.reader, cast.stranger, cast.approver):
        with pytest.raises(Refused, match="The superior of Author"):
            offered(handover, cast.approver, position, by=by)
        assert seen_by(by) == []
    for by in (cast.boss, cast.manager, cast.admin):
        offered(handover, cast.approver, position, by=by)
        assert seen_by(by) == [handover]


def seen_by(person: Person) -> list[Handover]:
    theirs = scope(person, TODAY)
    return list(policy.handovers_within(policy.reach_of(person, theirs), person, theirs))


def test_a_head_sees_the_handovers_of_her_people_and_the_person_their_own(cast: Cast) -> None:
    handover = stories.open_handover(cast.approver, by=cast.approver, now=NOW, reason="Leaves.")
    assert handover.work_item.position == office("Head of Purchasing")
    storekeeper = Person.objects.get(login="storekeeper")
    assert {p.login: seen_by(p) for p in (cast.author, cast.approver, storekeeper, cast.reader)} == {
        "author": [handover], "approver": [handover], "storekeeper": [], "reader": []
    }  # fmt: skip
    theirs = scope(storekeeper, TODAY)
    assert not policy.may_hand_over(storekeeper, handover, policy.reach_of(storekeeper, theirs), theirs)


# Answering


def test_accepting_gives_the_item_and_keeps_its_place(cast: Cast) -> None:
    item = owe("Answer the audit")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    stories.accept([line(handover, item)], by=cast.approver, now=LATER, answer="Gladly.")
    item.refresh_from_db()
    assert (item.assigned_to, item.position, item.closed_at, item.due_on) == (
        cast.approver,
        office("Head of Purchasing"),
        None,
        make.day(3),
    )
    (happening,) = Happening.objects.all()
    assert (happening.what, happening.by, happening.person, happening.reason) == (
        "handed_over",
        cast.approver,
        cast.approver,
        "She knows it.",
    )
    done = line(handover, item)
    assert (done.accepted_at, done.answer) == (LATER, "Gladly.")
    assert WorkItem.objects.get(kind="take_over").outcome == "done"


def test_declining_needs_an_answer_and_tells_who_asked(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    with pytest.raises(Refused, match="why you decline"):
        stories.decline([line(handover, item)], by=cast.approver, now=LATER, answer="")
    stories.decline([line(handover, item)], by=cast.approver, now=LATER, answer="No time.")
    now = line(handover, item)
    assert (now.declined_at, now.answer, now.accepted_at) == (LATER, "No time.", None)
    notice = Notice.objects.get(person=cast.boss)
    assert (notice.subject, notice.body) == ("Approver declined 1 thing from Author", "No time.")
    offered(handover, cast.manager, now, by=cast.boss)
    now.refresh_from_db()
    assert (now.successor, now.declined_at, now.answer) == (cast.manager, None, "")


def test_item_by_item_some_accepted_some_not(cast: Cast) -> None:
    first, second = owe("first"), owe("second")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, first), line(handover, second), by=cast.boss)
    stories.accept([line(handover, first)], by=cast.approver, now=LATER)
    assert WorkItem.objects.open().filter(kind="take_over").count() == 1
    stories.decline([line(handover, second)], by=cast.approver, now=LATER, answer="No time.")
    assert WorkItem.objects.open().filter(kind="take_over").count() == 0


def test_what_was_done_meanwhile_is_settled_not_accepted(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    WorkItem.objects.filter(pk=item.pk).update(closed_at=NOW, outcome="done")
    stories.accept([line(handover, item)], by=cast.approver, now=LATER)
    assert (line(handover, item).accepted_at, line(handover, item).settled_at) == (None, LATER)


def test_who_wrote_it_meanwhile_may_not_accept_it(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    WorkItem.objects.filter(pk=item.pk).update(excluded=[cast.approver.pk])
    with pytest.raises(Refused, match="about what they wrote"):
        stories.accept([line(handover, item)], by=cast.approver, now=LATER)


def test_only_the_successor_answers_and_only_once(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    with pytest.raises(Refused, match="no longer offered to you"):
        stories.accept([line(handover, item)], by=cast.reader, now=LATER)
    stories.accept([line(handover, item)], by=cast.approver, now=LATER)
    with pytest.raises(Stale, match="answered or settled already"):
        stories.decline([line(handover, item)], by=cast.approver, now=LATER, answer="Too late.")
    with pytest.raises(Stale, match="Approver has accepted “work” meanwhile"):
        offered(handover, cast.manager, line(handover, item), by=cast.boss)


# Notes, not needed, closing


def test_a_note_is_written_until_it_is_accepted(cast: Cast) -> None:
    handover = gone(cast)
    (position,) = handover.lines.select_related("handover")
    assert stories.write_note(position, " Ask Li first. ", by=cast.boss, now=NOW).note == "Ask Li first."
    with pytest.raises(Refused):
        stories.write_note(position, "Mine.", by=cast.stranger, now=NOW)
    offered(handover, cast.approver, position, by=cast.boss)
    position.refresh_from_db()
    assert position.note == "Ask Li first.\nShe knows it."


def test_not_needed_takes_it_from_whom_it_was_offered_to(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    with pytest.raises(Refused, match="why nobody"):
        stories.not_needed([line(handover, item)], by=cast.boss, now=LATER, reason="")
    stories.not_needed([line(handover, item)], by=cast.boss, now=LATER, reason="The audit was called off.")
    now = line(handover, item)
    assert (now.successor, now.settled_at, now.answer, now.proposed_by) == (None, LATER, "The audit was called off.", cast.boss)
    assert WorkItem.objects.open().filter(kind="take_over").count() == 0
    with pytest.raises(Stale, match="settled already"):
        stories.not_needed([now], by=cast.boss, now=LATER, reason="Again.")


def test_it_closes_only_when_nothing_is_left(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    with pytest.raises(Refused, match="2 lines are left"):
        stories.close(handover, by=cast.boss, now=LATER)
    everything = list(lines(handover).values())
    stories.not_needed([line(handover, item)], by=cast.boss, now=LATER, reason="Done with.")
    position = next(one for one in everything if one.kind == "position")
    offered(handover, cast.approver, position, by=cast.boss)
    stories.accept([position], by=cast.approver, now=LATER)
    with pytest.raises(Refused, match="The superior of Author"):
        stories.close(handover, by=cast.stranger, now=LATER)
    closed = stories.close(handover, by=cast.boss, now=LATER)
    assert (closed.closed_at, closed.work_item.outcome) == (LATER, "done")
    assert stories.close(handover, by=cast.boss, now=NOW).closed_at == LATER
    with pytest.raises(Stale, match="closed"):
        stories.not_needed(everything, by=cast.boss, now=LATER, reason="x")


def test_a_handover_without_an_item_closes_too(cast: Cast) -> None:
    handover = Handover.objects.create(person=cast.reader, reason="x", opened_at=NOW, opened_by=cast.admin)
    assert stories.close(handover, by=cast.admin, now=LATER).closed_at == LATER


# Side by side


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Each in its own thread and connection; gives what each was told, "" where it went well."""

    def told(call: Callable[[], object]) -> str:
        try:
            call()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(told, calls))


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_one_wins(transactional_db: None) -> None:
    cast = make.cast()
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    mine = line(handover, item)
    told = at_once(
        lambda: stories.accept([mine], by=cast.approver, now=LATER),
        lambda: stories.decline([mine], by=cast.approver, now=LATER, answer="No."),
    )
    assert told == ["", "“work” was answered or settled already."]


@pytest.mark.django_db(transaction=True)
def test_accepted_while_somebody_offers_it_to_another(transactional_db: None) -> None:
    cast = make.cast()
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    mine = line(handover, item)
    told = at_once(
        lambda: stories.accept([mine], by=cast.approver, now=LATER),
        lambda: stories.offer([mine], cast.manager, by=cast.boss, now=LATER, reason="Better."),
    )
    assert told[0] == ""
    assert told[1] in {"Approver has accepted “work” meanwhile.", "“work” is no longer offered to you."}


@pytest.mark.django_db(transaction=True)
def test_twenty_open_the_same_handover_once(transactional_db: None) -> None:
    cast = make.cast()
    calls = [lambda: stories.open_handover(cast.author, by=cast.boss, now=NOW, reason="Leaves.") for _n in range(20)]
    assert at_once(*calls) == [""] * 20
    assert Handover.objects.count() == WorkItem.objects.filter(kind="hand_over").count() == 1


def test_waiting_lines_are_those_not_answered(cast: Cast) -> None:
    handover = gone(cast)
    assert list(handover_lines.waiting_for(handover, cast.approver)) == []


def test_what_settles_itself_no_longer_waits_for_the_successor(cast: Cast) -> None:
    item = owe("work")
    handover = gone(cast)
    offered(handover, cast.approver, line(handover, item), by=cast.boss)
    WorkItem.objects.filter(pk=item.pk).update(closed_at=NOW, outcome="done")
    stories.reconcile(handover, LATER)
    assert line(handover, item).settled_at == LATER
    assert WorkItem.objects.get(kind="take_over").outcome == "done"


def test_the_reason_that_nobody_typed_is_read_in_ones_language(cast: Cast) -> None:
    with translation.override("zh-hans"):
        handover = gone(cast)
        assert (handover.reason, handover.why) == ("The account was closed.", "账号已关闭。")
    handover.reason = "Moves to Sales."
    assert handover.why == "Moves to Sales."
