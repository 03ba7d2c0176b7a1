"""Who holds what, who left, who climbs: each story, and each of its refusals."""

import datetime as dt
from collections.abc import Callable

import pytest

from organization import appointments, events, gate, levels, people, proposals, structure
from organization.ladder import Action
from organization.models import Absence, Appointment, CompanySettings, Department, GateRule, HeldLevel, Person, Position, Signature
from organization.models import OpenSession as Session
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def refusal(story: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        story()
    return str(refused.value)


@pytest.fixture
def told() -> list[tuple[str, object]]:
    """What the three signals said."""
    heard: list[tuple[str, object]] = []

    def positions(sender: object, position_ids: list[int], now: dt.datetime, **_rest: object) -> None:
        heard.append(("appointments", position_ids))

    def left(sender: object, person: Person, now: dt.datetime, **_rest: object) -> None:
        heard.append(("left", person.login))

    def level(sender: object, person: Person, now: dt.datetime, **_rest: object) -> None:
        heard.append(("level", person.login))

    pairs = ((events.appointments_changed, positions), (events.person_deactivated, left), (events.level_changed, level))
    for signal, receiver in pairs:
        signal.connect(receiver)
    yield heard  # type: ignore[misc]
    for signal, receiver in pairs:
        signal.disconnect(receiver)


ABSENCES = "Absences are entered by the person, by the head of the department or one above, or by an administrator."
ONLY_ADMINISTRATORS = "Only administrators manage people, departments and positions. Ask one of them."


# --- appointments


def test_an_administrator_appoints_and_ends(cast: make.Cast, told: list[object]) -> None:
    buyer = office("Buyer")
    made = appointments.appoint(cast.stranger, buyer, by=cast.admin, now=NOW, starts_on=TODAY, mode="part", percent=40)
    assert (made.starts_on, made.ends_before, made.mode, made.percent) == (TODAY, None, "part", 40)
    ended = appointments.end_appointment(made, by=cast.admin, now=NOW, ends_before=day(3))
    assert ended.ends_before == day(3)
    assert told == [("appointments", [buyer.pk])] * 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"by": "reader"}, ONLY_ADMINISTRATORS),
        ({"person": "admin"}, "Nobody changes their own appointments. Ask another administrator."),
        ({"ends_before": TODAY}, "The last day must not lie before the first."),
        ({"person": "leaver"}, "Leaver has left and cannot be appointed."),
        ({"position": "Closed"}, "Closed is closed; nobody can be appointed to it."),
        ({"person": "reader", "starts_on": day(-5), "ends_before": day(-3)}, "Reader holds this position in that time already."),
    ],
)
def test_an_appointment_is_refused(cast: make.Cast, change: dict[str, object], says: str) -> None:
    make.person("leaver", is_active=False)
    Position.objects.create(department=cast.stores, title="Closed", closed_on=TODAY)
    asked = {"person": "stranger", "position": "Buyer", "by": "admin", "starts_on": TODAY, **change}
    who, by = (Person.objects.get(login=asked.pop(key)) for key in ("person", "by"))
    where = office(str(asked.pop("position")))
    before = Appointment.objects.count()
    assert refusal(lambda: appointments.appoint(who, where, by=by, now=NOW, **asked)) == says  # type: ignore[arg-type]
    assert Appointment.objects.count() == before


def test_the_next_appointment_may_begin_where_the_last_ends(cast: make.Cast) -> None:
    held = Appointment.objects.get(person=cast.reader)
    held = appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(3))
    appointments.appoint(cast.reader, held.position, by=cast.admin, now=NOW, starts_on=day(3), ends_before=day(5))
    assert (
        refusal(lambda: appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(4)))
        == "It has an earlier end already. Change the appointment to prolong it."
    )


def test_the_last_company_process_manager_cannot_be_removed(cast: make.Cast) -> None:
    held = Appointment.objects.get(person=cast.manager)
    says = "From %s Mar 2026 on nobody would be company process manager; the office is never empty. Appoint a successor first."
    assert refusal(lambda: appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(5))) == says % 9
    assert refusal(lambda: people.deactivate(cast.manager, by=cast.admin, now=NOW)) == says % 4
    made = proposals.appoint(cast.approver, held.position, by=cast.admin, now=NOW, starts_on=day(5))
    assert refusal(lambda: appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(5))) == says % 9
    make.confirmed(made, by=cast.boss)
    assert refusal(lambda: appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(4))) == says % 8
    assert appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(5)).ends_before == day(5)


