"""Signals upward. Sent inside the transaction with `revision=` as it is after the move; receivers only wake tasks through the outbox."""

from django.dispatch import Signal

submitted = Signal()
returned = Signal()
approved = Signal()
in_force_changed = Signal()
withdrawn = Signal()
emergency_ended = Signal()
"""An emergency release is over without having been approved; what held before holds again."""
