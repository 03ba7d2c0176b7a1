"""Who reads a new version: only people in whose role something substantive has changed since they read it; and they see just that."""

import datetime as dt
import html
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from organization.models import Person, Position
from organization.signing import sign
from processes import marking
from processes.compare import compare
from processes.concern import roles_concerned
from processes.content import definition_of
from processes.definition import Definition, RoleRef, Step
from processes.models import FrozenContent, Process, Revision, Role
from processes.wording import Mark
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, day
from training import acknowledgements, assignments, opened, owing, rereading
from training.models import Acknowledgement, AudienceRule, Reading, Spared
from worklist.models import Notice, WorkItem

ROLES = (RoleRef(key="r1", title="Buyer"), RoleRef(key="r2", title="Clerk"), RoleRef(key="r3", title="Nobody's"))
DAY = dt.timedelta(days=1)


def content(buyer: str = "Check offer", clerk: str = "File offer", nobody: str = "Wait", purpose: str = "Why we do it.") -> Definition:
    """Three roles, each with a step of its own."""
    texts = (("s1", "r1", buyer), ("s2", "r2", clerk), ("s3", "r3", nobody))
    steps = tuple(Step(key=key, kind="activity", name=f"Step {key}", role=role, records=(text,)) for key, role, text in texts)
    return Definition(purpose=purpose, scope="Where it holds.", roles=ROLES, steps=steps)


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Read by all of purchasing; the reader is a buyer, the author (their head) a clerk, and nobody fills the third role."""
    filled()
    return ruled(cast)


def filled() -> None:
    for title, office in (("Buyer", "Buyer"), ("Clerk", "Head of Purchasing")):
        Role.objects.create(title=title).positions.add(Position.objects.get(title=office))


def ruled(cast: make.Cast) -> Process:
    made = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"), created_by=cast.boss)
    AudienceRule.objects.create(process=made, department=cast.purchasing, starts_on=day(-400))
    return made


def version(process: Process, said: Definition, *, at: dt.datetime) -> Revision:
    """Approved and in force from this moment on."""
    return make.effective(process, said, since=at)


def read(revision: Revision, *who: Person, at: dt.datetime = NOW, shown: str = "whole") -> None:
    for one in who:
        acknowledgements.acknowledge(revision, by=one, now=at, token=opened.token(one, revision, shown, at))


def owing_logins(revision: Revision) -> set[str]:
    return set(Reading.objects.owed().filter(revision=revision).values_list("person__login", flat=True))


def spared_logins(revision: Revision) -> dict[str, str]:
    rows = Spared.objects.filter(revision=revision, ended_at__isnull=True).select_related("person", "read")
    return {row.person.login: row.read.label for row in rows}


def second(cast: make.Cast, process: Process, said: Definition) -> Revision:
    """A second version, handed out, after everybody has read the first."""
    first = version(process, content(), at=NOW - 9 * DAY)
    assignments.hand_out(first, NOW - 9 * DAY)
    read(first, cast.reader, cast.author, cast.approver, at=NOW - 8 * DAY)
    made = version(process, said, at=NOW - DAY)
    assignments.hand_out(made, NOW)
    return made


# Whom a change concerns


@pytest.mark.parametrize(
    ("new", "concerned"),
    [
        (content(), frozenset()),
        (content(buyer="Check two offers"), frozenset({"Buyer"})),
        (content(buyer="Two", clerk="Two"), frozenset({"Buyer", "Clerk"})),
        (replace(content(), roles=(RoleRef(key="r1", title="Purchaser"), *ROLES[1:])), frozenset({"Buyer", "Purchaser"})),
        (replace(content(), steps=tuple(replace(step, role="") if step.key == "s1" else step for step in content().steps)), None),
    ],
)
def test_roles_in_which_something_substantive_changes(new: Definition, concerned: frozenset[str] | None) -> None:
    assert roles_concerned(compare(content(), new), content(), new) == concerned


def test_a_change_of_no_role_concerns_everybody_once_it_is_substantive() -> None:
    new = content(purpose="Why we really do it.")
    changes = compare(content(), new)
    for mark, concerned in ((Mark.COSMETIC, frozenset()), (Mark.CLARIFYING, frozenset()), (Mark.SUBSTANTIVE, None)):
        marked = marking.as_marked(changes, {change.place: mark for change in changes.changes})
        assert roles_concerned(marked, content(), new) == concerned


# Who owes


def test_only_the_roles_that_change_read_again_and_the_others_find_a_line(cast: make.Cast, process: Process) -> None:
    new = second(cast, process, content(buyer="Check two offers"))
    assert owing_logins(new) == {"reader"}
    assert spared_logins(new) == {"author": "1.0", "approver": "1.0"}
    item = WorkItem.objects.open().get(kind="read")
    assert item.get_absolute_url() == "/processes/PUR-001/revisions/2/changes/"
    told = Notice.objects.filter(key__startswith="spared:")
    assert {(one.person.login, one.kind, one.subject) for one in told} == {
        (who, "news", "PUR-001 Purchase to pay: version 2.0 changes nothing in what you do") for who in ("author", "approver")
    }
    assert {one.person.login: one.state.value for one in owing.owed_today(process, NOW.date(), NOW)} == {
        "approver": "spared", "author": "spared", "reader": "due",
    }  # fmt: skip
    assignments.hand_out(new, NOW + DAY)
    assert (owing_logins(new), told.count(), len(spared_logins(new))) == ({"reader"}, 2, 2)


def test_a_role_that_nobody_fills_concerns_everybody(cast: make.Cast, process: Process) -> None:
    assert owing_logins(second(cast, process, content(nobody="Wait longer"))) == {"reader", "author", "approver"}


def test_whoever_never_read_any_version_reads_the_whole(cast: make.Cast, process: Process) -> None:
    new = second(cast, process, content(clerk="File two offers"))
    joined = make.staff(cast.purchasing, "joined")
    assignments.hand_out(new, NOW)
    assert owing_logins(new) == {"author", "joined"}
    assert Reading.objects.get(person=joined).work_item.get_absolute_url() == "/processes/PUR-001/revisions/2/"


def test_what_was_missed_in_between_still_counts(cast: make.Cast, process: Process) -> None:
    second(cast, process, content(buyer="Check two offers"))
    third = version(process, content(buyer="Check two offers", clerk="File them"), at=NOW)
    assignments.hand_out(third, NOW)
    assert owing_logins(third) == {"reader", "author"}, "the buyer has not read the second version; the clerk's step changed now"
    assert spared_logins(third) == {"approver": "1.0"}


def test_who_moves_into_a_role_that_changed_owes_from_then_on_and_who_leaves_it_does_not(cast: make.Cast, process: Process) -> None:
    new = second(cast, process, content(buyer="Check two offers"))
    make.appoint(cast.approver, Position.objects.get(title="Buyer"))
    cast.reader.appointments.update(ends_before=NOW.date())
    make.appoint(cast.reader, make.position(of=cast.purchasing, title="Trainee"))
    assignments.hand_out(new, NOW)
    assert owing_logins(new) == {"approver"}
    assert spared_logins(new) == {"author": "1.0", "reader": "1.0"}


def test_confirmed_marks_count_and_not_the_proposal(cast: make.Cast, process: Process) -> None:
    first = version(process, content(), at=NOW - 9 * DAY)
    read(first, cast.reader, cast.author, cast.approver, at=NOW - 8 * DAY)
    new = version(process, content(buyer="Check two offers", purpose="Why we really do it."), at=NOW - DAY)
    changes = compare(definition_of(first), definition_of(new))
    for marks, owes in (({}, {"reader"}), ({"text//purpose": Mark.SUBSTANTIVE}, {"reader", "author", "approver"})):
        given = marking.as_marked(changes, {change.place: Mark.CLARIFYING for change in changes.changes if change.area == "text"} | marks)
        Revision.objects.filter(pk=new.pk).update(marks=marking.kept(given, first))
        new.refresh_from_db()
        cache.clear()
        assignments.hand_out(new, NOW)
        assert owing_logins(new) == owes


def test_the_same_content_is_never_read_twice(cast: make.Cast, process: Process) -> None:
    first = version(process, content(), at=NOW - 9 * DAY)
    read(first, cast.reader, at=NOW - 8 * DAY)
    version(process, content(buyer="Check two offers"), at=NOW - 5 * DAY)
    back = version(process, content(), at=NOW - DAY)
    assert back.frozen == first.frozen
    sign(cast.author, meaning="approved", subject="PUR-001", content_sha256=back.frozen.sha256, now=NOW)
    assignments.hand_out(back, NOW)
    assert owing_logins(back) == {"approver"}
    assert {one.person.login: one.state.value for one in owing.owed_today(process, NOW.date(), NOW)} == {
        "approver": "due", "author": "signed", "reader": "read",
    }  # fmt: skip


def test_an_emergency_is_read_by_everybody(cast: make.Cast, process: Process) -> None:
    first = version(process, content(), at=NOW - 9 * DAY)
    read(first, cast.reader, cast.author, cast.approver, at=NOW - 8 * DAY)
    urgent = version(process, content(clerk="Now"), at=NOW - DAY)
    Revision.objects.filter(pk=urgent.pk).update(emergency=True, effective_until=NOW + 9 * DAY)
    urgent.refresh_from_db()
    assert rereading.duty(urgent, {cast.reader.pk, cast.author.pk}, NOW.date()).owes == {cast.reader.pk, cast.author.pk}


def test_what_is_older_than_a_dozen_versions_is_read_whole(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "MOST_VERSIONS", 2)
    first = second(cast, process, content(buyer="Two"))
    assert rereading.concern(process.revisions.get(ordinal=1), first) == {"Buyer"}
    third = version(process, content(buyer="Three"), at=NOW)
    assert rereading.concern(process.revisions.get(ordinal=1), third) is None


def test_content_that_is_damaged_concerns_everybody(cast: make.Cast, process: Process) -> None:
    new = second(cast, process, content(buyer="Two"))
    cache.clear()
    first = process.revisions.get(ordinal=1)
    broken = FrozenContent.objects.create(sha256="f" * 64, content=b"{}", created_at=NOW)
    Revision.objects.filter(pk=first.pk).update(frozen=broken)
    assert rereading.concern(first, new) is None


# What they are shown


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_page_shows_what_changed_since_the_readers_own_version(cast: make.Cast, process: Process, client: SignedIn) -> None:
    second(cast, process, content(buyer="Check two offers"))
    third = version(process, content(buyer="Check two offers", clerk="File them"), at=NOW)
    assignments.hand_out(third, NOW)
    page = client.as_(cast.reader).get("/processes/PUR-001/revisions/3/changes/")
    shown = words(page)
    assert "What changed since revision 1.0" in shown
    assert "Step 1 “Step s1”" in shown
    assert "Step 2 “Step s2”" in shown
    assert "Step 3" not in shown.split("Flowchart")[0]
    assert "Show the whole procedure" in shown
    read(process.revisions.get(ordinal=2), cast.author, at=NOW - dt.timedelta(hours=1))
    assert "What changed since revision 2.0" in words(client.as_(cast.author).get("/processes/PUR-001/revisions/3/changes/"))
    token = re.search(r'name="opened" value="([^"]+)"', page.content.decode())
    assert token is not None
    client.as_(cast.reader).post("/processes/PUR-001/revisions/3/acknowledge/", {"opened": token[1]})
    assert Acknowledgement.objects.get(person=cast.reader, revision=third).shown == "changes"


def test_who_is_spared_is_told_why_on_the_page(cast: make.Cast, process: Process, client: SignedIn) -> None:
    second(cast, process, content(buyer="Check two offers"))
    assert "Nothing that changed concerns a role of yours since revision 1.0" in words(client.as_(cast.author).get("/processes/PUR-001/"))
    assert "Nothing that changed" not in words(client.as_(cast.stranger).get("/processes/PUR-001/"))


def test_a_first_version_has_no_changes_and_strangers_see_nothing(cast: make.Cast, process: Process, client: SignedIn) -> None:
    version(process, content(), at=NOW - DAY)
    assert "Step s1" in words(client.as_(cast.reader).get("/processes/PUR-001/revisions/1/changes/"))
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get("/processes/PUR-001/revisions/1/changes/").status_code == 404
    assert client.as_(cast.reader).get("/processes/PUR-001/revisions/9/changes/").status_code == 404


# Laws

TEXTS = st.sampled_from(["one", "two", "three"])
VERSIONS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4)
LOGINS = ("reader", "author", "approver")
READS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(LOGINS)), max_size=6)


def plainly(said: Sequence[Definition], reads: Sequence[tuple[int, str]], fills: dict[str, set[str]], last: int) -> dict[str, str]:
    """Login → "owes", "spared" or "read", thought through one person at a time."""
    found = {}
    for login in LOGINS:
        mine = [n for n, who in reads if who == login and n <= last]
        if any(said[n] == said[last] for n in mine):
            found[login] = "read"
            continue
        if not mine:
            found[login] = "owes"
            continue
        touched = [roles_concerned(compare(old, new), old, new) for old, new in pairwise(said[max(mine) : last + 1])]
        everybody = any(roles is None or any(not fills.get(role) for role in roles) for roles in touched)
        owes = everybody or any(login in fills[role] for roles in touched if roles for role in roles)
        found[login] = "owes" if owes else "spared"
    return found


class WhoReads(TestCase):
    """Versions, readings and roles as they come; the hand-out after each version against the plain evaluation."""

    def setUp(self) -> None:
        self.cast = make.cast()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(versions=VERSIONS, reads=READS, buyers=st.sets(st.sampled_from(LOGINS)), clerks=st.sets(st.sampled_from(LOGINS)))
    def test_who_owes_is_the_plain_evaluation_and_nobody_owes_twice(
        self, versions: list[tuple[str, str, str, str]], reads: list[tuple[int, str]], buyers: set[str], clerks: set[str]
    ) -> None:
        cache.clear()
        process, fills = ruled(self.cast), {"Buyer": buyers, "Clerk": clerks}
        for title, logins in fills.items():
            role = Role.objects.create(title=title)
            for login in logins:
                office = make.position(of=self.cast.purchasing, title=f"{title} {login}")
                make.appoint(Person.objects.get(login=login), office)
                role.positions.add(office)
        made: list[Revision] = []
        for n, (buyer, clerk, nobody, purpose) in enumerate(versions):
            made.append(version(process, content(buyer, clerk, nobody, purpose), at=NOW + n * DAY))
            assignments.hand_out(made[n], NOW + n * DAY)
            said = [definition_of(one) for one in made]
            done = [(m, login) for m, login in reads if m < n]
            states = dict.fromkeys(owing_logins(made[n]), "owes") | dict.fromkeys(spared_logins(made[n]), "spared")
            assert {login: states.get(login, "read") for login in LOGINS} == plainly(said, done, fills, n)
            assert owing_logins(made[n]).isdisjoint(spared_logins(made[n]))
            open_items = WorkItem.objects.open().filter(kind="read", person__login__in=LOGINS)
            assert open_items.count() == open_items.values("person").distinct().count()
            for m, login in reads:
                if m == n:
                    read(made[n], Person.objects.get(login=login), at=NOW + n * DAY)
