"""Audiences, readings, acknowledgements, quizzes and shared tablets."""

from training.models.audiences import AudienceRule
from training.models.quizzes import Quiz, QuizAttempt, QuizUnlock, QuizVersion
from training.models.reading import Acknowledgement, HandOut, Reading, Round, Spared
from training.models.tablets import Tablet, TabletVisit

__all__ = [
    "Acknowledgement",
    "AudienceRule",
    "HandOut",
    "Quiz",
    "QuizAttempt",
    "QuizUnlock",
    "QuizVersion",
    "Reading",
    "Round",
    "Spared",
    "Tablet",
    "TabletVisit",
]
