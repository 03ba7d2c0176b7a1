"""Fixtures of these tests."""

from tests.browser import browser_type_launch_args, open_as
from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush", "browser_type_launch_args", "open_as"]
