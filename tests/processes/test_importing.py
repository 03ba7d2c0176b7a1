"""Models drawn elsewhere become drafts: all of a file or nothing, with everything told that was not kept."""

import hashlib
import io
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from approvals import workflow
from approvals.models import Seat
from organization.models import Department, Position
from organization.refusals import Stale
from processes import importing
from processes.canonical import from_json
from processes.management.commands.import_bpmn import sentence
from processes.models import DraftEdit, OriginalFile, Process, Revision
from tests import make
from tests.make import NOW
from tests.processes.bpmn.files import CLAIM, flow, process

DOCUMENTED = ["file", "status", "reason", "process", "steps", "flows", "roles", "lost"]
NESTED = process(
    '<laneSet id="ls"><lane id="l" name="Sales"><flowNodeRef>s</flowNodeRef><flowNodeRef>check</flowNodeRef>'
    "<flowNodeRef>e</flowNodeRef></lane>"
    '</laneSet><startEvent id="s" name="Order received"/>'
    '<subProcess id="check" name="Check the order"><startEvent id="cs"/><task id="c" name="Check the price"/><endEvent id="ce"/>'
    '<subProcess id="deep" name="Ask the customer"><startEvent id="ds"/><task id="call" name="Call"/><endEvent id="de"/>'
    + flow("ds", "call") + flow("call", "de") + "</subProcess>"
    + flow("cs", "c") + flow("c", "deep") + flow("deep", "ce")
    + '</subProcess><endEvent id="e" name="Order accepted"/>' + flow("s", "check") + flow("check", "e"),
    name="Accept an order",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, cast: make.Cast) -> Path:
    """Two models that can be read, and between them one that cannot."""
    (tmp_path / "a claim.bpmn").write_bytes(CLAIM)
    (tmp_path / "b.bpmn").write_bytes(b"<definitions")
    (tmp_path / "c.XML").write_bytes(NESTED)
    (tmp_path / "notes.txt").write_text("no model")
    return tmp_path


