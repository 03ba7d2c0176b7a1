"""Audit packs: what held on a day, for whoever may see it, checked without the portal; made in the background, deleted after a while."""

import ast
import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from approvals.models import ApprovalCase, CaseStage, Decision
from kpis.recording import correct, define, record
from organization.calendar import today
from organization.models import Department, Position
from organization.refusals import Refused
from organization.tables.reading import read
from processes import catalogue
from processes.models import Process
from processportal.audit_pack import archive, making, tasks
from processportal.audit_pack.models import AuditPack, AuditPackEntry
from processportal.audit_pack.selecting import SELECTORS, Chosen
from processportal.copies.models import Copy
from processportal.copies.typesetting import NotTypeset
from processportal.ledger.exporting import write_ledger
from tests import make
from tests.conftest import SignedIn
from tests.make import TODAY
from tests.processportal.audit_pack.conftest import approved, unpacked, whole
from tests.training.courses import course
from training.models import Acknowledgement, Reading, TrainingDemand, TrainingRecord
from worklist.models import OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db
Outcome = AuditPack.Outcome
NOW = make.NOW
DAY = make.day(1)
LATER = NOW + dt.timedelta(days=30)


def made(cast: make.Cast, what: str = "process", key: str = "PUR-001", *, by: make.Person | None = None, day: dt.date = DAY) -> AuditPack:
    """Asked for a month later, and made."""
    pack = making.ask(what, key, day, by=by or cast.manager, now=LATER)
    making.work_on(pack.pk)
    pack.refresh_from_db()
    return pack


def table(folder: Path, name: str) -> list[list[str]]:
    """Its rows without the head."""
    text = (folder / f"{name}.csv").read_bytes().decode("utf-8-sig")
    return [list(cells) for _n, cells in read(text).rows] if len(text.splitlines()) > 1 else []


