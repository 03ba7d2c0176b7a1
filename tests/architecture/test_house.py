"""House rules that a linter does not know."""

import ast
import contextlib
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from simple_history.exceptions import NotHistoricalModelError
from simple_history.utils import get_history_manager_for_model

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("processportal", "improvement", "approvals", "training", "kpis", "processes", "worklist", "organization")
LONGEST_FILE = 330


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_no_file_outgrows_its_room() -> None:
    long = {str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_every_module_says_what_lives_there() -> None:
    silent = [str(p.relative_to(ROOT)) for p in sources() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


def test_imports_stand_at_the_top() -> None:
    inside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if path.name != "apps.py"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_there_are_only_the_signals_of_the_two_event_modules() -> None:
    made = {str(p.relative_to(ROOT)) for p in sources() if re.search(r"= Signal\(", p.read_text())}
    assert made == {"organization/events.py", "processes/events.py"}


def test_no_generic_foreign_keys() -> None:
    assert [str(p) for p in sources() if "GenericForeignKey" in p.read_text()] == []


def tracked() -> set[str]:
    """Names of models whose edits django-simple-history keeps."""
    names = set()
    for model in apps.get_models():
        with contextlib.suppress(NotHistoricalModelError):
            get_history_manager_for_model(model)
            names.add(model.__name__)
    return names


def test_tracked_models_are_never_changed_past_their_history() -> None:
    """`Model.objects….update(…)`, `bulk_create`, `bulk_update` write no history."""
    names = tracked()
    assert "Department" in names
    past = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"update", "bulk_create", "bulk_update"}
            ):
                root = node.func.value
                while isinstance(root, ast.Call | ast.Attribute):
                    root = root.func if isinstance(root, ast.Call) else root.value
                if isinstance(root, ast.Name) and root.id in names:
                    past.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert past == []


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    told = []
    checkout = re.compile("/" + r"work/(main|shared|\.)")
    home, mirror = "/" + "root/", re.compile(r"https?://(pypi|files\.pythonhosted|registry\.npmjs)[^\s\"')]*", re.IGNORECASE)
    for name in committed():
        path = ROOT / name
        if path.suffix in {".png", ".woff2"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if home in text or checkout.search(text) or mirror.search(text):
            told.append(name)
    assert told == []


def test_vendored_files_are_what_their_table_says() -> None:
    folder = ROOT / "static" / "vendor"
    table = dict(re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.MULTILINE))
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.name != "README.md"}
    assert found == table


def test_the_locks_are_whole() -> None:
    """They are installed without resolving anything, so nothing may be missing in them."""
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert checked.stdout.strip() == "No broken requirements found."


def test_templates_have_no_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.IGNORECASE)
    bad = [str(p.relative_to(ROOT)) for p in (ROOT / "templates").rglob("*.html") if inline.search(p.read_text())]
    assert bad == []


def test_safe_html_is_marked_in_few_places() -> None:
    """Whoever marks text as safe stands on this list with a reason: drawings of our own, and what the sanitiser gave back."""
    marked = {str(p.relative_to(ROOT)) for p in sources() if re.search(r"\bmark_safe\(|SafeString\(", p.read_text())}
    assert marked <= {"kpis/pictures.py", "processes/markdown.py", "processes/charts.py"}


@pytest.mark.django_db
def test_no_page_gives_what_the_shell_is_given() -> None:
    """A page's own `standing` would stand where the person's position does, on the top of that page."""
    shells = re.findall(r'^ +"(\w+)": ', (ROOT / "processportal/context.py").read_text(), re.MULTILINE)
    assert {"standing", "navigation", "home_url"} <= set(shells)
    named = re.compile(rf'"({"|".join(shells)})": ')
    views = (p for p in sources() if "render(" in p.read_text() and p.name != "context.py")
    assert {str(p.relative_to(ROOT)): found for p in views if (found := named.findall(p.read_text()))} == {}


def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