def test_one_person_in_both_process_offices_cannot_leave_either(cast: make.Cast) -> None:
    make.position("Second office", kind="company_process_manager", holder=cast.manager)
    with pytest.raises(Refused):
        people.deactivate(cast.manager, by=cast.admin, now=NOW)
    assert Appointment.objects.filter(person=cast.manager, ends_before__isnull=True).count() == 2


# --- absences


def test_a_person_enters_and_ends_their_own_absence(cast: make.Cast, told: list[object]) -> None:
    made = appointments.record_absence(
        cast.reader, by=cast.reader, now=NOW, starts_on=day(-1), ends_before=day(9), substitute=cast.stranger, note="holiday"
    )
    assert (made.substitute, made.note) == (cast.stranger, "holiday")
    appointments.cancel_absence(made, by=cast.reader, now=NOW)
    made.refresh_from_db()
    assert made.ends_before == TODAY
    later = appointments.record_absence(cast.reader, by=cast.admin, now=NOW, starts_on=day(3), ends_before=day(4))
    appointments.cancel_absence(later, by=cast.admin, now=NOW)
    assert list(Absence.objects.all()) == [made]
    assert told == [("appointments", [office("Buyer").pk])] * 4


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"by": "stranger"}, ABSENCES),
        ({"by": "storekeeper"}, ABSENCES),
        ({"by": "approver"}, ABSENCES),
        ({"ends_before": day(0)}, "The last day must not lie before the first."),
        ({"substitute": "reader"}, "A substitute is somebody else."),
        ({"substitute": "leaver"}, "Leaver has left and cannot be a substitute."),
        (
            {"starts_on": day(-20), "ends_before": day(11)},
            "An absence in that time is entered already. Change that one, or cancel it first.",
        ),
    ],
)
def test_an_absence_is_refused(cast: make.Cast, change: dict[str, object], says: str) -> None:
    make.person("leaver", is_active=False)
    make.away(cast.reader, since=day(10))
    asked = {"by": "reader", "starts_on": day(0), "ends_before": day(5), **change}
    for key in {"by", "substitute"} & asked.keys():
        asked[key] = Person.objects.get(login=asked[key])
    assert refusal(lambda: appointments.record_absence(cast.reader, now=NOW, **asked)) == says  # type: ignore[arg-type]
    assert Absence.objects.count() == 1


def test_what_is_over_or_somebody_elses_cannot_be_cancelled(cast: make.Cast) -> None:
    over = make.away(cast.reader, since=day(-9), until=day(-1))
    assert refusal(lambda: appointments.cancel_absence(over, by=cast.reader, now=NOW)) == "This absence is over."
    assert refusal(lambda: appointments.cancel_absence(over, by=cast.stranger, now=NOW)) == ABSENCES


# --- structure


def test_the_tree_grows_and_changes(cast: make.Cast) -> None:
    made = structure.create_department(by=cast.admin, code=" cast ", name="Castings", kind="team", parent=cast.purchasing)
    assert (made.code, made.parent) == ("CAST", cast.purchasing)
    changed = structure.change_department(made, by=cast.admin, name="Foundry", kind="department", parent=cast.stores)
    assert (changed.name, changed.kind, changed.parent) == ("Foundry", "department", cast.stores)
    root = structure.change_department(make.company(), by=cast.admin, name="Pumps Ltd", kind="company", parent=None)
    assert root.name == "Pumps Ltd"
    assert structure.dissolve_department(made, by=cast.admin, now=NOW).dissolved_on == TODAY
    assert (
        refusal(
            lambda: structure.create_department(by=cast.admin, code="X", name="X", kind="team", parent=Department.objects.get(code="CAST"))
        )
        == "Foundry is dissolved; choose another department."
    )


