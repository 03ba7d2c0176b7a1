"""One step on one screen, for a phone at the machine: of what holds now, by plain links, from step to step."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from organization.scope import scope_of
from organization.views.request import person_of
from processes import languages, policy
from processes.models import Process, Revision
from processes.procedure import steps_of
from processes.walking import stand
from processportal.reader import facts, tongues
from worklist.views.addresses import number as number_in


@require_safe
def first_step(request: HttpRequest, number: str) -> HttpResponse:
    """What a code at a machine leads to, whatever holds by then."""
    return _at(request, number, 1)


@require_safe
def step_page(request: HttpRequest, number: str, step: int) -> HttpResponse:
    """`?from=` the number of the step before, `&v=` the ordinal of what was followed until here, `&in=` a language."""
    return _at(request, number, step)


def _at(request: HttpRequest, number: str, step: int) -> HttpResponse:
    scope, person, now = scope_of(request), person_of(request), timezone.now()
    process = get_object_or_404(Process.objects.visible_to(scope).select_related("department", "owner"), number=number)
    held = Revision.objects.visible_to(scope).filter(process=process).in_force(now).select_related("frozen", "process")
    revision = None if process.is_withdrawn(now) else held.first()
    if revision is None:
        return render(request, "portal/step_none.html", {"process": process})
    asked = request.GET.get("in", "")[: languages.LONGEST]
    followed = number_in(request.GET.get("v", ""))
    if followed and followed != revision.ordinal:
        query = {"was": followed} | ({"in": asked} if asked else {})
        return redirect(f"{reverse('first_step', args=[number])}?{urlencode(query)}")
    said = tongues.said(revision, asked, person, scope, now)
    released = said.how == "released"
    # Nobody works by a translation that was not released, and by none of what held before.
    definition, mine = said.definition if released else said.source, facts.roles_of_person(scope)
    roles = said.roles(mine) if released else mine
    here = stand(definition, step, number_in(request.GET.get("from", "")), roles)
    if here is None:
        raise Http404
    was = number_in(request.GET.get("was", ""))
    context: dict[str, Any] = {
        "process": process,
        "revision": revision,
        "definition": definition,
        "here": here,
        "view": here.view,
        "steps": steps_of(definition, roles),
        "said": said,
        "language": said.asked if released else said.authoritative,
        "switch": [tongue for tongue in said.switch if not tongue.outdated],
        "was": Revision.objects.visible_to(scope).filter(process=process, ordinal=was).first() if was and was != revision.ordinal else None,
        "keeps": f"v={revision.ordinal}" + (f"&in={said.asked.code}" if released else ""),
        "may_suggest": policy.may_suggest(process, revision),
    }
    return render(request, "portal/step.html", context)
