"""Problem reports: one with a photo, the list of a process, one report with its answer."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.scope import scope_of
from organization.views.request import carry_out
from processes import policy
from processes import problems as stories
from processes.content import definition_of
from processes.models import ProblemReport
from processes.problem_forms import AnswerForm, ReportForm
from processes.procedure import steps_of
from processes.views.doors import person_of, process_or_404, refused
from processes.views.pictures import shown
from processes.views.requests import read_revision
from worklist.views.addresses import changed
from worklist.views.addresses import number as number_in

ROWS: Final = 50
State = ProblemReport.State
TONES: Final[Mapping[str, str]] = {
    State.OPEN.value: "warn",
    State.ANSWERED.value: "ok",
    State.ACCEPTED.value: "approved",
    State.CLOSED.value: "neutral",
}


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """The form, `?step=` key `&revision=` ordinal of what is being read."""
    process = process_or_404(request, number)
    revision = read_revision(request, process)
    answer = policy.may_suggest(process, revision)
    if not answer:
        return refused(request, answer.reason)
    definition, asked = definition_of(revision), request.GET.get("step", "")
    form = ReportForm(request.POST or None, request.FILES or None, definition=definition, initial={"anchor": asked})
    done = carry_out(
        request, form, lambda given: stories.report(process, revision=revision, by=person_of(request), now=timezone.now(), **given)
    )
    if done:
        messages.success(request, _("Thank you. The owner has been told, and you are told what becomes of it."))
        return redirect("processes:problem", number, done.pk)
    view = next((view for view in steps_of(definition) if view.step.key == asked), None)
    context = {"process": process, "revision": revision, "form": form, "view": view}
    return render(request, "processes/problem_new.html", context, status=422 if form.errors else 200)


@require_safe
def problems(request: HttpRequest, number: str) -> HttpResponse:
    """Those of a process: all of them for whoever answers, one's own for everybody else; newest first."""
    process, before = process_or_404(request, number), number_in(request.GET.get("before", ""))
    may_answer = policy.may_answer_problem(person_of(request), process, scope_of(request))
    found = process.problem_reports.all() if may_answer else process.problem_reports.filter(reported_by=person_of(request))
    found = found.filter(pk__lt=before) if before else found
    rows = list(found.select_related("reported_by").order_by("-pk")[: ROWS + 1])
    context = {
        "process": process,
        "rows": rows[:ROWS],
        "tones": TONES,
        "may_answer": may_answer,
        "previous_url": changed(request.GET, "before", "") if before else "",
        "next_url": changed(request.GET, "before", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
    }
    return render(request, "processes/problems.html", context)


@require_safe
def problem(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One report, with its step as it was read."""
    return _page(request, _problem(request, number, pk), AnswerForm(initial={"act": "answer"}))


# What is done → its story, and what is said when it is done.
ACTS: Mapping[str, tuple[Callable[..., ProblemReport], Promise]] = {
    "answer": (stories.answer, gettext_lazy("Answered. The reporter reads it.")),
    "accept": (stories.accept, gettext_lazy("It is a change request now. The reporter has been told.")),
    "close": (stories.close, gettext_lazy("Closed. The reporter reads your reason.")),
}


@require_POST
def answer(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What becomes of it."""
    found, form = _problem(request, number, pk), AnswerForm(request.POST)

    def story(given: dict[str, Any]) -> ProblemReport:
        return ACTS[given["act"]][0](found, by=person_of(request), now=timezone.now(), text=given["text"])

    if carry_out(request, form, story):
        messages.success(request, str(ACTS[form.cleaned_data["act"]][1]))
        return redirect("processes:problem", number, pk)
    return _page(request, _problem(request, number, pk), form, status=422)


@require_safe
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Its photo, for whoever reads the report."""
    picture = _problem(request, number, pk).photo
    if picture is None:
        raise Http404
    return shown(picture)


def _problem(request: HttpRequest, number: str, pk: int) -> ProblemReport:
    """For its reporter and for those who answer; to everybody else there is none."""
    process, person = process_or_404(request, number), person_of(request)
    rows = process.problem_reports.select_related("revision__frozen", "reported_by", "answered_by", "request")
    found: ProblemReport = get_object_or_404(rows, pk=pk)
    found.process = found.revision.process = process
    if found.reported_by_id != person.pk and not policy.may_answer_problem(person, process, scope_of(request)):
        raise Http404
    return found


def _page(request: HttpRequest, found: ProblemReport, form: AnswerForm, status: int = 200) -> HttpResponse:
    steps = steps_of(definition_of(found.revision))
    may_answer = policy.may_answer_problem(person_of(request), found.process, scope_of(request))
    context = {
        "process": found.process,
        "problem": found,
        "view": next((view for view in steps if view.step.key == found.anchor), None),
        "tones": TONES,
        "form": form,
        "may_answer": may_answer and found.state == State.OPEN,
    }
    return render(request, "processes/problem.html", context, status=status)