def test_the_first_department_is_the_company() -> None:
    admin = make.person("admin", is_staff=True)
    made = structure.create_department(by=admin, code="CO", name="Pumps Ltd", kind="company", parent=None)
    assert made.parent is None


def test_a_department_that_does_not_fit_is_refused(cast: make.Cast) -> None:
    def new(**change: object) -> str:
        asked = {"by": cast.admin, "code": "NEW", "name": "New", "kind": "team", "parent": cast.stores, **change}
        return refusal(lambda: structure.create_department(**asked))  # type: ignore[arg-type]

    def move(which: Department, **change: object) -> str:
        asked = {"by": cast.admin, "name": which.name, "kind": which.kind, "parent": which.parent, **change}
        return refusal(lambda: structure.change_department(which, **asked))  # type: ignore[arg-type]

    root = "The company is the root of the tree; every department lies below it or below another department."
    below = make.department("CAST", parent=cast.purchasing)
    assert new(by=cast.reader) == ONLY_ADMINISTRATORS
    assert new(code="pur") == "The code PUR is taken or was used before: process numbers begin with it."
    assert new(parent=None) == root
    assert new(kind="company") == root
    assert new(kind="company", parent=None) == "There is a company already: one installation is one company."
    assert move(cast.purchasing, by=cast.reader) == ONLY_ADMINISTRATORS
    assert move(cast.purchasing, parent=below) == "A department cannot lie below itself."
    assert move(cast.purchasing, parent=cast.purchasing) == "A department cannot lie below itself."


def test_a_department_is_dissolved_only_when_it_is_empty(cast: make.Cast) -> None:
    def dissolve(which: Department, by: Person = cast.admin) -> str:
        return refusal(lambda: structure.dissolve_department(which, by=by, now=NOW))

    home, child = make.department("OLD"), make.department("CHI", parent=make.department("OLD"))
    clerk = make.position(of=child)
    process = make.process(child, owner=office("Head of Stores"))
    assert dissolve(home, cast.reader) == ONLY_ADMINISTRATORS
    assert dissolve(make.company()) == "The company itself cannot be dissolved."
    assert dissolve(home) == "Departments below it are left. Move or dissolve them first."
    assert dissolve(child) == "Positions are left in it. Close them first."
    structure.close_position(clerk, by=cast.admin, now=NOW)
    assert dissolve(child) == "Processes are left in it. Give them another home department or withdraw them first."
    type(process).objects.filter(pk=process.pk).update(state="withdrawn")
    structure.dissolve_department(child, by=cast.admin, now=NOW)
    structure.dissolve_department(home, by=cast.admin, now=NOW)
    assert (
        refusal(lambda: structure.create_position(Department.objects.get(code="OLD"), by=cast.admin, title="Late", kind="staff"))
        == "Department OLD is dissolved; choose another department."
    )


def test_a_position_is_made_changed_and_closed(cast: make.Cast, told: list[object]) -> None:
    made = structure.create_position(cast.stores, by=cast.admin, title="Planner", kind="staff", required_level=1)
    made = structure.change_position(
        made, by=cast.admin, now=NOW, title="Lead planner", kind="other", required_level=2, deputy=office("Storeman")
    )
    assert (made.title, made.kind, made.required_level, made.deputy) == ("Lead planner", "other", 2, office("Storeman"))
    assert structure.change_deputy(made, None, by=cast.admin, now=NOW).deputy is None
    assert structure.close_position(made, by=cast.admin, now=NOW).closed_on == TODAY
    assert told == [("appointments", [made.pk])] * 3


def test_the_rule_of_substitution_is_one_that_can_be_followed(cast: make.Cast) -> None:
    make.person("leaver", is_active=False)

    def new(rule: str, who: str = "") -> str:
        substitute = Person.objects.get(login=who) if who else None
        return refusal(
            lambda: structure.create_position(
                cast.stores, by=cast.admin, title="Planner", kind="staff", substitution=rule, substitute=substitute
            )
        )

    assert new("absence", "leaver") == "Leaver has left and cannot be a substitute."
    assert new("standing") == "Name the standing substitute, or choose another rule of substitution."
    assert new("deputy", "reader") == ("With this rule no substitute acts: leave the standing substitute empty, or choose another rule.")
    made = structure.create_position(
        cast.stores, by=cast.admin, title="Planner", kind="staff", substitution="standing", substitute=cast.reader
    )
    changed = structure.change_deputy(made, office("Storeman"), by=cast.admin, now=NOW)
    assert (changed.substitution, changed.substitute, changed.deputy) == ("standing", cast.reader, office("Storeman"))


