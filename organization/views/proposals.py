"""What waits for a second person: the list, one of them with who may answer it, confirming, declining, taking back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from organization import directory, gate, policy, proposals
from organization.calendar import today
from organization.forms import AnswerForm
from organization.models import Proposal
from organization.refusals import Refused, Stale
from organization.views.request import carry_out, person_of

ROWS = 50


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, and what was answered last."""
    me, day = person_of(request), today()
    seen = proposals.visible_to(me, day)
    context = {
        "waiting": [(one, what(one)) for one in seen.waiting().order_by("proposed_at", "pk")],
        "answered": [(one, what(one)) for one in seen.exclude(state=Proposal.State.WAITING)[:ROWS]],
        "confirmers": policy.confirmers(day) if policy.may_look_at_proposals(me, day) else None,
    }
    return render(request, "organization/proposals.html", context)


def what(proposal: Proposal) -> str:
    """`Process manager, Purchasing` or `Level 5 · process manager`."""
    return proposal.position.title if proposal.position else gate.level_name(proposal.level or 0)


@sensitive_post_parameters("password", "code", "passkey")
def proposal_page(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal. A POST answers it, signed."""
    me, day = person_of(request), today()
    found = get_object_or_404(proposals.visible_to(me, day), pk=proposal)
    may = policy.may_confirm(me, found, day)
    form = AnswerForm(request.POST or None, request=request if may else None)
    answers = request.POST.get("answer") == "confirm"
    if request.method == "POST" and not may:
        messages.error(request, may.reason)
        return redirect("organization:proposal", found.pk)
    done = carry_out(request, form, lambda data: _answer(found, request, confirms=answers, reason=data["reason"]))
    if done:
        said = _("Confirmed and signed. It is in effect.") if answers else _("Declined and signed. Whoever proposed it is told why.")
        messages.success(request, said)
        return redirect("organization:proposals")
    concerned = (found.proposed_by_id, found.person_id)
    context = {
        "proposal": Proposal.objects.select_related("person", "position__department", "proposed_by", "answered_by").get(pk=found.pk),
        "what": what(found),
        "last_day": directory.last_day(found.ends_before),
        "may": may,
        "form": form,
        "mine": me.pk == found.proposed_by_id,
        "confirmers": policy.confirmers(day).exclude(pk__in=concerned),
    }
    return render(request, "organization/proposal.html", context, status=422 if form.errors else 200)


def _answer(found: Proposal, request: HttpRequest, *, confirms: bool, reason: str) -> Proposal:
    me, now = person_of(request), timezone.now()
    if confirms:
        return proposals.confirm(found, by=me, now=now, reason=reason)
    return proposals.decline(found, by=me, now=now, reason=reason)


@require_POST
def withdraw_proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """Whoever proposed it takes it back."""
    me = person_of(request)
    found = get_object_or_404(proposals.visible_to(me, today()), pk=proposal)
    try:
        proposals.withdraw(found, by=me, now=timezone.now())
    except (Refused, Stale) as refused:
        messages.error(request, str(refused))
        return redirect("organization:proposal", found.pk)
    messages.success(request, _("Taken back."))
    return redirect("organization:proposals")
