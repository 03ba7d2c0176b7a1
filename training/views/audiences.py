"""The page that says who must read a process."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.gate import Answer
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import Scope, scope_of
from organization.views.request import person_of
from processes import policy
from processes.models import Process, Role
from training import audience_page, audiences
from training.forms import KINDS, RuleForm, options, titled
from training.models import AudienceRule
from training.reach import rules_on
from training.rule_targets import known_roles, roles_of

OPTIONS = 12
NAMED = 10


def audience(request: HttpRequest, number: str) -> HttpResponse:
    """Who must read a process; its owner, the department's managers and the process office change it."""
    scope = scope_of(request)
    process = _visible(scope, number)
    form, seen = _form(request, process, scope), None
    if request.method == "POST" and form.is_valid():
        seen = _foreseen(form, policy.may_change_metadata(person_of(request), process, scope))
        if seen and "preview" not in request.POST and seen.asks in ("", request.POST.get("sure")) and _saved(request, form):
            messages.success(request, _("Saved. Readings follow within a few minutes."))
            return redirect("training:audience", number=number)
    context = {"process": process, "form": form, "kind": form.kind, "tabs": _tabs(request, form.kind), **_shown(request, process, scope)}
    if seen and not form.errors:
        names = list(seen.people.values_list("name", flat=True)[:NAMED])
        context |= {"seen": seen, "seen_names": names, "seen_more": seen.count - len(names)}
    if form.kind == "role" and context["may_change"]:
        context["own_roles"] = [_role(request, role) for role in roles_of(process, scope)]
    return render(request, "training/audience.html", context, status=_status(request, form))


def targets(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Proposals for a field that names a position or a role, for whoever may change the rules."""
    scope = scope_of(request)
    process = _visible(scope, number)
    if kind not in ("position", "role") or not policy.may_change_metadata(person_of(request), process, scope):
        raise Http404
    typed = request.GET.get(kind, "").strip()[:100]
    found = options(kind, typed, known_roles(scope), scope.today, OPTIONS)
    return render(request, "training/targets.html", {"names": found})


@require_POST
def begin_audience(request: HttpRequest, number: str) -> HttpResponse:
    """Write down the rules that would hold by themselves, so that they can be changed."""
    process = _visible(scope_of(request), number)
    try:
        audiences.begin(process, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:audience", number=number)


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


def _visible(scope: Scope, number: str) -> Process:
    found: Process = get_object_or_404(Process.objects.visible_to(scope).select_related("department"), number=number)
    return found


def _form(request: HttpRequest, process: Process, scope: Scope) -> RuleForm:
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind", "")
    kind = kind if kind in KINDS else "department"
    initial = {"role": request.GET.get("role", "")[:200]} if kind == "role" else None
    return RuleForm(request.POST or None, initial=initial, kind=kind, process=process, roles=known_roles(scope), day=scope.today)


def _foreseen(form: RuleForm, may_change: Answer) -> audiences.Foreseen | None:
    try:
        insist(may_change)
        return audiences.foresee(form.rule(), form.day)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def _saved(request: HttpRequest, form: RuleForm) -> bool:
    target, how = form.asked()
    try:
        audiences.add_rule(form.process, target, **how, by=person_of(request), now=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _status(request: HttpRequest, form: RuleForm) -> int:
    if request.method != "POST" or "preview" in request.POST:
        return 422 if form.errors else 200
    return 403 if form.errors.get("__all__") else 422


def _shown(request: HttpRequest, process: Process, scope: Scope) -> dict[str, Any]:
    """The rules and the readers of today."""
    may_change = policy.may_change_metadata(person_of(request), process, scope)
    rules = rules_on(process, scope.today)
    search = request.GET.get("q", "").strip()[:100]
    name, _separator, key = request.GET.get("after", "").rpartition(":")
    after = (name, int(key)) if key.isdecimal() and len(key) < 19 else None
    page = audience_page.page(rules, search, after, timezone.now(), states=bool(may_change))
    return {
        "rules": audience_page.lines(rules),
        "coming": audience_page.coming(process, scope.today),
        "written": rules.written,
        "people": rules.people().count(),
        "contradictions": audience_page.contradictions(rules),
        "blind": audience_page.blind(rules),
        "readers": page.readers,
        "q": search,
        "next_url": "?" + urlencode({"q": search, "after": f"{page.more[0]}:{page.more[1]}"}) if page.more else "",
        "previous_url": "?" + urlencode({"q": search}) if after else "",
        "may_change": may_change,
    }


def _role(request: HttpRequest, role: Role) -> dict[str, str]:
    return {"title": role.title, "url": f"{request.path}?{urlencode({'kind': 'role', 'role': titled(role)})}#add"}


def _tabs(request: HttpRequest, kind: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": f"{request.path}?kind={name}#add", "current": name == kind} for name, label in KINDS.items()]
