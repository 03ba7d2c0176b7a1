"""When reminders go out: read by everybody, changed by the process office."""

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organization.calendar import today
from organization.views.request import carry_out, person_of
from worklist.explaining import example, sentences
from worklist.models import ReminderPlan, WorkItem
from worklist.plan import default_plan
from worklist.plans import PERSONAL, as_plan, change_plan, plan_of
from worklist.policy import may_plan_reminders
from worklist.setting_forms import PlanForm

HISTORY = 20


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The plan of every kind in numbers; in words on its own page."""
    rows = [(kind, plan_of(kind), kind in PERSONAL, plan_of(kind) == default_plan(kind)) for kind in WorkItem.Kind]
    return render(request, "worklist/plans.html", {"rows": rows, "answer": may_plan_reminders(person_of(request), today())})


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, kind: str) -> HttpResponse:
    """One plan: explained, shown with dates, changed, and what it was before."""
    if kind not in WorkItem.Kind.values:
        raise Http404
    me, found = person_of(request), WorkItem.Kind(kind)
    answer = may_plan_reminders(me, today())
    if request.method == "POST" and not answer:
        raise PermissionDenied(answer.reason)
    form = PlanForm(request.POST or None, initial=asdict(plan_of(kind)), kind=kind)
    if carry_out(request, form, lambda _data: change_plan(kind, form.plan(), by=me, now=timezone.now())):
        messages.success(request, _("Saved. The plan holds from the next reminder of each item on."))
        return redirect("worklist:plan", kind)
    now = plan_of(kind)
    past = ReminderPlan.history.filter(kind=kind).select_related("history_user")[:HISTORY]
    context = {
        "kind": found,
        "form": form,
        "answer": answer,
        "sentences": sentences(kind, now),
        "example": example(kind, now, today()),
        "today": today(),
        "history": [(row.history_date, row.history_user, sentences(kind, as_plan(row))) for row in past],
    }
    return render(request, "worklist/plan.html", context, status=422 if form.errors else 200)
