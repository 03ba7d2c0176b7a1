"""Problem reports: from the machine to the owner with a photo, answered once, and the reporter hears of it."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import problems
from processes.models import ChangeRequest, Picture, ProblemReport, Process, Revision
from processportal import review_agenda
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
ADDRESS = "/processes/PUR-001/problems/"


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """In force, owned by the head of purchasing (author)."""
    made = make.process(cast.purchasing, number="PUR-001", created_by=cast.author, owner=Position.objects.get(title="Head of Purchasing"))
    make.effective(made)
    return made


def read(process: Process) -> Revision:
    found: Revision = process.revisions.select_related("process", "frozen").get()
    return found


def reported(process: Process, by: Person, text: str = "The seal leaks.", anchor: str = "s2") -> ProblemReport:
    return problems.report(process, revision=read(process), by=by, now=NOW, text=text, anchor=anchor)


def jpeg() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Camera of the author"
    Image.new("RGB", (3000, 1000), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def photo(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", data, "image/jpeg")


def told(person: Person) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(person=person, subject__contains="problem report").order_by("pk").values_list("subject", "body"))


# --- reporting


def test_a_report_with_a_photo_goes_to_the_owner(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.stranger).get(f"{ADDRESS}new/?revision=1&step=s2").content.decode()
    assert 'capture="environment"' in page
    assert 'enctype="multipart/form-data"' in page
    answer = client.post(f"{ADDRESS}new/?revision=1&step=s2", {"text": " It leaks.\r\n", "anchor": "s2", "photo": photo(jpeg())})
    made = ProblemReport.objects.get()
    assert answer["Location"] == f"{ADDRESS}{made.pk}/"
    assert (made.text, made.place, made.state, made.content) == ("It leaks.", "Step 3: Sign order", "open", read(process).frozen)
    picture = Picture.objects.get()
    assert (picture.media_type, picture.width) == ("image/webp", 2000)
    assert b"Camera" not in bytes(picture.content)
    item = WorkItem.objects.get()
    assert (item.kind, item.position, item.subject) == ("act", process.owner, "PUR-001 Purchase to pay: It leaks.")
    assert client.get(f"{ADDRESS}{made.pk}/photo/")["Content-Type"] == "image/webp"
    # The photo is the report's alone: whoever sees the process does not see it by its hash.
    assert client.get(f"/processes/PUR-001/pictures/{picture.sha256}/").status_code == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"<svg xmlns='x'/>", "SVG drawings"), (b"no picture", "not a picture that can be read"), (b"x" * 15_000_001, "more than 15 MB")],
)
def test_what_is_no_photo_says_so_and_keeps_the_text(
    client: SignedIn, cast: make.Cast, process: Process, data: bytes, sentence: str
) -> None:
    answer = client.as_(cast.reader).post(f"{ADDRESS}new/", {"text": "Long text", "photo": photo(data)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Long text" in answer.content.decode()
    assert not ProblemReport.objects.exists()
    assert not Picture.objects.exists()


def test_a_good_photo_beside_another_fault_has_to_be_chosen_again(client: SignedIn, cast: make.Cast, process: Process) -> None:
    answer = client.as_(cast.reader).post(f"{ADDRESS}new/", {"text": "", "photo": photo(jpeg())})
    assert "Choose the photo again" in answer.content.decode()
    assert "Choose the photo again" not in client.post(f"{ADDRESS}new/", {"text": ""}).content.decode()


def test_the_same_words_are_one_report_and_nobody_floods_the_owner(cast: make.Cast, process: Process) -> None:
    first = reported(process, cast.reader)
    assert reported(process, cast.reader) == first
    for n in range(problems.MOST_OPEN - 1):
        reported(process, cast.reader, f"Other {n}")
    with pytest.raises(Refused, match="10 of your reports about PUR-001 wait"):
        reported(process, cast.reader, "One more")
    assert reported(process, cast.stranger).pk


def test_what_is_no_report_is_refused(client: SignedIn, cast: make.Cast, process: Process) -> None:
    for text, anchor, sentence in (("  ", "s1", "Say what went wrong"), ("x" * 4001, "s1", "4001"), ("x", "no", "not in the revision")):
        with pytest.raises(Refused, match=sentence):
            reported(process, cast.reader, text, anchor)
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    with pytest.raises(Refused, match="There is no process"):
        reported(process, cast.stranger)
    assert client.as_(cast.stranger).get(f"{ADDRESS}new/").status_code == 404
    Process.objects.filter(pk=process.pk).update(withdrawn_from=NOW + dt.timedelta(days=9999))
    assert client.as_(cast.reader).get(f"{ADDRESS}new/").status_code == 403


# --- who sees it


def test_a_report_is_read_by_its_reporter_and_those_who_answer(client: SignedIn, cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    for person, status, answers in (
        (cast.stranger, 200, False),
        (cast.reader, 404, False),
        (cast.author, 200, True),
        (cast.approver, 200, True),
        (cast.manager, 200, True),
        (cast.admin, 404, False),
    ):
        page = client.as_(person).get(f"{ADDRESS}{made.pk}/")
        assert page.status_code == status, person
        assert ("Send the answer" in page.content.decode()) == answers
        assert client.get(f"{ADDRESS}{made.pk}/photo/").status_code == 404
        assert [one.pk for one in client.get(ADDRESS).context["rows"]] == ([made.pk] if status == 200 else [])
    assert client.as_(cast.author).get("/processes/PUR-001/").context["problems"] == 1
    assert "problems" not in client.as_(cast.reader).get("/processes/PUR-001/").context


def test_only_those_who_answer_for_the_process_answer(client: SignedIn, cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    answer = client.as_(cast.stranger).post(f"{ADDRESS}{made.pk}/answer/", {"act": "close", "text": "Mine"})
    assert answer.status_code == 422
    assert ProblemReport.objects.get().state == "open"
    item = WorkItem.objects.get()
    WorkItem.objects.filter(pk=item.pk).update(assigned_to=cast.reader)
    with pytest.raises(Refused):
        problems.answer(made, by=cast.stranger, now=NOW, text="Mine")
    # Whoever was given the work by the owner answers in its place.
    assert client.as_(cast.reader).post(f"{ADDRESS}{made.pk}/answer/", {"act": "close", "text": "Mended"}).status_code == 302
    assert ProblemReport.objects.get().answered_by == cast.reader


# --- answering


def test_an_answer_reaches_the_reporter_and_ends_the_work(client: SignedIn, cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    client.as_(cast.author)
    assert client.post(f"{ADDRESS}{made.pk}/answer/", {"act": "answer", "text": " "}).status_code == 422
    assert client.post(f"{ADDRESS}{made.pk}/answer/", {"act": "answer", "text": "A new seal is in."}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.answer, made.answered_by) == ("answered", "A new seal is in.", cast.author)
    assert WorkItem.objects.get().outcome == "done"
    assert told(cast.stranger) == [("PUR-001: your problem report is answered", "A new seal is in.")]
    with pytest.raises(Stale, match="Somebody was faster"):
        problems.close(made, by=cast.manager, now=NOW, text="No")


def test_it_becomes_a_change_request_of_the_reporter(client: SignedIn, cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    client.as_(cast.author).post(f"{ADDRESS}{made.pk}/answer/", {"act": "accept", "text": ""})
    asked = ChangeRequest.objects.get()
    assert (asked.asked_by, asked.wrong, asked.anchor, asked.state) == (cast.stranger, "The seal leaks.", "s2", "open")
    made.refresh_from_db()
    assert (made.state, made.request) == ("accepted", asked)
    assert told(cast.stranger)[0][0] == "PUR-001: your problem report became a change request"
    assert f"problem report {made.pk}" in client.get(f"/processes/PUR-001/requests/{asked.pk}/").content.decode()


def test_whoever_may_no_longer_see_the_process_hears_its_number_alone(cast: make.Cast, process: Process) -> None:
    closed, taken = reported(process, cast.stranger), reported(process, cast.stranger, "Another one")
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    problems.close(closed, by=cast.author, now=NOW, text="Secret reason")
    problems.accept(taken, by=cast.author, now=NOW)
    assert ChangeRequest.objects.get().asked_by == cast.author
    assert told(cast.stranger) == [
        ("PUR-001: your problem report is closed", ""),
        ("PUR-001: your problem report became a change request", ""),
    ]


def test_nobody_is_told_of_what_they_answered_themselves(cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.author)
    for empty in (problems.answer, problems.close):
        with pytest.raises(Refused, match="Write an answer"):
            empty(made, by=cast.author, now=NOW, text=" ")
    problems.close(made, by=cast.author, now=NOW, text="Done")
    assert not told(cast.author)


def test_the_end_of_the_process_closes_what_waits(cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    problems.ended(process, by=cast.author, now=NOW, reason="The machine is sold.")
    made.refresh_from_db()
    assert (made.state, made.answer) == ("closed", "The machine is sold.")
    assert not WorkItem.objects.open().exists()


def test_a_periodic_review_has_each_open_report_on_its_agenda(cast: make.Cast, process: Process) -> None:
    made = reported(process, cast.stranger)
    subject = review_agenda.subject_of(process, scope(cast.author, NOW.date()), NOW)
    point = review_agenda.agenda(subject)[0]
    assert (point.source, point.text) == ("problem", "Problem reported: The seal leaks. (Step 3: Sign order)")
    assert point.link == f"{ADDRESS}{made.pk}/"
    problems.answer(made, by=cast.author, now=NOW, text="Mended")
    assert not review_agenda.agenda(subject)


# --- the list


def test_the_list_goes_on_by_key_and_costs_the_same(
    client: SignedIn, cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [reported(process, who, f"Problem {n}") for n, who in enumerate((cast.reader, cast.stranger, cast.boss))]
    client.as_(cast.author).get(ADDRESS)
    with CaptureQueriesContext(connection) as three:
        client.get(ADDRESS)
    monkeypatch.setattr("processes.views.problems.ROWS", 2)
    page = client.get(ADDRESS)
    assert [row.pk for row in page.context["rows"]] == [made[2].pk, made[1].pk]
    page = client.get(ADDRESS + page.context["next_url"])
    assert [row.pk for row in page.context["rows"]] == [made[0].pk]
    monkeypatch.setattr("processes.views.problems.ROWS", 1)
    with CaptureQueriesContext(connection) as one:
        client.get(ADDRESS)
    assert len(one) == len(three)
