"""Audiences, readings and acknowledgements."""

from training.models.audiences import AudienceRule
from training.models.reading import Acknowledgement, HandOut, Reading

__all__ = [
    "Acknowledgement",
    "AudienceRule",
    "HandOut",
    "Reading",
]
