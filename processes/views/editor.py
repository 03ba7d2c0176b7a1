"""The editor's page, the chart beside it, beginning and giving up a draft."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from organization.refusals import Refused
from organization.scope import scope_of
from processes import catalogue, drafting, durations, lifecycle, policy
from processes.bringing_in import unverified_origin
from processes.canonical import from_json, to_json
from processes.definition import Definition, upgraded
from processes.flowchart.draw import Orientation
from processes.markdown import render as render_markdown
from processes.models import Process, Revision
from processes.procedure import steps_of
from processes.step_words import kinds, triggers
from processes.views.api import words_of
from processes.views.doors import draft_or_404, open_revision, person_of, process_or_404, refused
from processes.views.drawing import Drawn, drawn
from processes.views.editor_texts import columns, texts
from processes.views.offers import process_titles, role_titles
from processes.views.pictures import address as address_of_pictures
from processes.views.step_blocks import for_the_editor


@require_GET
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """The editor; without the right to write, or while in review, the same text and chart to read."""
    revision = open_revision(request, number)
    if revision is None:
        return _none_yet(request, process_or_404(request, number))
    definition = from_json(revision.content)
    answer = policy.may_contribute(person_of(request), revision, scope_of(request))
    may_edit = revision.state == Revision.State.DRAFT and bool(answer)
    shown = address_of_pictures(number)
    context = {
        "revision": revision,
        "process": revision.process,
        "definition": definition,
        "lines": [(line, "" if may_edit else render_markdown(line.step.description, shown)) for line in steps_of(definition)],
        "said": {} if may_edit else {name: render_markdown(getattr(definition, name), shown) for name in ("purpose", "scope")},
        "drawn": drawn(definition, "TB"),
        "may_edit": may_edit,
        "unverified": unverified_origin(revision),
        "why_not": "" if may_edit else _why_not(revision, answer.reason),
        **_actions(request, revision),
    }
    if may_edit:
        context |= _carried(request, revision, definition)
    return render(request, "processes/draft.html", context)


@require_GET
def chart(request: HttpRequest, number: str) -> HttpResponse:
    """The flowchart with its findings: the same part of the page that the editor shows."""
    revision = draft_or_404(request, number)
    orientation: Orientation = "LR" if request.GET.get("orientation") == "LR" else "TB"
    found: Drawn = drawn(from_json(revision.content), orientation)
    return render(request, "processes/chart.html", {"drawn": found, "process": revision.process, "revision": revision, "may_edit": True})


@require_POST
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Begins the next revision from what is in force."""
    process = process_or_404(request, number)
    try:
        drafting.start_draft(process, by=person_of(request), now=timezone.now())
    except Refused as refusal:
        return refused(request, str(refusal))
    return redirect("processes:draft", number)


@require_POST
def discard(request: HttpRequest, number: str) -> HttpResponse:
    """Gives up the draft, and with it a process that was never approved."""
    revision = draft_or_404(request, number)
    process, by, now = revision.process, person_of(request), timezone.now()
    try:
        if _never_approved(process):
            catalogue.discard(process, by=by, now=now)
        else:
            lifecycle.discard_draft(revision, by=by, now=now)
    except Refused as refusal:
        return refused(request, str(refusal))
    messages.success(request, _("The draft of %(number)s was discarded.") % {"number": number})
    return redirect("processes:list")


def _none_yet(request: HttpRequest, process: Process) -> HttpResponse:
    answer = policy.may_contribute(person_of(request), process, scope_of(request))
    if not answer:
        raise Http404
    return render(request, "processes/no_draft.html", {"process": process, "reader_url": _address("process", process.number)})


def _why_not(revision: Revision, reason: str) -> str:
    if revision.state == Revision.State.IN_REVIEW:
        return _("This revision is in review; its text is fixed until the review ends.")
    return reason


def _never_approved(process: Process) -> bool:
    return not process.revisions.filter(state=Revision.State.APPROVED).exists()


def _actions(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    number, process = revision.process.number, revision.process
    answer = policy.may_submit(person_of(request), process, scope_of(request))
    return {
        "submit_url": _address("approvals:submit", number),
        "discussion_url": _address("approvals:discussion", number),
        "may_submit": bool(answer),
        "submit_reason": "" if answer else answer.reason,
        "compare_url": _address("compare_revisions", number) if revision.based_on_id else "",
        "may_change": bool(policy.may_change_metadata(person_of(request), process, scope_of(request))),
        "discards_process": revision.based_on_id is None,
    }


def _address(name: str, number: str) -> str:
    """The address of a page of an app above, or "" where there is none yet."""
    try:
        return reverse(name, args=(number,))
    except NoReverseMatch:
        return ""


def _carried(request: HttpRequest, revision: Revision, definition: Definition) -> dict[str, Any]:
    """What the page hands to the editor's script, as JSON."""
    number, scope = revision.process.number, scope_of(request)
    page = reverse("processes:draft", args=(number,))
    names = (
        "operations", "presence", "preview", "chart", "fix", "divide", "add_picture", "port_names", "propose_interface",
        "offered_blocks", "save_block",
    )  # fmt: skip
    data = {
        "person": request.user.pk,
        "revision": revision.pk,
        "version": revision.version,
        "urls": {name: reverse(f"processes:{name}", args=(number,)) for name in names}
        | {"icons": static("img/icons.svg"), "page": page, "login": f"{reverse('account_login')}?next={page}"}
        | {"picture": reverse("processes:picture", args=(number, "SHA256"))},
        "kinds": kinds(),
        "triggers": triggers(),
        "columns": columns(),
        "roles": role_titles(scope, revision.process.department),
        "words": asdict(words_of(revision.process.language)),
        "blocks": for_the_editor(scope),
        "durations": {
            "units": {word: durations.MINUTES[unit] for word, unit in durations.UNITS.items()},
            "numerals": dict(durations.NUMERALS),
            "most": durations.MOST,
        },
    }
    return {
        "editor_data": data,
        "editor_document": to_json(upgraded(definition)),
        "editor_texts": texts(),
        "known_processes": process_titles(scope, number),
    }
