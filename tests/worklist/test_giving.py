"""Giving, taking and giving back: on record, refused where it must be, and whose turn it is follows at once."""

import pytest

from organization.gate import Answer
from organization.models import Person, Position
from organization.refusals import Refused
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import giving, items, mine, policy
from worklist.models import Notice, WorkItem


def owe(key: str = "act:1", *, position: str = "Buyer", kind: str = "act", **how: object) -> WorkItem:
    owed_by = {} if "person" in how else {"position": Position.objects.get(title=position)}
    return items.raise_item(
        kind=kind, subject=f"Subject {key}", url_name="home", url_args=[], due_on=day(5), source_key=key, now=NOW, **owed_by, **how  # type: ignore[arg-type]
    )  # fmt: skip


def yes(_item: WorkItem, _to: Person) -> Answer:
    return Answer(True)


def give(item: WorkItem, to: Person, by: Person, reason: str = "She knows the machine.") -> None:
    giving.give([item], to, by=by, reason=reason, now=NOW, check=yes)


def mine_of(*people: Person) -> dict[str, list[str]]:
    return {who.login: [item.source_key for item in mine.owed(scope(who, TODAY))] for who in people}


def test_what_is_given_is_the_persons_and_no_longer_the_holders(cast: Cast) -> None:
    item = owe()
    owe("leak")
    give(item, cast.stranger, by=cast.author)
    assert mine_of(cast.reader, cast.stranger, cast.author) == {"reader": ["leak"], "stranger": ["act:1"], "author": []}
    assert mine.count(scope(cast.reader, TODAY)) == 1
    item.refresh_from_db()
    acting = mine.who_acts([item], TODAY)
    assert acting[item.pk].person == cast.stranger  # type: ignore[union-attr]
    assert mine.why_me(item, scope(cast.stranger, TODAY), acting) == "assigned for Buyer"
    assert [(row.what, row.by, row.person, row.reason) for row in item.happenings.all()] == [
        ("given", cast.author, cast.stranger, "She knows the machine.")
    ]
    notice = Notice.objects.get()
    assert (notice.person, notice.url, notice.work_item) == (cast.stranger, f"/work/{item.pk}/", item)
    assert notice.subject == "Author gave you work: Subject act:1"


@pytest.mark.parametrize("how", ["away", "left", "guest whose access ended"])
def test_while_the_person_is_away_or_has_left_it_is_with_the_position_again(cast: Cast, how: str) -> None:
    item = owe()
    give(item, cast.stranger, by=cast.author)
    if how == "away":
        make.away(cast.stranger)
    else:
        changed = {"is_active": False} if how == "left" else {"access_until": day(-1)}
        Person.objects.filter(pk=cast.stranger.pk).update(**changed)
    assert mine_of(cast.reader) == {"reader": ["act:1"]}
    item.refresh_from_db()
    assert mine.who_acts([item], TODAY)[item.pk].person == cast.reader  # type: ignore[union-attr]
    later = scope(cast.reader, day(20))
    assert list(mine.owed(later)) == ([] if how == "away" else [item])


def test_the_line_and_the_process_office_give_others_do_not(cast: Cast) -> None:
    for number, by in enumerate((cast.author, cast.approver, cast.manager, cast.boss)):
        give(owe(f"act:{number}"), cast.stranger, by=by)
    item = owe("mine")
    for by in (cast.reader, cast.stranger, cast.admin, Person.objects.get(login="storekeeper")):
        with pytest.raises(Refused, match="Only the heads and process managers"):
            give(item, cast.stranger, by=by)
    assert item.happenings.count() == 0


@pytest.mark.parametrize(
    ("kind", "how", "sentence"),
    [
        ("decide", {}, "A decision follows its route"),
        ("name_approver", {}, "A decision follows its route"),
        ("read", {"person": True}, "owed by the person"),
        ("act", {"excluded": True}, "may not act on this"),
        ("act", {"left": True}, "has left"),
        ("act", {"away": True}, "is away today"),
        ("act", {"has": True}, "has it already"),
        ("act", {"closed": True}, "done or no longer needed"),
        ("act", {"check": True}, "The app above says no"),
        ("act", {"reason": "  "}, "Say why"),
    ],
)
def test_what_is_not_given(cast: Cast, kind: str, how: dict[str, object], sentence: str) -> None:
    to = cast.stranger
    item = owe(kind=kind, **({"person": cast.reader} if "person" in how else {}), excluded={to.pk} if "excluded" in how else ())
    if "left" in how:
        Person.objects.filter(pk=to.pk).update(is_active=False)
    if "away" in how:
        make.away(to)
    if "has" in how:
        give(item, to, by=cast.author)
    if "closed" in how:
        items.withdraw(item, now=NOW)
    before = item.happenings.count()
    check = (lambda _item, _to: Answer(False, reason="The app above says no.")) if "check" in how else yes
    with pytest.raises(Refused, match=sentence):
        giving.give([item], to, by=cast.author, reason=str(how.get("reason", "Why.")), now=NOW, check=check)
    assert item.happenings.count() == before


def test_several_are_given_together_or_not_at_all(cast: Cast) -> None:
    fine, decision = owe("fine"), owe("decision", kind="decide")
    with pytest.raises(Refused):
        giving.give([fine, decision], cast.stranger, by=cast.author, reason="Both.", now=NOW, check=yes)
    fine.refresh_from_db()
    assert (fine.assigned_to, Notice.objects.count()) == (None, 0)
    giving.give([fine, owe("two")], cast.stranger, by=cast.author, reason="Both.", now=NOW, check=yes)
    assert mine_of(cast.stranger) == {"stranger": ["fine", "two"]}


