"""Absences: who enters them, how they change, and who would act, which is shown before and after."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from organization import absences, events, policy
from organization.models import Absence, Person, Position
from organization.refusals import Refused
from organization.standing_in import line, while_away
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


def enter(who: Person, by: Person, start: int = 1, end: int = 5, **more: object) -> Absence:
    return absences.record_absence(who, by=by, now=NOW, starts_on=day(start), ends_before=day(end), **more)  # type: ignore[arg-type]


def change(which: Absence, by: Person, **to: object) -> Absence:
    asked = {"starts_on": which.starts_on, "ends_before": which.ends_before, "substitute": which.substitute, "note": which.note, **to}
    return absences.change_absence(which, by=by, now=NOW, **asked)  # type: ignore[arg-type]


def test_a_head_enters_for_people_below_by_position_and_not_by_level(cast: make.Cast) -> None:
    team = make.department("CAST", parent=cast.purchasing)
    caster = make.staff(team, "caster")
    level_5 = make.staff(cast.purchasing, "learned", level=5)
    entered = {}
    for by in (cast.author, cast.boss, cast.admin, caster, cast.approver, cast.stranger, cast.manager, level_5):
        entered[by.login] = bool(policy.may_enter_absence(by, caster, TODAY))
    assert entered == {
        "author": True, "boss": True, "admin": True, "caster": True,
        "approver": False, "stranger": False, "manager": False, "learned": False,
    }  # fmt: skip
    assert enter(caster, cast.author).person == caster
    assert not policy.may_enter_absence(cast.author, cast.stranger, TODAY), "another department"
    assert not policy.may_enter_absence(cast.author, cast.boss, TODAY), "the department above"


def test_who_acts_for_the_head_enters_too_and_a_head_who_left_does_not(cast: make.Cast) -> None:
    make.away(cast.author, substitute=cast.stranger)
    assert policy.may_enter_absence(cast.stranger, cast.reader, TODAY)
    assert not policy.may_enter_absence(cast.stranger, cast.reader, day(20))
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    cast.author.refresh_from_db()
    assert not policy.may_enter_absence(cast.author, cast.reader, TODAY)


def test_an_absence_is_changed(cast: make.Cast) -> None:
    heard: list[object] = []

    def listen(sender: object, position_ids: list[int], person_ids: list[int], **_rest: object) -> None:
        heard.append((position_ids, person_ids))

    entered = enter(cast.reader, cast.reader, 1, 5, note="holiday")
    make.appoint(cast.reader, office("Storeman"), since=day(7))
    events.appointments_changed.connect(listen)
    changed = change(entered, cast.author, starts_on=TODAY, ends_before=day(9), substitute=cast.stranger)
    events.appointments_changed.disconnect(listen)
    assert (changed.starts_on, changed.ends_before, changed.substitute, changed.note) == (TODAY, day(9), cast.stranger, "holiday")
    assert changed.history.count() == 2
    assert heard == [(sorted([office("Buyer").pk, office("Storeman").pk]), [cast.reader.pk])]


def test_what_has_been_stays(cast: make.Cast) -> None:
    begun = make.away(cast.reader, since=day(-3), until=day(3))
    assert refusal(lambda: change(begun, cast.reader, starts_on=TODAY)) == "It has begun: its first day stays as it is."
    says = "What has been stays as it was: the last day is yesterday at the earliest."
    assert refusal(lambda: change(begun, cast.reader, ends_before=day(-1))) == says
    assert change(begun, cast.reader, ends_before=TODAY).ends_before == TODAY
    begun.refresh_from_db()
    assert refusal(lambda: change(begun, cast.reader, ends_before=day(4))) == "This absence is over."


def test_a_change_that_cannot_be_is_refused(cast: make.Cast) -> None:
    guest = make.person("guest", access_until=day(2))
    entered, other = enter(cast.reader, cast.reader, 1, 5), enter(cast.reader, cast.reader, 8, 9)
    feed = Absence.objects.create(person=cast.stranger, starts_on=day(1), ends_before=day(5), source="feed", external_id="x")
    meets = "An absence in that time is entered already. Change that one, or cancel it first."
    assert refusal(lambda: change(entered, cast.stranger)) == policy.may_enter_absence(cast.stranger, cast.reader, TODAY).reason
    assert refusal(lambda: change(entered, cast.reader, ends_before=day(9))) == meets
    assert refusal(lambda: change(other, cast.reader, ends_before=day(8))) == "The last day must not lie before the first."
    assert refusal(lambda: change(other, cast.reader, substitute=guest)) == "Guest has no access in that time and cannot be a substitute."
    assert refusal(lambda: change(feed, cast.stranger, ends_before=day(6))) == (
        "It was read from a calendar: change the days there. Substitute and note can be changed here."
    )
    assert change(feed, cast.stranger, substitute=cast.reader).substitute == cast.reader


def covered(who: Person, start: int, end: int, substitute: Person | None = None) -> dict[str, list[tuple[int, int, str, bool]]]:
    return {
        row.position.title: [((s.first_day - TODAY).days, (s.last_day - TODAY).days, s.assignee.person.login, s.falls) for s in row.spans]
        for row in while_away(who, day(start), day(end), substitute)
    }


def test_the_preview_is_what_resolution_will_say(cast: make.Cast) -> None:
    assert covered(cast.author, 1, 9) == {"Head of Purchasing": [(1, 8, "manager", True)]}
    assert covered(cast.author, 1, 9, cast.reader) == {"Head of Purchasing": [(1, 8, "reader", False)]}
    make.away(cast.reader, since=day(3), until=day(5), substitute=cast.stranger)
    assert covered(cast.author, 1, 9, cast.reader) == {
        "Head of Purchasing": [(1, 2, "reader", False), (3, 4, "stranger", False), (5, 8, "reader", False)]
    }
    make.away(cast.stranger, since=day(4), until=day(20))
    assert covered(cast.author, 1, 9, cast.reader) == {
        "Head of Purchasing": [(1, 2, "reader", False), (3, 3, "stranger", False), (4, 4, "manager", True), (5, 8, "reader", False)]
    }
    assert not Absence.objects.filter(person=cast.author).exists(), "nothing is entered by looking"


def test_the_preview_follows_appointments_and_asks_only_for_what_is_held(cast: make.Cast) -> None:
    make.appoint(cast.author, office("Storeman"), since=day(3), until=day(5))
    assert covered(cast.author, 1, 9, cast.reader) == {
        "Head of Purchasing": [(1, 8, "reader", False)],
        "Storeman": [(3, 4, "stranger", False)],
    }
    assert covered(cast.admin, 1, 9) == {}
    assert covered(cast.manager, 1, 9, cast.reader) == {"Company process manager": [(1, 8, "reader", False)]}
    for person in Person.objects.all():
        make.away(person, since=day(0), until=day(30))
    assert covered(cast.reader, 1, 3) == {"Buyer": [(1, 2, "reader", False)]}, "although away: nobody present may act"


def test_the_chain_is_read_link_by_link(cast: make.Cast) -> None:
    head = office("Head of Purchasing")
    head.deputy, head.substitute = office("Buyer"), cast.approver
    head.save()
    make.away(cast.author, since=day(0), until=day(3))
    read = [(s.position.title, s.why, [(p.login, words) for p, words in s.people], s.acts and s.acts.login) for s in line(head, TODAY)]
    assert read == [
        ("Head of Purchasing", "the position itself", [("author", "away until 6 Mar"), ("approver", "standing substitute")], "approver"),
        ("Buyer", "deputy of Head of Purchasing", [("reader", "")], None),
        ("Company process manager", "the process office", [("manager", "")], None),
        ("General manager", "top management", [("boss", "")], None),
    ]
    make.position("Head of Castings", of=make.department("CAST", parent=cast.purchasing), kind="head")
    assert [(s.why, s.acts and s.acts.login) for s in line(office("Head of Castings"), TODAY)][:2] == [
        ("the position itself", None),
        ("the same office above", "approver"),
    ]


def test_the_chain_names_a_substitute_of_the_absence(cast: make.Cast) -> None:
    make.away(cast.stranger, since=day(0), until=day(3), substitute=cast.reader)
    assert [(p.login, words) for p, words in line(office("Storeman"), TODAY)[0].people] == [
        ("stranger", "away until 6 Mar"),
        ("reader", "substitute"),
    ]


# --- pages


def test_the_page_previews_while_days_are_typed(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:absence_preview", args=[cast.author.pk])
    today = make.now().date()
    typed = {"starts_on": today, "last_day": today + dt.timedelta(days=3)}
    client.as_(cast.author)
    assert "Give both days" in client.get(place, {"starts_on": today}).content.decode()
    assert "Give both days" in client.get(place, {**typed, "last_day": today - dt.timedelta(days=1)}).content.decode()
    assert "nobody nearer" in client.get(place, typed).content.decode()
    page = client.get(place, {**typed, "substitute": "reader"}).content.decode()
    assert ("Reader" in page, "nobody nearer" in page) == (True, False)
    assert (
        "No position is held"
        in client.as_(cast.admin).get(reverse("organization:absence_preview", args=[cast.admin.pk]), typed).content.decode()
    )
    assert client.as_(cast.stranger).get(place, typed).status_code == 403


def test_the_page_says_afterwards_what_falls_to_the_process_office(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:new_absence", args=[cast.author.pk])
    today = make.now().date()
    typed = {"starts_on": today, "last_day": today + dt.timedelta(days=3), "substitute": "", "note": ""}
    shown = client.as_(cast.boss).post(place, typed, follow=True).content.decode()
    assert "Nobody nearer than the process office acts for: Head of Purchasing." in shown
    entered = Absence.objects.get(person=cast.author)
    place = reverse("organization:change_absence", args=[entered.pk])
    assert "nobody nearer" in client.get(place).content.decode()
    shown = client.post(place, {**typed, "substitute": "reader", "note": "sea"}, follow=True).content.decode()
    assert "somebody acts in every position" in shown
    entered.refresh_from_db()
    assert (entered.substitute, entered.note) == (cast.reader, "sea")
    assert client.post(place, {**typed, "last_day": today - dt.timedelta(days=1)}).status_code == 422


def test_a_head_sees_the_note_and_others_do_not(cast: make.Cast, client: SignedIn) -> None:
    entered = make.away(cast.reader, since=make.now().date())
    Absence.objects.filter(pk=entered.pk).update(note="operation")
    place = reverse("organization:person", args=[cast.reader.pk])
    seen = {who.login: "operation" in client.as_(who).get(place).content.decode() for who in (cast.author, cast.approver, cast.boss)}
    assert seen == {"author": True, "approver": False, "boss": True}


def test_many_changes_together_are_told_once() -> None:
    heard: list[tuple[list[int], list[int]]] = []

    def listen(position_ids: list[int], person_ids: list[int], **_given: object) -> None:
        heard.append((position_ids, person_ids))

    events.appointments_changed.connect(listen)
    try:
        with events.together(NOW):
            pass
        with events.together(NOW):
            events.tell_appointments_changed([7, 3], [2], NOW)
            events.tell_appointments_changed([3], [1], NOW)
            assert heard == []
        events.tell_appointments_changed([9], [], NOW)
    finally:
        events.appointments_changed.disconnect(listen)
    assert heard == [([3, 7], [1, 2]), ([9], [])]


def test_who_acts_for_a_head_does_not_read_or_end_the_absence_of_that_head(client: SignedIn, cast: make.Cast) -> None:
    today = make.now().date()
    away = Absence.objects.create(
        person=cast.author, starts_on=today, ends_before=today + dt.timedelta(days=9), substitute=cast.reader, note="operation"
    )  # fmt: skip
    page = reverse("organization:person", args=[cast.author.pk])
    assert "operation" not in client.as_(cast.reader).get(page).content.decode()
    assert client.post(reverse("organization:cancel_absence", args=[away.pk])).status_code == 403
    assert policy.may_enter_absence(cast.reader, cast.approver, today), "the others of the department"
    assert "operation" in client.as_(cast.boss).get(page).content.decode(), "the head above"
    assert "operation" in client.as_(cast.author).get(page).content.decode()
