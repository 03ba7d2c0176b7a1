"""Many files at once: each with its outcome; drafts of all or one by one; a worker that dies loses and doubles nothing."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from organization.models import Position
from organization.refusals import Refused
from processes import batches, bringing_in, importing, tasks
from processes.bringing_in import Asked
from processes.canonical import from_json
from processes.documents.archive import Packed
from processes.documents.found import NotRead
from processes.models import ImportBatch, OriginalFile, PendingImport, Process, Role
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from tests.processes.bpmn.files import CLAIM, process
from tests.processes.test_archive import zipped
from worklist.models import OutboxEntry

pytestmark = pytest.mark.django_db
TABLE = b"Role,Step,Page\nBuyer,Order goods,3\n"
Outcome = PendingImport.Outcome


def batch_of(cast: Cast, *files: tuple[str, bytes]) -> ImportBatch:
    return batches.open_batch([Packed(name, data) for name, data in files], by=cast.author, now=NOW)


def outcomes(batch: ImportBatch) -> list[tuple[str, str]]:
    return list(batch.files.values_list("name", "outcome"))


def make_all(batch: ImportBatch, cast: Cast) -> int:
    owner = Position.objects.get(title="Head of Purchasing")
    return batches.make_all(batch, department=cast.purchasing, owner=owner, by=cast.author, now=NOW)


def later() -> None:
    """A minute passes for every claim."""
    PendingImport.objects.update(claimed_at=timezone.now() - dt.timedelta(minutes=2))


# Reading


def test_each_file_has_its_outcome(cast: Cast) -> None:
    lead = b"\n" + process("<task id='t' name='Do'/>")
    batch = batch_of(
        cast, ("a/claim.bpmn", CLAIM), ("broken.bpmn", b"<x"), ("steps.csv", TABLE), ("again.bpmn", CLAIM), ("lead.bpmn", lead)
    )
    assert {outcome for _name, outcome in outcomes(batch)} == {"waiting"}
    assert batches.work_on(batch.pk) == 5
    rows = list(batch.files.values_list("name", "outcome", "steps", "lost", "said"))
    assert [row[:4] for row in rows] == [
        ("a/claim.bpmn", "understood", 6, 5),
        ("broken.bpmn", "refused", 0, 0),
        ("steps.csv", "understood", 3, 1),
        ("again.bpmn", "known", 6, 5),
        ("lead.bpmn", "understood", 1, 0),
    ]
    assert rows[1][4].startswith("The XML is broken at line 1")
    assert rows[3][4] == "The same file as “a/claim.bpmn”."
    assert rows[4][4] == "Mended for reading: white space before the first line."
    assert batches.work_on(batch.pk) == 0


def test_what_came_in_before_is_named_to_those_who_may_see_it(cast: Cast) -> None:
    owner = Position.objects.get(title="Head of Purchasing")
    importing.import_file(CLAIM, "x.bpmn", department=cast.purchasing, owner=owner, by=cast.author, now=NOW)
    batch = batch_of(cast, ("claim.bpmn", CLAIM))
    batches.work_on(batch.pk)
    file = batch.files.get()
    assert (file.outcome, file.said, file.process) == ("known", "Brought in before as PUR-001.", Process.objects.get())
    Process.objects.update(confidentiality=Process.Confidentiality.DEPARTMENTS)
    other = batches.open_batch([Packed("claim.bpmn", CLAIM)], by=cast.stranger, now=NOW)
    batches.work_on(other.pk)
    assert other.files.get().outcome == "understood"
    Process.objects.update(confidentiality=Process.Confidentiality.COMPANY, state=Process.State.DISCARDED)
    again = batch_of(cast, ("claim.bpmn", CLAIM))
    batches.work_on(again.pk)
    assert again.files.get().outcome == "understood"


def test_an_old_batch_goes_and_single_uploads_do_not_touch_a_batch(cast: Cast) -> None:
    old = batch_of(cast, ("old.csv", TABLE))
    ImportBatch.objects.update(uploaded_at=NOW - dt.timedelta(days=8))
    new = batch_of(cast, *((f"{n}.csv", TABLE) for n in range(7)))
    assert not ImportBatch.objects.filter(pk=old.pk).exists()
    for n in range(6):
        bringing_in.keep(TABLE, f"{n}.csv", by=cast.author, now=NOW + dt.timedelta(days=2))
    assert new.files.count() == 7
    assert PendingImport.objects.filter(batch=None).count() == 5


def test_of_one_person_only_the_newest_stay_and_none_that_is_still_open(cast: Cast) -> None:
    open_one = batch_of(cast, ("open.csv", TABLE))
    others = batches.open_batch([Packed("a.csv", said="No.")], by=cast.approver, now=NOW)
    done = [batch_of(cast, ("done.csv", b"x,y")) for _n in range(2)]
    for batch in done:
        batches.work_on(batch.pk)
    for _n in range(batches.RECENT):
        batches.open_batch([Packed("a.csv", said="No.")], by=cast.author, now=NOW + dt.timedelta(hours=1))
    kept = set(ImportBatch.objects.values_list("pk", flat=True))
    assert {open_one.pk, others.pk} <= kept
    assert not {batch.pk for batch in done} & kept
    assert len(kept) == batches.RECENT + 2


# Making


def test_drafts_of_all_that_were_understood(cast: Cast) -> None:
    Role.objects.create(title="service", department=cast.purchasing)
    batch = batch_of(cast, ("claim.bpmn", CLAIM), ("in/steps.csv", TABLE), ("again.bpmn", CLAIM), ("broken.bpmn", b"<x"))
    batches.work_on(batch.pk)
    assert make_all(batch, cast) == 2
    assert OutboxEntry.objects.filter(task=batches.TASK).count() == 2
    tasks.work_on_import(batch.pk)
    assert [outcome for _name, outcome in outcomes(batch)] == ["made", "made", "known", "refused"]
    assert sorted(Process.objects.values_list("title", flat=True)) == ["Handle a claim", "steps"]
    assert {file.process.number for file in batch.files.filter(outcome="made") if file.process} == {"PUR-001", "PUR-002"}
    assert [bytes(one.content) for one in batch.files.filter(outcome="made")] == [b"", b""]
    assert sorted(OriginalFile.objects.values_list("name", flat=True)) == ["claim.bpmn", "steps.csv"]
    claim = from_json(Process.objects.get(title="Handle a claim").revisions.get().content)
    assert [role.title for role in claim.roles] == ["service", "Quality"]
    with pytest.raises(Refused, match="No file waits"):
        make_all(batch, cast)


def test_one_by_one_and_never_twice(cast: Cast) -> None:
    batch = batch_of(cast, ("claim.bpmn", CLAIM))
    batches.work_on(batch.pk)
    file = batch.files.get()
    asked = Asked(department=cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    made = bringing_in.make_draft(file, asked, by=cast.author, now=NOW)
    assert batch.files.get().process == made
    with pytest.raises(Refused, match="made already"):
        bringing_in.make_draft(file, asked, by=cast.author, now=NOW)
    single = bringing_in.keep(CLAIM, "claim.bpmn", by=cast.author, now=NOW)
    stale = PendingImport.objects.get(pk=single.pk)
    bringing_in.make_draft(single, asked, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="made already"):
        bringing_in.make_draft(stale, asked, by=cast.author, now=NOW)
    assert Process.objects.count() == 2


def test_who_may_not_create_there_is_told(cast: Cast) -> None:
    batch = batches.open_batch([Packed("claim.bpmn", CLAIM)], by=cast.stranger, now=NOW)
    batches.work_on(batch.pk)
    owner = Position.objects.get(title="Head of Purchasing")
    with pytest.raises(Refused, match="Only people of the department"):
        batches.make_all(batch, department=cast.purchasing, owner=owner, by=cast.stranger, now=NOW)
    batch.files.update(outcome=Outcome.WANTED)
    ImportBatch.objects.update(department=cast.purchasing, owner=owner)
    batches.work_on(batch.pk)
    file = batch.files.get()
    assert (file.outcome, file.said[:26]) == ("understood", "Only people of the departm")
    batch.files.update(outcome=Outcome.WANTED)
    ImportBatch.objects.update(department=None)
    batches.work_on(batch.pk)
    assert (batch.files.get().outcome, Process.objects.count()) == ("understood", 0)


# Faults


def test_a_worker_that_dies_in_the_middle_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batch_of(cast, *((f"{n}.bpmn", process(f"<task id='t' name='Do {n}'/>", name=f"P{n}")) for n in range(4)))
    batches.work_on(batch.pk)
    make_all(batch, cast)
    fill, seen = importing.fill, []

    def dies(*given: Any, **more: Any) -> None:
        fill(*given, **more)
        seen.append(1)
        if len(seen) == 3:
            raise SystemExit  # what a worker hears when it is killed politely; nothing catches it

    with monkeypatch.context() as patched:
        patched.setattr(importing, "fill", dies)
        with pytest.raises(SystemExit):
            batches.work_on(batch.pk)
    assert [outcome for _name, outcome in outcomes(batch)] == ["made", "made", "wanted", "wanted"]
    assert Process.objects.count() == 2
    assert batches.work_on(batch.pk) == 1  # the one in hand still counts as somebody's
    later()
    assert tasks.go_on_importing() == 1
    assert [outcome for _name, outcome in outcomes(batch)] == ["made"] * 4
    assert sorted(Process.objects.values_list("title", flat=True)) == ["P0", "P1", "P2", "P3"]


def test_a_file_that_fails_again_and_again_is_refused_and_the_others_are_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batch_of(cast, ("bad.csv", b"bad"), ("good.csv", TABLE))
    read = bringing_in.read_file

    def fails(data: bytes, name: str) -> object:
        if name == "bad.csv":
            raise MemoryError
        return read(data, name)

    monkeypatch.setattr(bringing_in, "read_file", fails)
    assert batches.work_on(batch.pk) == 2
    assert outcomes(batch) == [("bad.csv", "waiting"), ("good.csv", "understood")]
    for _night in range(3):
        later()
        batches.go_on()
    file = batch.files.first()
    assert file is not None
    assert (file.outcome, file.tries, file.said) == ("refused", 3, "Working on this file failed several times. Bring it in alone.")


def test_a_worker_that_is_late_writes_nothing_over(cast: Cast) -> None:
    batch = batch_of(cast, ("a.csv", TABLE))
    first = batches._claim(batch.pk, timezone.now())
    assert first is not None
    assert batches._claim(batch.pk, timezone.now()) is None
    second = batches._claim(batch.pk, timezone.now() + dt.timedelta(minutes=2))
    assert second is not None
    batches._settle(first, outcome=Outcome.REFUSED)
    assert batch.files.get().outcome == "waiting"
    batches._settle(second, outcome=Outcome.UNDERSTOOD)
    assert batch.files.get().outcome == "understood"


def test_a_claim_that_somebody_else_made_first_is_passed_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batch_of(cast, ("a.csv", TABLE))
    free = batches._free

    def meanwhile(now: dt.datetime) -> Any:
        if PendingImport.objects.filter(claimed_at=None).exists() and calls:
            PendingImport.objects.update(claimed_at=now, tries=1)
        calls.append(1)
        return free(now)

    calls: list[int] = []
    monkeypatch.setattr(batches, "_free", meanwhile)
    assert batches._claim(batch.pk, timezone.now()) is None
    assert batch.files.get().tries == 1


def test_a_long_round_is_handed_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batch_of(cast, ("a.csv", TABLE), ("b.csv", TABLE))
    OutboxEntry.objects.all().delete()
    monkeypatch.setattr(batches, "ROUND", -1.0)
    assert batches.work_on(batch.pk) == 1
    assert OutboxEntry.objects.get().arguments == [batch.pk]


# Uploading


def test_archives_are_unpacked_and_limits_said(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = zipped(("a.csv", b"1"), ("b.csv", b"2"))
    found = batches.files_of(
        [Packed("x.ZIP", packed), Packed("c.csv", b"3"), Packed("bad.zip", b"PK"), Packed("big.zip", said="Too large.")]
    )
    assert [(one.name, one.said[:10]) for one in found] == [
        ("a.csv", ""),
        ("b.csv", ""),
        ("c.csv", ""),
        ("bad.zip", "The archiv"),
        ("big.zip", "Too large."),
    ]
    for uploads, says in (([Packed("a.zip", b"PK")], "damaged"), ([Packed("a.zip", zipped())], "holds no files")):
        with pytest.raises(NotRead, match=says):
            batches.files_of(uploads)
    monkeypatch.setattr(batches, "UNPACKED", 2)
    with pytest.raises(NotRead, match="Together"):
        batches.files_of([Packed("a.csv", b"123")])
    monkeypatch.setattr(batches, "MOST", 1)
    with pytest.raises(NotRead, match="More than 1 files"):
        batches.files_of([Packed("x.zip", packed)])


def send(client: SignedIn, *files: tuple[str, bytes]) -> Any:
    return client.post(reverse("processes:import"), {"file": [SimpleUploadedFile(name, data) for name, data in files]})


def test_several_files_lead_to_the_page_that_says_how_far_they_are(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.views.bringing_in.LARGEST", 20_000)
    answer = send(client.as_(cast.author), ("claim.bpmn", CLAIM), ("x.zip", zipped(("in/<b>.csv", TABLE))), ("huge.csv", bytes(20_001)))
    batch = ImportBatch.objects.get()
    address = reverse("processes:import_batch", args=[batch.pk])
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "3 files of this upload" in page
    assert 'hx-trigger="every 2s"' in page
    assert "in/&lt;b&gt;.csv" in page
    assert "The file has more than 0 MB." in page
    assert "2 still open" in client.get(reverse("processes:import")).content.decode()
    tasks.work_on_import(batch.pk)
    assert "2 wait for their drafts" in client.get(reverse("processes:import")).content.decode()
    rows = client.get(reverse("processes:import_rows", args=[batch.pk])).content.decode()
    assert "hx-trigger" not in rows
    assert "6 steps · 5 losses" in rows
    preview = reverse("processes:import_preview", args=[batch.files.get(name="claim.bpmn").pk])
    assert preview in rows
    assert "The files of this upload" in client.get(preview).content.decode()


def test_the_wish_for_all_drafts(client: SignedIn, cast: Cast) -> None:
    batch = batch_of(cast, ("claim.bpmn", CLAIM), ("broken.bpmn", b"<x"))
    batches.work_on(batch.pk)
    address = reverse("processes:import_batch", args=[batch.pk])
    asked = {"department": cast.purchasing.pk, "owner": Position.objects.get(title="Head of Purchasing").pk}
    assert client.as_(cast.author).post(address, {}).status_code == 422
    assert "1 draft is being made." in client.post(address, asked, follow=True).content.decode()
    again = client.post(address, asked)
    assert (again.status_code, "No file waits for its draft." in again.content.decode()) == (422, True)
    tasks.work_on_import(batch.pk)
    made = batch.files.get(name="claim.bpmn")
    assert reverse("processes:draft", args=["PUR-001"]) in client.get(address).content.decode()
    for file in batch.files.all():
        assert client.get(reverse("processes:import_preview", args=[file.pk]))["Location"] == address
    assert made.process is not None
    assert client.as_(cast.stranger).get(address).status_code == 404
    assert client.get(reverse("processes:import_rows", args=[batch.pk])).status_code == 404


def test_an_archive_that_is_refused_as_a_whole_is_said_at_the_field(client: SignedIn, cast: Cast) -> None:
    answer = send(client.as_(cast.author), ("x.zip", b"PK"))
    assert (answer.status_code, "The archive is damaged." in answer.content.decode()) == (422, True)
    assert client.post(reverse("processes:import"), {}).status_code == 422


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_a_fixed_number_of_questions(
    client: SignedIn, cast: Cast, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], count: int
) -> None:
    batch = batch_of(cast, *((f"{n}.csv", TABLE) for n in range(count)))
    batches.work_on(batch.pk)
    batch.files.update(outcome=Outcome.MADE, process=make.process(cast.purchasing))
    client.as_(cast.author).get(reverse("processes:import_rows", args=[batch.pk]))
    with django_assert_num_queries(6):
        client.get(reverse("processes:import_rows", args=[batch.pk]))


def test_long_lists_are_paged(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.views.imports.PAGE", 2)
    batch = batch_of(cast, *((f"{n}.csv", TABLE) for n in range(5)))
    address = reverse("processes:import_batch", args=[batch.pk])
    page = client.as_(cast.author).get(f"{address}?page=2").content.decode()
    assert [f"{n}.csv" in page for n in range(5)] == [False, False, True, True, False]
    assert "Page 2 of 3" in page