def told(*arguments: object) -> list[dict[str, object]]:
    """The objects that the command prints, one per line."""
    out = io.StringIO()
    call_command("import_bpmn", *map(str, arguments), "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def said(*arguments: object) -> str:
    out = io.StringIO()
    call_command("import_bpmn", *map(str, arguments), stdout=out)
    return out.getvalue()


def import_(data: bytes, cast: make.Cast, name: str = "model.bpmn") -> importing.Report:
    owner = Position.objects.get(title="Head of Purchasing")
    return importing.import_file(data, name, department=cast.purchasing, owner=owner, by=cast.author, now=NOW)


# One file


def test_a_file_becomes_a_draft_with_its_original_kept(cast: make.Cast) -> None:
    report = import_(CLAIM, cast, "models/claims/claim.bpmn")
    draft = Revision.objects.get()
    content = from_json(draft.content)
    assert (report.status, report.process, draft.process.title) == ("imported", "PUR-001", "Handle a claim")
    assert (report.steps, report.roles) == (len(content.steps), len(content.roles))
    assert (content.number, content.title) == ("PUR-001", "Handle a claim")
    kept = OriginalFile.objects.get()
    assert (kept.revision, kept.name, bytes(kept.content)) == (draft, "claim.bpmn", CLAIM)
    assert kept.sha256 == hashlib.sha256(CLAIM).hexdigest()
    assert kept.report["process"] == "PUR-001"
    assert {lost["id"] for lost in report.lost} >= {"g"}
    assert all(set(lost) == {"element", "id", "name", "why"} for lost in report.lost)
    assert list(DraftEdit.objects.values_list("client_key", "by__login")) == [("import", "author")]


def test_drawn_sub_processes_become_processes_of_their_own_linked_by_number(cast: make.Cast) -> None:
    report = import_(NESTED, cast)
    linked = {p.title: [step.link for step in from_json(p.revisions.get().content).steps if step.link] for p in Process.objects.all()}
    number = dict(Process.objects.values_list("title", "number"))
    assert linked == {
        "Accept an order": [number["Check the order"]],
        "Check the order": [number["Ask the customer"]],
        "Ask the customer": [],
    }
    assert report.process == number["Accept an order"]
    assert report.sub_processes == (number["Check the order"], number["Ask the customer"])


def test_a_file_is_taken_as_a_whole_or_not_at_all(cast: make.Cast) -> None:
    assert import_(b"<definitions", cast).status == "refused"
    refused = importing.import_file(
        NESTED, "x", department=cast.purchasing, owner=cast.purchasing.positions.get(kind="head"), by=cast.stranger, now=NOW
    )
    assert (refused.status, refused.reason.startswith("Only people of the department")) == ("refused", True)
    assert (Process.objects.count(), OriginalFile.objects.count()) == (0, 0)


def test_a_fault_in_the_middle_leaves_nothing_behind(cast: make.Cast) -> None:
    def full(execute: Callable[..., object], sql: str, *more: object) -> object:
        if "originalfile" in sql:
            raise OperationalError("disk full")
        return execute(sql, *more)

    with connection.execute_wrapper(full), pytest.raises(OperationalError):
        import_(NESTED, cast)
    assert (Process.objects.count(), Revision.objects.count()) == (0, 0)


def test_checking_writes_nothing(cast: make.Cast) -> None:
    report = importing.check_file(CLAIM, "claim.bpmn")
    assert (report.status, report.process, report.file) == ("imported", "", "claim.bpmn")
    assert importing.check_file(b"", "empty.bpmn").status == "refused"
    assert not Process.objects.exists()
    made = import_(CLAIM, cast)
    assert (made.steps, made.flows, made.roles, made.lost) == (report.steps, report.flows, report.roles, report.lost)


def test_a_model_without_a_name_has_a_title_all_the_same(cast: make.Cast) -> None:
    bare = process('<startEvent id="s"/><task id="t" name="Do"/><endEvent id="e"/>' + flow("s", "t") + flow("t", "e"), name="")
    assert import_(bare, cast).status == "imported"
    assert Process.objects.get().title


def test_hostile_names_are_kept_as_text(cast: make.Cast) -> None:
    name = "&lt;script&gt;alert(1)&lt;/script&gt; 😀 مرحبا 采购 " + "x" * 400
    model = process(f'<startEvent id="s"/><task id="t" name="{name}"/><endEvent id="e"/>' + flow("s", "t") + flow("t", "e"), name=name)
    assert import_(model, cast).status == "imported"
    made = Process.objects.get()
    assert made.title.startswith("<script>alert(1)</script> 😀 مرحبا 采购 x")
    assert len(made.title) == 200
    from_json(made.revisions.get().content)


def test_a_draft_that_somebody_has_begun_is_not_overwritten(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing), by=cast.author)
    with pytest.raises(Stale, match="begun to write this draft"):
        importing.fill(draft, make.definition("Other"), by=cast.author, now=NOW)
    draft.edits.all().delete()
    Revision.objects.filter(pk=draft.pk).update(version=9)
    with pytest.raises(Stale):
        importing.fill(draft, make.definition("Other"), by=cast.author, now=NOW)
    assert "Other" not in json.dumps(Revision.objects.get().content)


def test_the_draft_is_submitted_and_approved_like_any_other(cast: make.Cast) -> None:
    report = import_(NESTED, cast)
    draft = Revision.objects.get(process__number=report.process)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    workflow.decide(Seat.objects.get(), by=cast.approver, now=NOW, verdict="approve", reason="", sha256=case.content.sha256)
    assert Revision.objects.in_force(NOW).get() == draft


# The command


