"""An approval is cancelled before its day; what was approved as a change package is cancelled as one, or not at all."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, ChangePackage
from approvals.moving import lock_package
from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope
from processes import calling_off
from processes.access import may_see_revision
from processes.models import Revision
from processes.moving import lock_all


def package_of(revision: Revision) -> ChangePackage | None:
    """The change package as which this version was approved."""
    cases = ApprovalCase.objects.filter(revision=revision, state=ApprovalCase.State.APPROVED, package__isnull=False)
    case = cases.select_related("package").order_by("-pk").first()
    return case.package if case else None


def approved_in(package: ChangePackage) -> list[Revision]:
    """What was approved with it and has not been cancelled since, in the order of the processes. What it withdrew is not among them."""
    cases = package.cases.filter(state=ApprovalCase.State.APPROVED, kind=ApprovalCase.Kind.REVISE)
    found = Revision.objects.filter(pk__in=cases.values("revision"), state=Revision.State.APPROVED)
    return list(found.select_related("process", "frozen").order_by("process"))


def call_off(revision: Revision, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Signed on the content of each: drafts again. Raises Refused, and nothing is cancelled, where one of them cannot be; or Stale."""
    with transaction.atomic():
        package = package_of(revision)
        together = [revision]
        if package is not None:
            lock_package(package)
            together += [one for one in approved_in(package) if one.pk != revision.pk]
        lock_all([one.process_id for one in together])
        for one in together:
            with _naming(one, revision, by, now):
                calling_off.call_off(one, by=by, now=now, reason=reason)
    return revision


@contextmanager
def _naming(one: Revision, asked: Revision, reader: Person, now: dt.datetime) -> Iterator[None]:
    """Where another member stands in the way, a refusal says which one, and to a reader who may see it, why."""
    try:
        yield
    except Refused as refused:
        if one == asked:
            raise
        number = one.process.number
        if not may_see_revision(one, scope(reader, today(now))):
            said = _("Nothing was cancelled: %(number)s was approved with it and stands in the way.") % {"number": number}
        else:
            said = _("Nothing was cancelled. %(number)s was approved with it: %(reason)s") % {"number": number, "reason": str(refused)}
        raise type(refused)(said) from refused
