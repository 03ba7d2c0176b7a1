"""A change of an approved version is raised to substantive: signed, told in the history, and read by those whom it concerns."""

import html
import re
from typing import Any

import pytest

from organization.models import Person, Signature
from organization.refusals import Refused, Stale
from organization.signing import verify_chain
from processes import remarking
from processes.models import Move, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from tests.training.test_rereading import DAY, content, filled, owing_logins, read, ruled, spared_logins, version
from training import assignments, tasks

pytestmark = pytest.mark.django_db
PLACE = "text//purpose"
NEW = "Why we really do it."


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of purchasing; the reader is a buyer, the author a clerk."""
    filled()
    return ruled(cast)


@pytest.fixture
def revision(cast: make.Cast, process: Process) -> Revision:
    """The second version, in which only the purpose was said more clearly; everybody has read the first."""
    first = version(process, content(), at=make.now() - 9 * DAY)
    read(first, cast.reader, cast.author, cast.approver, at=make.now() - 8 * DAY)
    made = version(process, content(purpose=NEW), at=make.now() - DAY)
    assignments.hand_out(made, make.now())
    return made


def raised(revision: Revision, by: Person, *, place: str = PLACE, reason: str = "The customer's law.") -> Revision:
    return remarking.raise_mark(revision, place, by=by, now=make.now(), reason=reason)


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_whoever_was_spared_owes_it_now(cast: make.Cast, process: Process, revision: Revision) -> None:
    assert (owing_logins(revision), set(spared_logins(revision))) == (set(), {"reader", "author", "approver"})
    read(revision, cast.approver, at=make.now())
    raised(revision, cast.author)
    tasks.hand_out_process(process.pk)
    assert (owing_logins(revision), spared_logins(revision)) == ({"reader", "author"}, {})
    signed = Signature.objects.get(meaning="confirmed")
    assert (signed.content_sha256, signed.position_title) == (revision.frozen.sha256, "Head of Purchasing")
    assert signed.reason == "Purpose: clarifying → substantive. The customer's law."
    assert list(verify_chain()) == []
    move = Move.objects.get(name="remark")
    assert (move.by, move.from_state, move.to_state, move.reason) == (cast.author, "approved", "approved", signed.reason)
    assert Revision.objects.get(pk=revision.pk).label == "2.0"


def test_only_the_owner_position_and_the_company_process_manager(cast: make.Cast, revision: Revision) -> None:
    for who in (cast.approver, cast.reader, cast.stranger, cast.boss, cast.admin):
        with pytest.raises(Refused, match="Only the owner position “Head of Purchasing” and the company process manager"):
            raised(revision, who)
    raised(revision, cast.manager)
    assert Signature.objects.get(meaning="confirmed").position_title == "Company process manager"


def test_what_cannot_be_raised_says_why_and_nothing_is_signed(cast: make.Cast, process: Process, revision: Revision) -> None:
    with pytest.raises(Refused, match="Write why it matters more"):
        raised(revision, cast.author, reason=" ")
    for place in ("text//scope", "nowhere"):
        with pytest.raises(Stale, match="counts as substantive already"):
            raised(revision, cast.author, place=place)
    stale = Revision.objects.get(pk=revision.pk)
    raised(revision, cast.author)
    with pytest.raises(Stale, match="Somebody changed this revision"):
        raised(stale, cast.author)
    with pytest.raises(Stale, match="already"):
        raised(Revision.objects.get(pk=revision.pk), cast.author)
    with pytest.raises(Stale, match="another version by now"):
        raised(process.revisions.get(ordinal=1), cast.author)
    assert Signature.objects.filter(meaning="confirmed").count() == 1


def test_the_history_tells_it_to_every_reader(cast: make.Cast, client: SignedIn, revision: Revision) -> None:
    raised(revision, cast.author)
    shown = words(client.as_(cast.stranger).get(f"/processes/{revision.process.number}/history/"))
    assert "A change of version 2.0 counts as substantive from now on" in shown
    assert "clarifying → substantive" in shown


def test_the_page_is_signed_and_keeps_what_was_typed(cast: make.Cast, client: SignedIn, revision: Revision) -> None:
    address = f"/processes/{revision.process.number}/revisions/2/marks/"
    assert "How much they matter" in words(client.as_(cast.author).get(f"/processes/{revision.process.number}/revisions/2/changes/"))
    shown = client.get(address)
    assert "Purpose (clarifying)" in words(shown)
    typed = {"version": revision.version, "place": PLACE, "reason": "The customer's law.", "password": PASSWORD}
    wrong = client.post(address, typed | {"password": "no"})
    assert (wrong.status_code, "The customer's law." in words(wrong)) == (422, True)
    assert client.post(address, typed | {"place": ""}).status_code == 422
    assert client.post(address, typed)["Location"] == f"/processes/{revision.process.number}/revisions/2/changes/"
    assert "All changes count as substantive already" in words(client.get(address))


def test_who_sees_the_page_and_who_may_use_it(cast: make.Cast, client: SignedIn, process: Process, revision: Revision) -> None:
    address = f"/processes/{process.number}/revisions/2/marks/"
    typed = {"version": revision.version, "place": PLACE, "reason": "Mine.", "password": PASSWORD}
    for who in (cast.reader, cast.approver, cast.stranger):
        assert "Only the owner position" in words(client.as_(who).get(address))
        assert client.post(address, typed).status_code == 403
    assert "There is nothing to compare with" in words(client.get(f"/processes/{process.number}/revisions/1/marks/"))
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get(address).status_code == 404
    assert not Signature.objects.filter(meaning="confirmed").exists()