def test_giving_to_oneself_tells_nobody(cast: Cast) -> None:
    give(owe(), cast.author, by=cast.author)
    assert (mine_of(cast.author), Notice.objects.count()) == ({"author": ["act:1"]}, 0)


def test_an_excluded_person_never_gets_it_by_being_excluded_later(cast: Cast) -> None:
    item = owe()
    give(item, cast.stranger, by=cast.author)
    WorkItem.objects.update(excluded=[cast.stranger.pk])
    assert mine_of(cast.stranger) == {"stranger": []}


@pytest.fixture
def queue(cast: Cast) -> WorkItem:
    """An item of a position that nobody covers; the process office has two people."""
    make.position("Process supervision", of=make.company(), kind="process_supervision", holder=make.person("supervisor"))
    make.position("Head of Quality", of=make.department("QUA"), kind="head")
    owe("decision", position="Head of Quality", kind="decide")
    return owe("queue", position="Head of Quality")


def test_everybody_of_the_process_office_sees_the_shared_queue_and_decisions_stay_with_one(cast: Cast, queue: WorkItem) -> None:
    supervisor = Person.objects.get(login="supervisor")
    assert mine_of(cast.manager, supervisor, cast.boss, cast.author) == {
        "manager": ["decision", "queue"], "supervisor": ["queue"], "boss": [], "author": [],
    }  # fmt: skip
    reason = "shared queue of the process office: for Head of Quality, which nobody holds"
    for who in (cast.manager, supervisor):
        assert mine.why_me(queue, scope(who, TODAY), mine.who_acts([queue], TODAY)) == reason


def test_taking_it_makes_it_the_takers_and_giving_it_back_returns_it(cast: Cast, queue: WorkItem) -> None:
    supervisor = Person.objects.get(login="supervisor")
    giving.take(queue, by=supervisor, now=NOW)
    assert mine_of(cast.manager, supervisor) == {"manager": ["decision"], "supervisor": ["queue"]}
    with pytest.raises(Refused, match="Somebody else has this by now"):
        giving.take(queue, by=cast.manager, now=NOW)
    queue.refresh_from_db()
    with pytest.raises(Refused, match="Only what lies in the shared queue"):
        giving.take(queue, by=supervisor, now=NOW)
    with pytest.raises(Refused, match="Only the heads"):
        giving.give_back(queue, by=cast.author, now=NOW)
    giving.give_back(queue, by=supervisor, now=NOW)
    assert mine_of(supervisor) == {"supervisor": ["queue"]}
    with pytest.raises(Refused, match="Nobody has this at present"):
        giving.give_back(queue, by=supervisor, now=NOW)
    assert list(queue.happenings.values_list("what", flat=True)) == ["taken", "given_back"]


def test_what_has_a_holder_and_what_is_a_decision_cannot_be_taken(cast: Cast, queue: WorkItem) -> None:
    with pytest.raises(Refused, match="Only what lies in the shared queue"):
        giving.take(owe(), by=cast.manager, now=NOW)
    with pytest.raises(Refused, match="A decision follows its route"):
        giving.take(WorkItem.objects.get(source_key="decision"), by=cast.manager, now=NOW)


def test_a_superior_gives_back_what_somebody_else_has(cast: Cast) -> None:
    item = owe()
    give(item, cast.stranger, by=cast.author)
    giving.give_back(item, by=cast.approver, now=NOW, reason=" She is ill. ")
    assert list(item.happenings.values_list("what", "reason")) == [("given", "She knows the machine."), ("given_back", "She is ill.")]


def test_urgency_is_said_with_a_reason_and_once(cast: Cast) -> None:
    item = owe(kind="decide")
    giving.mark(item, urgent=True, by=cast.author, reason="The line stands still.", now=NOW)
    giving.mark(item, urgent=True, by=cast.author, reason="Again.", now=NOW)
    assert WorkItem.objects.get().priority == WorkItem.Priority.HIGH
    giving.mark(item, urgent=False, by=cast.manager, reason="It runs again.", now=NOW)
    assert list(item.happenings.values_list("what", "reason")) == [("raised", "The line stands still."), ("lowered", "It runs again.")]
    with pytest.raises(Refused, match="Only the heads"):
        giving.mark(item, urgent=True, by=cast.reader, reason="Please.", now=NOW)
    items.withdraw(item, now=NOW)
    with pytest.raises(Refused, match="done or no longer needed"):
        giving.mark(item, urgent=True, by=cast.author, reason="Late.", now=NOW)


def test_who_sees_that_an_item_is_there(cast: Cast) -> None:
    item, reading = owe(), owe("read", kind="read", person=cast.reader)
    give(item, cast.stranger, by=cast.author)
    item.refresh_from_db()
    everybody = [*vars(cast).values()][2:]

    def seeing(of: WorkItem) -> set[str]:
        views = ((who, scope(who, TODAY)) for who in everybody)
        return {who.login for who, view in views if policy.may_see(of, view, policy.reach_of(view))}

    assert seeing(item) == {"reader", "stranger", "author", "approver", "manager", "boss"}
    assert seeing(reading) == {"reader", "author", "approver", "manager", "boss"}


def test_upper_apps_ask_whether_something_is_given(cast: Cast) -> None:
    item = owe("measure:7:2026-02")
    give(item, cast.stranger, by=cast.author)
    answers = [mine.is_given(scope(who, TODAY), begins) for who in (cast.stranger, cast.reader) for begins in ("measure:7:", "measure:70:")]
    assert answers == [True, False, False, False]
