"""What people do in a conversation: say something, answer, settle, open again, overrule; and whom they may name."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import answering, comments, mentions, talk_policy
from approvals.mentions import Said
from approvals.models import ApprovalCase, Comment
from approvals.talk_forms import CommentForm
from approvals.views.discussion import discussion_page
from approvals.views.page import Kept, Request, review_page, status_of, tell_who_was_not_told, visible
from organization.refusals import Refused
from organization.scope import scope_of
from processes.content import frozen_definition
from processes.models import Revision

Act = Callable[..., Said | None]


def _settle(comment: Comment, *, text: str, **who: object) -> None:
    comments.resolve(comment, word=text, **who)  # type: ignore[arg-type]


def _reopen(comment: Comment, *, text: str, **who: object) -> None:
    comments.reopen(comment, reason=text, **who)  # type: ignore[arg-type]


def _overrule(comment: Comment, *, text: str, **who: object) -> None:
    answering.overrule(comment, reason=text, **who)  # type: ignore[arg-type]


def _take_back(comment: Comment, *, text: str, **who: object) -> None:
    comments.take_back(comment, **who)  # type: ignore[arg-type]


ACTS: Mapping[str, Act] = {
    "answer": comments.reply, "reword": comments.reword, "settle": _settle, "reopen": _reopen, "overrule": _overrule,
    "take-back": _take_back,
}  # fmt: skip


@require_POST
def comment(request: Request, case: int) -> HttpResponse:
    """Adds a remark to a review."""
    found = visible(request, case)
    form = CommentForm(request.POST, definition=frozen_definition(found.content))
    if not form.is_valid():
        return review_page(request, found, comment_form=form, status=422)
    try:
        said = comments.say(found, form.words, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return review_page(request, found, comment_form=form, status=status_of(refused))
    tell_who_was_not_told(request, said)
    return redirect(comments.address(said.comment).replace("#", "?whole#") if "whole" in request.GET else comments.address(said.comment))


@require_POST
def act_on_comment(request: Request, comment: int, act: str) -> HttpResponse:
    """Does one thing with a thread; refused, its page comes again with what was typed."""
    found = _visible_comment(request, comment)
    if act not in ACTS:
        raise Http404
    text = request.POST.get("text", "")
    try:
        said = ACTS[act](found, text=text, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return _its_page(request, found, Kept(found.pk, act, text), status_of(refused))
    if said is not None:
        tell_who_was_not_told(request, said)
    thread = found.parent or found
    case = _open_case(thread.revision)
    place = comments.address(Comment(pk=thread.pk, case=case, revision=thread.revision))
    return redirect(place.replace("#", "?whole#") if case and "whole" in request.GET else place)


@require_GET
def people(request: Request, number: str) -> HttpResponse:
    """`?q=cla` → {"people": [{"login", "name"}]}: who may see what is talked about, for suggestions as one types."""
    revisions = Revision.objects.whose_review_is_visible_to(scope_of(request)).filter(process__number=number)
    revision = get_object_or_404(revisions.select_related("process").order_by("-ordinal")[:1])
    found = mentions.suggestions(revision, request.GET.get("q", "")[:80], timezone.now())
    return JsonResponse({"people": [{"login": person.login, "name": person.name} for person in found]})


@require_http_methods(["GET", "HEAD", "POST"])
def action(request: Request, comment: int) -> HttpResponse:
    """A comment that was made an action; whoever owes it says that it is done."""
    found = _visible_comment(request, comment)
    if found.action is None:
        raise Http404
    word, status, refusal = request.POST.get("word", ""), 200, ""
    if request.method == "POST":
        try:
            answering.finish(found, by=request.user, now=timezone.now(), word=word)
        except Refused as refused:
            status, refusal = status_of(refused), str(refused)
        else:
            messages.success(request, _("Done: whoever raised it can read it in the review."))
            return redirect("approvals:comment_action", found.pk)
    context = {
        "comment": found, "process": found.revision.process, "word": word, "refusal": refusal, "moves": found.moves.select_related("by"),
        "may_finish": found.is_open and talk_policy.may_finish(found, scope_of(request)),
    }  # fmt: skip
    return render(request, "approvals/action.html", context, status=status)


def _visible_comment(request: Request, pk: int) -> Comment:
    revisions = Revision.objects.whose_review_is_visible_to(scope_of(request))
    found = Comment.objects.filter(revision__in=revisions)
    of_it = ("revision__process__department", "author", "parent", "action", "action_position", "resolved_by")
    comment: Comment = get_object_or_404(found.select_related(*of_it), pk=pk)
    return comment


def _open_case(revision: Revision) -> ApprovalCase | None:
    return ApprovalCase.objects.open().filter(revision=revision).first()


def _its_page(request: Request, comment: Comment, kept: Kept, status: int) -> HttpResponse:
    """Where the revision is talked about now; once that is over, where the comment was made."""
    case = _open_case(comment.revision)
    if case is None and comment.revision.state == Revision.State.DRAFT:
        return discussion_page(request, comment.revision, status=status, kept=kept)
    newest = case or comment.revision.cases.first()
    if newest is None:  # a draft that was discarded before anybody submitted it
        raise Http404
    return review_page(request, visible(request, newest.pk), status=status, kept=kept)
