"""A new process, and the settings of one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organization.models import Person
from organization.refusals import Refused
from organization.scope import Scope, scope_of
from processes import catalogue, policy, templates
from processes.forms import SettingsForm
from processes.models import Process
from processes.template_forms import NewProcessForm
from processes.views.doors import person_of, process_or_404, refused
from processes.views.offers import process_titles


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Asks what the process is; its number is drawn with its creation, and the editor opens."""
    scope, person = scope_of(request), person_of(request)
    if not policy.departments_to_create_in(scope).exists():
        return refused(request, _("New processes are begun by people with a position in a department. You hold none today."))
    form = NewProcessForm(request.POST or None, scope=scope, person=person, wanted=request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            process = _begun(form, person)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(number)s was created. Type its steps.") % {"number": process.number})
            return redirect("processes:draft", process.number)
    context = {"form": form, "known_processes": process_titles(scope, "")}
    return render(request, "processes/new.html", context, status=200 if not form.errors else 422)


def _variants(process: Process, scope: Scope) -> QuerySet[Process]:
    """Processes that share its steps, of those that this person may see."""
    visible: QuerySet[Process] = Process.objects.visible_to(scope).filter(variant__main=process, state=Process.State.ACTIVE)
    return visible.order_by("number")


def _begun(form: NewProcessForm, by: Person) -> Process:
    if form.origin is None:
        return catalogue.create_process(**form.asked, by=by, now=timezone.now())
    return templates.begin(form.origin, form.asked, by=by, now=timezone.now(), variant=form.as_variant)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, number: str) -> HttpResponse:
    """Title, level, department, owner, group, participation, confidentiality, language."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    answer = policy.may_change_metadata(person, process, scope)
    if not answer:
        return refused(request, answer.reason)
    form = SettingsForm(request.POST or None, scope=scope, person=person, process=process)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        besides = {name: changes.pop(name) for name in ("participating", "reason")}
        try:
            catalogue.change_metadata(process, changes, by=person, now=timezone.now(), **besides)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The settings of %(number)s were saved.") % {"number": number})
            return redirect("processes:metadata", number)
    context = {"form": form, "process": process, "may_share": policy.may_share_any(scope), "variants": _variants(process, scope)}
    return render(request, "processes/settings.html", context, status=200 if not form.errors else 422)
