"""Taking the quiz of a procedure, and what came of it. Answers that are not complete come back as they were given."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import person_of
from processes.content import definition_of
from processes.models import Revision
from training import quiz as pure
from training import quiz_attempts, sheets, shipping
from training.models import QuizAttempt, QuizVersion
from training.quiz_forms import answers_in, as_asked


def take_quiz(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """The questions of the quiz in use; whoever may not try now is told why."""
    person, now = person_of(request), timezone.now()
    visible = Revision.objects.visible_to(scope_of(request)).select_related("process", "frozen")
    revision = get_object_or_404(visible.filter(state=Revision.State.APPROVED), process__number=number, ordinal=ordinal)
    quiz = quiz_attempts.open_for(revision)
    stands = quiz_attempts.standing(quiz, person, revision, now) if quiz else None
    context = {"process": revision.process, "revision": revision, "stands": stands, "quiz": quiz}
    if quiz is None or quiz.in_use is None or (request.method != "POST" and not stands):
        return render(request, "training/quiz_take.html", context)
    status, post = 200, None
    version, name, missing = quiz.in_use, sheets.new(quiz.in_use), frozenset[str]()
    token = sheets.token(name, person, version, revision, now)
    if request.method == "POST":
        status, post, given = 422, request.POST, request.POST.get("sheet", "")
        try:
            sheet = sheets.read(given, person, revision, now)
            version = QuizVersion.objects.filter(quiz=quiz, pk=sheet.version).first() or version
            answers, missing = answers_in(post, pure.from_json(version.content).questions)
            name, token = sheet.name, given
            if not missing:
                made = quiz_attempts.hand_in(revision, answers, by=person, now=now, token=given)
                return redirect("training:quiz_attempt", made.pk)
        except Refused as refused:
            context["refused"] = str(refused)
    content = pure.from_json(version.content)
    context |= {"content": content, "asked": as_asked(pure.asked(content, name), post, missing), "sheet": token, "missing": len(missing)}
    return render(request, "training/quiz_take.html", context, status=status)


def quiz_attempt(request: HttpRequest, attempt: int) -> HttpResponse:
    """One's own result: what was wrong, why, and the step that answers it. The right answers are shown to whoever has passed."""
    mine = QuizAttempt.objects.filter(person=person_of(request)).select_related("version__quiz__process", "revision__process")
    found = get_object_or_404(mine.select_related("revision__frozen", "version__quiz__in_use"), pk=attempt)
    quiz = found.version.quiz
    if quiz.shipped == shipping.EXERCISE:
        return redirect("training:learn_exercise")
    content = pure.from_json(found.version.content)
    revision = found.revision
    seen = revision is not None and Revision.objects.visible_to(scope_of(request)).filter(pk=revision.pk).exists()
    names = {one.key: one.name for one in definition_of(revision).steps} if revision is not None and seen else {}
    grade = pure.grade(content, found.answers)
    rows = [
        (n, one, one.key not in grade.wrong, names.get(one.step, ""), _chosen(one, found.answers))
        for n, one in enumerate(content.questions, 1)
    ]
    stands = quiz_attempts.standing(quiz, person_of(request), revision, timezone.now()) if quiz.in_use else None
    context = {
        "attempt": found,
        "rows": rows,
        "grade": grade,
        "content": content,
        "revision": revision if seen else None,
        "stands": stands,
    }
    return render(request, "training/quiz_attempt.html", context)


def _chosen(question: pure.Question, answers: pure.Answers) -> str:
    texts = {one.key: one.text for one in question.choices}
    chosen = [texts[key] for key in answers.get(question.key, ()) if key in texts]
    return (" → " if question.kind == pure.ORDER else " · ").join(chosen)
