"""Readers at the same instant: a sheet is graded once, no attempt too many, one voice each, one answer to a report; on either database."""

import pytest

from organization.models import Position
from processes import favourites, problems
from processes.models import Favourite, ProblemReport
from tests import make
from tests.approvals.test_races import at_once
from tests.training.courses import course, session
from tests.training.test_quizzes import LATER, NOW, RIGHT, WRONG, answer, in_use
from training import sheets
from training.courses import attendance, evaluating
from training.courses.attendance import Entry
from training.models import Evaluation, QuizAttempt
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 6


def test_a_sheet_handed_in_from_many_tabs_is_one_attempt() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    quiz, revision = in_use(process, cast.author), make.effective(process)
    assert quiz.in_use is not None
    token = sheets.token(sheets.new(quiz.in_use), cast.reader, quiz.in_use, revision, NOW)
    answers = at_once([lambda: answer(revision, cast.reader, RIGHT, token=token).pk] * CALLERS)
    assert (len(answers), sum(answers.values()), QuizAttempt.objects.count()) == (1, CALLERS, 1)


def test_many_sheets_at_once_are_no_more_attempts_than_there_are() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    in_use(process, cast.author, attempts=2)
    revision = make.effective(process)
    assert at_once([lambda: answer(revision, cast.reader, WRONG).passed] * CALLERS) == {"False": 2, "Refused": CALLERS - 2}
    assert QuizAttempt.objects.count() == 2


def test_whoever_evaluates_twice_at_once_is_heard_once() -> None:
    cast = make.cast()
    one = session(course(cast.manager), cast.manager)
    attendance.record(one, {cast.reader: Entry(there=True)}, by=cast.manager, now=one.begins_at)
    say = [lambda: evaluating.evaluate(one, 5, "Good", by=cast.reader, now=one.ends_at)] * CALLERS
    assert at_once(say) == {"None": 1, "Refused": CALLERS - 1}
    assert Evaluation.objects.count() == 1


def test_the_same_report_sent_many_times_is_one_and_gets_one_answer() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    revision = make.effective(process)
    sent = [lambda: problems.report(process, revision=revision, by=cast.reader, now=NOW, text="The form is gone").pk] * CALLERS
    assert len(at_once(sent)) == 1
    found = ProblemReport.objects.get()
    assert WorkItem.objects.open().filter(source_key=f"problem:{process.pk}:{found.pk}").count() == 1
    replies = [
        lambda story=story: story(found, by=cast.author, now=LATER, text="So.").state
        for story in (problems.answer, problems.close, problems.accept) * 2
    ]
    said = at_once(replies)
    found.refresh_from_db()
    assert said == {found.state: 1, "Stale": CALLERS - 1}
    assert WorkItem.objects.open().filter(source_key=f"problem:{process.pk}:{found.pk}").count() == 0


def test_a_favourite_is_kept_once_however_often_it_is_touched() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing)
    make.effective(process)
    assert at_once([lambda: favourites.keep(process, by=cast.reader, now=NOW)] * CALLERS) == {"None": CALLERS}
    assert Favourite.objects.count() == 1
