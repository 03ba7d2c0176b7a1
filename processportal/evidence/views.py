"""The history of one process, as a page and as a table to take along."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization.calendar import company_zone
from organization.scope import scope_of
from organization.tables.reading import write
from organization.views.request import person_of
from processes.views.doors import process_or_404
from processportal.audit_pack.policy import may_ask
from processportal.evidence.forms import HistoryFilter
from processportal.evidence.gathering import Mark, happened
from processportal.evidence.happened import Happened, Subject
from worklist.views.addresses import changed

ROWS: Final = 50
MOST: Final = 5_000
"""Lines of one table; a longer history is taken along in periods, and the last line says so."""


@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Newest first, a page at a time."""
    subject, form = _subject(request, number), HistoryFilter(request.GET)
    after = Mark.read(request.GET.get("after", ""))
    lines, more = happened(subject, form.asked, ROWS, after)
    context = {
        "process": subject.process,
        "form": form,
        "narrowed": bool(form.asked.kinds or form.asked.since or form.asked.until),
        "lines": lines,
        "may_pack": may_ask(person_of(request), subject.scope),
        "today": subject.scope.today,
        "zone": company_zone().key,
        "next_url": changed(request.GET, "after", str(more)) if more else "",
        "previous_url": (changed(request.GET, "after", "") or "?") if after else "",
        "table_url": changed(request.GET, "after", ""),
    }
    return render(request, "portal/evidence/history.html", context)


@require_safe
def history_table(request: HttpRequest, number: str) -> HttpResponse:
    """The same as CSV, which no spreadsheet program runs."""
    subject = _subject(request, number)
    lines, more = happened(subject, HistoryFilter(request.GET).asked, MOST)
    rows = [*as_rows(lines), *([[_("There is more; narrow the period.")]] if more else [])]
    response = HttpResponse(write(rows).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = _("History of %(number)s") % {"number": subject.process.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
    return response


def as_rows(lines: list[Happened]) -> list[list[str]]:
    """The table with its head."""
    zone = company_zone()
    head = [_("When (%(zone)s)") % {"zone": zone.key}, _("When (UTC)"), _("Who"), _("What happened"), _("Why"), _("Kind"), _("Content")]
    body = [
        [f"{localtime(one.at, zone):%Y-%m-%d %H:%M:%S}", f"{one.at:%Y-%m-%d %H:%M:%S}", one.who, one.what, one.why, str(one.kind.label),
         one.proof] for one in lines
    ]  # fmt: skip
    return [head, *body]


def _subject(request: HttpRequest, number: str) -> Subject:
    return Subject(process_or_404(request, number), scope_of(request), timezone.now())
