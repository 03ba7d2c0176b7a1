"""Every race and every record has its test, each of which exists; the page for auditors says the same."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.safety import PAGE, RACES, RECORDS, ROOT, Row, page

NAMED = [*((f"race {n}", row) for n, row in RACES.items()), *((f"record {n}", row) for n, row in RECORDS.items())]


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests of a module, read and not run."""
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in tree if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def exists(named: str) -> bool:
    """A heading of a page, a test of a module, or any test of it (`*`)."""
    if "#" in named:
        name, heading = named.split("#")
        path = ROOT / name
        return path.exists() and any(
            line.lstrip("# []").startswith(heading) for line in path.read_text("utf-8").splitlines() if line[:1] == "#"
        )
    name, test = named.split("::")
    path = ROOT / "tests" / f"{name}.py"
    return path.exists() and (bool(names_in(path)) if test == "*" else test in names_in(path))


def test_none_is_missing() -> None:
    assert list(RACES) == [*range(1, 10), 25, 26]
    assert list(RECORDS) == list(range(1, 26))


@pytest.mark.parametrize("row", [row for _name, row in NAMED], ids=[name for name, _row in NAMED])
def test_what_is_named_exists(row: Row) -> None:
    assert row.shown
    assert [named for named in row.shown if not exists(named)] == []


def test_a_name_that_is_not_there_is_seen() -> None:
    assert not exists("approvals/test_records::test_of_nothing")
    assert not exists("approvals/test_nothing::*")
    assert not exists("docs/operations.md#Nothing")


def test_the_page_says_the_same() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.architecture.safety writes it anew"
