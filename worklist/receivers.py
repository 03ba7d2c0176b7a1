"""What the organization tells: each wakes a reconciler or tells the one person whom it concerns."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organization.models import FailedSigning
from worklist.notices import tell
from worklist.outbox import wake

MOST = 100


def absences_changed(person_ids: Sequence[int], **_given: Any) -> None:
    """How long these people have for what they owe in person is another from now on."""
    for start in range(0, len(person_ids), MOST):
        wake("worklist.tasks.pause", *person_ids[start : start + MOST])


def signing_failed(failed: FailedSigning, **_given: Any) -> None:
    """Whoever's signature it would have been hears of it: of the first in an hour, and when signing is locked."""
    occasion = "locked" if failed.locked else "failed"
    subject = _("Signing is locked for a quarter of an hour") if failed.locked else _("An attempt to sign in your name failed")
    tell(
        failed.person,
        key=f"signing-{occasion}:{failed.person_id}:{failed.at:%Y-%m-%dT%H}",
        subject=subject,
        body=_(
            "If that was you, nothing is to be done. If not, somebody sat at a browser in which you are signed in: "
            "end the other sessions, change your password, and tell an administrator."
        ),
        url=reverse("organization:sessions"),
        now=failed.at,
        due=True,
    )
