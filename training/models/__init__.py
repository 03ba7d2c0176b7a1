"""Audiences, readings, acknowledgements, quizzes, shared tablets, courses and training records."""

from training.models.audiences import AudienceRule
from training.models.courses import (
    CheckIn,
    Course,
    Enrolment,
    Evaluation,
    TrainingDemand,
    TrainingRecord,
    TrainingSession,
)
from training.models.quizzes import Quiz, QuizAttempt, QuizUnlock, QuizVersion
from training.models.reading import Acknowledgement, HandOut, Reading, Spared
from training.models.tablets import Tablet, TabletVisit

__all__ = [
    "Acknowledgement",
    "AudienceRule",
    "CheckIn",
    "Course",
    "Enrolment",
    "Evaluation",
    "HandOut",
    "Quiz",
    "QuizAttempt",
    "QuizUnlock",
    "QuizVersion",
    "Reading",
    "Spared",
    "Tablet",
    "TabletVisit",
    "TrainingDemand",
    "TrainingRecord",
    "TrainingSession",
]
