"""The traffic light of a value against its target and limit. Pure."""

from decimal import Decimal

GREEN, AMBER, RED = "green", "amber", "red"


def rate(value: Decimal, target: Decimal, limit: Decimal, direction: str) -> str:
    """Green at the target or better, amber up to and including the limit, red beyond. `direction` is "up" or "down" (which is better)."""
    sign = 1 if direction == "up" else -1
    if sign * value >= sign * target:
        return GREEN
    return AMBER if sign * value >= sign * limit else RED


def limit_fits(target: Decimal, limit: Decimal, direction: str) -> bool:
    """Whether the limit lies on the worse side of the target, or on it."""
    return limit <= target if direction == "up" else limit >= target
