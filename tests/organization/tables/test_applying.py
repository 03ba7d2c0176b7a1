"""A table as a whole: what it makes and changes, that twice is once, and that whatever is wrong changes nothing."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from organization.models import Absence, Appointment, Department, EvidenceEntry, Person, Position, Proposal
from organization.refusals import Refused
from organization.tables.applying import Report, bring_in, rehearse
from organization.tables.reading import write
from organization.tables.steps import State
from tests import make
from tests.make import NOW, day

pytestmark = pytest.mark.django_db
Rows = tuple[str, ...]


@pytest.fixture
def admin(cast: make.Cast) -> Person:
    return cast.admin


def bring(kind: str, admin: Person, *lines: str) -> Report:
    """Brings the lines in; they must be taken."""
    report, done = bring_in("\n".join(lines), kind, by=admin, now=NOW)
    assert (report.faults, done) == ((), True)
    return report


def tally(report: Report) -> tuple[int, int, int]:
    return report.number(State.NEW), report.number(State.CHANGED), report.number(State.SAME)


def faults(kind: str, admin: Person, *lines: str) -> list[tuple[int, str, str, str]]:
    """What is wrong; that nothing was changed is looked up in the evidence trail."""
    before = EvidenceEntry.objects.count()
    report, done = bring_in("\n".join(lines), kind, by=admin, now=NOW)
    assert not done
    assert EvidenceEntry.objects.count() == before
    return [(f.row, f.column, f.value, f.sentence) for f in report.faults]


def office(title: str) -> Position:
    return Position.objects.get(title=title)


# --- every kind: new, unchanged, changed

DEPARTMENTS = ("code,name,below", "cas,Castings,PUR", "NEW,New things,", "SUB,Below the new,NEW")
PEOPLE = ("工号;姓名;语言;邮箱;在职", "0815;王伟;简体中文;wang@example.com;是", "reader;Rea Der;en;;yes")
POSITIONS = (
    "Department\tTitle\tKind\tLevel\tDeputy\tSubstitution\tStanding substitute",
    "STO\tClerk of stores\tstaff\t\tSTO/Deputy of stores\t\t",
    "STO\tDeputy of stores\thead\t2\t\tstanding\tREADER",
    "PUR\tBuyer\tstaff\t1\tSTO/Storeman\t\t",
)
APPOINTMENTS = (
    "login,department,title,from,until,mode,percent",
    "stranger,PUR,Buyer,2026-04-01,2026-04-30,part,50 %",
    "reader,pur,buyer,1.1.2020,,,",
)
ABSENCES = ("login,from,until,substitute,note", "reader,2026-05-04,2026-05-08,stranger,=holiday", "stranger,4.6.2026,4.6.2026,,")


def test_departments(admin: Person) -> None:
    assert tally(bring("departments", admin, *DEPARTMENTS)) == (3, 0, 0)
    below = dict(Department.objects.exclude(parent=None).values_list("code", "parent__code"))
    assert below == {"PUR": "CO", "STO": "CO", "CAS": "PUR", "NEW": "CO", "SUB": "NEW"}
    assert tally(bring("departments", admin, *DEPARTMENTS)) == (0, 0, 3)
    report = bring("departments", admin, "code,name,kind,below", "CAS,Foundry,Team,STO", "PUR,Purchasing,,")
    assert tally(report) == (0, 1, 1)
    assert [(d.column, d.before, d.after) for d in report.steps[0].differences] == [
        ("Name", "Castings", "Foundry"),
        ("Kind", "Department", "Team"),
        ("Below", "PUR", "STO"),
    ]


def test_the_first_table_makes_the_company_itself() -> None:
    admin = make.person("admin", is_staff=True)
    lines = ("code,name,kind,below", "A,Below,,B", "B,Above,,", "CO,The company,公司,")
    assert tally(bring("departments", admin, *lines)) == (3, 0, 0)
    assert {d.code: d.parent.code if d.parent else "" for d in Department.objects.select_related("parent")} == {
        "CO": "",
        "B": "CO",
        "A": "B",
    }
    assert tally(bring("departments", admin, *lines)) == (0, 0, 3)


def test_departments_change_places_whatever_the_order_of_rows(admin: Person) -> None:
    bring("departments", admin, "code,name,below", "UP,Up,", "DOWN,Down,UP")
    lines = ("code,name,below", "UP,Up,DOWN", "DOWN,Down,")
    assert tally(bring("departments", admin, *lines)) == (0, 2, 0)
    assert tally(bring("departments", admin, *lines)) == (0, 0, 2)


def test_people(cast: make.Cast, admin: Person) -> None:
    assert tally(bring("people", admin, *PEOPLE)) == (1, 1, 0)
    made = Person.objects.get(login="0815")
    assert (made.name, made.language, made.email, made.has_usable_password()) == ("王伟", "zh-hans", "wang@example.com", False)
    cast.reader.refresh_from_db()
    assert (cast.reader.name, cast.reader.email, cast.reader.check_password(make.PASSWORD)) == ("Rea Der", None, True)
    assert tally(bring("people", admin, *PEOPLE)) == (0, 0, 2)


def test_somebody_who_has_left_is_deactivated_by_the_story_once(cast: make.Cast, admin: Person) -> None:
    lines = ("login,name,active,access until", "stranger,Stranger,no,2026-12-31")
    report = bring("people", admin, *lines)
    assert [d.column for d in report.steps[0].differences] == ["Access until", "Active"]
    cast.stranger.refresh_from_db()
    assert (cast.stranger.is_active, cast.stranger.access_until) == (False, dt.date(2026, 12, 31))
    assert not Appointment.objects.on(day(1)).filter(person=cast.stranger).exists()
    assert tally(bring("people", admin, *lines)) == (0, 0, 1)


def test_positions(cast: make.Cast, admin: Person) -> None:
    assert tally(bring("positions", admin, *POSITIONS)) == (2, 1, 0)
    clerk, deputy, buyer = office("Clerk of stores"), office("Deputy of stores"), office("Buyer")
    assert (clerk.deputy, clerk.substitution, clerk.substitute) == (deputy, "absence", None)
    assert (deputy.kind, deputy.required_level, deputy.substitution, deputy.substitute) == ("head", 2, "standing", cast.reader)
    assert (buyer.deputy, buyer.required_level) == (office("Storeman"), 1)
    assert tally(bring("positions", admin, *POSITIONS)) == (0, 0, 3)
    report = bring("positions", admin, "department,title,level", "STO,Deputy of Stores,3", "PUR,Buyer,1")
    assert [(d.column, d.before, d.after) for d in report.steps[0].differences] == [
        ("Title", "Deputy of stores", "Deputy of Stores"),
        ("Required level", "2", "3"),
    ]
    assert office("Deputy of Stores").substitute == cast.reader
    assert office("Buyer").deputy == office("Storeman")


def test_deputies_change_places_whatever_the_order_of_rows(admin: Person) -> None:
    bring("positions", admin, "department,title,deputy", "PUR,A,PUR/B", "PUR,B,")
    assert tally(bring("positions", admin, "department,title,deputy", "PUR,B,PUR/a", "PUR,A,")) == (0, 2, 0)
    assert office("B").deputy == office("A")
    assert tally(bring("positions", admin, "department,title,deputy", "PUR,B,PUR/a", "PUR,A,")) == (0, 0, 2)


def test_appointments(cast: make.Cast, admin: Person) -> None:
    report = bring("appointments", admin, *APPOINTMENTS)
    assert tally(report) == (1, 0, 1)
    made = Appointment.objects.get(person=cast.stranger, position=office("Buyer"))
    assert (made.starts_on, made.ends_before, made.mode, made.percent) == (dt.date(2026, 4, 1), dt.date(2026, 5, 1), "part", 50)
    assert tally(bring("appointments", admin, *APPOINTMENTS)) == (0, 0, 2)
    longer = bring("appointments", admin, "login,department,title,from,until", "stranger,PUR,Buyer,2026-04-01,2026-06-30")
    assert [(d.column, d.after) for d in longer.steps[0].differences] == [("Until", "30 Jun 2026")]


def test_an_appointment_that_follows_on_a_shortened_one(cast: make.Cast, admin: Person) -> None:
    lines = (
        "login,department,title,from,until,mode,percent",
        "reader,PUR,Buyer,2026-04-01,,acting,50",
        "reader,PUR,Buyer,2020-01-01,2026-03-31,,",
    )
    assert tally(bring("appointments", admin, *lines)) == (1, 1, 0)
    assert [a.mode for a in cast.reader.appointments.order_by("starts_on")] == ["full", "acting"]
    assert tally(bring("appointments", admin, *lines)) == (0, 0, 2)


def test_a_successor_of_the_company_process_manager_is_confirmed_before_the_predecessor_goes(cast: make.Cast, admin: Person) -> None:
    lines = (
        "login,department,title,from,until",
        "manager,CO,Company process manager,2020-01-01,2026-03-31",
        "boss,CO,Company process manager,2026-04-01,",
    )
    assert tally(bring("appointments", admin, lines[0], lines[2])) == (1, 0, 0)
    assert tally(bring("appointments", admin, lines[0], lines[2])) == (1, 0, 0), "proposed once, however often it is brought in"
    make.confirmed(Proposal.objects.get(), by=make.person("second", is_staff=True))
    assert tally(bring("appointments", admin, *lines)) == (0, 1, 1), "the predecessor goes when the successor is confirmed"


def test_absences(cast: make.Cast, admin: Person) -> None:
    assert tally(bring("absences", admin, *ABSENCES)) == (2, 0, 0)
    made = Absence.objects.get(person=cast.reader)
    assert (made.starts_on, made.ends_before, made.substitute, made.note, made.source) == (
        dt.date(2026, 5, 4), dt.date(2026, 5, 9), cast.stranger, "=holiday", "csv",
    )  # fmt: skip
    assert tally(bring("absences", admin, *ABSENCES)) == (0, 0, 2)
    changed = bring("absences", admin, "login,from,until,substitute", "reader,2026-05-04,2026-05-10,", "stranger,2026-06-04,2026-06-04,")
    assert tally(changed) == (0, 1, 1)
    made.refresh_from_db()
    assert (made.ends_before, made.substitute, made.note) == (dt.date(2026, 5, 11), None, "=holiday")
    kept = bring("absences", admin, "login,from,until,note", "stranger,2026-06-04,2026-06-04,x")
    assert tally(kept) == (0, 1, 0)


def test_an_absence_keeps_its_substitute_where_the_table_does_not_speak_of_one(cast: make.Cast, admin: Person) -> None:
    bring("absences", admin, *ABSENCES)
    bring("absences", admin, "login,from,until", "reader,2026-05-04,2026-05-06")
    assert Absence.objects.get(person=cast.reader).substitute == cast.stranger


# --- what is wrong


def test_every_fault_of_a_table_is_listed_with_row_column_and_value(admin: Person) -> None:
    found = faults(
        "appointments",
        admin,
        "login,department,title,from,until,percent,colour",
        "raeder,PUR,Buyer,2026-04-01,,100,",
        "reader,PURR,Buyer,2026-04-01,,100,",
        "reader,PUR,Byer,2026-04-01,2026-03-31,100,",
        "reader,PUR,Buyer,31.4.2026,,lots,blue,more",
        "",
        ",PUR,Buyer,2026-04-01,,,",
    )
    assert [(row, column, value) for row, column, value, _sentence in found] == [
        (1, "colour", "colour"),
        (2, "login", "raeder"),
        (3, "department", "PURR"),
        (4, "title", "Byer"),
        (4, "until", "2026-03-31"),
        (5, "", "more"),
        (5, "from", "31.4.2026"),
        (5, "percent", "lots"),
        (7, "login", ""),
    ]
    assert found[0][3].startswith("There is no such column in this kind of table. Known are: Login name, Department, Title, From")
    assert found[2][3] == "There is no department with this code. Did you mean PUR?"
    assert found[3][3] == "There is no position of this title in the department. Did you mean Buyer?"
    assert found[-1][3] == "This must be filled in."


@pytest.mark.parametrize(
    ("kind", "lines", "told"),
    [
        (  # a row with a wrong word is there for those that name it, and is looked at to its end
            "departments",
            ("code,name,kind,below", "NEW,New things,deprtment,PUR", "SUB,Below the new,team,NEW", "X,Lost,deprtment,PURR"),
            [(2, "kind"), (4, "kind"), (4, "below")],
        ),
        (
            "positions",
            ("department,title,level,deputy,standing substitute", "STO,Clerk,9,,", "STO,Packer,1,STO/Clerk,", "XX,Clerk,x,STO/None,nobody"),
            [(2, "level"), (4, "level"), (4, "department"), (4, "standing substitute"), (4, "deputy")],
        ),
        ("positions", ("department,title,level", "STO,,9", "STO,Clerk,9,more"), [(2, "title"), (2, "level"), (3, ""), (3, "level")]),
        ("positions", ("department,title,level", "STO,Storeman,9", "STO,Storeman,1"), [(2, "level"), (3, "title")]),
        ("departments", ("code,name,kind", "ROOT,Second company,company", "PUR,Purchasing,compny"), [(2, ""), (3, "kind")]),
    ],
)
def test_one_fault_of_a_row_hides_no_other_and_brings_none_to_other_rows(
    admin: Person, kind: str, lines: Rows, told: list[tuple[int, str]]
) -> None:
    assert [(row, column) for row, column, _value, _sentence in faults(kind, admin, *lines)] == told


def test_a_missing_and_a_double_column(admin: Person) -> None:
    assert faults("people", admin, "name,Name,姓名", "a,b,c") == [
        (1, "name", "name", "Two columns say the same. Take one of them out."),
        (1, "Name", "Name", "Two columns say the same. Take one of them out."),
        (1, "姓名", "姓名", "Two columns say the same. Take one of them out."),
        (1, "Login name", "", "This column must be there."),
    ]


TWICE = "Row 2 is about the same. Keep one of the two."
LEFT = "This person has left. Accounts are never used again: take another login name, or say no under “active”."


@pytest.mark.parametrize(
    ("kind", "lines", "told"),
    [
        ("departments", ("code,name", "A,One", "a,Two"), [(3, TWICE)]),
        ("departments", ("code,name,below", "A,One,NO"), [(2, "There is no department with this code, neither here nor in the table.")]),
        (
            "departments",
            ("code,name,below", "A,One,B", "B,Two,A", "C,Three,A"),
            [(2, "circle: A, B."), (3, "circle: A, B."), (4, "The row of A could not be taken, and this row needs it.")],
        ),
        ("departments", ("code,name,below", "PUR,Purchasing,SUB", "SUB,Sub,PUR"), [(2, "circle: PUR, SUB."), (3, "circle: PUR, SUB.")]),
        ("departments", ("code,name,kind", "C2,Second,company"), [(2, "There is a company already: one installation is one company.")]),
        ("departments", ("code,name,kind,below", "CO,Co,company,PUR"), [(2, "in a circle: CO, PUR.")]),
        ("people", ("login,name", "a,One", "A,Two"), [(3, TWICE)]),
        ("people", ("login,name,active", "nobody,No Body,no"), [(2, "somebody who has left is not made new.")]),
        ("people", ("login,name,active", "admin,Admin,no"), [(2, "Nobody deactivates their own account.")]),
        ("people", ("login,name,active", "manager,Manager,no"), [(2, "nobody would be company process manager")]),
        ("positions", ("department,title", "PUR,A", "PUR,a"), [(3, TWICE)]),
        ("positions", ("department,title,deputy", "PUR,A,PUR/B", "PUR,B,PUR/A"), [(2, "in a circle"), (3, "in a circle")]),
        ("positions", ("department,title,deputy", "PUR,A,PUR/Byer"), [(2, "neither here nor in the table. Did you mean PUR/Buyer?")]),
        ("positions", ("department,title,substitution", "PUR,A,standing"), [(2, "Name the standing substitute")]),
        ("positions", ("department,title,kind", "CO,Company process manager,staff"), [(2,
        "This is the only office of company process manager")]),
        ("appointments", ("login,department,title,from", "admin,PUR,Buyer,2026-04-01"), [(2, "Nobody changes their own appointments.")]),
        ("appointments", ("login,department,title,from", "reader,PUR,Buyer,2026-04-01"), [(2,
        "holds this position in that time already.")]),
        (
            "appointments",
            ("login,department,title,from,until", "boss,PUR,Buyer,2026-04-01,", "boss,PUR,Buyer,2026-05-01,"),
            [(3, "It meets row 2: the same person in the same position.")],
        ),
        (
            "appointments",
            ("login,department,title,from,until", "manager,CO,Company process manager,2020-01-01,2026-06-30"),
            [(2, "nobody would be company process manager")],
        ),
        (
            "absences",
            ("login,from,until", "reader,2026-05-04,2026-05-08", "reader,2026-05-08,2026-05-09", "reader,2026-05-01,2026-04-30"),
            [(3, "It meets row 2"), (4, "The last day lies before the first.")],
        ),
        ("absences", ("login,from,until,substitute", "reader,2026-05-04,2026-05-08,reader"), [(2, "A substitute is somebody else.")]),
        ("absences", ("login,from,until", "manager,2026-05-04,2026-05-08"), [(2, "would be away and nobody would act")]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_fault_of_its_row(admin: Person, kind: str, lines: Rows, told: list[tuple[int, str]]) -> None:
    found = faults(kind, admin, *lines)
    assert [row for row, *_rest in found] == [row for row, _sentence in told]
    missing = [sentence for (_row, sentence), fault in zip(told, found, strict=True) if sentence not in fault[3]]
    assert missing == []


def test_what_is_closed_dissolved_or_has_left_says_so(cast: make.Cast, admin: Person) -> None:
    gone = Department.objects.create(code="GONE", name="Gone", parent=make.company(), dissolved_on=make.LONG_AGO)
    closed = make.position("Closed", of=cast.stores)
    Position.objects.filter(pk=closed.pk).update(closed_on=make.LONG_AGO)
    make.person("left", is_active=False)
    told = [
        *faults("departments", admin, "code,name", f"{gone.code},Back"),
        *faults("positions", admin, "department,title,deputy", "GONE,A,", "STO,Closed,", "STO,B,STO/Closed"),
        *faults("people", admin, "login,name", "left,Back"),
        *faults("people", admin, "login,name,active", "left,Back,yes"),
    ]
    assert [(column, sentence) for _row, column, _value, sentence in told] == [
        ("code", "This department is dissolved; its code is never used again."),
        ("department", "This department is dissolved."),
        ("title", "This position is closed."),
        ("deputy", "This position is closed."),
        ("login", LEFT),
        ("active", LEFT),
    ]


def test_one_wrong_row_keeps_all_others_out(admin: Person) -> None:
    assert len(faults("people", admin, "login,name,e-mail", "n1,New,a@example.com", "n2,New,nowhere")) == 1
    assert not Person.objects.filter(login="n1").exists()


def test_only_administrators_bring_tables_in(cast: make.Cast) -> None:
    with pytest.raises(Refused, match="Only administrators"):
        bring_in("login,name\na,b\n", "people", by=cast.author, now=NOW)


# --- rehearsal


def test_a_rehearsal_tells_the_same_and_changes_nothing(admin: Person) -> None:
    before = EvidenceEntry.objects.count()
    told = rehearse("\n".join(PEOPLE), "people", by=admin, now=NOW, encoding="GB18030")
    assert (tally(told), EvidenceEntry.objects.count(), told.encoding) == ((1, 1, 0), before, "GB18030")
    report, done = bring_in("\n".join(PEOPLE), "people", by=admin, now=NOW, seen=told.digest)
    assert (done, report.digest) == (True, told.digest)


def test_what_is_no_longer_as_it_was_shown_is_not_done(cast: make.Cast, admin: Person) -> None:
    told = rehearse("\n".join(PEOPLE), "people", by=admin, now=NOW)
    Person.objects.filter(pk=cast.reader.pk).update(name="Somebody else was faster")
    report, done = bring_in("\n".join(PEOPLE), "people", by=admin, now=NOW, seen=told.digest)
    assert (done, report.faults, tally(report)) == (False, (), (1, 1, 0))
    assert not Person.objects.filter(login="0815").exists()


LOGINS = st.sampled_from(["reader", "stranger", "boss", "author"])
SPANS = st.tuples(LOGINS, st.integers(1, 40), st.integers(0, 10))


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPANS, min_size=1, max_size=6))
def test_a_table_is_refused_as_a_whole_or_twice_is_once(cast: make.Cast, spans: list[tuple[str, int, int]]) -> None:
    Absence.objects.all().delete()
    rows = [
        ["login", "from", "until"],
        *([login, day(start).isoformat(), day(start + length).isoformat()] for login, start, length in spans),
    ]
    first, done = bring_in(write(rows), "absences", by=cast.admin, now=NOW)
    if not done:
        assert (Absence.objects.count(), bool(first.faults)) == (0, True)
        return
    kept = set(Absence.objects.values_list("pk", "starts_on", "ends_before"))
    again, _done = bring_in(write(rows), "absences", by=cast.admin, now=NOW)
    assert tally(again) == (0, 0, len(spans))
    assert set(Absence.objects.values_list("pk", "starts_on", "ends_before")) == kept


# --- cost


@pytest.mark.parametrize(
    ("kind", "per_row", "lines"),
    [
        ("departments", 6, ("code,name", "D{n},Department {n}")),
        ("people", 6, ("login,name", "p{n},Person {n}")),
        ("positions", 7, ("department,title", "PUR,Post {n}")),
        ("appointments", 15, ("login,department,title,from", "q{n},PUR,Buyer,2026-04-01")),
        ("absences", 9, ("login,from,until", "q{n},2026-04-01,2026-04-02")),
    ],
)
def test_queries_grow_by_a_few_for_each_new_row_and_not_at_all_for_known_ones(
    admin: Person, django_assert_max_num_queries: DjangoAssertNumQueries, kind: str, per_row: int, lines: Rows
) -> None:
    for n in range(20):
        make.person(f"q{n}")
    text = "\n".join([lines[0], *(lines[1].format(n=n) for n in range(20))])
    with django_assert_max_num_queries(30 + 20 * (per_row + 4)):  # each story has a savepoint of its own, and so has the outbox
        bring_in(text, kind, by=admin, now=NOW)
    with django_assert_max_num_queries(20):
        report, _done = bring_in(text, kind, by=admin, now=NOW)
    assert tally(report) == (0, 0, 20)


def test_a_circle_that_is_there_already_keeps_no_other_row_out(cast: make.Cast, admin: Person) -> None:
    buyer, head = office("Buyer"), office("Head of Purchasing")
    Position.objects.filter(pk=buyer.pk).update(deputy=head)
    Position.objects.filter(pk=head.pk).update(deputy=buyer)
    lines = ("department,title,kind,deputy", "PUR,Buyer,staff,PUR/Head of Purchasing", "PUR,New one,staff,PUR/Buyer")
    assert tally(bring("positions", admin, *lines)) == (1, 0, 1)
    assert tally(bring("positions", admin, "department,title,deputy", "PUR,Buyer,")) == (0, 1, 0)
    assert [f[2] for f in faults("positions", admin, "department,title,deputy", "PUR,Buyer,PUR/Head of Purchasing")] == [
        "PUR/Head of Purchasing"
    ]
