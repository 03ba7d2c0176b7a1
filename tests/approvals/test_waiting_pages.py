"""Submitting with a period of training, and what the review page says of it."""

import pytest
from django.urls import reverse

from approvals.models import ApprovalCase, Seat
from organization.calendar import add_working_days, today
from processes.models import Revision
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: make.Cast) -> Revision:
    return make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)


def submit(client: SignedIn, draft: Revision, **given: object) -> object:
    typed = {"version": draft.version, "summary": "New.", "when": "trained", "password": make.PASSWORD} | given
    return client.post(reverse("approvals:submit", args=[draft.process.number]), typed)


def test_people_are_trained_first(cast: make.Cast, draft: Revision, client: SignedIn) -> None:
    client.as_(cast.author)
    assert "when people have been trained" in client.get(reverse("approvals:submit", args=[draft.process.number])).content.decode()
    for wrong in ({"training_days": ""}, {"training_days": 0}, {"training_days": 61}, {"training_days": "x"}):
        assert submit(client, draft, **wrong).status_code == 422  # type: ignore[attr-defined]
    assert submit(client, draft, training_days=7).status_code == 302  # type: ignore[attr-defined]
    case = ApprovalCase.objects.get()
    assert (case.training_days, case.planned_on) == (7, None)
    page = client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk])).content.decode()
    assert "It takes effect when the owner has signed that people are ready." in page
    assert "Takes effect when people have been trained" in page
    seat = Seat.objects.get()
    address = reverse("approvals:decide", args=[case.pk, seat.pk])
    client.post(address, {"verdict": "approve", "sha256": case.content.sha256, "password": make.PASSWORD})
    draft.refresh_from_db()
    assert (draft.state, draft.effective_from, draft.planned_on) == ("approved", None, add_working_days(today(), 7))
    assert "Takes effect when the owner has signed" in client.get(reverse("approvals:case", args=[case.pk])).content.decode()


@pytest.mark.parametrize(("when", "kept"), [("at_once", None), ("on", "2030-01-02"), ("trained", "2030-01-02")])
def test_what_was_not_chosen_is_dropped(cast: make.Cast, draft: Revision, client: SignedIn, when: str, kept: str | None) -> None:
    client.as_(cast.author)
    submit(client, draft, when=when, planned_on="2030-01-02", training_days=7)
    case = ApprovalCase.objects.get()
    assert case.training_days == (7 if when == "trained" else None)
    assert (case.planned_on and case.planned_on.isoformat()) == kept
