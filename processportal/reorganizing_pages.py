"""The pages on which an administrator moves or dissolves a department: a plan first, then what it means, then the one step."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import today
from organization.forms import DepartmentChoice
from organization.models import Department
from organization.refusals import Refused
from organization.scope import below, scope_of
from organization.views.request import for_administrators, person_of
from processes.models import Process
from processportal import reorganizing
from processportal.reorganizing import Inside, Plan

SHOWN = 50


class PlanForm(forms.Form):
    """Where each kind goes. Kinds of which nothing is there are not asked for; who dissolves must say it for all others."""

    parent = DepartmentChoice(Department.objects.none(), label=gettext_lazy("New place: below"))
    positions = DepartmentChoice(
        Department.objects.none(), label=gettext_lazy("Positions go to"), empty_label=gettext_lazy("They stay in it")
    )
    departments = DepartmentChoice(
        Department.objects.none(), label=gettext_lazy("Departments below go to"), empty_label=gettext_lazy("They come along")
    )
    processes = DepartmentChoice(
        Department.objects.none(), label=gettext_lazy("Documents go to"), empty_label=gettext_lazy("They stay in it")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, required=False, help_text=gettext_lazy("Kept in the history of each document.")
    )

    def __init__(self, department: Department, found: Inside, *args: Any, dissolves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Department.objects.existing(today()).exclude(pk=department.pk).order_by("code")
        elsewhere = others.exclude(pk__in=below({department.pk}))
        there = {
            "parent": not dissolves,
            "positions": bool(found.positions or (dissolves and (found.parts or found.rules))),
            "departments": bool(found.departments),
            "processes": bool(found.processes),
        }
        for name, asked in there.items():
            field = self.fields[name]
            field.queryset = elsewhere if name in ("parent", "departments") else others  # type: ignore[attr-defined]
            field.required = dissolves or name == "parent"
            if dissolves:
                field.initial, field.empty_label = department.parent_id, None  # type: ignore[attr-defined]
            if not asked:
                del self.fields[name]
        if not found.processes:
            del self.fields["reason"]

    def plan(self) -> Plan:
        """What was chosen; call it on a valid form."""
        return Plan(**{name: self.cleaned_data.get(name) for name in ("parent", "positions", "departments", "processes")})


@for_administrators
def move_department(request: HttpRequest, department: int) -> HttpResponse:
    """Another place in the tree, with or without what lies in it."""
    return _page(request, department, dissolves=False)


@for_administrators
def dissolve_department(request: HttpRequest, department: int) -> HttpResponse:
    """It ends, and nothing is left behind."""
    return _page(request, department, dissolves=True)


def _page(request: HttpRequest, department: int, *, dissolves: bool) -> HttpResponse:
    """GET: the plan. POST: what it means. POST with `confirmed`: it is done."""
    found = get_object_or_404(Department.objects.select_related("parent"), pk=department, dissolved_on__isnull=True, parent__isnull=False)
    lies_in_it = reorganizing.inside(found, today())
    form = PlanForm(found, lies_in_it, request.POST if request.method == "POST" else None, dissolves=dissolves)
    context = {"form": form, "department": found, "inside": lies_in_it, "dissolves": dissolves, "shown": SHOWN}
    context["visible"] = set(Process.objects.visible_to(scope_of(request)).filter(department=found).values_list("pk", flat=True))
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "portal/reorganize.html", context, status=422 if form.errors else 200)
    plan = form.plan()
    if "confirmed" in request.POST:
        try:
            reorganizing.reorganize(found, plan, by=person_of(request), now=timezone.now(), reason=form.cleaned_data.get("reason", ""))
        except Refused as refused:
            form.add_error(None, str(refused))
            return render(request, "portal/reorganize.html", context, status=422)
        messages.success(request, (_("%(name)s is dissolved.") if dissolves else _("%(name)s has moved.")) % {"name": found.name})
        return redirect("organization:index") if dissolves else redirect("organization:department", found.pk)
    context |= {
        "plan": plan,
        "obstacle": reorganizing.obstacle(lies_in_it, plan),
        "warnings": reorganizing.warnings(lies_in_it, plan, today()),
        "head_before": reorganizing.head_above(found.parent, today()),
        "head_after": reorganizing.head_above(plan.parent, today()),
    }
    return render(request, "portal/reorganize.html", context)
