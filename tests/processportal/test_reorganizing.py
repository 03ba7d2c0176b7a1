"""Departments that move or are dissolved: nothing is left behind, everything happens at once or not at all."""

import pytest
from django.urls import reverse

from organization import events, structure
from organization.models import Appointment, Department, Position
from organization.refusals import Refused
from processes import catalogue
from processes.models import Process, Role
from processportal import reorganizing
from processportal.reorganizing import Plan
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day
from training import audiences
from training.models import AudienceRule

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


@pytest.fixture
def castings(cast: make.Cast) -> Department:
    """Below purchasing: a head, a clerk, a department, a document, a part in another one, a rule of reading, a role."""
    made = make.department("CAST", name="Castings", parent=cast.purchasing)
    make.head(made, "caster")
    make.position("Clerk", of=made, holder=make.person("clerk"))
    make.department("SAND", name="Sand castings", parent=made)
    process = make.process(made, number="CAST-001", title="Cast")
    make.process(cast.stores, number="STO-001", title="Store", participating=[made])
    make.process(made, number="CAST-002", state="withdrawn")
    AudienceRule.objects.create(process=process, department=made, starts_on=day(-9))
    role = Role.objects.create(title="Caster", department=made)
    role.positions.add(office("Clerk"))
    return made


def left_in(department: Department) -> tuple[int, ...]:
    found = reorganizing.inside(department, TODAY)
    return len(found.positions), len(found.departments), len(found.processes), found.parts, found.rules


def test_a_dissolved_department_leaves_nothing_behind(cast: make.Cast, castings: Department) -> None:
    heard: list[list[int]] = []

    def listen(sender: object, position_ids: list[int], **_rest: object) -> None:
        heard.append(sorted(position_ids))

    assert left_in(castings) == (2, 1, 1, 1, 1)
    plan = Plan(positions=cast.stores, departments=cast.purchasing, processes=cast.stores)
    events.appointments_changed.connect(listen)
    gone = reorganizing.reorganize(castings, plan, by=cast.admin, now=NOW, reason="One foundry")
    events.appointments_changed.disconnect(listen)
    assert (gone.dissolved_on, left_in(castings)) == (TODAY, (0, 0, 0, 0, 0))
    clerk, process = office("Clerk"), Process.objects.get(number="CAST-001")
    assert (clerk.department, clerk.history.count()) == (cast.stores, 2)
    assert Appointment.objects.filter(position=clerk, ends_before__isnull=True).count() == 1
    assert sorted([clerk.pk, office("Head of Castings").pk]) in heard
    assert (process.department, process.owner, process.number) == (cast.stores, clerk, "CAST-001")
    assert process.history.first().history_change_reason == "One foundry"
    assert Department.objects.get(code="SAND").parent == cast.purchasing
    assert list(Process.objects.get(number="STO-001").participating.all()) == [cast.stores]
    assert Role.objects.get(title="Caster").department == cast.stores
    rules = AudienceRule.objects.filter(process=process).order_by("pk").values_list("department__code", "starts_on", "ends_before")
    assert list(rules) == [("CAST", day(-9), TODAY), ("STO", TODAY, None)]
    assert Process.objects.get(number="CAST-002").department == castings, "what is withdrawn is history"


def test_a_moved_department_takes_everything_along(cast: make.Cast, castings: Department) -> None:
    moved = reorganizing.reorganize(castings, Plan(parent=cast.stores), by=cast.admin, now=NOW)
    assert (moved.parent, moved.dissolved_on, left_in(moved)) == (cast.stores, None, (2, 1, 1, 1, 1))
    assert Department.objects.get(code="SAND").parent == castings


