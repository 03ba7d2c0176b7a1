"""What all apps find in a leaver's hands, handed down to the worklist's handovers; and what taking over a draft needs besides."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kpis.models import Indicator
from organization.calendar import today
from organization.gate import check
from organization.ladder import Action
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes.access import participate
from processes.models import Participation, Process, Revision
from processportal.work import about
from worklist import handover as handovers
from worklist.handover_lines import NewLine, sole_positions
from worklist.models import Handover, HandoverLine

Kind = HandoverLine.Kind


@transaction.atomic
def open_handover(person: Person, *, by: Person, now: dt.datetime, reason: str, last_day: dt.date | None = None) -> Handover:
    """Opened beforehand, with what every app knows. Raises Refused."""
    return reconcile(handovers.open_handover(person, by=by, now=now, reason=reason, last_day=last_day), now)


def reconcile(handover: Handover, now: dt.datetime) -> Handover:
    """Brings the lines of one handover to what is in the leaver's hands today. Safe to run twice."""
    day = today(now)
    found = [*_processes(handover, day), *_drafts(handover), *_indicators(handover, day)]
    return handovers.reconcile(handover, now, (found, (Kind.PROCESS, Kind.DRAFT, Kind.INDICATOR)))


def reconcile_all(now: dt.datetime, only: Collection[int] | None = None) -> int:
    """These open handovers, or all; says how many of them are still open."""
    these = Q() if only is None else Q(pk__in=only)
    unfinished = Handover.objects.filter(these, closed_at__isnull=True)
    for handover in unfinished.select_related("person").order_by("pk"):
        reconcile(handover, now)
    return unfinished.count()


@transaction.atomic
def offer(lines: Sequence[HandoverLine], successor: Person, *, by: Person, now: dt.datetime, reason: str) -> Handover:
    """Asks the successor; a draft is offered by those who see it to those who may write in drafts. Raises Refused, Stale."""
    numbers = {str(line.url_args[0]) for line in lines if line.kind == Kind.DRAFT}
    if numbers:
        insist(check(Action.CONTRIBUTE, successor, today(now)))
        seen = Process.objects.visible_to(scope(by, today(now))).filter(number__in=numbers).values_list("number", flat=True)
        if hidden := numbers - set(seen):
            raise Refused(_("You may not see %(number)s, so somebody who may has to hand over its draft.") % {"number": min(hidden)})
    about.insist_on_sight(_work(lines), successor, today(now))
    return handovers.offer(lines, successor, by=by, now=now, reason=reason)


@transaction.atomic
def accept(lines: Sequence[HandoverLine], *, by: Person, now: dt.datetime, answer: str = "") -> list[HandoverLine]:
    """The successor takes the lines; who takes over a draft may write in it from now on. Who wrote what stays as it is."""
    about.insist_on_sight(_work(lines), by, today(now))
    accepted = handovers.accept(lines, by=by, now=now, answer=answer)
    keys = [int(line.source_key.partition(":")[2]) for line in accepted if line.kind == Kind.DRAFT]
    for revision in Revision.objects.filter(pk__in=keys, state=Revision.State.DRAFT).select_related("process"):
        participate(revision.process, revision=revision, person=by, part=Participation.Part.CONTRIBUTOR)
    return accepted


def _work(lines: Sequence[HandoverLine]) -> list[HandoverLine]:
    """The lines that put an item on the successor's list."""
    return [line for line in lines if line.kind == Kind.ITEM]


def _processes(handover: Handover, day: dt.date) -> list[NewLine]:
    """What the leaver's positions own."""
    owned = Process.objects.filter(state=Process.State.ACTIVE, owner__in=sole_positions(handover, day).values("pk")).order_by("number")
    return [NewLine(Kind.PROCESS, str(p), "process", [p.number], f"process:{p.pk}", position_id=p.owner_id) for p in owned]


def _drafts(handover: Handover) -> list[NewLine]:
    """What the leaver began and nobody has submitted yet."""
    drafts = Revision.objects.filter(state=Revision.State.DRAFT, created_by=handover.person, process__state=Process.State.ACTIVE)
    rows = drafts.select_related("process").order_by("process__number")
    return [NewLine(Kind.DRAFT, str(r.process), "processes:draft", [r.process.number], f"draft:{r.pk}") for r in rows]


def _indicators(handover: Handover, day: dt.date) -> list[NewLine]:
    """What the leaver's positions measure."""
    running = Q(ends_before__isnull=True) | Q(ends_before__gt=day)
    kept = Indicator.objects.filter(running, process__state=Process.State.ACTIVE, keeper__in=sole_positions(handover, day).values("pk"))
    return [
        NewLine(Kind.INDICATOR, f"{i.name} · {i.process.number}", "kpis:indicator", [i.pk], f"indicator:{i.pk}", position_id=i.keeper_id)
        for i in kept.select_related("process").order_by("process__number", "name", "pk")
    ]
