"""Certificates: for whom they are about, and what the code on them tells to whoever holds the paper."""

import subprocess
from shutil import which

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from organization.calendar import today
from organization.models import Department, HeldLevel
from processportal.certificates import views
from processportal.certificates.document import company_name, document_of
from processportal.certificates.masking import masked
from processportal.certificates.papers import Paper, of_level, of_record
from processportal.certificates.standing import standing_of
from processportal.copies.typesetting import NotTypeset
from tests import make
from tests.conftest import SignedIn
from tests.training.courses import DAY, NOW, course, session
from tests.training.test_assessments import concluded, named, opened, rated
from training.courses import attendance
from training.courses.attendance import Entry
from training.models import Assessment, TrainingRecord

THERE = Entry(there=True, score=90)


def paper_of(record: TrainingRecord) -> Paper:
    paper = of_record(record, today())
    assert paper is not None
    return paper


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        yield


@pytest.fixture
def record(cast: make.Cast) -> TrainingRecord:
    """The reader has passed a course that is valid for a year; the author held it."""
    one = session(course(cast.manager, pass_mark=80, renewal_months=12), cast.manager, trainer=cast.author, trainer_name="")
    entries = {cast.reader: THERE, cast.stranger: Entry(there=True, score=10)}
    return attendance.record(one, entries, by=cast.author, now=one.begins_at)[0]


@pytest.mark.parametrize(
    ("name", "shown"), [("Lea Weber", "L. W."), ("王小明", "王＊＊"), ("  Ana  de la Cruz ", "A. D. L. C."), ("O'Neil", "O."), ("", "")]
)
def test_a_name_is_shortened(name: str, shown: str) -> None:
    assert masked(name) == shown


def test_the_person_the_trainer_and_whoever_arranges_get_it(client: SignedIn, cast: make.Cast, record: TrainingRecord) -> None:
    address = f"/training/records/{record.pk}/certificate/"
    for who in (cast.stranger, cast.approver, cast.boss, cast.admin):
        assert client.as_(who).get(address).status_code == 404
    for who in (cast.reader, cast.author, cast.manager):
        answer = client.as_(who).get(address)
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert address.encode() in client.as_(cast.reader).get("/training/mine/").content
    failed = TrainingRecord.objects.get(person=cast.stranger)
    assert client.as_(cast.stranger).get(f"/training/records/{failed.pk}/certificate/").status_code == 404
    right = attendance.correct(record, Entry(there=True, score=95), by=cast.author, now=NOW + 10 * DAY, reason="Miscounted")
    assert client.as_(cast.reader).get(address).status_code == 404, "what was put right is not printed again"
    assert client.get(f"/training/records/{right.pk}/certificate/").status_code == 200


def test_what_stands_on_it(cast: make.Cast, record: TrainingRecord) -> None:
    data, files = document_of(paper_of(record))
    assert data["name"] == "Reader"
    assert ["Result", "90%"] in data["facts"]
    assert data["address"].endswith(f"/certificates/{record.code}/")
    assert set(files) == {"code.svg"}
    with translation.override("zh-hans"):
        assert document_of(paper_of(record))[0]["region"] == "CN"
    Department.objects.all().update(parent=Department.objects.get(code="CO"))
    assert company_name() == "Process Portal"


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext (poppler) is not on this machine")
def test_it_reads_in_both_languages(client: SignedIn, cast: make.Cast, record: TrainingRecord) -> None:
    def text(language: str) -> str:
        address = f"/training/records/{record.pk}/certificate/"
        pdf = client.as_(cast.reader).get(address, headers={"accept-language": language}).content
        return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()

    type(cast.reader).objects.filter(pk=cast.reader.pk).update(name="王小明 Reader")
    assert {"Certificate", "王小明 Reader"} <= set(text("en").splitlines())
    assert "证书" in text("zh-hans")


def test_a_certificate_that_cannot_be_set(
    client: SignedIn, cast: make.Cast, record: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object, **_named: object) -> None:
        raise NotTypeset("timeout")

    monkeypatch.setattr(views, "typeset", fails)
    answer = client.as_(cast.reader).get(f"/training/records/{record.pk}/certificate/", follow=True)
    assert b"could not be made" in answer.content


