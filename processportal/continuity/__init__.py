"""Continuity: the nightly proof, what happens if somebody leaves, and how what they had in hand is handed over."""
