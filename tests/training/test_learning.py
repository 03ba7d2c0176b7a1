"""Level 1 as it comes with the portal: good questions in both languages, and an exercise that is graded point by point."""

import pytest
from django.conf import settings

from processes.flowchart.findings import find
from tests import make
from tests.conftest import SignedIn
from training import quiz, quiz_attempts, sheets, shipping
from training.exercise import graded
from training.models import Quiz, QuizAttempt, QuizVersion
from training.typed_steps import definition_of

EXERCISE = shipping.exercise("en")
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quiz_is_whole_and_its_charts_are_good_ones(language: str) -> None:
    found = shipping.quiz(language)
    assert quiz.faults(found) == []
    assert (len(found.questions), all(one.because for one in found.questions)) == (24, True)
    assert [one.key for one in found.questions] == [one.key for one in shipping.quiz("en").questions]
    assert sum(bool(one.chart) for one in found.questions) >= 8
    assert [one.code for text in {one.chart for one in found.questions} if text for one in find(definition_of(text))] == []
    assert shipping.quiz("xx") == shipping.quiz("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_solution_of_the_exercise_is_right_in_every_point(language: str) -> None:
    told = shipping.exercise(language)
    feedback = graded(told, told.solution)
    assert (feedback.percent, feedback.errors, feedback.passed) == (100, (), True)
    assert len(told.words) == len(definition_of(told.solution).steps)


def test_other_words_and_another_order_of_lines_are_as_right() -> None:
    typed = """
    start: The machine breaks down
    Machine operator: Call the technicians
    Maintenance: Look what is wrong
    Maintenance: Is it possible to mend it here?
      no -> 5
      yes -> 6
    Purchasing: Buy the part
    Maintenance: Fix it
    Machine operator: Test it
    end: Works again
    """
    feedback = graded(EXERCISE, typed)
    assert [point.text for point in feedback.points if not point.good] == []
    assert feedback.passed


def bad(typed: str) -> tuple[list[str], bool]:
    feedback = graded(EXERCISE, typed)
    return [point.text for point in feedback.points if not point.good], feedback.passed


def test_each_point_has_its_word() -> None:
    whole = EXERCISE.solution
    points, _passed = bad(whole.replace("Operator: Test", "Purchasing: Test"))
    assert points == ["Who does “Test the machine”? Read again."]
    points, _passed = bad(whole.replace(" yes -> 6", " yes -> 7"))
    assert points == ["Where do the ways out of “Can it be repaired here?” lead? Each case of the description has its own."]
    points, passed = bad(whole.replace("Purchasing: Order a new part\n", "").replace("no -> 5", "no -> 5").replace("yes -> 6", "yes -> 5"))
    assert "A step is missing that the description tells of. Read it again, sentence by sentence." in points
    points, passed = bad(whole.replace("Maintenance: Can it be repaired here?\n yes -> 6\n no -> 5\n", ""))
    assert "A decision is missing: a line that ends in a question mark, with its two ways below." in points
    points, passed = bad(whole.replace("Operator: Test", "Operator: Drink coffee\nOperator: Test"))
    assert any("Drink coffee" in point for point in points)
    points, passed = bad("Operator: sing")
    assert (passed, "The start is missing: “start: Machine fails”." in points) == (False, True)
    assert "The end is missing: what is reached at last?" in points
    assert bad("")[1] is False


def test_an_error_of_the_lint_keeps_from_passing() -> None:
    feedback = graded(EXERCISE, EXERCISE.solution + "\nOperator: Lost step nobody reaches")
    assert feedback.errors
    assert not feedback.passed


# The pages


def right(language: str = "en") -> dict[str, object]:
    sent: dict[str, object] = {}
    for one in shipping.quiz(language).questions:
        if one.kind == quiz.ORDER:
            sent |= {f"o-{one.key}-{key}": str(n) for n, key in enumerate(one.right, 1)}
        else:
            sent[f"q-{one.key}"] = list(one.right)
    return sent


def test_the_quiz_is_taken_and_kept_as_evidence(client: SignedIn, cast: make.Cast) -> None:
    page = client.as_(cast.reader).get("/learn/level-1/quiz/")
    assert page.content.decode().count("<fieldset") == 24
    assert not Quiz.objects.exists()
    sheet = page.context["sheet"]
    few = client.post("/learn/level-1/quiz/", {**right(), "q-q01": [], "sheet": sheet})
    assert (few.status_code, few.context["missing"], few.context["sheet"]) == (422, 1, sheet)
    assert "too old or not yours" in client.post("/learn/level-1/quiz/", {"sheet": "x"}).content.decode()
    done = client.post("/learn/level-1/quiz/", {**right(), "sheet": sheet}, follow=True)
    assert "24 of 24 right" in done.content.decode()
    client.post("/learn/level-1/quiz/", {**right(), "sheet": sheet})
    assert QuizAttempt.objects.count() == 1
    version = QuizVersion.objects.get()
    assert (version.language, version.published_by, version.quiz.shipped) == ("en", None, "level-1")
    assert [(one.shipped, one.percent) for one in quiz_attempts.passed_quizzes(cast.reader)] == [("level-1", 100)]
    assert "Passed" in client.get("/learn/level-1/").content.decode()


def test_chinese_is_a_version_of_its_own(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.reader)
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        page = client.get("/learn/level-1/quiz/")
        assert ("什么是流程" in page.content.decode()) == (language == "zh-hans")
        client.post("/learn/level-1/quiz/", {**right(language), "sheet": page.context["sheet"]})
    assert sorted(QuizVersion.objects.values_list("language", "number")) == [("en", 2), ("zh-hans", 1)]
    assert QuizAttempt.objects.filter(passed=True).count() == 2


def test_the_exercise_is_drawn_while_it_is_typed_and_checked(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.reader)
    drawn = client.post("/learn/level-1/exercise/drawing/", {"steps": "start: A\nX: <b>do</b>"})
    assert ("<svg" in drawn.content.decode(), "<b>" in drawn.content.decode()) == (True, False)
    assert not Quiz.objects.exists()
    sheet = client.get("/learn/level-1/exercise/").context["sheet"]
    url = "/learn/level-1/exercise/"
    assert client.post(url, {"sheet": sheet, "steps": " "}).status_code == 422
    assert client.post(url, {"sheet": "old", "steps": "x"}).status_code == 422
    wrong = client.post(url, {"sheet": sheet, "steps": "start: A\nX: do\nend: B"})
    assert "Not passed yet" in wrong.content.decode()
    for _n in range(2):
        done = client.post(url, {"sheet": sheet, "steps": EXERCISE.solution})
    assert "Passed" in done.content.decode()
    assert [one.passed for one in QuizAttempt.objects.order_by("pk")] == [False, True]
    assert client.get(f"/quiz/attempts/{QuizAttempt.objects.latest('pk').pk}/")["Location"] == url
    assert [one.shipped for one in quiz_attempts.passed_quizzes(cast.reader)] == ["level-1-exercise"]
    assert sheets.read(sheet, cast.reader, None, make.now()).version == 0
