"""What if … left today, and how many could carry on: for people, positions and departments."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from organization.models import Department, Person, Position
from organization.scope import scope_of
from organization.views.request import person_of
from processes.models import Process
from processportal.continuity import bus_factor
from processportal.continuity.leaving import Leaving, holders_of, leave, people_of
from worklist.continuity_policy import departments_of, may_open, may_think_through, reach_of
from worklist.models import WorkItem

ROWS = 50


@require_safe
def person(request: HttpRequest, person: int) -> HttpResponse:
    """One person."""
    me, scope = person_of(request), scope_of(request)
    found = get_object_or_404(Person, pk=person)
    _insist(request, departments_of(found, scope.today))
    more = {"name": found.name, "back": reverse("organization:person", args=[found.pk]), "person": found}
    more["may_open"] = found.is_active and bool(may_open(me, found, reach_of(me, scope), scope.today))
    return _page(request, leave([found], scope.today), more)


@require_safe
def position(request: HttpRequest, position: int) -> HttpResponse:
    """Everybody who holds one position."""
    found = get_object_or_404(Position.objects.select_related("department"), pk=position)
    _insist(request, frozenset({found.department_id}))
    day = scope_of(request).today
    more = {"name": found.title, "back": reverse("organization:position", args=[found.pk])}
    return _page(request, leave(holders_of([found.pk], day), day), more)


@require_safe
def department(request: HttpRequest, department: int) -> HttpResponse:
    """Everybody in a department and below it."""
    found = get_object_or_404(Department, pk=department)
    _insist(request, frozenset({found.pk}))
    day = scope_of(request).today
    more = {"name": found.name, "back": reverse("organization:department", args=[found.pk])}
    return _page(request, leave(people_of(found, day), day), more)


def _insist(request: HttpRequest, departments: frozenset[int]) -> None:
    answer = may_think_through(departments, reach_of(person_of(request), scope_of(request)))
    if not answer:
        raise PermissionDenied(answer.reason)


def _page(request: HttpRequest, leaving: Leaving, more: dict[str, Any]) -> HttpResponse:
    """Processes that the reader may not see are there by their number alone."""
    scope, factors = scope_of(request), {f.key: f for f in bus_factor.of_processes(scope_of(request).today)}
    concerned = {p.pk for p in leaving.processes} | {d.process_id for d in leaving.drafts}
    concerned |= {seat.stage.case.revision.process_id for seat, _to in leaving.seats} | {i.process_id for i in leaving.indicators}
    seen = set(Process.objects.visible_to(scope).filter(pk__in=concerned).values_list("pk", flat=True))
    context = {
        "leaving": leaving,
        "seen": seen,
        "processes": [(process, factors.get(process.number)) for process in leaving.processes],
        "kinds": dict(WorkItem.Kind.choices),
        "too_much": [burden for burden in leaving.burdens if burden.too_much],
        **more,
    }
    return render(request, "portal/continuity/leaving.html", context)


@require_safe
def bus_factors(request: HttpRequest) -> HttpResponse:
    """Processes or departments with their bus factor, the worst first."""
    scope, reach = scope_of(request), reach_of(person_of(request), scope_of(request))
    if not reach:
        raise PermissionDenied(may_think_through(frozenset(), reach).reason)
    of_departments = request.GET.get("of") == "departments"
    all_of_them = bus_factor.of_departments(scope.today) if of_departments else bus_factor.of_processes(scope.today)
    factors = bus_factor.within(all_of_them, None if reach.everything else reach.departments)
    sort = "key" if request.GET.get("sort") == "key" else "factor"
    found = _following(factors, sort, request.GET.get("after", ""))
    shown = found[:ROWS]
    after = f"{shown[-1].number}.{shown[-1].key}" if len(found) > ROWS else ""
    query = {"of": "departments" if of_departments else "", "sort": sort}
    context = {
        "rows": _named(shown, request) if not of_departments else _departments(shown),
        "of_departments": of_departments,
        "sort": sort,
        "red": sum(f.number <= bus_factor.RED for f in factors),
        "amber": sum(f.number == bus_factor.AMBER for f in factors),
        "total": len(factors),
        "next_url": "?" + urlencode(query | {"after": after}) if after else "",
        "previous_url": "?" + urlencode(query) if request.GET.get("after") else "",
    }
    return render(request, "portal/continuity/bus_factor.html", context)


def _following(factors: Sequence[bus_factor.Factor], sort: str, after: str) -> list[bus_factor.Factor]:
    """From the place after the page before; what is not understood begins at the beginning."""
    number, _dot, key = after.partition(".")
    if sort == "key":
        return bus_factor.by_key(factors, after=key, rows=ROWS + 1)
    place = (int(number), key) if number.isascii() and number.isdigit() and len(number) < 4 else None
    return bus_factor.worst_first(factors, after=place, rows=ROWS + 1)


def _named(shown: Sequence[bus_factor.Factor], request: HttpRequest) -> list[tuple[bus_factor.Factor, str, str]]:
    """With the title and address of those that the reader may see."""
    visible = Process.objects.visible_to(scope_of(request)).filter(pk__in=[factor.pk for factor in shown])
    titles = dict(visible.values_list("pk", "title"))
    return [(f, titles.get(f.pk, ""), reverse("process", args=[f.key]) if f.pk in titles else "") for f in shown]


def _departments(shown: Sequence[bus_factor.Factor]) -> list[tuple[bus_factor.Factor, str, str]]:
    names = dict(Department.objects.filter(pk__in=[factor.pk for factor in shown]).values_list("pk", "name"))
    return [(f, names[f.pk], reverse("continuity:department", args=[f.pk])) for f in shown]
