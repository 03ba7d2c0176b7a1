"""What a person did here, gathered from all apps for a competence assessment: processes, flowcharts, interfaces, indicators, judgements.

Registered with `training.competence.facts`. Audits, findings and training sessions register theirs from their own rooms.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from django.db.models import Count, Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalCase
from kpis.models import Indicator, QuarterAssessment
from organization.calendar import midnight, today
from organization.models import Person
from processes.content import Damaged, frozen_definition
from processes.flowchart.findings import find
from processes.models import InterfaceTerms
from training.competence.facts import Fact

DRAWN: Final = 12
"""Flowcharts that are checked again, the newest: each is read whole."""
KINDS: Final[Mapping[str, Promise]] = {
    "first_time": _("Process described and accepted at the first submission"),
    "described": _("Process described and accepted"),
    "flowchart": _("Flowchart without faults"),
    "interface": _("Interface agreed"),
    "indicator": _("Indicator set"),
    "judgement": _("Performance of a process assessed"),
}


def gather(person: Person, _now: dt.datetime) -> Iterator[Fact]:
    """Everything, kind by kind; a fixed number of queries."""
    yield from _described(person)
    yield from _agreed(person)
    yield from _measured(person)


def _described(person: Person) -> Iterator[Fact]:
    came_back = ApprovalCase.objects.filter(revision=OuterRef("revision"), state__in=("returned", "rejected"))
    cases = ApprovalCase.objects.filter(submitted_by=person, kind=ApprovalCase.Kind.REVISE, state=ApprovalCase.State.APPROVED)
    found = cases.annotate(came_back=Exists(came_back)).select_related("process", "revision", "content").order_by("-closed_at", "-pk")
    for n, case in enumerate(found):
        process, day, label = case.process, today(case.closed_at), case.revision.label
        kind = "described" if case.came_back else "first_time"
        yield Fact(kind, f"case:{case.pk}", day, label, process.number, "approvals:case", [case.pk])
        if n < DRAWN and _is_drawn_well(case):
            yield Fact("flowchart", f"chart:{case.pk}", day, label, process.number, "revision", [process.number, case.revision.ordinal])


def _is_drawn_well(case: ApprovalCase) -> bool:
    try:
        definition = frozen_definition(case.content)
    except Damaged:
        return False
    return bool(definition.steps) and not any(one.level == "error" for one in find(definition))


def _agreed(person: Person) -> Iterator[Fact]:
    terms = InterfaceTerms.objects.filter(answer=InterfaceTerms.Answer.AGREED, answered_by=person)
    for one in terms.select_related("interface__giver").order_by("-answered_at"):
        shared, number = one.interface, one.interface.giver.number
        at = {"url_name": "processes:interface", "url_args": [number, shared.pk]}
        yield Fact("interface", f"terms:{one.pk}", today(one.answered_at), shared.name, number, **at)  # type: ignore[arg-type]


def _measured(person: Person) -> Iterator[Fact]:
    made = Indicator.history.filter(history_type="+", history_user=person).select_related("process")
    for one in made:
        yield Fact("indicator", f"indicator:{one.id}", today(one.history_date), one.name, one.process.number, "kpis:indicator", [one.id])
    for judged in QuarterAssessment.objects.filter(assessed_by=person).select_related("process"):
        quarter = f"{judged.quarter_start.year} Q{judged.quarter_start.month // 3 + 1}"
        number = judged.process.number
        yield Fact("judgement", f"judgement:{judged.pk}", today(judged.assessed_at), quarter, number, "process", [number])


def tally(people: Collection[int], since: dt.date) -> Mapping[int, Mapping[str, int]]:
    """Person id → kind → how often since this day. Four queries for any number of people."""
    start, counted = midnight(since), defaultdict[int, dict[str, int]](dict)
    approved = ApprovalCase.objects.filter(kind=ApprovalCase.Kind.REVISE, state=ApprovalCase.State.APPROVED, closed_at__gte=start)
    agreed = InterfaceTerms.objects.filter(answer=InterfaceTerms.Answer.AGREED, answered_at__gte=start)
    judged = QuarterAssessment.objects.filter(assessed_at__gte=start)
    made = Indicator.history.filter(history_type="+", history_date__gte=start)
    sources = (("described", "submitted_by", approved), ("interface", "answered_by", agreed), ("judgement", "assessed_by", judged))
    for kind, by, rows in (*sources, ("indicator", "history_user", made)):
        for person, count in rows.filter(**{f"{by}__in": people}).order_by().values_list(by).annotate(n=Count("*")):
            counted[person][kind] = count
    return counted
