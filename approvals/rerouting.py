"""The process office gives an open case the stages of another route: what was decided stays, what waits is asked anew."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import moving, policy, routes, seating, taking_part, workflow
from approvals.models import ApprovalCase, CaseStage, Decision, Rerouting, Route
from approvals.routes import Plan, PlannedStage
from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from worklist.notices import Message, tell_many


def plan_to_come(case: ApprovalCase, route: Route | None, day: dt.date) -> Plan:
    """What would still be asked on this route: its stages without those for which enough of their positions have approved already.

    The last stage always stays: nobody has had the last word yet.
    """
    plan = routes.plan_by(route, case.revision.process, day, besides=policy.authors(case), revision=case.revision_id)
    approved = list(Decision.objects.filter(case=case, verdict=Decision.Verdict.APPROVE).select_related("stage", "seat"))
    stages = tuple(stage for stage in plan.stages if stage.is_last or not _is_answered(stage, approved))
    return Plan(plan.route, stages, plan.left_out)


def reroute(case: ApprovalCase, route: Route | None, *, by: Person, now: dt.datetime, seen: int, reason: str) -> Rerouting:
    """Stages that are not decided are replaced by those of this route (None is the built-in one); all who take part are told.

    `seen` is the version of the case that was shown. Raises Refused, Stale.
    """
    with transaction.atomic():
        case, day, reason = moving.lock(case.pk), today(now), workflow.typed(reason)
        if case.state != ApprovalCase.State.OPEN or case.version != seen:
            raise Stale(_("Meanwhile something was decided here. Nothing was changed; look at what is left to decide."))
        insist(policy.may_reroute(by, case, scope(by, day)))
        if not reason:
            raise Refused(_("Write the reason: all who take part are told."))
        if route is not None and route not in routes.holding(day):
            raise Stale(_("This route is not in force any more. Choose another one."))
        told = taking_part.people(case, day)
        moving.swap(case, to=ApprovalCase.State.OPEN, now=now)
        case.stages.filter(closed_at__isnull=True, replaced_at__isnull=True).update(replaced_at=now)
        seating.unseat(case, now=now)
        last = case.stages.order_by("-order")[0].order
        made = Rerouting.objects.create(case=case, route=route, first_order=last + 1, reason=reason, by=by, at=now)
        case.route = route
        case.save(update_fields=["route"])
        seating.copy_stages(case, plan_to_come(case, route, day).stages, after=last)
        seating.open_next(case, now=now)
        _tell({**told, **taking_part.people(case, day)}, made, now=now)
        return made


def _is_answered(stage: PlannedStage, approved: list[Decision]) -> bool:
    """Whether enough of its positions have approved in stages that asked no less of them."""
    asked = {position.pk for position in stage.positions}
    answered = {
        decision.seat.position_id
        for decision in approved
        if decision.stage.required_level >= stage.required_level and (decision.signature_id or not stage.needs_signature)
    }
    return len(asked & answered) >= CaseStage(mode=stage.mode, quorum=stage.quorum).needed(len(asked))


def _tell(people: dict[int, Person], made: Rerouting, *, now: dt.datetime) -> None:
    process, address = made.case.revision.process, reverse("approvals:case", args=[made.case_id])
    subject = format_lazy(gettext_lazy("{document} was re-routed"), document=f"{process.number} {process.title}")
    body = format_lazy(gettext_lazy("{person} changed who decides on it: {reason}"), person=made.by.name, reason=made.reason)
    others = [person for person in people.values() if person != made.by]
    tell_many([Message(person, f"rerouted:{made.pk}:{person.pk}", subject, body, address) for person in others], now=now)
