"""Cancelling an approval before it takes effect: a signed decision of whoever answers for the process."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import today
from organization.models import Person, Position, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import sign
from processes import lifecycle, policy, review
from processes.canonical import clean
from processes.holding import subject_of
from processes.models import Revision
from processes.moving import lock
from worklist.notices import Message, tell_many

LONGEST: Final = 4_000
OFFICES: Final = (Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER, Position.Kind.COMPANY_PROCESS_MANAGER)


@transaction.atomic
def call_off(revision: Revision, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Signed on exactly this content, with the reason: a draft again; what is in force stays so. Raises Refused or Stale.

    Its authors and the owner are told.
    """
    process, view, reason = lock(revision), scope(by, today(now)), clean(reason).strip()[:LONGEST]
    insist(policy.may_call_off(by, process, view))
    if revision.state != Revision.State.APPROVED or revision.frozen is None:
        raise Stale(_("This is not approved any more. Nothing was done; look at it again."))
    if not reason:
        raise Refused(_("Write why the approval is cancelled: its authors are told."))
    told, version, sha256 = review.concerned(revision, today(now)), revision.label, revision.frozen.sha256
    lifecycle.cancel(revision, by=by, now=now, reason=reason)
    sign(
        by, position=policy.office_of(process, view, *OFFICES), meaning=Signature.Meaning.CANCELLED,
        subject=subject_of(revision), content_sha256=sha256,
        reason=reason, now=now,
    )  # fmt: skip
    words = gettext_lazy("{document}: the approval of version {version} was cancelled")
    subject = format_lazy(words, document=subject_of(revision), version=version)
    url, key = reverse("processes:draft", args=[process.number]), f"called-off:{revision.pk}:{revision.version}"
    tell_many([Message(person, f"{key}:{person.pk}", subject, reason, url) for person in told if person != by], now=now)
    return revision
