"""What a periodic review has to answer, gathered from the neighbours as plain points, and when the next one is proposed.

Change requests are asked by `processes` itself. Rooms that come later add their gatherer to the list.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.models import Measurement, Rating
from organization.models import Person
from organization.scope import Scope
from organization.sentences import listed
from organization.workdays import add_months
from processes import review
from processes.agenda import Point, Source
from processes.content import definition_of
from processes.lifecycle import REVIEW_MONTHS
from processes.models import InterfaceTerms, Link, ProblemReport, Process, Revision
from training.models import Reading

MONTHS_SHOWN: Final = 6
SOONER: Final = 6
LATER: Final = 24
"""Months."""
MANY_BREACHES: Final = 3
MANY_REQUESTS: Final = 5
FEW_READERS: Final = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """The process under review, who looks, and since when: the last review, else the first day on which it was in force."""

    process: Process
    scope: Scope
    now: dt.datetime
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """The day of the next review and why it is that one; the reviewer may choose another."""

    on: dt.date
    why: str


Gather = Callable[[Subject], list[Point]]


def subject_of(process: Process, scope: Scope, now: dt.datetime) -> Subject:
    """Two queries."""
    last = process.moves.filter(name__startswith="review_").order_by("-at").values_list("at", flat=True).first()
    held = process.revisions.filter(effective_from__isnull=False).order_by("effective_from").values_list("effective_from", flat=True)
    return Subject(process, scope, now, last or held.first() or process.created_at)


def breaches(subject: Subject) -> list[Point]:
    """Each indicator that was beyond its limit, with the months; recorded since then, and not corrected."""
    found = Measurement.objects.current().filter(
        indicator__process=subject.process, rating=Rating.RED, recorded_at__gt=subject.since, recorded_at__lte=subject.now
    )
    by_indicator: dict[Any, list[Measurement]] = defaultdict(list)
    for one in found.select_related("indicator").order_by("indicator__name", "indicator", "-period_start"):
        by_indicator[one.indicator].append(one)
    return [_breach(indicator, months) for indicator, months in by_indicator.items()]


def _breach(indicator: Any, months: Sequence[Measurement]) -> Point:
    shown = [f"{one.period_start:%Y-%m} ({number_format(one.value, indicator.decimals)} {indicator.unit})" for one in months[:MONTHS_SHOWN]]
    words = {"name": indicator.name, "months": listed(shown), "n": len(months)}
    text = ngettext(
        "“%(name)s” was beyond its limit in %(n)d month: %(months)s",
        "“%(name)s” was beyond its limit in %(n)d months: %(months)s",
        len(months),
    )
    key = f"breach-{indicator.pk}-{len(months)}-{months[0].pk}"
    return Point(Source.BREACH, key, text % words, reverse("kpis:indicator", args=[indicator.pk]))


def problems(subject: Subject) -> list[Point]:
    """Each problem report that nobody has answered yet."""
    return [
        Point(
            Source.PROBLEM,
            f"problem-{one.pk}",
            _("Problem reported: %(text)s (%(place)s)") % {"text": one.text, "place": one.place},
            reverse("processes:problem", args=[subject.process.number, one.pk]),
        )
        for one in subject.process.problem_reports.filter(state=ProblemReport.State.OPEN)
    ]


def neighbours(subject: Subject) -> list[Point]:
    """Processes with an agreed interface, or that one of the two names in what is in force, of which another version holds by now."""
    names = _interfaces(subject.process)
    held = Revision.objects.in_force(subject.now)
    mine = Link.objects.filter(revision__in=held.filter(process=subject.process)).exclude(target=None).values("target")
    theirs = Link.objects.filter(target=subject.process, revision__in=held).values("revision__process")
    near = Q(process__in=names) | Q(process__in=mine) | Q(process__in=theirs)
    changed = held.filter(near, effective_from__gt=subject.since).exclude(process=subject.process)
    rows = list(changed.select_related("process").defer("content").order_by("process__number"))
    visible = Process.objects.visible_to(subject.scope).filter(pk__in=[one.process_id for one in rows])
    seen = set(visible.values_list("pk", flat=True))
    return [_neighbour(one, names.get(one.process_id, ""), seen=one.process_id in seen) for one in rows]


def _interfaces(process: Process) -> dict[int, str]:
    """Process id → what is handed over there or comes from there, as agreed."""
    either = Q(interface__giver=process) | Q(interface__taker=process)
    found: dict[int, str] = {}
    for terms in InterfaceTerms.objects.filter(either, answer=InterfaceTerms.Answer.AGREED).select_related("interface"):
        interface = terms.interface
        found[interface.taker_id if interface.giver_id == process.pk else interface.giver_id] = interface.name
    return found


def _neighbour(revision: Revision, interface: str, *, seen: bool) -> Point:
    # The answers are kept in these words, for all who read the process, whatever whoever reviews it may see.
    words = {"process": revision.process.name_for_all, "version": revision.label, "interface": interface}
    text = _("%(process)s has changed: version %(version)s holds") % words
    if interface:
        text = _("%(process)s has changed: version %(version)s holds (interface “%(interface)s”)") % words
    link = reverse("process", args=[revision.process.number]) if seen else ""
    return Point(Source.NEIGHBOUR, f"neighbour-{revision.process_id}-{revision.pk}", text, link)


FINDINGS: Final[list[Gather]] = []
"""Open findings, once there is a room that keeps them."""
GATHERERS: Final[list[Gather]] = [problems, breaches, neighbours]


def agenda(subject: Subject) -> list[Point]:
    """Every point, by where it comes from."""
    points = [point for gather in (*FINDINGS, *GATHERERS) for point in gather(subject)]
    order = list(Source)
    return sorted(points, key=lambda point: order.index(Source(point.source)))


@transaction.atomic
def decide(process: Process, *, by: Person, scope: Scope, now: dt.datetime, **said: Any) -> Process:
    """The verdict on the agenda as it is under the process's lock (see `processes.review.verdict`). Raises Refused or Stale."""
    locked = Process.objects.select_for_update().get(pk=process.pk)
    return review.verdict(locked, by=by, now=now, agenda=agenda(subject_of(locked, scope, now)), **said)


