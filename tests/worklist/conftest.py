"""The flush after a test with committed rows needs the refusals of the database lifted."""

from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush"]
