"""What comes with the portal to learn from: the quiz and the exercise of level 1, in every language of the portal.

A page only reads the files; the first answers write down the version that was shown, so that they stay explainable.
"""

import datetime as dt
import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from organization.models import Person
from organization.remembering import remembered
from processes.canonical import canonical_json
from training import quiz as pure
from training import quiz_attempts, quizzes, sheets
from training.exercise import Exercise, Feedback, graded
from training.models import Quiz, QuizAttempt, QuizVersion

FOLDER: Final = Path(__file__).parent / "shipped"
QUIZ, EXERCISE = "level-1", "level-1-exercise"


@cache
def _read(name: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.{language}.json").read_text(encoding="utf-8"))
    return found


def _known(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else "en"


def quiz(language: str) -> pure.Quiz:
    """The quiz of level 1."""
    return pure.from_json(_read(QUIZ, _known(language)))


def exercise(language: str) -> Exercise:
    """The exercise of level 1."""
    kept = _read(EXERCISE, _known(language))
    words = {name: tuple(map(tuple, kept[name])) for name in ("words", "roles")}
    return Exercise(kept["title"], tuple(kept["story"]), kept["solution"], **words)


def language_of(name: str) -> str:
    """In which language a page was shown."""
    return _known(name.rpartition("-")[0])


def hand_in(answers: pure.Answers, *, by: Person, now: dt.datetime, token: str) -> QuizAttempt:
    """One attempt at the quiz; the same page sent twice is one attempt. Raises Stale where the page is not this person's."""
    sheet = sheets.read(token, by, None, now)
    with transaction.atomic():
        kept = _kept(QUIZ, by, now)
        known = QuizAttempt.objects.filter(person=by, sheet=sheet.name).first()
        if known is not None:
            return known
        language = language_of(sheet.name)
        version = quizzes.version_of(kept, quiz(language), by=None, now=now, language=language)
        return quiz_attempts.record(kept, replace(sheet, version=version.pk), answers, by=by, now=now, revision=None)


def draw(typed: str, *, by: Person, now: dt.datetime, token: str) -> Feedback:
    """What is said of the drawing; that it was handed in is kept, once for each page and text."""
    sheet = sheets.read(token, by, None, now)
    language = language_of(sheet.name)
    feedback = graded(exercise(language), typed)
    name = f"{sheet.name}-{hashlib.sha256(typed.encode(errors='replace')).hexdigest()[:6]}"[-32:]
    with transaction.atomic():
        kept = _kept(EXERCISE, by, now)
        if not QuizAttempt.objects.filter(person=by, sheet=name).exists():
            QuizAttempt.objects.create(
                person=by, version=_version(kept, language, now), sheet=name, answers={"steps": typed}, score=feedback.percent,
                passed=feedback.passed, started_at=sheet.started_at, ended_at=now,
            )  # fmt: skip
    return feedback


def _kept(name: str, by: Person, now: dt.datetime) -> Quiz:
    """The row of what comes with the portal, locked; made with the first answers."""
    found = Quiz.objects.select_for_update().filter(shipped=name).first()
    if found is None:
        new = Quiz(shipped=name)
        with remembered(new, by=by, now=now, reason=""), suppress(IntegrityError), transaction.atomic():
            new.save()  # or somebody did the same at the same moment
        found = Quiz.objects.select_for_update().get(shipped=name)
    return found


def _version(kept: Quiz, language: str, now: dt.datetime) -> QuizVersion:
    content = json.loads(json.dumps(asdict(exercise(language))))
    sha256 = hashlib.sha256(canonical_json(content)).hexdigest()
    last = kept.versions.filter(language=language).first()
    if last is not None and last.sha256 == sha256:
        return last
    newest = kept.versions.values_list("number", flat=True).first() or 0
    return QuizVersion.objects.create(quiz=kept, number=newest + 1, content=content, sha256=sha256, language=language, published_at=now)
