"""Audiences, readings, acknowledgements, quizzes, shared tablets, courses, training records and competence assessments."""

from training.models.assessments import AbilityRating, Assessment, Assessor, Evidence, EvidenceVerdict
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
from training.models.development import DevelopmentStep
from training.models.quizzes import Quiz, QuizAttempt, QuizUnlock, QuizVersion
from training.models.reading import Acknowledgement, HandOut, Reading, Round, Spared
from training.models.tablets import Tablet, TabletVisit

__all__ = [
    "AbilityRating",
    "Acknowledgement",
    "Assessment",
    "Assessor",
    "AudienceRule",
    "CheckIn",
    "Course",
    "DevelopmentStep",
    "Enrolment",
    "Evaluation",
    "Evidence",
    "EvidenceVerdict",
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
    "TrainingDemand",
    "TrainingRecord",
    "TrainingSession",
]
