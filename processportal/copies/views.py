"""Printing a revision, giving out controlled copies, their register, and what became of one."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from organization.sentences import in_a_row
from organization.views.request import Page, carry_out, form_page, person_of
from processes.models import Process, Revision
from processes.views.doors import process_or_404
from processes.views.downloads import file_name
from processportal.copies import making, policy, recalling
from processportal.copies.forms import ExchangeForm, IssueForm, usual_end
from processportal.copies.models import Copy
from processportal.copies.querysets import CopyQuerySet
from processportal.copies.standing import standing_of
from worklist.views.addresses import changed, number

ROWS: Final = 50
SHOWN: Final[dict[str, Callable[[CopyQuerySet], CopyQuerySet]]] = {
    "": lambda copies: copies.filter(closed_at__isnull=True),
    "exchange": lambda copies: copies.to_exchange(),
    "closed": lambda copies: copies.filter(closed_at__isnull=False),
}


@require_POST
def print_revision(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """An uncontrolled print, at once; it is written down."""
    revision = _revision(request, number, ordinal)
    try:
        copy, pdf = making.print_(revision, by=person_of(request), now=timezone.now())
    except Refused as refused:
        return _not_made(request, revision, str(refused))
    return _pdf(copy, pdf)


def issue(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """A controlled copy: for whom or where, and who exchanges it."""
    revision, scope = _revision(request, number, ordinal), scope_of(request)
    answer = policy.may_issue(person_of(request), revision.process, scope)
    if not answer:
        raise PermissionDenied(answer.reason)
    form = IssueForm(request.POST or None, today=scope.today, initial={"valid_until": usual_end(revision.process, scope.today)})
    made = carry_out(request, form, lambda data: making.issue(revision, by=person_of(request), now=timezone.now(), **data))
    if made:
        return _registered(request, made[0])
    sentences = [_("It says until when it is valid, and its code tells everybody whether it still holds. It stands in the register.")]
    if revision.process.confidentiality != Process.Confidentiality.COMPANY:
        sentences.append(_("The position that exchanges it will see this process."))
    back = reverse("revision", args=[number, ordinal])
    words = Page(_("Controlled copy"), _("Make the copy"), back, f"{number} {revision.process.title}", in_a_row(sentences))
    return form_page(request, form, words)


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every copy that this person answers for."""
    return _register(request, Copy.objects.within(scope_of(request)), None)


@require_safe
def of_process(request: HttpRequest, number: str) -> HttpResponse:
    """Those of one process."""
    process = process_or_404(request, number)
    return _register(request, Copy.objects.within(scope_of(request)).filter(process=process), process)


@require_safe
def copy_page(request: HttpRequest, number: str, copy: int) -> HttpResponse:
    """One copy: what is printed on it, how it stands, and what became of it."""
    found = _copy(request, number, copy)
    return _copy_page(request, found, ExchangeForm(initial={"valid_until": usual_end(found.process, scope_of(request).today)}))


@require_safe
def file(request: HttpRequest, number: str, copy: int) -> HttpResponse:
    """The same paper again, while it still holds, for whoever may read what is on it: the register alone opens no process."""
    found = _copy(request, number, copy)
    if not policy.may_print(found.revision, scope_of(request)):
        raise Http404
    try:
        return _pdf(found, making.again(found, timezone.now()))
    except Refused as refused:
        return _not_made(request, found.revision, str(refused))


@require_POST
def exchange(request: HttpRequest, number: str, copy: int) -> HttpResponse:
    """A new one hangs in its place."""
    found = _copy(request, number, copy)
    form = ExchangeForm(request.POST)
    made = carry_out(request, form, lambda data: recalling.exchange(found, by=person_of(request), now=timezone.now(), **data))
    return _registered(request, made[0]) if made else _copy_page(request, _copy(request, number, copy), form, status=422)


@require_POST
def destroy(request: HttpRequest, number: str, copy: int) -> HttpResponse:
    """It is no more, and nothing hangs in its place."""
    found = _copy(request, number, copy)
    try:
        recalling.destroy(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Written down: this copy is destroyed."))
    return redirect("copies:copy", number, copy)


def _revision(request: HttpRequest, number: str, ordinal: int) -> Revision:
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process_or_404(request, number))
    found: Revision = get_object_or_404(visible.select_related("process__owner", "process__department", "frozen"), ordinal=ordinal)
    return found


def _copy(request: HttpRequest, number: str, pk: int) -> Copy:
    """One that the register holds for this person; else 404."""
    rows = Copy.objects.registered().select_related(
        "process__owner",
        "process__department",
        "revision__frozen",
        "position",
        "printed_by",
        "closed_by",
        "recall",
        "replaces",
        "replaced_by",
    )
    found: Copy = get_object_or_404(rows, pk=pk, process__number=number)
    if not policy.may_see_copy(person_of(request), found, scope_of(request)):
        raise Http404
    found.revision.process = found.process
    return found


def _register(request: HttpRequest, copies: CopyQuerySet, process: Process | None) -> HttpResponse:
    """Newest first; subjects of processes that this person may not see are their numbers."""
    shown, after = request.GET.get("show", ""), number(request.GET.get("after", ""))
    wanted = SHOWN.get(shown, SHOWN[""])(copies)
    page = wanted.filter(pk__lt=after) if after else wanted
    rows = list(page.select_related("process", "revision", "position", "printed_by", "recall").order_by("-pk")[: ROWS + 1])
    visible = Process.objects.visible_to(scope_of(request)).filter(pk__in={row.process_id for row in rows})
    now = timezone.now()
    context = {
        "process": process,
        "rows": [(row, standing_of(row, now)) for row in rows[:ROWS]],
        "visible": set(visible.values_list("pk", flat=True)),
        "tabs": [
            {"label": label, "url": f"?show={key}" if key else "?", "current": shown == key, "count": count}
            for key, label, count in (
                ("", _("In use"), None),
                ("exchange", _("To be exchanged"), copies.to_exchange().count()),
                ("closed", _("Out of use"), None),
            )
        ],
        "next_url": changed(request.GET, "after", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
        "previous_url": (changed(request.GET, "after", "") or "?") if after else "",
    }
    return render(request, "copies/register.html", context)


def _copy_page(request: HttpRequest, copy: Copy, form: ExchangeForm, status: int = 200) -> HttpResponse:
    scope, stands = scope_of(request), standing_of(copy, timezone.now())
    context: dict[str, Any] = {
        "copy": copy,
        "stands": stands,
        "form": form,
        "process_visible": Process.objects.visible_to(scope).filter(pk=copy.process_id).exists(),
        "may_settle": copy.closed_at is None and bool(policy.may_settle(person_of(request), copy, scope)),
        "current": copy.process.revisions.in_force(timezone.now()).first() if copy.process.state == Process.State.ACTIVE else None,
        "holds": copy.closed_at is None and stands.state.value == copy.facts["state"] and not stands.expired,
    }
    return render(request, "copies/copy.html", context, status=status)


def _registered(request: HttpRequest, copy: Copy) -> HttpResponse:
    messages.success(request, _("Copy %(code)s is registered. Get the PDF, print it and bring it to its place.") % {"code": copy.code})
    return redirect("copies:copy", copy.process.number, copy.pk)


def _not_made(request: HttpRequest, revision: Revision, reason: str) -> HttpResponse:
    context = {"process": revision.process, "ordinal": revision.ordinal, "reason": reason}
    return render(request, "processes/no_download.html", context, status=503)


def _pdf(copy: Copy, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{file_name(copy.revision, copy.process.title)} {copy.code}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "no-store"
    return response
