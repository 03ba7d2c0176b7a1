"""Bringing tables in: upload or paste, read the report, apply. Administrators only."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.import_forms import TableForm
from organization.tables.applying import Report, Unreadable, bring_in, rehearse
from organization.tables.columns import KINDS, Kind, header
from organization.tables.reading import write
from organization.tables.reporting import on_page
from organization.tables.sealing import Sealed, seal, unseal
from organization.tables.steps import State, Step
from organization.views.request import for_administrators, person_of

STEPS_SHOWN = 300
AFTERWARDS = {"people": "organization:people", "absences": "organization:people"}


@for_administrators
def table(request: HttpRequest, kind: str = "departments") -> HttpResponse:
    """The form with what the columns mean; after a POST the report."""
    chosen = _kind(kind)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if form.is_valid():
        data, me = form.cleaned_data, person_of(request)
        try:
            report = rehearse(data["text"], kind, by=me, now=timezone.now(), encoding=data["encoding"])
            return _report(request, chosen, report, data["text"], form)
        except Unreadable as unreadable:
            form.add_error("file" if data["file"] else "text", str(unreadable))
    return render(request, "organization/tables.html", _page(chosen, form), status=422 if form.errors else 200)


@require_POST
@for_administrators
def apply_table(request: HttpRequest, kind: str) -> HttpResponse:
    """Does what the report said, or shows a new report where that would no longer be the same."""
    chosen, me = _kind(kind), person_of(request)
    sealed = unseal(request.POST.get("sealed", ""), me)
    if sealed is None or sealed.kind != kind:
        messages.error(request, _("This report is older than an hour. Nothing was changed. Please upload the table again."))
        return redirect("organization:table", kind)
    report, done = bring_in(sealed.text, kind, by=me, now=timezone.now(), encoding=sealed.encoding, seen=sealed.digest)
    if done:
        messages.success(request, tally(report))
        return redirect(AFTERWARDS.get(kind, "organization:index"))
    return _report(request, chosen, report, sealed.text, TableForm(), stale=True)


@for_administrators
def table_template(request: HttpRequest, kind: str) -> HttpResponse:
    """A CSV to begin with: the columns and a few rows. The mark at its beginning tells Excel that it is UTF-8."""
    chosen = _kind(kind)
    text = write([header(chosen, get_language() or "en"), *map(list, chosen.examples)])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{chosen.key}.csv"'
    return response


def tally(report: Report) -> str:
    """Such as: 2 new, 1 changed, 12 unchanged."""
    words = {"new": report.number(State.NEW), "changed": report.number(State.CHANGED), "same": report.number(State.SAME)}
    return _("%(new)s new, %(changed)s changed, %(same)s unchanged.") % words


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Http404
    return KINDS[key]


def _page(kind: Kind, form: TableForm) -> dict[str, object]:
    language = get_language() or "en"
    tabs = [{"label": k.title, "url": reverse("organization:table", args=[k.key]), "current": k is kind} for k in KINDS.values()]
    names = header(kind, language)
    return {"kind": kind, "form": form, "kinds": tabs, "columns": list(zip(names, kind.columns, strict=True)), "may_manage": True}


def _report(request: HttpRequest, kind: Kind, report: Report, text: str, form: TableForm, *, stale: bool = False) -> HttpResponse:
    context = _page(kind, form) | {"report": report, "stale": stale, "read_as": read_as(report), "tally": tally(report)}
    if report.faults:
        context |= on_page(report.faults)
        return render(request, "organization/tables_faults.html", context, status=422)
    shown = _worth_showing(report)
    context |= {
        "sealed": seal(Sealed(kind.key, report.encoding, text, report.digest), person_of(request)),
        "steps": shown[:STEPS_SHOWN],
        "more": max(0, len(shown) - STEPS_SHOWN),
        "figures": [
            (_("new"), report.number(State.NEW)),
            (_("changed"), report.number(State.CHANGED)),
            (_("unchanged"), report.number(State.SAME)),
        ],
    }
    return render(request, "organization/tables_report.html", context, status=409 if stale else 200)


def _worth_showing(report: Report) -> list[Step]:
    """Changed rows first, since they may surprise; then new ones."""
    return sorted((step for step in report.steps if step.state != State.SAME), key=lambda step: (step.state != State.CHANGED, step.row))


def read_as(report: Report) -> str:
    """Such as: 12 rows, read as UTF-8 with semicolons."""
    sentences = {
        ",": ngettext("%(n)s row, read as %(code)s with commas.", "%(n)s rows, read as %(code)s with commas.", report.count),
        ";": ngettext("%(n)s row, read as %(code)s with semicolons.", "%(n)s rows, read as %(code)s with semicolons.", report.count),
        "\t": ngettext("%(n)s row, read as %(code)s with tabs.", "%(n)s rows, read as %(code)s with tabs.", report.count),
    }
    return sentences[report.separator] % {"n": report.count, "code": report.encoding}
