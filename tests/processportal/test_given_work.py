"""Whoever an item is given to may do it: the policies of the apps above ask the worklist by their own keys."""

import datetime as dt
from decimal import Decimal

import pytest

from approvals import workflow
from kpis import dues, recording
from kpis.models import Indicator
from organization.models import Person, Position
from organization.refusals import Refused
from organization.scope import scope
from processes import policy, review, translation_work, translations
from processportal.work import about
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, Cast
from worklist.models import WorkItem


@pytest.fixture
def indicator(cast: Cast) -> Indicator:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    keeper = Position.objects.get(title="Buyer")
    made = Indicator.objects.create(
        process=process, name="In time", unit="%", direction="up", target=Decimal(95), limit=Decimal(90), decimals=0, keeper=keeper,
        starts_on=dt.date(2026, 2, 1),
    )  # fmt: skip
    dues.raise_dues(NOW)
    return made


def given(to: Person, **which: object) -> None:
    assert WorkItem.objects.open().filter(**which).update(assigned_to=to) == 1


def test_measuring_and_answering_for_what_is_off_target(cast: Cast, indicator: Indicator) -> None:
    month = dt.date(2026, 2, 1)
    with pytest.raises(Refused):
        recording.record(indicator, month, Decimal(80), by=cast.stranger, now=NOW)
    given(cast.stranger, kind="measure")
    recording.record(indicator, month, Decimal(80), by=cast.stranger, now=NOW)
    with pytest.raises(Refused):  # done: the right ends with the item
        recording.correct(indicator.measurements.get(), Decimal(85), by=cast.stranger, now=NOW, reason="Typed wrongly.")
    breach = WorkItem.objects.get(kind="act")
    with pytest.raises(Refused):
        recording.answer_breach(breach, by=cast.stranger, now=NOW)
    given(cast.stranger, kind="act")
    recording.answer_breach(WorkItem.objects.get(pk=breach.pk), by=cast.stranger, now=NOW)
    assert not WorkItem.objects.open().exists()


def test_reviewing(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), next_review_on=TODAY)
    make.effective(process)
    review.raise_reviews(NOW)
    view = scope(cast.stranger, TODAY)
    assert not policy.may_review(cast.stranger, process, view)
    given(cast.stranger, kind="review")
    assert policy.may_review(cast.stranger, process, view)
    assert not policy.may_change_metadata(cast.stranger, process, view)
    review.verdict(process, by=cast.stranger, now=NOW, verdict="keep", reason="It holds.", next_on=TODAY + dt.timedelta(days=365))
    assert not policy.may_review(cast.stranger, process, view)


def test_translating_is_given_to_those_who_see_it_and_have_the_level(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    made = translations.begin(make.effective(process), "de", by=cast.author, now=NOW)
    translation_work.owe_text(made, NOW)
    item = WorkItem.objects.open().get()
    assert about.numbers([item]) == {item.pk: process.number}
    answers = {
        who.login: bool(about.Check(who, scope(cast.author, TODAY))(item, who)) for who in (make.person("storekeeper"), cast.stranger)
    }
    assert answers == {"storekeeper": True, "stranger": False}


def test_items_of_indicators_and_cases_are_about_their_processes(cast: Cast, indicator: Indicator) -> None:
    case = workflow.submit(make.draft(make.process(cast.purchasing), by=cast.author), by=cast.author, now=NOW)
    found = {item.kind: about.numbers([item])[item.pk] for item in WorkItem.objects.open()}
    assert found == {"measure": indicator.process.number, "decide": case.revision.process.number}


def test_everybody_who_may_see_a_review_sees_whose_turn_it_is(client: SignedIn, cast: Cast) -> None:
    process = make.process(cast.purchasing)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())
    words = "Approver, as Process manager, Purchasing"
    page = client.as_(cast.author).get(f"/processes/{process.number}/").content.decode()
    assert ("In review, waits for" in page, words in page) == (True, True)
    html = client.get(f"/reviews/{case.pk}/").content.decode()
    assert "Approver · waiting since today · due" in html
    assert "· escalates on" in html
    other = client.as_(cast.stranger).get(f"/processes/{process.number}/").content.decode()
    assert "In review, waits for" not in other
