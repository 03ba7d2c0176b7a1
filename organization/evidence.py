"""The actor whom the triggers of the evidence trail name, and the sealing of closed ranges."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_actor: ContextVar[str] = ContextVar("evidence_actor", default="")


@contextmanager
def acting(login: str) -> Iterator[None]:
    """Inside the block, changes of governed tables are recorded under this login name."""
    token = _actor.set(login)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> str:
    """The login name given to `acting`, or ""."""
    return _actor.get()
