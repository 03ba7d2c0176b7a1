"""Who would act: for each position of a person in a planned absence, and for one position along its whole chain; for pages."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from organization import chain
from organization.chain import Away, Candidate, Link, Snapshot, Step
from organization.models import Absence, Appointment, Person, Position
from organization.resolution import Assignee, Question, among, answers, last_day_in_words, load

MOST_DAYS = 12
"""An absence is looked at on its first day and on up to so many days on which somebody else may act."""


@dataclass(frozen=True, slots=True)
class Span:
    """Who acts from the first to the last day, both included; `falls`: only the process office or top management is left."""

    first_day: dt.date
    last_day: dt.date
    assignee: Assignee
    falls: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """A position of the absent person with who acts in it, one after the other."""

    position: Position
    spans: Sequence[Span]


def while_away(person: Person, starts_on: dt.date, ends_before: dt.date, substitute: Person | None) -> list[Covered]:
    """What the chain would answer for every position that the person holds in [starts_on, ends_before), were the absence entered."""
    held = Appointment.objects.filter(person=person, starts_on__lt=ends_before).exclude(ends_before__lte=starts_on)
    positions = list(Position.objects.filter(pk__in=held.values("position")).select_related("department").order_by("title", "pk"))
    known = {substitute.pk if substitute else 0, *(p.substitute_id or 0 for p in positions)}
    days = {starts_on, *(day for pair in held.values_list("starts_on", "ends_before") for day in pair if day)}
    found: dict[dt.date, dict[int, Assignee]] = {}
    days |= _changes(known)
    while todo := [day for day in sorted(days) if starts_on <= day < ends_before and day not in found][: MOST_DAYS - len(found)]:
        for day in todo:
            found[day] = _acting(person, positions, day, Away(ends_before, substitute.pk if substitute else None))
        met = {a.person.pk for acting in found.values() for a in acting.values()} - known
        known |= met
        days |= _changes(met)
    return [Covered(p, spans) for p in positions if (spans := _spans(p, found, ends_before))]


def _changes(people: Iterable[int]) -> set[dt.date]:
    """The days on which these people go away or are back."""
    rows = Absence.objects.filter(person__in=list(people)).values_list("starts_on", "ends_before")
    return {day for pair in rows for day in pair}


def _acting(person: Person, positions: Sequence[Position], day: dt.date, away: Away) -> dict[int, Assignee]:
    """Position id → who acts on this day, for those that the person then holds, were the person away."""
    snapshot = load(positions, day)
    snapshot = replace(snapshot, away={**snapshot.away, person.pk: away})
    asked = [Question(p) for p in positions if person.pk in snapshot.holders.get(p.pk, ())]
    return {q.position.pk: answer for q, answer in zip(asked, answers(snapshot, asked), strict=True) if answer}


def _spans(position: Position, found: dict[dt.date, dict[int, Assignee]], ends_before: dt.date) -> list[Span]:
    """The answers of the days put together while they stay the same."""
    spans: list[Span] = []
    days = sorted(found)
    for day, after in zip(days, [*days[1:], ends_before], strict=True):
        assignee, last = found[day].get(position.pk), after - dt.timedelta(days=1)
        if assignee is None:
            continue
        if spans and spans[-1].assignee == assignee and spans[-1].last_day == day - dt.timedelta(days=1):
            spans[-1] = replace(spans[-1], last_day=last)
        else:
            falls = assignee.position.kind in (chain.PROCESS_OFFICE, chain.TOP) and assignee.position.pk != position.pk
            spans.append(Span(day, last, assignee, falls))
    return spans


@dataclass(frozen=True, slots=True)
class Stop:
    """A position along the chain: why it is asked, who is there or away, and whether somebody here `acts` (the first who does)."""

    position: Position
    why: str
    people: Sequence[tuple[Person, str]]
    acts: Person | None


def line(position: Position, day: dt.date) -> list[Stop]:
    """All positions that are asked for this one, in order, each with its people: the chain to read. Seven queries."""
    snapshot = load([position], day)
    asked = [(link, list(chain.present(snapshot, link.office))) for link in chain.links(snapshot, position.pk)]
    offices = Position.objects.select_related("department").in_bulk([link.office for link, _there in asked])
    said = [_said(snapshot, link.office, there) for link, there in asked]
    people = {p.pk: p for p in among(Person.objects.all(), "pk", {person for row in said for person in row})}
    first = next((there[0] for _link, there in asked if there), None)
    return [
        Stop(
            offices[link.office],
            _why(link, offices),
            [(people[person], words) for person, words in row.items()],
            people[first.person] if first and first.office == link.office else None,
        )
        for (link, _there), row in zip(asked, said, strict=True)
    ]


def _said(snapshot: Snapshot, office: int, there: Sequence[Candidate]) -> dict[int, str]:
    """Person → what to say: holders, away or not, then the substitutes."""
    said = dict.fromkeys(snapshot.holders.get(office, ()), "")
    for person in said.keys() & snapshot.away.keys():
        said[person] = _("away until %(day)s") % {"day": last_day_in_words(snapshot.away[person].until)}
    for candidate in there:
        said.setdefault(candidate.person, _("standing substitute") if candidate.standing else _("substitute"))
    return said


def _why(link: Link, offices: dict[int, Position]) -> str:
    """Why this position is asked, in words."""
    sentences = {
        Step.ASKED: _("the position itself"),
        Step.ABOVE: _("the same office above"),
        Step.PROCESS_OFFICE: _("the process office"),
        Step.TOP: _("top management"),
    }
    if link.deputy_of is not None:
        return _("deputy of %(position)s") % {"position": offices[link.deputy_of].title}
    return sentences[link.step]
