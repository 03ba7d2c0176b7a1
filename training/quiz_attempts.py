"""Taking a quiz: how a person stands, handing in answers, further attempts; and what an acknowledgement waits for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from organization.calendar import add_working_days, today
from organization.models import Person, Position
from organization.phrases import Phrase
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.models import Process, Revision
from training import policy, sheets
from training import quiz as pure
from training.models import Quiz, QuizAttempt, QuizUnlock, QuizVersion
from worklist.items import raise_item, settle
from worklist.models import WorkItem

WORKING_DAYS_TO_UNLOCK = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with a quiz. `left` is None where attempts are not limited; `again_at`: not before then."""

    passed: QuizAttempt | None
    last: QuizAttempt | None
    used: int
    left: int | None
    again_at: dt.datetime | None = None

    def __bool__(self) -> bool:
        """Whether an attempt may be made now."""
        return self.passed is None and self.left != 0 and self.again_at is None

    @property
    def why_not(self) -> str:
        """What is told to somebody who may not try now."""
        if self.passed is not None:
            return _("You have passed this quiz.")
        if self.left == 0:
            return _("You have no attempt left. The department's process manager was asked to talk with you and to open further attempts.")
        if self.again_at is not None:
            return _("Read the procedure again first; the next attempt is open a while after the last one.")
        return ""


def standing(quiz: Quiz, person: Person, revision: Revision | None, now: dt.datetime) -> Standing:
    """In three queries. A quiz that is asked for every version counts what was answered for this content only."""
    counted = _counted(quiz, person, revision)
    passed = counted.filter(passed=True).first()
    unlocked = quiz.unlocks.filter(person=person).first()
    tried = counted.filter(ended_at__gt=unlocked.at) if unlocked else counted
    used, last = tried.count(), counted.first()
    terms = pure.from_json(quiz.in_use.content) if quiz.in_use else pure.Quiz()
    left = max(0, terms.attempts - used) if terms.attempts else None
    open_at = last.ended_at + dt.timedelta(hours=terms.wait) if last and used else None
    return Standing(passed, last, used, left, open_at if open_at and open_at > now else None)


def _counted(quiz: Quiz, person: Person, revision: Revision | None) -> QuerySet[QuizAttempt]:
    found = QuizAttempt.objects.filter(version__quiz=quiz, person=person).select_related("version")
    return found.filter(content=revision.frozen_id) if quiz.again and revision is not None else found


def open_for(revision: Revision) -> Quiz | None:
    """The quiz that is in use for this revision's process."""
    return Quiz.objects.select_related("in_use", "process").filter(process=revision.process_id, in_use__isnull=False).first()


def insist_passed(revision: Revision, person: Person, now: dt.datetime) -> None:
    """What `acknowledgements.acknowledge` asks: the quiz of the process is passed, for this content where the quiz says so."""
    if Quiz.objects.filter(process=revision.process_id, in_use__isnull=False).exists() and is_to_pass(revision, person):
        raise Refused(_("This procedure has a quiz. Pass it first, then confirm that you have read it."))


def is_to_pass(revision: Revision, person: Person) -> bool:
    """Whether the quiz of the process still has to be passed by this person, for this content where the quiz says so. One query."""
    passed = QuizAttempt.objects.filter(version__quiz=OuterRef("pk"), person=person, passed=True)
    enough = Q(again=False) & Exists(passed) | Exists(passed.filter(content=revision.frozen_id))
    return Quiz.objects.filter(process=revision.process_id, in_use__isnull=False).exclude(enough).exists()


def hand_in(revision: Revision, answers: pure.Answers, *, by: Person, now: dt.datetime, token: str) -> QuizAttempt:
    """Grades and records one attempt. The same page sent twice is one attempt, given back unchanged.

    Raises Refused where no attempt is open, Stale where the page is not this person's, or the quiz was taken out of use.
    """
    sheet = sheets.read(token, by, revision, now)
    with transaction.atomic():
        quiz = Quiz.objects.select_for_update(of=("self",)).select_related("in_use", "process").filter(process=revision.process_id).first()
        known = QuizAttempt.objects.filter(person=by, sheet=sheet.name).first()
        if known is not None:
            return known
        insist(policy.may_take(revision, by, now))
        if quiz is None or quiz.in_use is None:
            raise Stale(
                _("The quiz was taken out of use meanwhile. Nothing was recorded; you can confirm that you have read the procedure.")
            )
        stands = standing(quiz, by, revision, now)
        if not stands:
            raise Refused(stands.why_not)
        made = record(quiz, sheet, answers, by=by, now=now, revision=revision)
        if not made.passed and stands.left == 1:
            _ask_for_help(revision.process, quiz, by, now)
    return made


