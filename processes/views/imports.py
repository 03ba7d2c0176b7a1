"""Many files at once: how far they are, each with its outcome; drafts of all that were understood, or one by one."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from processes import batches
from processes.forms import ImportForm
from processes.models import ImportBatch, PendingImport
from processes.views.doors import person_of

PAGE: Final = 50
Outcome = PendingImport.Outcome
TONES: Final = {
    Outcome.WAITING: "neutral",
    Outcome.UNDERSTOOD: "ok",
    Outcome.KNOWN: "warn",
    Outcome.REFUSED: "bad",
    Outcome.WANTED: "neutral",
    Outcome.MADE: "effective",
}


@require_http_methods(["GET", "HEAD", "POST"])
def import_batch(request: HttpRequest, batch: int) -> HttpResponse:
    """The page; and the wish for drafts of all that were understood."""
    found, person = _batch(request, batch), person_of(request)
    form = ImportForm(request.POST if request.method == "POST" else None, scope=scope_of(request), person=person, initial={}, drawn=True)
    if request.method == "POST" and form.is_valid():
        department, owner = form.cleaned_data["department"], form.cleaned_data["owner"]
        try:
            count = batches.make_all(found, department=department, owner=owner, by=person, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("%(count)d draft is being made.", "%(count)d drafts are being made.", count)
            messages.success(request, said % {"count": count})
            return redirect("processes:import_batch", batch)
    return render(request, "processes/import_batch.html", _rows(request, found) | {"form": form}, status=422 if form.errors else 200)


@require_safe
def import_rows(request: HttpRequest, batch: int) -> HttpResponse:
    """The list as it stands, for the page that asks while something is open."""
    return render(request, "processes/import_rows.html", _rows(request, _batch(request, batch)))


def _batch(request: HttpRequest, batch: int) -> ImportBatch:
    return get_object_or_404(ImportBatch, pk=batch, person=person_of(request))


def _rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    counts = dict(batch.files.order_by().values_list("outcome").annotate(count=Count("pk")))
    total, still = sum(counts.values()), sum(counts.get(outcome, 0) for outcome in batches.OPEN)
    page = Paginator(batch.files.defer("content").select_related("process"), PAGE).get_page(request.GET.get("page"))
    return {
        "batch": batch,
        "files": [(file, TONES[Outcome(file.outcome)]) for file in page],
        "page": page,
        "total": total,
        "done": total - still,
        "open": still,
        "counts": [(Outcome(one).label, TONES[Outcome(one)], counts[one]) for one in Outcome.values if counts.get(one)],
        "understood": counts.get(Outcome.UNDERSTOOD, 0),
    }
