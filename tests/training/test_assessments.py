"""Competence assessments: opened, evidenced, rated, signed; nobody assesses themselves and nothing is lost by two at once."""

import datetime as dt
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization import gate, proposals, triggers
from organization.models import Ability, HeldLevel, Person, Proposal, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from processportal.governed import PLAN
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from tests.training.courses import course, session
from training.assessment_forms import RateForm
from training.competence import facts, opening, rating, sealing
from training.competence.moving import assessors_of
from training.competence.page import Verdict, climb, shown, verdicts
from training.competence.rating import Given
from training.models import (
    Assessment,
    Assessor,
    Evidence,
    EvidenceVerdict,
    Quiz,
    QuizAttempt,
    QuizVersion,
    TrainingRecord,
    TrainingSession,
)
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def opened(cast: make.Cast, candidate: Person | None = None, level: int = 1, by: Person | None = None) -> Assessment:
    candidate = candidate or cast.reader
    return opening.open_(candidate, level, by=by or candidate, now=NOW)


def named(cast: make.Cast, assessment: Assessment, who: Person | None = None) -> Assessor:
    return opening.name_assessor(assessment, by=cast.manager, now=NOW, person=who or cast.approver)


def rated(assessment: Assessment, by: Person, how: str = "met", *, seen: int = 0, hand_in: bool = True, now: dt.datetime = NOW) -> Assessor:
    given = {one.pk: Given(how, "seen") for one in Ability.objects.filter(level=assessment.level_id)}
    return rating.rate(assessment, given, {}, by=by, now=now, seen=seen, hand_in=hand_in)


def concluded(assessment: Assessment, by: Person, **more: str) -> Assessment:
    assessment.refresh_from_db()
    return rating.conclude(assessment, by=by, now=LATER, seen=assessment.version, word="As rated.", **more)


def test_from_opening_to_the_level(cast: make.Cast) -> None:
    assessment = opened(cast)
    assert (assessment.purpose, assessment.state) == ("first", "open")
    asked = WorkItem.objects.get()
    assert (asked.kind, asked.position and asked.position.kind, asked.excluded) == ("act", "company_process_manager", [cast.reader.pk])
    assessor = named(cast, assessment)
    asked.refresh_from_db()
    assert asked.outcome == "done"
    owed = assessor.work_item
    assert owed is not None
    assert (owed.kind, owed.person, owed.position, owed.url_name) == ("assess", cast.approver, None, "training:assessment")
    rated(assessment, cast.approver)
    assessment.refresh_from_db()
    assert assessment.state == "rated"
    done = concluded(assessment, cast.approver)
    assert (done.state, done.word, done.closed_by) == ("passed", "As rated.", cast.approver)
    held = HeldLevel.objects.on(TODAY).get(person=cast.reader)
    assert (held.level_id, held.ground, held.signature, held.signature and held.signature.assessment) == (
        1,
        "assessment",
        done.signature,
        done,
    )
    assert Signature.objects.get().meaning == "assessed"
    owed.refresh_from_db()
    assert owed.outcome == "done"
    assert set(Notice.objects.filter(person=cast.reader).values_list("key", flat=True)) == {
        f"assessment:{done.pk}:named:{assessor.pk}", f"assessment:{done.pk}:result",
    }  # fmt: skip


def test_a_level_that_is_held_is_renewed_by_a_new_row(cast: make.Cast) -> None:
    held = HeldLevel.objects.get(person=cast.author)
    assessment = opened(cast, cast.author, 2)
    assert assessment.purpose == "renewal"
    named(cast, assessment)
    rated(assessment, cast.approver)
    concluded(assessment, cast.approver)
    held.refresh_from_db()
    assert held.held_until == TODAY
    assert list(HeldLevel.objects.on(TODAY).filter(person=cast.author).values_list("level", "held_until")) == [(2, dt.date(2029, 3, 4))]


@pytest.mark.parametrize(("days", "offered"), [(365, [3]), (61, [3]), (60, [3, 2]), (1, [3, 2])])
def test_renewal_is_offered_from_the_first_notice_on(cast: make.Cast, client: SignedIn, days: int, offered: list[int]) -> None:
    HeldLevel.objects.filter(person=cast.author, level=2).update(held_until=TODAY + dt.timedelta(days=days))
    found = climb(cast.author, TODAY)
    assert [one.number for one in found.open_to] == offered
    assert found.renewable_from == (TODAY + dt.timedelta(days=days - 60) if days > 60 else None)
    with time_machine.travel(NOW, tick=False):
        page = client.as_(cast.author).get(reverse("training:competence")).content.decode()
    assert ("to be renewed from" in page, "Open an assessment to renew" in page) == (days > 60, days <= 60)


