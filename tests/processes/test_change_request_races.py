"""Change requests under many callers at one instant: exactly one answer, and nothing is joined with what is being closed."""

from collections.abc import Iterator

import pytest
from django.db import connection

from organization import triggers
from processes import change_requests
from processes.models import ChangeRequest, ChangeRequestMove, Process, Revision
from tests import make
from tests.processes.test_races import CALLERS, at_once
from worklist.models import Notice, WorkItem

NOW = make.NOW
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Iterator[make.Cast]:
    yield make.cast()
    triggers.drop(connection)  # the flush that follows may then empty append-only tables; it ends with post_migrate, which installs them


@pytest.fixture
def read(people: make.Cast) -> Revision:
    return make.effective(make.process(people.purchasing))


def asked(read: Revision, by: make.Person, wrong: str = "Wrong") -> ChangeRequest:
    return change_requests.ask(read.process, revision=read, by=by, now=NOW, wrong=wrong)


def test_one_answers(people: make.Cast, read: Revision) -> None:
    made = asked(read, people.reader)

    def answer(n: int) -> None:
        if n % 2:
            change_requests.accept(made, by=people.author, now=NOW, seen=0)
        else:
            change_requests.decline(made, by=people.approver, now=NOW, seen=0, reason="No.")

    assert at_once(answer) == {"ok": 1, "Stale": CALLERS - 1}
    assert (ChangeRequestMove.objects.count(), Notice.objects.count()) == (2, 1)
    assert Revision.objects.filter(state="draft").count() == (ChangeRequest.objects.get().state == "accepted")


def test_nothing_is_joined_with_what_is_being_closed(people: make.Cast, read: Revision) -> None:
    first, second = asked(read, people.reader), asked(read, people.stranger)

    def act(n: int) -> None:
        if n % 2:
            change_requests.merge(second, first, by=people.author, now=NOW, seen=0)
        else:
            change_requests.withdraw(first, by=people.reader, now=NOW)

    outcomes = at_once(act)
    assert set(outcomes) <= {"ok", "Stale"}
    second.refresh_from_db()
    assert (second.state, second.joined) == ("open", None), "joined before, it waits again; after, it was never joined"
    assert WorkItem.objects.open().filter(source_key__startswith=f"request:{read.process_id}:{second.pk}:").count() == 1


def test_each_joined_with_the_other_leaves_one(people: make.Cast, read: Revision) -> None:
    pair = asked(read, people.reader), asked(read, people.stranger)
    outcomes = at_once(lambda n: change_requests.merge(pair[n % 2], pair[1 - n % 2], by=people.author, now=NOW, seen=0))
    assert outcomes == {"ok": 1, "Stale": CALLERS - 1}
    assert sorted(ChangeRequest.objects.values_list("state", flat=True)) == ["merged", "open"]


def test_no_more_than_twenty_however_fast(people: make.Cast, read: Revision) -> None:
    for n in range(15):
        asked(read, people.reader, f"Before {n}")
    assert at_once(lambda n: asked(read, people.reader, f"Wrong {n}")) == {"ok": 5, "Refused": CALLERS - 5}


def test_a_double_click_asks_once(people: make.Cast, read: Revision) -> None:
    assert at_once(lambda _n: asked(read, people.reader)) == {"ok": CALLERS}
    assert (ChangeRequest.objects.count(), WorkItem.objects.count()) == (1, 1)
    assert Process.objects.count() == 1
