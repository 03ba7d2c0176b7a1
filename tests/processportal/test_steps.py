"""One step on one screen: only what holds, by plain links, in released translations, and nobody goes on in what was superseded."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from processes.canonical import canonical
from processes.content import definition_of
from processes.definition import Risk
from processes.models import FrozenContent, Process, Revision, Translation
from processes.translating import units
from tests import make
from tests.conftest import SignedIn
from tests.lifting import lift_denials

pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """In force: start, "Offer good?" with two branches, "Sign order", end."""
    made = make.process(cast.purchasing, number="PUR-001")
    content = make.definition("Offer good?", "Sign order")
    steps = list(content.steps)
    steps[2] = replace(
        steps[2], description="At most **500 €**.", work_time=90, records=("Order",), risks=(Risk("x", "Wrong price", "Two eyes"),)
    )
    make.effective(made, replace(content, steps=tuple(steps)))
    return made


def test_a_stranger_to_a_hidden_process_finds_nothing(client: SignedIn, cast: make.Cast, process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get("/processes/PUR-001/steps/").status_code == 404
    assert client.as_(cast.reader).get("/processes/PUR-001/steps/").status_code == 200


def test_a_step_says_all_of_itself_and_leads_on(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.reader).get("/processes/PUR-001/steps/3/?from=2").content.decode()
    for said in ("3 of 4", "Sign order", "Buyer", "<strong>500 €</strong>", "1 h 30 min", "Order", "Two eyes"):
        assert said in page, said
    assert '/processes/PUR-001/steps/4/?from=3&amp;v=1"' in page
    assert '/processes/PUR-001/steps/2/?v=1"' in page
    assert "/processes/PUR-001/requests/new/?revision=1&amp;step=s2" in page


def test_a_decision_offers_its_branches_and_back_leads_to_it(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.reader).get("/processes/PUR-001/steps/2/").content.decode()
    assert "What is the case?" in page
    assert 'rel="next"' not in page
    for address in ("3/?from=2&amp;v=1", "4/?from=2&amp;v=1"):
        assert f'walk-way" href="/processes/PUR-001/steps/{address}"' in page
    page = client.get("/processes/PUR-001/steps/4/?from=2").content.decode()
    assert 'rel="prev" href="/processes/PUR-001/steps/2/?v=1"' in page
    assert "Begin again" in page


@pytest.mark.parametrize("step", [0, 5, 10**12])
def test_what_is_no_step_is_not_found(client: SignedIn, cast: make.Cast, process: Process, step: int) -> None:
    assert client.as_(cast.reader).get(f"/processes/PUR-001/steps/{step}/").status_code == 404


def test_nobody_goes_on_in_what_was_superseded(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.effective(process, make.definition("Check twice"), since=timezone.now() - dt.timedelta(minutes=1))
    answer = client.as_(cast.reader).get("/processes/PUR-001/steps/3/?from=2&v=1&in=de")
    assert answer["Location"] == "/processes/PUR-001/steps/?was=1&in=de"
    page = client.get(answer["Location"]).content.decode()
    assert "revision 2.0 holds instead of revision 1.0" in page
    assert "/processes/PUR-001/compare/?from=1&amp;to=2" in page
    assert "holds instead" not in client.get("/processes/PUR-001/steps/?was=2").content.decode()


def test_nothing_in_force_is_said_and_nothing_else(client: SignedIn, cast: make.Cast, process: Process) -> None:
    client.as_(cast.author)
    Process.objects.filter(pk=process.pk).update(withdrawn_from=timezone.now() - dt.timedelta(hours=1))
    assert "Do not work by it" in client.get("/processes/PUR-001/steps/").content.decode()
    make.draft(make.process(cast.purchasing, number="PUR-009"), by=cast.author)
    page = client.get("/processes/PUR-009/steps/").content.decode()
    assert "Do not work by it" in page
    assert "Check offer" not in page


def test_damaged_content_is_not_shown(client: SignedIn, cast: make.Cast, process: Process) -> None:
    lift_denials()
    FrozenContent.objects.update(content=canonical(make.definition("Forged")))
    client.raise_request_exception = False
    answer = client.as_(cast.reader).get("/processes/PUR-001/steps/2/")
    assert answer.status_code == 500
    assert "Forged" not in answer.content.decode()


def test_only_a_released_translation_is_shown(client: SignedIn, cast: make.Cast, process: Process) -> None:
    revision = Revision.objects.select_related("frozen").get()
    content = make.definition("Angebot gut?", "Auftrag unterschreiben")
    german = replace(content, language="de", number="PUR-001", roles=(replace(content.roles[0], title="Einkäufer"),))
    texts = {unit.key: f"Entwurf {unit.text}" for unit in units(definition_of(revision))}
    translation = Translation.objects.create(
        texts=texts,
        revision=revision,
        language="de",
        content=revision.frozen,
        total=4,
        keeper=process.owner,
        begun_by=cast.author,
        begun_at=make.now(),
    )
    for person in (cast.author, cast.reader):  # who may read it while it is written, and who may not
        page = client.as_(person).get("/processes/PUR-001/steps/3/?in=de").content.decode()
        assert "no released translation" in page
        assert "Sign order" in page
        assert "Entwurf" not in page
        assert "in=de" not in page.split("<article")[1]
    released = {"state": "released", "released": make.frozen(german), "released_at": timezone.now(), "checker": cast.approver}
    Translation.objects.filter(pk=translation.pk).update(**released)
    page = client.get("/processes/PUR-001/steps/3/?in=de").content.decode()
    assert "Auftrag unterschreiben" in page
    assert "Einkäufer" in page
    assert "/processes/PUR-001/steps/4/?from=3&amp;v=1&amp;in=de" in page
    assert 'lang="de"' in page


def test_the_procedure_leads_to_its_steps(client: SignedIn, cast: make.Cast, process: Process) -> None:
    assert 'href="/processes/PUR-001/steps/"' in client.as_(cast.reader).get("/processes/PUR-001/").content.decode()
    make.effective(process, since=timezone.now() - dt.timedelta(minutes=1))
    assert 'href="/processes/PUR-001/steps/"' not in client.get("/processes/PUR-001/revisions/1/").content.decode()


def test_a_long_process_costs_what_a_short_one_costs(client: SignedIn, cast: make.Cast, process: Process) -> None:
    long = make.process(cast.purchasing, number="PUR-002")
    make.effective(long, make.definition(*[f"Step {n}?" for n in range(40)]))
    costs = []
    client.as_(cast.reader).get("/processes/PUR-001/steps/2/")
    for number in ("PUR-001", "PUR-002"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/processes/{number}/steps/2/")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12
