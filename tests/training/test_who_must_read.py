"""`who_must_read`: who owes it, by which rule, since when, until when; today and at the end of past days."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Level, Person, Position
from organization.signing import sign
from processes.models import Process, Revision
from tests import make
from tests.make import NOW, day
from training import acknowledgements, assignments, opened, owing
from training.models import AudienceRule, Reading
from training.owing import owed_on, owed_today

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def process(cast: make.Cast) -> Process:
    made = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))
    AudienceRule.objects.create(process=made, department=cast.purchasing, starts_on=day(-50))
    return made


def read(revision: Revision, who: Person, now: dt.datetime) -> None:
    acknowledgements.acknowledge(revision, by=who, now=now, token=opened.token(who, revision, "whole", now))


def today(process: Process, now: dt.datetime = NOW) -> dict[str, tuple[str, str | None]]:
    found = owed_today(process, now.date(), now)
    return {one.person.login: (one.state.value, one.due.isoformat() if one.due else None) for one in found}


def past(process: Process, offset: int) -> dict[str, str]:
    return {one.person.login: one.state.value for one in owed_on(process, day(offset))}


def command(*args: str) -> str:
    out = StringIO()
    call_command("who_must_read", *args, stdout=out)
    return out.getvalue()


def test_how_it_stands_with_each_of_todays_audience(cast: make.Cast, process: Process) -> None:
    assert today(process) == dict.fromkeys(("approver", "author", "reader"), ("waiting", None)), "nothing is approved"
    revision = make.effective(process)
    assignments.hand_out(revision, NOW - dt.timedelta(days=30))
    assert {state for state, _due in today(process).values()} == {"overdue"}
    read(revision, cast.author, NOW)
    AudienceRule.objects.create(process=process, department=cast.stores, starts_on=day(-1))
    sign(cast.stranger, meaning="reviewed", subject="PUR", content_sha256=revision.frozen.sha256, now=NOW)
    assert today(process) == {
        "approver": ("overdue", "2026-02-16"), "author": ("read", "2026-02-16"), "reader": ("overdue", "2026-02-16"),
        "storekeeper": ("waiting", None), "stranger": ("signed", None),
    }  # fmt: skip
    assignments.hand_out(revision, NOW)
    make.away(Person.objects.get(login="storekeeper"))
    assert today(process)["storekeeper"] == ("paused", "2026-03-18")
    Position.objects.get(title="Buyer").appointments.update(ends_before=day(-1))
    assert "reader" not in today(process), "who left the audience does not owe it, whatever the reconciler did until now"
    assignments.hand_out(revision, NOW)
    make.appoint(cast.reader, Position.objects.get(title="Buyer"), since=NOW.date())
    assert today(process)["reader"] == ("waiting", None), "ended and not taken up again yet"


def test_who_read_the_same_in_an_emergency_has_read_it(cast: make.Cast, process: Process) -> None:
    make.effective(process)
    content = make.definition("Shut the gate")
    urgent = make.effective(process, content, since=NOW - HOUR)
    Revision.objects.filter(pk=urgent.pk).update(emergency=True, effective_until=NOW + dt.timedelta(days=9))
    assignments.hand_out(Revision.objects.get(pk=urgent.pk), NOW)
    read(Revision.objects.get(pk=urgent.pk), cast.reader, NOW)
    Revision.objects.filter(pk=urgent.pk).update(effective_until=NOW + HOUR)
    lasting = make.effective(process, content, since=NOW + HOUR)
    assert lasting.frozen_id == urgent.frozen_id
    assert today(process, NOW + 2 * HOUR)["reader"] == ("read", None)


def test_the_rule_that_has_reached_longest_and_since_when(cast: make.Cast, process: Process) -> None:
    buyer = Position.objects.get(title="Buyer")
    buyer.appointments.update(starts_on=day(-20), ends_before=day(-10))
    make.appoint(cast.reader, Position.objects.get(title="Process manager, Purchasing"), since=day(-10))
    cast.approver.held_levels.update(held_from=day(-90), held_until=day(-60))
    make.hold(cast.approver, 4, since=day(-60))
    AudienceRule.objects.create(process=process, person=cast.reader, starts_on=day(-25))
    AudienceRule.objects.create(process=process, level=Level.objects.get(pk=3), starts_on=day(-70))
    AudienceRule.objects.create(process=process, position=Position.objects.get(title="Storeman"), excludes=True, starts_on=day(-70))
    found = {one.person.login: (one.rule.about[0], one.since) for one in owed_today(process, NOW.date(), NOW) if one.rule}
    assert found == {
        "author": ("department", day(-50)), "approver": ("level", day(-70)), "reader": ("person", day(-25)),
        "manager": ("level", day(-70)), "boss": ("level", day(-70)),
    }  # fmt: skip
    AudienceRule.objects.filter(person=cast.reader).delete()
    found = {one.person.login: one.since for one in owed_today(process, NOW.date(), NOW)}
    assert found["reader"] == day(-20), "another position of the department without a day between"


def test_past_days_are_answered_from_readings(cast: make.Cast, process: Process) -> None:
    assert past(process, -40) == {}
    first = make.effective(process, since=NOW - dt.timedelta(days=45))
    handed = NOW - dt.timedelta(days=40)
    assignments.hand_out(first, handed)
    read(first, cast.reader, NOW - dt.timedelta(days=30))
    cast.approver.appointments.update(ends_before=day(-20))
    assignments.hand_out(first, NOW - dt.timedelta(days=20))
    assert past(process, -41) == {}
    make.away(cast.author, since=day(-36), until=day(-35))
    assert past(process, -40) == {"author": "due", "approver": "due", "reader": "due"}
    assert past(process, -36) == {"author": "paused", "approver": "due", "reader": "due"}
    assert past(process, -30) == {"author": "due", "approver": "due", "reader": "read"}
    assert past(process, -20) == {"author": "overdue", "reader": "read"}
    second = make.effective(process, make.definition("Ask twice"), since=NOW - dt.timedelta(days=10))
    assignments.hand_out(second, NOW - dt.timedelta(days=10))
    assert past(process, -11) == {"author": "overdue", "reader": "read"}
    assert past(process, -10) == {"author": "due", "reader": "due"}
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    assert past(process, -11) == {"author": "overdue", "reader": "read"}, "who left since then owed it then"
    (one,) = [one for one in owed_on(process, day(-11)) if one.person == cast.author]
    assert (one.rule.about[0], one.since) == ("department", day(-50))
    AudienceRule.objects.all().delete()
    assert [(one.rule, one.since) for one in owed_on(process, day(-11))] == [(None, None), (None, None)]


def test_as_json(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    assignments.hand_out(revision, make.now())
    found = json.loads(command("pur-001", "--json"))
    since, due = day(-50).isoformat(), Reading.objects.first().work_item.due_on.isoformat()
    row = {"rule": "Purchasing with everything below it", "since": since, "due": due, "state": "due"}
    assert found == {"people": [{"person": login, **row} for login in ("approver", "author", "reader")]}
    yesterday = (make.now() - dt.timedelta(days=1)).date().isoformat()
    assert json.loads(command("PUR-001", "--json", "--on", yesterday)) == {"people": []}
    assert json.loads(command("PUR-001", "--json", "--on", make.now().date().isoformat())) == found


def test_as_a_table(cast: make.Cast, process: Process) -> None:
    lines = command("PUR-001").splitlines()
    assert lines[0].split() == ["person", "name", "rule", "since", "due", "state"]
    assert [line.split()[0] for line in lines[1:]] == ["approver", "author", "reader"]
    assert lines[1].endswith("–    waiting")
    AudienceRule.objects.all().delete()
    assert command("PUR-001") == "Nobody has to read it.\n"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("PUR-404",), "There is no process PUR-404."),
        (("PUR-001", "--on", "soon"), "soon is no day"),
        (("PUR-001", "--on", "2999-01-01"), "still to come"),
    ],
)
def test_what_cannot_be_answered_is_an_error(process: Process, args: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        command(*args)


def test_batches_by_login_reach_everybody_at_the_same_cost(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = make.effective(process)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(owed_today(process, NOW.date(), NOW))
        return len(queries)

    one = cost()
    for _n in range(7):
        make.appoint(make.person(), Position.objects.get(title="Buyer"))
    assignments.hand_out(revision, NOW)
    assert (one, cost()) == (10, 10)
    monkeypatch.setattr(owing, "BATCH", 4)
    assert len({row.person for row in owed_today(process, NOW.date(), NOW)}) == 10