def test_a_position_that_does_not_fit_is_refused(cast: make.Cast) -> None:
    storeman, buyer, head = office("Storeman"), office("Buyer"), office("Head of Purchasing")
    manager = office("Company process manager")
    structure.change_deputy(buyer, storeman, by=cast.admin, now=NOW)
    taken = "Stores has a position of this title already."
    circle = "These positions would stand in for each other in a circle. Choose another deputy."
    only = "This is the only office of company process manager; the company cannot be without it."

    def change(which: Position, **to: object) -> str:
        asked = {"by": cast.admin, "now": NOW, "title": which.title, "kind": which.kind, "required_level": 0, "deputy": None, **to}
        return refusal(lambda: structure.change_position(which, **asked))  # type: ignore[arg-type]

    assert refusal(lambda: structure.create_position(cast.stores, by=cast.admin, title="storeman", kind="staff")) == taken
    assert refusal(lambda: structure.create_position(cast.stores, by=cast.reader, title="X", kind="staff")) == ONLY_ADMINISTRATORS
    assert change(storeman, by=cast.reader) == ONLY_ADMINISTRATORS
    assert change(storeman, title="HEAD OF STORES") == taken
    assert change(storeman, deputy=storeman) == circle
    assert change(storeman, deputy=buyer) == circle
    assert change(manager, kind="staff") == only
    assert refusal(lambda: structure.close_position(manager, by=cast.admin, now=NOW)) == only
    assert refusal(lambda: structure.close_position(buyer, by=cast.reader, now=NOW)) == ONLY_ADMINISTRATORS
    assert refusal(lambda: structure.close_position(buyer, by=cast.admin, now=NOW)) == "Somebody holds it. End the appointment first."
    make.process(cast.purchasing, owner=head)
    Appointment.objects.filter(position=head).update(ends_before=TODAY)
    assert refusal(lambda: structure.close_position(head, by=cast.admin, now=NOW)) == "It owns processes. Give them another owner first."


# --- people


def test_an_account_comes_with_a_password_that_is_nowhere_else(cast: make.Cast) -> None:
    person, password = people.create_person(by=cast.admin, login=" 4711 ", name="李 娜", email="li@example.com", language="zh-hans")
    assert (person.login, person.name, person.email, person.language, person.is_staff) == (
        "4711",
        "李 娜",
        "li@example.com",
        "zh-hans",
        False,
    )
    assert person.check_password(password)
    assert len(password) == 19
    assert people.create_person(by=cast.admin, login="4712", name="Guest", access_until=day(3))[0].email is None


def test_login_names_are_never_used_again(cast: make.Cast) -> None:
    make.person("leaver", is_active=False)
    assert (
        refusal(lambda: people.create_person(by=cast.admin, login="LEAVER", name="New"))
        == "The login name LEAVER is taken or was used before: login names are never used again."
    )
    assert refusal(lambda: people.create_person(by=cast.reader, login="x", name="x")) == ONLY_ADMINISTRATORS


def test_particulars_change_but_nobody_changes_their_own_rights(cast: make.Cast) -> None:
    def change(who: Person, by: Person = cast.admin, **to: object) -> Person:
        asked = {"name": "New name", "email": "", "language": "en", "is_staff": False, "access_until": None, **to}
        return people.change_person(who, by=by, **asked)  # type: ignore[arg-type]

    assert change(cast.reader, is_staff=True).is_staff
    assert change(cast.admin, is_staff=True, email="a@example.com").name == "New name"
    own = "Nobody changes their own rights. Ask another administrator."
    assert refusal(lambda: change(cast.admin)) == own
    assert refusal(lambda: change(cast.admin, is_staff=True, access_until=day(3))) == own
    assert refusal(lambda: change(cast.reader, by=cast.author)) == ONLY_ADMINISTRATORS