def verdict(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and words of the script, run where nothing of the portal is known."""
    ended = subprocess.run([sys.executable, "-I", "verify.py", *more], cwd=folder, capture_output=True, text=True, check=False)
    assert not ended.stderr
    return ended.returncode, ended.stdout


def later() -> None:
    """Time passes for every claim."""
    past = timezone.now() - making.CLAIM_ENDS * 2
    AuditPackEntry.objects.update(claimed_at=past)
    AuditPack.objects.update(claimed_at=past)


# --- what is in it


def test_a_real_pack_says_everything_of_the_day(cast: make.Cast, process: Process, tmp_path: Path) -> None:
    revision = process.revisions.get()
    for who, days in ((cast.reader, 0), (cast.stranger, 9)):
        at = NOW + dt.timedelta(days=days)
        Acknowledgement.objects.create(person=who, revision=revision, content=revision.frozen, opened_at=at, acknowledged_at=at)
    item = WorkItem.objects.create(
        kind="read", subject="x", url_name="home", person=cast.boss, raised_at=NOW, due_on=DAY, planned_due_on=DAY, source_key="reading:x"
    )
    Reading.objects.create(work_item=item, revision=revision, person=cast.boss)
    measure = {"unit": "%", "direction": "up", "target": Decimal(98), "limit": Decimal(95), "decimals": 1, "keeper": process.owner}
    indicator = define(process, name="In time", starts_on=dt.date(2026, 1, 1), by=cast.manager, now=NOW, **measure)  # type: ignore[arg-type]
    january = record(indicator, dt.date(2026, 1, 1), Decimal("99.50"), by=cast.author, now=NOW)
    wrong = record(indicator, dt.date(2026, 2, 1), Decimal(9), by=cast.author, now=NOW)
    correct(wrong, Decimal(97), by=cast.author, now=NOW + dt.timedelta(hours=1), reason="Mistyped")
    correct(january, Decimal(50), by=cast.author, now=LATER, reason="After the day")
    make.effective(process, make.definition("Something newer"), since=NOW + dt.timedelta(days=5))
    pack = made(cast)
    assert (pack.outcome, pack.left_out, pack.title) == ("made", 0, "PUR-001 Purchase to pay")
    folder = unpacked(pack, tmp_path)
    assert sorted(path.name for path in (folder / "procedures").iterdir()) == ["0001-PUR-001-v1.0.pdf"]
    assert (folder / "procedures" / "0001-PUR-001-v1.0.pdf").read_bytes()[:5] == b"%PDF-"
    ((number, title, version, since, _utc, until, owner, *_rest, sha256),) = table(folder, "revisions")
    assert (number, title, version, since, until[:10]) == ("PUR-001", "Purchase to pay", "1.0", "2026-03-04 09:00:00", "2026-03-09")
    assert (owner, sha256) == ("Head of Purchasing", revision.frozen.sha256 if revision.frozen else "")
    signed = table(folder, "approvals")
    assert [(row[1], row[2], row[3], row[7], row[8]) for row in signed] == [
        ("Authored", "Author", "", "First", "1"),
        ("Approved", "Approver", "Process manager, Purchasing", "=1+1", "2"),
    ]
    assert ",'=1+1," in (folder / "approvals.csv").read_text("utf-8-sig"), "no cell is run as a formula"
    assert [row[1:4] for row in table(folder, "readers")] == [["Reader", "reader", "Read"], ["Boss", "boss", "Not read yet"]]
    assert [row[1:8] for row in table(folder, "indicators")] == [
        ["In time", "%", "2026-01", "99.5", "98", "95", "On target"],
        ["In time", "%", "2026-02", "97", "98", "95", "Close to the limit"],
    ]
    assert table(folder, "findings") == []
    said = (folder / "README.txt").read_text("utf-8")
    assert "findings.csv: Audits and findings are not kept in this portal yet" in said
    assert "Nothing was left out." in said
    assert table(folder, "index") == [["PUR-001", "Purchase to pay", "1.0", "procedures/0001-PUR-001-v1.0.pdf", ""]]
    assert verdict(folder) == (0, f"1 documents with 2 signatures are as they were written and signed.\n{pack.sha256}\n")
    assert not Copy.objects.exists(), "an audit copy is registered nowhere"


def test_the_paper_is_marked_and_says_the_settings_of_then(cast: make.Cast, process: Process, quick: list[dict[str, object]]) -> None:
    process.history.update(history_date=NOW - dt.timedelta(days=9))
    owner = Position.objects.get(title="Process manager, Purchasing")
    catalogue.change_metadata(process, {"owner": owner, "confidentiality": "departments"}, by=cast.author, now=NOW + dt.timedelta(days=3))
    pack = made(cast)
    assert pack.outcome == "made"
    (document,) = quick
    assert document["watermark"] == "AS VALID ON 5 Mar 2026"
    assert "?on=2026-03-05" in str(document["address"])
    assert document["author"] == "Head of Purchasing"
    assert document["classification"] == "Public in the company"
    assert "In force since 4 Mar 2026" in str(document["status"])
    assert "Audit copy, as valid on 5 Mar 2026 · printed by Manager on" in str(document["footer"])


def test_it_speaks_the_language_of_who_asked(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    with translation.override("zh-hans"):
        pack = making.ask("process", "pur-001", DAY, by=cast.manager, now=LATER)
    making.work_on(pack.pk)
    folder = unpacked(AuditPack.objects.get(), tmp_path)
    assert "流程" in (folder / "index.csv").read_text("utf-8-sig")
    assert verdict(folder)[0] == 0


def test_trainings_stand_in_it_as_the_records_stood_then(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    about = course(cast.manager, title="Buying safely")
    about.processes.add(process)
    demanded, other = course(cast.manager, "C-2"), course(cast.manager, "C-3")
    TrainingDemand.objects.create(process=process, course=demanded, begun_by=cast.manager, begun_at=NOW)
    given = {"source": "import", "day": TODAY, "recorded_by": cast.manager, "recorded_at": NOW}
    for one, who in ((about, cast.reader), (demanded, cast.author), (other, cast.boss)):
        TrainingRecord.objects.create(person=who, course=one, result="passed", score=90, **given)
    wrong = TrainingRecord.objects.get(course=about)
    later = given | {"recorded_at": NOW + dt.timedelta(days=5)}
    TrainingRecord.objects.create(person=cast.reader, course=about, result="failed", supersedes=wrong, reason="Wrong list", **later)
    folder = unpacked(made(cast), tmp_path)
    assert [row[1:7] for row in table(folder, "trainings")] == [
        ["Reader", "reader", "C-1 Buying safely", f"{TODAY}", "Passed", "90"],
        ["Author", "author", "C-2 Buying safely", f"{TODAY}", "Passed", "90"],
    ]
    assert verdict(folder)[0] == 0


def test_stages_without_a_signature_are_said_to_be(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    case = ApprovalCase.objects.get()
    stage = CaseStage.objects.create(case=case, order=9, title="Heads", opened_at=NOW, closed_at=NOW, needs_signature=False)
    seat = stage.seats.create(position=Position.objects.get(title="Head of Stores"))
    Decision.objects.create(
        case=case,
        stage=stage,
        seat=seat,
        verdict="approve",
        decided_by=cast.boss,
        submitted_by=cast.author,
        content=case.content,
        decided_at=NOW,
    )
    folder = unpacked(made(cast), tmp_path)
    assert table(folder, "approvals")[-1][1:4] == ["Approved, without signature", "Boss", "Head of Stores"]
    assert verdict(folder)[0] == 0


# --- proof


def test_every_byte_counts(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    approved(cast, "PUR-002")
    folder = unpacked(made(cast), tmp_path)
    assert verdict(folder)[0] == 0
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) > 10
    for path in files:
        data = path.read_bytes()
        # A script that was changed where it matters would not start at all: in its first words it finds that out itself.
        for place in (5,) if path.name == "verify.py" else (0, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            code, said = verdict(folder)
            assert (code, said[:8]) == (1, "BROKEN: "), (path, place)
        path.write_bytes(data)
    (folder / "more.txt").write_text("x")
    assert verdict(folder) == (1, "BROKEN: more.txt is not part of this pack\n")
    (folder / "more.txt").unlink()
    (folder / "index.csv").unlink()
    assert verdict(folder) == (1, "BROKEN: index.csv is missing\n")


def test_signatures_of_others_are_their_hash_alone_and_agree_with_the_full_ledger(
    cast: make.Cast, process: Process, quick: object, tmp_path: Path
) -> None:
    approved(cast, "PUR-002", title="Secret plans")
    folder = unpacked(made(cast), tmp_path / "pack")
    lines = (folder / "ledger" / "signatures.jsonl").read_text("utf-8").splitlines()
    assert ["person_name" in line for line in lines] == [True, True, False, False]
    assert "Secret" not in "".join(path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
    write_ledger(tmp_path / "ledger.zip")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", "ledger.zip", "whole"], cwd=tmp_path, check=True)
    assert verdict(folder, str(tmp_path / "whole"))[0] == 0
    full = tmp_path / "whole" / "signatures.jsonl"
    full.write_text(full.read_text("utf-8").replace('"entry_hash": "', '"entry_hash": "f', 1), "utf-8")
    assert "signature 1 stands differently in the full ledger" in verdict(folder, str(tmp_path / "whole"))[1]


def test_the_script_is_short_and_needs_nothing_but_python() -> None:
    text = archive.SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) < 100
    named = {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names)


# --- who, and what they see


def test_who_may_ask(cast: make.Cast, process: Process) -> None:
    guest = make.person("guest", access_until=today(LATER) + dt.timedelta(days=9))
    auditor = make.person("auditor")
    make.position("Auditor", of=cast.stores, kind="process_auditor", holder=auditor)
    for who in (cast.manager, cast.boss, guest, auditor):
        assert making.ask("process", "PUR-001", DAY, by=who, now=LATER).asked_by == who
    for who in (cast.author, cast.approver, cast.reader, cast.stranger, cast.admin):
        with pytest.raises(Refused, match="are made for the process office"):
            making.ask("process", "PUR-001", DAY, by=who, now=LATER)


def test_only_what_the_asker_may_see_goes_in_and_the_rest_is_counted(
    cast: make.Cast, process: Process, quick: object, tmp_path: Path
) -> None:
    approved(cast, "PUR-002", title="Hidden", confidentiality="positions")
    below = make.department("PU2", parent=cast.purchasing)
    make.effective(make.process(below, number="PU2-001"), since=NOW)
    make.effective(make.process(cast.stores, number="STO-001"), since=NOW)
    make.effective(make.process(cast.purchasing, number="PUR-009"), since=NOW + dt.timedelta(days=9))
    auditor = make.person("auditor")
    make.position("Auditor", of=cast.stores, kind="process_auditor", holder=auditor)
    pack = made(cast, "department", "PUR", by=auditor)
    folder = unpacked(pack, tmp_path)
    assert [row[0] for row in table(folder, "index")] == ["PU2-001", "PUR-001"]
    assert pack.left_out == 1
    assert "1 document was in force too which Auditor may not see" in (folder / "README.txt").read_text("utf-8")
    assert verdict(folder)[0] == 0
    with pytest.raises(Refused, match="There is no process PUR-002 that you may see"):
        making.ask("process", "PUR-002", DAY, by=auditor, now=LATER)


def test_a_department_is_what_it_was_on_that_day(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    """What lay below it then goes in though it has moved away, and what came later does not; on a later day it is the other way round."""
    left, came = (make.department(code, parent=parent) for code, parent in (("PU2", cast.purchasing), ("ST2", cast.stores)))
    make.effective(make.process(left, number="PU2-001"), since=NOW)
    make.effective(make.process(came, number="ST2-001"), since=NOW)
    moved = make.process(cast.purchasing, number="PUR-007")
    make.effective(moved, since=NOW)
    for one in (Department, Process):
        one.history.update(history_date=NOW - dt.timedelta(days=9))
    left.parent, came.parent, moved.department = cast.stores, cast.purchasing, cast.stores
    for row in (left, came, moved):
        row._history_date = LATER - dt.timedelta(days=1)
        row.save()

    def packed(day: dt.date) -> list[str]:
        pack = making.ask("department", "PUR", day, by=cast.manager, now=LATER)
        return [entry.revision.process.number for entry in pack.entries.order_by("ordinal")]

    assert packed(DAY) == ["PU2-001", "PUR-001", "PUR-007"]
    assert packed(today(LATER)) == ["PUR-001", "ST2-001"]


def test_what_is_closed_to_the_asker_meanwhile_is_left_out(cast: make.Cast, process: Process, quick: object, tmp_path: Path) -> None:
    other = approved(cast, "PUR-002", title="Closed soon")
    auditor = make.person("auditor")
    make.position("Auditor", of=cast.stores, kind="process_auditor", holder=auditor)
    pack = making.ask("department", "PUR", DAY, by=auditor, now=LATER)
    catalogue.change_metadata(other, {"confidentiality": "positions"}, by=cast.author, now=LATER)
    making.work_on(pack.pk)
    folder = unpacked(AuditPack.objects.get(), tmp_path)
    assert [row[0] for row in table(folder, "index")] == ["PUR-001"]
    assert "Closed" not in "".join(path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
    assert "1 document was in force too" in (folder / "README.txt").read_text("utf-8")
    assert verdict(folder)[0] == 0


def test_who_has_left_gets_nothing(cast: make.Cast, process: Process, quick: list[object], tmp_path: Path) -> None:
    pack = making.ask("process", "PUR-001", DAY, by=cast.boss, now=LATER)
    cast.boss.is_active = False
    cast.boss.save()
    making.work_on(pack.pk)
    assert not quick
    assert table(unpacked(AuditPack.objects.get(), tmp_path), "index") == []


@pytest.mark.parametrize(
    ("what", "key", "days", "sentence"),
    [
        ("process", "PUR-404", 1, "There is no process PUR-404"),
        ("process", "PUR-001", -900, "Nothing of it"),
        ("process", "PUR-001", 31, "Choose today"),
        ("department", "NON", 1, "no such department"),
        ("clause", "9.2", 1, "Choose of what"),
    ],
    ids=["unknown", "before", "future", "department", "selector"],
)
@pytest.mark.usefixtures("process")
def test_what_cannot_be_made_is_said(cast: make.Cast, what: str, key: str, days: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        making.ask(what, key, make.day(days), by=cast.manager, now=LATER)


def test_limits(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(2):
        making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    with pytest.raises(Refused, match="being made already"):
        making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    monkeypatch.setattr(making, "MOST", 0)
    with pytest.raises(Refused, match="More than 0 documents"):
        making.ask("process", "PUR-001", DAY, by=cast.boss, now=LATER)


def test_a_selector_that_comes_later_is_asked_like_the_others(
    cast: make.Cast, process: Process, quick: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the clauses of a standard."""

    class OfClause(type(SELECTORS["process"])):  # type: ignore[misc]
        label = "A clause"

        def chosen(self, key: str, scope: object, at: dt.datetime) -> object:
            return Chosen(f"Clause {key}", Process.objects.filter(number__startswith="PUR"))

    monkeypatch.setattr(making, "SELECTORS", {**SELECTORS, "clause": OfClause()})
    assert made(cast, "clause", "8.4").title == "Clause 8.4"


# --- names of files


@pytest.mark.parametrize("number", ["../../etc/passwd", "..", "/abs", "a\\..\\b", "CON:1", "流程-1"], ids=range(6))
def test_no_number_leads_out_of_the_folder(cast: make.Cast, number: str) -> None:
    process = Process(number=number)
    entry = AuditPackEntry(ordinal=1, revision=process.revisions.model(process=process, major=1, minor=0))
    name = archive.paper_name(entry)
    assert name.startswith("procedures/0001-")
    assert name.count("/") == 1
    assert ".." not in name
    assert not set(name) & set("\\:")


# --- making goes on


def test_a_lost_worker_loses_nothing_and_doubles_nothing(
    cast: make.Cast, process: Process, quick: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(cast, "PUR-002")
    pack = making.ask("department", "PUR", DAY, by=cast.manager, now=LATER)
    assert OutboxEntry.objects.filter(task=making.TASK, arguments=[pack.pk]).count() == 1

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(making, "_make", dies)
        with pytest.raises(KeyboardInterrupt):
            making.work_on(pack.pk)
    assert making.work_on(pack.pk) == 1, "the other one; the first is still claimed"
    assert AuditPack.objects.get().outcome == "waiting"
    later()
    assert tasks.go_on() == 1
    assert AuditPack.objects.get().outcome == "made"
    assert len(quick) == 2
    assert tasks.make_pack(pack.pk) == 0
    assert tasks.go_on() == 0


def test_what_fails_thrice_goes_in_without_its_paper(
    cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_args: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(making, "document_as_of", broken)
    pack = making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    for _try in range(making.TRIES + 1):
        making.work_on(pack.pk)
        later()
    folder = unpacked(AuditPack.objects.get(), tmp_path)
    assert table(folder, "index")[0][3:] == ["", "Making the paper failed several times."]
    assert verdict(folder)[0] == 0


def test_a_paper_that_cannot_be_set_is_named(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def late(*_args: object) -> None:
        raise NotTypeset("timeout")

    monkeypatch.setattr(making, "typeset", late)
    folder = unpacked(made(cast), tmp_path)
    assert table(folder, "index")[0][3:] == ["", "The paper could not be set (timeout). Its text is in the ledger."]
    assert len(table(folder, "approvals")) == 2


def test_a_long_pack_is_made_in_rounds(cast: make.Cast, process: Process, quick: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "ROUND", -1.0)
    pack = making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    assert making.work_on(pack.pk) == 1
    assert AuditPack.objects.get().outcome == "waiting"
    assert making.work_on(pack.pk) == 0
    assert AuditPack.objects.get().outcome == "made"


def test_putting_together_that_breaks_is_tried_again_and_then_said(
    cast: make.Cast, process: Process, quick: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "put_together", full)
    pack = making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    for _try in range(making.TRIES + 1):
        making.work_on(pack.pk)
        making.work_on(pack.pk)
        later()
    pack.refresh_from_db()
    assert (pack.outcome, pack.parts.count()) == ("failed", 0)


def _second_call(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Between looking for work and claiming it, this happens."""
    real, calls = making._free, iter([lambda: None, happens])

    def free(now: dt.datetime) -> object:
        next(calls, lambda: None)()
        return real(now)

    monkeypatch.setattr(making, "_free", free)


def test_of_two_workers_one_takes_a_document_up(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    _second_call(monkeypatch, lambda: AuditPackEntry.objects.update(tries=1, claimed_at=LATER))
    assert making._claim(pack.pk, LATER) is None


def test_of_two_workers_one_begins_the_archive(cast: make.Cast, process: Process, quick: object, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = making.ask("process", "PUR-001", DAY, by=cast.manager, now=LATER)
    AuditPackEntry.objects.update(made_at=LATER)
    _second_call(monkeypatch, lambda: AuditPack.objects.update(tries=1, claimed_at=LATER))
    making._finish(pack.pk, LATER)
    assert AuditPack.objects.get().outcome == "waiting"


def test_of_two_workers_one_keeps_the_archive(cast: make.Cast, process: Process, quick: object, monkeypatch: pytest.MonkeyPatch) -> None:
    real = archive.put_together

    @contextmanager
    def slow(pack: AuditPack, now: dt.datetime) -> Iterator[archive.Built]:
        with real(pack, now) as built:
            AuditPack.objects.update(tries=2)
            yield built

    monkeypatch.setattr(archive, "put_together", slow)
    pack = made(cast)
    assert (pack.outcome, pack.parts.count()) == ("waiting", 0)


def test_archives_go_after_their_days_and_the_row_stays(client: SignedIn, cast: make.Cast, process: Process, quick: object) -> None:
    pack = made(cast)
    assert making.forget_old(LATER + making.KEPT) == 0
    assert making.forget_old(LATER + making.KEPT + dt.timedelta(seconds=1)) == 1
    pack.refresh_from_db()
    assert (pack.outcome, pack.parts.count(), pack.entries.count(), len(pack.sha256)) == ("gone", 0, 0, 64)
    assert making.forget_old(LATER + making.KEPT * 2) == 0
    assert making._forget(AuditPack(pk=pack.pk, outcome="made")) == 0, "somebody else forgot it already"
    page = client.as_(cast.manager).get(f"/audit-packs/{pack.pk}/").content.decode()
    assert pack.sha256 in page
    assert "Archives are deleted after 14 days" in page
    assert client.get(f"/audit-packs/{pack.pk}/file/").status_code == 404


# --- pages


def test_asking_on_the_page_and_getting_the_archive(client: SignedIn, cast: make.Cast, process: Process, quick: object) -> None:
    assert 'value="PUR-001"' in client.as_(cast.manager).get("/audit-packs/?process=PUR-001").content.decode()
    answer = client.post("/audit-packs/", {"what": "process", "process": "PUR-001", "day": f"{today():%Y-%m-%d}"})
    pack = AuditPack.objects.get()
    assert answer["Location"] == f"/audit-packs/{pack.pk}/"
    waiting = client.get(answer["Location"]).content.decode()
    assert "0 of 1 document is done." in waiting
    assert "hx-get" in waiting
    assert client.get(f"/audit-packs/{pack.pk}/file/").status_code == 404
    making.work_on(pack.pk)
    ready = client.get(f"/audit-packs/{pack.pk}/state/").content.decode()
    assert "Get the archive" in ready
    assert "hx-get" not in ready
    file = client.get(f"/audit-packs/{pack.pk}/file/")
    assert file["Content-Disposition"] == f'attachment; filename="audit-pack-PUR-001-{today():%Y-%m-%d}.zip"'
    assert b"".join(file.streaming_content) == whole(pack)  # type: ignore[attr-defined]
    assert int(file["Content-Length"]) == len(whole(pack))
    assert "PUR-001 Purchase to pay" in client.get("/audit-packs/").content.decode()


def test_nobody_else_finds_it(client: SignedIn, cast: make.Cast, process: Process, quick: object) -> None:
    pack = made(cast)
    for who in (cast.boss, cast.author, cast.stranger, cast.admin):
        for end in ("", "state/", "file/"):
            assert client.as_(who).get(f"/audit-packs/{pack.pk}/{end}").status_code == 404
    assert client.as_(cast.author).get("/audit-packs/").status_code == 403
    assert client.post("/audit-packs/", {"what": "process", "process": "PUR-001", "day": "2026-03-05"}).status_code == 403
    assert str(pack) not in client.as_(cast.boss).get("/audit-packs/").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"what": "process", "process": "", "day": "2026-03-05"}, "Fill this in."),
        ({"what": "department", "process": "PUR-001", "day": "2026-03-05"}, "Fill this in."),
        ({"what": "clause", "process": "PUR-001", "day": "2026-03-05"}, "Select a valid choice"),
        ({"what": "process", "process": "PUR-404", "day": "2026-03-05"}, "There is no process PUR-404"),
        ({"what": "process", "process": "PUR-001", "day": "soon"}, "Enter a valid date"),
        ({"what": "process", "process": "PUR-001", "day": "9999-12-31"}, "Choose today or a day that has passed"),
    ],
    ids=["no number", "no department", "no selector", "unknown", "no day", "future"],
)
def test_what_was_typed_stays(client: SignedIn, cast: make.Cast, process: Process, typed: dict[str, str], said: str) -> None:
    answer = client.as_(cast.manager).post("/audit-packs/", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert not typed["process"] or typed["process"] in page
    assert not AuditPack.objects.exists()


def test_a_department_is_chosen(client: SignedIn, cast: make.Cast, process: Process) -> None:
    client.as_(cast.manager).post("/audit-packs/", {"what": "department", "department": cast.purchasing.pk, "day": f"{today():%Y-%m-%d}"})
    pack = AuditPack.objects.get()
    assert (pack.what, pack.key, pack.title) == ("department", "PUR", "PUR Purchasing")


# --- the command


def test_the_command_writes_the_same(
    cast: make.Cast, process: Process, quick: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pack.zip"
    monkeypatch.setattr("processportal.management.commands.audit_pack.PAUSE", 0)
    call_command("audit_pack", file, "--process=PUR-001", "--day=2026-03-05", "--as=manager")
    assert file.read_bytes() == whole(AuditPack.objects.get())
    for words, sentence in (
        ((file, "--process=PUR-001", "--day=2026-03-05", "--as=manager"), "is there already"),
        ((tmp_path / "b.zip", "--process=PUR-001", "--day=2026-03-05", "--as=nobody"), "Nobody with access"),
        ((tmp_path / "b.zip", "--process=PUR-404", "--day=2026-03-05", "--as=manager"), "There is no process"),
        ((tmp_path / "no" / "b.zip", "--department=PUR", "--day=2026-03-05", "--as=manager"), "cannot be written"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("audit_pack", *words)
    monkeypatch.setattr(making, "work_on", lambda pk: AuditPack.objects.filter(pk=pk).update(outcome="failed"))
    with pytest.raises(CommandError, match="could not be put together"):
        call_command("audit_pack", tmp_path / "c.zip", "--process=PUR-001", "--day=2026-03-05", "--as=manager")
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]
