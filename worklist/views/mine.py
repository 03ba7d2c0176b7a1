"""My work: the list, putting off, taking out of the shared queue, giving back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from worklist import giving, listing, mine, policy, snoozing
from worklist.forms import Filter, PutOffForm
from worklist.models import WorkItem
from worklist.views.addresses import changed
from worklist.views.tabs import tabs


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """What I owe, by due day."""
    scope = scope_of(request)
    form = Filter(request.GET)
    after = request.GET.get("after", "")
    wanted = form.wanted(after)
    page = listing.page(scope, wanted)
    active = [{"label": words, "remove_url": changed(request.GET, name, "", "after")} for name, words in form.active()]
    context = {
        "page": page,
        "form": form,
        "wanted": wanted,
        "today": scope.today,
        "active": active,
        "put_off": mine.put_off(scope).count(),
        "tabs": tabs("mine", scope.person_id, leads=bool(policy.reach_of(scope))),
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", page.after) if page.after else "",
    }
    return render(request, "worklist/mine.html", context)


def put_off(request: HttpRequest, item: int) -> HttpResponse:
    """Until when, and why: the form, and what it does."""
    scope = scope_of(request)
    found = get_object_or_404(mine.addressed(scope).select_related("position"), pk=item)
    form = PutOffForm(request.POST or None, item=found, today=scope.today)
    done = carry_out(request, form, lambda given: snoozing.put_off(found, **given, by=person_of(request), now=timezone.now()))
    if done:
        messages.success(request, _("Put off. It comes back to your list by itself."))
        return redirect("worklist:mine")
    return render(request, "worklist/put_off.html", {"item": found, "form": form}, status=422 if form.errors else 200)


@require_POST
def wake(request: HttpRequest, item: int) -> HttpResponse:
    """What was put off is on the list again."""
    found = get_object_or_404(mine.addressed(scope_of(request)), pk=item)
    snoozing.wake(found, by=person_of(request), now=timezone.now())
    messages.success(request, _("It is on your list again."))
    return redirect("worklist:mine")


@require_POST
def take(request: HttpRequest, item: int) -> HttpResponse:
    """Out of the shared queue."""
    found = get_object_or_404(policy.looked_after(scope_of(request), policy.reach_of(scope_of(request))), pk=item)
    return _back(
        request,
        _("It is yours now. The others of the process office do not see it as theirs any more."),
        lambda: giving.take(found, by=person_of(request), now=timezone.now()),
    )


@require_POST
def give_back(request: HttpRequest, item: int) -> HttpResponse:
    """To its position again."""
    scope = scope_of(request)
    found = get_object_or_404(WorkItem, pk=item)
    if not policy.may_see(found, scope, policy.reach_of(scope)):
        raise Http404
    return _back(
        request, _("Given back. It is with its position again."), lambda: giving.give_back(found, by=person_of(request), now=timezone.now())
    )


def _back(request: HttpRequest, said: str, story: Callable[[], object]) -> HttpResponse:
    try:
        story()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("worklist:mine")
