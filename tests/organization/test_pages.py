"""The pages of the organization: who may open them, what they show, and that nothing typed is lost."""

import datetime as dt
import re
import uuid

import pytest
from django.http import HttpResponse
from django.urls import reverse

from organization import evidence
from organization.models import (
    Absence,
    AbsenceFeed,
    Appointment,
    CalendarException,
    Department,
    EvidenceEntry,
    GateRule,
    HeldLevel,
    Person,
    Position,
    Proposal,
)
from organization.urls import urlpatterns
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
EVERYBODY = {"own_pin",
    "index", "department", "position", "people", "people_options", "person", "levels", "calendar", "feeds", "new_feed", "feed_file",
    "proposals", "sessions", "end_session", "end_other_sessions", "passkey_options",
}  # fmt: skip
OWN = {"new_absence", "change_absence", "cancel_absence", "absence_preview"}
POST = {"cancel_absence": 302, "remove_exception": 302, "add_exception": 422, "apply_table": 302, "read_feed": 302}
POST |= {"end_session": 302, "end_other_sessions": 302, "passkey_options": 200, "withdraw_proposal": 302}
CONFIRMED = {"proposal", "withdraw_proposal"}
LADDER = {"assign_level", "set_gate", "exempt", "revoke_level", "set_renewal"}


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def address(name: str, cast: make.Cast) -> str:
    """A real row behind every address: a stranger's."""
    rows = {
        "department": cast.stores.pk,
        "position": office("Storeman").pk,
        "appointment": Appointment.objects.get(person=cast.stranger, position__title="Storeman").pk,
        "person": cast.stranger.pk,
        "absence": (Absence.objects.first() or make.away(cast.stranger)).pk,
        "exception": CalendarException.objects.get_or_create(day=make.TODAY, defaults={"name": "Founding day"})[0].pk,
        "action": "submit",
        "level": 3,
        "proposal": Proposal.objects.get_or_create(
            person=cast.stranger,
            position=office("Process manager, Purchasing"),
            proposed_by=cast.admin,
            proposed_at=make.NOW,
            starts_on=make.TODAY,
            mode="full",
        )[0].pk,
        "handle": str(uuid.uuid4()),
        "kind": "people",
        "feed": AbsenceFeed.objects.get_or_create(name="Theirs", url="https://calendar.example.com/a.ics", person=cast.stranger)[0].pk,
    }
    pattern = next(p for p in urlpatterns if p.name == name)
    wanted = pattern.pattern.converters.keys()
    return reverse(f"organization:{name}", kwargs={key: rows[key] for key in wanted})


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


ALL = sorted(str(p.name) for p in urlpatterns)


@pytest.mark.parametrize("name", ALL)
def test_everything_needs_sign_in(cast: make.Cast, client: SignedIn, name: str) -> None:
    response = client.get(address(name, cast))
    assert (response.status_code, response.headers["Location"].startswith(reverse("account_login"))) == (302, True)


@pytest.mark.parametrize("name", ALL)
def test_the_door_of_every_page(cast: make.Cast, name: str) -> None:
    """Ordinary people look up and enter nothing for others; administrators manage; gates are the process manager's alone."""
    place = address(name, cast)
    codes = {}
    for who in (cast.reader, cast.author, cast.manager, cast.admin):
        client = SignedIn().as_(who)
        codes[who.login] = (client.post(place) if name in POST else client.get(place)).status_code
    done = POST.get(name, 200)
    ordinary = done if name in EVERYBODY else 403
    ladder = 200 if name in LADDER else ordinary
    admin = 403 if name in LADDER - {"assign_level"} else done
    if name in CONFIRMED:  # who proposed it may look, who may confirm it may answer, and nobody else finds it
        ordinary, ladder = 404, done
    assert codes == {"reader": ordinary, "author": ordinary, "manager": ladder, "admin": admin}


@pytest.mark.parametrize("name", sorted(set(ALL) - EVERYBODY - OWN - LADDER - CONFIRMED))
def test_an_ordinary_person_posts_in_vain(cast: make.Cast, client: SignedIn, name: str) -> None:
    before = EvidenceEntry.objects.count()
    place = address(name, cast)
    made = EvidenceEntry.objects.count() - before  # the address itself may need rows
    response = client.as_(cast.reader).post(
        place, {"name": "x", "title": "x", "kind": "staff", "login": "x", "code": "X", "language": "en"}
    )
    assert response.status_code == 403
    assert EvidenceEntry.objects.count() == before + made


