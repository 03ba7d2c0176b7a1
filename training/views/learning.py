"""Learn: level 1. The quiz and the exercise that come with the portal; their results are evidence for the first level."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.views.request import person_of
from processes.finding_texts import sentence
from processes.flowchart.findings import find
from training import quiz as pure
from training import sheets, shipping
from training.models import QuizAttempt
from training.quiz_forms import answers_in, as_asked
from training.typed_steps import LONGEST, chart_of, definition_of

ROWS = 10


@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    """What there is to learn, and how one stands."""
    mine = QuizAttempt.objects.filter(person=person_of(request), version__quiz__shipped__isnull=False).select_related("version__quiz")
    newest = list(mine[:ROWS])
    passed = {one.version.quiz.shipped for one in mine.filter(passed=True)}
    context = {
        "attempts": newest,
        "quiz_passed": shipping.QUIZ in passed,
        "exercise_passed": shipping.EXERCISE in passed,
        "questions": len(shipping.quiz(get_language() or "").questions),
        "EXERCISE": shipping.EXERCISE,
    }
    return render(request, "training/learn.html", context)


def learn_quiz(request: HttpRequest) -> HttpResponse:
    """The questions of level 1; as many attempts as one wants."""
    person, now = person_of(request), timezone.now()
    name, status, post, missing = sheets.new_in(get_language() or "en"), 200, None, frozenset[str]()
    token = sheets.token(name, person, None, None, now)
    context: dict[str, Any] = {}
    if request.method == "POST":
        status, post, given = 422, request.POST, request.POST.get("sheet", "")
        try:
            sheet = sheets.read(given, person, None, now)
            name, token = sheet.name, given
            answers, missing = answers_in(post, shipping.quiz(shipping.language_of(name)).questions)
            if not missing:
                return redirect("training:quiz_attempt", shipping.hand_in(answers, by=person, now=now, token=given).pk)
        except Refused as refused:
            context["refused"] = str(refused)
    content = shipping.quiz(shipping.language_of(name))
    shown = as_asked(pure.asked(content, name), post, missing)
    context |= {"content": content, "asked": shown, "sheet": token, "missing": len(missing)}
    return render(request, "training/learn_quiz.html", context, status=status)


def learn_exercise(request: HttpRequest) -> HttpResponse:
    """A described process: its steps are typed, drawn while typing, and graded with a word to each point."""
    person, now, typed = person_of(request), timezone.now(), request.POST.get("steps", "")[:LONGEST]
    name = sheets.new_in(get_language() or "en")
    token = sheets.token(name, person, None, None, now)
    context: dict[str, Any] = {}
    if request.method == "POST" and typed.strip():
        try:
            given = request.POST.get("sheet", "")
            name = sheets.read(given, person, None, now).name
            context["feedback"] = shipping.draw(typed, by=person, now=now, token=given)
            token = given
        except Refused as refused:
            context["refused"] = str(refused)
    told = shipping.exercise(shipping.language_of(name))
    context |= {
        "exercise": told,
        "typed": typed,
        "sheet": token,
        **_drawn(typed),
        "nothing": request.method == "POST" and not typed.strip(),
    }
    return render(request, "training/learn_exercise.html", context, status=422 if context["nothing"] or "refused" in context else 200)


@require_POST
def learn_drawing(request: HttpRequest) -> HttpResponse:
    """The drawing of what is typed, with what the lint finds; nothing is kept."""
    return render(request, "training/_drawing.html", _drawn(request.POST.get("steps", "")[:LONGEST]))


def _drawn(typed: str) -> dict[str, object]:
    definition = definition_of(typed)
    numbers = definition.numbers()
    found = [(one.level, sentence(one, numbers)) for one in find(definition)] if definition.steps else []
    return {"chart": chart_of(typed, _("Your flowchart")), "findings": found}
