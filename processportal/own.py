"""My processes: favourites, those in which I take part, and what came into force lately, with what it changed at my steps."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization.scope import Scope, scope_of
from processes import own
from processes.compare import compare
from processes.content import Damaged, definition_of
from processes.models import Process, Revision
from processes.procedure import steps_of
from processes.views import listing
from processportal.reader.facts import roles_of_person
from training.models import Reading
from worklist.views.addresses import changed as changed_address
from worklist.views.addresses import number

DAYS: Final = 90
ROWS: Final = 20
"""Changed processes on a page: each is compared with what held before."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A revision that came into force; `steps` are mine that it changed. `compared`: it has a predecessor that can be read."""

    revision: Revision
    compared: bool
    steps: Sequence[tuple[int, str]]


@require_safe
def own_processes(request: HttpRequest) -> HttpResponse:
    """`?show=` part (default), favourites or changed."""
    scope, now, shown = scope_of(request), timezone.now(), request.GET.get("show", "")
    lists = {"": _taking_part, "favourites": _favourites, "changed": _changed}
    shown = shown if shown in lists else ""
    labels = {"": _("I take part in"), "favourites": _("Favourites"), "changed": _("Recently changed")}
    tabs = [{"label": label, "url": f"?show={key}" if key else "?", "current": key == shown} for key, label in labels.items()]
    context = {"tabs": tabs, "show": shown, "days": DAYS, **lists[shown](request, scope, now)}
    return render(request, "portal/own.html", context)


def _taking_part(request: HttpRequest, scope: Scope, now: dt.datetime) -> dict[str, Any]:
    page, addresses = _page(request, own.taking_part(scope, now).select_related("owner"))
    why = own.reasons(page.rows, scope, now)
    starred = set(own.favourites(scope).filter(pk__in=[one.pk for one in page.rows]).values_list("pk", flat=True))
    return addresses | {"rows": [(process, why.get(process.pk, ()), process.pk in starred) for process in page.rows]}


def _favourites(request: HttpRequest, scope: Scope, now: dt.datetime) -> dict[str, Any]:
    page, addresses = _page(request, listing.with_state(own.favourites(scope), scope, now))
    return addresses | {"rows": [(process, listing.badges(process, scope.today), True) for process in page.rows]}


def _page(request: HttpRequest, found: Any) -> tuple[listing.Page, dict[str, Any]]:
    page = listing.page(found, sort="number", after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    show = request.GET.get("show", "")
    kept = f"show={show}&" if show else ""
    return page, {
        "previous_url": f"?{kept}before={page.before}" if page.before else "",
        "next_url": f"?{kept}after={page.after}" if page.after else "",
    }


def _changed(request: HttpRequest, scope: Scope, now: dt.datetime) -> dict[str, Any]:
    after = number(request.GET.get("after", ""))
    found = changed_for(scope, now, DAYS)
    last = found.filter(pk=after).first() if after else None
    if last is not None:
        found = found.filter(Q(effective_from__lt=last.effective_from) | Q(effective_from=last.effective_from, pk__lt=last.pk))
    rows = list(found[: ROWS + 1])
    return {
        "rows": with_what_changed(rows[:ROWS], scope),
        "previous_url": changed_address(request.GET, "after", "") if last else "",
        "next_url": changed_address(request.GET, "after", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
    }


def changed_for(scope: Scope, now: dt.datetime, days: int) -> QuerySet[Revision]:
    """Revisions that came into force lately of my departments' and my own processes, or that I was asked to read, newest first."""
    since = now - dt.timedelta(days=days)
    asked = Reading.objects.filter(person=scope.person_id).values("revision")
    concerns = Q(process__department__in=scope.departments) | Q(process__participating__in=scope.departments) | Q(pk__in=asked)
    concerns |= Q(process__in=own.taking_part(scope, now)) | Q(process__favourites__person=scope.person_id)
    found: QuerySet[Revision] = (
        Revision.objects.in_force(now)
        .filter(concerns, process__in=Process.objects.visible_to(scope), process__state=Process.State.ACTIVE, effective_from__gte=since)
        .select_related("process")
        .order_by("-effective_from", "-pk")
        .distinct()
    )
    return found


def with_what_changed(revisions: Sequence[Revision], scope: Scope) -> list[Changed]:
    """Each with the steps of my roles that it changed: three queries for however many."""
    before = Revision.objects.regular().filter(process=OuterRef("process"), ordinal__lt=OuterRef("ordinal")).order_by("-ordinal")
    marked = Revision.objects.filter(pk__in=[one.pk for one in revisions]).annotate(before=Subquery(before.values("pk")[:1]))
    full = {one.pk: one for one in marked.select_related("frozen", "process").defer("content")}
    earlier = Revision.objects.filter(pk__in=[one.before for one in full.values() if one.before])
    known = {one.pk: one for one in earlier.select_related("frozen", "process").defer("content")}
    mine = roles_of_person(scope) if revisions else frozenset()
    return [_with_what_changed(full[one.pk], known, mine) for one in revisions]


def _with_what_changed(revision: Any, known: Mapping[int, Revision], mine: frozenset[str]) -> Changed:
    previous = known.get(revision.before)
    if previous is None:
        return Changed(revision, compared=False, steps=())
    try:
        old, new = definition_of(previous), definition_of(revision)
    except Damaged:  # nothing is said of what is no longer what was signed; its own page says so
        return Changed(revision, compared=False, steps=())
    keys = {key for change in compare(old, new).changes if change.area == "steps" for key in (change.key, change.old_key)}
    steps = [(view.number, view.step.name) for view in steps_of(new, mine) if view.mine and view.step.key in keys]
    return Changed(revision, compared=True, steps=steps)
