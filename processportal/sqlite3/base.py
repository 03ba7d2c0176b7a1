"""The threads of one process queue for SQLite's single writer, instead of each asking the file again after a sleep.

SQLite has no queue: who finds the file taken sleeps, up to a tenth of a second, and asks again, while the file is free for most of
that time. Writers of other processes still do; here they are two or three, not as many as there are readers who confirm at once.
"""

import os
import threading
from collections import defaultdict

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

TIMEOUT = 60.0
"""Seconds; as long as SQLite itself is told to wait."""
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
os.register_at_fork(after_in_child=_turns.clear)


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction begins when it is this thread's turn, and the turn ends with it."""

    _turn: "threading.Lock | None" = None

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:  # noqa: FBT001 — Django's
        """As `transaction.atomic` asks at its outermost, to begin and after the end."""
        if autocommit or self._turn:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            return
        turn = _turns[str(self.settings_dict["NAME"])]
        if not turn.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", TIMEOUT)):
            raise OperationalError("database is locked")
        self._turn = turn
        try:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> None:
        """The end of the transaction and of the turn."""
        super().commit()
        self._end_turn()

    def rollback(self) -> None:
        """The end of both, also where it fails."""
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        """The end of both, also where it fails."""
        try:
            super().close()
        finally:
            self._end_turn()

    def __del__(self) -> None:
        """Of a thread that ended in the midst of a transaction: its file is closed unasked, and so its turn ends."""
        self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn:
            turn.release()
