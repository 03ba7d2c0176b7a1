"""Cancelling what was approved: a change package is cancelled as one before its day, or stays as it is."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from approvals import calling_off, workflow
from approvals.models import ChangePackage
from organization.models import Signature
from organization.refusals import Refused, Stale
from organization.signing import verify_chain
from processes.models import Process, Revision
from tests import make
from tests.approvals.test_packages import LATER, LATEST, decide, draft, gathered, submitted, words
from tests.conftest import SignedIn
from tests.make import NOW, PASSWORD, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(cast: make.Cast) -> ChangePackage:
    """Two documents, approved as one, for a day that has not come."""
    made = gathered(cast, draft(cast, "PUR-901"), draft(cast, "PUR-902"))
    for case in submitted(made, cast, planned_on=day(9)):
        decide(case, cast.approver)
    return made


def revisions(package: ChangePackage) -> list[Revision]:
    """Of its members, as they are."""
    return list(Revision.objects.filter(cases__package=package).select_related("process", "frozen").order_by("process__number"))


def states(package: ChangePackage) -> list[str]:
    return [one.state for one in revisions(package)]


def test_cancelling_one_cancels_all_each_signed_on_its_content(cast: make.Cast, package: ChangePackage) -> None:
    one, two = revisions(package)
    hashes = {one.frozen.sha256, two.frozen.sha256}
    calling_off.call_off(one, by=cast.author, now=LATEST, reason="The law was put off.")
    assert states(package) == ["draft", "draft"]
    signed = Signature.objects.filter(meaning="cancelled")
    assert {signature.content_sha256 for signature in signed} == hashes
    assert not Revision.objects.filter(effective_from__isnull=False).exists()
    assert list(verify_chain()) == []
    one.refresh_from_db()
    with pytest.raises(Stale):
        calling_off.call_off(one, by=cast.author, now=LATEST, reason="Again.")


def test_one_that_cannot_be_cancelled_keeps_all(cast: make.Cast, package: ChangePackage) -> None:
    one, _two = revisions(package)
    Process.objects.filter(number="PUR-902").update(department=cast.stores, owner=make.position(of=cast.stores, title="Owner of it"))
    with pytest.raises(Refused, match=r"Nothing was cancelled\. PUR-902 was approved with it: Only the owner"):
        calling_off.call_off(one, by=cast.author, now=LATEST, reason="The law was put off.")
    assert states(package) == ["approved", "approved"]
    Process.objects.filter(number="PUR-902").update(confidentiality="positions", created_by=cast.stranger)
    one, _two = revisions(package)
    with pytest.raises(Refused, match=r"^Nothing was cancelled: PUR-902 was approved with it and stands in the way\.$"):
        calling_off.call_off(one, by=cast.author, now=LATEST, reason="The law was put off.")
    assert not Signature.objects.filter(meaning="cancelled").exists()


def test_once_it_is_in_force_nothing_is_cancelled(cast: make.Cast, package: ChangePackage) -> None:
    one, _two = revisions(package)
    with pytest.raises((Refused, Stale)):
        calling_off.call_off(one, by=cast.author, now=NOW + dt.timedelta(days=12), reason="Too late.")
    assert states(package) == ["approved", "approved"]


def test_what_has_no_package_is_cancelled_alone(cast: make.Cast) -> None:
    case = workflow.submit(draft(cast, "PUR-901"), by=cast.author, now=NOW, planned_on=day(9))
    decide(case, cast.approver)
    case.revision.refresh_from_db()
    calling_off.call_off(case.revision, by=cast.author, now=LATER, reason="Not now.")
    assert case.revision.state == "draft"


def test_the_page_says_that_all_are_cancelled_and_does_it(cast: make.Cast, client: SignedIn, package: ChangePackage) -> None:
    one, _two = revisions(package)
    address = reverse("effect", args=[one.process.number, one.ordinal])
    with time_machine.travel(LATEST):
        shown = words(client.as_(cast.author).get(address))
        assert "approved with the change package “New law”: all documents of the package are cancelled together" in shown
        client.post(address, {"act": "cancel", "version": one.version, "reason": "The law was put off.", "password": PASSWORD})
    assert states(package) == ["draft", "draft"]
