"""Which route a process takes and the stages that follow from it. Positions only; people are resolved when they decide."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop

from approvals.choosing import Criteria, Subject, fitting
from approvals.models import Mode, Route, RouteRule, RouteStage, Waiver
from approvals.offices import ADVISOR, Offices
from organization.models import Position
from processes.models import InterfaceTerms, Process

COUNTERSIGN = gettext_noop("Countersign of the departments")
DEPARTMENT = gettext_noop("Department process manager")
COMPANY = gettext_noop("Company process manager")
Kind, Rule = Position.Kind, RouteRule.Kind


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage to come; its positions decide in parallel. `title` is a message id, or what was typed for a route of the company's."""

    title: str
    positions: tuple[Position, ...]
    required_level: int
    working_days: int
    is_last: bool
    mode: str = Mode.ALL
    quorum: int | None = None
    needs_signature: bool = True
    group: str = ""
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages for one process; `route` is None for the built-in one. `left_out` are titles of stages that would ask nobody."""

    route: Route | None
    stages: tuple[PlannedStage, ...]
    left_out: tuple[str, ...] = ()


def plan_for(process: Process, today: dt.date, *, besides: frozenset[int] = frozenset(), revision: int | None = None) -> Plan:
    """The stages of the route that this process takes today. `besides` wrote the content. Raises Refused where no office could decide.

    What a waiver skips (of the process, or of this `revision`) stays in its place and names the waiver.
    """
    offices = Offices(today)
    return _skipping(_plan(_chosen(process, offices), process, offices, besides), process, today, besides, revision)


def plan_by(
    route: Route | None, process: Process, today: dt.date, *, besides: frozenset[int] = frozenset(), revision: int | None = None
) -> Plan:
    """The stages that this route would have for the process, whether it fits or not; None is the built-in one."""
    return _skipping(_plan(route, process, Offices(today), besides), process, today, besides, revision)


def route_for(process: Process, today: dt.date) -> Route | None:
    """The route that a new case of this process takes today; None is the built-in one."""
    return _chosen(process, Offices(today))


def holding(today: dt.date) -> list[Route]:
    """The routes that new cases can take on this day, with their stages and rules; the newest one first."""
    holds = Q(state__in=(Route.State.IN_FORCE, Route.State.RETIRING)) | Q(state=Route.State.RETIRED, retired_from__gt=today)
    return list(with_stages(Route.objects.filter(holds)).order_by("-pk"))


def with_stages(routes: QuerySet[Route]) -> QuerySet[Route]:
    """The same routes with department, stages, rules and their positions: four queries, however many there are."""
    rules = Prefetch("stages__rules", RouteRule.objects.select_related("position__department"))
    return routes.select_related("department").prefetch_related("stages", rules)


def criteria_of(route: Route) -> Criteria:
    """For which documents it holds, as plain data."""
    return Criteria(route.document_type, route.level, route.department_id, route.confidentiality)


def needed_level(process: Process) -> int:
    """The level of the last stage: 3 for what stays in its department, 5 for what is the company's or reaches into another one."""
    return 5 if process.level == Process.Level.COMPANY or _others(process) else 3


def default_stages(process: Process, offices: Offices) -> tuple[PlannedStage, ...]:
    """The built-in route: what no other route fits, it decides."""
    others = _others(process)
    if process.level == Process.Level.DEPARTMENT and not others:
        last = offices.nearest(process.department_id, Kind.DEPARTMENT_PROCESS_MANAGER)
        return (PlannedStage(DEPARTMENT, (last,), required_level=3, working_days=5, is_last=True),)
    heads = [offices.nearest(department, Kind.HEAD) for department in (process.department_id, *others)]
    return (
        PlannedStage(COUNTERSIGN, _once(heads), required_level=0, working_days=5, is_last=False),
        PlannedStage(COMPANY, (offices.company(),), required_level=5, working_days=5, is_last=True),
    )


def subject_of(process: Process, offices: Offices) -> Subject:
    """What the criteria of routes are held against."""
    departments = tuple(offices.upwards(process.department_id))
    return Subject(process.document_type, process.level, departments, process.confidentiality)


