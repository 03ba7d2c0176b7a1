"""Twenty callers at the same instant, each with its own connection: exactly one wins, the others are told so."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from organization import triggers
from organization.models import Position
from organization.refusals import Stale
from processes import catalogue, derived, drafting, lifecycle, shared, sharing
from processes.models import DraftEdit, FrozenContent, Move, NumberSeries, Process, Revision, SharedChange
from tests import make
from worklist.models import WorkItem

NOW = make.NOW
CALLERS = 20
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Iterator[make.Cast]:
    yield make.cast()
    triggers.drop(connection)  # the flush that follows may then empty append-only tables; it ends with post_migrate, which installs them


def at_once(act: Callable[[int], object]) -> Counter[str]:
    """Runs `act(n)` for n callers that start together; counts what they got: "ok" or the name of the refusal."""
    start, outcomes = threading.Barrier(CALLERS), Counter[str]()

    def caller(n: int) -> None:
        try:
            start.wait()
            act(n)
            outcomes["ok"] += 1
        except Exception as refusal:  # noqa: BLE001 – every outcome is counted; an unexpected one fails the test
            outcomes[type(refusal).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=caller, args=(n,)) for n in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def seen_by_each(revision: Revision) -> list[Revision]:
    return [Revision.objects.get(pk=revision.pk) for _ in range(CALLERS)]


def test_one_submits(people: make.Cast) -> None:
    seen = seen_by_each(make.draft(make.process(people.purchasing)))
    assert at_once(lambda n: lifecycle.submit(seen[n], by=people.author, now=NOW)) == {"ok": 1, "Stale": CALLERS - 1}
    assert (Move.objects.count(), FrozenContent.objects.count()) == (1, 1)


def test_one_approves(people: make.Cast) -> None:
    revision = make.draft(make.process(people.purchasing))
    lifecycle.submit(revision, by=people.author, now=NOW)
    seen = seen_by_each(revision)
    assert at_once(lambda n: lifecycle.approve(seen[n], by=people.manager, now=NOW)) == {"ok": 1, "Stale": CALLERS - 1}
    assert list(Move.objects.values_list("name", flat=True)) == ["submit", "approve"]


def test_either_approved_or_returned_but_never_both(people: make.Cast) -> None:
    revision = make.draft(make.process(people.purchasing))
    lifecycle.submit(revision, by=people.author, now=NOW)
    seen = seen_by_each(revision)

    def decide(n: int) -> None:
        if n % 2:
            lifecycle.approve(seen[n], by=people.manager, now=NOW)
        else:
            lifecycle.return_to_draft(seen[n], by=people.manager, now=NOW, name="reject", reason="so")

    assert at_once(decide) == {"ok": 1, "Stale": CALLERS - 1}
    assert Move.objects.exclude(name="submit").count() == 1


def test_control_without_lock_and_swap_several_would_win(people: make.Cast) -> None:
    """Shows that the race is real: reading, then writing what was read, lets more than one through."""
    revision = make.draft(make.process(people.purchasing))
    together = threading.Barrier(CALLERS)

    def naive(_n: int) -> None:
        mine = Revision.objects.get(pk=revision.pk)
        together.wait()
        if mine.state != "draft":
            raise Stale
        mine.planned_on = make.TODAY
        mine.save(update_fields=["planned_on"])

    assert at_once(naive)["ok"] > 1


def test_every_caller_draws_another_number(people: make.Cast) -> None:
    owner = Position.objects.get(department=people.purchasing, kind="head")

    def create(n: int) -> None:
        catalogue.create_process(
            title=f"Process {n}", document_type="sop", level="department", department=people.purchasing, owner=owner,
            by=people.author, now=NOW,
        )  # fmt: skip

    assert at_once(create) == {"ok": CALLERS}
    assert sorted(Process.objects.values_list("number", flat=True)) == [f"PUR-SOP-{n:03d}" for n in range(1, CALLERS + 1)]
    assert NumberSeries.objects.get().last == CALLERS


def test_edits_of_twenty_fields_are_all_kept(people: make.Cast) -> None:
    names = [f"Step {n}" for n in range(CALLERS)]
    draft = make.draft(make.process(people.purchasing), make.definition(*names))

    def write(n: int) -> None:
        operation = {"id": f"c{n}", "op": "set", "target": f"steps/s{n + 1}/description", "value": f"Text {n}"}
        drafting.edit(draft, [operation], by=people.author, now=NOW, seen=1)

    assert at_once(write) == {"ok": CALLERS}
    draft.refresh_from_db()
    assert [step["description"] for step in draft.content["steps"][1:-1]] == [f"Text {n}" for n in range(CALLERS)]
    assert list(DraftEdit.objects.values_list("version", flat=True)) == list(range(1, CALLERS + 2))


def test_one_draft_is_begun(people: make.Cast) -> None:
    process = make.process(people.purchasing)
    assert at_once(lambda _n: drafting.start_draft(process, by=people.author, now=NOW)) == {"ok": CALLERS}
    assert Revision.objects.count() == 1


def changed_source(people: make.Cast) -> Process:
    """A process whose main process has a newer version than the one it shares steps with."""
    owner = Position.objects.get(department=people.purchasing, kind="head")
    main, local = (make.process(people.purchasing, number=f"PUR-90{n}", owner=owner) for n in range(2))
    content = sharing.variant(make.definition("Check"), sharing.Source(sharing.PROCESS, main.number), 1)
    make.effective(main, make.definition("Check"))
    derived.rewrite(make.effective(local, content), content)
    make.effective(main, make.definition("Check twice"), since=NOW)
    return local


def test_all_reconcile_and_one_item_is_owed(people: make.Cast) -> None:
    local = changed_source(people)
    assert at_once(lambda _n: shared.reconcile(NOW)) == {"ok": CALLERS}
    assert [change.answer for change in SharedChange.objects.all()] == [""]
    assert WorkItem.objects.filter(source_key__startswith=f"shared:{local.pk}:").count() == 1


def test_one_answers_what_becomes_of_a_shared_step(people: make.Cast) -> None:
    changed_source(people)
    shared.reconcile(NOW)
    change = SharedChange.objects.get()

    def answer(n: int) -> None:
        if n % 2:
            shared.keep(change, "", by=people.author, now=NOW)
        else:
            shared.unlink(change, "Our own way", by=people.author, now=NOW)

    assert at_once(answer) == {"ok": 1, "Stale": CALLERS - 1}
    assert not WorkItem.objects.open().exists()
