"""Screens that are looked at in a browser."""

from tests.browser import browser_type_launch_args, open_as, sign_in

__all__ = ["browser_type_launch_args", "open_as", "sign_in"]