def test_whoever_holds_it_sees_how_it_stands_and_no_name(client: SignedIn, cast: make.Cast, record: TrainingRecord) -> None:
    type(cast.reader).objects.filter(pk=cast.reader.pk).update(name="Lea Weber")
    address = f"/certificates/{record.code.upper()}/"
    with CaptureQueriesContext(connection) as seen:
        page = client.get(address)
    assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (200, "no-store", "no-referrer")
    assert len(seen) <= 3
    words = page.content.decode()
    assert ("Valid until 11 Mar 2027" in words, "L. W." in words) == (True, True)
    for secret in ("Weber", "90%", "Author", "Reader", "login"):
        assert secret not in words.replace("Check a", "")
    with time_machine.travel(NOW + 500 * DAY, tick=False):
        assert b"It was valid until" in client.get(address).content
    right = attendance.correct(record, Entry(there=False), by=cast.author, now=NOW + 10 * DAY, reason="Was somebody else")
    assert b"no longer holds" in client.get(address).content
    assert standing_of(right, NOW.date()) == "valid"
    unknown = (right.code, TrainingRecord.objects.get(person=cast.stranger).code, "x", "y" * 26)
    assert {client.get(f"/certificates/{code}/").status_code for code in unknown} == {404}
    assert client.as_(cast.reader).get(f"/training/records/{right.pk}/certificate/").status_code == 404


def test_what_never_expires_says_so(client: SignedIn, cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    (made,) = attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=one.begins_at)
    assert b"does not expire" in client.get(f"/certificates/{made.code}/").content
    assert ["Valid until", "without an end"] in document_of(paper_of(made))[0]["facts"]


# Of a level


@pytest.fixture
def passed(cast: make.Cast) -> Assessment:
    """The reader has shown the abilities of level 1, and the approver has signed that."""
    assessment = opened(cast)
    named(cast, assessment)
    rated(assessment, cast.approver)
    return concluded(assessment, cast.approver)


def test_a_level_has_a_certificate_for_whoever_sees_the_assessment(client: SignedIn, cast: make.Cast, passed: Assessment) -> None:
    address = f"/assessments/{passed.pk}/certificate/"
    for who in (cast.reader, cast.approver, cast.author, cast.manager):
        answer = client.as_(who).get(address)
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-"), who
    for who in (cast.stranger, cast.admin):
        assert client.as_(who).get(address).status_code == 404, who
    assert address in client.as_(cast.reader).get(f"/assessments/{passed.pk}/").content.decode()


def test_the_code_of_a_level_says_how_long_it_is_held_and_no_name(client: SignedIn, cast: make.Cast, passed: Assessment) -> None:
    paper = of_level(passed, today())
    assert paper is not None
    assert document_of(paper)[0]["course"] == f"Level {passed.level_id} · process student"
    page = client.get(f"/certificates/{paper.code.upper()}/")
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert "Valid" in text
    assert "Name, shortened: R." in text
    assert cast.reader.name not in text
    HeldLevel.objects.filter(person=cast.reader).update(held_until=today())
    assert "It was valid until" in client.get(f"/certificates/{paper.code}/").content.decode()
    for wrong in (paper.code[:-1] + ("0" if paper.code[-1] != "0" else "1"), f"level-{passed.pk}-{'0' * 32}", f"level-{10**17}-{'0' * 32}"):
        assert client.get(f"/certificates/{wrong}/").status_code == 404
    HeldLevel.objects.filter(person=cast.reader).update(ground="assigned")
    assert client.get(f"/certificates/{paper.code}/").status_code == 404, "it gave no level"


def test_without_a_result_there_is_no_certificate(client: SignedIn, cast: make.Cast) -> None:
    assessment = opened(cast)
    assert of_level(assessment, today()) is None
    assert client.as_(cast.reader).get(f"/assessments/{assessment.pk}/certificate/").status_code == 404
    assert "certificate/" not in client.get(f"/assessments/{assessment.pk}/").content.decode()