def test_who_does_not_meet_every_ability_keeps_the_level(cast: make.Cast) -> None:
    assessment = opened(cast)
    named(cast, assessment)
    one, two = Ability.objects.filter(level=1)
    given = {one.pk: Given("met", "seen"), two.pk: Given("partly", "no lanes")}
    rating.rate(assessment, given, {}, by=cast.approver, now=NOW, seen=0, hand_in=True)
    assert concluded(assessment, cast.approver).state == "failed"
    assert gate.level_of(cast.reader, TODAY) == 0
    assert "which abilities are still open" in Notice.objects.get(key__endswith="result").subject


def test_who_opens(cast: make.Cast) -> None:
    for by, level, says in (
        (cast.stranger, 1, "opened by the person, a superior or the company process manager"),
        (cast.reader, 2, "the next for Reader is Level 1"),
        (cast.reader, 0, "There are five levels"),
        (cast.reader, 6, "There are five levels"),
    ):
        with pytest.raises(Refused, match=says):
            opening.open_(cast.reader, level, by=by, now=NOW)
    with pytest.raises(Refused, match="the next for Manager is Level 5"):
        opening.open_(cast.manager, 3, by=cast.manager, now=NOW)
    by_head = opening.open_(cast.reader, 1, by=cast.author, now=NOW)
    assert opening.open_(cast.reader, 1, by=cast.manager, now=NOW) == by_head
    assert Notice.objects.get(person=cast.reader).subject == "Author opened your assessment for level 1."
    make.hold(cast.reader, 1)
    with pytest.raises(Refused, match="An assessment for another level is running"):
        opening.open_(cast.reader, 2, by=cast.reader, now=NOW)
    Person.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    with pytest.raises(Refused, match="has left"):
        opening.open_(cast.stranger, 1, by=cast.manager, now=NOW)


def test_without_an_office_nobody_is_asked_to_name(cast: make.Cast) -> None:
    opening.Position.objects.filter(kind="company_process_manager").update(closed_on=make.LONG_AGO)
    assessment = opened(cast)
    opening.name_assessor(assessment, by=cast.author, now=NOW, person=cast.approver)
    assert list(WorkItem.objects.values_list("kind", flat=True)) == ["assess"]
    opening.take_back(assessment, by=cast.author, now=NOW, reason="too early")


def test_who_assesses(cast: make.Cast) -> None:
    make.hold(cast.reader, 1)
    assessment = opened(cast, cast.reader, 2)
    with pytest.raises(Refused, match="Nobody chooses their own assessors"):
        opening.name_assessor(assessment, by=cast.reader, now=NOW, person=cast.approver)
    with pytest.raises(Refused, match="Assessors are named by"):
        opening.name_assessor(assessment, by=cast.stranger, now=NOW, person=cast.approver)
    gone = make.person("gone", level=5, is_active=False)
    for who, says in (
        (cast.reader, "Nobody assesses themselves"),
        (cast.author, "an assessor holds Level 3 · process analyst"),
        (gone, "has left"),
    ):
        with pytest.raises(Refused, match=says):
            opening.name_assessor(assessment, by=cast.manager, now=NOW, person=who)
    for person, external in ((None, " "), (cast.approver, "Dr. Outside")):
        with pytest.raises(Refused, match="Name a person, or"):
            opening.name_assessor(assessment, by=cast.manager, now=NOW, person=person, external=external)
    with pytest.raises(Refused, match="completes a panel for the highest level"):
        opening.name_assessor(assessment, by=cast.manager, now=NOW, external="Dr. Outside")
    named(cast, assessment)
    with pytest.raises(Refused, match="Approver is an assessor already"):
        named(cast, assessment)
    named(cast, assessment, cast.manager)
    with pytest.raises(Refused, match="at most two"):
        named(cast, assessment, cast.boss)


