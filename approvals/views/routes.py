"""The pages of approval routes: the list, one route with its stages, writing it, letting it take effect, and why a process takes it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals import policy, route_changes, route_effect
from approvals.models import ApprovalCase, Route, RouteStage
from approvals.route_faults import terms_of
from approvals.route_forms import ADD_ANOTHER, RetireForm, RouteForm, StageForm
from approvals.route_reasons import reasons
from approvals.routes import with_stages
from approvals.routes_shown import shown, shown_default
from organization.calendar import today
from organization.forms import SeenForm
from organization.gate import Answer
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from processes.models import Process

PAGE = 50
HISTORY = 20
State = Route.State
TONES: Mapping[str, str] = {
    State.DRAFT: "draft", State.PROPOSED: "in_review", State.IN_FORCE: "effective", State.RETIRING: "warn", State.RETIRED: "superseded",
}  # fmt: skip
Act = Callable[..., object]


@require_safe
def routes(request: HttpRequest) -> HttpResponse:
    """What is in force and the built-in route; what is being written, for those who write or confirm; elsewhere what was retired."""
    person, scope, retired = person_of(request), scope_of(request), "retired" in request.GET
    states = [State.RETIRED] if retired else [State.IN_FORCE, State.RETIRING]
    if not retired and policy.may_confirm_routes(person, scope):
        states += [State.DRAFT, State.PROPOSED]
    found = with_stages(Route.objects.filter(state__in=states)).order_by("name", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(shown(route), TONES[route.state]) for route in page],
        "retired": retired,
        "has_retired": Route.objects.filter(state=State.RETIRED).exists(),
        "may_set": policy.may_set_routes(person, scope),
    }
    return render(request, "approvals/routes.html", context)


@require_safe
def default_route(request: HttpRequest) -> HttpResponse:
    """The built-in route, which decides where no other fits. Nobody edits it."""
    return render(request, "approvals/default_route.html", {"variants": shown_default()})


@require_safe
def route(request: HttpRequest, route: int) -> HttpResponse:
    """One route: for which documents, its stages, what may be done with it, and what it was."""
    return _shown(request, _visible(request, route))


@require_http_methods(["GET", "HEAD", "POST"])
def new_route(request: HttpRequest) -> HttpResponse:
    """For which documents a new route is to hold; its stages come next."""
    _insist(policy.may_set_routes(person_of(request), scope_of(request)))
    form = RouteForm(request.POST or None, today=today(), initial={"seen": 0})

    def story(data: dict[str, Any]) -> Route:
        del data["seen"]
        return route_changes.begin(by=person_of(request), now=timezone.now(), **data)

    if made := carry_out(request, form, story):
        return redirect("approvals:route", made.pk)
    lead = _("What is left open holds for every document. Of several routes that fit, the most specific one wins.")
    return form_page(request, form, Page(_("New approval route"), _("Continue to the stages"), reverse("approvals:routes"), lead=lead))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_route(request: HttpRequest, route: int) -> HttpResponse:
    """Another name, or other documents."""
    found = _to_write(request, route)
    initial = {
        "seen": found.version, "name": found.name, "document_type": found.document_type, "level": found.level,
        "department": found.department_id, "confidentiality": found.confidentiality,
    }  # fmt: skip
    form = RouteForm(request.POST or None, today=today(), initial=initial)
    if carry_out(request, form, lambda data: route_changes.set_terms(found, by=person_of(request), now=timezone.now(), **data)):
        return redirect("approvals:route", found.pk)
    return form_page(request, form, Page(_("For which documents"), _("Save"), _address(found), eyebrow=found.name))


@require_http_methods(["GET", "HEAD", "POST"])
def new_stage(request: HttpRequest, route: int) -> HttpResponse:
    """A stage at the end of the route."""
    return _stage_page(request, _to_write(request, route), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_stage(request: HttpRequest, route: int, stage: int) -> HttpResponse:
    """Another title, other rules, another mode."""
    found = _to_write(request, route)
    return _stage_page(request, found, get_object_or_404(found.stages.prefetch_related("rules__position__department"), pk=stage))


@require_POST
def move_stage(request: HttpRequest, route: int, stage: int) -> HttpResponse:
    """One place up or down."""
    up = request.POST.get("way") == "up"
    return _on_stage(request, route, stage, lambda found, one, **who: route_changes.move_stage(found, one, up=up, **who))


@require_POST
def remove_stage(request: HttpRequest, route: int, stage: int) -> HttpResponse:
    """The stage goes."""
    return _on_stage(request, route, stage, route_changes.remove_stage)


@require_POST
def change_route(request: HttpRequest, route: int) -> HttpResponse:
    """A copy of what is in force, to be written."""
    found = _visible(request, route)
    try:
        made = route_changes.change(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect("approvals:route", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def retire_route(request: HttpRequest, route: int) -> HttpResponse:
    """From which day on no new case takes it."""
    found = _visible(request, route)
    _insist(policy.may_set_routes(person_of(request), scope_of(request)))
    form = RetireForm(request.POST or None, initial={"seen": found.version, "day": today()})
    if carry_out(request, form, lambda data: route_effect.retire(found, by=person_of(request), now=timezone.now(), **data)):
        messages.success(request, _("Proposed. It is retired as soon as a second person confirms it."))
        return redirect("approvals:route", found.pk)
    return form_page(request, form, Page(_("Retire the route"), _("Propose to retire it"), _address(found), eyebrow=found.name))


ACTS: Mapping[str, tuple[Act, Callable[[], str]]] = {
    "propose": (route_effect.propose, lambda: _("Proposed. It takes effect as soon as a second person confirms it.")),
    "confirm": (route_effect.confirm, lambda: _("Confirmed: it holds for every case that is opened from now on.")),
    "decline": (route_effect.decline, lambda: _("Declined. What held before still holds.")),
    "discard": (route_changes.discard, lambda: _("Discarded. What held before still holds.")),
}


@require_POST
def act_on_route(request: HttpRequest, route: int, act: str) -> HttpResponse:
    """Propose, confirm, decline or discard."""
    if act not in ACTS:
        raise Http404
    found, form = _visible(request, route), SeenForm(request.POST)
    story, said = ACTS[act]
    try:
        story(found, by=person_of(request), now=timezone.now(), seen=_seen(form))
    except Refused as refused:
        return _refused(request, found, refused)
    messages.success(request, said())
    return redirect("approvals:routes") if act == "discard" else redirect("approvals:route", found.pk)


@require_safe
def which_route(request: HttpRequest) -> HttpResponse:
    """From a number that was typed to the page of its process."""
    number = request.GET.get("number", "").strip()
    visible = Process.objects.visible_to(scope_of(request)).exclude(state=Process.State.DISCARDED)
    found = visible.filter(number__iexact=number).first()
    if found is not None:
        return redirect("approvals:route_of", found.number)
    messages.error(request, _("There is no process with this number that you may see."))
    return redirect("approvals:routes")


@require_safe
def route_of(request: HttpRequest, number: str) -> HttpResponse:
    """Which route this process would take today, why, and who would decide; `?route=` shows it on another one."""
    visible = Process.objects.visible_to(scope_of(request)).exclude(state=Process.State.DISCARDED)
    process = get_object_or_404(visible.select_related("department"), number=number)
    asked = request.GET.get("route", "")
    instead = _visible(request, int(asked)) if asked.isdecimal() else None
    running = ApprovalCase.objects.open().filter(revision__process=process).first()
    context = {
        "process": process,
        "page": reasons(process, timezone.now(), instead=instead),
        "instead": instead,
        "running": running,
        "may_see_case": running and ApprovalCase.objects.visible_to(scope_of(request)).filter(pk=running.pk).exists(),
        "may_reroute": running and policy.may_reroute(person_of(request), running, scope_of(request)),
    }
    return render(request, "approvals/route_of.html", context)


def _shown(request: HttpRequest, route: Route, status: int = 200) -> HttpResponse:
    person, scope = person_of(request), scope_of(request)
    may_set = policy.may_set_routes(person, scope)
    writing = route.state in (State.DRAFT, State.PROPOSED)
    waits = route.state in (State.PROPOSED, State.RETIRING)
    successor = route.successors.order_by("-pk").first()
    context = {
        "route": route,
        "page": shown(route),
        "tone": TONES[route.state],
        "writing": writing,
        "may_write": writing and may_set,
        "may_change": route.state == State.IN_FORCE and may_set,
        "faults": route_effect.faults_of(route, today()) if writing else [],
        "confirming": policy.may_confirm(person, route, scope) if waits else None,
        "may_decline": waits and policy.may_confirm_routes(person, scope),
        "successor": successor if successor and policy.may_see_route(person, successor, scope) else None,
        "running": ApprovalCase.objects.open().filter(route=route).count(),
        "history": route.history.select_related("history_user").order_by("-history_id")[:HISTORY],
    }
    return render(request, "approvals/route.html", context, status=status)


def _stage_page(request: HttpRequest, route: Route, stage: RouteStage | None) -> HttpResponse:
    terms = terms_of(stage) if stage else None
    initial: dict[str, Any] = {"seen": route.version}
    if terms:
        kept = ("title", "rules", "mode", "quorum", "working_days", "needs_signature", "required_level", "group")
        initial |= {name: getattr(terms, name) for name in kept} | {"positions": [one.pk for one in terms.positions]}
    form = StageForm(request.POST or None, today=today(), there=terms.positions if terms else (), initial=initial)

    def story(data: dict[str, Any]) -> RouteStage:
        return route_changes.put_stage(route, form.terms(), by=person_of(request), now=timezone.now(), seen=data["seen"], stage=stage)

    if kept_stage := carry_out(request, form, story):
        if ADD_ANOTHER in request.POST:
            return redirect("approvals:edit_stage", route.pk, kept_stage.pk)
        return redirect("approvals:route", route.pk)
    context = {"form": form, "route": route, "stage": stage, "another": ADD_ANOTHER}
    return render(request, "approvals/route_stage.html", context, status=422 if form.errors else 200)


def _on_stage(request: HttpRequest, route: int, stage: int, story: Act) -> HttpResponse:
    found = _to_write(request, route)
    one = get_object_or_404(found.stages, pk=stage)
    try:
        story(found, one, by=person_of(request), now=timezone.now(), seen=_seen(SeenForm(request.POST)))
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect(f"{_address(found)}#stages")


def _visible(request: HttpRequest, route: int) -> Route:
    """The route, if this person may see it."""
    found = get_object_or_404(with_stages(Route.objects.select_related("replaces", "proposed_by", "confirmed_by")), pk=route)
    if not policy.may_see_route(person_of(request), found, scope_of(request)):
        raise Http404
    return found


def _to_write(request: HttpRequest, route: int) -> Route:
    """The same, for those who may write it; 403 with the reason for others who see it."""
    found = _visible(request, route)
    _insist(policy.may_set_routes(person_of(request), scope_of(request)))
    return found


def _insist(answer: Answer) -> None:
    if not answer:
        raise PermissionDenied(answer.reason)


def _refused(request: HttpRequest, route: Route, refused: Refused) -> HttpResponse:
    """The page as it stands now, and why nothing happened."""
    messages.error(request, str(refused))
    again = with_stages(Route.objects.select_related("replaces", "proposed_by", "confirmed_by")).filter(pk=route.pk).first()
    return _shown(request, again, 409 if isinstance(refused, Stale) else 403) if again else redirect("approvals:routes")


def _seen(form: SeenForm) -> int:
    return int(form.cleaned_data["seen"]) if form.is_valid() else -1


def _address(route: Route) -> str:
    return reverse("approvals:route", args=[route.pk])
