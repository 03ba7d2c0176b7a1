"""Pages of those who write a quiz: its questions and terms, putting it into use, and what readers find hard."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes.content import definition_of
from processes.definition import Definition
from processes.models import Process, Revision
from processes.policy import may_change_metadata
from training import policy, quiz_attempts, quizzes
from training import quiz as pure
from training.models import Quiz, QuizAttempt
from training.quiz_forms import QuestionForm, TermsForm, UnlockForm, initial_of
from training.quiz_words import KINDS, sentence

ATTEMPTS = 2000
"""The newest attempts of which pass rates are counted."""


def _process(request: HttpRequest, number: str) -> Process:
    found: Process = get_object_or_404(Process.objects.visible_to(scope_of(request)).select_related("department"), number=number)
    return found


def _content(request: HttpRequest, process: Process) -> Definition | None:
    """The newest text whose steps answer questions."""
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process).select_related("frozen", "process")
    found = visible.to_read(timezone.now()).first() or visible.open().first()
    return definition_of(found) if found else None


@require_safe
def quiz(request: HttpRequest, number: str) -> HttpResponse:
    """The quiz of a process with all answers: for whoever answers for the process; others are told whom to ask."""
    return _editor(request, _process(request, number))


def _editor(request: HttpRequest, process: Process, form: TermsForm | None = None) -> HttpResponse:
    answer = may_change_metadata(person_of(request), process, scope_of(request))
    if not answer:
        return render(request, "training/quiz_closed.html", {"process": process, "reason": answer.reason}, status=403)
    found = quizzes.of_process(process)
    content = quizzes.draft_of(found)
    seen = found.version if found else 0
    terms = {name: getattr(content, name) for name in ("pass_mark", "attempts", "wait", "shuffled")}
    context = {
        "process": process,
        "quiz": found,
        "questions": content.questions,
        "kinds": dict(KINDS),
        "faults": [sentence(fault) for fault in pure.faults(content)],
        "form": form or TermsForm(initial={**terms, "again": bool(found and found.again), "seen": seen}),
        "seen": seen,
        "differs": bool(found and quizzes.differs(found)),
        "open_terms": form is not None,
    }
    return render(request, "training/quiz.html", context, status=422 if form and form.errors else 200)


@require_POST
def quiz_terms(request: HttpRequest, number: str) -> HttpResponse:
    """Pass mark, attempts and order."""
    process = _process(request, number)
    form = TermsForm(request.POST)
    saved = carry_out(
        request, form, lambda data: quizzes.set_terms(
            process, form.terms(), again=data["again"], by=person_of(request), now=timezone.now(), seen=data["seen"]
        ),
    )  # fmt: skip
    if saved:
        messages.success(request, _("Saved. It holds when you put the quiz into use."))
        return redirect("training:quiz", number)
    return _editor(request, process, form)


def question(request: HttpRequest, number: str, key: str = "") -> HttpResponse:
    """A new question, or one that is changed."""
    process = _process(request, number)
    answer = may_change_metadata(person_of(request), process, scope_of(request))
    if not answer:
        return render(request, "training/quiz_closed.html", {"process": process, "reason": answer.reason}, status=403)
    found = quizzes.of_process(process)
    known = quizzes.draft_of(found).question(key)
    if key and known is None:
        raise Http404
    initial = {"seen": found.version if found else 0, **(initial_of(known) if known else {})}
    form = QuestionForm(request.POST or None, initial=initial, content=_content(request, process))
    saved = carry_out(
        request, form, lambda data: quizzes.put_question(
            process, form.question(key), by=person_of(request), now=timezone.now(), seen=data["seen"]
        ),
    )  # fmt: skip
    if saved:
        messages.success(request, _("Saved."))
        return redirect("training:new_question" if "another" in request.POST else "training:quiz", number)
    context = {"process": process, "form": form, "key": key}
    return render(request, "training/quiz_question.html", context, status=422 if form.errors else 200)


def _seen(request: HttpRequest) -> int:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


@require_POST
def remove_question(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Takes one out."""
    process = _process(request, number)
    try:
        quizzes.remove_question(process, key, by=person_of(request), now=timezone.now(), seen=_seen(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:quiz", number)


@require_POST
def publish_quiz(request: HttpRequest, number: str) -> HttpResponse:
    """Puts what is written into use."""
    process = _process(request, number)
    try:
        made = quizzes.publish(process, by=person_of(request), now=timezone.now(), seen=_seen(request))
    except Stale as stale:
        messages.warning(request, str(stale))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Version %(number)d is in use: whoever confirms the procedure passes it first.") % {"number": made.number}
        )
    return redirect("training:quiz", number)


@require_POST
def take_out_quiz(request: HttpRequest, number: str) -> HttpResponse:
    """From now on nobody is asked."""
    process = _process(request, number)
    try:
        quizzes.take_out(process, by=person_of(request), now=timezone.now(), seen=_seen(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The quiz is out of use. What was answered stays on record."))
    return redirect("training:quiz", number)


@require_safe
def quiz_results(request: HttpRequest, number: str) -> HttpResponse:
    """How often each question was answered rightly: what the procedure fails to say. No names, no ranking."""
    process = _process(request, number)
    answer = may_change_metadata(person_of(request), process, scope_of(request))
    if not answer:
        return render(request, "training/quiz_closed.html", {"process": process, "reason": answer.reason}, status=403)
    found = get_object_or_404(Quiz.objects.select_related("in_use"), process=process)
    version = found.in_use or found.versions.first()
    attempts = QuizAttempt.objects.filter(version=version).order_by("-ended_at", "-pk") if version else QuizAttempt.objects.none()
    rows = list(attempts.values_list("answers", "passed")[:ATTEMPTS])
    content = pure.from_json(version.content) if version else pure.Quiz()
    rates = pure.pass_rates(content, [answers for answers, _passed in rows])
    shown = [(n, one, *rates[one.key]) for n, one in enumerate(content.questions, 1)]
    context = {
        "process": process,
        "version": version,
        "attempts": len(rows),
        "passed": sum(passed for _answers, passed in rows),
        "questions": sorted(shown, key=lambda row: (row[2] / row[3] if row[3] else 1, row[0])),
        "content": content,
    }
    return render(request, "training/quiz_results.html", context)


def quiz_unlock(request: HttpRequest, number: str, person: int) -> HttpResponse:
    """Somebody has no attempt left: talk, and open further ones."""
    process = _process(request, number)
    found = get_object_or_404(Quiz.objects.select_related("in_use", "process"), process=process)
    reader = get_object_or_404(Person.objects.filter(quiz_attempts__version__quiz=found).distinct(), pk=person)
    answer = policy.may_unlock(person_of(request), process, reader, timezone.now())
    if not answer:
        return render(request, "training/quiz_closed.html", {"process": process, "reason": answer.reason}, status=403)
    form = UnlockForm(request.POST or None)
    if carry_out(request, form, lambda data: quiz_attempts.unlock(found, reader, by=person_of(request), now=timezone.now(), **data)):
        messages.success(request, _("%(name)s has further attempts.") % {"name": reader.name})
        return redirect("training:quiz_results", number)
    revision = Revision.objects.to_read(timezone.now()).filter(process=process).select_related("frozen").first()
    stands = quiz_attempts.standing(found, reader, revision, timezone.now())
    context = {"process": process, "reader": reader, "form": form, "stands": stands}
    return render(request, "training/quiz_unlock.html", context, status=422 if form.errors else 200)