def test_a_new_password_replaces_the_old_one(cast: make.Cast) -> None:
    password = people.renew_password(cast.reader, by=cast.admin)
    cast.reader.refresh_from_db()
    assert cast.reader.check_password(password)
    assert refusal(lambda: people.renew_password(cast.admin, by=cast.admin)) == "Change your own password in your account settings."
    assert refusal(lambda: people.renew_password(cast.reader, by=cast.author)) == ONLY_ADMINISTRATORS
    leaver = make.person("leaver", is_active=False)
    assert refusal(lambda: people.renew_password(leaver, by=cast.admin)) == "Leaver has left."


def test_who_leaves_has_no_session_no_position_and_keeps_the_name(cast: make.Cast, client: SignedIn, told: list[object]) -> None:
    client.as_(cast.reader)
    SignedIn().as_(cast.stranger)
    to_come = make.appoint(cast.reader, office("Storeman"), since=day(4))
    over = make.appoint(cast.reader, office("Head of Stores"), since=day(-9), until=day(-4))
    held = Appointment.objects.get(person=cast.reader, position=office("Buyer"))
    left = people.deactivate(cast.reader, by=cast.admin, now=make.now())
    assert (left.is_active, left.deactivated_at is not None, left.name) == (False, True, "Reader")
    assert [s.get_decoded()["_auth_user_id"] for s in Session.objects.all()] == [str(cast.stranger.pk)]
    held.refresh_from_db()
    over.refresh_from_db()
    assert held.ends_before is not None
    assert over.ends_before == day(-4)
    assert to_come.starts_on > TODAY
    assert told == [("left", "reader")]


def test_leaving_is_refused_where_it_makes_no_sense(cast: make.Cast) -> None:
    leaver = make.person("leaver", is_active=False)
    assert refusal(lambda: people.deactivate(leaver, by=cast.admin, now=NOW)) == "Leaver is deactivated already."
    assert refusal(lambda: people.deactivate(cast.reader, by=cast.author, now=NOW)) == ONLY_ADMINISTRATORS
    assert (
        refusal(lambda: people.deactivate(cast.admin, by=cast.admin, now=NOW))
        == "Nobody deactivates their own account. Ask another administrator."
    )


def test_an_appointment_that_had_not_begun_is_taken_back(cast: make.Cast) -> None:
    make.appoint(cast.reader, office("Storeman"), since=day(4))
    people.deactivate(cast.reader, by=cast.admin, now=NOW)
    assert list(Appointment.objects.filter(person=cast.reader).values_list("position__title", "ends_before")) == [("Buyer", TODAY)]


# --- levels


def held_levels(person: Person) -> list[tuple[int, dt.date, dt.date | None, str]]:
    """Without what follows a lapse, which test_renewals.py looks at."""
    given = person.held_levels.exclude(ground="lapsed").order_by("pk")
    return list(given.values_list("level_id", "held_from", "held_until", "ground"))


def test_an_administrator_assigns_one_rung_at_a_time_with_a_reason_and_a_signature(cast: make.Cast, told: list[object]) -> None:
    made = levels.assign(cast.reader, 1, by=cast.admin, now=NOW, reason="drew three charts")
    assert made is not None
    signature = Signature.objects.get()
    assert (signature.person, signature.meaning, signature.subject, signature.reason, signature.position) == (
        cast.admin, "placed", "reader Reader: 0 → 1", "drew three charts", None,
    )  # fmt: skip
    assert made.signature == signature
    levels.assign(cast.reader, 2, by=cast.admin, now=NOW + dt.timedelta(days=9), reason="described a process")
    assert held_levels(cast.reader) == [(1, TODAY, day(9), "assigned"), (2, day(9), dt.date(2029, 3, 13), "assigned")]
    assert told == [("level", "reader")] * 2


