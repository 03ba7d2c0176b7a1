"""The label at a machine: a code that leads to the steps of what holds, for whoever may see it."""

import datetime as dt
import io

import pytest
import segno
from django.test import override_settings
from django.utils import timezone

from processes.models import Process
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    made = make.process(cast.purchasing, number="PUR-001", confidentiality="departments")
    make.effective(made)
    return made


@override_settings(PORTAL_URL="https://portal.example/")
def test_the_code_leads_to_the_first_step_under_the_portals_own_name(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.reader).get("/processes/PUR-001/label/").content.decode()
    for said in ("PUR-001", "Purchase to pay", "https://portal.example/processes/PUR-001/steps/", "/processes/PUR-001/label/code.svg"):
        assert said in page, said
    drawn = client.get("/processes/PUR-001/label/code.svg")
    wanted = io.BytesIO()
    address = "https://portal.example/processes/PUR-001/steps/"
    segno.make(address, error="m", micro=False).save(wanted, kind="svg", border=0, scale=4, dark="#14202b")
    assert drawn.content == wanted.getvalue()
    assert (drawn["Content-Type"], "sandbox" in drawn["Content-Security-Policy"]) == ("image/svg+xml", True)
    assert 'href="/processes/PUR-001/label/"' in client.get("/processes/PUR-001/").content.decode()


def test_a_stranger_finds_none(client: SignedIn, cast: make.Cast, process: Process) -> None:
    for address in ("", "code.svg"):
        assert client.as_(cast.stranger).get(f"/processes/PUR-001/label/{address}").status_code == 404


def test_there_is_none_of_what_does_not_hold(client: SignedIn, cast: make.Cast, process: Process) -> None:
    make.draft(make.process(cast.purchasing, number="PUR-002"))
    Process.objects.filter(pk=process.pk).update(withdrawn_from=timezone.now() - dt.timedelta(days=1))
    client.as_(cast.author)
    for number in ("PUR-001", "PUR-002"):
        assert "Do not work by it" in client.get(f"/processes/{number}/label/").content.decode()
        assert client.get(f"/processes/{number}/label/code.svg").status_code == 404
