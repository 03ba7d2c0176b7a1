"""Named versions of a draft: what was kept, keeping one more, going back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused, Stale
from organization.scope import scope_of
from processes import policy, versions
from processes.models import DraftVersion, Revision
from processes.views.doors import draft_or_404, person_of


@require_safe
def draft_versions(request: HttpRequest, number: str) -> HttpResponse:
    """The list, newest first, with a field for one more."""
    return _page(request, draft_or_404(request, number))


@require_POST
def keep_version(request: HttpRequest, number: str) -> HttpResponse:
    """Keeps the text of now under a name."""
    revision, name = draft_or_404(request, number), request.POST.get("name", "")
    try:
        kept = versions.keep(revision, name, by=person_of(request), now=timezone.now())
    except Refused as refusal:
        return _page(request, revision, typed=name, error=str(refusal), status=_status(refusal))
    messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
    return redirect("processes:draft_versions", number)


@require_POST
def go_back(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """The draft says again what it said then."""
    revision = draft_or_404(request, number)
    kept = _kept(revision, version)
    try:
        changes = versions.go_back(kept, by=person_of(request), now=timezone.now())
    except Refused as refusal:
        return _page(request, revision, error=str(refusal), status=_status(refusal))
    if not changes:
        messages.info(request, _("The draft says this already."))
        return redirect("processes:draft_versions", number)
    done = ngettext("The draft is back at “%(name)s” (%(count)d change).", "The draft is back at “%(name)s” (%(count)d changes).", changes)
    messages.success(request, done % {"name": kept.name, "count": changes})
    return redirect("processes:draft", number)


@require_POST
def forget_version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """Removes one that is no longer needed."""
    revision = draft_or_404(request, number)
    try:
        versions.forget(_kept(revision, version), by=person_of(request), now=timezone.now())
    except Refused as refusal:
        return _page(request, revision, error=str(refusal), status=_status(refusal))
    return redirect("processes:draft_versions", number)


def _kept(revision: Revision, version: int) -> DraftVersion:
    found: DraftVersion = get_object_or_404(revision.named_versions.select_related("revision"), pk=version)
    return found


def _status(refusal: Refused) -> int:
    return 409 if isinstance(refusal, Stale) else 422


def _page(request: HttpRequest, revision: Revision, *, typed: str = "", error: str = "", status: int = 200) -> HttpResponse:
    answer = policy.may_contribute(person_of(request), revision, scope_of(request))
    context = {
        "process": revision.process,
        "revision": revision,
        "kept": revision.named_versions.select_related("kept_by").defer("content"),
        "may_write": bool(answer) and revision.state == Revision.State.DRAFT,
        "why_not": answer.reason,
        "typed": typed,
        "error": error,
        "longest": versions.LONGEST,
    }
    return render(request, "processes/versions.html", context, status=status)
