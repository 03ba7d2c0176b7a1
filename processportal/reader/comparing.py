"""Any two revisions of a process side by side: what changed in words, whom it concerns, and both in one drawing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import changes
from organization.scope import scope_of
from processes.charts import Chart, chart
from processes.comparison import Comparison, marks
from processes.content import definition_of
from processes.models import Process, Revision
from processes.united import united
from processes.wording import Mark

SHOWN = 200
"""Revisions that are offered, the newest first."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the page shows of two revisions that differ."""

    comparison: Comparison
    counts: Mapping[str, int]
    touched: changes.Touched
    both: Chart
    before: Chart
    after: Chart


@require_safe
def compare_revisions(request: HttpRequest, number: str) -> HttpResponse:
    """`?from=1&to=3` by ordinals; without them the newest two that the person may see."""
    scope = scope_of(request)
    process = get_object_or_404(Process.objects.visible_to(scope).select_related("department"), number=number)
    visible = Revision.objects.visible_to(scope).filter(process=process).select_related("frozen", "process").order_by("-ordinal")
    offered = list(visible.defer("content", "frozen__content")[:SHOWN])
    old, new = _chosen(request, "from", offered, 1), _chosen(request, "to", offered, 0)
    if old is not None and new is not None and old.ordinal > new.ordinal:
        old, new = new, old
    context = {"process": process, "offered": offered, "old": old, "new": new}
    if old is not None and new is not None and old.pk != new.pk:
        pair = {one.ordinal: one for one in visible.filter(ordinal__in=(old.ordinal, new.ordinal))}
        context["compared"] = _compared(pair[old.ordinal], pair[new.ordinal])
    return render(request, "portal/process/compare.html", context)


def _chosen(request: HttpRequest, name: str, offered: list[Revision], otherwise: int) -> Revision | None:
    """The revision that was asked for; without a word, the one at this place. Nothing where it is not there to be seen."""
    asked = request.GET.get(name, "")
    if asked:
        return next((one for one in offered if str(one.ordinal) == asked), None)
    return offered[min(otherwise, len(offered) - 1)] if offered else None


def _compared(old: Revision, new: Revision) -> Compared | None:
    before, after = definition_of(old), definition_of(new)
    both = united(before, after)
    if not both.comparison:
        return None
    shown = marks(both.comparison)
    return Compared(
        comparison=both.comparison,
        counts={mark.name.lower(): sum(change.mark == mark for change in both.comparison.changes) for mark in Mark},
        touched=changes.touched(both.comparison, before, after),
        both=chart(both.definition, marks=both.marks, numbers=both.numbers, label=_("Both revisions in one flowchart")),
        before=chart(before, marks=shown, label=_("Flowchart before the change")),
        after=chart(after, marks=shown, label=_("Flowchart after the change")),
    )