def proposed(subject: Subject) -> Proposed:
    """By use, since there is no risk class: sooner where much went wrong, later where nothing did and few read it."""
    breached = Measurement.objects.current().filter(
        indicator__process=subject.process, rating=Rating.RED, recorded_at__gt=subject.since, recorded_at__lte=subject.now
    ).count()  # fmt: skip
    asked = subject.process.change_requests.filter(asked_at__gt=subject.since).count()
    if breached >= MANY_BREACHES:
        why = ngettext("because %(n)d value was beyond its limit", "because %(n)d values were beyond their limit", breached)
        return _in(SOONER, subject, why % {"n": breached})
    if asked >= MANY_REQUESTS:
        return _in(SOONER, subject, ngettext("because of %(n)d change request", "because of %(n)d change requests", asked) % {"n": asked})
    if not breached and not asked and _is_quiet(subject):
        why = _("because nobody asked for a change, no value was beyond its limit, no risk is named and few people read it")
        return _in(LATER, subject, why)
    return _in(REVIEW_MONTHS, subject, _("which is the usual interval"))


def _is_quiet(subject: Subject) -> bool:
    """Few readers, and no step names a risk."""
    revision = subject.process.revisions.in_force(subject.now).select_related("frozen").first()
    if revision is None or Reading.objects.counted().filter(revision=revision).count() >= FEW_READERS:
        return False
    return not any(step.risks for step in definition_of(revision).steps)


def _in(months: int, subject: Subject, why: str) -> Proposed:
    words = {"n": months, "why": why}
    sentence = ngettext("Proposed in %(n)d month, %(why)s.", "Proposed in %(n)d months, %(why)s.", months) % words
    return Proposed(add_months(subject.scope.today, months), sentence)
