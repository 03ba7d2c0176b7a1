"""The title of a process reaches nobody through work who may not see the process: not by reminders, not by handovers."""

import datetime as dt

import pytest
from django.urls import reverse

from organization.models import Position
from organization.refusals import Refused
from processes.models import Process
from processportal import tasks
from processportal.continuity import handing_over
from processportal.work import about
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast, day
from worklist import items, reminders
from worklist.models import HandoverLine, Notice, WorkItem

pytestmark = pytest.mark.django_db
SECRET = "Dismissals of the year"


@pytest.fixture
def review(cast: Cast) -> WorkItem:
    """Owed by the buyer, for a process that is open to named positions alone."""
    owner = Position.objects.get(title="Buyer")
    process = make.process(cast.purchasing, number="PUR-001", title=SECRET, owner=owner, confidentiality="positions")
    return items.raise_item(
        kind="review", subject=f"{process.number} {process.title}", url_name="process", url_args=[process.number], position=owner,
        due_on=day(12), source_key=f"review:{process.pk}:x", now=NOW,
    )  # fmt: skip


def test_whoever_hears_that_it_is_late_reads_the_number_alone(cast: Cast, review: WorkItem) -> None:
    for date in range(5, 32):
        reminders.run(dt.datetime(2026, 3, date, 8, tzinfo=dt.UTC), hide=about.hidden_from)
    told = dict(Notice.objects.order_by("pk").values_list("person__login", "subject"))
    assert {"reader", "author", "manager"} <= told.keys()
    assert {login for login, subject in told.items() if SECRET in subject} == {"reader"}
    assert told["author"] == "Overdue in your area: PUR-001 (9 working days overdue)"


def test_the_task_hides(cast: Cast, review: WorkItem) -> None:
    WorkItem.objects.update(due_on=make.now().date() - dt.timedelta(days=60), next_reminder_at=make.now(), reminder_step=9)
    tasks.remind()
    assert not Notice.objects.filter(subject__contains=SECRET).exclude(person=cast.reader).exists()
    assert Notice.objects.filter(person=cast.author).exists()


def test_work_is_not_handed_over_to_who_may_not_see_what_it_is_about(client: SignedIn, cast: Cast, review: WorkItem) -> None:
    handover = handing_over.open_handover(cast.reader, by=cast.author, now=NOW, reason="Moves on.")
    lines = list(handover.lines.filter(kind=HandoverLine.Kind.ITEM))
    with pytest.raises(Refused, match="Stranger may not see what this is about"):
        handing_over.offer(lines, cast.stranger, by=cast.author, now=NOW, reason="Take it.")
    Process.objects.update(confidentiality="company")
    handing_over.offer(lines, cast.stranger, by=cast.author, now=NOW, reason="Take it.")
    Process.objects.update(confidentiality="positions")
    mine = list(HandoverLine.objects.filter(successor=cast.stranger))
    with pytest.raises(Refused, match="Stranger may not see what this is about"):
        handing_over.accept(mine, by=cast.stranger, now=NOW)
    assert SECRET not in client.as_(cast.stranger).get(reverse("worklist:mine")).content.decode()
    assert SECRET not in client.get(reverse("continuity:take_over", args=[handover.pk])).content.decode()
