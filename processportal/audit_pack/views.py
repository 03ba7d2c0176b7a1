"""Asking for an audit pack, how far it is, and the archive: for whoever asked, and nobody else."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processportal.audit_pack import making, policy
from processportal.audit_pack.archive import UNSAFE
from processportal.audit_pack.forms import PackForm
from processportal.audit_pack.models import AuditPack

RECENT: Final = 50
TONES: Final = {"waiting": "in_review", "made": "ok", "failed": "bad", "gone": "neutral"}


@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    """The form, and one's own packs, the newest first."""
    person, scope = person_of(request), scope_of(request)
    answer = policy.may_ask(person, scope)
    if not answer:
        raise PermissionDenied(answer.reason)
    initial = {"process": request.GET.get("process", "")[:40]}
    form = PackForm(request.POST if request.method == "POST" else None, today=scope.today, initial=initial)
    made = carry_out(request, form, lambda said: making.ask(said["what"], said["key"], said["day"], by=person, now=timezone.now()))
    if made:
        return redirect("audit_pack:pack", made.pk)
    mine = AuditPack.objects.filter(asked_by=person)[:RECENT]
    context = {"form": form, "packs": [(pack, TONES[pack.outcome]) for pack in mine]}
    return render(request, "audit_pack/packs.html", context, status=422 if form.errors else 200)


@require_safe
def pack_page(request: HttpRequest, pack: int) -> HttpResponse:
    """How far it is; the way to the archive once it is there."""
    return render(request, "audit_pack/pack.html", _state(request, pack))


@require_safe
def pack_state(request: HttpRequest, pack: int) -> HttpResponse:
    """The same as a fragment, for the page that asks while it is being made."""
    return render(request, "audit_pack/state.html", _state(request, pack))


@require_safe
def pack_file(request: HttpRequest, pack: int) -> HttpResponseBase:
    """The archive, a piece at a time."""
    found = _mine(request, pack)
    if found.outcome != AuditPack.Outcome.MADE:
        raise Http404
    pieces = found.parts.order_by("ordinal").values_list("content", flat=True).iterator(1)
    response = StreamingHttpResponse((bytes(piece) for piece in pieces), content_type="application/zip")
    name = f"audit-pack-{UNSAFE.sub('_', found.key).strip('_')}-{found.day:%Y-%m-%d}.zip"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Content-Length"] = str(found.size)
    response["Cache-Control"] = "no-store"
    return response


def _mine(request: HttpRequest, pk: int) -> AuditPack:
    return get_object_or_404(AuditPack, pk=pk, asked_by=person_of(request))


def _state(request: HttpRequest, pk: int) -> dict[str, Any]:
    pack = _mine(request, pk)
    counts = pack.entries.aggregate(total=Count("pk"), done=Count("pk", filter=Q(made_at__isnull=False)))
    return {
        "pack": pack, "tone": TONES[pack.outcome], **counts, "kept": making.KEPT.days, "until": pack.asked_at + making.KEPT,
        "without_paper": pack.entries.exclude(said="").count(),
    }  # fmt: skip
