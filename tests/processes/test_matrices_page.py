"""The page of responsibilities, and times on the procedure page."""

from dataclasses import replace

import pytest
from django.urls import reverse

from processes.definition import Definition
from processes.models import Process
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast

pytestmark = pytest.mark.django_db


def content() -> Definition:
    plain = make.definition("Check offer", "Good?")
    check = replace(plain.steps[1], accountable="r1", work_time=90, waiting_time=480)
    return replace(plain, steps=(plain.steps[0], check, *plain.steps[2:]))


@pytest.fixture
def process(cast: Cast) -> Process:
    process = make.process(cast.purchasing, number="PUR-001", confidentiality="departments")
    make.effective(process, content())
    make.draft(process, content())
    return process


def test_the_page_follows_sight(client: SignedIn, cast: Cast, process: Process) -> None:
    in_force, draft = (reverse("processes:matrices", args=["PUR-001", ordinal]) for ordinal in (1, 2))
    for who, seen in ((cast.stranger, (404, 404)), (cast.reader, (200, 200)), (cast.author, (200, 200)), (cast.approver, (200, 200))):
        assert (client.as_(who).get(in_force).status_code, client.get(draft).status_code) == seen
    Process.objects.update(confidentiality="company")
    assert (client.as_(cast.stranger).get(in_force).status_code, client.get(draft).status_code) == (200, 404)
    assert client.get(reverse("processes:matrices", args=["PUR-001", 9])).status_code == 404


def test_it_shows_letters_and_that_nothing_is_handed_over(client: SignedIn, cast: Cast, process: Process) -> None:
    html = client.as_(cast.reader).get(reverse("processes:matrices", args=["PUR-001", 1])).content.decode()
    assert '<span class="raci raci-r">R</span><span class="raci raci-a">A</span>' in html
    assert "nothing is handed over" in html
    assert "Responsibilities" in client.get("/processes/PUR-001/").content.decode()


def test_the_procedure_page_adds_the_times_up(client: SignedIn, cast: Cast, process: Process) -> None:
    html = client.as_(cast.reader).get("/processes/PUR-001/").content.decode()
    assert "1 h 30 min" in html
    assert "Longest way" in html
    assert "1 day 1 h 30 min" in html
