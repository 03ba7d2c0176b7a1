"""Step blocks: what the editor is offered and saves, and the page that lists them with who may change and retire them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.refusals import Refused
from organization.scope import Scope, scope_of
from organization.views.request import Page, carry_out, form_page
from processes import blocks, policy
from processes.block_forms import BlockForm, choices, reach_named
from processes.blocks import reach_of
from processes.canonical import to_json
from processes.definition import Definition
from processes.folding import asked_words
from processes.models import StepBlock
from processes.sharing import BLOCK, Source, linked
from processes.views.doors import BadInput, Body, api, draft_or_404, person_of, refused
from processes.views.paging import page_of

OFFERED = 20
CHANGEABLE = 50
ROWS = 30
SHOWN = 6


@api
def offered(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"q"} → {"blocks": [{"key", "name", "reach", "version", "shared", "roles", "steps"}]}: those to insert, the nearest first."""
    draft_or_404(request, number)
    text = body.get("q")
    if not isinstance(text, str):
        raise BadInput(_("A text is expected."))
    found = blocks.offered(scope_of(request), text[:200], OFFERED)
    said = blocks.contents(found)
    return JsonResponse({"blocks": [_carried(one, said[one.pk]) for one in found]})


@api
def save(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"version", "steps": keys, "name", "reach"} → {"key", "name", "version"}; with "block": its key instead, a new version of it."""
    steps, seen = body.get("steps"), body.get("version")
    words = [body.get(name, "") for name in ("name", "reach", "block")]
    if not isinstance(steps, list) or not all(isinstance(one, str) for one in [*steps, *words]) or not isinstance(seen, int):
        raise BadInput(_("A list of steps and a name are expected."))
    revision, scope, by, now = draft_or_404(request, number), scope_of(request), person_of(request), timezone.now()
    name, reach, key = words
    if key:
        known = get_object_or_404(StepBlock.objects.visible_to(scope), key=key)
        block = blocks.renew(known, revision, steps, by=by, now=now, seen=seen)
    else:
        block = blocks.save(revision, steps, name, reach_named(reach, scope), by=by, now=now, seen=seen)
    return JsonResponse({"key": block.key, "name": block.name, "version": block.latest})


def for_the_editor(scope: Scope) -> dict[str, Any]:
    """For whom blocks are saved, and of which there may be a new version: part of what the page hands to the editor's script."""
    keeper = _Keeper(scope)
    kept = [one for one in StepBlock.objects.visible_to(scope).filter(retired_at=None).order_by("name", "pk") if keeper.may(one)]
    return {
        "reaches": [{"value": value, "label": str(label)} for value, label in choices(scope)],
        "known": [{"value": one.key, "label": one.name} for one in kept[:CHANGEABLE]],
    }


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All that this person may use, by name, with their first steps; retired ones only for those who may bring them back."""
    scope, text = scope_of(request), request.GET.get("q", "")[:200]
    found = StepBlock.objects.visible_to(scope).saying(asked_words(text)).select_related("person", "department", "created_by")
    retired = request.GET.get("retired") == "1"
    page = page_of(request, found.filter(retired_at__isnull=not retired).order_by("name", "pk"), ROWS)
    said, keeper, used = blocks.contents(page.rows), _Keeper(scope), blocks.uses(page.rows, scope)
    context = {
        "rows": [(one, _first(said[one.pk]), keeper.may(one), used.get(one.pk, 0)) for one in page.rows],
        "q": text,
        "retired": retired,
        "previous_url": page.previous_url,
        "next_url": page.next_url,
    }
    return render(request, "processes/blocks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, block: int) -> HttpResponse:
    """Another name, or for others."""
    scope = scope_of(request)
    found = get_object_or_404(StepBlock.objects.visible_to(scope), pk=block)
    answer = _may_keep(found, scope)
    if not answer:
        return refused(request, answer.reason)
    form = BlockForm(request.POST or None, scope=scope, block=found)
    made = carry_out(
        request, form, lambda data: blocks.rename(found, data["name"], form.for_whom, by=person_of(request), now=timezone.now())
    )
    if made:
        messages.success(request, _("“%(name)s” was changed.") % {"name": made.name})
        return redirect("processes:step_blocks")
    lead = _("To change its steps, insert it in a draft, write there what it should say, choose the steps and save them as a new version.")
    return form_page(request, form, Page(_("Change the step block"), _("Save"), reverse("processes:step_blocks"), found.name, lead))


@require_POST
def retire(request: HttpRequest, block: int) -> HttpResponse:
    """No longer offered, or offered again."""
    found, back = get_object_or_404(StepBlock.objects.visible_to(scope_of(request)), pk=block), request.POST.get("back") == "1"
    try:
        blocks.retire(found, by=person_of(request), now=timezone.now(), back=back)
    except Refused as refusal:
        return refused(request, str(refusal))
    said = _("“%(name)s” is offered again.") if back else _("“%(name)s” is retired. Where it was inserted, nothing changes.")
    messages.success(request, said % {"name": found.name})
    return redirect("processes:step_blocks")


def _may_keep(block: StepBlock, scope: Scope) -> Any:
    return policy.may_keep_block(scope, person=block.person_id, department=block.department_id)


class _Keeper:
    """`may_keep_block` for many: each reach is asked once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.known: dict[blocks.Reach, bool] = {}

    def may(self, block: StepBlock) -> bool:
        reach = reach_of(block)
        if reach not in self.known:
            self.known[reach] = bool(_may_keep(block, self.scope))
        return self.known[reach]


def _carried(block: StepBlock, content: Definition) -> Mapping[str, Any]:
    """Steps of shared blocks say where they come from; the editor leaves that out where they are not to stay linked."""
    shared = block.person_id is None
    document = to_json(linked(content, Source(BLOCK, block.key), block.latest) if shared else content)
    reach = _("mine") if block.person_id else block.department.name if block.department else _("the whole company")
    return {
        "key": block.key, "name": block.name, "reach": reach, "version": block.latest, "shared": shared,
        "roles": document["roles"], "steps": document["steps"],
    }  # fmt: skip


def _first(content: Definition) -> Mapping[str, Any]:
    shown = [(content.role_title(step.role), step.name) for step in content.steps[:SHOWN]]
    return {"steps": shown, "more": len(content.steps) - len(shown)}
