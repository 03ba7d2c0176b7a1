"""The skills matrix with its gaps and its spreadsheet, and the forecast of where competence runs out."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from organization import gate, levels
from organization.models import Ability, Level, Person, Position
from organization.scope import scope
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day
from tests.training.courses import course, session
from training.competence import forecast, matrix, opening, policy, rating, team
from training.competence.rating import Given
from training.courses import seats

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def require(title: str, level: int) -> None:
    position = office(title)
    position.required_level = level
    position.save()


def assessed(cast: make.Cast, how: tuple[str, str], by: Person) -> None:
    """The reader for level 1, signed; one rating for each ability."""
    assessment = opening.open_(cast.reader, 1, by=cast.reader, now=NOW)
    opening.name_assessor(assessment, by=cast.manager, now=NOW, person=by)
    given = {one.pk: Given(said, "x") for one, said in zip(Ability.objects.filter(level=1), how, strict=True)}
    rating.rate(assessment, given, {}, by=by, now=NOW, seen=0, hand_in=True)
    assessment.refresh_from_db()
    rating.conclude(assessment, by=by, now=NOW, seen=assessment.version, word="x")


def test_what_a_position_requires(cast: make.Cast) -> None:
    titles = ("Company process manager", "Process manager, Purchasing", "Head of Purchasing", "Buyer")
    assert [gate.required_by(office(title)) for title in titles] == [5, 3, 0, 0]
    require("Buyer", 2)
    assert gate.required_by(office("Buyer")) == 2
    assert gate.required_by(Position(kind="process_auditor", required_level=4)) == 4


def test_levels_then_ratings_and_what_is_missing(cast: make.Cast) -> None:
    require("Buyer", 2)
    (line,) = matrix.lines([cast.reader], TODAY)
    assert (line.level, line.required, line.gaps) == (0, 2, 5)
    assert [cell.rated for cell in line.cells] == [""] * 13
    assessed(cast, ("met", "not"), cast.approver)
    (line,) = matrix.lines([cast.reader], TODAY)
    assert [(cell.rated, cell.gap) for cell in line.cells[:3]] == [("met", False), ("not", True), ("", True)]
    assert [(cell.sign, cell.words) for cell in line.cells[:2]] == [("●", "met"), ("○", "not met, required")]
    make.hold(cast.reader, 1)
    (line,) = matrix.lines([cast.reader], TODAY)
    assert [cell.rated for cell in line.cells[:2]] == ["met", "met"]
    assert line.gaps == 3


def test_of_two_assessors_the_worse_counts_and_of_two_assessments_the_later(cast: make.Cast) -> None:
    assessment = opening.open_(cast.reader, 1, by=cast.reader, now=NOW)
    one, two = Ability.objects.filter(level=1)
    for who, how in ((cast.approver, ("not", "met")), (cast.manager, ("met", "partly"))):
        opening.name_assessor(assessment, by=cast.author, now=NOW, person=who)
        given = {one.pk: Given(how[0], "x"), two.pk: Given(how[1], "x")}
        rating.rate(assessment, given, {}, by=who, now=NOW, seen=0, hand_in=True)
    assert [cell.rated for cell in matrix.lines([cast.reader], TODAY)[0].cells[:2]] == ["", ""]  # not signed yet
    assessment.refresh_from_db()
    rating.conclude(assessment, by=cast.manager, now=NOW - dt.timedelta(days=1), seen=assessment.version, word="x")
    assert [cell.rated for cell in matrix.lines([cast.reader], TODAY)[0].cells[:2]] == ["not", "partly"]
    assessed(cast, ("partly", "not"), cast.approver)
    assert [cell.rated for cell in matrix.lines([cast.reader], TODAY)[0].cells[:2]] == ["partly", "not"]


def test_the_page_and_the_sheet(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    require("Buyer", 1)
    page, sheet, ahead = (reverse(f"training:{name}") for name in ("skills_matrix", "skills_matrix_excel", "forecast"))
    for where in (page, sheet, ahead):
        everybody = (cast.author, cast.boss, cast.reader, cast.admin)
        assert [SignedIn().as_(who).get(where).status_code for who in everybody] == [200, 200, 404, 404]
    Person.objects.filter(pk=cast.reader.pk).update(name="=1+1")
    monkeypatch.setattr("training.views.outlook.BATCH", 1)
    answer = client.as_(cast.author).get(sheet)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Login name", "reader", "approver"]
    assert rows[0][5] == "1 · Has the basic concepts of process management."
    assert rows[1][1:7] == ("'=1+1", "0", "1", "2", "not assessed, required", "not assessed, required")
    assert (len(rows[0]), rows[2][4:7]) == (18, ("0", "met", "met"))
    monkeypatch.setattr(team, "ROWS", 1)
    first = client.get(page)
    assert 'class="matrix-gap"' in first.content.decode()
    second = client.get(page + first.context["next_url"])
    assert [line.person for line in second.context["lines"]] == [cast.approver]
    assert second.context["previous_url"] == "?"


# The forecast


def ahead(who: Person) -> list[forecast.Gap]:
    view = scope(who, TODAY)
    return forecast.forecast(policy.overseen(view), view)


def until(person: Person, level: int, days: int) -> None:
    person.held_levels.all().delete()
    levels.hold(person, level, by=person, now=NOW, ground="assigned", reason="x", signature=None, until=day(days))


def test_a_level_that_lapses_leaves_a_department_without_anybody(cast: make.Cast) -> None:
    make.process(cast.purchasing, owner=office("Head of Purchasing"))
    assert ahead(cast.author) == []
    until(cast.approver, 3, 40)
    make.staff(cast.purchasing, "zoe", level=2)
    (gap,) = ahead(cast.author)
    assert (gap.department, gap.process, gap.level, gap.level_name) == (cast.purchasing, None, 3, "Level 3 · process analyst")
    assert gap.first == dt.date(2026, 5, 1)
    assert gap.counts == [1, 1, *[0] * 11]
    assert gap.causes == [forecast.Cause(cast.approver, day(39), lapses=True)]
    assert [person.login for person in gap.candidates] == ["author", "zoe"]
    assert len(forecast.months(TODAY)) == 13


def test_a_process_whose_owner_leaves(cast: make.Cast) -> None:
    make.process(cast.purchasing, number="PUR-001", owner=office("Head of Purchasing"))
    cast.author.appointments.update(ends_before=day(100))
    gaps = ahead(cast.manager)
    assert [(gap.process and gap.process.number, gap.level, gap.first) for gap in gaps] == [("PUR-001", 2, dt.date(2026, 7, 1))]
    assert gaps[0].causes == [forecast.Cause(cast.author, day(99), lapses=False)]
    Person.objects.filter(pk=cast.author.pk).update(access_until=day(20))
    assert ahead(cast.manager)[0].first == dt.date(2026, 4, 1)
    assert ahead(cast.manager)[0].causes[0].last_day == day(20)


def test_who_is_missing_today_is_told_first_and_a_renewal_fills_the_gap(cast: make.Cast) -> None:
    require("Storeman", 2)
    cast.approver.held_levels.all().delete()
    make.process(cast.stores, number="STO-001", owner=office("Head of Stores"), confidentiality="positions")
    make.process(cast.stores, number="STO-002", owner=office("Head of Purchasing"), confidentiality="positions")
    assert [(gap.department.code, gap.level, gap.first, gap.causes) for gap in ahead(cast.manager)] == [("PUR", 3, TODAY, [])]
    make.hold(cast.approver, 3)
    assert ahead(cast.manager) == []
    Person.objects.filter(login="storekeeper").update(is_active=False)
    # Who may not see a process does not read of it, but of the department.
    assert [(gap.department.code, gap.process, gap.level) for gap in ahead(cast.boss)] == [("STO", None, 2)]


def test_the_page_says_why_and_who_could_be_assessed(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client.as_(cast.author)
    assert "Every department and process is covered" in client.get(reverse("training:forecast")).content.decode()
    now = make.now()
    cast.approver.held_levels.all().delete()
    levels.hold(
        cast.approver, 3, by=cast.approver, now=now, ground="assigned", reason="x", signature=None,
        until=now.date() + dt.timedelta(days=40),
    )  # fmt: skip
    page = " ".join(client.get(reverse("training:forecast")).content.decode().split())
    assert "prepares for the level" not in page
    made = course(cast.manager, "AN-1", title="Auditing interfaces", level=Level.objects.get(pk=3))
    page = " ".join(client.get(reverse("training:forecast")).content.decode().split())
    assert f'<a href="/training/courses/{made.pk}/">AN-1 Auditing interfaces</a>' in page
    assert "No session with a place is planned." in page
    assert "/sessions/new/" not in page, "courses of the company are for the process office"
    full, open_ = (session(made, cast.manager, capacity=1, begins=now + dt.timedelta(days=n), now=now) for n in (5, 9))
    seats.enrol(full, by=cast.reader, now=now)
    page = " ".join(client.get(reverse("training:forecast")).content.decode().split())
    assert (f'href="/training/sessions/{open_.pk}/"' in page, f'href="/training/sessions/{full.pk}/"' in page) == (True, False)
    assert (
        f'href="/training/courses/{made.pk}/sessions/new/"' in client.as_(cast.manager).get(reverse("training:forecast")).content.decode()
    )
    client.as_(cast.author)
    assert "on nobody is left." in page
    assert "holds the level until" in page
    assert f'<a class="btn btn-small" href="/competence/people/{cast.author.pk}/">Author</a>' in page
    monkeypatch.setattr("training.views.outlook.SHOWN", 0)
    assert client.get(reverse("training:forecast")).context["more"] == 1


def test_pages_cost_the_same_with_one_and_with_five(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.author)
    cost: dict[str, list[int]] = {"skills_matrix": [], "forecast": []}
    for rows in (1, 4):
        for _n in range(rows):
            until(make.staff(cast.purchasing), 2, 50)
            make.process(cast.purchasing, owner=make.position(of=cast.purchasing))
            of = make.department(f"K{rows}{_n}")
            made = course(cast.manager, f"AN-{of.code}", level=Level.objects.get(pk=2), department=of)
            session(made, cast.manager, begins=make.now() + dt.timedelta(days=5), now=make.now())
        for name, found in cost.items():
            client.get(reverse(f"training:{name}"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"training:{name}"))
            found.append(len(asked))
    assert all(one == five for one, five in cost.values())
