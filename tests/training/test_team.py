"""The team page and development plans: by name, for the superior alone, each part only where the company shows it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization import calendar
from organization.models import Ability, CompanySettings, Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from training.competence import development, opening, policy, rating, team
from training.competence.rating import Given
from training.models import DevelopmentStep
from worklist.items import raise_item
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db


def planned(cast: make.Cast, by: Person | None = None, **more: object) -> DevelopmentStep:
    given = {"measure": "Draw the returns", "due_on": make.day(30), "ability": Ability.objects.filter(level=1).first(), **more}
    return development.plan(cast.reader, by=by or cast.author, now=NOW, **given)  # type: ignore[arg-type]


def parts(**shown: bool) -> CompanySettings:
    settings = CompanySettings.objects.get_or_create(pk=1)[0]
    for name, value in shown.items():
        setattr(settings, name, value)
    settings.save()
    calendar.forget()
    return settings


def test_a_step_is_owed_by_the_person_and_the_mentor_hears_of_it(cast: make.Cast) -> None:
    step = planned(cast, mentor=cast.approver)
    item = WorkItem.objects.get()
    assert (step.work_item, item.kind, item.person, item.due_on, item.url_args) == (
        item,
        "act",
        cast.reader,
        make.day(30),
        [cast.reader.pk],
    )
    assert Notice.objects.get(person=cast.approver).subject == "You are named mentor of Reader"
    assert step.history.filter(history_user=cast.author).exists()
    assert development.end(step, "done", by=cast.reader, now=NOW).outcome == "done"
    item.refresh_from_db()
    assert item.outcome == "done"
    with pytest.raises(Stale, match="ended already"):
        development.end(step, "done", by=cast.reader, now=NOW)
    other = planned(cast, by=cast.reader)
    for by, outcome, says in ((cast.stranger, "done", "written by the person"), (cast.reader, "x", "Choose done or dropped")):
        with pytest.raises(Refused, match=says):
            development.end(other, outcome, by=by, now=NOW)
    DevelopmentStep.objects.update(work_item=None)
    assert development.end(other, "dropped", by=cast.author, now=NOW).ended_at == NOW
    assert DevelopmentStep.objects.filter(outcome="").count() == 0


def test_dropped_is_no_longer_owed(cast: make.Cast) -> None:
    development.end(planned(cast), "dropped", by=cast.author, now=NOW)
    assert WorkItem.objects.get().outcome == "moot"


def test_what_a_leaver_was_to_learn_is_dropped(cast: make.Cast) -> None:
    step = planned(cast)
    assert development.follow_leavers(NOW) == 0
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert development.follow_leavers(NOW) == 1
    step.refresh_from_db()
    assert (step.outcome, WorkItem.objects.get().outcome) == ("dropped", "moot")


def test_what_is_not_planned(cast: make.Cast) -> None:
    for more, says in (
        ({"by": cast.stranger}, "written by the person and the superior"),
        ({"measure": " "}, "Say what is to be done"),
        ({"due_on": make.day(-1)}, "has not passed"),
        ({"mentor": cast.reader}, "A mentor is somebody else"),
        ({"mentor": cast.stranger}, "Stranger does not hold Level 1"),
    ):
        with pytest.raises(Refused, match=says):
            planned(cast, **more)  # type: ignore[arg-type]
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    cast.reader.refresh_from_db()
    with pytest.raises(Refused, match="has left"):
        planned(cast, by=cast.manager)
    parts(team_plans=False)
    with pytest.raises(Refused, match="switched off"):
        planned(cast)


def test_only_the_person_the_superior_and_the_assessor_see_a_plan(cast: make.Cast) -> None:
    planned(cast)
    expert = make.person("expert", level=4)
    assessment = opening.open_(cast.reader, 1, by=cast.reader, now=NOW)
    everybody = (cast.reader, cast.author, cast.approver, cast.manager, cast.boss, expert, cast.stranger, cast.admin)

    def sees() -> list[str]:
        return [who.login for who in everybody if development.visible_to(scope(who, TODAY)).exists()]

    assert sees() == ["reader", "author", "approver", "manager", "boss"]
    opening.name_assessor(assessment, by=cast.manager, now=NOW, person=expert)
    assert "expert" in sees()
    page = reverse("training:person_competence", args=[cast.reader.pk])
    assert "Draw the returns" in SignedIn().as_(expert).get(page).content.decode()
    opening.take_back(assessment, by=cast.reader, now=NOW, reason="later")
    assert "expert" not in sees()
    assert SignedIn().as_(expert).get(page).status_code == 404
    parts(team_plans=False)
    assert sees() == []


def test_members_are_told_by_name_with_what_they_have_in_hand(cast: make.Cast) -> None:
    make.hold(cast.stranger, 1)
    who = policy.overseen(scope(cast.author, TODAY))
    people = list(team.members_of(who))
    assert [one.login for one in people] == ["approver", "reader"]
    given = {"kind": "act", "subject": "x", "url_name": "home", "url_args": [], "now": NOW}
    raise_item(**given, due_on=make.day(-3), source_key="a", person=cast.reader)  # type: ignore[arg-type]
    raise_item(**given, due_on=make.day(3), source_key="b", position=cast.reader.appointments.get().position)  # type: ignore[arg-type]
    taken = raise_item(**given, due_on=make.day(3), source_key="c", position=cast.author.appointments.get().position)  # type: ignore[arg-type]
    WorkItem.objects.filter(pk=taken.pk).update(assigned_to=cast.reader)
    approver, reader = team.members(people, TODAY, parts())
    assert reader.load == team.Load(own=2, positions=1, late=1)
    assert approver.load == team.Load(0, 0, 0)
    assert (approver.level, approver.last_day, approver.growth) == ("Level 3 · process analyst", None, [(make.LONG_AGO, 3)])
    assert (reader.level, reader.positions, reader.growth) == ("No level", ["Buyer"], [])


def test_growth_tells_changes_and_no_renewals(cast: make.Cast) -> None:
    cast.approver.held_levels.update(held_until=make.day(-2000))
    for since, until, level in ((-2000, -900, 2), (-900, -500, 3), (-500, -100, 3), (-100, None, 4)):
        row = make.hold(cast.approver, level, since=make.day(since)) if until is None else None
        if row is None:
            row = make.hold(cast.approver, level, since=make.day(since))
            row.held_until = make.day(until)  # type: ignore[arg-type]
            row.save()
    (one,) = team.members([cast.approver], TODAY, parts())
    assert one.growth == [(make.day(-900), 3), (make.day(-100), 4)]


def test_each_part_can_be_switched_off(cast: make.Cast, client: SignedIn) -> None:
    planned(cast)
    page = reverse("training:team")
    words = ("Growth over time", "In twelve months", "Open items", "Draw the returns")
    shown = client.as_(cast.author).get(page).content.decode()
    assert all(word in shown for word in words)
    switches = reverse("training:team_parts")
    assert client.get(switches).status_code == 403
    with pytest.raises(Refused, match="Only the company process manager decides what"):
        development.set_parts({}, by=cast.author, now=NOW)
    client.as_(cast.manager)
    assert client.get(switches).status_code == 200
    assert client.post(switches, {}).status_code == 302
    settings = CompanySettings.objects.get()
    assert settings.history.first().history_user == cast.manager
    calendar.forget()
    hidden = client.as_(cast.author).get(page).content.decode()
    assert not any(word in hidden for word in words)
    assert client.get(reverse("training:plan_step", args=[cast.reader.pk])).status_code == 403


def test_the_doors(cast: make.Cast, client: SignedIn) -> None:
    page = reverse("training:team")
    assert [SignedIn().as_(who).get(page).status_code for who in (cast.author, cast.manager, cast.reader, cast.admin)] == [
        200,
        200,
        404,
        404,
    ]
    only = client.as_(cast.manager).get(page, {"department": "STO"}).content.decode()
    assert "Stranger" in only
    assert "Approver" not in only
    plan = reverse("training:plan_step", args=[cast.reader.pk])
    assert client.as_(cast.stranger).get(plan).status_code == 404
    client.as_(cast.author)
    assert client.get(plan).status_code == 200
    ability = Ability.objects.filter(level=1).first()
    given = {"ability": ability.pk if ability else 0, "measure": "Draw", "due_on": (make.now().date() + dt.timedelta(days=9)).isoformat()}
    assert client.post(plan, {**given, "measure": ""}).status_code == 422
    assert client.post(plan, given).status_code == 302
    step = DevelopmentStep.objects.get()
    end = reverse("training:end_step", args=[step.pk])
    assert client.post(end, {"outcome": "x"}).status_code == 302
    assert SignedIn().as_(cast.stranger).post(end, {"outcome": "done"}).status_code == 404
    client.post(end, {"outcome": "done"})
    step.refresh_from_db()
    assert step.outcome == "done"
    assert "Growth over time" in SignedIn().as_(cast.reader).get(reverse("training:competence")).content.decode()


def test_pages_of_today_say_so_to_whoever_asks_for_another_day(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.manager)
    for name in ("team", "competence", "skills_matrix", "forecast"):
        for on, said in (("2190-01-01", True), ("rubbish", True), ("2026-01-01", True), ("", False)):
            answer = client.get(reverse(f"training:{name}"), {"on": on})
            assert (answer.status_code, b"This page shows no other day" in answer.content) == (200, said)


def test_a_step_is_about_an_ability_that_is_still_to_be_learned(cast: make.Cast, client: SignedIn) -> None:
    """The author holds level 2: what a renewal did not find met is to be learned again, although the level is held until it lapses."""
    offered = development.open_to(cast.author, TODAY)
    assert set(offered.values_list("level", flat=True)) == {3, 4, 5}
    one, two = Ability.objects.filter(level=2)[:2]
    with pytest.raises(Refused, match="Author holds this ability already"):
        development.plan(cast.author, one, "Draw", make.day(9), by=cast.author, now=NOW)
    assessment = opening.open_(cast.author, 2, by=cast.author, now=NOW)
    opening.name_assessor(assessment, by=cast.manager, now=NOW, person=cast.approver)
    given = {pk: Given("met", "seen") for pk in Ability.objects.filter(level=2).values_list("pk", flat=True)}
    rating.rate(assessment, given | {two.pk: Given("partly", "x")}, {}, by=cast.approver, now=NOW, seen=0, hand_in=True)
    assessment.refresh_from_db()
    rating.conclude(assessment, by=cast.approver, now=NOW, seen=assessment.version, word="Not yet.")
    assert list(development.open_to(cast.author, TODAY).filter(level=2)) == [two]
    page = client.as_(cast.author).get(reverse("training:plan_step", args=[cast.author.pk])).content.decode()
    assert "Choose an ability" in page
    assert (two.text in page, one.text in page, "---------" in page) == (True, False, False)
    page = client.as_(cast.boss).get(reverse("training:plan_step", args=[cast.boss.pk])).content.decode()
    assert "Every ability is held already" in page


def test_settings_that_no_row_holds_show_everything(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(getattr(CompanySettings(), name) for name in development.PARTS)
    monkeypatch.setattr(team, "_tallies", [])
    (one,) = team.members([cast.reader], TODAY, CompanySettings())
    assert one.did == []


def test_pages_go_on_by_name(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "ROWS", 1)
    client.as_(cast.author)
    first = client.get(reverse("training:team"))
    assert first.context["next_url"] == f"?after=Approver%3A{cast.approver.pk}"
    second = client.get(reverse("training:team") + first.context["next_url"])
    assert [one.person for one in second.context["members"]] == [cast.reader]
    assert (second.context["next_url"], second.context["previous_url"]) == ("", "?")
    assert list(team.following(Person.objects.order_by("name"), "nonsense")) == list(Person.objects.order_by("name"))


def test_the_page_costs_the_same_with_one_and_with_five(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.author)
    cost = []
    for rows in (1, 4):
        for n in range(rows):
            planned(cast, measure=f"m{n}")
            make.staff(cast.purchasing, level=1)
        client.get(reverse("training:team"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("training:team"))
        cost.append(len(asked))
    assert cost[0] == cost[1]