def test_the_documented_fields_are_printed_for_every_file(folder: Path) -> None:
    found = told(folder, "--department", "PUR")
    assert [sorted(set(one) - set(DOCUMENTED)) for one in found] == [["folded", "partly", "repairs", "sub_processes"]] * 3
    assert [(Path(str(one["file"])).name, one["status"], one["process"]) for one in found] == [
        ("a claim.bpmn", "imported", "PUR-001"),
        ("b.bpmn", "refused", ""),
        ("c.XML", "imported", "PUR-004"),
    ]
    assert found[1]["reason"]
    assert {type(found[0][name]) for name in ("steps", "flows", "roles")} == {int}
    assert Process.objects.values_list("created_by__login", flat=True).distinct().get() == "author"


def test_check_writes_nothing_and_needs_no_company(folder: Path) -> None:
    before = Process.objects.count(), OriginalFile.objects.count()
    assert [one["status"] for one in told(folder, "--check")] == ["imported", "refused", "imported"]
    assert (Process.objects.count(), OriginalFile.objects.count()) == before == (0, 0)


@pytest.mark.django_db
def test_check_works_in_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(CLAIM)
    assert [one["status"] for one in told(tmp_path, "--check")] == ["imported"]


def test_at_a_terminal_it_is_said_in_sentences(folder: Path) -> None:
    text = said(folder, "--department", "pur", "--by", "AUTHOR")
    assert f"✓ {folder}/a claim.bpmn as PUR-001: " in text
    assert f"✗ {folder}/b.bpmn\n    " in text
    assert "    lost: group g: " in text
    assert said(folder / "a claim.bpmn", "--check").startswith(f"✓ {folder}/a claim.bpmn: ")


def test_repairs_are_told() -> None:
    report = importing.Report("a.bpmn", "imported", repairs=("a wrong character",))
    assert "read in spite of a wrong character" in sentence(report)


def test_a_hundred_megabytes_are_refused_without_reading_them(tmp_path: Path, cast: make.Cast) -> None:
    path = tmp_path / "huge.bpmn"
    path.touch()
    os.truncate(path, 100_000_000)
    tracemalloc.start()
    (found,) = told(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found["status"], found["reason"]) == ("refused", "The file has 100 MB; at most 5 MB are read.")
    assert peak < 20_000_000


def test_what_cannot_be_opened_is_refused_like_any_other(tmp_path: Path, cast: make.Cast) -> None:
    strange = Path(os.fsdecode(bytes(tmp_path) + b"/\xff\xfe.bpmn"))
    strange.write_bytes(CLAIM)
    missing, kept = told(tmp_path / "nowhere.bpmn", strange, "--department", "PUR")
    assert (missing["status"], missing["reason"]) == ("refused", "The file cannot be read: No such file or directory.")
    assert (kept["status"], str(kept["file"])[-8:-5]) == ("imported", "/\ufffd\ufffd")


def test_a_department_that_cannot_take_it_is_named(folder: Path, cast: make.Cast) -> None:
    for arguments, reason in (
        (("--department", "XYZ"), "There is no department 'XYZ'."),
        (("--department", "PUR", "--by", "nobody"), "There is no active person 'nobody'."),
        (("--department", make.department("NEW").code), "has no position that could own a process"),
    ):
        with pytest.raises(CommandError, match=reason):
            told(folder, *arguments)
    make.position("Gone", of=make.department("NEW"))
    Position.objects.filter(title="Gone").update(closed_on=make.LONG_AGO)
    with pytest.raises(CommandError, match="has no position"):
        told(folder, "--department", "NEW")
    assert not Process.objects.exists()


@pytest.mark.django_db
def test_an_empty_company_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(CLAIM)
    with pytest.raises(CommandError, match="There is no company yet"):
        told(tmp_path)
    make.position("Clerk", of=make.company())
    with pytest.raises(CommandError, match="Nobody acts for the department: say --by LOGIN"):
        told(tmp_path)


def test_without_a_department_the_company_gets_the_drafts(folder: Path, cast: make.Cast) -> None:
    found = told(folder / "a claim.bpmn")
    assert found[0]["process"] == "CO-001"
    assert Process.objects.get().department == Department.objects.get(kind="company")
