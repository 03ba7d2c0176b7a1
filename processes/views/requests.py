"""Change requests: asking for one, the lists of those who answer and of those who asked, one request and its answers."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.scope import scope_of
from organization.views.request import carry_out
from processes import change_requests as stories
from processes import policy, request_facts
from processes.access import may_see_revision
from processes.content import definition_of
from processes.models import ChangeRequest, ChangeRequestMove, Process, Revision
from processes.procedure import steps_of
from processes.querysets import ChangeRequestQuerySet
from processes.request_forms import AcceptForm, DeclineForm, MergeForm, MineFilter, SuggestForm, ToAnswerFilter
from processes.views.doors import person_of, process_or_404, refused
from worklist import policy as work_policy
from worklist.views.addresses import changed
from worklist.views.addresses import number as number_in
from worklist.views.tabs import tabs

ROWS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest, number: str) -> HttpResponse:
    """The form, `?step=` key `&revision=` ordinal of what is being read; without them the whole of what is in force."""
    process = process_or_404(request, number)
    revision = read_revision(request, process)
    answer = policy.may_suggest(process, revision)
    if not answer:
        return refused(request, answer.reason)
    definition, asked = definition_of(revision), request.GET.get("step", "")
    form = SuggestForm(request.POST or None, definition=definition, initial={"anchor": asked})
    done = carry_out(
        request, form, lambda given: stories.ask(process, revision=revision, by=person_of(request), now=timezone.now(), **given)
    )
    if done:
        messages.success(request, _("Thank you. The owner of the process has been asked; you are told what becomes of it."))
        return redirect("processes:change_request", number, done.pk)
    view = next((view for view in steps_of(definition) if view.step.key == asked), None)
    context = {"process": process, "revision": revision, "form": form, "view": view}
    return render(request, "processes/request_new.html", context, status=422 if form.errors else 200)


def read_revision(request: HttpRequest, process: Process) -> Revision:
    """What the reader reads: the one of `?revision=`, else what is in force."""
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process).select_related("frozen", "process")
    ordinal = number_in(request.GET.get("revision", ""))
    found = visible.filter(ordinal=ordinal).first() if ordinal else visible.in_force(timezone.now()).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_safe
def change_requests(request: HttpRequest) -> HttpResponse:
    """What readers ask for in the processes in which I write; what waits comes first."""
    scope = scope_of(request)
    may_answer = policy.may_answer_requests(person_of(request), scope)
    found = ChangeRequest.objects.to_answer(scope) if may_answer else ChangeRequest.objects.none()
    return _list(request, found, ToAnswerFilter(request.GET), mine=False)


@require_safe
def my_change_requests(request: HttpRequest) -> HttpResponse:
    """What I asked for, in whatever state."""
    return _list(request, ChangeRequest.objects.filter(asked_by=person_of(request)), MineFilter(request.GET), mine=True)


def _list(request: HttpRequest, found: ChangeRequestQuerySet, form: MineFilter, *, mine: bool) -> HttpResponse:
    """Newest first, in pages by falling number. Of a process that the reader may not see any more only its number is shown."""
    scope, before = scope_of(request), number_in(request.GET.get("before", ""))
    some = form.narrowed(found, scope)
    some = some.filter(pk__lt=before) if before else some
    rows = list(some.shown().order_by("-pk")[: ROWS + 1])
    visible = Process.objects.visible_to(scope).filter(pk__in={row.process_id for row in rows}).values_list("pk", flat=True)
    context = {
        "rows": rows[:ROWS],
        "visible": set(visible),
        "tones": request_facts.TONES,
        "form": form,
        "mine": mine,
        "tabs": tabs("requests", scope.person_id, leads=bool(work_policy.reach_of(scope))),
        "lists": [
            {"label": _("To answer"), "url": reverse("processes:change_requests"), "current": not mine},
            {"label": _("Asked by me"), "url": reverse("processes:my_change_requests"), "current": mine},
        ],
        "first_url": changed(request.GET, "before", "") if before else "",
        "next_url": changed(request.GET, "before", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
    }
    return render(request, "processes/requests.html", context)


@require_safe
def change_request(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One request, with the text of its step then and what has changed since."""
    return _page(request, _request(request, number, pk))


@require_POST
def accept(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Into the open draft, or a new one."""
    return _act(request, _request(request, number, pk), "accept", AcceptForm(request.POST))


@require_POST
def merge(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Joined with another one that asks for the same."""
    found = _request(request, number, pk)
    return _act(request, found, "merge", MergeForm(request.POST, request=found))


@require_POST
def decline(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """No, with a reason."""
    return _act(request, _request(request, number, pk), "decline", DeclineForm(request.POST))


@require_POST
def withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Its asker takes it back."""
    return _act(request, _request(request, number, pk), "withdraw", forms.Form(request.POST))


# What is done → its story, and what is said when it is done.
ACTS: Mapping[str, tuple[Callable[..., ChangeRequest], Promise]] = {
    "accept": (stories.accept, gettext_lazy("Accepted. The request stands in the draft, and its asker has been told.")),
    "merge": (stories.merge, gettext_lazy("Joined. Both askers are told what becomes of it.")),
    "decline": (stories.decline, gettext_lazy("Declined. The asker reads your reason.")),
    "withdraw": (stories.withdraw, gettext_lazy("Withdrawn. Nobody is asked any more.")),
}


def _act(request: HttpRequest, found: ChangeRequest, name: str, form: forms.Form) -> HttpResponse:
    story, said = ACTS[name]
    if carry_out(request, form, lambda given: story(found, by=person_of(request), now=timezone.now(), **given)):
        messages.success(request, str(said))
        return redirect("processes:change_request", found.process.number, found.pk)
    return _page(request, _request(request, found.process.number, found.pk), {name: form})


def _request(request: HttpRequest, number: str, pk: int) -> ChangeRequest:
    """For its asker, for those who answer, and for whoever reads the draft that takes it up; to everybody else there is none."""
    process, person, scope = process_or_404(request, number), person_of(request), scope_of(request)
    found: ChangeRequest = get_object_or_404(process.change_requests.shown().select_related("revision__frozen"), pk=pk)
    found.process = found.revision.process = process
    in_draft = found.state == ChangeRequest.State.ACCEPTED and found.draft is not None and may_see_revision(found.draft, scope)
    if not (found.asked_by_id == person.pk or in_draft or policy.may_contribute(person, process, scope)):
        raise Http404
    return found


def _page(request: HttpRequest, found: ChangeRequest, tried: dict[str, forms.Form] | None = None) -> HttpResponse:
    """`tried` is the form that was refused, under its name; what was typed stays."""
    person, tried = person_of(request), tried or {}
    answer = policy.may_contribute(person, found.process, scope_of(request))
    refusals = [error for form in tried.values() for error in form.non_field_errors()]
    context: dict[str, Any] = {
        "process": found.process,
        "asked": found,
        "place": request_facts.place(found, timezone.now()),
        "tones": request_facts.TONES,
        "moves": found.moves.select_related("by", "revision", "other"),
        "refusal": found.leading.moves.filter(name=ChangeRequestMove.Name.DECLINE).last(),
        "duplicates": found.duplicates.select_related("asked_by") if answer else (),
        "may_answer": answer,
        "may_withdraw": found.asked_by_id == person.pk and found.state == ChangeRequest.State.OPEN,
        "decline_form": tried.get("decline") or DeclineForm(),
        "merge_form": tried.get("merge") or MergeForm(request=found),
        "refusals": refusals,
    }
    return render(request, "processes/request.html", context, status=422 if tried else 200)