def _chosen(process: Process, offices: Offices) -> Route | None:
    return next(iter(fitting(holding(offices.today), criteria_of, subject_of(process, offices))), None)


def _plan(route: Route | None, process: Process, offices: Offices, besides: frozenset[int]) -> Plan:
    if route is None:
        return Plan(None, default_stages(process, offices))
    asked = _Asked(process, offices, besides)
    found = [(stage, asked.by(stage)) for stage in route.stages.all()]
    stages = [_planned(stage, positions) for stage, positions in found if positions]
    level = max(stages[-1].required_level, needed_level(process))
    stages[-1] = replace(stages[-1], is_last=True, needs_signature=True, required_level=level)
    return Plan(route, tuple(stages), tuple(stage.title for stage, positions in found if not positions))


def _skipping(plan: Plan, process: Process, today: dt.date, besides: frozenset[int], revision: int | None) -> Plan:
    """The last stage is never skipped, and no waiver counts that somebody signed who wrote the content."""
    waivers = Waiver.objects.for_case(process, revision).standing(today).filter(what=Waiver.What.STAGE).exclude(given_by__in=besides)
    by_stage = {waiver.stage: waiver for waiver in waivers.select_related("given_by")}
    stages = (replace(stage, waiver=None if stage.is_last else by_stage.get(stage.title)) for stage in plan.stages)
    return replace(plan, stages=tuple(stages))


class _Asked:
    """The positions that the rules of a route mean for one process."""

    def __init__(self, process: Process, offices: Offices, besides: frozenset[int]) -> None:
        self.process, self.offices, self.besides = process, offices, besides

    def by(self, stage: RouteStage) -> tuple[Position, ...]:
        """Each position once, in the order of the rules. Only the rule of the neighbours can mean nobody."""
        return _once(position for rule in stage.rules.all() for position in self._of(rule))

    def _of(self, rule: RouteRule) -> Sequence[Position]:
        home = self.process.department_id
        if rule.position is not None:
            return [self._open(rule.position)]
        if rule.kind == Rule.NEIGHBOURS:
            return self._neighbours
        if rule.kind == Rule.ADVISOR:
            return [self._advisor]
        if rule.kind == Rule.COMPANY:
            return [self.offices.company()]
        return [self.offices.nearest(home, Kind.HEAD if rule.kind == Rule.HEAD else Kind.DEPARTMENT_PROCESS_MANAGER)]

    @cached_property
    def _neighbours(self) -> Sequence[Position]:
        return [self.offices.nearest(department, Kind.HEAD) for department in neighbours(self.process)]

    @cached_property
    def _advisor(self) -> Position:
        return self.offices.advisor(self.process.department_id, self.besides)

    def _open(self, position: Position) -> Position:
        """The position, or the head of its department where it was closed since."""
        closed = position.closed_on is not None and position.closed_on <= self.offices.today
        return self.offices.nearest(position.department_id, Kind.HEAD) if closed else position


def neighbours(process: Process) -> list[int]:
    """Ids of the other departments that take part, or with which an interface is agreed or proposed."""
    terms = InterfaceTerms.objects.filter(answer__in=(InterfaceTerms.Answer.AGREED, InterfaceTerms.Answer.OPEN))
    shared = Q(gives__taker=process, gives__terms__in=terms) | Q(takes__giver=process, takes__terms__in=terms)
    met = Process.objects.filter(shared, state=Process.State.ACTIVE).values_list("department", flat=True)
    return sorted({*_others(process), *met} - {process.department_id})


def _others(process: Process) -> tuple[int, ...]:
    return tuple(process.participating.exclude(pk=process.department_id).values_list("pk", flat=True))


def _planned(stage: RouteStage, positions: tuple[Position, ...]) -> PlannedStage:
    advised = any(rule.kind == Rule.ADVISOR for rule in stage.rules.all())
    return PlannedStage(
        title=stage.title,
        positions=positions,
        required_level=max(stage.required_level, ADVISOR if advised else 0),
        working_days=stage.working_days,
        is_last=False,
        mode=stage.mode,
        quorum=stage.quorum,
        needs_signature=stage.needs_signature,
        group=stage.group,
    )


def _once(positions: Iterable[Position]) -> tuple[Position, ...]:
    return tuple({position.pk: position for position in positions}.values())
