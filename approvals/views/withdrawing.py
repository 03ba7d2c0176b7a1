"""The page on which somebody asks that a process be withdrawn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from approvals import withdrawing
from approvals.ending_forms import WithdrawForm
from approvals.views.page import Request, status_of
from organization.refusals import Refused
from organization.scope import scope_of
from processes.models import Process


@sensitive_post_parameters("password", "code", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, number: str) -> HttpResponse:
    """What refers to it and what withdrawing it means, who decides, and the form."""
    scope, now = scope_of(request), timezone.now()
    process = get_object_or_404(Process.objects.visible_to(scope).select_related("department", "owner"), number=number)
    form = WithdrawForm(request.POST or None, request=request, view=scope, process=process)
    status = 200
    if request.method == "POST" and form.is_valid() and form.confirmed():
        try:
            made = withdrawing.ask(process, by=request.user, now=now, **form.said)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = status_of(refused)
        else:
            messages.success(
                request, _("Handed in. The first to decide have been asked; until it is approved the document stays in force.")
            )
            return redirect("approvals:case", case=made.pk)
    elif request.method == "POST":
        status = 422
    page = withdrawing.asking(process, request.user, scope, now)
    return render(request, "approvals/withdraw.html", {"page": page, "form": form, "process": process}, status=status)
