"""The page that says who must read a process."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import person_of
from processes import policy
from processes.models import Process
from training import audiences
from training.forms import AudienceForm
from training.models import AudienceRule


def audience(request: HttpRequest, number: str) -> HttpResponse:
    """Who must read a process; its owner, the department's managers and the process office change it."""
    scope = scope_of(request)
    process = get_object_or_404(Process.objects.visible_to(scope), number=number)
    may_change = policy.may_change_metadata(person_of(request), process, scope)
    form = AudienceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            audiences.add_rule(process, **form.cleaned_data, by=person_of(request), now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. Readings follow within a few minutes."))
            return redirect("training:audience", number=number)
    rules = AudienceRule.objects.on(scope.today).filter(process=process).select_related("department")
    context = {
        "process": process,
        "rules": rules,
        "people": len(audiences.must_read(process, scope.today)),
        "form": form,
        "may_change": may_change,
    }
    return render(request, "training/audience.html", context, status=403 if form.errors.get("__all__") else 200)


@require_POST
def end_audience_rule(request: HttpRequest, number: str, rule: int) -> HttpResponse:
    """Take a rule away from today on."""
    visible = AudienceRule.objects.filter(process__in=Process.objects.visible_to(scope_of(request)))
    found = get_object_or_404(visible, process__number=number, pk=rule)
    try:
        audiences.end_rule(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:audience", number=number)
