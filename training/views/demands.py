"""The page of the training that a process demands before it takes effect: who needs it, and the sessions that takes."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes.models import Process
from processes.policy import may_change_metadata
from training.courses import demands
from training.courses.inviting import missing
from training.courses.policy import may_arrange, may_demand
from training.models import Course, TrainingDemand
from training.reach import audience

NAMED = 50


class DemandForm(forms.Form):
    """Which course, by its code."""

    course = forms.ModelChoiceField(
        Course.objects.filter(retired_at__isnull=True), label=gettext_lazy("Course"), to_field_name="code",
        widget=forms.TextInput(attrs={"maxlength": 24}), help_text=gettext_lazy("Its code, such as SAFE-1."),
        error_messages={"invalid_choice": gettext_lazy("There is no course with this code that is still held.")},
    )  # fmt: skip


def _process(request: HttpRequest, number: str) -> Process:
    found: Process = get_object_or_404(Process.objects.visible_to(scope_of(request)).select_related("department", "owner"), number=number)
    return found


@require_safe
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """What is demanded, how far it is, how many sessions that takes and by when."""
    return _page(request, _process(request, number))


def _page(request: HttpRequest, process: Process, form: DemandForm | None = None) -> HttpResponse:
    view, person, now = scope_of(request), person_of(request), timezone.now()
    answers = may_change_metadata(person, process, view)
    plans = demands.plans(process, view.today, now)
    people = audience(process, view.today).order_by("name", "pk")
    context = {
        "process": process,
        "plans": [
            (
                one,
                list(missing(one.demand.course, people, one.by or view.today)[:NAMED]) if answers else [],
                may_arrange(person, one.demand.course.department_id, view),
            )
            for one in plans
        ],
        "by": plans[0].by if plans else None,
        "may_demand": may_demand(person, process, view),
        "form": form or DemandForm(),
    }
    return render(request, "training/plan.html", context, status=422 if form and form.errors else 200)


@require_POST
def demand(request: HttpRequest, number: str) -> HttpResponse:
    """From now on a course comes first."""
    process, form = _process(request, number), DemandForm(request.POST)
    if carry_out(request, form, lambda data: demands.demand(process, data["course"], by=person_of(request), now=timezone.now())):
        messages.success(request, _("Saved. What is approved from now on waits until its readers have completed the course."))
        return redirect("training:plan", number)
    return _page(request, process, form)


@require_POST
def end_demand(request: HttpRequest, number: str, demand: int) -> HttpResponse:
    """What is approved from now on does not wait for it."""
    process = _process(request, number)
    found = get_object_or_404(TrainingDemand.objects.select_related("process"), process=process, pk=demand)
    try:
        demands.end(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:plan", number)
