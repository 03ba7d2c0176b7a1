"""What the pages of quizzes say: kinds of questions, and what keeps a quiz from being used with what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.quiz import CHOICES_AT_MOST, MULTIPLE, ORDER, QUESTIONS_AT_MOST, SINGLE, TRUE_FALSE, Code, Fault

KINDS: Final[Sequence[tuple[str, Promise]]] = (
    (SINGLE, gettext_lazy("One answer is right")),
    (MULTIPLE, gettext_lazy("Several answers are right")),
    (TRUE_FALSE, gettext_lazy("True or false")),
    (ORDER, gettext_lazy("Put steps in order")),
)
WHOLE: Final[Mapping[Code, Promise]] = {
    "no-questions": gettext_lazy("There is no question yet. Add one."),
    "too-many": gettext_lazy("There are more than %(most)d questions. Take some out."),
    "pass-mark": gettext_lazy("The pass mark cannot be reached. Set it between 1 and 100 percent."),
}
OF_QUESTION: Final[Mapping[Code, Promise]] = {
    "no-text": gettext_lazy("Question %(number)d asks nothing. Write its text."),
    "few-choices": gettext_lazy("Question %(number)d has fewer than two answers. Add answers."),
    "no-right": gettext_lazy("Question %(number)d has no right answer. Mark the right one."),
    "several-right": gettext_lazy(
        "Question %(number)d has several right answers, but only one can be chosen. Leave one marked, or let several be chosen."
    ),
    "all-right": gettext_lazy("In question %(number)d every answer is right. Add one that is not."),
    "twice": gettext_lazy("Question %(number)d has the same answer twice. Change one of them."),
}


def sentence(fault: Fault) -> str:
    """What is wrong, and what to do."""
    words = {"number": fault.number, "most": QUESTIONS_AT_MOST, "choices": CHOICES_AT_MOST}
    return str(WHOLE.get(fault.code) or OF_QUESTION[fault.code]) % words


def true_and_false() -> tuple[str, str]:
    """The two answers of a statement."""
    return _("True"), _("False")
