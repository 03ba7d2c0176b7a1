"""The evidence trail, append-only rows, and what verify_ledger finds."""

import datetime as dt
import sqlite3
from contextlib import nullcontext
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from organization import evidence, signing, tasks, trigger_sql, triggers
from organization.models import Appointment, Department, EvidenceEntry, EvidenceSeal, Level, Person, Signature, SignatureHead
from processes.models import FrozenContent, Revision
from processportal.governed import PLAN
from tests import make

pytestmark = pytest.mark.django_db


def entries(table: str) -> list[tuple[str, str, str]]:
    return list(EvidenceEntry.objects.filter(table=table).values_list("operation", "row_key", "actor"))


def tamper(statement: str, *parameters: object) -> None:
    """What the owner of the database could do: lift the triggers, change, put them back."""
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    triggers.install(PLAN, connection)


def signed(count: int = 3) -> list[Signature]:
    anna = make.person("anna")
    return [
        signing.sign(anna, meaning="approved", subject=f"PUR-00{n}", content_sha256="ab" * 32, now=make.NOW) for n in range(1, count + 1)
    ]


def test_the_catalogue_of_triggers_equals_the_list() -> None:
    assert triggers.installed(connection) == {t.name: t.table for t in triggers.expected(PLAN, connection)}


def test_installing_again_changes_nothing() -> None:
    before = triggers.installed(connection)
    triggers.install(PLAN, connection)
    assert triggers.installed(connection) == before


