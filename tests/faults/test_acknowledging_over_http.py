"""F11: many acknowledgements at the same instant through a real web server: one row for each person, every one counted.

With 20 callers in the suite, with 200 in `make faults`, on whichever database is configured.
"""

import datetime as dt
from collections import Counter
from functools import partial

import pytest
from django.db import connections
from django.urls import reverse

from organization.models import Person
from processes.models import Revision
from tests import make
from tests.faults.serving import CALLERS, Answer, Server, Start, at_once, caller
from training import assignments, coverage, opened
from training.models import Acknowledgement, Reading
from worklist.models import WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("web")]


@pytest.fixture
def readers(cast: make.Cast) -> list[Person]:
    return [make.staff(cast.purchasing, f"reader{n}") for n in range(CALLERS)]


@pytest.fixture
def revision(cast: make.Cast, readers: list[Person]) -> Revision:
    """In force in purchasing, and handed out to everybody there."""
    now = make.now()
    made = make.effective(make.process(cast.purchasing), since=now)
    assignments.hand_out(made, now)
    return made


def confirming(server: Server, revision: Revision, *people: Person) -> list[Answer]:
    """Each has opened the page, and presses at the same instant."""
    address = reverse("training:acknowledge", args=[revision.process.number, revision.ordinal])
    now = make.now()
    opening = [opened.token(one, revision, "whole", now - dt.timedelta(seconds=n)) for n, one in enumerate(people)]
    sessions = {one.pk: caller(server, one) for one in people}
    return at_once([partial(sessions[one.pk].post, address, {"opened": token}) for one, token in zip(people, opening, strict=True)])


def logged(server: Server) -> str:
    return server.log.read_text()


def test_one_person_from_many_tabs_has_read_once(revision: Revision, readers: list[Person], start: Start) -> None:
    server, one = start(), readers[0]
    answers = confirming(server, revision, *[one] * CALLERS)
    assert Counter(answer.status for answer in answers) == {302: CALLERS}
    said = Acknowledgement.objects.get()
    assert (said.person, said.content) == (one, revision.frozen)
    assert Reading.objects.get(person=one).acknowledged_at == said.acknowledged_at
    assert WorkItem.objects.get(person=one, kind="read").outcome == "done"
    assert "locked" not in logged(server)


def test_many_people_have_each_read_once_and_all_are_counted(revision: Revision, readers: list[Person], start: Start) -> None:
    server = start()
    answers = confirming(server, revision, *readers)
    assert Counter(answer.status for answer in answers) == {302: CALLERS}
    assert sorted(Acknowledgement.objects.values_list("person", flat=True)) == sorted(one.pk for one in readers)
    found = coverage.of_revision(revision, make.now())
    assert (found.read, found.owed) == (CALLERS, CALLERS + 3)
    assert WorkItem.objects.filter(kind="read", outcome="done").count() == CALLERS
    assert "locked" not in logged(server)


def test_while_the_readings_are_handed_out_nobody_owes_what_he_confirmed(
    cast: make.Cast, revision: Revision, readers: list[Person], start: Start
) -> None:
    """The hand-out on the one side and its readers on the other: whoever came first, nothing is owed by whoever has read it."""
    Reading.objects.all().delete()
    WorkItem.objects.all().delete()
    server = start()

    def handing_out() -> Answer:
        try:
            assignments.hand_out(revision, make.now())
        finally:
            connections.close_all()
        return Answer(302, "")

    address = reverse("training:acknowledge", args=[revision.process.number, revision.ordinal])
    now = make.now()
    calls = [partial(caller(server, one).post, address, {"opened": opened.token(one, revision, "whole", now)}) for one in readers]
    answers = at_once([*calls[: CALLERS // 2], handing_out, *calls[CALLERS // 2 :]])
    assert Counter(answer.status for answer in answers) == {302: CALLERS + 1}
    assert Acknowledgement.objects.count() == CALLERS
    owing = set(Reading.objects.owed().values_list("person", flat=True))
    assert owing == {cast.author.pk, cast.approver.pk, cast.reader.pk}
