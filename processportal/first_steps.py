"""First steps: leads the administrator of an empty company to its first process."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from organization.models import Appointment, Department, HeldLevel, Person, Position
from organization.policy import may_manage
from organization.views.request import person_of
from processes.models import Process, ProcessGroup


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do, whether it is done, and where."""

    title: str
    text: str
    done: bool
    url: str


def first_steps(request: HttpRequest) -> HttpResponse:
    """For administrators; the next open step is the one offered."""
    if not may_manage(person_of(request)):
        raise Http404
    steps = _steps()
    return render(request, "portal/first_steps.html", {"steps": steps, "next": next((s for s in steps if not s.done), None)})


def _steps() -> list[FirstStep]:
    offices = set(Appointment.objects.values_list("position__kind", flat=True))
    return [
        FirstStep(
            _("Name the company and its departments"),
            _("The company is the root; each department has a short lasting code with which its numbers begin."),
            Department.objects.exclude(kind=Department.Kind.COMPANY).exists(),
            reverse("organization:index"),
        ),
        FirstStep(
            _("Bring in the people"),
            _("Each has a login name that is never used again."),
            Person.objects.count() > 1,
            reverse("organization:people"),
        ),
        FirstStep(
            _("Fill the offices"),
            _("Top management and the company process manager first: they are the last link when nobody else can decide."),
            {Position.Kind.TOP_MANAGEMENT, Position.Kind.COMPANY_PROCESS_MANAGER} <= offices,
            reverse("organization:index"),
        ),
        FirstStep(
            _("Place people on the ladder"),
            _("In the first twelve months top management places people with a reason: level 2 submits, level 3 and 5 approve."),
            HeldLevel.objects.filter(level__gte=5).exists(),
            reverse("organization:levels"),
        ),
        FirstStep(
            _("Look at the value chain"),
            _("The groups of the process map; rename them to fit the company."),
            ProcessGroup.objects.exists(),
            reverse("processes:map"),
        ),
        FirstStep(
            _("Write the first process"),
            _("A department head types its steps while the flowchart draws itself."),
            Process.objects.exists(),
            reverse("processes:list"),  # the administrator looks on; who writes needs a position and level 1
        ),
    ]