def test_a_moved_department_may_send_some_of_it_elsewhere(cast: make.Cast, castings: Department) -> None:
    plan = Plan(parent=cast.stores, departments=cast.purchasing, processes=cast.purchasing)
    reorganizing.reorganize(castings, plan, by=cast.admin, now=NOW)
    assert left_in(castings) == (2, 0, 0, 1, 1)
    assert Process.objects.get(number="CAST-001").department == cast.purchasing


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({}, "Departments below it are left. Move or dissolve them first."),
        ({"departments": "PUR"}, "Positions are left in it. Close them first."),
        ({"departments": "PUR", "positions": "STO"}, "Processes are left in it. Give them another home department or withdraw them first."),
        ({"parent": "SAND"}, "A department cannot lie below itself."),
        ({"parent": "STO", "departments": "SAND"}, "A department cannot lie below itself."),
        ({"positions": "OLD"}, "Old is dissolved; choose another department."),
        ({"processes": "OLD"}, "Old is dissolved; choose another department."),
    ],
)
def test_what_would_leave_something_behind_changes_nothing(cast: make.Cast, castings: Department, plan: dict[str, str], says: str) -> None:
    old = make.department("OLD", name="Old")
    old.dissolved_on = day(-1)
    old.save()
    chosen = Plan(**{kind: Department.objects.get(code=code) for kind, code in plan.items()})
    with pytest.raises(Refused) as refused:
        reorganizing.reorganize(castings, chosen, by=cast.admin, now=NOW)
    assert str(refused.value) == says
    castings.refresh_from_db()
    assert (left_in(castings), castings.parent, castings.dissolved_on) == ((2, 1, 1, 1, 1), cast.purchasing, None)


def test_titles_that_are_taken_are_named_and_nothing_moves(cast: make.Cast, castings: Department) -> None:
    make.position("clerk", of=cast.stores)
    with pytest.raises(Refused) as refused:
        reorganizing.reorganize(castings, Plan(parent=cast.stores, positions=cast.stores), by=cast.admin, now=NOW)
    says = "Stores has, or had, positions of these titles: Clerk. Rename them before they move."
    assert str(refused.value) == says
    found = reorganizing.inside(castings, TODAY)
    assert reorganizing.obstacle(found, Plan(positions=cast.stores)) == says
    assert reorganizing.obstacle(found, Plan(positions=cast.purchasing)) == ""
    assert reorganizing.obstacle(found, Plan(parent=cast.stores)) == ""


def test_an_empty_department_is_dissolved_and_roles_of_one_title_are_joined(cast: make.Cast, castings: Department) -> None:
    empty = make.department("EMP")
    assert reorganizing.reorganize(empty, Plan(), by=cast.admin, now=NOW).dissolved_on == TODAY
    there = Role.objects.create(title="caster", department=cast.stores)
    there.positions.add(office("Storeman"))
    catalogue.pass_on_roles(castings, cast.stores, by=cast.admin)
    assert set(there.positions.all()) == {office("Storeman"), office("Clerk")}
    assert Role.objects.get(title="Caster").department == castings


def test_a_rule_of_today_is_passed_on_without_a_trace_and_one_that_is_there_is_kept(cast: make.Cast, castings: Department) -> None:
    process = Process.objects.get(number="CAST-001")
    AudienceRule.objects.filter(process=process).update(starts_on=TODAY)
    AudienceRule.objects.create(process=process, department=cast.stores, starts_on=day(-30))
    assert audiences.pass_on(castings, cast.stores, by=cast.admin, now=NOW) == 1
    assert list(AudienceRule.objects.values_list("department__code", "starts_on", "ends_before")) == [("STO", day(-30), None)]


def test_only_administrators_reorganize(cast: make.Cast, castings: Department) -> None:
    process = Process.objects.get(number="CAST-001")
    for story in (
        lambda: reorganizing.reorganize(castings, Plan(), by=cast.manager, now=NOW),
        lambda: structure.move_department(castings, cast.stores, by=cast.author, now=NOW),
        lambda: structure.move_positions(castings, cast.stores, by=cast.author, now=NOW),
        lambda: catalogue.move_home(process, cast.stores, by=cast.author),
        lambda: catalogue.pass_on_parts(castings, cast.stores, by=cast.author),
        lambda: catalogue.pass_on_roles(castings, cast.stores, by=cast.author),
        lambda: audiences.pass_on(castings, cast.stores, by=cast.author, now=NOW),
    ):
        with pytest.raises(Refused, match="Only administrators manage"):
            story()


