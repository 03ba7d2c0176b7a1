"""A quiz as a document: its questions, what keeps it from being used, and how answers are graded. Pure.

Answers are a mapping from the key of a question to the keys of the choices that were taken; for `order` in the order that was given.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

SINGLE, MULTIPLE, TRUE_FALSE, ORDER = "single", "multiple", "true_false", "order"
KINDS: Final = (SINGLE, MULTIPLE, TRUE_FALSE, ORDER)
CHOICES_AT_MOST: Final = 8
QUESTIONS_AT_MOST: Final = 60
Answers = Mapping[str, Sequence[str]]
Code = Literal["no-questions", "pass-mark", "no-text", "few-choices", "no-right", "several-right", "all-right", "twice", "too-many"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; for `order` one step, and `right` says nothing."""

    key: str
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `chart` are typed steps that our own drawing shows with it; `step` is the key of the step that answers it."""

    key: str
    kind: str = SINGLE
    text: str = ""
    choices: tuple[Choice, ...] = ()
    chart: str = ""
    step: str = ""
    because: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """The keys of the right choices; for `order` all, in the right order."""
        return tuple(one.key for one in self.choices if one.right or self.kind == ORDER)


@dataclass(frozen=True, slots=True)
class Quiz:
    """The questions and the terms. `attempts` 0: as many as wanted; `wait` hours between two attempts."""

    pass_mark: int = 80
    attempts: int = 3
    wait: int = 0
    shuffled: bool = True
    questions: tuple[Question, ...] = ()
    title: str = ""

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((one for one in self.questions if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a quiz from being used; `number` is that of the question (0: the whole quiz)."""

    code: Code
    number: int = 0


@dataclass(frozen=True, slots=True)
class Grade:
    """How many questions were right, in percent rounded down, and which were not."""

    right: int
    of: int
    passed: bool
    wrong: tuple[str, ...] = field(default=())

    @property
    def percent(self) -> int:
        """Rounded down: 79.9 % is not 80 %."""
        return 100 * self.right // self.of if self.of else 0


def to_json(quiz: Quiz) -> dict[str, Any]:
    """For keeping."""
    return asdict(quiz)


def from_json(kept: Mapping[str, Any]) -> Quiz:
    """What was kept."""
    terms = {name: value for name, value in kept.items() if name != "questions"}
    return Quiz(questions=tuple(question_from(one) for one in kept.get("questions", ())), **terms)


def question_from(kept: Mapping[str, Any]) -> Question:
    """One question that was kept."""
    return Question(**{**kept, "choices": tuple(Choice(**one) for one in kept.get("choices", ()))})


def faults(quiz: Quiz) -> list[Fault]:
    """Everything that keeps the quiz from being used, by question."""
    found = [] if quiz.questions else [Fault("no-questions")]
    found += [Fault("too-many")] if len(quiz.questions) > QUESTIONS_AT_MOST else []
    found += [] if 1 <= quiz.pass_mark <= 100 else [Fault("pass-mark")]
    return found + [Fault(code, number) for number, one in enumerate(quiz.questions, 1) for code in _faults_of(one)]


def _faults_of(question: Question) -> Iterator[Code]:
    right, texts = len(question.right), [one.text.strip().casefold() for one in question.choices]
    if not question.text.strip():
        yield "no-text"
    if len(texts) < 2 or not all(texts):
        yield "few-choices"
    if len(set(texts)) < len(texts):
        yield "twice"
    if question.kind == ORDER or not texts:
        return
    if not right:
        yield "no-right"
    elif question.kind in {SINGLE, TRUE_FALSE} and right > 1:
        yield "several-right"
    elif question.kind == MULTIPLE and right == len(texts):
        yield "all-right"


def is_right(question: Question, given: Sequence[str]) -> bool:
    """All of the right ones and nothing else; for `order` in exactly this order."""
    if question.kind == ORDER:
        return tuple(given) == question.right
    return bool(given) and sorted(given) == sorted(question.right)


def grade(quiz: Quiz, answers: Answers) -> Grade:
    """What was answered; a question without an answer is wrong."""
    wrong = tuple(one.key for one in quiz.questions if not is_right(one, answers.get(one.key, ())))
    right, of = len(quiz.questions) - len(wrong), len(quiz.questions)
    return Grade(right, of, of > 0 and 100 * right >= quiz.pass_mark * of, wrong)


def asked(quiz: Quiz, seed: str) -> tuple[Question, ...]:
    """The questions as this attempt shows them: mixed where the quiz says so; steps to order never stand in the right order."""
    mixer = random.Random(seed)  # noqa: S311 - the order of questions is no secret
    found = [_mixed(one, mixer, shuffled=quiz.shuffled) for one in quiz.questions]
    if quiz.shuffled:
        mixer.shuffle(found)
    return tuple(found)


def _mixed(question: Question, mixer: random.Random, *, shuffled: bool) -> Question:
    choices = list(question.choices)
    if question.kind == ORDER:
        while len(choices) > 1 and tuple(choices) == question.choices:
            mixer.shuffle(choices)
    elif shuffled and question.kind != TRUE_FALSE:
        mixer.shuffle(choices)
    return Question(question.key, question.kind, question.text, tuple(choices), question.chart, question.step, question.because)


def pass_rates(quiz: Quiz, given: Sequence[Answers]) -> dict[str, tuple[int, int]]:
    """Question key → (answered right, answered): of the question, never of people."""
    return {one.key: (sum(is_right(one, answers.get(one.key, ())) for answers in given), len(given)) for one in quiz.questions}
