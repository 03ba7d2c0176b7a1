"""Audiences, readings and acknowledgements."""

from training.models.audiences import AudienceRule
from training.models.reading import Acknowledgement, HandOut, Reading, Spared

__all__ = [
    "Acknowledgement",
    "AudienceRule",
    "HandOut",
    "Reading",
    "Spared",
]
