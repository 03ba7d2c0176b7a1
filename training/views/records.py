"""Bringing past training records in: upload, read what would happen or what is wrong, row by row, and apply it as a whole."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.scope import scope_of
from organization.tables.columns import header
from organization.tables.reading import Unreadable, write
from organization.tables.reporting import on_page
from organization.tables.sealing import Sealed, seal, unseal
from organization.views.request import person_of
from training.courses.bringing_in import Report, bring_in, rehearse
from training.courses.policy import may_arrange_any
from training.courses.records_table import KIND
from training.record_forms import RecordsForm

SHOWN = 300


def _insist(request: HttpRequest) -> None:
    answer = may_arrange_any(person_of(request), scope_of(request))
    if not answer:
        raise PermissionDenied(answer.reason)


def import_records(request: HttpRequest) -> HttpResponse:
    """The form with what the columns mean; after a POST what would be added, or everything that is wrong."""
    _insist(request)
    form = RecordsForm(request.POST, request.FILES) if request.method == "POST" else RecordsForm()
    if form.is_valid():
        data = form.cleaned_data
        try:
            report = rehearse(data["text"], by=person_of(request), now=timezone.now(), encoding=data["encoding"])
            return _report(request, report, data["text"], form)
        except Unreadable as unreadable:
            form.add_error("file" if data["file"] else "text", str(unreadable))
    return render(request, "training/records.html", _page(form), status=422 if form.errors else 200)


@require_POST
def apply_records(request: HttpRequest) -> HttpResponse:
    """Adds what the report said, or shows a new report where that would no longer be the same."""
    _insist(request)
    sealed = unseal(request.POST.get("sealed", ""), person_of(request))
    if sealed is None or sealed.kind != KIND.key:
        messages.error(request, _("This report is older than an hour. Nothing was changed. Please upload the table again."))
        return redirect("training:import_records")
    report, done = bring_in(sealed.text, by=person_of(request), now=timezone.now(), encoding=sealed.encoding, seen=sealed.digest)
    if done:
        said = ngettext("%(count)d record is taken over.", "%(count)d records are taken over.", len(report.new))
        messages.success(request, said % {"count": len(report.new)})
        return redirect("training:courses")
    return _report(request, report, sealed.text, RecordsForm(), stale=True)


@require_safe
def records_template(request: HttpRequest) -> HttpResponse:
    """A CSV to begin with. The mark at its beginning tells Excel that it is UTF-8."""
    _insist(request)
    text = write([header(KIND, get_language() or "en"), *map(list, KIND.examples)])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{KIND.key}.csv"'
    return response


def _page(form: RecordsForm) -> dict[str, Any]:
    return {"kind": KIND, "form": form, "columns": list(zip(header(KIND, get_language() or "en"), KIND.columns, strict=True))}


def _report(request: HttpRequest, report: Report, text: str, form: RecordsForm, *, stale: bool = False) -> HttpResponse:
    context = _page(form) | {"report": report, "stale": stale}
    if report.faults:
        context |= on_page(report.faults)
        return render(request, "training/records.html", context, status=422)
    context |= {
        "sealed": seal(Sealed(KIND.key, report.encoding, text, report.digest), person_of(request)),
        "new": report.new[:SHOWN],
        "more": max(0, len(report.new) - SHOWN),
        "figures": [(_("new"), len(report.new)), (_("unchanged"), report.same)],
    }
    return render(request, "training/records.html", context, status=409 if stale else 200)
