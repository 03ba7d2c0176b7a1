"""States and validity are written in one module; everything else asks for a move."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("organization", "worklist", "processes", "approvals", "training", "kpis", "improvement", "processportal")
# `state` belongs to revisions, processes, approval cases and assessments (their `moving`), translations, change requests, problem
# reports, and training sessions with their places; validity to revisions.
WRITERS = {
    "state": {
        "organization/proposals.py",
        "processes/moving.py",
        "processes/translations.py",
        "processes/change_requests.py",
        "processes/problems.py",
        "approvals/moving.py",
        "approvals/route_effect.py",
        "approvals/route_changes.py",
        "training/competence/moving.py",
        "training/courses/moving.py",
    },
    "effective_from": {"processes/moving.py"},
    "effective_until": {"processes/moving.py"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def written(tree: ast.AST) -> Iterator[str]:
    """Names of attributes that are assigned, given to `.update()`, `setattr` or named in `update_fields`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.Call(func=ast.Attribute(attr="update"), keywords=keywords):
                yield from (keyword.arg for keyword in keywords if keyword.arg)
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=str(name)), _]):
                yield name
            case ast.keyword(arg="update_fields", value=ast.List(elts=names) | ast.Tuple(elts=names)):
                yield from (name.value for name in names if isinstance(name, ast.Constant))


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_only_its_own_module_writes_a_state(name: str) -> None:
    writers = {path for path, tree in modules() if name in written(tree)}
    assert writers <= WRITERS[name]
    assert "processes/moving.py" in writers or name == "effective_from", "the rule still finds what it guards"


@pytest.mark.parametrize(
    "offence",
    [
        "revision.state = 'approved'",
        "Revision.objects.filter(pk=1).update(state='approved')",
        "setattr(revision, 'state', 'approved')",
        "revision.save(update_fields=['state'])",
        "a.state, b = 1, 2",
        "x.state += 'd'",
    ],
)
def test_the_rule_sees_every_way_of_writing(offence: str) -> None:
    assert "state" in set(written(ast.parse(offence)))


def test_reading_and_creating_is_no_writing() -> None:
    harmless = "if revision.state == 'draft': Revision.objects.filter(state='draft'); Revision(state='draft'); context.update({'state': 1})"
    assert "state" not in set(written(ast.parse(harmless)))
