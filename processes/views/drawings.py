"""A BPMN file before it is a draft: the original drawing beside ours, what is lost, and which role each lane means."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from organization.refusals import Refused
from organization.scope import scope_of
from processes import bringing_in, roles
from processes.bpmn.reading import Imported
from processes.charts import Chart, chart, original_chart
from processes.definition import Definition
from processes.drawing_forms import DrawingForm
from processes.models import PendingImport
from processes.role_matching import match
from processes.told import reasons
from processes.views.doors import person_of

CHARTS: Final = 12
"""Processes whose charts are shown; of further ones, the titles."""


@dataclass(frozen=True, slots=True)
class Side:
    """One process that the file becomes; `inner` ones are sub-processes."""

    definition: Definition
    chart: Chart | None
    inner: bool


def drawing(request: HttpRequest, kept: PendingImport) -> HttpResponse:
    """The page; and the drafts, where they are asked for."""
    person, data, apart = person_of(request), bytes(kept.content), request.GET.get("pools") == "apart"
    found = bringing_in.read_drawing(data, apart=apart)
    form = DrawingForm(request.POST if request.method == "POST" else None, scope=scope_of(request), person=person)
    department = form.chosen_department(request.GET.get("department", ""))
    catalogue = roles.titles_of([department] if department else [])
    titles = dict.fromkeys(role.title for definition in found.definitions for role in definition.roles)
    form.ask_for_roles(match([title for title in titles if title.strip()], catalogue))
    if request.method == "POST" and form.is_valid():
        try:
            process = bringing_in.make_draft(kept, form.asked_for(apart=apart), by=person, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(number)s was made of “%(file)s”. Look through it.") % {"number": process.number, "file": kept.name}
            messages.success(request, said)
            return redirect("processes:draft", process.number)
    context: dict[str, Any] = {"lanes": list(form.lanes()), "catalogue": catalogue, "apart": apart}
    if request.headers.get("HX-Request"):  # another department was chosen: its roles
        return render(request, "processes/role_match.html", context)
    context |= {
        "form": form,
        "pending": kept,
        "found": found,
        "steps": sum(len(definition.steps) for definition in found.definitions),
        "original": original_chart(data, found, _("The original drawing of “%(file)s”") % {"file": kept.name}),
        "sides": _sides(found),
        "more": len(found.definitions) - CHARTS,
        "reasons": reasons(found.told, found.ties),
        "known": bringing_in.known_as(data, scope_of(request)),
    }
    return render(request, "processes/import_drawing.html", context, status=422 if form.errors else 200)


def _sides(found: Imported) -> list[Side]:
    outer = 1 + len(found.beside)
    shown = found.definitions[:CHARTS]
    return [
        Side(definition, chart(definition, label=definition.title) if definition.steps else None, n >= outer)
        for n, definition in enumerate(shown)
    ]