def test_what_does_not_exist_is_not_found(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    places = [reverse(f"organization:{n}", args=[99999]) for n in ("department", "position", "person", "edit_person", "end_appointment")]
    assert {client.get(place).status_code for place in places} == {404}
    assert client.get(reverse("organization:set_gate", args=["no-such-gate"])).status_code == 404


def test_the_tree_shows_heads_vacancies_and_who_is_away(cast: make.Cast, client: SignedIn) -> None:
    Department.objects.create(code="GONE", name="Long gone", parent=make.company(), dissolved_on=make.LONG_AGO)
    make.position("Vacant post", of=cast.stores)
    now = make.now().date()
    make.away(cast.author, since=now, substitute=cast.reader)
    page = text(client.as_(cast.reader).get(reverse("organization:index")))
    assert [name for name in ("The company", "Purchasing", "Stores", "Long gone") if name in page] == [
        "The company",
        "Purchasing",
        "Stores",
    ]
    assert page.count("1 vacant") == 1
    assert "substitute: Reader" in page
    assert "New department" not in page
    assert "New department" in text(client.as_(cast.admin).get(reverse("organization:index")))


def test_an_empty_company_says_how_to_begin(client: SignedIn) -> None:
    page = text(client.as_(make.person("admin", is_staff=True)).get(reverse("organization:index")))
    assert "The company has no departments yet" in page
    assert "Create the company" in page
    assert "Create the company" not in text(client.as_(make.person("reader")).get(reverse("organization:index")))


def test_a_department_shows_holders_absences_and_what_lies_below(cast: make.Cast, client: SignedIn) -> None:
    make.department("CAST", name="Castings", parent=cast.stores)
    make.position("Vacant post", of=cast.stores)
    make.away(cast.stranger, since=make.now().date())
    page = text(client.as_(cast.reader).get(address("department", cast)))
    assert ["Storeman" in page, "Castings" in page, "Vacant" in page, "away until" in page, "Everybody is here" in page] == [True] * 4 + [
        False
    ]


def test_a_position_says_who_acts_and_why(cast: make.Cast, client: SignedIn) -> None:
    make.away(cast.stranger, since=make.now().date(), substitute=cast.reader)
    page = text(client.as_(cast.author).get(address("position", cast)))
    assert "for Storeman, away until" in page


def test_people_are_found_by_any_part_and_leavers_only_by_administrators(cast: make.Cast, client: SignedIn) -> None:
    make.person("4711", name="李 娜")
    make.person("leaver", is_active=False)
    place = reverse("organization:people")

    def shown(**query: str) -> list[str]:
        return [p.login for p, _positions, _away in client.get(place, query).context["rows"]]

    client.as_(cast.reader)
    assert shown(q="娜") == ["4711"]
    assert shown(q="STORE") == ["storekeeper"]
    assert shown(q="nobody like this") == []
    assert "leaver" not in shown(left="1")
    client.as_(cast.admin)
    assert shown(left="1") == ["leaver"]


def test_paging_shows_everybody_once(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(120):
        make.person(name="Same name")
    client.as_(cast.reader)
    place, query, seen = reverse("organization:people"), "", []
    for _ in range(5):
        context = client.get(place + query).context
        seen += [p.pk for p, _positions, _away in context["rows"]]
        query = context["next_url"]
        if not query:
            break
    assert seen == list(Person.objects.order_by("name", "pk").values_list("pk", flat=True))
    assert len(client.get(place + "?after=x:99999999999999999999999").context["rows"]) == 50


def test_proposals_for_a_person_field(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:people_options")
    assert (
        client.as_(cast.reader).get(place, {"substitute": "strang"}).content.decode().strip()
        == '<option value="stranger">Stranger</option>'
    )
    assert client.get(place).content.decode().strip() == ""


def test_notes_and_reasons_are_private(cast: make.Cast, client: SignedIn) -> None:
    absence = make.away(cast.stranger, since=make.now().date())
    Absence.objects.filter(pk=absence.pk).update(note="operation")
    make.hold(cast.stranger, 2)
    pages = {who.login: text(client.as_(who).get(address("person", cast))) for who in (cast.reader, cast.stranger, cast.admin)}
    assert {login: ("operation" in page, "for the test" in page) for login, page in pages.items()} == {
        "reader": (False, False), "stranger": (True, True), "admin": (True, True),
    }  # fmt: skip
    assert all("Level 2 · process descriptor" in page for page in pages.values())


def test_the_levels_page_counts_holders_and_shows_gates(cast: make.Cast, client: SignedIn) -> None:
    page = client.as_(cast.reader).get(reverse("organization:levels"))
    assert [row[3] for row in page.context["rungs"]] == [0, 2, 1, 0, 2]
    assert "Masters the drawing of flowcharts." in text(page)
    assert "Only the company process manager decides how hard a gate is." in text(page)
    assert "You decide as company process manager" in text(client.as_(cast.manager).get(reverse("organization:levels")))


def test_an_administrator_builds_a_department_with_a_position_and_its_holder(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    company = make.company()
    client.post(reverse("organization:new_department"), {"code": "qa", "name": "Quality", "kind": "department", "parent": company.pk})
    quality = Department.objects.get(code="QA")
    client.post(
        reverse("organization:edit_department", args=[quality.pk]), {"name": "Quality and safety", "kind": "team", "parent": company.pk}
    )
    made = {"title": "Head of Quality", "kind": "head", "required_level": "2", "deputy": "", "substitution": "absence"}
    client.post(reverse("organization:new_position", args=[quality.pk]), made)
    head = office("Head of Quality")
    client.post(reverse("organization:edit_position", args=[head.pk]), {**made, "deputy": office("Buyer").pk, "substitute": "reader"})
    day = make.now().date()
    asked = {"person": "reader", "starts_on": "2026-03-01", "last_day": day + dt.timedelta(days=9), "mode": "part", "percent": "50"}
    client.post(reverse("organization:appoint", args=[head.pk]), asked)
    held = head.appointments.get()
    assert (held.person, str(held.starts_on), str(held.ends_before), held.percent) == (
        cast.reader, "2026-03-01", str(day + dt.timedelta(days=10)), 50,
    )  # fmt: skip
    client.post(reverse("organization:end_appointment", args=[held.pk]), {"last_day": day - dt.timedelta(days=1), "seen": "1"})
    client.post(reverse("organization:close_position", args=[head.pk]))
    response = client.post(reverse("dissolve_department", args=[quality.pk]), {"confirmed": "1"})
    assert response.status_code == 302
    held.refresh_from_db()
    head.refresh_from_db()
    quality.refresh_from_db()
    assert (held.ends_before, head.deputy, head.substitute, head.closed_on is not None) == (day, office("Buyer"), cast.reader, True)
    assert (quality.name, quality.dissolved_on is not None) == ("Quality and safety", True)


def test_evidence_names_the_administrator(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin).post(
        reverse("organization:new_department"), {"code": "qa", "name": "Quality", "kind": "department", "parent": make.company().pk}
    )
    assert EvidenceEntry.objects.filter(table="organization_department").latest("pk").actor == "admin"
    assert evidence.current_actor() == ""


def test_a_refusal_is_shown_on_the_form_and_what_was_typed_stays(cast: make.Cast, client: SignedIn) -> None:
    asked = {"person": "stranger", "starts_on": "2026-03-10", "last_day": "2026-03-01", "mode": "part", "percent": "70"}
    response = client.as_(cast.admin).post(reverse("organization:appoint", args=[office("Buyer").pk]), asked)
    page = text(response)
    assert response.status_code == 422
    assert "The last day must not lie before the first." in page
    assert all(f'value="{value}"' in page for value in ("stranger", "2026-03-10", "2026-03-01", "70"))


def test_an_unknown_person_is_named_as_such(cast: make.Cast, client: SignedIn) -> None:
    response = client.as_(cast.admin).post(reverse("organization:appoint", args=[office("Buyer").pk]), {"person": "<b>nobody"})
    assert "There is no active person with this login name." in text(response)
    assert "&lt;b&gt;nobody" in text(response)


def test_a_temporary_password_is_shown_once_and_never_kept(cast: make.Cast, client: SignedIn) -> None:
    asked = {"login": "4711", "name": "Anna", "language": "en", "is_superuser": "1", "password": "mine"}
    response = client.as_(cast.admin).post(reverse("organization:new_person"), asked)
    anna = Person.objects.get(login="4711")
    password = re.search(r"<code>([^<]+)</code>", text(response))
    assert password is not None
    assert anna.check_password(password[1])
    assert not anna.is_superuser
    assert "no-store" in response.headers["Cache-Control"]
    assert client.post(reverse("organization:new_person"), asked).status_code == 422
    again = text(client.post(reverse("organization:renew_password", args=[anna.pk])))
    anna.refresh_from_db()
    assert anna.check_password(re.search(r"<code>([^<]+)</code>", again)[1])  # type: ignore[index]


def test_a_person_is_changed_and_deactivated(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    client.post(
        reverse("organization:edit_person", args=[cast.reader.pk]), {"name": "Rea Der", "language": "zh-hans", "email": "r@example.com"}
    )
    client.post(reverse("organization:deactivate", args=[cast.reader.pk]))
    cast.reader.refresh_from_db()
    assert (cast.reader.name, cast.reader.language, cast.reader.is_active) == ("Rea Der", "zh-hans", False)


def test_a_person_enters_their_own_absence_with_the_last_day_included(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:new_absence", args=[cast.reader.pk])
    asked = {"starts_on": "2030-05-01", "last_day": "2030-05-04", "substitute": "stranger", "note": "holiday"}
    assert client.as_(cast.reader).post(place, asked).status_code == 302
    made = Absence.objects.get()
    assert (str(made.ends_before), made.substitute) == ("2030-05-05", cast.stranger)
    assert client.post(place, asked).status_code == 422
    assert "4" in text(client.get(reverse("organization:person", args=[cast.reader.pk])))
    assert SignedIn().as_(cast.stranger).post(reverse("organization:cancel_absence", args=[made.pk])).status_code == 403
    assert client.post(reverse("organization:cancel_absence", args=[made.pk])).status_code == 302
    assert Absence.objects.count() == 0


def test_an_absence_that_is_over_is_not_cancelled(cast: make.Cast, client: SignedIn) -> None:
    over = make.away(cast.reader, since=make.LONG_AGO)
    response = client.as_(cast.reader).post(reverse("organization:cancel_absence", args=[over.pk]), follow=True)
    assert "This absence is over." in text(response)


def test_a_level_is_signed_with_the_password(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:assign_level", args=[cast.reader.pk])
    wrong = client.as_(cast.admin).post(place, {"level": "1", "reason": "three charts", "password": "wrong"})
    assert "That is not your password, so nothing was signed." in text(wrong)
    assert "three charts" in text(wrong)
    assert not HeldLevel.objects.filter(person=cast.reader).exists()
    assert client.post(place, {"level": "1", "reason": "three charts", "password": make.PASSWORD}).status_code == 302
    assert HeldLevel.objects.get(person=cast.reader).level_id == 1


def test_a_locked_person_keeps_what_was_typed(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:assign_level", args=[cast.reader.pk])
    client.as_(cast.admin)
    for _ in range(9):
        response = client.post(place, {"level": "1", "reason": "three charts", "password": "wrong"})
    assert "Too many failed attempts" in text(response)
    assert "three charts" in text(response)


def test_the_company_process_manager_sets_a_gate(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:set_gate", args=["submit"])
    assert client.as_(cast.manager).post(place, {"mode": "warn", "reason": "first year", "password": make.PASSWORD}).status_code == 302
    assert GateRule.objects.get(pk="submit").mode == "warn"


def test_the_admin_only_shows(cast: make.Cast, client: SignedIn) -> None:
    root = make.person("root", is_staff=True, is_superuser=True)
    client.as_(root)
    assert client.get("/admin/organization/person/").status_code == 200
    page = client.get(f"/admin/organization/person/{cast.reader.pk}/change/")
    assert cast.reader.password not in text(page)
    assert client.post(f"/admin/organization/person/{cast.reader.pk}/change/", {"name": "x"}).status_code == 403
    assert client.get("/admin/organization/department/add/").status_code == 403
    assert client.post(f"/admin/organization/department/{cast.stores.pk}/delete/", {"post": "yes"}).status_code == 403


QUERIES = {"index": 19, "people": 12, "department": 15, "levels": 17, "position": 25, "person": 37, "calendar": 10}


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("name", sorted(QUERIES))
def test_pages_cost_the_same_with_one_and_with_five_rows(
    cast: make.Cast, client: SignedIn, name: str, count: int, django_assert_num_queries: object
) -> None:
    for n in range(count):
        person = make.head(make.department(f"D{n}", parent=cast.stores), level=1)
        make.appoint(person, make.position(of=cast.stores))
        make.away(person, since=make.now().date(), substitute=cast.approver)
        make.appoint(person, office("Storeman"))
        make.appoint(cast.stranger, make.position(of=cast.stores))
        make.away(cast.stranger, since=make.now().date() + dt.timedelta(days=n), until=make.now().date() + dt.timedelta(days=n + 1))
        CalendarException.objects.create(day=make.day(n), name="Rest")
    client.as_(cast.reader)
    place = address(name, cast)
    client.get(place)
    with django_assert_num_queries(QUERIES[name]):  # type: ignore[operator]
        client.get(place)
