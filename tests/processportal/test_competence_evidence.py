"""What a person did here, as rows that an assessment proposes: each found where it lies, none of it somebody else's."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalCase
from kpis.models import Indicator, QuarterAssessment
from organization.calendar import today
from organization.models import CompanySettings, Person, Position
from organization.remembering import remembered
from processes.models import FrozenContent, Interface, InterfaceTerms, Process
from processportal import competence_evidence
from tests import make
from tests.make import NOW, TODAY
from training.competence import facts, opening, team
from training.models import Evidence

pytestmark = pytest.mark.django_db


def case(process: Process, by: Person, state: str = "approved", names: tuple[str, ...] = ("Check offer",)) -> ApprovalCase:
    revision = process.revisions.first() or make.effective(process, make.definition(*names), by=by)
    assert revision.frozen is not None
    return ApprovalCase.objects.create(
        process=process, revision=revision, content=revision.frozen, state=state, summary="x", submitted_by=by, submitted_at=NOW,
        closed_at=NOW,
    )  # fmt: skip


def found(person: Person) -> list[tuple[str, str]]:
    return sorted((one.kind, one.number) for one in competence_evidence.gather(person, NOW))


def test_processes_described_and_whether_they_came_back(cast: make.Cast) -> None:
    case(make.process(cast.purchasing, number="PUR-001"), cast.author)
    twice = make.process(cast.purchasing, number="PUR-002")
    case(twice, cast.author, "returned")
    case(twice, cast.author)
    case(make.process(cast.purchasing, number="PUR-003"), cast.approver)
    assert found(cast.author) == [("described", "PUR-002"), ("first_time", "PUR-001"), ("flowchart", "PUR-001"), ("flowchart", "PUR-002")]
    one = next(iter(competence_evidence.gather(cast.author, NOW)))
    assert (one.day, one.url_name, one.text) == (TODAY, "approvals:case", "1.0")


def test_a_chart_with_faults_or_that_is_damaged_is_no_evidence(cast: make.Cast) -> None:
    case(make.process(cast.purchasing, number="PUR-001"), cast.author, names=("",))
    case(make.process(cast.purchasing, number="PUR-002"), cast.author, names=("Buy",))
    broken = make.frozen(make.definition("Buy", "Sell"))
    last = case(make.process(cast.purchasing, number="PUR-003"), cast.author, names=("Sell", "Buy"))
    kinds = [one.number for one in competence_evidence.gather(cast.author, NOW) if one.kind == "flowchart"]
    assert kinds == ["PUR-003", "PUR-002"]
    other = FrozenContent(sha256="f" * 64, content=broken.content, created_at=NOW)
    other.save()
    ApprovalCase.objects.filter(pk=last.pk).update(content=other)
    assert "PUR-003" not in [one.number for one in competence_evidence.gather(cast.author, NOW) if one.kind == "flowchart"]


def test_interfaces_indicators_and_judgements(cast: make.Cast) -> None:
    giver, taker = make.process(cast.purchasing, number="PUR-001"), make.process(cast.stores, number="STO-001")
    shared = Interface.objects.create(giver=giver, taker=taker, name="Order", created_at=NOW)
    InterfaceTerms.objects.create(
        interface=shared, ordinal=1, side="giver", proposed_by=cast.author, proposed_at=NOW, answer="agreed", answered_by=cast.approver,
        answered_at=NOW,
    )  # fmt: skip
    indicator = Indicator(process=giver, name="On time", target=1, limit=1, keeper=Position.objects.first(), starts_on=TODAY)
    with remembered(indicator, by=cast.approver, now=NOW):
        indicator.save()
    QuarterAssessment.objects.create(
        process=giver, quarter_start=dt.date(2026, 1, 1), rating="green", text="x", assessed_by=cast.approver, assessed_at=NOW
    )
    assert found(cast.approver) == [("indicator", "PUR-001"), ("interface", "PUR-001"), ("judgement", "PUR-001")]
    assert found(cast.author) == []


def test_it_costs_a_fixed_number_of_queries(cast: make.Cast) -> None:
    asked = []
    today(NOW)  # the company's zone is known from now on
    for rows in (1, 4):
        for _n in range(rows):
            case(make.process(cast.purchasing), cast.author)
        with CaptureQueriesContext(connection) as some:
            list(competence_evidence.gather(cast.author, NOW))
        asked.append(len(some))
    assert asked[0] == asked[1]


def test_an_assessment_is_opened_with_it(cast: make.Cast) -> None:
    case(make.process(cast.purchasing, number="PUR-001"), cast.author)
    opening.open_(cast.author, 3, by=cast.author, now=NOW)
    assert set(Evidence.objects.values_list("kind", "number")) == {("first_time", "PUR-001"), ("flowchart", "PUR-001")}
    assert facts.label("first_time") == "Process described and accepted at the first submission"


def test_what_people_did_in_a_year_is_counted(cast: make.Cast) -> None:
    for _twice in range(2):
        case(make.process(cast.purchasing), cast.author)
    made = make.process(cast.stores)
    indicator = Indicator(process=made, name="On time", target=1, limit=1, keeper=Position.objects.first(), starts_on=TODAY)
    with remembered(indicator, by=cast.approver, now=NOW):
        indicator.save()
    people = [cast.author.pk, cast.approver.pk, cast.reader.pk]
    since = TODAY - dt.timedelta(days=1)
    assert competence_evidence.tally(people, since) == {cast.author.pk: {"described": 2}, cast.approver.pk: {"indicator": 1}}
    assert competence_evidence.tally(people, make.day(2)) == {}
    (author,) = team.members([cast.author], TODAY, CompanySettings())
    assert author.did == [("Process described and accepted", 2)]
