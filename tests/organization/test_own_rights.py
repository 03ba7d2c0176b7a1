"""Nobody comes by an office through absences, deputies or kinds that they enter or change themselves."""

import pytest

from organization import absences, policy, structure
from organization.models import Absence, Person
from organization.refusals import Refused
from organization.tables import applying
from tests import make
from tests.make import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def enter(who: Person, by: Person, substitute: Person) -> Absence:
    return absences.record_absence(who, by=by, now=NOW, starts_on=TODAY, ends_before=day(5), substitute=substitute)


def test_an_administrator_does_not_become_the_substitute_of_an_office(cast: make.Cast) -> None:
    with pytest.raises(Refused, match="Nobody names themselves"):
        enter(cast.manager, cast.admin, cast.admin)
    assert not policy.may_set_gate(cast.admin, TODAY)
    report, done = applying.bring_in(
        "Login,From,Last day,Substitute\nmanager,2026-03-04,2026-03-08,admin", "absences", by=cast.admin, now=NOW
    )
    assert (done, "Nobody names themselves" in report.faults[0].sentence) == (False, True)
    assert enter(cast.manager, cast.admin, cast.boss).substitute == cast.boss


def test_a_head_stands_in_for_staff_below_and_not_for_their_other_offices(cast: make.Cast) -> None:
    assert enter(cast.reader, cast.author, cast.author).substitute == cast.author
    with pytest.raises(Refused, match="Nobody names themselves"):
        enter(cast.approver, cast.author, cast.author)
    make.position("Adviser", of=cast.purchasing, holder=cast.manager)
    with pytest.raises(Refused, match="Nobody names themselves"):
        enter(cast.manager, cast.author, cast.author)
    entered = enter(cast.manager, cast.author, cast.boss)
    with pytest.raises(Refused, match="Nobody names themselves"):
        absences.change_absence(
            entered, by=cast.author, now=NOW, starts_on=TODAY, ends_before=day(5), substitute=cast.author, note=""
        )  # fmt: skip


def test_who_was_named_by_another_still_changes_the_days(cast: make.Cast) -> None:
    entered = make.away(cast.approver, since=day(1), until=day(5), substitute=cast.author)
    changed = absences.change_absence(
        entered, by=cast.author, now=NOW, starts_on=day(1), ends_before=day(7), substitute=cast.author, note=""
    )  # fmt: skip
    assert changed.ends_before == day(7)


def test_an_administrator_does_not_turn_an_own_position_into_an_office(cast: make.Cast) -> None:
    own = make.position("System keeper", of=cast.stores, holder=cast.admin)
    office = make.position("Planner", of=cast.stores)
    asked = {"by": cast.admin, "now": NOW, "title": "Planner", "kind": "staff", "required_level": 0, "deputy": None}
    with pytest.raises(Refused, match="Nobody gives themselves an office"):
        structure.change_position(own, **asked | {"title": own.title, "kind": "company_process_manager"})
    with pytest.raises(Refused, match="Nobody gives themselves an office"):
        structure.change_position(office, **asked | {"deputy": own})
    with pytest.raises(Refused, match="Nobody gives themselves an office"):
        structure.change_position(office, **asked | {"substitution": "standing", "substitute": cast.admin})
    with pytest.raises(Refused, match="Nobody gives themselves an office"):
        structure.create_position(cast.stores, by=cast.admin, title="Second", kind="company_process_manager", deputy=own)
    assert not policy.may_set_gate(cast.admin, TODAY)


def test_what_others_gave_an_administrator_stays_when_the_title_changes(cast: make.Cast) -> None:
    own = make.position("System keeper", of=cast.stores, holder=cast.admin)
    office = make.position("Planner", of=cast.stores, deputy=own)
    office.substitution, office.substitute = "standing", cast.admin
    office.save()
    renamed = structure.change_position(
        office, by=cast.admin, now=NOW, title="Planning", kind="staff", required_level=1, deputy=own, substitution="standing",
        substitute=cast.admin,
    )  # fmt: skip
    assert structure.change_deputy(renamed, None, by=cast.admin, now=NOW).deputy is None
    assert (
        structure.change_position(own, by=cast.admin, now=NOW, title="Keeper", kind="staff", required_level=0, deputy=None).title
        == "Keeper"
    )