def test_every_way_of_writing_leaves_evidence_with_the_actor() -> None:
    made = make.department("PUR")
    start = EvidenceEntry.objects.count()
    with evidence.acting("4711"):
        Department.objects.filter(pk=made.pk).update(name="Buying")
        made.name = "Buying and selling"
        Department.objects.bulk_update([made], ["name"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE organization_department SET name = 'Raw' WHERE id = %s", [made.pk])
        Department.objects.bulk_create([Department(code="STO", name="Stores", parent=make.company())])
        Department.objects.filter(code="STO").delete()
    found = list(EvidenceEntry.objects.order_by("pk")[start:])
    assert [(e.operation, e.actor) for e in found] == [("update", "4711")] * 3 + [("insert", "4711"), ("delete", "4711")]
    assert ['"name"' in (e.before or "") for e in found] == [True, True, True, False, True]
    assert "Buying and selling" in str(found[2].before)
    assert "Raw" in str(found[2].after)


def test_a_rolled_back_savepoint_does_not_lose_the_actor() -> None:
    made = make.department("PUR")
    with evidence.acting("4711"):
        savepoint = transaction.savepoint()
        Department.objects.filter(pk=made.pk).update(name="One")
        transaction.savepoint_rollback(savepoint)
        Department.objects.filter(pk=made.pk).update(name="Two")
    assert EvidenceEntry.objects.get(table="organization_department", operation="update").actor == "4711"


DEEDS = st.recursive(
    st.sampled_from(["ann", "bob", ""]),
    lambda inner: st.tuples(st.sampled_from(["kept", "undone", "as ann", "as bob"]), st.lists(inner, max_size=4)),
    max_leaves=12,
)


@given(deeds=st.lists(DEEDS, max_size=6))
def test_whatever_is_undone_in_between_every_row_names_who_wrote_it(deeds: list[Any]) -> None:
    expected: list[str] = []

    def do(deed: Any) -> None:
        if isinstance(deed, str):
            with evidence.acting(deed) if deed else nullcontext():
                Department.objects.create(code=f"D{Department.objects.count()}", name="Any", parent=top)
                expected.append(evidence.current_actor())
            return
        how, inner = deed
        before = len(expected)
        with evidence.acting(how.removeprefix("as ")) if how.startswith("as ") else nullcontext(), transaction.atomic():
            for one in inner:
                do(one)
            transaction.set_rollback(how == "undone")
        if how == "undone":
            del expected[before:]

    with transaction.atomic():
        top = make.company()
        start = EvidenceEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for one in deeds:
            do(one)
        written = EvidenceEntry.objects.filter(table="organization_department", pk__gt=start).order_by("pk")
        assert list(written.values_list("actor", flat=True)) == expected
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_was_rolled_back_whole_does_not_lose_the_actor() -> None:
    made = make.department("PUR")

    def rename(name: str) -> None:
        Department.objects.filter(pk=made.pk).update(name=name)

    with evidence.acting("4711"):
        for undo in (True, False):
            with transaction.atomic():
                rename("One")
                rename("Two")
                transaction.set_rollback(undo)
        rename("Three")
    rename("Four")
    written = EvidenceEntry.objects.filter(table="organization_department", operation="update").order_by("pk")
    assert list(written.values_list("actor", flat=True)) == ["4711", "4711", "4711", ""]


def test_secrets_and_clock_ticks_are_not_recorded() -> None:
    anna = make.person("anna", password="correct horse battery")
    before = EvidenceEntry.objects.count()
    Person.objects.filter(pk=anna.pk).update(last_login=make.NOW, password="other")
    assert EvidenceEntry.objects.count() == before
    recorded = str(EvidenceEntry.objects.get(table="organization_person", row_key=anna.pk).after)
    assert "login" in recorded
    assert '"password":' not in recorded
    assert anna.password not in recorded


def test_a_foreign_client_of_the_file_cannot_write_to_governed_tables() -> None:
    foreign = sqlite3.connect(":memory:")
    for statement in ("CREATE TABLE organization_evidenceentry (x)", "CREATE TABLE organization_level (number, name)"):
        foreign.execute(statement)
    foreign.execute(trigger_sql.sqlite_evidence(triggers.table_of(Level))[0].sql)
    with pytest.raises(sqlite3.OperationalError):
        foreign.execute("INSERT INTO organization_level VALUES (1, 'x')")
    foreign.close()


@pytest.mark.parametrize("operation", ["update", "delete", "replace"])
@pytest.mark.parametrize("model", [Signature, EvidenceEntry, EvidenceSeal, FrozenContent])
def test_append_only_rows_are_never_changed_or_removed(model: type, operation: str) -> None:
    signed(1)
    make.frozen(make.definition())
    evidence.seal(make.NOW)
    row = model.objects.latest("pk")
    table = model._meta.db_table
    change = {"update": f"UPDATE {table} SET id = id", "delete": f"DELETE FROM {table}", "replace": make.past_the_rows(table)}[operation]
    with pytest.raises(IntegrityError, match="are never changed or removed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert model.objects.filter(pk=row.pk).count() == 1


def test_periods_of_one_process_must_not_overlap() -> None:
    process = make.process()
    first = make.effective(process, since=make.NOW - dt.timedelta(days=100))
    second = make.effective(process, since=make.NOW - dt.timedelta(days=10))
    with pytest.raises(IntegrityError, match="must not overlap"), transaction.atomic():
        Revision.objects.filter(pk=first.pk).update(effective_until=make.NOW)
    Revision.objects.filter(pk=first.pk).update(effective_until=second.effective_from - dt.timedelta(days=1))
    other = make.effective(make.process(), since=make.NOW - dt.timedelta(days=100))
    assert other.effective_until is None


def test_one_person_holds_one_position_once_at_a_time() -> None:
    anna, office = make.person("anna"), make.position()
    make.appoint(anna, office, since=make.day(0), until=make.day(10))
    with pytest.raises(IntegrityError, match="must not overlap"), transaction.atomic():
        make.appoint(anna, office, since=make.day(9), until=make.day(20))
    make.appoint(anna, office, since=make.day(10), until=make.day(20))
    make.appoint(make.person("bert"), office, since=make.day(9), until=make.day(20))
    assert Appointment.objects.count() == 3


def test_a_sound_chain_has_no_faults() -> None:
    rows = signed()
    assert list(signing.verify_chain()) == []
    assert [s.previous_hash for s in rows[1:]] == [s.entry_hash for s in rows[:-1]]
    assert SignatureHead.objects.get().entry_hash == rows[-1].entry_hash


def test_what_is_signed_is_kept_with_the_words_of_the_day() -> None:
    office = make.position("Head of Purchasing")
    row = signing.sign(
        make.person("anna"), position=office, acting_for="for the head", meaning="approved", subject="PUR-001", reason="fine", now=make.NOW
    )
    row.refresh_from_db()
    assert (row.person_name, row.position_title, row.acting_for, row.reason, row.signed_at) == (
        "Anna", "Head of Purchasing", "for the head", "fine", make.NOW,
    )  # fmt: skip
    assert signing.entry_hash(row) == row.entry_hash


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (
            "UPDATE organization_signature SET subject = 'PUR-009' WHERE sequence = 2",
            ["organization_signature 2: was changed after it was signed"],
        ),
        (
            "UPDATE organization_signature SET previous_hash = 'x' WHERE sequence = 2",
            [
                "organization_signature 2: does not follow from the signature before it",
                "organization_signature 2: was changed after it was signed",
            ],
        ),
        (
            "DELETE FROM organization_signature WHERE sequence = 2",
            ["organization_signature 3: signatures before it are missing (expected number 2)"],
        ),
        (
            "DELETE FROM organization_signature WHERE sequence = 3",
            ["organization_signaturehead 1: the chain does not end where its head says (number 3)"],
        ),
    ],
)
def test_a_changed_signature_is_found_and_named(statement: str, faults: list[str]) -> None:
    signed()
    tamper(statement)
    assert [str(fault) for fault in signing.verify_chain()] == faults


def test_sealing_covers_what_is_new_and_only_that() -> None:
    make.department("PUR")
    first = evidence.seal(make.NOW)
    assert first is not None
    assert evidence.seal(make.NOW) is None
    make.department("STO")
    second = evidence.seal(make.NOW)
    assert second is not None
    assert second.previous_hash == first.seal_hash
    assert second.first_entry == first.last_entry + 1
    assert first.entries + second.entries == EvidenceEntry.objects.count()
    assert list(evidence.verify()) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE organization_evidenceentry SET actor = 'x' WHERE id = %s", "an entry was changed after it was sealed"),
        ("DELETE FROM organization_evidenceentry WHERE id = %s", "{0} entries were sealed, {1} are there"),
    ],
)
def test_a_changed_entry_is_found_in_its_range(statement: str, what: str) -> None:
    make.department("PUR")
    sealed = evidence.seal(make.NOW)
    assert sealed is not None
    tamper(statement, sealed.last_entry)
    name = f"organization_evidenceentry {sealed.first_entry}–{sealed.last_entry}"
    assert [str(f) for f in evidence.verify()] == [f"{name}: {what.format(sealed.entries, sealed.entries - 1)}"]


