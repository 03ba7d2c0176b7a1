"""A second person confirms who becomes process manager and who holds level 5; until then it is neither appointment nor level."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from organization import appointments, gate, levels, policy, proposals, structure
from organization.models import Appointment, HeldLevel, Person, Position, Proposal, Signature
from organization.refusals import Refused, Stale
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, PASSWORD, TODAY, day
from worklist import confirmations
from worklist.models import Notice, WorkItem
from worklist.tasks import ask_to_confirm

pytestmark = pytest.mark.django_db
SECOND = "Who becomes process manager or holds level 5 is confirmed by a second person: propose it."


def office(title: str = "Process manager, Purchasing") -> Position:
    return Position.objects.get(title=title)


def proposed(cast: make.Cast, who: Person | None = None, **terms: Any) -> Proposal:
    asked = {"starts_on": TODAY, **terms}
    made = proposals.appoint(who or cast.stranger, office(), by=cast.admin, now=NOW, **asked)
    assert isinstance(made, Proposal)
    return made


def level_five(cast: make.Cast) -> Proposal:
    made = proposals.assign(cast.author, 5, by=cast.boss, now=NOW, reason="Built the system")
    assert isinstance(made, Proposal)
    return made


def refusal(story: Any) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        story()
    return str(refused.value)


def holds(who: Person) -> bool:
    return Appointment.objects.filter(person=who, position=office()).exists()


def test_a_process_manager_is_one_when_a_second_person_confirms(cast: make.Cast) -> None:
    proposal = proposed(cast, starts_on=day(2), mode="acting", percent=60)
    assert (proposal.state, holds(cast.stranger)) == ("waiting", False)
    done = proposals.confirm(proposal, by=cast.boss, now=NOW, reason="Agreed")
    made = Appointment.objects.get(person=cast.stranger, position=office())
    assert (made.starts_on, made.mode, made.percent, done.state, done.answered_by) == (day(2), "acting", 60, "confirmed", cast.boss)
    signature = Signature.objects.get()
    assert (signature.person, signature.meaning, signature.reason) == (cast.boss, "confirmed", "Agreed")
    assert signature.position == office("General manager")
    assert signature.subject == "stranger Stranger: Process manager, Purchasing"


def test_level_five_is_held_when_a_second_person_confirms(cast: make.Cast) -> None:
    proposal = level_five(cast)
    assert gate.level_of(cast.author, TODAY) == 2
    proposals.confirm(proposal, by=cast.admin, now=NOW)
    held = HeldLevel.objects.on(TODAY).get(person=cast.author)
    assert (held.level_id, held.given_by, held.reason, held.ground) == (5, cast.boss, "Built the system", "placement")
    meanings = list(Signature.objects.order_by("sequence").values_list("person__login", "meaning"))
    assert meanings == [("boss", "placed"), ("admin", "confirmed")]
    assert held.signature == Signature.objects.get(sequence=1)


def test_other_offices_and_levels_take_effect_at_once(cast: make.Cast) -> None:
    made = proposals.appoint(cast.stranger, office("Buyer"), by=cast.admin, now=NOW, starts_on=TODAY)
    assert isinstance(made, Appointment)
    assert isinstance(proposals.assign(cast.reader, 4, by=cast.boss, now=NOW, reason="Ten years"), HeldLevel)
    assert proposals.assign(cast.reader, 0, by=cast.boss, now=NOW, reason="A mistake") is None
    assert Proposal.objects.count() == 0


def test_the_stories_below_let_nobody_around_it(cast: make.Cast) -> None:
    assert refusal(lambda: appointments.appoint(cast.stranger, office(), by=cast.admin, now=NOW, starts_on=TODAY)) == SECOND
    assert refusal(lambda: levels.assign(cast.author, 5, by=cast.boss, now=NOW, reason="x")) == SECOND
    held = Appointment.objects.get(person=cast.approver)
    appointments.end_appointment(held, by=cast.admin, now=NOW, ends_before=day(5))
    held.refresh_from_db()
    longer = "More days as process manager are confirmed by a second person: appoint anew for those days."
    change: dict[str, Any] = {"by": cast.admin, "now": NOW, "starts_on": held.starts_on, "mode": "full", "percent": 100}
    for ends in (None, day(6)):
        assert refusal(lambda ends=ends: appointments.change_appointment(held, ends_before=ends, **change)) == longer
    assert appointments.change_appointment(held, ends_before=day(4), **change).ends_before == day(4)
    planned = make.appoint(cast.reader, office(), since=day(9))
    early = change | {"starts_on": day(8)}
    assert refusal(lambda: appointments.change_appointment(planned, ends_before=None, **early)) == longer


def test_an_office_that_somebody_holds_does_not_become_a_process_managers(cast: make.Cast) -> None:
    buyer = office("Buyer")
    given: dict[str, Any] = {"by": cast.admin, "now": NOW, "title": "Buyer", "required_level": 0, "deputy": None}
    says = refusal(lambda: structure.change_position(buyer, kind="department_process_manager", **given))
    assert says.startswith("Its holders would become process managers without a second person.")
    empty = make.position("Empty", of=cast.stores)
    assert structure.change_position(empty, kind="department_process_manager", **given | {"title": "Empty"}).kind in policy.GUARDED


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("admin", "You proposed this: somebody else confirms it."),
        ("stranger", "This concerns you: somebody else confirms it."),
        ("author", "Administrators, top management and the company process manager confirm this."),
        ("approver", "Administrators, top management and the company process manager confirm this."),
        ("reader", "Administrators, top management and the company process manager confirm this."),
    ],
)
def test_who_may_not_answer(cast: make.Cast, who: str, says: str) -> None:
    proposal, by = proposed(cast), Person.objects.get(login=who)
    assert refusal(lambda: proposals.confirm(proposal, by=by, now=NOW)) == says
    assert refusal(lambda: proposals.decline(proposal, by=by, now=NOW, reason="x")) == says
    assert (holds(cast.stranger), Signature.objects.count()) == (False, 0)


@pytest.mark.parametrize("who", ["boss", "manager", "second"])
def test_who_may_answer(cast: make.Cast, who: str) -> None:
    make.person("second", is_staff=True)
    proposals.confirm(proposed(cast), by=Person.objects.get(login=who), now=NOW)
    assert holds(cast.stranger)


def test_who_acts_for_top_management_may_answer(cast: make.Cast) -> None:
    make.away(cast.boss, substitute=cast.reader)
    proposals.confirm(proposed(cast), by=cast.reader, now=NOW)
    assert holds(cast.stranger)


def test_declined_with_a_reason_that_the_proposer_reads(cast: make.Cast) -> None:
    proposal = proposed(cast)
    assert refusal(lambda: proposals.decline(proposal, by=cast.boss, now=NOW, reason=" ")).startswith("Say why")
    proposals.decline(proposal, by=cast.boss, now=NOW, reason="Too new")
    assert (holds(cast.stranger), Signature.objects.get().meaning) == (False, "rejected")
    notice = Notice.objects.get(person=cast.admin)
    assert (notice.subject, notice.body) == ("Not confirmed: Stranger · Process manager, Purchasing", "Too new")
    assert isinstance(proposed(cast), Proposal), "it can be proposed anew"


def test_taken_back_by_whoever_proposed_it_only(cast: make.Cast) -> None:
    proposal = proposed(cast)
    assert refusal(lambda: proposals.withdraw(proposal, by=cast.boss, now=NOW)).startswith("Only whoever proposed it")
    assert proposals.withdraw(proposal, by=cast.admin, now=NOW).state == "withdrawn"


@pytest.mark.parametrize("first", ["confirm", "decline", "withdraw"])
@pytest.mark.parametrize("then", ["confirm", "decline", "withdraw"])
def test_it_is_answered_once(cast: make.Cast, first: str, then: str) -> None:
    proposal = proposed(cast)

    def answer(how: str, by: Person) -> object:
        given = {"reason": "x"} if how == "decline" else {}
        return getattr(proposals, how)(proposal, by=cast.admin if how == "withdraw" else by, now=NOW, **given)

    answer(first, cast.boss)
    with pytest.raises(Stale, match="answered or taken back in the meantime"):
        answer(then, cast.manager)
    assert holds(cast.stranger) == (first == "confirm")


def test_the_same_twice_is_proposed_once_and_other_days_are_refused(cast: make.Cast) -> None:
    assert proposed(cast) == proposed(cast)
    assert refusal(lambda: proposed(cast, starts_on=day(4))).startswith("This appointment is proposed already, with other days.")
    level_five(cast)
    assert refusal(lambda: level_five(cast)) == "This level is proposed already, and waits for confirmation."


def test_what_cannot_be_is_not_even_proposed(cast: make.Cast) -> None:
    assert refusal(lambda: proposed(cast, cast.admin)) == "Nobody changes their own appointments. Ask another administrator."
    assert refusal(lambda: proposed(cast, cast.approver)) == "Approver holds this position in that time already."
    assert refusal(lambda: proposed(cast, make.person("gone", is_active=False))) == "Gone has left and cannot be appointed."
    assert refusal(lambda: proposals.assign(cast.reader, 5, by=cast.reader, now=NOW, reason="x")).startswith(
        "Nobody changes their own level."
    )
    assert refusal(lambda: proposals.appoint(cast.stranger, office(), by=cast.boss, now=NOW, starts_on=TODAY)).startswith(
        "Only administrators"
    )


def test_what_became_impossible_meanwhile_is_refused(cast: make.Cast) -> None:
    proposal, late = proposed(cast, ends_before=day(3)), NOW + dt.timedelta(days=4)
    assert refusal(lambda: proposals.confirm(proposal, by=cast.boss, now=late)).startswith("Its last day has passed.")
    other = proposed(cast, cast.reader)
    Person.objects.filter(pk=cast.admin.pk).update(is_staff=False)
    assert refusal(lambda: proposals.confirm(other, by=cast.boss, now=NOW)).startswith("Only administrators")
    five = level_five(cast)
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    assert refusal(lambda: proposals.confirm(five, by=cast.manager, now=NOW)).startswith("Author has left")


def test_confirmed_late_it_begins_then(cast: make.Cast) -> None:
    proposals.confirm(proposed(cast, starts_on=day(-9)), by=cast.boss, now=NOW + dt.timedelta(days=2))
    assert Appointment.objects.get(person=cast.stranger, position=office()).starts_on == day(2)


def test_alone_in_the_company_it_takes_effect_at_once_and_stays_on_record(db: None) -> None:
    """The first day: one administrator, and nobody who could be the second person."""
    only, manager, top = make.person("only", is_staff=True), make.person("manager"), make.person("top")
    cpm = make.position("Company process manager", kind="company_process_manager")
    gm = make.position("General manager", kind="top_management")
    assert isinstance(proposals.appoint(manager, cpm, by=only, now=NOW, starts_on=TODAY), Appointment)
    row = Proposal.objects.get()
    assert (row.state, row.proposed_by, row.position, row.answered_by) == ("alone", only, cpm, None)
    assert isinstance(proposals.appoint(top, gm, by=only, now=NOW, starts_on=TODAY), Appointment)
    assert isinstance(proposals.appoint(make.person("late"), cpm, by=only, now=NOW, starts_on=TODAY), Proposal)


def test_level_five_alone_is_on_record_too(db: None) -> None:
    top = make.person("top")
    make.position("General manager", kind="top_management", holder=top)
    assert isinstance(proposals.assign(make.person("first"), 5, by=top, now=NOW, reason="Founding"), HeldLevel)
    assert Proposal.objects.get().state == "alone"


@pytest.mark.parametrize("by", ["admin", "stranger", None])
def test_the_database_refuses_a_confirmation_without_a_second_person(cast: make.Cast, by: str | None) -> None:
    proposal = proposed(cast)
    who = Person.objects.get(login=by) if by else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="confirmed", answered_by=who)


# --- who owes the answer


def test_top_management_owes_the_answer_until_it_is_given(cast: make.Cast) -> None:
    proposal = proposed(cast)
    item = WorkItem.objects.get()
    assert (item.kind, item.position, item.excluded) == ("confirm", office("General manager"), sorted((cast.admin.pk, cast.stranger.pk)))
    assert item.subject == "Stranger · Process manager, Purchasing"
    assert item.get_absolute_url() == reverse("organization:proposal", args=[proposal.pk])
    assert confirmations.reconcile(NOW) == 1
    assert WorkItem.objects.count() == 1
    proposals.confirm(proposal, by=cast.manager, now=NOW)
    item.refresh_from_db()
    assert item.outcome == "done"


def test_taken_back_nobody_owes_it(cast: make.Cast) -> None:
    proposals.withdraw(proposed(cast), by=cast.admin, now=NOW)
    assert WorkItem.objects.get().outcome == "moot"


def test_another_one_owes_it_where_the_first_is_concerned_or_gone(cast: make.Cast) -> None:
    five = level_five(cast)
    item = WorkItem.objects.get()
    assert item.position == office("General manager"), "whose chain leads on to the company process manager"
    Appointment.objects.filter(position__kind__in=("top_management", "company_process_manager")).delete()
    assert ask_to_confirm() == 1
    item.refresh_from_db()
    again = WorkItem.objects.open().get()
    assert (item.outcome, again.position, again.person) == ("moot", None, cast.admin)
    Person.objects.filter(pk=cast.admin.pk).update(is_staff=False)
    assert confirmations.reconcile(NOW) == 1
    assert not WorkItem.objects.open().exists(), "nobody is left who could"
    assert five.state == "waiting"


# --- pages


def page(proposal: Proposal) -> str:
    return reverse("organization:proposal", args=[proposal.pk])


def test_only_who_may_answer_and_who_proposed_it_see_it(cast: make.Cast) -> None:
    proposal = proposed(cast)
    places = (page(proposal), reverse("organization:proposals"), reverse("organization:position", args=[office().pk]))
    for who in (cast.boss, cast.manager, cast.admin):
        client = SignedIn().as_(who)
        assert all(b"Stranger" in client.get(place).content for place in places)
        assert b"Stranger is proposed as" in client.get(places[2]).content
    for who in (cast.reader, cast.stranger, cast.author, cast.approver):
        client = SignedIn().as_(who)
        assert client.get(places[0]).status_code == 404
        assert client.post(places[0], {"answer": "confirm", "password": PASSWORD}).status_code == 404
        assert b"Stranger" not in client.get(places[1]).content.replace(b"<strong>Stranger</strong>", b"").partition(b"<main")[2]
        assert b"is proposed as" not in client.get(places[2]).content
    assert not holds(cast.stranger)


def test_confirming_is_signed(cast: make.Cast, client: SignedIn) -> None:
    proposal = proposed(cast)
    client.as_(cast.boss)
    wrong = client.post(page(proposal), {"answer": "confirm", "reason": "Kept words", "password": "x"})
    assert (wrong.status_code, holds(cast.stranger)) == (422, False)
    assert b"Kept words" in wrong.content
    assert client.post(page(proposal), {"answer": "confirm", "password": PASSWORD})["Location"] == reverse("organization:proposals")
    assert holds(cast.stranger)
    assert client.get(page(proposal)).status_code == 200


def test_declining_on_the_page_needs_a_reason(cast: make.Cast, client: SignedIn) -> None:
    proposal = proposed(cast)
    client.as_(cast.boss)
    assert client.post(page(proposal), {"answer": "decline", "password": PASSWORD}).status_code == 422
    assert client.post(page(proposal), {"answer": "decline", "reason": "Too new", "password": PASSWORD}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == ("declined", "Too new")


def test_who_proposed_it_looks_on_and_takes_it_back(cast: make.Cast, client: SignedIn) -> None:
    proposal = proposed(cast)
    client.as_(cast.admin)
    shown = client.get(page(proposal)).content
    assert b"You proposed this" in shown
    assert b"Sign and confirm" not in shown
    assert client.post(page(proposal), {"answer": "confirm", "password": PASSWORD}).status_code == 302
    assert not holds(cast.stranger)
    place = reverse("organization:withdraw_proposal", args=[proposal.pk])
    client.post(place)
    assert b"Taken back" in client.get(page(proposal)).content
    assert b"in the meantime" in client.post(place, follow=True).content


def test_appointing_and_placing_on_the_pages_propose(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    place = reverse("organization:appoint", args=[office().pk])
    assert b"confirmed by a second person" in client.get(place).content
    typed = {"person": "stranger", "starts_on": make.now().date().isoformat(), "mode": "full", "percent": 100}
    answer = client.post(place, typed)
    assert answer["Location"] == page(Proposal.objects.get())
    client.as_(cast.boss)
    typed = {"level": 5, "reason": "Built it", "password": PASSWORD}
    answer = client.post(reverse("organization:assign_level", args=[cast.author.pk]), typed)
    assert answer["Location"] == page(Proposal.objects.get(level=5))
    assert b"Level 5 is proposed for Author" in client.get(reverse("organization:person", args=[cast.author.pk])).content
    assert b"2 appointments and levels wait" in client.get(reverse("organization:index")).content


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_asks_the_same_for_one_and_five(cast: make.Cast, client: SignedIn, rows: int, django_assert_num_queries: Any) -> None:
    for _n in range(rows):
        proposed(cast, make.person())
        proposals.withdraw(proposed(cast, make.person()), by=cast.admin, now=NOW)
    client.as_(cast.boss).get(reverse("organization:proposals"))
    with django_assert_num_queries(23):
        client.get(reverse("organization:proposals"))


def test_how_gates_were_set_is_read_by_everybody(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.manager)
    place = reverse("organization:set_gate", args=["submit"])
    assert client.post(place, {"mode": "warn", "reason": "First year", "password": PASSWORD}).status_code == 302
    shown = client.as_(cast.reader).get(reverse("organization:levels")).content.decode()
    assert "Enforce → Warn · First year" in shown
    for who in (cast.admin, cast.boss, cast.author, cast.approver, cast.reader):
        assert client.as_(who).post(place, {"mode": "off", "reason": "x", "password": PASSWORD}).status_code == 403
