"""Stories of a process's quiz: write it, put it into use, take it out of use. What is in use is a version that nobody changes."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from processes import policy
from processes.canonical import canonical_json
from processes.models import Process
from training import quiz as pure
from training.models import Quiz, QuizVersion
from training.quiz_words import sentence


def of_process(process: Process) -> Quiz | None:
    """The quiz of a process, in use or not."""
    return Quiz.objects.select_related("in_use", "process").filter(process=process).first()


def draft_of(quiz: Quiz | None) -> pure.Quiz:
    """What is being written; what is in use where nothing was written since."""
    return pure.from_json(quiz.draft) if quiz else pure.Quiz()


def differs(quiz: Quiz) -> bool:
    """Whether what is written is another than what is in use."""
    return quiz.in_use is None or quiz.in_use.sha256 != fingerprint(draft_of(quiz))


def fingerprint(content: pure.Quiz) -> str:
    """The hash of a quiz."""
    return hashlib.sha256(canonical_json(pure.to_json(content))).hexdigest()


def set_terms(process: Process, terms: pure.Quiz, *, again: bool, by: Person, now: dt.datetime, seen: int) -> Quiz:
    """Pass mark, attempts, waiting time, order, and whether it is asked for every version. The questions stay."""

    def change(content: pure.Quiz) -> pure.Quiz:
        return replace(terms, questions=content.questions, title=content.title)

    return _change(process, change, by=by, now=now, seen=seen, again=again)


def put_question(process: Process, question: pure.Question, *, by: Person, now: dt.datetime, seen: int) -> Quiz:
    """A new question, or the new words of the one with this key. What is not complete yet is kept all the same."""

    def change(content: pure.Quiz) -> pure.Quiz:
        if content.question(question.key) is None:
            if len(content.questions) >= pure.QUESTIONS_AT_MOST:
                raise Refused(_("A quiz has at most %(most)d questions.") % {"most": pure.QUESTIONS_AT_MOST})
            return replace(content, questions=(*content.questions, question))
        return replace(content, questions=tuple(question if one.key == question.key else one for one in content.questions))

    return _change(process, change, by=by, now=now, seen=seen)


def remove_question(process: Process, key: str, *, by: Person, now: dt.datetime, seen: int) -> Quiz:
    """Takes a question out of what is being written."""
    return _change(
        process,
        lambda content: replace(content, questions=tuple(one for one in content.questions if one.key != key)),
        by=by, now=now, seen=seen,
    )  # fmt: skip


def publish(process: Process, *, by: Person, now: dt.datetime, seen: int) -> QuizVersion:
    """Puts what is written into use. Raises Refused with every fault and what to do about it."""
    with transaction.atomic():
        quiz = _locked(process, by, now, seen)
        content = draft_of(quiz)
        faults = pure.faults(content)
        if faults:
            raise Refused(" ".join(map(sentence, faults)))
        made = version_of(quiz, content, by=by, now=now, language=process.language)
        if quiz.in_use_id != made.pk:
            quiz.in_use = made
            quiz.version += 1
            with remembered(quiz, by=by, now=now, reason=""):
                quiz.save()
    return made


def version_of(quiz: Quiz, content: pure.Quiz, *, by: Person | None, now: dt.datetime, language: str) -> QuizVersion:
    """The newest version where it says just this, else a new one. The quiz is locked."""
    last = quiz.versions.filter(language=language).order_by("-number").first()
    sha256 = fingerprint(content)
    if last is not None and last.sha256 == sha256:
        return last
    newest = quiz.versions.order_by("-number").values_list("number", flat=True).first() or 0
    kept = pure.to_json(content)
    return QuizVersion.objects.create(
        quiz=quiz, number=newest + 1, content=kept, sha256=sha256, language=language, published_by=by, published_at=now
    )


def take_out(process: Process, *, by: Person, now: dt.datetime, seen: int) -> Quiz:
    """From now on nobody is asked; what was answered stays on record, and what is written can be put into use again."""
    with transaction.atomic():
        quiz = _locked(process, by, now, seen)
        if quiz.in_use is not None:
            quiz.in_use = None
            quiz.version += 1
            with remembered(quiz, by=by, now=now, reason=""):
                quiz.save()
    return quiz


def _change(
    process: Process, change: Callable[[pure.Quiz], pure.Quiz], *, by: Person, now: dt.datetime, seen: int, again: bool | None = None
) -> Quiz:
    with transaction.atomic():
        quiz = _locked(process, by, now, seen, make=True)
        quiz.draft = json.loads(json.dumps(pure.to_json(change(draft_of(quiz)))))
        quiz.version += 1
        if again is not None:
            quiz.again = again
        with remembered(quiz, by=by, now=now, reason=""):
            quiz.save()
    return quiz


def _locked(process: Process, by: Person, now: dt.datetime, seen: int, *, make: bool = False) -> Quiz:
    """The quiz for somebody who may write it, as they saw it."""
    process = Process.objects.select_for_update().get(pk=process.pk)
    insist(policy.may_change_metadata(by, process, scope(by, today(now))))
    quiz = Quiz.objects.select_for_update(of=("self",)).select_related("in_use").filter(process=process).first()
    if quiz is None and not make:
        raise Refused(_("This process has no quiz yet. Add a question first."))
    if (quiz.version if quiz else 0) != seen:
        raise Stale(_("Somebody changed this quiz meanwhile. Nothing was saved; look at it as it is now, then change it again."))
    return quiz or Quiz(process=process, draft=pure.to_json(pure.Quiz()))
