"""What a change touches, gathered from all apps before it is submitted: content and its neighbours, indicators, readers and their time.

Registered with `approvals.impact`, which hands the rows to the submit page and keeps them with the case. A fixed number of queries.
"""

from collections.abc import Iterator, Sequence

from approvals import changes
from approvals.impact import SHOWN, Item, Subject, Touched
from kpis.models import Indicator
from processes import reading_time, touching
from processes.concern import roles_concerned
from processes.roles import catalogue_title
from processes.touching import Filled
from training.reach import reach
from worklist.models import UsualTime, WorkItem


def gather(subject: Subject) -> Iterator[Touched]:
    """Steps and roles, neighbours, indicators, people with the time it costs them, and the days that the route takes."""
    titles = changes.touched(subject.comparison, subject.old or subject.new, subject.new).roles
    roles = touching.filled(titles, subject.process.department, subject.scope.today)
    steps = {change.key: Item(f"{change.number} {change.name}".strip()) for change in subject.comparison.changes if change.area == "steps"}
    yield Touched("steps", len(steps), tuple(steps.values())[:SHOWN])
    yield Touched(
        "roles", len(titles), tuple(Item(role.title, note=", ".join(role.positions.values()) or "unfilled") for role in roles[:SHOWN])
    )
    yield from _neighbours(subject)
    measured = Indicator.objects.measured_on(subject.scope.today).filter(process=subject.process).order_by("name")
    names = list(measured.values_list("name", flat=True))
    yield Touched("indicators", len(names), tuple(map(Item, names[:SHOWN])))
    yield from _people(subject, roles)
    yield from _days(subject)


def _neighbours(subject: Subject) -> Iterator[Touched]:
    named = touching.named(subject.old, subject.new)
    yield Touched("names", len(named), tuple(Item(number=number, note=became) for number, became in named[:SHOWN]))
    count, numbers = touching.naming(subject.process, subject.now)
    yield Touched("named_by", count, tuple(Item(number=number) for number in numbers[:SHOWN]))
    asked = touching.asked_again(subject.process, subject.new)
    others = [(one, one.taker if one.giver_id == subject.process.pk else one.giver) for one in asked[:SHOWN]]
    yield Touched("interfaces", len(asked), tuple(Item(number=other.number, note=one.name) for one, other in others))


def _people(subject: Subject, roles: Sequence[Filled]) -> Iterator[Touched]:
    found = reach(subject.process, subject.scope.today, _concerned(subject, roles))
    each = reading_time.minutes(reading_time.changed_words(subject.comparison.changes))
    yield Touched("people", found.people)
    yield Touched("concerned", found.concerned)
    yield Touched("minutes_each", each)
    yield Touched("minutes_all", each * found.people)


def _days(subject: Subject) -> Iterator[Touched]:
    if subject.route is None:
        return
    stages = subject.route.stages
    yield Touched("days", sum(stage.plan.working_days for stage in stages))
    usual = UsualTime.objects.filter(kind=WorkItem.Kind.DECIDE).values_list("working_days", flat=True).first()
    if usual is not None:
        yield Touched("usual_days", usual * len(stages))


def _concerned(subject: Subject, roles: Sequence[Filled]) -> set[int] | None:
    """Positions that do what changes substantively, who will read again; None is everybody (see `training.rereading`)."""
    if subject.old is None:
        return None
    titles = roles_concerned(subject.comparison, subject.old, subject.new)
    filled = {role.title: role.positions for role in roles}
    if titles is None or not all(filled.get(catalogue_title(title)) for title in titles):
        return None
    return {pk for title in titles for pk in filled[catalogue_title(title)]}
