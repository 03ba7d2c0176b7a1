"""What if somebody left today: where everything goes, what would be missing, and that nothing is written."""

import pytest

from approvals import workflow
from kpis.models import Indicator
from organization.models import Position
from processportal.continuity import bus_factor
from processportal.continuity.leaving import Leaving, holders_of, leave, people_of
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist.items import raise_item
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def owe(key: str, position: str = "Head of Purchasing", *, kind: str = "act") -> WorkItem:
    return raise_item(
        kind=kind, subject=key, url_name="home", url_args=[], due_on=TODAY, source_key=key, now=NOW, position=office(position)
    )  # fmt: skip


def where(leaving: Leaving) -> dict[str, str]:
    """Position → who would act for it."""
    return {one.position.title: one.to.person.login if one.to.person else "" for one in leaving.moved}


def test_work_processes_and_indicators_go_along_the_chain(cast: Cast) -> None:
    owe("a")
    owe("b", kind="review")
    owe("leak", "Head of Stores")
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    make.process(cast.stores, owner=office("Head of Stores"))
    Indicator.objects.create(process=process, name="In time", target=1, limit=0, keeper=office("Head of Purchasing"), starts_on=TODAY)
    leaving = leave([cast.author], TODAY)
    (moved,) = leaving.moved
    assert (moved.position.title, moved.to.person, moved.to.office.title) == ("Head of Purchasing", cast.manager, "Company process manager")
    assert (dict(moved.items), moved.processes, moved.indicators, moved.vacant, moved.things) == ({"act": 1, "review": 1}, 1, 1, True, 4)
    assert (leaving.things, leaving.vacancies, leaving.unqualified) == (4, [office("Head of Purchasing")], 0)
    assert leaving.processes == [process]
    assert [i.name for i in leaving.indicators] == ["In time"]
    assert [(b.person, b.today, b.then, b.too_much) for b in leaving.burdens] == [(cast.manager, 0, 2, False)]


def test_a_colleague_in_the_same_office_or_a_deputy_takes_it(cast: Cast) -> None:
    make.appoint(cast.reader, office("Head of Purchasing"))
    (moved,) = leave([cast.author], TODAY).moved
    assert (moved.to.person, moved.to.same_office, moved.vacant) == (cast.reader, True, False)
    office_of_approver = office("Process manager, Purchasing")
    office_of_approver.deputy = office("Head of Purchasing")
    office_of_approver.save()
    (moved,) = leave([cast.approver], TODAY).moved
    assert (moved.to.person, moved.to.same_office, moved.vacant) == (cast.author, False, True)


def test_what_they_do_for_others_moves_too(cast: Cast) -> None:
    make.away(cast.author, substitute=cast.approver)
    owe("a")
    leaving = leave([cast.approver], TODAY)
    assert where(leaving) == {"Process manager, Purchasing": "manager", "Head of Purchasing": "manager"}
    assert leaving.vacancies == [office("Process manager, Purchasing")]
    assert [absence.person for absence in leaving.substitutions] == [cast.author]
    Position.objects.filter(title="Storeman").update(substitute=cast.approver)
    assert [p.title for p in leave([cast.approver], TODAY).standing] == ["Storeman"]


def test_given_and_personal_work_and_drafts(cast: Cast) -> None:
    given = owe("given", "Head of Stores")
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=cast.author)
    other = owe("with another")
    WorkItem.objects.filter(pk=other.pk).update(assigned_to=cast.stranger)
    raise_item(kind="read", subject="r", url_name="home", url_args=[], due_on=TODAY, source_key="r", now=NOW, person=cast.author)
    draft = make.draft(make.process(cast.purchasing), by=cast.author)
    make.draft(make.process(cast.stores), by=cast.stranger)
    leaving = leave([cast.author], TODAY)
    assert (leaving.given, leaving.personal, list(leaving.drafts)) == (1, 1, [draft])
    assert leaving.moved[0].items == {}


def test_nobody_is_left_or_able(cast: Cast) -> None:
    everybody = [cast.author, cast.approver, cast.manager, cast.boss, cast.reader]
    leaving = leave(everybody, TODAY)
    assert set(where(leaving).values()) == {""}
    assert leaving.unqualified == len(leaving.moved) == 5
    Position.objects.filter(title="Process manager, Purchasing").update(required_level=3, deputy=office("Buyer"))
    (moved,) = leave([cast.approver], TODAY).moved
    assert (moved.to.person, moved.to.level_missing) == (cast.reader, True)
    assert leave([cast.approver], TODAY).unqualified == 1


