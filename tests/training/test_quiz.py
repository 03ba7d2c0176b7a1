"""The quiz as a document: what keeps it from being used, and how answers are graded."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from training import quiz
from training.quiz import Choice, Fault, Question, Quiz
from training.quiz_words import sentence


def choices(*texts: str, right: tuple[int, ...] = (0,)) -> tuple[Choice, ...]:
    return tuple(Choice(f"c{n}", text, n in right) for n, text in enumerate(texts))


ONE = Question("one", quiz.SINGLE, "Who signs?", choices("Head", "Clerk"))
MANY = Question("many", quiz.MULTIPLE, "Which records?", choices("Order", "Invoice", "Song", right=(0, 1)))
TRUE = Question("true", quiz.TRUE_FALSE, "It is so.", choices("True", "False"))
STEPS = Question("steps", quiz.ORDER, "In order", choices("Ask", "Order", "Pay", right=()))
WHOLE = Quiz(questions=(ONE, MANY, TRUE, STEPS))
RIGHT = {"one": ["c0"], "many": ["c1", "c0"], "true": ["c0"], "steps": ["c0", "c1", "c2"]}


def codes(*questions: Question, **terms: int) -> list[tuple[str, int]]:
    return [(fault.code, fault.number) for fault in quiz.faults(Quiz(questions=questions, **terms))]  # type: ignore[arg-type]


def test_a_good_quiz_has_no_faults_and_an_empty_one_says_so() -> None:
    assert quiz.faults(WHOLE) == []
    assert codes() == [("no-questions", 0)]
    assert codes(ONE, pass_mark=0) == codes(ONE, pass_mark=101) == [("pass-mark", 0)]
    assert codes(*[ONE] * 61) == [("too-many", 0)]


def test_each_question_says_what_is_wrong_with_it() -> None:
    assert codes(replace(ONE, choices=choices("Head", "Clerk", right=()))) == [("no-right", 1)]
    assert codes(replace(ONE, choices=choices("Head", "Clerk", right=(0, 1)))) == [("several-right", 1)]
    assert codes(replace(TRUE, choices=choices("True", "False", right=(0, 1)))) == [("several-right", 1)]
    assert codes(replace(MANY, choices=choices("A", "B", right=(0, 1)))) == [("all-right", 1)]
    assert codes(ONE, replace(ONE, text=" ")) == [("no-text", 2)]
    assert codes(replace(ONE, choices=())) == codes(replace(STEPS, choices=choices("Ask"))) == [("few-choices", 1)]
    assert codes(replace(ONE, choices=choices("Head", " "))) == [("few-choices", 1)]
    assert codes(replace(STEPS, choices=choices("Ask", "ask "))) == [("twice", 1)]


def test_every_fault_has_a_sentence_that_names_its_question() -> None:
    for code in ("no-text", "few-choices", "no-right", "several-right", "all-right", "twice"):
        assert "uestion 7" in sentence(Fault(code, 7))  # type: ignore[arg-type]
    assert [bool(sentence(Fault(code))) for code in ("no-questions", "too-many", "pass-mark")] == [True] * 3  # type: ignore[arg-type]


def test_all_right_ones_and_nothing_else() -> None:
    assert quiz.grade(WHOLE, RIGHT) == quiz.Grade(4, 4, True)
    for key, wrong in (("one", ["c1"]), ("many", ["c0"]), ("many", ["c0", "c1", "c2"]), ("steps", ["c1", "c0", "c2"]), ("true", [])):
        grade = quiz.grade(WHOLE, RIGHT | {key: wrong})
        assert (grade.wrong, grade.percent, grade.passed) == ((key,), 75, False)
    assert quiz.grade(WHOLE, {}) == quiz.Grade(0, 4, False, ("one", "many", "true", "steps"))
    assert quiz.grade(Quiz(), {}).passed is False
    assert quiz.Grade(0, 0, False).percent == 0


def test_the_pass_mark_is_reached_exactly_and_never_by_rounding() -> None:
    three = Quiz(pass_mark=67, questions=(ONE, TRUE, STEPS))
    two_right = {"one": ["c0"], "true": ["c0"]}
    assert (quiz.grade(three, two_right).percent, quiz.grade(three, two_right).passed) == (66, False)
    assert quiz.grade(replace(three, pass_mark=66), two_right).passed


def test_it_comes_back_as_it_was_kept() -> None:
    assert quiz.from_json(quiz.to_json(WHOLE)) == WHOLE
    assert WHOLE.question("many") == MANY
    assert WHOLE.question("none") is None


@given(st.text(max_size=20))
def test_mixing_loses_nothing_and_is_the_same_for_the_same_page(seed: str) -> None:
    found = quiz.asked(WHOLE, seed)
    assert found == quiz.asked(WHOLE, seed)
    assert sorted(one.key for one in found) == sorted(RIGHT)
    assert {one.key: sorted(choice.key for choice in one.choices) for one in found}["steps"] == ["c0", "c1", "c2"]
    assert quiz.grade(replace(WHOLE, questions=tuple(WHOLE.questions)), RIGHT).passed


def test_steps_to_order_never_stand_in_the_right_order_and_true_stands_before_false() -> None:
    for seed in range(30):
        plain = quiz.asked(replace(WHOLE, shuffled=False), str(seed))
        assert [one.key for one in plain] == list(RIGHT)
        assert plain[3].choices != STEPS.choices
        assert {one.key: one.choices for one in quiz.asked(WHOLE, str(seed))}["true"] == TRUE.choices


def test_pass_rates_are_of_questions() -> None:
    rates = quiz.pass_rates(WHOLE, [RIGHT, {"one": ["c0"]}, {}])
    assert rates == {"one": (2, 3), "many": (1, 3), "true": (1, 3), "steps": (1, 3)}