def test_the_warnings_say_what_changes_for_people(cast: make.Cast, castings: Department) -> None:
    Process.objects.filter(number="CAST-001").update(confidentiality="departments")
    found = reorganizing.inside(castings, TODAY)
    plan = Plan(positions=cast.stores, departments=cast.purchasing, processes=cast.stores)
    assert reorganizing.warnings(found, plan, TODAY) == [
        "Stores would have several offices of one kind: Head of Stores, Head of Castings. Change their kind afterwards.",
        "Stores will see documents that only participating departments see: CAST-001.",
        "Everybody in Stores will have to read what this department must read (rules: 1).",
    ]
    assert reorganizing.warnings(found, Plan(parent=cast.stores), TODAY) == []
    empty = reorganizing.inside(make.department("EMP"), TODAY)
    assert reorganizing.warnings(empty, Plan(positions=cast.stores, processes=cast.stores), TODAY) == []


def test_who_stands_above(cast: make.Cast, castings: Department) -> None:
    def above(parent: Department | None) -> tuple[str, str] | None:
        found = reorganizing.head_above(parent, TODAY)
        return (found.position.title, found.assignee.person.login) if found and found.assignee else None

    assert above(cast.purchasing) == ("Head of Purchasing", "author")
    assert above(make.department("EMP")) == ("General manager", "boss")
    assert above(make.company()) == ("General manager", "boss")
    assert above(None) == ("General manager", "boss")
    Position.objects.filter(kind="top_management").update(kind="staff")
    assert above(None) is None


# --- pages


def test_the_page_shows_first_and_then_moves(cast: make.Cast, castings: Department, client: SignedIn) -> None:
    place = reverse("move_department", args=[castings.pk])
    client.as_(cast.admin)
    shown = client.get(place).content.decode()
    assert all(word in shown for word in ("Clerk", "Sand castings", "CAST-001", "New place: below"))
    seen = client.post(place, {"parent": cast.stores.pk})
    page = " ".join(seen.content.decode().split())
    assert "from Purchasing to Stores" in page
    assert "Head of Purchasing (Author)" in page
    assert "Head of Stores (Storekeeper)" in page
    castings.refresh_from_db()
    assert castings.parent == cast.purchasing, "looking moves nothing"
    assert client.post(place, {"parent": cast.stores.pk, "confirmed": "1"}).status_code == 302
    castings.refresh_from_db()
    assert castings.parent == cast.stores


def test_the_page_dissolves_and_asks_for_every_kind(cast: make.Cast, castings: Department, client: SignedIn) -> None:
    place = reverse("dissolve_department", args=[castings.pk])
    client.as_(cast.admin)
    asked = client.post(place, {"positions": cast.stores.pk})
    assert (asked.status_code, sorted(asked.context["form"].errors)) == (422, ["departments", "processes"])
    plan = {"positions": cast.stores.pk, "departments": cast.stores.pk, "processes": cast.stores.pk}
    make.position("Clerk", of=cast.stores)
    assert "cannot be carried out" in client.post(place, plan).content.decode()
    refused = client.post(place, {**plan, "confirmed": "1"})
    assert (refused.status_code, "positions of these titles: Clerk" in refused.content.decode()) == (422, True)
    Position.objects.filter(title="Clerk", department=cast.stores).update(title="Other")
    assert client.post(place, {**plan, "confirmed": "1"}).status_code == 302
    assert left_in(castings)[:4] == (0, 0, 0, 0)
    assert not AudienceRule.objects.filter(department=castings, ends_before=None).exists()
    assert client.get(place).status_code == 404


def test_a_confidential_document_is_shown_by_its_number_alone(cast: make.Cast, castings: Department, client: SignedIn) -> None:
    Process.objects.filter(number="CAST-001").update(confidentiality="positions", title="Secret alloy")
    page = client.as_(cast.admin).get(reverse("move_department", args=[castings.pk])).content.decode()
    assert ("CAST-001" in page, "Secret alloy" in page) == (True, False)


@pytest.mark.parametrize("name", ["move_department", "dissolve_department"])
def test_only_administrators_see_the_page(cast: make.Cast, castings: Department, client: SignedIn, name: str) -> None:
    place = reverse(name, args=[castings.pk])
    for who in (cast.stranger, cast.author, cast.manager):
        assert client.as_(who).get(place).status_code == 403
        assert client.post(place, {"confirmed": "1", "parent": cast.stores.pk}).status_code == 403
    client.as_(cast.admin)
    assert client.get(place).status_code == 200
    assert client.get(reverse(name, args=[make.company().pk])).status_code == 404
