"""Documents come in: upload, preview, draft; unverified until approved; nobody else's upload is seen."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx.document import Document

from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope
from processes import bringing_in, importing, pictures
from processes.bringing_in import Asked
from processes.canonical import from_json
from processes.documents.found import NotRead
from processes.models import OriginalFile, PendingImport, Process
from processes.pictures import named_in
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from tests.processes.bpmn.files import CLAIM
from tests.processes.documents.made import PIXEL, lists, word

pytestmark = pytest.mark.django_db
TABLE = b"Role,Step,Page\nBuyer,Order <b>goods</b>,3\n"


def asked(cast: Cast, **more: str) -> Asked:
    return Asked(department=cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), **more)


def send(client: SignedIn, data: bytes, name: str) -> str:
    """The address of the preview."""
    answer = client.post(reverse("processes:import"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.context["form"].errors
    return answer["Location"]


def form(cast: Cast, **more: object) -> dict[str, object]:
    owner = Position.objects.get(title="Head of Purchasing").pk
    return {"title": "Buying", "document_type": "sop", "department": cast.purchasing.pk, "owner": owner, "language": "en", **more}


def test_a_document_becomes_a_draft_after_a_look_at_both_sides(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.author)
    preview = send(client, word(lists), "PUR-7 Purchasing.docx")
    page = client.get(preview).content.decode()
    for said in ("Ask for three offers", "6 steps were understood", "The original", "<svg", "Everything was taken over"):
        assert said in page
    answer = client.post(preview, form(cast), follow=True)
    process = Process.objects.get()
    assert (process.title, process.document_type, process.owner.title) == ("Buying", "sop", "Head of Purchasing")
    draft = answer.content.decode()
    assert "Brought in from “PUR-7 Purchasing.docx” and unverified until it is approved." in draft
    assert from_json(process.revisions.get().content).steps[1].name == "Ask for three offers"
    assert not PendingImport.objects.exists()
    assert client.get(preview).status_code == 404
    origin = client.get(reverse("processes:original", args=[process.number])).content.decode()
    assert "Everything was taken over" in origin
    file = client.get(reverse("processes:original_file", args=[process.number]))
    assert (file.content, file["Content-Disposition"]) == (
        bytes(OriginalFile.objects.get().content),
        'attachment; filename="PUR-7 Purchasing.docx"',
    )


def test_pictures_of_a_document_come_along(cast: Cast) -> None:
    def fill(document: Document) -> None:
        lists(document)
        document.add_picture(io.BytesIO(PIXEL))

    pending = bringing_in.keep(word(fill), "a.docx", by=cast.author, now=NOW)
    process = bringing_in.make_draft(pending, asked(cast, title="T"), by=cast.author, now=NOW)
    revision = process.revisions.get()
    (shown,) = named_in(from_json(revision.content))
    assert pictures.find(process.number, shown, scope(cast.author, make.TODAY)) == revision.picture_uses.get().picture
    assert pictures.find(process.number, shown, scope(cast.stranger, make.TODAY)) is None


def test_what_was_not_taken_is_listed_before_and_after(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.author)
    preview = send(client, TABLE, "steps.csv")
    page = client.get(preview).content.decode()
    assert "1 piece not taken over" in page
    assert "Order &lt;b&gt;goods&lt;/b&gt;" in page
    assert "<b>goods" not in page
    client.post(preview, form(cast))
    number = Process.objects.get().number
    assert "No field of a step takes it." in client.get(reverse("processes:original", args=[number])).content.decode()
    again = client.get(send(client, TABLE, "again.csv")).content.decode()
    assert f"/processes/{number}/" in again.partition("brought in before")[2]


def test_a_drawing_comes_in_with_its_own_title(client: SignedIn, cast: Cast) -> None:
    client.as_(cast.author)
    preview = send(client, CLAIM, "claim.bpmn")
    assert b'name="title"' not in client.get(preview).content
    answer = client.post(preview, {name: value for name, value in form(cast).items() if name in {"department", "owner"}})
    assert answer.status_code == 302
    assert OriginalFile.objects.filter(name="claim.bpmn").exists()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.doc", b"x", ".doc are not read"),
        ("a.exe", b"x", "Choose a Word document"),
        ("a.docx", b"x", "damaged"),
        ("a.bpmn", b"<x/>", ""),
        ("a.csv", b"a,b", "no row below"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_kept(client: SignedIn, cast: Cast, name: str, data: bytes, says: str) -> None:
    answer = client.as_(cast.author).post(reverse("processes:import"), {"file": SimpleUploadedFile(name, data)})
    assert (answer.status_code, PendingImport.objects.count()) == (422, 0)
    assert says in answer.content.decode()


def test_an_upload_that_is_too_large(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing_in, "LARGEST", 5)
    with pytest.raises(NotRead, match="more than 0 MB"):
        bringing_in.keep(TABLE, "a.csv", by=cast.author, now=NOW)


def test_the_preview_shows_descriptions_as_they_will_be_read(client: SignedIn, cast: Cast) -> None:
    picture = f"![Where to sign](picture:{'0' * 64})"
    kept = bringing_in.keep(f"Role,Step,Description\nBuyer,Order,**Sign** {picture}\n".encode(), "a.csv", by=cast.author, now=NOW)
    page = client.as_(cast.author).get(reverse("processes:import_preview", args=[kept.pk])).content.decode()
    understood = page[page.index("What was understood") :]
    assert "<strong>Sign</strong>" in understood
    assert "Where to sign" in understood
    assert "picture:" not in understood


def test_an_upload_is_its_owner_s_and_goes_after_a_day(client: SignedIn, cast: Cast) -> None:
    old = bringing_in.keep(TABLE, "folder/old.csv", by=cast.author, now=NOW - dt.timedelta(days=2))
    assert old.name == "old.csv"
    kept = bringing_in.keep(TABLE, "new.csv", by=cast.author, now=NOW)
    assert list(PendingImport.objects.all()) == [kept]
    seen = {
        who: client.as_(getattr(cast, who)).get(reverse("processes:import_preview", args=[kept.pk])).status_code
        for who in ("stranger", "reader", "author", "approver")
    }
    assert seen == {"stranger": 404, "reader": 404, "author": 200, "approver": 404}
    nobody = make.person("nobody")
    assert client.as_(nobody).get(reverse("processes:import")).status_code == 403
    assert client.as_(cast.author).get(reverse("processes:import")).status_code == 200


def test_only_a_few_uploads_of_one_person_wait(cast: Cast) -> None:
    first = bringing_in.keep(TABLE, "0.csv", by=cast.author, now=NOW)
    other = bringing_in.keep(TABLE, "other.csv", by=cast.approver, now=NOW)
    for n in range(1, 7):
        bringing_in.keep(TABLE, f"{n}.csv", by=cast.author, now=NOW + dt.timedelta(minutes=n))
    kept = PendingImport.objects.filter(person=cast.author).order_by("pk")
    assert [one.name for one in kept] == ["2.csv", "3.csv", "4.csv", "5.csv", "6.csv"]
    assert not PendingImport.objects.filter(pk=first.pk).exists()
    assert PendingImport.objects.filter(pk=other.pk).exists()


def test_who_may_not_create_there_is_told_and_loses_nothing(client: SignedIn, cast: Cast) -> None:
    kept = bringing_in.keep(TABLE, "a.csv", by=cast.stranger, now=NOW)
    with pytest.raises(Refused):
        bringing_in.make_draft(kept, asked(cast, title="T"), by=cast.stranger, now=NOW)
    drawing = bringing_in.keep(CLAIM, "a.bpmn", by=cast.stranger, now=NOW)
    with pytest.raises(Refused):
        bringing_in.make_draft(drawing, asked(cast), by=cast.stranger, now=NOW)
    assert (PendingImport.objects.count(), Process.objects.count()) == (2, 0)
    page = client.as_(cast.stranger).post(reverse("processes:import_preview", args=[kept.pk]), form(cast, title=""))
    assert page.status_code == 422


def test_a_refusal_is_shown_on_the_preview(client: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise Refused("Not today.")

    preview = send(client.as_(cast.author), TABLE, "a.csv")
    monkeypatch.setattr(bringing_in, "make_draft", refuse)
    answer = client.post(preview, form(cast))
    assert (answer.status_code, "Not today." in answer.content.decode()) == (422, True)


def test_after_approval_nothing_is_unverified(client: SignedIn, cast: Cast) -> None:
    revision = make.effective(make.process(cast.purchasing, number="PUR-001"))
    OriginalFile.objects.create(revision=revision, name="a.docx", sha256="0" * 64, content=b"x", imported_at=NOW)
    assert bringing_in.unverified_origin(revision) == ""
    assert "unverified" not in client.as_(cast.reader).get("/processes/PUR-001/").content.decode()
    draft = make.draft(make.process(cast.purchasing, number="PUR-002"), by=cast.author)
    OriginalFile.objects.create(revision=draft, name="b.docx", sha256="0" * 64, content=b"x", imported_at=NOW)
    assert "Brought in from “b.docx”" in client.as_(cast.author).get("/processes/PUR-002/").content.decode()
    assert client.as_(cast.stranger).get(reverse("processes:original", args=["PUR-002"])).status_code == 404
    assert client.get(reverse("processes:original_file", args=["PUR-002"])).status_code == 404


def test_what_no_document_holds_is_refused_before_it_is_a_draft(cast: Cast) -> None:
    names = "\n".join(f"paper {number}" for number in range(5001))
    with pytest.raises(NotRead, match=r"more than a document holds .*at most 5000"):
        bringing_in.read_file(f'Role,Step,Inputs\nBuyer,Check,"{names}"\n'.encode(), "many.csv")
    inner = "".join(f"<dataInputAssociation><sourceRef>d{n}</sourceRef></dataInputAssociation>" for n in range(5001))
    papers = "".join(f'<dataObjectReference id="d{n}" name="paper {n}"/>' for n in range(5001))
    drawn = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><subProcess id="s" name="Part">'
        f'<task id="t">{inner}</task></subProcess>{papers}</process></definitions>'
    )
    owner = Position.objects.get(title="Head of Purchasing")
    report = importing.import_file(drawn.encode(), "drawn.bpmn", department=cast.purchasing, owner=owner, by=cast.author, now=NOW)
    assert (report.status, "more than a document holds" in report.reason, Process.objects.count()) == ("refused", True, 0)
