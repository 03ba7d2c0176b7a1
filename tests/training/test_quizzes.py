"""The quiz of a process: written by whoever answers for it, passed before the procedure is acknowledged, never a dead end."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Person, Position
from organization.refusals import Refused, Stale
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from training import acknowledgements, assignments, opened, quiz, quiz_attempts, quizzes, sheets
from training.models import Acknowledgement, Quiz, QuizAttempt, QuizUnlock
from training.quiz import Choice, Question
from worklist.models import WorkItem

NOW = make.NOW
LATER = NOW + dt.timedelta(minutes=5)
RIGHT = {"q1": ["a"], "q2": ["c", "d"]}
WRONG = {"q1": ["b"], "q2": ["c", "d"]}


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of purchasing, which alone sees it."""
    return make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), confidentiality="departments")


def questions() -> tuple[Question, ...]:
    one = Question("q1", quiz.SINGLE, "Who signs?", (Choice("a", "Head", True), Choice("b", "Clerk")), step="s1")
    return one, Question("q2", quiz.ORDER, "In order", (Choice("c", "Ask"), Choice("d", "Buy")), chart="start: A\nX: do\nend: B")


def in_use(process: Process, by: Person, *, again: bool = False, attempts: int = 3, wait: int = 0, now: dt.datetime = NOW) -> Quiz:
    """Two questions, both to be right."""
    terms = quiz.Quiz(pass_mark=100, attempts=attempts, wait=wait)
    seen = quizzes.set_terms(process, terms, again=again, by=by, now=now, seen=0).version
    for one in questions():
        seen = quizzes.put_question(process, one, by=by, now=now, seen=seen).version
    quizzes.publish(process, by=by, now=now, seen=seen)
    return Quiz.objects.get(process=process)


def answer(revision: Revision, who: Person, answers: quiz.Answers = RIGHT, *, now: dt.datetime = LATER, token: str = "") -> QuizAttempt:
    version = Quiz.objects.get(process=revision.process).in_use
    assert version is not None
    token = token or sheets.token(sheets.new(version), who, version, revision, now)
    return quiz_attempts.hand_in(revision, answers, by=who, now=now, token=token)


def confirm(revision: Revision, who: Person, now: dt.datetime = LATER) -> Acknowledgement:
    return acknowledgements.acknowledge(revision, by=who, now=now, token=opened.token(who, revision, "whole", now))


# Writing it


def test_who_answers_for_the_process_writes_its_quiz_and_nobody_else(cast: make.Cast, process: Process) -> None:
    for who in (cast.author, cast.approver, cast.manager):
        seen = Quiz.objects.filter(process=process).values_list("version", flat=True).first() or 0
        quizzes.set_terms(process, quiz.Quiz(), again=False, by=who, now=NOW, seen=seen)
    for who in (cast.reader, cast.stranger, cast.admin):
        for story in (quizzes.publish, quizzes.take_out):
            with pytest.raises(Refused, match="Only the owner"):
                story(process, by=who, now=NOW, seen=3)
        with pytest.raises(Refused):
            quizzes.put_question(process, questions()[0], by=who, now=NOW, seen=3)
    assert Quiz.objects.get().history.first().history_user == cast.manager  # type: ignore[union-attr]


def test_a_quiz_without_right_answers_is_kept_but_not_put_into_use(cast: make.Cast, process: Process) -> None:
    bad = Question("q9", quiz.SINGLE, "Who?", (Choice("x", "A"), Choice("y", "B")))
    seen = quizzes.put_question(process, bad, by=cast.author, now=NOW, seen=0).version
    with pytest.raises(Refused, match=r"Question 1 has no right answer\. Mark the right one\."):
        quizzes.publish(process, by=cast.author, now=NOW, seen=seen)
    quiz_ = Quiz.objects.get()
    assert (quiz_.in_use, quiz_.versions.count(), quizzes.draft_of(quiz_).questions) == (None, 0, (bad,))
    assert quizzes.differs(quiz_)


def test_two_at_once_lose_nothing(cast: make.Cast, process: Process) -> None:
    quizzes.put_question(process, questions()[0], by=cast.author, now=NOW, seen=0)
    for seen in (0, 7):
        with pytest.raises(Stale, match="Somebody changed this quiz"):
            quizzes.put_question(process, questions()[1], by=cast.approver, now=NOW, seen=seen)
    assert len(quizzes.draft_of(Quiz.objects.get()).questions) == 1


