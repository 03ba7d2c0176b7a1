"""The team's work, and one item of it: who owes it, whose turn it is, what happened, and what the line may do about it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from organization.models import Person
from organization.scope import Scope, scope_of
from organization.views.request import carry_out, person_of
from processportal.work import about
from processportal.work.forms import TeamFilter
from processportal.work.history import history
from worklist import giving, policy, recipients, team
from worklist.forms import GiveForm, ReasonForm
from worklist.listing import BUTTONS
from worklist.models import WorkItem
from worklist.turns import WHOM, Turn, turn
from worklist.views.addresses import changed, number
from worklist.views.tabs import tabs

# The fullest queues that a team's page begins with.
FIRST = 8


@require_safe
def team_work(request: HttpRequest) -> HttpResponse:
    """How the work of my departments is spread, and every item of it."""
    return _team(request, GiveForm())


@require_POST
def give_several(request: HttpRequest) -> HttpResponse:
    """Gives all that was chosen in the list to one person."""
    scope = scope_of(request)
    reach = _reach(scope)
    keys = [number(key) for key in request.POST.getlist("item")]
    chosen = list(policy.looked_after(scope, reach).filter(pk__in=keys))
    form = GiveForm(request.POST)
    if form.is_valid() and not chosen:
        form.add_error(None, _("Choose at least one item of the list."))
    elif carry_out(request, form, lambda given: _give(request, chosen, given)):
        words = ngettext("%(n)d item given to %(name)s.", "%(n)d items given to %(name)s.", len(chosen))
        messages.success(request, words % {"n": len(chosen), "name": form.cleaned_data["person"]})
        return redirect("team")
    return _team(request, form, chosen)


@require_safe
def item_page(request: HttpRequest, item: int) -> HttpResponse:
    """One item."""
    return _item(request, _visible(request, item))


@require_POST
def give_item(request: HttpRequest, item: int) -> HttpResponse:
    """Gives this item to somebody."""
    found, form = _visible(request, item), GiveForm(request.POST)
    if carry_out(request, form, lambda given: _give(request, [found], given)):
        messages.success(request, _("Given to %(name)s, who has been told.") % {"name": form.cleaned_data["person"]})
        return redirect("work_item", found.pk)
    return _item(request, found, give_form=form)


@require_POST
def mark_item(request: HttpRequest, item: int) -> HttpResponse:
    """Urgent, or not any more."""
    found, form = _visible(request, item), ReasonForm(request.POST)
    urgent = request.POST.get("urgent") == "1"
    story = lambda given: giving.mark(  # noqa: E731 - one expression, passed on
        found, urgent=urgent, by=person_of(request), reason=given["reason"], now=timezone.now()
    )
    if carry_out(request, form, story):
        messages.success(request, _("Marked as urgent.") if urgent else _("No longer marked as urgent."))
        return redirect("work_item", found.pk)
    return _item(request, found, mark_form=form)


def _give(request: HttpRequest, items: list[WorkItem], given: dict[str, Any]) -> bool:
    to: Person = given["person"]
    check = about.Check(to, scope_of(request))
    giving.give(items, to, by=person_of(request), reason=given["reason"], now=timezone.now(), check=check)
    return True


def _reach(scope: Scope) -> policy.Reach:
    reach = policy.reach_of(scope)
    if not reach:
        raise PermissionDenied(_("The team's work is shown to heads, process managers and the process office."))
    return reach


def _team(request: HttpRequest, give_form: GiveForm, chosen: list[WorkItem] | None = None) -> HttpResponse:
    scope = scope_of(request)
    reach = _reach(scope)
    spread = team.summary(scope, reach)
    form = TeamFilter(request.GET, queues=list(spread.queues))
    after = request.GET.get("after", "")
    page = team.page(scope, reach, form.wanted(after), lambda items: about.hidden(items, scope))
    context = {
        "spread": spread,
        "shown": spread.queues if "all" in request.GET else spread.queues[:FIRST],
        "page": page,
        "form": form,
        "give_form": give_form,
        "chosen": {item.pk for item in chosen or ()},
        "tabs": tabs("team", scope.person_id, leads=True),
        "today": scope.today,
        "active": [{"label": words, "remove_url": changed(request.GET, name, "", "after")} for name, words in form.active()],
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", page.after) if page.after else "",
    }
    return render(request, "worklist/team.html", context, status=422 if give_form.errors else 200)


def _visible(request: HttpRequest, key: int) -> WorkItem:
    scope = scope_of(request)
    item: WorkItem = get_object_or_404(WorkItem.objects.select_related("position__department", "person", "assigned_to"), pk=key)
    if not policy.may_see(item, scope, policy.reach_of(scope)):
        raise Http404
    return item


def _item(request: HttpRequest, item: WorkItem, *, give_form: GiveForm | None = None, mark_form: ReasonForm | None = None) -> HttpResponse:
    scope = scope_of(request)
    reach = policy.reach_of(scope)
    secret = about.hidden([item], scope)
    whose = turn(item, scope.today) if item.closed_at is None else None
    context = {
        "item": item,
        "subject": secret.get(item.pk, item.subject),
        "secret": bool(secret),
        "url": "" if secret or item.closed_at else item.get_absolute_url(),
        "button": BUTTONS[WorkItem.Kind(item.kind)],
        "turn": whose,
        "escalations": _escalations(whose, scope) if whose else (),
        "history": history(item),
        "may_give": policy.may_give(item, scope, reach),
        "may_steer": policy.may_steer(item, scope, reach),
        "may_take": policy.may_take(item, scope),
        "may_give_back": policy.may_give_back(item, scope, reach),
        "may_put_off": policy.may_put_off(item, scope),
        "give_form": give_form or GiveForm(),
        "mark_form": mark_form or ReasonForm(auto_id="mark-%s"),
    }
    failed = (give_form and give_form.errors) or (mark_form and mark_form.errors)
    return render(request, "worklist/item.html", context, status=422 if failed else 200)


def _escalations(whose: Turn, scope: Scope) -> list[tuple[dt.date, str]]:
    """The days on which somebody else will hear of it, and who; the superior by name."""
    item, day = whose.item, scope.today
    acting = {item.pk: recipients.Recipient(whose.person)} if whose.person else {}
    head = recipients.superiors([item], acting, day).get(item.pk) if whose.escalations else None
    return [(on, head.name if head and whom == "superior" else str(WHOM[whom])) for on, whom in whose.escalations]
