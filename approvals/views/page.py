"""The review page, as every act on a case shows it again, and the case that a person may see."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import mark_forms, review
from approvals.act_forms import AnswerForm
from approvals.forms import DecisionForm, NameForm
from approvals.marks import Missing
from approvals.mentions import Said
from approvals.models import ApprovalCase
from approvals.moving import AUTHORS
from approvals.since import since
from approvals.talk_forms import CommentForm, named
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from processes.access import may_see


class Request(HttpRequest):
    """A request of somebody signed in: every page here stands behind the login."""

    user: Person


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody typed into a thread and could not be done: it stands there again."""

    comment: int
    act: str
    text: str


def visible(request: Request, case: int) -> ApprovalCase:
    """The case, where this person may see it; else 404."""
    cases = ApprovalCase.objects.visible_to(scope_of(request))
    found: ApprovalCase = get_object_or_404(
        cases.select_related(
            "revision__process__department", "content", "submitted_by", "route", "package", "replacement"
        ).prefetch_related(AUTHORS),
        pk=case,
    )
    return found


def review_page(request: Request, case: ApprovalCase, *, status: int = 200, **more: Any) -> HttpResponse:
    """The review page. `more` are forms that came back with errors, by the name that the template gives them, and `kept` words."""
    page = review.of_case(case, request.user, scope_of(request), timezone.now(), mark_forms.typed(request.POST))
    context = {
        "page": page,
        "case": case,
        "process": case.revision.process,
        "whole": "whole" in request.GET or page.change.base is None,
        "decision_form": DecisionForm(request=request if page.mine and page.mine.seat.stage.needs_signature else None),
        "comment_form": CommentForm(
            definition=page.change.definition, may_block=page.talk.may_block, initial={"anchor": request.GET.get("at", "")}
        ),
        "talk": page.talk,
        "since": since(case, page.change.definition, request.user),
        "named": named(request.POST),
        "may_dispose": page.mine is not None or page.talk.wrote,
        "titled": case.replacement is not None and may_see(case.replacement, scope_of(request)),
        "query": "?whole" if "whole" in request.GET else "",
        "name_form": NameForm(),
        "answer_form": AnswerForm(auto_id="advice_%s"),
        **more,
    }
    return render(request, "approvals/case.html", context, status=status)


def refused_page(request: Request, case: ApprovalCase, refused: Refused) -> HttpResponse:
    """The review page with what stood in the way."""
    messages.error(request, str(refused))
    return review_page(request, case, status=status_of(refused))


def tell_who_was_not_told(request: HttpRequest, said: Said) -> None:
    """Whoever names somebody who hears nothing of it has to know."""
    if said.not_told:
        messages.warning(request, _("Not told, because they may not see the draft: %(names)s") % {"names": ", ".join(said.not_told)})


def status_of(refused: Refused) -> int:
    """409 where somebody else was faster, 422 where a word is missing, else 403."""
    if isinstance(refused, Missing):
        return 422
    return 409 if isinstance(refused, Stale) else 403
