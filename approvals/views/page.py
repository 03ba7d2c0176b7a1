"""The review page, as every act on a case shows it again, and the case that a person may see."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from approvals import review
from approvals.forms import CommentForm, DecisionForm, NameForm
from approvals.models import ApprovalCase
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope_of


class Request(HttpRequest):
    """A request of somebody signed in: every page here stands behind the login."""

    user: Person


def visible(request: Request, case: int) -> ApprovalCase:
    """The case, where this person may see it; else 404."""
    cases = ApprovalCase.objects.visible_to(scope_of(request))
    found: ApprovalCase = get_object_or_404(
        cases.select_related("revision__process__department", "content", "submitted_by", "route", "package", "replacement"), pk=case
    )
    return found


def review_page(request: Request, case: ApprovalCase, *, status: int = 200, **forms: Form) -> HttpResponse:
    """The review page. `forms` are those that came back with errors, by the name that the template gives them."""
    page = review.of_case(case, request.user, scope_of(request), timezone.now())
    context = {
        "page": page,
        "case": case,
        "process": case.revision.process,
        "whole": "whole" in request.GET or page.change.base is None,
        "decision_form": DecisionForm(signed=page.mine is None or page.mine.seat.stage.needs_signature),
        "comment_form": CommentForm(definition=page.change.definition, initial={"anchor": request.GET.get("at", "")}),
        "name_form": NameForm(),
        **forms,
    }
    return render(request, "approvals/case.html", context, status=status)


def refused_page(request: Request, case: ApprovalCase, refused: Refused) -> HttpResponse:
    """The review page with what stood in the way."""
    messages.error(request, str(refused))
    return review_page(request, case, status=status_of(refused))


def status_of(refused: Refused) -> int:
    """409 where somebody else was faster, else 403."""
    return 409 if isinstance(refused, Stale) else 403