def test_versions_stay_and_the_same_again_is_no_new_one(cast: make.Cast, process: Process) -> None:
    first = in_use(process, cast.author)
    assert not quizzes.differs(first)
    again = quizzes.publish(process, by=cast.author, now=NOW, seen=first.version)
    assert (again, first.versions.count()) == (first.in_use, 1)
    seen = quizzes.put_question(process, Question("q1", text="New"), by=cast.author, now=NOW, seen=first.version).version
    seen = quizzes.remove_question(process, "q1", by=cast.author, now=NOW, seen=seen).version
    made = quizzes.publish(process, by=cast.author, now=NOW, seen=seen)
    assert (made.number, len(made.content["questions"]), first.versions.last().content["questions"][0]["text"]) == (2, 1, "Who signs?")


def test_there_is_an_end_to_questions(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiz, "QUESTIONS_AT_MOST", 1)
    seen = quizzes.put_question(process, questions()[0], by=cast.author, now=NOW, seen=0).version
    with pytest.raises(Refused, match="at most 1"):
        quizzes.put_question(process, questions()[1], by=cast.author, now=NOW, seen=seen)


# Taking it, and what waits for it


def test_acknowledging_waits_for_the_quiz(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    in_use(process, cast.author)
    with pytest.raises(Refused, match="has a quiz"):
        confirm(revision, cast.reader)
    failed = answer(revision, cast.reader, WRONG)
    assert (failed.passed, failed.score, failed.content, failed.answers) == (False, 50, revision.frozen, WRONG)
    with pytest.raises(Refused, match="has a quiz"):
        confirm(revision, cast.reader)
    assert answer(revision, cast.reader).passed
    assert confirm(revision, cast.reader).content == revision.frozen
    with pytest.raises(Refused, match="has a quiz"):
        confirm(revision, cast.approver)  # what one passed says nothing of another


def test_out_of_use_nobody_is_asked(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    quiz_ = in_use(process, cast.author)
    token = sheets.token("s", cast.reader, quiz_.in_use, revision, LATER)
    with pytest.raises(Refused, match="no quiz yet"):
        quizzes.take_out(make.process(cast.purchasing), by=cast.manager, now=NOW, seen=0)
    quizzes.take_out(process, by=cast.author, now=NOW, seen=quiz_.version)
    quizzes.take_out(process, by=cast.author, now=NOW, seen=quiz_.version + 1)
    with pytest.raises(Stale, match="taken out of use"):
        quiz_attempts.hand_in(revision, RIGHT, by=cast.reader, now=LATER, token=token)
    assert confirm(revision, cast.reader)


@pytest.mark.parametrize("again", [False, True])
def test_a_new_version_asks_again_where_the_quiz_says_so(cast: make.Cast, process: Process, again: bool) -> None:
    answer(_first := make.effective(process), cast.reader) if in_use(process, cast.author, again=again) else None
    newer = make.effective(process, make.definition("Ask twice"), since=NOW - dt.timedelta(days=1))
    if not again:
        assert confirm(newer, cast.reader)
        return
    with pytest.raises(Refused):
        confirm(newer, cast.reader)
    assert quiz_attempts.standing(Quiz.objects.get(), cast.reader, newer, LATER).left == 3
    assert answer(newer, cast.reader).passed
    assert confirm(newer, cast.reader)


def test_the_same_page_twice_is_one_attempt_and_tokens_are_personal(cast: make.Cast, process: Process) -> None:
    revision, quiz_ = make.effective(process), in_use(process, cast.author)
    token = sheets.token("sheet", cast.reader, quiz_.in_use, revision, NOW)
    first = answer(revision, cast.reader, WRONG, token=token)
    assert answer(revision, cast.reader, RIGHT, token=token) == first
    other = make.effective(make.process(cast.purchasing))
    for bad in (
        sheets.token("x", cast.approver, quiz_.in_use, revision, NOW),
        sheets.token("x", cast.reader, quiz_.in_use, other, NOW),
        sheets.token("x", cast.reader, quiz_.in_use, revision, LATER - sheets.LASTS - dt.timedelta(seconds=9)),
        sheets.token("x", cast.reader, None, revision, NOW),
        "made up",
    ):
        with pytest.raises(Stale, match="Open the quiz again"):
            answer(revision, cast.reader, token=bad)
    assert QuizAttempt.objects.count() == 1


def test_a_stranger_and_a_draft_have_no_quiz(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    in_use(process, cast.author)
    with pytest.raises(Refused, match="may not see"):
        answer(revision, cast.stranger)
    with pytest.raises(Refused, match="Only an approved"):
        answer(make.draft(process, by=cast.author), cast.author)
    assert not QuizAttempt.objects.exists()


def test_the_next_attempt_waits(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    in_use(process, cast.author, wait=4)
    answer(revision, cast.reader, WRONG)
    with pytest.raises(Refused, match="Read the procedure again"):
        answer(revision, cast.reader, now=LATER + dt.timedelta(hours=3))
    assert answer(revision, cast.reader, now=LATER + dt.timedelta(hours=4)).passed
    with pytest.raises(Refused, match="You have passed"):
        answer(revision, cast.reader, now=LATER + dt.timedelta(hours=9))


# The last attempt


def test_after_the_last_attempt_somebody_is_asked_to_talk(cast: make.Cast, process: Process) -> None:
    revision, quiz_ = make.effective(process), in_use(process, cast.author, attempts=2)
    answer(revision, cast.reader, WRONG)
    assert not WorkItem.objects.filter(url_name="training:quiz_unlock").exists()
    answer(revision, cast.reader, WRONG, now=LATER + dt.timedelta(minutes=1))
    item = WorkItem.objects.get(url_name="training:quiz_unlock")
    assert (item.position.kind, item.url_args) == ("department_process_manager", [process.number, cast.reader.pk])  # type: ignore[union-attr]
    with pytest.raises(Refused, match="no attempt left"):
        answer(revision, cast.reader)
    with pytest.raises(Refused, match="for themselves"):
        quiz_attempts.unlock(quiz_, cast.reader, by=cast.reader, now=LATER, talked="I know it")
    with pytest.raises(Refused, match="Only the owner"):
        quiz_attempts.unlock(quiz_, cast.reader, by=cast.stranger, now=LATER, talked="x")
    at = LATER + dt.timedelta(hours=1)
    quiz_attempts.unlock(quiz_, cast.reader, by=cast.approver, now=at, talked="Showed who signs")
    item.refresh_from_db()
    assert (item.outcome, quiz_attempts.standing(quiz_, cast.reader, revision, at).left) == ("done", 2)
    with pytest.raises(Refused, match="has attempts left"):
        quiz_attempts.unlock(quiz_, cast.reader, by=cast.approver, now=at, talked="again")
    for n in (1, 2):
        answer(revision, cast.reader, WRONG, now=at + dt.timedelta(minutes=n))
    assert WorkItem.objects.filter(url_name="training:quiz_unlock", closed_at__isnull=True).count() == 1
    assert QuizUnlock.objects.get().by == cast.approver


def test_whoever_was_given_the_item_opens_further_attempts(cast: make.Cast, process: Process) -> None:
    revision, quiz_ = make.effective(process), in_use(process, cast.author, attempts=1)
    answer(revision, cast.reader, WRONG)
    helper = make.staff(cast.purchasing, "helper")
    WorkItem.objects.filter(url_name="training:quiz_unlock").update(assigned_to=helper)
    assert quiz_attempts.unlock(quiz_, cast.reader, by=helper, now=LATER, talked="Talked")


def test_nobody_is_asked_about_themselves(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    in_use(process, cast.manager, attempts=1)
    answer(revision, cast.approver, WRONG)  # the department's process manager: the owner is asked
    item = WorkItem.objects.get(url_name="training:quiz_unlock")
    assert item.position == process.owner
    make.appoint(cast.approver, process.owner)
    other = make.process(cast.purchasing, owner=process.owner)
    newer = make.effective(other)
    in_use(other, cast.manager, attempts=1)
    answer(newer, cast.approver, WRONG)
    assert WorkItem.objects.filter(url_name="training:quiz_unlock").latest("pk").position.kind == "company_process_manager"  # type: ignore[union-attr]


def test_shipped_quizzes_have_no_end_of_attempts(cast: make.Cast) -> None:
    with pytest.raises(Refused, match="not limited"):
        quiz_attempts.unlock(Quiz.objects.create(shipped="level-9"), cast.reader, by=cast.manager, now=NOW, talked="x")


def test_what_was_passed_is_told_as_plain_rows(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    in_use(process, cast.author)
    answer(revision, cast.reader, WRONG)
    made = answer(revision, cast.reader, now=LATER + dt.timedelta(minutes=1))
    rows = quiz_attempts.passed_quizzes(cast.reader)
    assert [(one.attempt, one.shipped, one.process, one.percent) for one in rows] == [(made.pk, "", process.number, 100)]


# By the pages


@pytest.fixture
def shown(cast: make.Cast, process: Process) -> Revision:
    """In force today, owed, with a quiz in use."""
    made = make.effective(process, since=make.now() - dt.timedelta(days=2))
    assignments.hand_out(made, make.now())
    in_use(process, cast.author, now=make.now() - dt.timedelta(days=1))
    return made


def names(page: str) -> set[str]:
    return set(re.findall(r'name="([qo]-[^"]+)"', page))


def test_from_the_procedure_to_the_quiz_and_back(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    base = f"/processes/{shown.process.number}/revisions/1/"
    page = client.as_(cast.reader).get(base).content.decode()
    assert f'href="{base}quiz/"' in page
    assert 'name="opened"' not in page
    quiz_page = client.get(f"{base}quiz/")
    text = quiz_page.content.decode()
    assert names(text) == {"q-q1", "o-q2-c", "o-q2-d"}
    assert "<svg" in text
    sheet = quiz_page.context["sheet"]
    again = client.post(f"{base}quiz/", {"sheet": sheet, "q-q1": "b"})
    assert (again.status_code, again.context["missing"], again.context["sheet"]) == (422, 1, sheet)
    assert re.search(r'value="b" checked', again.content.decode())
    result = client.post(f"{base}quiz/", {"sheet": sheet, "q-q1": "b", "o-q2-c": "1", "o-q2-d": "2"}, follow=True)
    text = result.content.decode()
    assert f'href="{base}#step-s1"' in text
    assert ("Not passed yet" in text, "2 attempts are left" in text, "Try again" in text) == (True, True, True)
    sheet = client.get(f"{base}quiz/").context["sheet"]
    passed = client.post(f"{base}quiz/", {"sheet": sheet, "q-q1": "a", "o-q2-c": "1", "o-q2-d": "2"}, follow=True)
    assert f'href="{base}#acknowledge"' in passed.content.decode()
    assert 'name="opened"' in client.get(base).content.decode()
    assert "You have passed this quiz" in client.get(f"{base}quiz/").content.decode()
    attempt = QuizAttempt.objects.filter(passed=True).get()
    assert client.as_(cast.author).get(f"/quiz/attempts/{attempt.pk}/").status_code == 404
    assert client.as_(cast.stranger).get(f"{base}quiz/").status_code == 404


@pytest.mark.parametrize("places", [("1", "1"), ("", "2"), ("x", "1"), ("٣", "1"), ("0", "1")])
def test_every_step_has_a_place_of_its_own(client: SignedIn, cast: make.Cast, shown: Revision, places: tuple[str, str]) -> None:
    url = f"/processes/{shown.process.number}/revisions/1/quiz/"
    sheet = client.as_(cast.reader).get(url).context["sheet"]
    answer_ = client.post(url, {"sheet": sheet, "q-q1": "made up", "o-q2-c": places[0], "o-q2-d": places[1]})
    assert (answer_.status_code, answer_.context["missing"]) == (422, 2)
    assert "too old or not yours" in client.post(url, {"sheet": "old"}).content.decode()
    assert not QuizAttempt.objects.exists()


def test_a_process_without_a_quiz_says_so(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process, since=make.now() - dt.timedelta(days=2))
    assert "has no quiz" in client.as_(cast.reader).get(f"/processes/{process.number}/revisions/1/quiz/").content.decode()


def test_the_quiz_is_written_on_its_pages(client: SignedIn, cast: make.Cast, process: Process) -> None:
    base = f"/processes/{process.number}/quiz/"
    assert "No question yet" in client.as_(cast.author).get(base).content.decode()
    sent = {"text": "Who signs?", "kind": "single", "choice1": "Head", "choice2": "Clerk", "seen": "0"}
    assert client.post(f"{base}questions/new/", {**sent, "another": "1"})["Location"] == f"{base}questions/new/"
    page = client.get(base).content.decode()
    assert "Question 1 has no right answer. Mark the right one." in page
    assert "Put into use</button>" not in page
    key = quizzes.draft_of(Quiz.objects.get()).questions[0].key
    stale = client.post(f"{base}questions/{key}/", {**sent, "right1": "on"})
    assert (stale.status_code, "Somebody changed this quiz" in stale.content.decode()) == (422, True)
    client.post(f"{base}questions/{key}/", {**sent, "right1": "on", "seen": "1"})
    client.post(f"{base}questions/new/", {"text": "It is so.", "kind": "true_false", "statement": "false", "seen": "2"})
    statement = quizzes.draft_of(Quiz.objects.get()).questions[1]
    assert [one.right for one in statement.choices] == [False, True]
    assert client.get(f"{base}questions/{statement.key}/").context["form"].initial["statement"] == "false"
    assert client.post(f"{base}terms/", {"pass_mark": "0", "attempts": "1", "wait": "0", "seen": "3"}).status_code == 422
    client.post(f"{base}terms/", {"pass_mark": "50", "attempts": "1", "wait": "0", "seen": "3", "again": "on"})
    client.post(f"{base}publish/", {"seen": "4"})
    made = Quiz.objects.get()
    assert (made.again, made.in_use.number if made.in_use else 0) == (True, 1)
    assert "Nobody has answered yet" in client.get(f"{base}results/").content.decode()
    client.post(f"{base}take-out/", {"seen": str(made.version)})
    client.post(f"{base}questions/{key}/remove/", {"seen": str(made.version + 1)})
    made.refresh_from_db()
    assert (made.in_use, len(quizzes.draft_of(made).questions)) == (None, 1)
    for url in ("publish/", "take-out/", f"questions/{key}/remove/"):
        assert client.post(f"{base}{url}", {"seen": "x"}, follow=True).status_code == 200
    assert client.get(f"{base}questions/none/").status_code == 404


def test_readers_are_told_who_writes_it_and_strangers_find_nothing(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    base = f"/processes/{shown.process.number}/quiz/"
    pages = ("", "questions/new/", "results/", f"people/{cast.reader.pk}/")
    answer(shown, cast.reader, WRONG, now=make.now())
    client.as_(cast.reader)
    assert [client.get(f"{base}{page}").status_code for page in pages] == [403] * 4
    client.as_(cast.stranger)
    assert [client.get(f"{base}{page}").status_code for page in pages] == [404] * 4


def test_results_tell_of_questions_and_never_of_people(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    answer(shown, cast.reader, WRONG, now=make.now())
    answer(shown, cast.approver, RIGHT, now=make.now())
    page = client.as_(cast.author).get(f"/processes/{shown.process.number}/quiz/results/")
    assert [(row[1].key, row[2], row[3]) for row in page.context["questions"]] == [("q1", 1, 2), ("q2", 2, 2)]
    assert (cast.reader.name in page.content.decode(), page.context["passed"]) == (False, 1)
    costs = []
    for more in (0, 4):
        for n in range(more):
            answer(shown, make.staff(cast.purchasing, f"more{n}"), WRONG, now=make.now())
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/processes/{shown.process.number}/quiz/results/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_page_for_further_attempts(client: SignedIn, cast: make.Cast, shown: Revision) -> None:
    url = f"/processes/{shown.process.number}/quiz/people/{cast.reader.pk}/"
    assert client.as_(cast.approver).get(url).status_code == 404  # never tried
    answer(shown, cast.reader, WRONG, now=make.now())
    assert "Nothing is to be done here" in client.get(url).content.decode()
    for _n in range(2):
        answer(shown, cast.reader, WRONG, now=make.now())
    assert client.post(url, {"talked": ""}).status_code == 422
    assert client.post(url, {"talked": "Showed it"}).status_code == 302
    assert QuizUnlock.objects.get().talked == "Showed it"
