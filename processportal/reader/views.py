"""The procedure page: what holds now, its flowchart, steps, roles, records, history; and confirming that one has read it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from organization.models import Person
from organization.scope import scope_of
from processes import policy
from processes.charts import chart
from processes.compare import compare, marks
from processes.definition import Definition
from processes.flowchart.draw import Orientation
from processes.models import Process, Revision
from processes.procedure import minutes_to_read, roles_of, steps_of
from processportal.reader import facts


class Request(HttpRequest):
    """A request of somebody signed in."""

    user: Person


def process_page(request: Request, number: str) -> HttpResponse:
    """What is in force now; before the first approval, the draft for those who may see it."""
    return _page(request, number, None)


def revision_page(request: Request, number: str, ordinal: int) -> HttpResponse:
    """One revision, whatever became of it."""
    return _page(request, number, ordinal)


def _page(request: Request, number: str, ordinal: int | None) -> HttpResponse:
    scope, now = scope_of(request), timezone.now()
    process = get_object_or_404(Process.objects.visible_to(scope).select_related("department", "owner", "group"), number=number)
    revision = facts.shown_revision(process, scope, now, ordinal)
    if revision is None and ordinal is not None:
        raise Http404
    open_revision = Revision.objects.visible_to(scope).filter(process=process).open().first()
    context: dict[str, Any] = {
        "process": process,
        "revision": revision,
        "today": scope.today,
        "open_revision": open_revision,
        "may_contribute": policy.may_contribute(request.user, process, scope),
        "may_change": policy.may_change_metadata(request.user, process, scope),
    }
    if revision is not None:
        context |= _content(request, revision, facts.definition_of(revision))
        context |= _around(request, process, revision)
    return render(request, "portal/process.html", context)


def _content(request: Request, revision: Revision, definition: Definition) -> dict[str, Any]:
    """The document itself, or only what changed where the reader asked for that."""
    mine = facts.roles_of_person(scope_of(request))
    previous = facts.previous_of(revision) if revision.ordinal > 1 else None
    changes = compare(facts.definition_of(previous), definition) if previous else None
    only_changes = changes is not None and "changes" in request.GET
    orientation: Orientation = "LR" if request.GET.get("chart") == "wide" else "TB"
    steps = steps_of(definition, mine)
    return {
        "definition": definition,
        "steps": steps,
        "my_steps": [view for view in steps if view.mine],
        "roles": roles_of(definition),
        "minutes": minutes_to_read(definition),
        "previous": previous,
        "changes": changes,
        "only_changes": only_changes,
        "orientation": orientation,
        "chart": chart(
            definition, orientation=orientation, marks=marks(changes) if changes and only_changes else {}, label=revision.process.title
        ),
    }


def _around(request: Request, process: Process, revision: Revision) -> dict[str, Any]:
    """What the portal knows around the document: status, signatures, readers, indicators, history."""
    now = timezone.now()
    return {
        "status": facts.status_of(revision, now),
        "approvals": facts.approvals_of(revision),
        "duty": facts.duty_of(revision, request.user, now),
        "coverage": facts.coverage_of(revision, now),
        "indicators": facts.indicators_of(process),
        "history": facts.history_of(process, scope_of(request)),
    }