def test_a_level_may_lapse_or_be_taken_away(cast: make.Cast) -> None:
    assert levels.assign(cast.approver, 1, by=cast.admin, now=NOW, reason="away for years") is not None
    assert levels.assign(cast.approver, 0, by=cast.admin, now=NOW, reason="a mistake") is None
    assert gate.level_of(cast.approver, TODAY) == 0
    assert held_levels(cast.approver)[1:] == [(1, TODAY, TODAY, "assigned")]


def test_top_management_places_people_for_twelve_months(cast: make.Cast) -> None:
    assert levels.assign(cast.reader, 4, by=cast.boss, now=NOW, reason="ten years of it") is not None
    assert held_levels(cast.reader) == [(4, TODAY, dt.date(2029, 3, 4), "placement")]
    assert CompanySettings.objects.get().placement_until == day(365)
    assert Signature.objects.get().position == office("General manager")
    assert levels.assign(cast.stranger, 2, by=cast.boss, now=NOW + dt.timedelta(days=364), reason="later") is not None
    assert (
        refusal(lambda: levels.assign(cast.admin, 2, by=cast.boss, now=NOW + dt.timedelta(days=365), reason="too late"))
        == "Levels are assigned by the company process manager or an administrator."
    )


def test_the_company_process_manager_assigns_while_the_gate_lets_them(cast: make.Cast) -> None:
    assert levels.assign(cast.reader, 1, by=cast.manager, now=NOW, reason="assessed") is not None
    assert Signature.objects.get().position == office("Company process manager")
    HeldLevel.objects.filter(person=cast.manager).delete()
    assert refusal(lambda: levels.assign(cast.reader, 2, by=cast.manager, now=NOW, reason="assessed")).startswith(
        "“Assign capability levels” needs Level 5 · process manager; held today: No level."
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("admin", 1, "admin", "x"), "Nobody changes their own level. Ask the company process manager or an administrator."),
        (("boss", 4, "boss", "x"), "Nobody changes their own level. Ask the company process manager or an administrator."),
        (("reader", 2, "admin", "x"), "A person climbs one level at a time: the next for Reader is Level 1 · process student."),
        (("reader", 1, "author", "x"), "Levels are assigned by the company process manager or an administrator."),
        (("reader", 1, "admin", " "), "Say why: the reason stays on record with your signature."),
        (("reader", 6, "boss", "x"), "There are five levels."),
        (("reader", -1, "boss", "x"), "There are five levels."),
        (("approver", 3, "admin", "x"), "Approver holds this level already."),
        (("leaver", 1, "admin", "x"), "Leaver has left; levels are given to active people."),
    ],
)
def test_a_level_is_refused(cast: make.Cast, asked: tuple[str, int, str, str], says: str) -> None:
    who, level, by, reason = asked
    make.person("leaver", is_active=False)
    person, giver = Person.objects.get(login=who), Person.objects.get(login=by)
    before = held_levels(person)
    assert refusal(lambda: levels.assign(person, level, by=giver, now=NOW, reason=reason)) == says
    assert held_levels(person) == before
    assert Signature.objects.count() == 0


def test_the_company_process_manager_sets_the_gate_and_signs(cast: make.Cast) -> None:
    assert levels.set_gate(Action.SUBMIT, "warn", by=cast.manager, now=NOW, reason="first year").mode == "warn"
    signature = Signature.objects.get()
    assert (signature.meaning, signature.subject, signature.reason, signature.position) == (
        "ruled",
        "submit: enforce → warn",
        "first year",
        office("Company process manager"),
    )


@pytest.mark.parametrize(
    ("by", "mode", "reason", "says"),
    [
        ("admin", "off", "x", "Only the company process manager decides how hard a gate is."),
        ("manager", "maybe", "x", "Choose enforce, warn or off."),
        ("manager", "enforce", "x", "It is set to this already."),
        ("manager", "off", "", "Say why: the reason stays on record with your signature."),
    ],
)
def test_a_gate_is_refused(cast: make.Cast, by: str, mode: str, reason: str, says: str) -> None:
    giver = Person.objects.get(login=by)
    assert refusal(lambda: levels.set_gate(Action.SUBMIT, mode, by=giver, now=NOW, reason=reason)) == says
    assert GateRule.objects.get(pk="submit").mode == "enforce"