def test_an_assessor_is_released_and_owes_nothing(cast: make.Cast) -> None:
    assessment = opened(cast)
    first = named(cast, assessment)
    rated(assessment, cast.approver, "not")
    opening.release_assessor(first, by=cast.author, now=NOW)
    assert WorkItem.objects.get(kind="assess").outcome == "moot"
    assert WorkItem.objects.open().get().source_key == f"assessment:{assessment.pk}:name:1"  # asked for again
    with pytest.raises(Refused, match="released already"):
        opening.release_assessor(first, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Only the assessors rate"):
        rated(assessment, cast.approver, seen=1)
    named(cast, assessment, cast.manager)
    rated(assessment, cast.manager)
    assert concluded(assessment, cast.manager).state == "passed"


def test_an_assessor_who_lost_the_level_rates_no_more(cast: make.Cast) -> None:
    assessment = opened(cast, cast.author, 3)
    expert = make.person("expert", level=4)
    named(cast, assessment, expert)
    rated(assessment, expert)
    expert.held_levels.update(held_until=TODAY)
    with pytest.raises(Refused, match="Expert cannot assess this: an assessor holds Level 4"):
        concluded(assessment, expert)


def test_two_windows_and_two_assessors_lose_nothing(cast: make.Cast) -> None:
    assessment = opened(cast)
    for who in (cast.approver, cast.manager):
        named(cast, assessment, who)
    rated(assessment, cast.approver, "partly", hand_in=False)
    with pytest.raises(Stale, match="saved ratings in another window"):
        rated(assessment, cast.approver, "met")
    rated(assessment, cast.manager)
    assert [one.ratings.first().rated for one in assessors_of(assessment)] == ["partly", "met"]
    with pytest.raises(Refused, match="Not everybody has handed in their ratings: Approver"):
        concluded(assessment, cast.manager)
    rated(assessment, cast.approver, seen=1)
    assessment.refresh_from_db()
    seen = assessment.version
    rated(assessment, cast.approver, "not", seen=2)
    with pytest.raises(Stale, match="Something was rated"):
        rating.conclude(assessment, by=cast.manager, now=LATER, seen=seen, word="passed")
    assert Signature.objects.count() == 0
    assert concluded(assessment, cast.manager).state == "failed"
    for late in (lambda: concluded(assessment, cast.approver), lambda: rated(assessment, cast.approver, seen=3)):
        with pytest.raises(Stale, match="concluded or taken back meanwhile"):
            late()
    assert Signature.objects.count() == 1


def test_incomplete_ratings_are_kept_and_not_handed_in(cast: make.Cast) -> None:
    assessment = opened(cast)
    assessor = named(cast, assessment)
    one, two = Ability.objects.filter(level=1)
    for given in ({one.pk: Given("met", "seen")}, {one.pk: Given("met", "seen"), two.pk: Given("met", " ")}):
        with pytest.raises(Refused, match="Rate every ability"):
            rating.rate(assessment, given, {}, by=cast.approver, now=NOW, seen=0, hand_in=True)
    rating.rate(assessment, {one.pk: Given("met", "seen")}, {}, by=cast.approver, now=NOW, seen=0, hand_in=False)
    kept = assessor.ratings.get(ability=one)
    assert (kept.rated, kept.comment, kept.criterion) == ("met", "seen", one.criterion)
    assert Assessment.objects.get().state == "open"
    rated(assessment, cast.approver, seen=1)
    with pytest.raises(Refused, match="Rate every ability"):
        rating.rate(assessment, {}, {}, by=cast.approver, now=NOW, seen=2, hand_in=False)
    with pytest.raises(Refused, match="Say the result in words"):
        rating.conclude(assessment, by=cast.approver, now=NOW, seen=Assessment.objects.get().version, word=" ")


def five(cast: make.Cast) -> tuple[Person, Assessment]:
    advisor = make.staff(cast.purchasing, "advisor", level=4)
    return advisor, opened(cast, advisor, 5, cast.manager)


def test_the_highest_level_is_assessed_by_two_and_confirmed_by_another(cast: make.Cast) -> None:
    advisor, assessment = five(cast)
    named(cast, assessment, cast.manager)
    assert WorkItem.objects.get(kind="act").closed_at is None  # a second one is still to be named
    rated(assessment, cast.manager)
    with pytest.raises(Refused, match="is assessed by two"):
        concluded(assessment, cast.manager)
    named(cast, assessment, cast.boss)
    rated(assessment, cast.boss)
    done = concluded(assessment, cast.manager)
    assert (done.state, gate.level_of(advisor, TODAY)) == ("passed", 4)
    assert done.proposal is not None
    proposals.confirm(done.proposal, by=cast.admin, now=LATER)
    held = HeldLevel.objects.on(TODAY).get(person=advisor)
    assert (held.level_id, held.ground, held.signature) == (5, "assessment", done.signature)


def test_top_management_or_somebody_from_outside_completes_the_panel(cast: make.Cast) -> None:
    cast.boss.held_levels.all().delete()
    advisor, assessment = five(cast)
    for give in ({"person": cast.boss}, {"external": "Dr. Outside, Institute"}):
        with pytest.raises(Refused, match="from outside"):
            opening.name_assessor(assessment, by=cast.manager, now=NOW, **give)  # type: ignore[arg-type]
    named(cast, assessment, cast.manager)
    with pytest.raises(Refused, match="is of top management or from outside"):
        named(cast, assessment, cast.author)
    boss = named(cast, assessment, cast.boss)
    opening.release_assessor(boss, by=cast.manager, now=NOW)
    opening.name_assessor(assessment, by=cast.manager, now=NOW, external="Dr. Outside, Institute")
    rated(assessment, cast.manager)
    with pytest.raises(Refused, match=r"Write down what Dr\. Outside"):
        concluded(assessment, cast.manager)
    concluded(assessment, cast.manager, statement="Convincing.")
    assert Assessor.objects.get(person=None).statement == "Convincing."
    make.hold(cast.boss, 5)
    again = opened(cast, advisor, 5, cast.manager)
    for who in (cast.manager, cast.boss):
        named(cast, again, who)
        rated(again, who)
    with pytest.raises(Refused, match="proposed already"):
        concluded(again, cast.manager)


def test_a_level_is_not_given_past_one_that_was_taken_away(cast: make.Cast) -> None:
    assessment = opened(cast, cast.author, 3)
    named(cast, assessment, cast.manager)
    rated(assessment, cast.manager)
    cast.author.held_levels.update(held_until=TODAY)
    with pytest.raises(Refused, match="Author holds No level by now"):
        concluded(assessment, cast.manager)
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    with pytest.raises(Refused, match="Author has left"):
        concluded(assessment, cast.manager)
    assert Signature.objects.count() == 0


def test_taking_it_back(cast: make.Cast) -> None:
    assessment = opened(cast)
    named(cast, assessment)
    with pytest.raises(Refused, match="taken back by the candidate"):
        opening.take_back(assessment, by=cast.stranger, now=NOW, reason="x")
    with pytest.raises(Refused, match="Say why"):
        opening.take_back(assessment, by=cast.reader, now=NOW, reason=" ")
    assert opening.take_back(assessment, by=cast.approver, now=NOW, reason="no time").state == "withdrawn"
    assert set(WorkItem.objects.values_list("outcome", flat=True)) == {"done", "moot"}
    again = opened(cast)
    assert opening.take_back(again, by=cast.reader, now=NOW, reason="too early").word == "too early"
    assert set(WorkItem.objects.filter(source_key__startswith=f"assessment:{again.pk}:name").values_list("outcome", flat=True)) == {"moot"}


def test_an_assessor_who_left_is_replaced_and_a_candidate_who_left_is_not_assessed(cast: make.Cast) -> None:
    assessment, other = opened(cast), opened(cast, cast.stranger)
    for who in (cast.approver, cast.manager):
        named(cast, assessment, who)
    named(cast, other)
    assert opening.follow_leavers(NOW) == 0
    Person.objects.filter(pk=cast.approver.pk).update(is_active=False)
    Person.objects.filter(pk=cast.stranger.pk).update(access_until=make.day(-1))
    assert opening.follow_leavers(NOW) == 2
    assert [one.person for one in assessors_of(assessment)] == [cast.manager]
    other.refresh_from_db()
    assert (other.state, other.word) == ("withdrawn", "Stranger has left.")
    assert [item.person for item in WorkItem.objects.open()] == [cast.manager]
    assert opening.follow_leavers(NOW) == 0


def test_who_sees_which(cast: make.Cast) -> None:
    assessment = opened(cast)
    expert = make.person("expert", level=4)
    named(cast, assessment, expert)
    everybody = (cast.reader, cast.author, cast.approver, cast.manager, cast.boss, expert, cast.stranger, cast.admin)
    sees = [opening.visible_to(scope(who, TODAY)).filter(pk=assessment.pk).exists() for who in everybody]
    assert sees == [True, True, True, True, True, True, False, False]


# Evidence


def test_what_was_done_elsewhere_is_added_by_hand(cast: make.Cast) -> None:
    assessment = opened(cast)
    added = rating.add_evidence(assessment, " Drew the old charts ", TODAY, by=cast.reader, now=NOW)
    assert (added.kind, added.text, added.added_by, added.accepted) == ("own", "Drew the old charts", cast.reader, None)
    named(cast, assessment)
    for judged in (True, True, False, None, None):
        seen = assessors_of(assessment)[0].version
        rating.rate(assessment, {}, {added.pk: judged}, by=cast.approver, now=NOW, seen=seen, hand_in=False)
        assert list(added.verdicts.values_list("assessor__person", "accepted")) == [(cast.approver.pk, judged)] * (judged is not None)
    for by, text, day, says in (
        (cast.stranger, "x", TODAY, "no part"), (cast.reader, " ", TODAY, "Say what"), (cast.reader, "x", make.day(1), "that has passed"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=says):
            rating.add_evidence(assessment, text, day, by=by, now=NOW)


def test_evidence_tells_nothing_of_a_process_that_is_hidden(cast: make.Cast) -> None:
    secret = make.process(cast.stores, number="STO-009", confidentiality="departments")
    row = Evidence(
        kind="indicator", number="STO-009", text="Scrap of the new alloy", day=TODAY, url_name="processes:problems", url_args=["X"]
    )
    (hidden,) = shown([row], scope(cast.author, TODAY), {})
    assert (hidden.row.number, hidden.title, hidden.text, hidden.url) == ("STO-009", "", "", "")
    (seen,) = shown([row], scope(cast.stranger, TODAY), {})
    assert (seen.title, seen.text) == (secret.title, "Scrap of the new alloy")


def judged_by_two(cast: make.Cast) -> tuple[Assessment, Evidence, Evidence]:
    """Of two pieces of evidence one is judged in two ways, the other by one assessor alone."""
    assessment = opened(cast)
    one, two = (rating.add_evidence(assessment, text, TODAY, by=cast.reader, now=NOW) for text in ("Old charts", "Returns"))
    for who, judged in ((cast.approver, {one.pk: True, two.pk: True}), (cast.manager, {one.pk: False, two.pk: None})):
        named(cast, assessment, who)
        rating.rate(assessment, {}, judged, by=who, now=NOW, seen=0, hand_in=False)
    return assessment, one, two


def test_what_one_assessor_says_of_evidence_replaces_nothing_that_another_one_said(cast: make.Cast) -> None:
    assessment, one, two = judged_by_two(cast)
    said = EvidenceVerdict.objects.values_list("evidence", "assessor__person", "accepted")
    assert list(said) == [(one.pk, cast.approver.pk, True), (two.pk, cast.approver.pk, True), (one.pk, cast.manager.pk, False)]
    rows = {row.row: row for row in shown(assessment.evidence.all(), scope(cast.reader, TODAY), verdicts(assessors_of(assessment)))}
    assert rows[one].verdicts == [Verdict("Approver", accepted=True), Verdict("Manager", accepted=False)]
    assert rows[two].verdicts == [Verdict("Approver", accepted=True)]
    assert (rows[one].differs, rows[two].differs) == (True, False)
    opening.release_assessor(assessors_of(assessment)[0], by=cast.manager, now=NOW)  # what they said stays on record and counts no more
    assert EvidenceVerdict.objects.count() == 3
    assert verdicts(assessors_of(assessment)) == {one.pk: [Verdict("Manager", accepted=False)]}


def test_pages_name_who_accepts_evidence_and_say_where_assessors_differ(cast: make.Cast, client: SignedIn) -> None:
    assessment, one, two = judged_by_two(cast)
    at = {name: reverse(f"training:{name}", args=[assessment.pk]) for name in ("assessment", "rate", "conclude")}
    client.as_(cast.manager)
    for name, address in at.items():
        if name == "conclude":
            for who in (cast.approver, cast.manager):
                rating.rate(assessment, {pk: Given("met", "seen") for pk in Ability.objects.filter(level=1).values_list("pk", flat=True)},
                            {}, by=who, now=NOW, seen=1, hand_in=True)  # fmt: skip
        page = client.get(address).content.decode()
        assert "Accepted — Approver" in page
        assert "Not accepted — Manager" in page
        assert page.count("The assessors differ") == 1
    form = RateForm(None, assessor=assessors_of(assessment)[1], abilities=[], evidence=[one, two])
    assert [form.initial[f"evidence_{fact.pk}"] for fact in (one, two)] == ["no", ""]


def test_verdicts_from_when_there_was_one_for_all_assessors(cast: make.Cast, client: SignedIn) -> None:
    carry_over = import_module("training.migrations.0009_verdicts_of_each_assessor").carry_over
    assessment, signed = opened(cast), opened(cast, cast.stranger)
    facts_of = {one: rating.add_evidence(one, "x", TODAY, by=one.candidate, now=NOW) for one in (assessment, signed)}
    named(cast, signed)
    rated(signed, cast.approver)
    Evidence.objects.update(accepted=True, accepted_by=cast.approver)
    concluded(signed, cast.approver)
    assert [carry_over(apps, None) for _again in range(2)] == [None, None]
    assert not EvidenceVerdict.objects.exists(), "signed, or said by somebody who is no assessor"
    named(cast, assessment)
    carry_over(apps, None)
    moved = EvidenceVerdict.objects.get()
    assert (moved.assessor.person, moved.evidence, moved.accepted) == (cast.approver, facts_of[assessment], True)
    assert list(Evidence.objects.order_by("pk").values_list("accepted", "accepted_by")) == [(None, None), (True, cast.approver.pk)]
    assert sealing.is_as_signed(Assessment.objects.select_related("signature").get(pk=signed.pk))
    page = reverse("training:assessment", args=[signed.pk])
    assert "Accepted — Approver" in client.as_(cast.stranger).get(page).content.decode()
    Evidence.objects.filter(pk=facts_of[assessment].pk).update(accepted=False)
    assert "Not accepted" in client.as_(cast.reader).get(reverse("training:assessment", args=[assessment.pk])).content.decode()


def test_evidence_has_an_end(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = opened(cast)
    monkeypatch.setattr(opening, "EVIDENCE", 2)
    many = [facts.Fact("quiz", f"quiz:{n}", TODAY) for n in range(5)]
    assert [opening.keep(assessment, many) for _twice in range(2)] == [2, 0]
    assert set(assessment.evidence.values_list("key", flat=True)) == {"quiz:0", "quiz:1"}
    monkeypatch.setattr(rating, "OWN", 1)
    rating.add_evidence(assessment, "x", TODAY, by=cast.reader, now=NOW)
    with pytest.raises(Refused, match="added by hand already"):
        rating.add_evidence(assessment, "y", TODAY, by=cast.reader, now=NOW)


def test_rooms_to_come_hand_down_their_own_evidence(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for audits: the kind is registered, found once, and shown without a way where its page is not there."""
    monkeypatch.setattr(facts, "KINDS", dict(facts.KINDS))
    monkeypatch.setattr(facts, "_gatherers", list(facts._gatherers))
    assessment = opened(cast)

    def audits(person: Person, now: dt.datetime) -> list[facts.Fact]:
        return [facts.Fact("audit", f"audit:1:{person.pk}", TODAY, "Audit of stores", "", "improvement:audit", [1])]

    for _twice in range(2):
        facts.register(audits, {"audit": "Audit led"})
    before = Assessment.objects.get(pk=assessment.pk).version
    assert rating.look_again(assessment, by=cast.reader, now=NOW) == 1
    assert Assessment.objects.get(pk=assessment.pk).version == before + 1  # who is about to sign looks at it first
    assert rating.look_again(assessment, by=cast.reader, now=NOW) == 0
    assert (facts.label("audit"), facts.label("gone")) == ("Audit led", "gone")
    page = SignedIn().as_(cast.reader).get(reverse("training:assessment", args=[assessment.pk])).content.decode()
    assert "Audit led · Audit of stores" in " ".join(page.split())


def test_a_quiz_that_was_passed_is_evidence(cast: make.Cast) -> None:
    version = QuizVersion.objects.create(quiz=Quiz.objects.create(shipped="level-1"), number=1, content={}, published_at=NOW)
    for passed in (True, False):
        QuizAttempt.objects.create(
            person=cast.reader, version=version, sheet=f"s{passed}", answers={}, score=90, passed=passed, started_at=NOW, ended_at=NOW
        )
    assert [(one.kind, one.text, one.day) for one in facts.gather(cast.reader, NOW)] == [("quiz", "level-1", TODAY)]


def test_what_one_assessed_is_evidence_too(cast: make.Cast) -> None:
    assessment = opened(cast)
    named(cast, assessment)
    rated(assessment, cast.approver)
    concluded(assessment, cast.approver)
    assert [(one.kind, one.text) for one in facts.gather(cast.approver, LATER)] == [("assessed", "Reader")]


# Pages


def test_the_pages_of_the_candidate_and_who_is_above(cast: make.Cast, client: SignedIn) -> None:
    mine = reverse("training:competence")
    assert "Draws a flowchart without faults" in client.as_(cast.reader).get(mine).content.decode()
    theirs = reverse("training:person_competence", args=[cast.reader.pk])
    answer = client.post(theirs, {"level": "1"})
    assessment = Assessment.objects.get()
    assert answer["Location"] == reverse("training:assessment", args=[assessment.pk])
    assert client.post(theirs, {"level": "4"}).status_code == 422
    codes = [SignedIn().as_(who).get(theirs).status_code for who in (cast.author, cast.manager, cast.stranger, cast.admin)]
    assert codes == [200, 200, 404, 404]
    assert "Reader" in client.as_(cast.author).get(mine).content.decode()


def test_the_page_of_an_assessment(cast: make.Cast, client: SignedIn) -> None:
    assessment = opened(cast)
    at = {name: reverse(f"training:{name}", args=[assessment.pk]) for name in (
        "assessment", "name_assessor", "add_evidence", "look_again", "take_back_assessment", "rate", "conclude",
    )}  # fmt: skip
    for who, code in ((cast.reader, 200), (cast.author, 200), (cast.stranger, 404)):
        assert SignedIn().as_(who).get(at["assessment"]).status_code == code
    client.as_(cast.author)
    for wrong in ("reader", "", "nobody"):
        assert client.post(at["name_assessor"], {"person": wrong}).status_code == 422
    assert client.post(at["name_assessor"], {"person": "approver"}).status_code == 302
    assert client.post(at["add_evidence"], {"text": "", "day": "2026-01-01"}).status_code == 422
    assert client.post(at["add_evidence"], {"text": "Old charts", "day": "2026-01-01"}).status_code == 302
    assert client.post(at["look_again"]).status_code == 302
    assert client.get(at["rate"]).status_code == 404  # not an assessor
    assert client.post(at["take_back_assessment"], {"reason": ""}).status_code == 422
    one = Assessor.objects.get()
    assert client.post(reverse("training:release_assessor", args=[assessment.pk, one.pk])).status_code == 302
    client.post(reverse("training:release_assessor", args=[assessment.pk, one.pk]))
    assert "released already" in client.get(at["assessment"]).content.decode()
    assert client.post(at["take_back_assessment"], {"reason": "later"}).status_code == 302
    assert "Taken back" in client.get(at["assessment"]).content.decode()


def form_of(assessment: Assessment, how: str, seen: int) -> dict[str, str]:
    given = {"seen": str(seen)}
    for one in Ability.objects.filter(level=assessment.level_id):
        given |= {f"rated_{one.pk}": how, f"comment_{one.pk}": f"typed {how}"}
    return given


def test_rating_and_concluding_on_the_pages(cast: make.Cast, client: SignedIn) -> None:
    assessment = opened(cast)
    fact = rating.add_evidence(assessment, "Old charts", TODAY, by=cast.reader, now=NOW)
    named(cast, assessment)
    rate, conclude = (reverse(f"training:{name}", args=[assessment.pk]) for name in ("rate", "conclude"))
    page = reverse("training:assessment", args=[assessment.pk])
    client.as_(cast.approver)
    assert client.get(conclude)["Location"] == page  # nothing is handed in yet
    assert client.get(rate).status_code == 200
    answer = client.post(rate, {**form_of(assessment, "", 0), "hand_in": "1"})
    assert (answer.status_code, "typed " in answer.content.decode()) == (422, True)
    assert client.post(rate, form_of(assessment, "partly", 0)).status_code == 302
    # Another window saved meanwhile: what was typed stands beside what is kept, and can be saved over it.
    answer = client.post(rate, {**form_of(assessment, "met", 0), "hand_in": "1"})
    words = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert "another window meanwhile" in words
    assert "typed met" in words
    assert "Partly met. typed partly" in words
    assert 'name="seen" value="1"' in words
    assert client.post(rate, {**form_of(assessment, "met", 1), f"evidence_{fact.pk}": "yes", "hand_in": "1"}).status_code == 302
    assert EvidenceVerdict.objects.get().accepted is True
    assert "process student" in client.get(conclude).content.decode()
    seen = Assessment.objects.get().version
    for given in ({"word": "Well drawn", "password": "wrong"}, {"word": "", "password": make.PASSWORD}):
        answer = client.post(conclude, {**given, "seen": seen})
        assert (answer.status_code, given["word"] in answer.content.decode()) == (422, True)
    assert "typed met" not in client.as_(cast.reader).get(page).content.decode()  # the candidate reads it when it is signed
    assert client.as_(cast.approver).post(conclude, {"word": "Well drawn", "seen": seen, "password": make.PASSWORD}).status_code == 302
    result = client.as_(cast.reader).get(page).content.decode()
    assert "Well drawn" in result
    assert "typed met" in result
    assert client.as_(cast.approver).get(rate).status_code == 404


def test_a_panel_with_somebody_from_outside_on_the_pages(cast: make.Cast, client: SignedIn) -> None:
    _advisor, assessment = five(cast)
    named(cast, assessment, cast.manager)
    at = reverse("training:name_assessor", args=[assessment.pk])
    assert client.as_(cast.boss).post(at, {"person": "", "external": "Dr. Outside"}).status_code == 302
    rated(assessment, cast.manager)
    conclude = reverse("training:conclude", args=[assessment.pk])
    page = client.as_(cast.manager).get(conclude)
    assert "What the assessor from outside says" in page.content.decode()
    given = {"word": "Well", "statement": "Yes", "seen": Assessment.objects.get().version, "password": make.PASSWORD}
    assert client.post(conclude, given).status_code == 302
    assert "confirmed by a second person" in client.get(reverse("training:assessment", args=[assessment.pk])).content.decode()
    assert Proposal.objects.get().state == "waiting"


def test_pages_cost_the_same_with_one_and_with_five_rows(cast: make.Cast, client: SignedIn) -> None:
    assessment = opened(cast)
    named(cast, assessment)
    client.as_(cast.manager)
    cost: dict[str, list[int]] = {"competence": [], "assessment": []}
    for rows in (1, 4):
        for n in range(rows):
            rating.add_evidence(assessment, f"n{n}", TODAY, by=cast.reader, now=NOW)
            opened(cast, make.staff(cast.purchasing))
        for name, args in (("competence", []), ("assessment", [assessment.pk])):
            client.get(reverse(f"training:{name}", args=args))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"training:{name}", args=args))
            cost[name].append(len(asked))
    assert cost == {"competence": [28, 28], "assessment": [19, 19]}


def test_trainings_held_with_their_effect_and_trainings_completed_are_evidence(cast: make.Cast) -> None:
    held = session(course(cast.manager), cast.manager, trainer=cast.approver, trainer_name="")
    TrainingSession.objects.filter(pk=held.pk).update(state="held")
    session(held.course, cast.manager, trainer=cast.approver, trainer_name="")
    given = {"course": held.course, "session": held, "day": TODAY, "recorded_by": cast.approver, "recorded_at": NOW}
    for who, result in ((cast.reader, "attended"), (cast.stranger, "failed"), (cast.author, "absent"), (cast.boss, "failed")):
        TrainingRecord.objects.create(person=who, result=result, **given)
    wrong = TrainingRecord.objects.get(person=cast.boss)
    TrainingRecord.objects.create(person=cast.boss, result="passed", supersedes=wrong, reason="Taken for somebody else.", **given)
    assert [(one.kind, one.text, one.url_args) for one in facts.gather(cast.approver, NOW)] == [
        ("held", "C-1 Buying safely · 2/3", [held.pk])
    ]
    assert [(one.kind, one.text) for one in facts.gather(cast.reader, NOW)] == [("completed", "C-1 Buying safely")]
    assert facts.gather(cast.stranger, NOW) == facts.gather(cast.author, NOW) == []


def with_everything(cast: make.Cast) -> Assessment:
    """With a rating, evidence and a verdict on it."""
    assessment = opened(cast)
    fact = rating.add_evidence(assessment, "Drew the returns", TODAY, by=cast.reader, now=NOW)
    named(cast, assessment)
    given = {one.pk: Given("met", "seen") for one in Ability.objects.filter(level=1)}
    rating.rate(assessment, given, {fact.pk: True}, by=cast.approver, now=NOW, seen=0, hand_in=True)
    return assessment


OF_IT = {
    "assessment": "UPDATE training_assessment SET word = 'Far better'",
    "assessor": "UPDATE training_assessor SET statement = 'Somebody said so'",
    "rating": "UPDATE training_abilityrating SET comment = 'Better than it was'",
    "evidence": "UPDATE training_evidence SET text = 'Drew everything'",
    "verdict": "UPDATE training_evidenceverdict SET accepted = (1 = 0)",
}


@pytest.mark.parametrize("what", OF_IT)
@pytest.mark.parametrize("end", ["concluded", "taken back"])
def test_the_database_refuses_changes_of_what_a_closed_assessment_rests_on(cast: make.Cast, what: str, end: str) -> None:
    assessment = with_everything(cast)
    with connection.cursor() as cursor:
        cursor.execute(OF_IT[what].replace(" SET ", " SET id = id, "))  # while it is running nothing is refused
    if end == "concluded":
        concluded(assessment, cast.approver)
    else:
        opening.take_back(assessment, by=cast.approver, now=NOW, reason="no time")
    table = OF_IT[what].split()[1]
    for statement in (OF_IT[what], f"DELETE FROM {table}", make.past_the_rows(table)):
        with pytest.raises(IntegrityError, match="once they are closed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_adds_nothing_to_a_closed_assessment_and_moves_nothing_there(cast: make.Cast) -> None:
    assessment, other = with_everything(cast), opened(cast, cast.stranger)
    mine, fact = assessors_of(assessment)[0], assessment.evidence.get()
    loose = rating.add_evidence(other, "x", TODAY, by=cast.stranger, now=NOW)
    EvidenceVerdict.objects.all().delete()
    concluded(assessment, cast.approver)
    for add in (
        lambda: EvidenceVerdict.objects.create(assessor=mine, evidence=fact, accepted=True),
        lambda: Evidence.objects.create(assessment=assessment, kind="own", key="own:9", day=TODAY),
        lambda: Assessor.objects.create(assessment=assessment, external="Dr. Outside", named_by=cast.manager, named_at=NOW),
        lambda: Evidence.objects.filter(pk=loose.pk).update(assessment=assessment, key="own:9"),
    ):
        with pytest.raises(IntegrityError, match="once they are closed"), transaction.atomic():
            add()
    Evidence.objects.filter(pk=loose.pk).update(text="y")  # what is running is written on
    assert loose.delete()[0] == 1


@pytest.mark.parametrize("what", ["assessor", "rating", "evidence", "verdict"])
def test_what_was_changed_after_the_signature_is_told(cast: make.Cast, client: SignedIn, what: str) -> None:
    assessment = with_everything(cast)
    concluded(assessment, cast.approver)
    assessment.refresh_from_db()
    assert assessment.signature is not None
    assert assessment.signature.content_sha256 == sealing.digest(assessment)
    address, said = reverse("training:assessment", args=[assessment.pk]), "This is not what was signed"
    assert said not in client.as_(cast.reader).get(address).content.decode()
    triggers.drop(connection)  # what the owner of the database could do
    with connection.cursor() as cursor:
        cursor.execute(OF_IT[what])
    triggers.install(PLAN, connection)
    assert said in client.get(address).content.decode()
    assert sealing.is_as_signed(opened(cast, cast.stranger)), "nothing is signed yet"
