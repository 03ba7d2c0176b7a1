"""Stories of approval routes: the company process manager writes them; `route_effect.py` lets them take effect.

Every verb locks the route and compares the version that was seen. What is in force is never edited: `change` makes a copy that
takes its place. Running cases have their stages copied in and are not touched by anything here.
"""

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import policy, route_faults
from approvals.models import Mode, Route, RouteRule, RouteStage
from approvals.route_faults import StageTerms, terms_of
from approvals.routes import with_stages
from organization.calendar import today
from organization.models import Department, Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.sentences import in_a_row
from processes.canonical import clean
from worklist.items import settle, withdraw
from worklist.models import WorkItem

State = Route.State
OPEN = (State.DRAFT, State.PROPOSED)


@transaction.atomic
def begin(
    *, by: Person, now: dt.datetime, name: str, document_type: str = "", level: str = "", department: Department | None = None,
    confidentiality: str = "",
) -> Route:  # fmt: skip
    """A new route without stages; it holds for nothing yet."""
    may_set(by, now)
    return Route.objects.create(
        name=_named(name), document_type=document_type, level=level, department=department, confidentiality=confidentiality
    )


@transaction.atomic
def change(route: Route, *, by: Person, now: dt.datetime) -> Route:
    """A copy of what is in force, to be edited; the one that is there where somebody has begun already."""
    may_set(by, now)
    route = with_stages(Route.objects.select_for_update(of=("self",))).get(pk=route.pk)
    begun = route.successors.filter(state__in=OPEN).first()
    if begun is not None:
        return begun
    if route.state != State.IN_FORCE:
        raise Stale(_("This route is not in force, or is about to be retired. Nothing was changed."))
    made = Route.objects.create(
        name=route.name, document_type=route.document_type, level=route.level, department=route.department,
        confidentiality=route.confidentiality, replaces=route,
    )  # fmt: skip
    for order, stage in enumerate(route.stages.all(), start=1):
        _write(RouteStage(route=made, order=order), terms_of(stage))
    return made


@transaction.atomic
def set_terms(
    route: Route, *, by: Person, now: dt.datetime, seen: int, name: str, document_type: str, level: str, department: Department | None,
    confidentiality: str,
) -> Route:  # fmt: skip
    """Its name, and for which documents it is to hold."""
    route = to_edit(route, by, now, seen)
    route.name, route.document_type, route.level = _named(name), document_type, level
    route.department, route.confidentiality = department, confidentiality
    _touch(route, now)
    return route


@transaction.atomic
def put_stage(route: Route, terms: StageTerms, *, by: Person, now: dt.datetime, seen: int, stage: RouteStage | None = None) -> RouteStage:
    """Adds a stage at the end, or gives a stage other terms. Refused where it could never end."""
    route = to_edit(route, by, now, seen)
    terms = replace(terms, title=clean(terms.title).strip()[:160], quorum=terms.quorum if terms.mode == Mode.QUORUM else None)
    faults = route_faults.of_stage(terms, today(now))
    if faults:
        raise Refused(in_a_row(faults))
    if stage is None:
        last = route.stages.order_by("-order").first()
        stage = RouteStage(route=route, order=last.order + 1 if last else 1)
    else:
        stage = _stage(route, stage)
    _write(stage, terms)
    _touch(route, now)
    return stage


@transaction.atomic
def move_stage(route: Route, stage: RouteStage, *, up: bool, by: Person, now: dt.datetime, seen: int) -> None:
    """One place towards the beginning or the end; at the edge it stays."""
    route = to_edit(route, by, now, seen)
    stages = list(route.stages.all())
    place = stages.index(_stage(route, stage))
    other = place - 1 if up else place + 1
    if not 0 <= other < len(stages):
        return
    stages[place], stages[other] = stages[other], stages[place]
    for order, moved in enumerate(stages, start=1):
        moved.order = order
        moved.save()
    _touch(route, now)


@transaction.atomic
def remove_stage(route: Route, stage: RouteStage, *, by: Person, now: dt.datetime, seen: int) -> None:
    """The stage is no longer part of what is being written."""
    route = to_edit(route, by, now, seen)
    _stage(route, stage).delete()
    _touch(route, now)


@transaction.atomic
def discard(route: Route, *, by: Person, now: dt.datetime, seen: int) -> None:
    """What was being written is dropped; what is in force stays. The history keeps it."""
    route = to_edit(route, by, now, seen)
    item = route.work_item
    route.delete()
    if item is not None:
        withdraw(item, now=now)


def may_set(by: Person, now: dt.datetime) -> None:
    """Raises Refused unless the person may change routes today."""
    insist(policy.may_set_routes(by, scope(by, today(now))))


def _named(name: str) -> str:
    name = clean(name).strip()[:120]
    if not name:
        raise Refused(_("Give the route a name."))
    return name


def locked(route: Route, seen: int) -> Route:
    """The route until the end of the transaction; Stale where it is not the one that was seen."""
    return as_seen(Route.objects.select_for_update().filter(pk=route.pk).first(), seen)


def as_seen(route: Route | None, seen: int) -> Route:
    """The route, where it is the one that was seen."""
    if route is None or route.version != seen:
        raise Stale(_("Somebody changed this route meanwhile. Nothing was done; look at it again."))
    return route


def to_edit(route: Route, by: Person, now: dt.datetime, seen: int) -> Route:
    """The locked route that may still be written."""
    may_set(by, now)
    route = locked(route, seen)
    if route.state not in OPEN:
        raise Stale(_("This route is in force or was retired: change a copy of it."))
    return route


def _stage(route: Route, stage: RouteStage) -> RouteStage:
    found = route.stages.filter(pk=stage.pk).first()
    if found is None:
        raise Stale(_("This stage is not there any more."))
    return found


def _write(stage: RouteStage, terms: StageTerms) -> None:
    stage.title, stage.mode, stage.quorum = terms.title, terms.mode, terms.quorum
    stage.working_days, stage.needs_signature = terms.working_days, terms.needs_signature
    stage.required_level, stage.group = terms.required_level, terms.group
    stage.save()
    wanted: list[tuple[str, Position | None]] = [(kind, None) for kind in RouteRule.Kind.values if kind in terms.rules]
    wanted += [(RouteRule.Kind.POSITION.value, position) for position in terms.positions]
    there = {(rule.kind, rule.position): rule for rule in stage.rules.select_related("position")}
    for key in there.keys() - set(wanted):
        there[key].delete()
    for kind, position in wanted:
        if (kind, position) not in there:
            RouteRule.objects.create(stage=stage, kind=kind, position=position)


def _touch(route: Route, now: dt.datetime) -> None:
    """What was changed is no longer what was proposed."""
    if route.state == State.PROPOSED:
        route.state = State.DRAFT
        settle_item(route, WorkItem.Outcome.MOOT, now)
    save(route)


def save(route: Route) -> None:
    """Kept as the next version."""
    route.version += 1
    route.save()


def settle_item(route: Route, outcome: str, now: dt.datetime) -> None:
    """Nobody owes an answer to this route any more."""
    if route.work_item is not None:
        settle(route.work_item, outcome=outcome, now=now)
