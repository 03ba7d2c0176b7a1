"""A new process, and the settings of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organization.refusals import Refused
from organization.scope import scope_of
from processes import catalogue, policy
from processes.forms import ProcessForm, SettingsForm
from processes.views.doors import person_of, process_or_404, refused


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Asks what the process is; its number is drawn with its creation, and the editor opens."""
    scope, person = scope_of(request), person_of(request)
    if not policy.departments_to_create_in(scope).exists():
        return refused(request, _("New processes are begun by people with a position in a department. You hold none today."))
    form = ProcessForm(request.POST or None, scope=scope, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            process = catalogue.create_process(**form.cleaned_data, by=person, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(number)s was created. Type its steps.") % {"number": process.number})
            return redirect("processes:draft", process.number)
    return render(request, "processes/new.html", {"form": form}, status=200 if not form.errors else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, number: str) -> HttpResponse:
    """Title, level, department, owner, group, participation, confidentiality, language."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    answer = policy.may_change_metadata(person, process, scope)
    if not answer:
        return refused(request, answer.reason)
    form = SettingsForm(request.POST or None, scope=scope, person=person, process=process)
    if request.method == "POST" and form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if name != "participating"}
        participating = form.cleaned_data["participating"]
        try:
            catalogue.change_metadata(process, changes, by=person, now=timezone.now(), participating=participating)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The settings of %(number)s were saved.") % {"number": number})
            return redirect("processes:metadata", number)
    return render(request, "processes/settings.html", {"form": form, "process": process}, status=200 if not form.errors else 422)
