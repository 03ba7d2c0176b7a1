"""Rules of every kind: what is refused and in which words, what the database refuses, what becomes of them when their target ends."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from organization import levels, people, structure
from organization.evidence import acting
from organization.gate import install_ladder
from organization.models import Department, EvidenceEntry, Level, Person, Position
from organization.refusals import Refused
from processes.models import Participation, Process, Role
from tests import make
from tests.make import NOW, TODAY, day
from training import assignments, audiences, tasks
from training.models import AudienceRule
from training.reach import audience, rules_on
from training.rule_words import obstacle, whom
from worklist.models import OutboxEntry

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)


def office(title: str) -> Position:
    return Position.objects.get(title=title)


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of the head of purchasing, with one rule that selects nobody, so that nothing holds by itself."""
    made = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    AudienceRule.objects.create(process=made, department=make.department("EMPTY"), starts_on=make.LONG_AGO)
    return made


def must_read(process: Process, on: dt.date = TODAY) -> set[str]:
    return set(audience(process, on).values_list("login", flat=True))


def add(process: Process, target: audiences.Target, cast: make.Cast, **how: object) -> AudienceRule:
    return audiences.add_rule(process, target, by=cast.author, now=NOW, **how)


# Each kind


def test_a_department_with_or_without_what_lies_below_it(cast: make.Cast, process: Process) -> None:
    make.staff(make.department("BUY", parent=cast.purchasing), "buyer")
    alone = add(process, cast.purchasing, cast, narrow=True)
    assert must_read(process) == {"author", "approver", "reader"}
    audiences.end_rule(alone, by=cast.author, now=NOW)
    add(process, cast.purchasing, cast)
    assert must_read(process) == {"author", "approver", "reader", "buyer"}
    add(process, cast.purchasing, cast, narrow=True, excludes=True)
    assert must_read(process) == {"buyer"}


def test_holders_of_a_position_come_and_go(cast: make.Cast, process: Process) -> None:
    add(process, office("Storeman"), cast)
    assert must_read(process) == {"stranger"}
    make.appoint(cast.reader, office("Storeman"), since=day(2), until=day(4))
    assert [len(must_read(process, day(n))) for n in (1, 2, 3, 4)] == [1, 2, 2, 1]


def test_a_role_reaches_whoever_holds_a_position_that_fills_it(cast: make.Cast, process: Process) -> None:
    role = Role.objects.create(title="Buyer of parts", department=cast.purchasing)
    add(process, role, cast)
    assert must_read(process) == set()
    role.positions.set([office("Buyer"), office("Head of Stores")])
    assert must_read(process) == {"reader", "storekeeper"}


def test_levels_on_the_day_itself(cast: make.Cast, process: Process) -> None:
    add(process, Level.objects.get(pk=3), cast)
    add(process, Level.objects.get(pk=2), cast, narrow=True)
    assert must_read(process) == {"approver", "manager", "boss", "author", "storekeeper"}
    cast.approver.held_levels.update(held_until=TODAY)
    make.hold(cast.approver, 1, since=TODAY)
    make.hold(cast.reader, 4, since=day(3))
    assert must_read(process) == {"manager", "boss", "author", "storekeeper"}
    assert must_read(process, day(3)) == {"manager", "boss", "author", "storekeeper", "reader"}


def test_a_named_person_who_leaves_drops_out(cast: make.Cast, process: Process) -> None:
    rule = add(process, cast.stranger, cast)
    revision = make.effective(process)
    assignments.hand_out(revision, NOW)
    assert must_read(process) == {"stranger"}
    people.deactivate(cast.stranger, by=cast.admin, now=NOW)
    assert must_read(process) == set()
    assignments.hand_out(revision, LATER)
    assert not revision.readings.owed().exists()
    rule.person.refresh_from_db()
    assert obstacle(rule, TODAY, filled=False).startswith("Stranger has left")


def test_another_level_wakes_the_hand_out(cast: make.Cast) -> None:
    install_ladder()
    levels.assign(cast.reader, 1, by=cast.manager, now=NOW, reason="Assessed")
    assert OutboxEntry.objects.get(task="training.tasks.hand_out_people").arguments == [cast.reader.pk]


