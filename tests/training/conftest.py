"""Fixtures of these tests."""

from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush"]
