"""Was this helpful: each reader once and changeable, counted for the owner from three on, and never with names."""

import pytest

from organization.models import Position
from organization.refusals import Refused
from processes import helpfulness
from processes.models import Helpful, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW

pytestmark = pytest.mark.django_db
SAY = "/processes/PUR-001/revisions/1/helpful/"
READ = "/processes/PUR-001/helpful/"


@pytest.fixture
def process(cast: make.Cast) -> Process:
    made = make.process(cast.purchasing, number="PUR-001", created_by=cast.author, owner=Position.objects.get(title="Head of Purchasing"))
    make.effective(made)
    return made


def test_a_reader_says_it_and_changes_it(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.stranger).get("/processes/PUR-001/").content.decode()
    assert "Was this helpful?" in page
    assert "You answered" not in page
    assert client.post(SAY, {"helped": "yes", "comment": " Step 2 \x00is clear. "})["Location"] == "/processes/PUR-001/"
    assert (Helpful.objects.get().helped, Helpful.objects.get().comment) == (True, "Step 2 is clear.")
    assert "You answered: yes." in client.get("/processes/PUR-001/").content.decode()
    client.post(SAY, {"helped": "no", "comment": ""})
    assert (Helpful.objects.get().helped, Helpful.objects.get().comment) == (False, "")
    assert "You answered: no." in client.get("/processes/PUR-001/").content.decode()


def test_a_new_version_is_asked_about_anew(client: SignedIn, cast: make.Cast, process: Process) -> None:
    client.as_(cast.stranger).post(SAY, {"helped": "yes"})
    make.effective(process, since=make.now())
    assert "You answered" not in client.get("/processes/PUR-001/").content.decode()
    assert "Was this helpful?" not in client.get("/processes/PUR-001/revisions/1/").content.decode()


def test_the_owner_reads_counts_from_three_on_and_no_names(client: SignedIn, cast: make.Cast, process: Process) -> None:
    for n, who in enumerate((cast.stranger, cast.reader, cast.boss)):
        assert "Helpful:" not in client.as_(cast.author).get("/processes/PUR-001/").content.decode()
        assert "Helpful: fewer than three answers" in client.get(READ).content.decode()
        helpfulness.say(Revision.objects.get(), by=who, now=NOW, helped=n < 2, comment=f"Word {n}" if n else "")
    assert "Helpful: 2 yes, 1 no" in client.get("/processes/PUR-001/").content.decode()
    page = client.get(READ).content.decode()
    assert "Helpful: 2 yes, 1 no" in page
    assert page.index("Word 2") < page.index("Word 1")
    for who in (cast.stranger, cast.reader, cast.boss):
        assert who.name not in page


def test_nobody_else_reads_them(client: SignedIn, cast: make.Cast, process: Process) -> None:
    assert client.as_(cast.reader).get(READ).status_code == 403
    assert "Helpful:" not in client.get("/processes/PUR-001/").content.decode()
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    client.as_(cast.stranger)
    assert client.get(READ).status_code == 404
    assert client.post(SAY, {"helped": "yes"}).status_code == 404
    with pytest.raises(Refused, match="There is no process"):
        helpfulness.say(Revision.objects.select_related("process").get(), by=cast.stranger, now=NOW, helped=True)


def test_what_is_too_long_is_refused_in_words(client: SignedIn, cast: make.Cast, process: Process) -> None:
    answer = client.as_(cast.reader).post(SAY, {"helped": "yes", "comment": "x" * 1001}, follow=True)
    assert "1001 characters" in answer.content.decode()
    assert not Helpful.objects.exists()


def test_comments_go_on_by_key(client: SignedIn, cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.views.helpful.ROWS", 1)
    assert "No comments yet" in client.as_(cast.author).get(READ).content.decode()
    for who in (cast.stranger, cast.reader):
        helpfulness.say(Revision.objects.get(), by=who, now=NOW, helped=True, comment=f"By {who.login}")
    page = client.get(READ)
    assert [one.comment for one in page.context["rows"]] == ["By reader"]
    page = client.get(READ + page.context["next_url"])
    assert [one.comment for one in page.context["rows"]] == ["By stranger"]
    Process.objects.filter(pk=process.pk).update(withdrawn_from=NOW)
    Revision.objects.update(effective_until=NOW)
    assert client.get(READ).context["counts"] is None
