"""The joint outcome of a change package: its members wait for each other, take effect together, and come back together."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, ChangePackage, Decision, PackageMember
from approvals.moving import move_package, swap
from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope
from processes import references
from processes.access import may_see_revision
from processes.models import Revision
from processes.moving import lock_all

State = ApprovalCase.State


def package_of(draft: Revision) -> ChangePackage | None:
    """The package to which a draft belongs, while that is not closed."""
    member = PackageMember.objects.filter(revision=draft, closed_at__isnull=True).select_related("package").first()
    return member.package if member else None


def pending(case: ApprovalCase) -> list[ApprovalCase]:
    """The cases of its package that are not closed, in the order of their processes; the caller holds the package's lock."""
    cases = ApprovalCase.objects.pending().filter(package=case.package_id).order_by("process")
    return list(cases.select_for_update(of=("self",)).select_related("revision__process", "revision__frozen", "content", "submitted_by"))


def completed(case: ApprovalCase, *, now: dt.datetime) -> list[ApprovalCase]:
    """Its stages are through: it waits, or, as the last one, ends the waiting of all, which take effect now; these, else none."""
    swap(case, to=State.WAITING, now=now)
    members = pending(case)
    if any(member.state == State.OPEN for member in members):
        return []
    lock_all({pk for member in members for pk in (member.process_id, *references.named_by(member.revision))})
    move_package(_package(case), ChangePackage.State.APPROVED, now=now)
    return members


def gather_again(case: ApprovalCase, *, now: dt.datetime) -> None:
    """The package came back: its members are drafts, which can be changed and submitted again."""
    move_package(_package(case), ChangePackage.State.GATHERING, now=now)


def last_decision(case: ApprovalCase) -> Decision:
    """The decision with which its stages were through."""
    return case.decisions.select_related("decided_by").latest("pk")


def because_of(case: ApprovalCase, reason: str) -> str:
    """Why the other members came back, as their moves say to all who read them."""
    process = case.revision.process
    if not process.is_for_all:
        return _("The package came back because of %(number)s.") % {"number": process.number}
    return _("The package came back because of %(document)s: %(reason)s") % {"document": case.subject, "reason": reason or _("recalled")}


@contextmanager
def naming(case: ApprovalCase, reader: Person, now: dt.datetime) -> Iterator[None]:
    """A refusal inside says which member of a package stands in the way, and to a reader who may see it, why."""
    try:
        yield
    except Refused as refused:
        if case.package_id is None:
            raise
        if not may_see_revision(case.revision, scope(reader, today(now))):
            number = case.revision.process.number
            raise type(refused)(_("Nothing was approved: something stands in the way of %(number)s.") % {"number": number}) from refused
        words = {"document": case.subject, "reason": str(refused)}
        raise type(refused)(_("Nothing was approved. %(document)s: %(reason)s") % words) from refused


def _package(case: ApprovalCase) -> ChangePackage:
    package: ChangePackage = ChangePackage.objects.get(cases=case)
    return package
