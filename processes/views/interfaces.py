"""Interfaces of a process: what is matched, what is agreed, and the page on which two sides agree."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page
from processes import interfaces as stories
from processes import matching, policy
from processes.interface_forms import AGREE, AnswerForm, TermsForm
from processes.models import Interface, InterfaceTerms, Port, Process, Revision
from processes.views.doors import person_of, process_or_404, refused

Side = InterfaceTerms.Side
TONES = {"": "warn", "agreed": "ok", "declined": "bad"}


@require_safe
def interfaces(request: HttpRequest, number: str) -> HttpResponse:
    """Inputs and outputs of what is in force (or of the draft before there is anything), and who is on the other side."""
    process, scope = process_or_404(request, number), scope_of(request)
    revision = _shown(process, request)
    rows = matching.rows(process, revision, scope, timezone.now())
    context = {
        "process": process,
        "revision": revision,
        "groups": [
            (_("Inputs"), Side.TAKER, [row for row in rows if row.side == Port.Side.INPUT]),
            (_("Outputs"), Side.GIVER, [row for row in rows if row.side == Port.Side.OUTPUT]),
        ],
        "unmatched": sum(not row.partners for row in rows),
        "may_propose": policy.may_contribute(person_of(request), process, scope),
        "tones": TONES,
    }
    return render(request, "processes/interfaces.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """New terms for an interface of this process, or other ones."""
    process, scope = process_or_404(request, number), scope_of(request)
    answer = policy.may_contribute(person_of(request), process, scope)
    if not answer:
        return refused(request, answer.reason)
    initial = {key: request.GET.get(key, "") for key in ("side", "name", "other", "content", "quality", "deadline")}
    form = TermsForm(request.POST or None, view=scope, initial=initial)
    made = carry_out(request, form, lambda data: _propose(request, process, form, data))
    if made:
        messages.success(request, _("The other side is asked."))
        return redirect("processes:interface", number, made.interface_id)
    lead = _("The other side agrees, declines with a reason, or proposes something else. Until then this waits on its list of work.")
    back = reverse("processes:interfaces", args=[number])
    return form_page(request, form, Page(_("Propose an interface"), _("Ask the other side"), back, f"{number} {process.title}", lead))


def _propose(request: HttpRequest, process: Process, form: TermsForm, data: dict[str, Any]) -> InterfaceTerms:
    giver, taker = (process, data["other"]) if data["side"] == Side.GIVER else (data["other"], process)
    return stories.propose(giver, taker, data["name"], form.terms, side=data["side"], by=person_of(request), now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def interface(request: HttpRequest, number: str, interface: int) -> HttpResponse:
    """What is proposed and was agreed between this process and another one; the answer of this side."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    either = Interface.objects.filter(giver=process) | Interface.objects.filter(taker=process)
    found = get_object_or_404(either.select_related("giver", "taker"), pk=interface)
    own = Side.GIVER if found.giver_id == process.pk else Side.TAKER
    history = list(found.terms.select_related("proposed_by", "answered_by"))
    waiting = next((terms for terms in history if not terms.answer), None)
    form = AnswerForm(request.POST or None, initial={"seen": waiting.ordinal if waiting else 0})
    if carry_out(request, form, lambda data: _answer(request, found, data)):
        messages.success(request, _("Your answer is recorded."))
        return redirect("processes:interface", number, found.pk)
    other = found.taker if own == Side.GIVER else found.giver
    context = {
        "process": process, "interface": found, "own": own, "history": history, "waiting": waiting, "form": form, "other": other,
        "other_visible": Process.objects.visible_to(scope).filter(pk=other.pk).exists(),
        "agreed": next((terms for terms in history if terms.answer == InterfaceTerms.Answer.AGREED), None),
        "mine_to_answer": waiting is not None and waiting.waits_for == own,
        "may_agree": policy.may_agree(person, process, scope),
        "may_propose": policy.may_contribute(person, process, scope),
        "tones": TONES,
    }  # fmt: skip
    return render(request, "processes/interface.html", context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, found: Interface, data: dict[str, Any]) -> InterfaceTerms:
    agreed = data["act"] == AGREE
    return stories.answer(found, seen=data["seen"], agreed=agreed, by=person_of(request), now=timezone.now(), reason=data["reason"])


@require_safe
def port_names(request: HttpRequest, number: str) -> JsonResponse:
    """What others name on the other side: `?side=output&q=ord` → {"names": [{"name", "number", "title"}]}, for suggestions as one types."""
    process = process_or_404(request, number)
    side = Port.Side.INPUT if request.GET.get("side") == Port.Side.INPUT else Port.Side.OUTPUT
    found = matching.suggestions(process, side, request.GET.get("q", "")[:300], scope_of(request), timezone.now())
    return JsonResponse({"names": [{"name": name, "number": other.number, "title": other.title} for name, other in found]})


def _shown(process: Process, request: HttpRequest) -> Revision | None:
    """What is in force, else the open draft for those who may see it."""
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process)
    return visible.in_force(timezone.now()).first() or visible.open().first()
