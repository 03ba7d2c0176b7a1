"""Stories of how a route takes effect or ends: one person proposes it, a second person confirms it. Nobody confirms their own."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from approvals import policy, route_faults
from approvals.models import Route
from approvals.route_changes import as_seen, locked, may_set, save, settle_item, to_edit
from approvals.route_faults import terms_of
from approvals.routes import criteria_of
from organization.calendar import add_working_days, today
from organization.models import Person
from organization.phrases import Phrase
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.sentences import in_a_row
from worklist.items import raise_item
from worklist.models import WorkItem

State = Route.State
HOLDING = (State.IN_FORCE, State.RETIRING)
WORKING_DAYS_TO_CONFIRM = 5


@transaction.atomic
def propose(route: Route, *, by: Person, now: dt.datetime, seen: int) -> Route:
    """Hands what was written to a second person. Refused, with every reason, where the route could never end."""
    route = to_edit(route, by, now, seen)
    if route.state == State.PROPOSED:
        return route
    insist_on_sense(route, now)
    route.state = State.PROPOSED
    _ask(route, by, now)
    return route


@transaction.atomic
def retire(route: Route, *, by: Person, now: dt.datetime, seen: int, day: dt.date) -> Route:
    """From this day on no new case is to take it; a second person confirms. Running cases keep their stages."""
    may_set(by, now)
    route = locked(route, seen)
    if route.state != State.IN_FORCE:
        raise Stale(_("This route is not in force, or is about to be retired. Nothing was changed."))
    if day < today(now):
        raise Refused(_("This day has passed. Choose today or a later day."))
    route.state, route.retired_from = State.RETIRING, day
    _ask(route, by, now)
    return route


@transaction.atomic
def confirm(route: Route, *, by: Person, now: dt.datetime, seen: int) -> Route:
    """A second person lets the change take effect: what was proposed is in force, and what it replaces or retires is not any more."""
    routes = {one.pk: one for one in Route.objects.select_for_update().order_by("pk")}  # all of them: of two alike, one is refused
    route = as_seen(routes.get(route.pk), seen)
    if route.state not in (State.PROPOSED, State.RETIRING):
        raise Stale(_("There is nothing to confirm here any more."))
    insist(policy.may_confirm(by, route, scope(by, today(now))))
    if route.state == State.RETIRING:
        route.state = State.RETIRED
        route.retired_from = max(route.retired_from or today(now), today(now))
    else:
        insist_on_sense(route, now)
        before = routes.get(route.replaces_id or 0)
        _insist_on_one(route, [one for one in routes.values() if one.pk not in {route.pk, route.replaces_id}])
        if before is not None and before.state in HOLDING:
            before.state, before.retired_from = State.RETIRED, today(now)
            save(before)
        route.state = State.IN_FORCE
    route.confirmed_by, route.confirmed_at = by, now
    save(route)
    settle_item(route, WorkItem.Outcome.DONE, now)
    return route


@transaction.atomic
def decline(route: Route, *, by: Person, now: dt.datetime, seen: int) -> Route:
    """Not so: what was proposed is being written again, what was to be retired stays in force. Whoever proposed it may say so too."""
    insist(policy.may_confirm_routes(by, scope(by, today(now))))
    route = locked(route, seen)
    if route.state not in (State.PROPOSED, State.RETIRING):
        raise Stale(_("There is nothing to confirm here any more."))
    route.state = State.DRAFT if route.state == State.PROPOSED else State.IN_FORCE
    route.retired_from = None
    save(route)
    settle_item(route, WorkItem.Outcome.MOOT, now)
    return route


def faults_of(route: Route, day: dt.date) -> list[str]:
    """Why this route could never end, as it stands; nothing where it can take effect."""
    return route_faults.of_route(route.level, [terms_of(stage) for stage in route.stages.all()], day)


def insist_on_sense(route: Route, now: dt.datetime) -> None:
    """Raises Refused with every fault of the route."""
    faults = faults_of(route, today(now))
    if faults:
        raise Refused(in_a_row(faults))


def _insist_on_one(route: Route, others: list[Route]) -> None:
    alike = [one for one in others if one.state in HOLDING and criteria_of(one) == criteria_of(route)]
    if alike:
        raise Refused(_("“%(name)s” holds for the same documents already. Change or retire that route first.") % {"name": alike[0].name})


def _ask(route: Route, by: Person, now: dt.datetime) -> None:
    """Top management owes an answer."""
    route.proposed_by, route.proposed_at, route.confirmed_by, route.confirmed_at = by, now, None, None
    top = policy.top_management(today(now))
    if top is not None:
        route.work_item = raise_item(
            kind=WorkItem.Kind.DECIDE,
            subject=Phrase(gettext_noop("Approval route “%(name)s”"), name=route.name),
            url_name="approvals:route",
            url_args=[route.pk],
            due_on=add_working_days(today(now), WORKING_DAYS_TO_CONFIRM),
            source_key=f"route:{route.pk}:{route.version}",
            now=now,
            position=top,
            excluded=[by.pk],
        )
    save(route)