def test_a_rule_wakes_the_hand_out_of_its_process(cast: make.Cast, process: Process) -> None:
    make.effective(process)
    make.effective(make.process(cast.stores))
    rule = add(process, office("Storeman"), cast)
    woken = OutboxEntry.objects.filter(task="training.tasks.hand_out_process")
    assert [entry.arguments for entry in woken] == [[process.pk]]
    assert tasks.hand_out_process(process.pk) == 1
    woken.delete()
    audiences.end_rule(rule, by=cast.author, now=LATER)
    assert woken.count() == 1


# Sight, sense, repetition


def test_people_without_sight_are_named_and_who_is_left_out_is_not_asked(cast: make.Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    process.refresh_from_db()
    with pytest.raises(Refused, match=r"to read it: Stranger\. Widen"):
        add(process, office("Storeman"), cast)
    with pytest.raises(Refused, match=r"to read it: Boss, Manager, Storekeeper\. Widen"):
        add(process, Level.objects.get(pk=2), cast)
    add(process, cast.stores, cast, excludes=True)
    with pytest.raises(Refused, match=r"to read it: Boss, Manager\. Widen"):
        add(process, Level.objects.get(pk=2), cast)
    Participation.objects.create(process=process, person=cast.stranger, part="reader")
    with pytest.raises(Refused, match="is left out by another rule"):
        add(process, cast.stores, cast)
    add(process, cast.stranger, cast)
    assert must_read(process) == set(), "who is left out is left out, by whatever rule"


def test_of_many_without_sight_ten_are_named(cast: make.Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="positions")
    home = make.department("MANY")
    for n in range(12):
        make.staff(home, f"many{n:02d}")
    with pytest.raises(Refused, match=r"Many00, .*Many09 and 2 more\. Widen"):
        add(process, home, cast)


def test_what_contradicts_another_rule_is_refused(cast: make.Cast, process: Process) -> None:
    add(process, office("Storeman"), cast)
    with pytest.raises(Refused, match=r"“Whoever holds “Storeman” \(STO\)” must read it by another rule"):
        add(process, office("Storeman"), cast, excludes=True)
    add(process, cast.stranger, cast, excludes=True)
    with pytest.raises(Refused, match="“Stranger, by name” is left out by another rule"):
        add(process, cast.stranger, cast)
    add(process, cast.stores, cast, narrow=True)
    with pytest.raises(Refused, match="There is a rule about this already"):
        add(process, cast.stores, cast)


def test_the_same_once_more_is_the_same_rule(cast: make.Cast, process: Process) -> None:
    rule = add(process, cast.stores, cast)
    assert add(process, cast.stores, cast) == rule
    assert add(process, cast.stores, cast, starts_on=day(3), ends_before=day(9)) == rule
    assert process.audience_rules.count() == 2


def test_rules_from_and_until_a_day(cast: make.Cast, process: Process) -> None:
    first = add(process, cast.stores, cast, starts_on=day(2), ends_before=day(4))
    assert [len(must_read(process, day(n))) for n in (1, 2, 3, 4)] == [0, 2, 2, 0]
    with pytest.raises(Refused, match="There is a rule about this already"):
        add(process, cast.stores, cast)
    second = add(process, cast.stores, cast, starts_on=day(4))
    assert second != first
    add(process, cast.stores, cast, ends_before=day(2))
    assert [len(must_read(process, day(n))) for n in (0, 3, 9)] == [2, 2, 2]
    with pytest.raises(Refused, match="begins today or later"):
        add(process, cast.purchasing, cast, starts_on=day(-1))
    with pytest.raises(Refused, match="last day lies before"):
        add(process, cast.purchasing, cast, starts_on=day(3), ends_before=day(3))


# What holds by itself


def test_what_would_hold_by_itself_is_written_down_to_be_changed(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"), participating=[cast.stores])
    assert must_read(process) == {"author", "approver", "reader", "storekeeper", "stranger"}
    assert not rules_on(process, TODAY).written
    with pytest.raises(Refused, match="must read it by another rule"):
        add(process, cast.stores, cast, excludes=True)
    with pytest.raises(Refused, match="must read it by another rule"):
        audiences.foresee(audiences.new_rule(process, cast.stores, TODAY, excludes=True), TODAY)
    with pytest.raises(Refused, match="Only the owner"):
        audiences.begin(process, by=cast.reader, now=NOW)
    audiences.begin(process, by=cast.author, now=NOW)
    audiences.begin(process, by=cast.author, now=NOW)
    assert process.audience_rules.count() == 2
    audiences.end_rule(process.audience_rules.get(department=cast.stores), by=cast.author, now=NOW)
    assert must_read(process) == {"author", "approver", "reader"}


def test_the_last_rule_taken_away_on_its_first_day_does_not_come_back(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    audiences.ensure_rules(process, TODAY)
    audiences.end_rule(process.audience_rules.get(), by=cast.author, now=NOW)
    audiences.ensure_rules(process, TODAY)
    assert (process.audience_rules.count(), must_read(process), rules_on(process, TODAY).written) == (0, set(), True)


def test_a_rule_that_is_gone_is_ended_without_a_word(cast: make.Cast, process: Process) -> None:
    rule = add(process, cast.stores, cast)
    stale = AudienceRule.objects.get(pk=rule.pk)
    audiences.end_rule(rule, by=cast.author, now=NOW)
    audiences.end_rule(stale, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Only the owner"):
        audiences.end_rule(process.audience_rules.get(), by=cast.reader, now=NOW)


# Foreseen


def test_nobody_everybody_and_an_empty_audience_are_worth_a_question(cast: make.Cast, process: Process) -> None:
    def foreseen(target: audiences.Target, **how: bool) -> tuple[int, int, str]:
        seen = audiences.foresee(audiences.new_rule(process, target, TODAY, **how), TODAY)
        return seen.count, seen.audience, seen.asks

    role = Role.objects.create(title="Nobody's")
    assert foreseen(make.department("NONE")) == (0, 0, "nobody")
    assert foreseen(role) == (0, 0, "nobody")
    assert foreseen(role, excludes=True) == (0, 0, "nobody")
    assert foreseen(make.company()) == (7, 7, "everybody")
    assert foreseen(cast.stores) == (2, 2, "")
    assert foreseen(cast.admin) == (1, 1, ""), "who holds no position is read to by name"
    add(process, cast.stores, cast)
    assert foreseen(office("Storeman"), excludes=True) == (1, 1, "")
    assert foreseen(Level.objects.get(pk=2), excludes=True) == (5, 1, "")
    add(process, cast.stranger, cast, excludes=True)
    assert foreseen(office("Head of Stores"), excludes=True) == (1, 0, "empties")
    said = audiences.foresee(audiences.new_rule(process, role, TODAY), TODAY).obstacle
    assert said.startswith("No position fills the role “Nobody's”")


# Ends of targets


def test_a_dissolved_department_passes_on_rules_that_last_or_are_to_come(cast: make.Cast, process: Process) -> None:
    old = make.department("OLD", name="Old")
    clerk = make.staff(old, "clerk")
    AudienceRule.objects.create(process=process, department=old, starts_on=day(-9), ends_before=day(5), narrow=True)
    AudienceRule.objects.create(process=process, department=old, starts_on=day(6))
    AudienceRule.objects.create(process=process, department=old, starts_on=day(-30), ends_before=day(-20))
    assert audiences.pass_on(old, cast.stores, by=cast.admin, now=NOW) == 2
    rows = process.audience_rules.filter(department__in=(old, cast.stores)).order_by("starts_on", "department__code")
    assert list(rows.values_list("department__code", "starts_on", "ends_before", "narrow")) == [
        ("OLD", day(-30), day(-20), False),
        ("OLD", day(-9), TODAY, True),
        ("STO", TODAY, day(5), True),
        ("STO", day(6), None, False),
    ]
    assert clerk.login not in must_read(process)


def test_what_ended_is_said(cast: make.Cast, process: Process) -> None:
    gone, empty = Department.objects.get(code="EMPTY"), make.position("Ghost", of=cast.stores)
    by_department, by_position = process.audience_rules.get(), add(process, empty, cast)
    by_role = add(process, Role.objects.create(title="Free", department=cast.stores), cast)
    assert [obstacle(rule, TODAY, filled=False) for rule in (by_department, by_position)] == ["", ""]
    structure.dissolve_department(gone, by=cast.admin, now=NOW)
    structure.close_position(empty, by=cast.admin, now=NOW)
    said = [obstacle(AudienceRule.objects.get(pk=rule.pk), TODAY, filled=False) for rule in (by_department, by_position, by_role)]
    assert [text.partition(".")[0].partition(",")[0] for text in said] == [
        "Department EMPTY was dissolved on 4 Mar 2026",
        "“Ghost” was closed on 4 Mar 2026",
        "No position fills the role “Free”",
    ]
    assert obstacle(by_role, TODAY, filled=True) == ""
    level = AudienceRule(process=process, level=Level.objects.get(pk=2), starts_on=TODAY)
    assert (obstacle(level, TODAY, filled=False), obstacle(add(process, cast.reader, cast), TODAY, filled=False)) == ("", "")


def test_rules_in_plain_words(cast: make.Cast) -> None:
    def said(**about: object) -> str:
        return whom(AudienceRule(starts_on=TODAY, **about))

    assert [
        said(department=cast.stores),
        said(department=cast.stores, narrow=True),
        said(department=make.company()),
        said(position=office("Buyer")),
        said(role=Role.objects.create(title="Buyer")),
        said(role=Role.objects.create(title="Buyer", department=cast.stores)),
        said(level=Level.objects.get(pk=3)),
        said(level=Level.objects.get(pk=3), narrow=True),
        said(person=cast.reader),
    ] == [
        "Stores with everything below it",
        "Stores itself, without what lies below it",
        "Everybody in the company (The company)",
        "Whoever holds “Buyer” (PUR)",
        "Whoever does the role “Buyer”",
        "Whoever does the role “Buyer” (STO)",
        "People with Level 3 · process analyst or above",
        "People with Level 3 · process analyst exactly",
        "Reader, by name",
    ]
    assert str(AudienceRule(process_id=7, person_id=3)) == "7 person 3"


# The database


@pytest.mark.parametrize("name", ["department", "position", "role", "level", "person"])
def test_a_rule_is_about_one_thing_and_stands_once_while_open(cast: make.Cast, process: Process, name: str) -> None:
    role = Role.objects.create(title="Buyer")
    targets = {
        "department": cast.stores, "position": office("Buyer"), "role": role, "level": Level.objects.get(pk=2), "person": cast.reader,
    }  # fmt: skip
    others = [other for other in targets if other != name]
    about = {name: targets[name]}
    AudienceRule.objects.create(process=process, starts_on=day(-9), ends_before=day(-5), **about)
    AudienceRule.objects.create(process=process, starts_on=TODAY, **about)
    AudienceRule.objects.create(process=process, starts_on=TODAY, excludes=True, **about)
    for wrong in (about, {name: targets[name], others[0]: targets[others[0]]}, {}, {**about, "narrow": True}):
        if "narrow" in wrong and name in ("department", "level"):
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            AudienceRule.objects.create(process=process, starts_on=TODAY, **wrong)


def test_rules_leave_evidence_and_history(cast: make.Cast, process: Process) -> None:
    with acting("author"):
        rule = add(process, cast.reader, cast, excludes=True)
    entry = EvidenceEntry.objects.filter(table="training_audiencerule", row_key=str(rule.pk)).get()
    assert (entry.operation, entry.actor, '"person_id"' in entry.after) == ("insert", "author", True)
    past = rule.history.get()
    assert (past.history_user, past.history_date, past.person) == (cast.author, NOW, cast.reader)


# Cost


def test_a_rule_of_every_kind_costs_as_much_as_five_of_each(cast: make.Cast) -> None:
    def cost(many: int) -> int:
        process = make.process(make.department(f"N{many}"), owner=office("Head of Purchasing"))
        for n in range(many):
            role = Role.objects.create(title=f"Role {many} {n}")
            role.positions.add(make.position(of=cast.stores, holder=make.person()))
            found = Level.objects.get(pk=n + 1) if n + 1 in (1, 2, 3, 5) else Level.objects.get_or_create(pk=4, defaults={"name": "4"})[0]
            for about in (
                {"department": make.department(f"X{many}{n}")}, {"position": make.position(of=cast.stores)}, {"role": role},
                {"person": make.person()}, {"level": found},
            ):  # fmt: skip
                AudienceRule.objects.create(process=process, starts_on=TODAY, excludes=n == 4, **about)
        with CaptureQueriesContext(connection) as queries:
            assert audiences.must_read(process, TODAY)
        return len(queries)

    assert (cost(1), cost(5)) == (4, 4)


def test_everybody_is_who_holds_a_position_and_has_access(cast: make.Cast, process: Process) -> None:
    Person.objects.filter(pk=cast.stranger.pk).update(access_until=day(-1))
    add(process, make.company(), cast)
    assert must_read(process) == {"author", "approver", "manager", "boss", "storekeeper", "reader"}
