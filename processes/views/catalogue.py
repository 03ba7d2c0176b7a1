"""The catalogue as a list and as trees, and the map of the value chain."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from organization.scope import scope_of
from processes import policy
from processes.forms import SORTS, CatalogueFilter
from processes.models import ProcessGroup
from processes.querysets import ProcessQuerySet
from processes.views import listing

ON_A_GROUP = 8  # processes shown on the map for each group; the rest is behind a link


@require_GET
def processes(request: HttpRequest) -> HttpResponse:
    """The catalogue: ?view= list (default), chain or departments, with the same filter for all three."""
    scope, now = scope_of(request), timezone.now()
    form = CatalogueFilter(request.GET)
    view = request.GET.get("view", "")
    found = listing.narrowed(scope, form.wanted, now)
    context: dict[str, Any] = {
        "form": form,
        "active": _active(request, form),
        "tabs": _tabs(request, view),
        "may_create": policy.departments_to_create_in(scope).exists(),
    }
    if view in {"chain", "departments"}:
        nodes = listing.groups_with_counts(found) if view == "chain" else listing.departments_with_counts(found)
        return render(request, "processes/tree.html", context | {"nodes": nodes, "view": view})
    return render(request, "processes/list.html", context | _page(request, listing.with_state(found, scope, now), scope.today))


@require_GET
def value_chain(request: HttpRequest) -> HttpResponse:
    """Management above, the core chain in the middle, support below; each group with its first processes."""
    scope, now = scope_of(request), timezone.now()
    found = listing.narrowed(scope, {}, now)
    counts = {node.pk: node.total for node in listing.groups_with_counts(found)}
    first = found.filter(group__isnull=False).annotate(
        place=Window(RowNumber(), partition_by=F("group"), order_by=F("number").asc()),
    ).filter(place__lte=ON_A_GROUP)  # fmt: skip
    context = {"bands": _bands(counts, first), "without": found.filter(group__isnull=True).values("pk")[: listing.CAP].count()}
    return render(request, "processes/map.html", context)


@dataclass(frozen=True, slots=True)
class Cell:
    """A group at the top of the architecture with some of its processes."""

    name: str
    url: str
    total: int
    processes: Sequence[Any]

    @property
    def rest(self) -> int:
        """How many more there are."""
        return self.total - len(self.processes)


def _bands(counts: Mapping[int, int], first: ProcessQuerySet) -> Mapping[str, Sequence[Cell]]:
    groups = list(ProcessGroup.objects.with_tree_fields(False).order_by("order", "pk"))
    parent = {group.pk: group.parent_id for group in groups}
    inside: dict[int, list[Any]] = {}
    for process in first.order_by("number"):
        top = process.group_id
        while parent.get(top):
            top = parent[top]
        inside.setdefault(top, []).append(process)
    address = reverse("processes:list")
    bands: dict[str, list[Cell]] = {kind: [] for kind in ProcessGroup.Kind.values}
    for group in groups:
        if group.parent_id is None:
            cell = Cell(group.name, f"{address}?group={group.pk}", counts.get(group.pk, 0), inside.get(group.pk, [])[:ON_A_GROUP])
            bands[group.kind].append(cell)
    return bands


def _page(request: HttpRequest, found: ProcessQuerySet, today: dt.date) -> dict[str, Any]:
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "number"
    page = listing.page(found, sort=sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return {
        "rows": [(process, listing.badges(process, today)) for process in page.rows],
        "count": _counted(page.total),
        "sort": sort,
        "today": today,
        "previous_url": _changed(request, before=page.before, after="") if page.before else "",
        "next_url": _changed(request, after=page.after, before="") if page.after else "",
    }


def _counted(total: int) -> str:
    shown = f"{listing.CAP:,}+" if total > listing.CAP else str(total)
    return ngettext("%(count)s process", "%(count)s processes", total) % {"count": shown}


def _changed(request: HttpRequest, **changes: str) -> str:
    """The address of the page with some parameters changed; empty ones are left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        kept.setlist(name, [value for value in values if value])
    return f"{request.path}?{kept.urlencode()}"


def _tabs(request: HttpRequest, view: str) -> Sequence[Mapping[str, Any]]:
    views = (("", _("List")), ("chain", _("By value chain")), ("departments", _("By department")))
    known = view if view in {"chain", "departments"} else ""
    mine = {"label": _("My processes"), "url": reverse("own_processes"), "current": False}
    own = [{"label": label, "url": _changed(request, view=name, after="", before=""), "current": name == known} for name, label in views]
    return [*own, mine]


def _active(request: HttpRequest, form: CatalogueFilter) -> Sequence[Mapping[str, str]]:
    """The filters that are on, as chips that can be taken away."""
    chips = []
    for name, value in form.wanted.items():
        choices = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) and name != "q" else {}
        label = str(form.fields[name].label) if value is True else f"{form.fields[name].label}: {choices.get(value, value)}"
        chips.append({"label": label, "remove_url": _changed(request, **{name: "", "after": "", "before": ""})})
    return chips
