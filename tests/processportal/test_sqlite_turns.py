"""Writers of one process take turns at SQLite's file; whatever ends a transaction ends the turn."""

import gc
import multiprocessing
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from processportal.sqlite3.base import DatabaseWrapper

THREADS = 30
Opens = Callable[..., DatabaseWrapper]


@pytest.fixture
def open_file(tmp_path: Path) -> Opens:
    """`open_file(timeout=1)`: another connection to the same file, on which SQLite itself waits for nobody."""
    with sqlite3.connect(tmp_path / "turns.sqlite3") as made:
        made.execute("CREATE TABLE counter AS SELECT 0 AS n")

    def opened(timeout: float = 60) -> DatabaseWrapper:
        options = {"timeout": timeout, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;PRAGMA busy_timeout=0;"}
        handler = ConnectionHandler(
            {"default": {"ENGINE": "processportal.sqlite3", "NAME": tmp_path / "turns.sqlite3", "OPTIONS": options}}
        )
        found = handler["default"]
        assert isinstance(found, DatabaseWrapper)
        found.ensure_connection()
        return found

    return opened


def begin(one: DatabaseWrapper) -> None:
    """As `transaction.atomic` does at its outermost."""
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def add_one(one: DatabaseWrapper) -> None:
    begin(one)
    with one.cursor() as cursor:
        found = cursor.execute("SELECT n FROM counter").fetchone()[0]
        cursor.execute("UPDATE counter SET n = %s", [found + 1])
    one.commit()
    one.set_autocommit(True)


def test_many_threads_write_and_nobody_finds_the_file_taken(open_file: Opens) -> None:
    together, failed = threading.Barrier(THREADS), []

    def work() -> None:
        mine = open_file()
        together.wait()
        try:
            for _time in range(3):
                add_one(mine)
        except OperationalError as error:
            failed.append(str(error))
        finally:
            mine.close()

    threads = [threading.Thread(target=work) for _thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_file().cursor() as cursor:
        assert (failed, cursor.execute("SELECT n FROM counter").fetchone()[0]) == ([], 3 * THREADS)


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_whatever_ends_the_transaction_ends_the_turn(open_file: Opens, ending: str) -> None:
    first, second = open_file(), open_file(timeout=0.05)
    begin(first)
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    getattr(first, ending)()
    add_one(open_file(timeout=0.05))


def test_a_thread_that_ends_in_the_midst_gives_its_turn_back(open_file: Opens) -> None:
    thread = threading.Thread(target=lambda: begin(open_file()))
    thread.start()
    thread.join()
    gc.collect()
    add_one(open_file(timeout=0.05))


def test_who_could_not_begin_does_not_keep_the_turn(open_file: Opens, tmp_path: Path) -> None:
    another = sqlite3.connect(tmp_path / "turns.sqlite3")
    another.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        begin(open_file())
    another.close()
    add_one(open_file(timeout=0.05))


def test_a_new_process_does_not_wait_for_a_turn_of_the_old_one(open_file: Opens) -> None:
    """It asks the file, which is taken, and is told so at once; the turn that it was born with would keep it for a minute."""

    def begun() -> None:
        with pytest.raises(OperationalError, match="locked"):
            begin(open_file())

    holder = open_file()
    begin(holder)
    child = multiprocessing.get_context("fork").Process(target=begun)
    child.start()
    child.join(timeout=20)
    alive = child.is_alive()
    child.kill()
    holder.close()
    assert (alive, child.exitcode) == (False, 0)
