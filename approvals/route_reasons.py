"""Why a process takes the route that it takes: every route in force with what fits and what does not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals import routes
from approvals.choosing import Subject, fitting, misfits
from approvals.expecting import Expected, expected
from approvals.models import Route
from approvals.offices import Offices
from approvals.routes import criteria_of
from approvals.submission import writers_of
from organization.calendar import today
from organization.refusals import Refused
from processes.models import Process


@dataclass(frozen=True, slots=True)
class Considered:
    """A route held against the process: each of its criteria in words, and whether it fits."""

    route: Route
    criteria: Sequence[tuple[str, bool]]

    @property
    def fits(self) -> bool:
        """Whether nothing stands against it."""
        return all(fit for _words, fit in self.criteria)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The stages on the chosen route, or why nobody could decide; the other routes, those that fit first."""

    expected: Expected | None
    dead_end: str
    chosen: Considered | None
    others: Sequence[Considered]

    @property
    def less_specific(self) -> list[Considered]:
        """What fits too."""
        return [one for one in self.others if one.fits]

    @property
    def misfits(self) -> list[Considered]:
        """What is for other documents."""
        return [one for one in self.others if not one.fits]


def reasons(process: Process, now: dt.datetime, *, instead: Route | None = None) -> Reasons:
    """The route of this process today and why; `instead` shows the stages on a route that it does not take, or not yet."""
    day, draft = today(now), process.revisions.open().first()
    wrote = writers_of(draft) if draft else frozenset()
    subject, holding = routes.subject_of(process, Offices(day)), routes.holding(day)
    fits = fitting(holding, criteria_of, subject)
    chosen = instead or next(iter(fits), None)
    considered = [_held(route, subject) for route in (*fits, *(route for route in holding if route not in fits)) if route != chosen]
    own = _held(chosen, subject) if chosen else None
    try:
        plan = routes.plan_by(chosen, process, day, besides=wrote)
    except Refused as refused:
        return Reasons(None, str(refused), own, considered)
    return Reasons(expected(plan, wrote, day), "", own, considered)


def _held(route: Route, subject: Subject) -> Considered:
    against = misfits(criteria_of(route), subject)
    return Considered(route, [(words, criterion not in against) for criterion, words in route.conditions])
