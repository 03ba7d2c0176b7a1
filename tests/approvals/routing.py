"""Short words for tests of routes: a stage, a route in force."""

import datetime as dt

from approvals import route_changes, route_effect
from approvals.models import Route
from approvals.route_faults import StageTerms
from organization.models import Person
from tests import make
from tests.make import NOW

LAST = StageTerms("Last word", rules=["company"])


def written(cast: make.Cast, *stages: StageTerms, by: Person | None = None, now: dt.datetime = NOW, **terms: object) -> Route:
    """A draft with these stages; without any, one that the company process manager ends."""
    by = by or cast.manager
    route = route_changes.begin(by=by, now=now, **({"name": "Ours"} | terms))
    for stage in stages or (LAST,):
        put(route, stage, by=by, now=now)
    return fresh(route)


def put(route: Route, stage: StageTerms, *, by: Person, now: dt.datetime = NOW) -> None:
    """One more stage."""
    route_changes.put_stage(route, stage, by=by, now=now, seen=fresh(route).version)


def in_force(cast: make.Cast, *stages: StageTerms, now: dt.datetime = NOW, **terms: object) -> Route:
    """A route that the manager proposed and the general manager confirmed."""
    return confirmed(cast, written(cast, *stages, now=now, **terms), now=now)


def confirmed(cast: make.Cast, route: Route, *, now: dt.datetime = NOW) -> Route:
    """The draft, proposed and confirmed."""
    route = route_effect.propose(route, by=cast.manager, now=now, seen=fresh(route).version)
    route_effect.confirm(route, by=cast.boss, now=now, seen=route.version)
    return fresh(route)


def fresh(route: Route) -> Route:
    """As the database has it."""
    return Route.objects.get(pk=route.pk)