def test_a_removed_seal_is_found() -> None:
    for code in ("PUR", "STO"):
        make.department(code)
        evidence.seal(make.NOW)
    last = EvidenceSeal.objects.latest("pk")
    tamper("DELETE FROM organization_evidenceseal WHERE id <> %s", last.pk)
    assert str(next(evidence.verify())) == f"organization_evidenceseal {last.pk}: does not follow from the seal before it"


def test_append_only_rows_are_compared_with_the_evidence_of_their_insertion() -> None:
    changed, removed = signed(2)
    kept = make.frozen(make.definition())
    assert list(evidence.verify_rows(PLAN)) == []
    tamper("UPDATE organization_signature SET reason = 'other' WHERE id = %s", changed.pk)
    tamper("DELETE FROM organization_signature WHERE id = %s", removed.pk)
    tamper("UPDATE processes_frozencontent SET content = %s WHERE id = %s", b"other", kept.pk)
    tamper("INSERT INTO processes_frozencontent (sha256, content, created_at) VALUES (%s, %s, %s)", "0" * 64, b"", make.NOW)
    added = FrozenContent.objects.get(sha256="0" * 64).pk
    assert {str(f) for f in evidence.verify_rows(PLAN)} == {
        f"organization_signature {changed.pk}: was changed after it was written",
        f"organization_signature {removed.pk}: was removed",
        f"processes_frozencontent {added}: was added past the evidence trail",
        f"processes_frozencontent {kept.pk}: its content does not have the hash that was signed",
        f"processes_frozencontent {added}: its content does not have the hash that was signed",
    }


def test_rows_are_compared_in_batches_and_nothing_between_two_of_them_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "BATCH", 2)
    rows = signed(7)
    assert list(evidence.verify_rows(PLAN)) == []
    for at in (1, 4, 6):
        tamper("UPDATE organization_signature SET reason = 'other' WHERE id = %s", rows[at].pk)
    for at in (2, 5):
        tamper("DELETE FROM organization_signature WHERE id = %s", rows[at].pk)
    table = "organization_signature"
    changed = [f"{table} {rows[at].pk}: was changed after it was written" for at in (1, 4, 6)]
    assert [str(f) for f in evidence.verify_rows(PLAN)] == [*changed, *(f"{table} {rows[at].pk}: was removed" for at in (2, 5))]


def test_verify_ledger_says_that_all_is_sound_or_prints_the_faults() -> None:
    signed()
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue() == "The ledger is sound.\n"
    tamper("UPDATE organization_signature SET subject = 'x' WHERE sequence = 1")
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_ledger", stdout=out)
    first = Signature.objects.get(sequence=1).pk
    assert out.getvalue().splitlines() == [
        "organization_signature 1: was changed after it was signed",
        f"organization_signature {first}: was changed after it was written",
        "2 fault(s)",
    ]


def test_the_task_seals() -> None:
    make.department("PUR")
    tasks.seal()
    assert EvidenceSeal.objects.count() == 1


def test_a_database_without_tables_gets_no_triggers(monkeypatch: pytest.MonkeyPatch) -> None:
    before = triggers.installed(connection)
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["django_migrations"])
    triggers.install(PLAN, connection)
    assert triggers.installed(connection) == before
