"""The procedure page: what holds now, its flowchart, steps, roles, records, history; and confirming that one has read it."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from approvals.history import waivers_to_tell
from approvals.review import waiting_for
from organization.past import day_of
from organization.scope import scope_of
from organization.views.request import person_of
from processes import helpfulness, languages, policy
from processes.bringing_in import unverified_origin
from processes.charts import chart
from processes.compare import marks
from processes.models import ProblemReport, Process, Revision
from processes.procedure import minutes_to_read, roles_of, steps_of
from processes.request_facts import waiting_at
from processes.times import times_of
from processes.views.downloads import offered
from processportal.reader import ending, facts, past, tongues
from processportal.taking_effect import coming
from training import coverage, rereading

SUGGESTED_AT = {"effective", "approved"}
"""States (of `facts.status_of`) in which readers are offered to ask for a change: what holds, or will."""


def process_page(request: HttpRequest, number: str) -> HttpResponse:
    """What is in force now (with `?on=2026-03-03`: what was on that day); before the first approval, the draft for those who may see it."""
    return _page(request, number, None, day_of(request.GET.get("on", "")))


def revision_page(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """One revision, whatever became of it."""
    return _page(request, number, ordinal)


def changes_page(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """What has changed since the version that the reader has read, or since the one before: one step from the whole."""
    return _page(request, number, ordinal, only_changes=True)


def _page(request: HttpRequest, number: str, ordinal: int | None, on: dt.date | None = None, *, only_changes: bool = False) -> HttpResponse:
    scope, person = scope_of(request), person_of(request)
    process = get_object_or_404(
        Process.objects.visible_to(scope).select_related("department", "owner", "variant__main", "replaced_by"), number=number
    )
    held = past.held_on(process, on, scope, timezone.now()) if on else None
    revision = held.revision if held else facts.shown_revision(process, scope, timezone.now(), ordinal)
    if revision is None and ordinal is not None:
        raise Http404
    context: dict[str, Any] = {
        "process": process,
        "revision": revision,
        "held": held,
        "today": scope.today,
        "open_revision": Revision.objects.visible_to(scope).filter(process=process).open().first(),
        "waiting": (),
        "favourite": process.favourites.filter(person=person).exists(),
        "may_contribute": policy.may_contribute(person, process, scope),
        "may_change": policy.may_change_metadata(person, process, scope),
        "may_remark": only_changes and policy.may_remark(person, process, scope),
    }
    if context["open_revision"] is not None and context["open_revision"].state == Revision.State.IN_REVIEW:
        context["waiting"] = waiting_for(context["open_revision"], person, scope)
    if revision is not None:
        only_changes = only_changes or "changes" in request.GET
        asked = "" if only_changes else request.GET.get("in", "")[: languages.LONGEST]
        said = tongues.said(revision, asked, person, scope, timezone.now())
        context |= {
            "unverified": unverified_origin(revision),
            "said": said,
            **_content(request, process, revision, said, only_changes=only_changes),
        }
        context |= _around(request, process, revision, said.shown(only_changes=context["only_changes"]))
        if context["status"].holds:
            context["said_helpful"] = revision.helpful.filter(person=person).first()
            context["helpful_counts"] = helpfulness.counts(revision) if context["may_change"] else None
        context["may_suggest"] = context["status"].state in SUGGESTED_AT and policy.may_suggest(process, revision)
    if context["may_change"]:
        context["problems"] = process.problem_reports.filter(state=ProblemReport.State.OPEN).count()
    if context["may_contribute"]:
        context["requests_at"] = waiting = waiting_at(process)
        context["requests"] = sum(waiting.values())
    return render(request, "portal/process.html", context)


def _content(request: HttpRequest, process: Process, revision: Revision, said: tongues.Said, *, only_changes: bool) -> dict[str, Any]:
    """The document itself, or only what changed since the reader's own last version where that was asked for."""
    definition, person = said.definition, person_of(request)
    previous = rereading.compared_with(revision, person.pk) if only_changes else rereading.previous_of(revision)
    changes = rereading.changes_since(previous, revision, said.source) if previous else None
    only_changes = changes is not None and only_changes
    wide = request.GET.get("chart") == "wide"
    steps = steps_of(definition, said.roles(facts.roles_of_person(scope_of(request))))
    return {
        "definition": definition,
        "variant": facts.variant_of(process, definition, scope_of(request), timezone.now()),
        "steps": steps,
        "my_steps": [view for view in steps if view.mine],
        "roles": roles_of(definition),
        "minutes": minutes_to_read(definition),
        "times": times_of(definition.steps),
        "previous": previous,
        "changes": changes,
        "only_changes": only_changes,
        "wide": wide,
        "downloads": offered(wide=wide),
        "chart": chart(
            definition,
            orientation="LR" if wide else "TB",
            marks=marks(changes) if changes and only_changes else {},
            label=definition.title,
        ),
    }


def _around(request: HttpRequest, process: Process, revision: Revision, shown: str) -> dict[str, Any]:
    """What the portal knows around the document: status, signatures, readers, indicators, history."""
    scope, now = scope_of(request), timezone.now()
    status = facts.status_of(revision, now)
    return {
        "status": status,
        "ending": ending.ending_of(process, scope, now),
        "approvals": facts.approvals_of(revision),
        "duty": facts.duty_of(revision, person_of(request), shown, now),
        "coverage": coverage.glance(revision, now),
        "indicators": facts.indicators_of(process, scope.today),
        "history": facts.history_of(process, scope),
        "current": facts.current_instead_of(revision, scope, now) if status.state == "superseded" else None,
        "coming": coming(process, revision, now),
        "waivers": waivers_to_tell(process, scope.today, revision),
    }
