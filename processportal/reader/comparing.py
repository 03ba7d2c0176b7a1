"""Any two revisions of a process side by side: what changed in words, whom it concerns, and both in one drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import changes
from organization.scope import scope_of
from processes import marking, policy
from processes.canonical import from_json
from processes.charts import Chart, chart
from processes.comparison import Comparison, marks
from processes.content import definition_of
from processes.definition import Definition, upgraded
from processes.models import Process, Revision
from processes.united import united
from processes.views.doors import draft_or_404, person_of
from processes.wording import Mark

SHOWN = 200
"""Revisions that are offered, the newest first."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the page shows of two contents that differ, and what they are called."""

    old_name: str
    new_name: str
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
        before, after = pair[old.ordinal], pair[new.ordinal]
        confirmed = marking.final(after, before)
        context["compared"] = _compared((_name(before), definition_of(before)), (_name(after), definition_of(after)), confirmed)
    return render(request, "portal/process/compare.html", context)


@require_safe
def compare_version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """What going back to a named version would change in the draft of now."""
    revision = draft_or_404(request, number)
    kept = get_object_or_404(revision.named_versions.select_related("kept_by"), pk=version)
    answer = policy.may_contribute(person_of(request), revision, scope_of(request))
    context = {
        "process": revision.process,
        "kept": kept,
        "may_write": bool(answer) and revision.state == Revision.State.DRAFT,
        "compared": _compared((_("Draft of now"), upgraded(from_json(revision.content))), (kept.name, from_json(kept.content))),
    }
    return render(request, "portal/process/compare_version.html", context)


def _chosen(request: HttpRequest, name: str, offered: list[Revision], otherwise: int) -> Revision | None:
    """The revision that was asked for; without a word, the one at this place. Nothing where it is not there to be seen."""
    asked = request.GET.get(name, "")
    if asked:
        return next((one for one in offered if str(one.ordinal) == asked), None)
    return offered[min(otherwise, len(offered) - 1)] if offered else None


def _name(revision: Revision) -> str:
    return render_to_string("portal/process/_revision_name.html", {"one": revision}).strip()


def _compared(old: tuple[str, Definition], new: tuple[str, Definition], confirmed: marking.Marks = MappingProxyType({})) -> Compared | None:
    """With the marks that were confirmed at the approval, where there are any."""
    (old_name, before), (new_name, after) = old, new
    both = united(before, after)
    if not both.comparison:
        return None
    comparison, shown = marking.as_marked(both.comparison, confirmed), marks(both.comparison)
    return Compared(
        old_name=old_name,
        new_name=new_name,
        comparison=comparison,
        counts={mark.name.lower(): sum(change.mark == mark for change in comparison.changes) for mark in Mark},
        touched=changes.touched(both.comparison, before, after),
        both=chart(both.definition, marks=both.marks, numbers=both.numbers, label=_("Both revisions in one flowchart")),
        before=chart(before, marks=shown, label=_("Flowchart before the change")),
        after=chart(after, marks=shown, label=_("Flowchart after the change")),
    )
