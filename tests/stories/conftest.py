"""Stories that drive a browser."""

from tests.browser import browser_type_launch_args, open_as, sign_in
from tests.lifting import _denials_lifted_for_the_flush
from tests.stories.worker import worker

__all__ = ["_denials_lifted_for_the_flush", "browser_type_launch_args", "open_as", "sign_in", "worker"]
