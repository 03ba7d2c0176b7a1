"""Who may put what on paper, what is kept of it, how posted copies are called back, and what becomes of them."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from organization.models import EvidenceEntry, Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import events
from processes.models import Participation, Process, Revision
from processportal.copies import making, policy, recalling, tasks
from processportal.copies.models import Copy
from processportal.work import about
from tests import make
from tests.make import Cast
from worklist.models import OutboxEntry, WorkItem

pytestmark = pytest.mark.usefixtures("quick")
DAY = dt.timedelta(days=1)
NOW = make.NOW
UNTIL = make.day(200)


def post(
    revision: Revision, by: Person, *, place: str = "Gate 3", position: str = "Buyer", until: dt.date = UNTIL, now: dt.datetime = NOW
) -> Copy:
    return making.issue(revision, by=by, now=now, valid_until=until, place=place, position=Position.objects.get(title=position))[0]


def owed() -> list[WorkItem]:
    return list(WorkItem.objects.open().filter(kind="exchange").order_by("pk"))


# --- who may


def test_a_reader_prints_a_stranger_to_a_secret_does_not_and_whoever_answers_for_it_gives_out_copies(cast: Cast) -> None:
    head = Position.objects.get(title="Head of Purchasing")
    secret = make.effective(make.process(cast.purchasing, number="PUR-009", confidentiality="departments", owner=head))
    draft = make.draft(secret.process, by=cast.author)
    prints = {
        who.login: bool(policy.may_print(secret, scope(who, NOW.date()))) for who in (cast.reader, cast.author, cast.stranger, cast.admin)
    }
    assert prints == {"reader": True, "author": True, "stranger": False, "admin": False}
    assert not policy.may_print(draft, scope(cast.stranger, NOW.date()))
    gives = {
        who.login: bool(policy.may_issue(who, secret.process, scope(who, NOW.date())))
        for who in (cast.reader, cast.author, cast.approver, cast.manager, cast.stranger, cast.admin)
    }
    assert gives == {"reader": False, "author": True, "approver": True, "manager": True, "stranger": False, "admin": False}
    with pytest.raises(Refused, match="may not see"):
        making.print_(secret, by=cast.stranger, now=NOW)
    with pytest.raises(Refused, match="Only the owner, the head of Purchasing"):
        post(secret, cast.reader)
    assert not Copy.objects.exists()


def test_who_settles_a_copy(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    settles = {
        who.login: bool(policy.may_settle(who, copy, scope(who, NOW.date())))
        for who in (cast.reader, cast.author, cast.manager, cast.stranger, cast.admin)
    }
    assert settles == {"reader": True, "author": True, "manager": True, "stranger": False, "admin": False}
    assert policy.may_see_copy(cast.boss, copy, scope(cast.boss, NOW.date())) == scope(cast.boss, NOW.date()).office
    with pytest.raises(Refused, match="Only the responsible position"):
        recalling.destroy(copy, by=cast.stranger, now=NOW)
    make.effective(copy.process, make.definition("New"), since=NOW)
    recalling.recall(NOW)
    WorkItem.objects.filter(kind="exchange").update(assigned_to=cast.stranger)
    assert policy.may_settle(cast.stranger, copy, scope(cast.stranger, NOW.date()))


# --- making


def test_a_print_is_written_down_with_everything_on_it(cast: Cast, revision: Revision) -> None:
    copy, _pdf = making.print_(revision, by=cast.reader, now=NOW)
    assert (copy.kind, copy.version, copy.printed_by, copy.printed_at, copy.valid_until) == (
        "uncontrolled",
        "1.0",
        cast.reader,
        NOW,
        NOW.date(),
    )
    assert ["Version", "1.0"] in copy.facts["head"]
    assert len({Copy(process=revision.process).token for _n in range(200)}) == 200
    kept = EvidenceEntry.objects.filter(table="copies_copy").order_by("pk").last()
    assert kept is not None
    assert copy.token not in str(kept.after)


def test_what_is_no_controlled_copy(cast: Cast, process: Process, revision: Revision) -> None:
    draft = make.draft(process, by=cast.author)
    with pytest.raises(Refused, match="Print it uncontrolled"):
        post(draft, cast.author)
    newer = make.effective(process, make.definition("New"), since=NOW - DAY)
    revision.refresh_from_db()
    with pytest.raises(Refused, match="Print it uncontrolled"):
        post(revision, cast.author)
    with pytest.raises(Refused, match="where the copy hangs"):
        post(newer, cast.author, place="  ")
    for day in (make.day(-1), make.day(4 * 366)):
        with pytest.raises(Refused, match="valid until today at least"):
            post(newer, cast.author, until=day)
    assert post(newer, cast.author, until=NOW.date()).kind == "posted"
    handed_over = making.issue(newer, by=cast.author, now=NOW, valid_until=UNTIL, place="Auditor")[0]
    assert (handed_over.kind, handed_over.position) == ("controlled", None)


def test_the_database_holds_what_a_copy_must_have(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    for change in ({"place": ""}, {"position": None}, {"version": ""}, {"outcome": "destroyed"}, {"recalled_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Copy.objects.filter(pk=copy.pk).update(**change)


def test_what_changes_while_it_is_set_is_not_kept(cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    set_, newer = making.typeset, []

    def slow(document: dict[str, object], files: dict[str, bytes]) -> object:
        newer.append(make.effective(revision.process, make.definition("New"), since=NOW))
        return set_(document, files)

    monkeypatch.setattr(making, "typeset", slow)
    with pytest.raises(Stale, match="changed while it was being printed"):
        post(revision, cast.author)
    assert newer
    assert not Copy.objects.exists()


def test_whoever_exchanges_a_restricted_one_may_see_it(cast: Cast) -> None:
    secret = make.effective(make.process(cast.purchasing, number="PUR-009", confidentiality="departments"))
    post(secret, cast.author, position="Storeman")
    assert Process.objects.visible_to(scope(cast.stranger, NOW.date())).filter(number="PUR-009").exists()
    open_ = make.effective(make.process(cast.purchasing, number="PUR-010"))
    post(open_, cast.author, position="Storeman")
    assert Participation.objects.filter(process__number="PUR-010").count() == 0


def test_the_same_paper_again_only_while_it_holds(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    assert making.again(copy, NOW).startswith(b"%PDF")
    with pytest.raises(Refused, match="Exchange it for a new one"):
        making.again(copy, NOW + 300 * DAY)
    make.effective(copy.process, make.definition("New"), since=NOW)
    copy.revision.refresh_from_db()
    with pytest.raises(Refused, match="Exchange it for a new one"):
        making.again(copy, NOW)
    recalling.destroy(copy, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="out of use"):
        making.again(copy, NOW)


def test_a_copy_of_what_comes_into_force_later_is_called_back_by_nothing_before(cast: Cast, process: Process) -> None:
    coming = make.effective(process, since=NOW + 10 * DAY)
    copy = post(coming, cast.author)
    assert copy.facts["state"] == "coming"
    assert recalling.recall(NOW) == 0
    assert recalling.recall(NOW + 20 * DAY) == 0
    with pytest.raises(Refused, match="Exchange it"):
        making.again(copy, NOW + 11 * DAY)


# --- calling back


def test_a_new_revision_calls_each_posted_copy_back_once(cast: Cast, revision: Revision) -> None:
    gate, hall = post(revision, cast.author), post(revision, cast.author, place="Hall 2", position="Storeman")
    making.issue(revision, by=cast.author, now=NOW, valid_until=UNTIL, place="Auditor")
    making.print_(revision, by=cast.author, now=NOW)
    assert recalling.recall(NOW) == 0
    make.effective(revision.process, make.definition("New"), since=NOW)
    assert [recalling.recall(NOW), recalling.recall(NOW), tasks.recall()] == [2, 0, 0]
    items = owed()
    assert [(item.subject, item.position.title if item.position else "", item.source_key) for item in items] == [
        ("PUR-001 Purchase to pay · Gate 3", "Buyer", f"copy:{gate.pk}:recall"),
        ("PUR-001 Purchase to pay · Hall 2", "Storeman", f"copy:{hall.pk}:recall"),
    ]
    assert items[0].get_absolute_url() == f"/processes/PUR-001/copies/{gate.pk}/"
    assert items[0].due_on == dt.date(2026, 3, 11)
    assert about.numbers(items) == {item.pk: "PUR-001" for item in items}
    gate.refresh_from_db()
    assert (gate.recall, gate.recalled_at) == (items[0], NOW)


@pytest.mark.parametrize("why", ["withdrawn", "cancelled", "expired"])
def test_other_reasons_to_take_a_paper_down(cast: Cast, revision: Revision, why: str) -> None:
    copy = post(revision, cast.author, until=make.day(1) if why == "expired" else UNTIL)
    if why == "withdrawn":
        Process.objects.filter(pk=revision.process_id).update(state="withdrawn")
    if why == "cancelled":
        Revision.objects.filter(pk=revision.pk).update(state="draft", effective_from=None)
    assert recalling.recall(NOW + DAY) == (why != "expired")
    assert recalling.recall(NOW + 2 * DAY) == (why == "expired")
    assert [item.source_key for item in owed()] == [f"copy:{copy.pk}:recall"]


def test_many_copies_are_called_back_in_batches(cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "BATCH", 2)
    for n in range(5):
        post(revision, cast.author, place=f"Gate {n}")
    make.effective(revision.process, make.definition("New"), since=NOW)
    assert recalling.recall(NOW) == 5
    assert len(owed()) == 5


@pytest.mark.parametrize("signal", [events.in_force_changed, events.withdrawn])
def test_coming_into_force_and_withdrawal_wake_it(revision: Revision, signal: object) -> None:
    signal.send(sender=Revision, revision=revision, process=revision.process)  # type: ignore[attr-defined]
    assert OutboxEntry.objects.filter(task="processportal.copies.tasks.recall").count() == 1


# --- what became of it


def test_exchanged_makes_the_new_copy_for_the_same_place_and_settles_the_item(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    newer = make.effective(revision.process, make.definition("New"), since=NOW)
    recalling.recall(NOW)
    made, pdf = recalling.exchange(copy, by=cast.reader, now=NOW + DAY, valid_until=UNTIL)
    assert pdf.startswith(b"%PDF")
    assert (made.revision, made.version, made.place, made.position, made.kind, made.replaces) == (
        newer, "2.0", "Gate 3", copy.position, "posted", copy,
    )  # fmt: skip
    assert made.token != copy.token
    copy.refresh_from_db()
    assert (copy.outcome, copy.closed_by, copy.closed_at) == ("exchanged", cast.reader, NOW + DAY)
    assert owed() == []
    assert WorkItem.objects.get(source_key=f"copy:{copy.pk}:recall").outcome == "done"
    with pytest.raises(Stale, match="already said"):
        recalling.exchange(copy, by=cast.reader, now=NOW + DAY, valid_until=UNTIL)
    assert Copy.objects.count() == 2


def test_destroyed_settles_it_without_a_new_one(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    Process.objects.filter(pk=revision.process_id).update(state="withdrawn")
    recalling.recall(NOW)
    with pytest.raises(Refused, match="destroy it"):
        recalling.exchange(copy, by=cast.reader, now=NOW, valid_until=UNTIL)
    recalling.destroy(copy, by=cast.reader, now=NOW)
    assert owed() == []
    with pytest.raises(Stale):
        recalling.destroy(copy, by=cast.reader, now=NOW)
    assert Copy.objects.get().outcome == "destroyed"


def test_a_torn_paper_is_exchanged_without_being_called_back(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    assert recalling.exchange(copy, by=cast.reader, now=NOW, valid_until=UNTIL)[0].replaces == copy
    loose = making.print_(revision, by=cast.author, now=NOW)[0]
    with pytest.raises(Refused, match="Nobody answers"):
        recalling.destroy(loose, by=cast.author, now=NOW)


def test_what_cannot_be_set_leaves_the_old_paper_in_use(cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = post(revision, cast.author)

    def broken(*_given: object) -> object:
        raise making.NotTypeset("refused")

    monkeypatch.setattr(making, "typeset", broken)
    with pytest.raises(Refused, match="could not be set"):
        recalling.exchange(copy, by=cast.reader, now=NOW, valid_until=UNTIL)
    with pytest.raises(Refused, match="could not be set"):
        making.again(copy, NOW)
    copy.refresh_from_db()
    assert copy.closed_at is None


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_exchange_it_at_once_one_does(cast: Cast, revision: Revision) -> None:
    copy = post(revision, cast.author)
    answers: list[str] = []

    def act() -> None:
        try:
            mine = Copy.objects.select_related("process", "revision", "position").get(pk=copy.pk)
            recalling.exchange(mine, by=cast.author, now=NOW, valid_until=UNTIL)
            answers.append("made")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    callers = [threading.Thread(target=act) for _n in range(20)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    assert sorted(answers) == ["made"] + ["refused"] * 19
    assert Copy.objects.filter(replaces=copy).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reconcilers_side_by_side_call_back_once(cast: Cast, revision: Revision) -> None:
    for n in range(4):
        post(revision, cast.author, place=f"Gate {n}")
    make.effective(revision.process, make.definition("New"), since=NOW)

    def act() -> None:
        recalling.recall(NOW)
        connections.close_all()

    callers = [threading.Thread(target=act) for _n in range(6)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    assert len(owed()) == 4
    assert Copy.objects.filter(recall__isnull=False).count() == 4