def record(
    quiz: Quiz, sheet: sheets.Sheet, answers: pure.Answers, *, by: Person, now: dt.datetime, revision: Revision | None
) -> QuizAttempt:
    """One attempt, graded by the version that the page showed."""
    version = QuizVersion.objects.filter(quiz=quiz, pk=sheet.version).first()
    if version is None:
        raise Stale(_("Open the quiz again and answer there: the page you sent was too old or not yours. Nothing was recorded."))
    content = pure.from_json(version.content)
    grade = pure.grade(content, answers)
    given = {one.key: list(answers.get(one.key, ())) for one in content.questions}
    return QuizAttempt.objects.create(
        person=by, version=version, revision=revision, content=revision.frozen if revision else None, sheet=sheet.name, answers=given,
        score=grade.percent, passed=grade.passed, started_at=sheet.started_at, ended_at=now,
    )  # fmt: skip


def _ask_for_help(process: Process, quiz: Quiz, person: Person, now: dt.datetime) -> None:
    """The last attempt failed: somebody talks with the person and opens further ones. Never a dead end."""
    times = quiz.unlocks.filter(person=person).count()
    raise_item(
        kind=WorkItem.Kind.ACT,
        subject=Phrase(gettext_noop("%(number)s: %(name)s has no attempt left at the quiz"), number=process.number, name=person.name),
        url_name="training:quiz_unlock",
        url_args=[process.number, person.pk],
        due_on=add_working_days(today(now), WORKING_DAYS_TO_UNLOCK),
        source_key=_key(quiz, person, times),
        now=now,
        position=_helper(process, person, now),
    )


def _key(quiz: Quiz, person: Person, times: int) -> str:
    return f"quiz:{quiz.pk}:{person.pk}:{times}"


def _helper(process: Process, person: Person, now: dt.datetime) -> Position:
    """The process manager of the department; the owner where there is none; the office where it would be the person."""
    held = scope(person, today(now)).held
    managers = Position.objects.existing(today(now)).filter(department=process.department_id, kind=Position.Kind.DEPARTMENT_PROCESS_MANAGER)
    company = Position.objects.existing(today(now)).filter(kind=Position.Kind.COMPANY_PROCESS_MANAGER)
    found = managers.exclude(pk__in=held).order_by("pk").first()
    if found is None and process.owner_id in held:
        found = company.order_by("pk").first()
    return found or process.owner


def unlock(quiz: Quiz, person: Person, *, by: Person, now: dt.datetime, talked: str) -> QuizUnlock:
    """Opens as many further attempts as the quiz allows, after somebody talked with the person."""
    with transaction.atomic():
        quiz = Quiz.objects.select_for_update(of=("self",)).select_related("process", "in_use").get(pk=quiz.pk)
        process = quiz.process
        if process is None:
            raise Refused(_("Attempts at this quiz are not limited."))
        insist(policy.may_unlock(by, process, person, now))
        revision = Revision.objects.to_read(now).filter(process=process).select_related("frozen").first()
        stands = standing(quiz, person, revision, now)
        if stands.left != 0 or stands.passed is not None:
            raise Refused(_("%(name)s has attempts left, or has passed.") % {"name": person.name})
        times = quiz.unlocks.filter(person=person).count()
        made = QuizUnlock.objects.create(quiz=quiz, person=person, by=by, at=now, talked=talked)
        item = WorkItem.objects.filter(source_key=_key(quiz, person, times)).first()
        if item is not None:
            settle(item, outcome=WorkItem.Outcome.DONE, now=now)
    return made


@dataclass(frozen=True, slots=True)
class Passed:
    """A quiz that a person passed, as a plain row: `shipped` is the name of one that came with the portal, `process` a number."""

    attempt: int
    shipped: str
    process: str
    version: int
    percent: int
    on: dt.datetime


def passed_quizzes(person: Person) -> Sequence[Passed]:
    """What a person's competence assessment can propose as evidence, the newest first. One query."""
    found = QuizAttempt.objects.filter(person=person, passed=True).select_related("version__quiz__process")
    return [
        Passed(one.pk, one.version.quiz.shipped or "", process.number if (process := one.version.quiz.process) else "", one.version.number,
               one.score, one.ended_at)
        for one in found
    ]  # fmt: skip
