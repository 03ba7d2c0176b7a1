"""The certificate as a PDF for whom it is about, and the page behind its code for everybody who holds it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization.calendar import today
from organization.scope import scope_of
from organization.views.request import person_of
from processportal.certificates.document import TEMPLATE, document_of
from processportal.certificates.masking import masked
from processportal.certificates.papers import Paper, behind, of_level, of_record
from processportal.certificates.standing import State, is_certified
from processportal.copies.typesetting import NotTypeset, typeset
from training.competence.opening import visible_to
from training.courses.policy import may_correct
from training.models import TrainingRecord


@require_safe
def certificate(request: HttpRequest, record: int) -> HttpResponse:
    """For the person, and whoever may put the record right; nobody else learns that there is one."""
    every = TrainingRecord.objects.select_related("course", "session__trainer", "person", "superseded_by")
    found = get_object_or_404(every, pk=record)
    me, trainer = person_of(request), found.session.trainer_id if found.session else None
    if found.person_id != me.pk and not may_correct(me, found.course, trainer, scope_of(request)):
        raise Http404
    return _pdf(request, of_record(found, today()) if is_certified(found) else None)


@require_safe
def level_certificate(request: HttpRequest, assessment: int) -> HttpResponse:
    """For whoever may see the assessment: the candidate, those above, and who assessed."""
    found = get_object_or_404(visible_to(scope_of(request)).select_related("candidate", "level", "signature"), pk=assessment)
    return _pdf(request, of_level(found, today()))


def _pdf(request: HttpRequest, paper: Paper | None) -> HttpResponse:
    if paper is None or paper.state == State.SUPERSEDED:
        raise Http404
    try:
        made = typeset(*document_of(paper), template=TEMPLATE)
    except NotTypeset:
        messages.error(request, _("The certificate could not be made just now. Try again in a few minutes."))
        return redirect(paper.back)
    response = HttpResponse(made.pdf, content_type="application/pdf")
    name = f"{_('Certificate')} {paper.number} {paper.day:%Y-%m-%d}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@login_not_required
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What was never printed is the same page with 404."""
    now = timezone.now()
    found = behind(code, today(now))
    context: dict[str, Any] = {"paper": found, "now": now}
    if found:
        context |= {"state": found.state.value, "name": masked(found.person.name)}
    response = render(request, "certificates/check.html", context, status=200 if found else 404)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"  # the address is all that protects the page
    return response