def test_reviews_are_decided_by_somebody_independent_with_the_level(cast: Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    ((seat, to),) = leave([cast.approver], TODAY).seats
    assert (seat.position.title, to.person) == ("Process manager, Purchasing", cast.manager)
    ((_seat, to),) = leave([cast.approver, cast.manager, cast.boss], TODAY).seats
    assert to.person is None
    assert leave([cast.approver, cast.manager, cast.boss], TODAY).unqualified == 4  # three positions and the review


def test_a_named_decider_is_one_too(cast: Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    seat = case.stages.get().seats.get()
    seat.named = cast.stranger
    seat.save()
    assert [(s, to.person) for s, to in leave([cast.stranger], TODAY).seats] == [(seat, cast.approver)]


def test_whoever_gets_too_much_is_named(cast: Cast) -> None:
    for n in range(15):
        owe(f"x{n}")
    owe("own", "Company process manager")
    raise_item(kind="read", subject="r", url_name="home", url_args=[], due_on=TODAY, source_key="r", now=NOW, person=cast.manager)
    (burden,) = leave([cast.author], TODAY).burdens
    assert (burden.person, burden.today, burden.then, burden.too_much) == (cast.manager, 2, 17, True)


def test_positions_and_departments_are_everybody_in_them(cast: Cast) -> None:
    make.position("Second buyer", of=make.department("TEAM", parent=cast.purchasing), holder=cast.stranger)
    assert [p.login for p in people_of(cast.purchasing, TODAY)] == ["approver", "author", "reader", "stranger"]
    assert holders_of([office("Buyer").pk], TODAY) == [cast.reader]
    assert leave([], TODAY).moved == []


def test_looking_costs_the_same_for_one_and_for_many(cast: Cast, django_assert_max_num_queries: object) -> None:
    owe("a")
    for who in ([cast.author], [cast.author, cast.approver, cast.reader, cast.stranger]):
        with django_assert_max_num_queries(26):  # type: ignore[operator]
            leave(who, TODAY)


# The bus factor


def factor(key: str) -> tuple[int, int, int, int]:
    (one,) = [f for f in bus_factor._Company(TODAY).processes() if f.key == key]
    return one.owners, one.approvers, one.knowers, one.number


def test_the_weakest_of_owners_approvers_and_knowers(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"), created_by=cast.author)
    assert factor(process.number) == (1, 3, 2, 1)  # approver, manager, boss may approve; author and approver know it
    make.appoint(cast.reader, office("Head of Purchasing"))
    assert factor(process.number) == (2, 3, 2, 2)


def test_who_wrote_it_or_has_a_role_in_it_knows_it_while_present(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    make.draft(process, by=cast.stranger)
    assert factor(process.number)[2] == 3
    make.away(cast.stranger)
    assert factor(process.number)[2] == 2
    revision = make.effective(make.process(cast.purchasing, number="PUR-900"), by=cast.author)
    role = revision.role_uses.model._meta.get_field("role").related_model.objects.create(title="Storeman")
    role.positions.add(office("Storeman"), office("Buyer"))
    revision.role_uses.create(role=role, steps=1)
    assert factor("PUR-900")[2] == 3  # the storeman is away


def test_company_documents_need_level_five_from_their_approvers(cast: Cast) -> None:
    owner = office("Head of Purchasing")
    company = make.process(cast.purchasing, number="PUR-901", owner=owner, level="company")
    shared = make.process(cast.purchasing, number="PUR-902", owner=owner, participating=[cast.stores])
    assert factor(company.number)[1] == factor(shared.number)[1] == 2


def test_last_links_are_no_owners_unless_they_are_it(cast: Cast) -> None:
    process = make.process(make.company(), number="CO-001", owner=office("Company process manager"))
    assert factor(process.number)[0] == 2
    gone = make.process(cast.purchasing, number="PUR-903", owner=make.position("Nobody", of=cast.purchasing))
    assert factor(gone.number)[0] == 0


def test_departments_by_head_approval_and_level(cast: Cast) -> None:
    rows = {f.key: (f.owners, f.approvers, f.knowers, f.tone) for f in bus_factor.of_departments(TODAY)}
    assert rows == {"CO": (2, 2, 2, "warn"), "PUR": (1, 3, 2, "bad"), "STO": (1, 2, 1, "bad")}


def test_a_company_without_offices_and_departments_without_anybody() -> None:
    make.department("EMP")
    make.process(make.department("PUR"), owner=make.position("Clerk", of=make.department("PUR")), number="PUR-001")
    assert factor("PUR-001") == (0, 0, 0, 0)
    assert bus_factor.of_departments(TODAY) == []


def test_lists_are_read_on_from_a_place(cast: Cast) -> None:
    rows = [bus_factor.Factor(n, f"P{n}", n % 2, n % 3, 5, 5) for n in range(6)]
    worst = [f.key for f in bus_factor.worst_first(rows, after=None, rows=9)]
    assert worst == ["P0", "P3", "P1", "P4", "P2", "P5"]
    assert [f.key for f in bus_factor.worst_first(rows, after=(0, "P3"), rows=2)] == ["P1", "P4"]
    assert [f.key for f in bus_factor.by_key(rows, after="P3", rows=1)] == ["P4"]
    assert [f.key for f in bus_factor.within(rows, {1})] == ["P1", "P3", "P5"]
    assert bus_factor.within(rows, None) == rows
    assert [f.tone for f in rows[:3]] == ["bad", "bad", "warn"]
    assert bus_factor.Factor(1, "x", 1, 3, 3, 3).tone == "ok"


def test_counting_ends_where_it_is_enough(cast: Cast) -> None:
    for n in range(bus_factor.ENOUGH + 3):
        make.appoint(make.person(f"many{n}"), office("Head of Purchasing"))
    process = make.process(cast.purchasing, owner=office("Head of Purchasing"))
    assert factor(process.number)[0] == bus_factor.ENOUGH
