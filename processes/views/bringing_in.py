"""Bringing documents in: upload, look at both sides, make the draft; later, the original and what was not taken."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope_of
from processes import batches, bringing_in, policy
from processes.charts import Chart, chart, original_chart
from processes.documents.archive import Packed
from processes.documents.found import NotRead
from processes.documents.opening import LARGEST
from processes.forms import ImportForm, UploadForm
from processes.markdown import foreign
from processes.markdown import render as render_markdown
from processes.models import OriginalFile, PendingImport
from processes.procedure import steps_of
from processes.views.doors import draft_or_404, person_of, refused
from processes.views.drawings import drawing

SHOWN = 200
"""Lines that were not taken and are shown at once."""


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; one that can be read leads to the preview."""
    if not policy.departments_to_create_in(scope_of(request)).exists():
        return refused(request, _("New processes are begun by people with a position in a department. You hold none today."))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            return _kept(form.cleaned_data["file"], person_of(request))
        except NotRead as fault:
            form.add_error("file", str(fault))
    context = {"form": form, "recent": batches.recent(person_of(request))}
    return render(request, "processes/import.html", context, status=422 if form.errors else 200)


def _kept(files: "Sequence[UploadedFile[bytes]]", person: Person) -> HttpResponse:
    """One document leads to its preview, several to the page that says how far they are."""
    now = timezone.now()
    if len(files) == 1 and bringing_in.ending_of(files[0].name or "") != "zip":
        return redirect("processes:import_preview", bringing_in.keep(files[0].read(), files[0].name or "", by=person, now=now).pk)
    uploads = []
    for file in files:
        too_large = (file.size or 0) > LARGEST
        said = _("The file has more than %(size)d MB.") % {"size": LARGEST // 1_000_000} if too_large else ""
        uploads.append(Packed(file.name or "", b"" if too_large else file.read(), said))
    batch = batches.open_batch(batches.files_of(uploads), by=person, now=now)
    return redirect("processes:import_batch", batch.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pending: int) -> HttpResponse:
    """The original beside what was understood; then the draft."""
    kept = get_object_or_404(PendingImport.objects.filter(person=person_of(request)), pk=pending)
    if kept.batch_id and kept.outcome not in batches.READY:
        return redirect("processes:import_batch", kept.batch_id)
    if bringing_in.ending_of(kept.name) in bringing_in.DRAWN:
        return drawing(request, kept)
    scope, person, data = scope_of(request), person_of(request), bytes(kept.content)
    found = bringing_in.read_file(data, kept.name)
    definition = found.definition
    initial = {"title": definition.title[:200], "language": definition.language}
    form = ImportForm(request.POST if request.method == "POST" else None, scope=scope, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            process = bringing_in.make_draft(kept, form.asked, by=person, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(number)s was made of “%(file)s”. Look through it.") % {"number": process.number, "file": kept.name}
            )
            return redirect("processes:draft", process.number)
    context: dict[str, Any] = {
        "form": form,
        "pending": kept,
        "definition": definition,
        "purpose": render_markdown(definition.purpose),
        "scope": render_markdown(definition.scope),
        "steps": [(view, render_markdown(view.step.description)) for view in steps_of(definition)],
        "original": foreign(found.original),
        "not_taken": found.not_taken[:SHOWN],
        "not_taken_count": len(found.not_taken),
        "known": bringing_in.known_as(data, scope),
        "chart": chart(definition, label=definition.title) if definition.steps else None,
    }
    return render(request, "processes/import_preview.html", context, status=422 if form.errors else 200)


@require_safe
def original(request: HttpRequest, number: str) -> HttpResponse:
    """Of a draft that was brought in: what was not taken over, and the file."""
    revision = draft_or_404(request, number)
    kept = get_object_or_404(OriginalFile.objects.filter(revision=revision).defer("content"))
    lost = kept.report.get("lost", []) + kept.report.get("partly", [])
    same = Counter((one["element"], one["name"], one["why"]) for one in lost)
    context = {
        "process": revision.process,
        "kept": kept,
        "lost": [(*one, count) for one, count in same.items()][:SHOWN],
        "count": len(lost),
        "repairs": kept.report.get("repairs", []),
        "drawing": _drawing(kept) if bringing_in.ending_of(kept.name) in bringing_in.DRAWN else None,
    }
    return render(request, "processes/original.html", context)


def _drawing(kept: OriginalFile) -> Chart | None:
    """As its author placed it; None where a later reader no longer takes the file."""
    data = bytes(kept.content)
    try:
        found = bringing_in.read_drawing(data)
    except NotRead:
        return None
    return original_chart(data, found, _("The original drawing of “%(file)s”") % {"file": kept.name}, linked=False)


@require_safe
def original_file(request: HttpRequest, number: str) -> HttpResponse:
    """The file as it came, never opened by the browser."""
    kept = get_object_or_404(OriginalFile, revision=draft_or_404(request, number))
    response = HttpResponse(bytes(kept.content), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=kept.name) or ""
    return response
