"""Change packages: drafts are put together, submitted in one transaction, and share one outcome (`joint.py`)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from approvals import policy, workflow
from approvals.joint import package_of
from approvals.models import ApprovalCase, ChangePackage, PackageMember
from approvals.moving import lock_package, move_package
from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from processes import policy as process_policy
from processes.canonical import clean
from processes.models import Revision
from processes.moving import lock, lock_all

State = ChangePackage.State
MOST = 50
"""Members of one package."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the submitter says of one member: its change summary, a word on its warnings, and the version of the draft that was shown."""

    version: int
    summary: str = ""
    warnings_word: str = ""


class StandInTheWay(Refused):
    """Nothing was submitted; `reasons` says, by the id of the member's revision, what stands in the way there."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__(_("Nothing was submitted: something stands in the way of one member or more, as is said there."))
        self.reasons = reasons


@transaction.atomic
def begin(title: str, reason: str, *, by: Person, now: dt.datetime, first: Revision | None = None) -> ChangePackage:
    """A new package, maybe with its first draft. Raises Refused."""
    title, reason = clean(title).strip(), workflow.typed(reason)
    if not title or not reason:
        raise Refused(_("Give the package a title, and say why its changes belong together."))
    package = ChangePackage.objects.create(title=title[:160], reason=reason, created_by=by, created_at=now)
    if first is not None:
        add(package, first, by=by, now=now)
    return package


@transaction.atomic
def add(package: ChangePackage, draft: Revision, *, by: Person, now: dt.datetime) -> PackageMember:
    """One more draft; one that is in it already stays. Raises Refused or Stale."""
    locked = _gathering(package, by, now)
    process = lock(draft)
    insist(process_policy.may_submit(by, process, scope(by, today(now))))
    if draft.state != Revision.State.DRAFT:
        raise Refused(_("%(number)s has no draft that could be submitted.") % {"number": process.number})
    taken = package_of(draft)
    if taken is not None and taken != locked:
        raise Refused(_("This draft belongs to the change package “%(package)s” already.") % {"package": taken.title})
    if taken is None and locked.members.count() >= MOST:
        raise Refused(_("A package has at most %(most)d members. Begin another one.") % {"most": MOST})
    return PackageMember.objects.get_or_create(package=locked, revision=draft)[0]


@transaction.atomic
def remove(member: PackageMember, *, by: Person, now: dt.datetime) -> None:
    """Takes a draft out; the draft stays as it is. Raises Refused."""
    package = _gathering(member.package, by, now)
    package.members.filter(pk=member.pk).delete()


@transaction.atomic
def dissolve(package: ChangePackage, *, by: Person, now: dt.datetime) -> ChangePackage:
    """Gives the package up; its drafts stay and go their own ways. Raises Refused."""
    locked = _gathering(package, by, now)
    move_package(locked, State.DISSOLVED, now=now)
    return locked


@transaction.atomic
def submit(
    package: ChangePackage, given: Mapping[int, Given], *, by: Person, now: dt.datetime, planned_on: dt.date | None = None
) -> Sequence[ApprovalCase]:
    """Every member gets its case, or none does: `given` says by the id of its revision what is said of it; no summary means the reason.

    Raises StandInTheWay with what every member lacks, Refused where it has fewer than two, Stale where others than these are in it.
    """
    locked = _gathering(package, by, now)
    drafts = [member.revision for member in members_of(locked)]
    if len(drafts) < 2:
        raise Refused(_("A package has two members or more. Submit a single draft on its own page."))
    if {draft.pk for draft in drafts} != set(given):
        raise Stale(_("This package has changed meanwhile. Nothing was done; look at it again."))
    lock_all({draft.process_id for draft in drafts})
    cases, reasons = list[ApprovalCase](), dict[int, str]()
    for draft in drafts:
        try:
            cases.append(_submit_one(draft, given[draft.pk], locked, by=by, now=now, planned_on=planned_on))
        except Refused as refused:
            reasons[draft.pk] = str(refused)
    if reasons:
        raise StandInTheWay(reasons)
    move_package(locked, State.IN_REVIEW, now=now)
    return cases


def candidates(view: Scope) -> QuerySet[Revision]:
    """Drafts that belong to no package yet, of those that this person sees and hands in; his or her own come first."""
    here = Q(process__department__in=view.departments) | Q(process__owner__in=view.positions)
    taken = PackageMember.objects.filter(closed_at__isnull=True)
    drafts: QuerySet[Revision] = Revision.objects.visible_to(view).filter(here, state=Revision.State.DRAFT)
    mine = Case(When(created_by=view.person_id, then=0), default=1)
    return (
        drafts.exclude(pk__in=taken.values("revision"))
        .select_related("process")
        .only("process__number", "process__title")
        .order_by(mine, "process__number")
    )


def members_of(package: ChangePackage) -> Sequence[PackageMember]:
    """In the order in which their processes are locked."""
    return list(package.members.select_related("revision__process__department").order_by("revision__process"))


@transaction.atomic
def _submit_one(
    draft: Revision, said: Given, package: ChangePackage, *, by: Person, now: dt.datetime, planned_on: dt.date | None
) -> ApprovalCase:
    """In a savepoint of its own, so that the reasons of all members are heard before all of it is undone."""
    draft.version = said.version
    return workflow.submit(
        draft, by=by, now=now, summary=said.summary or package.reason, warnings_word=said.warnings_word, planned_on=planned_on,
        package=package,
    )  # fmt: skip


def _gathering(package: ChangePackage, by: Person, now: dt.datetime) -> ChangePackage:
    """The package under its lock, for somebody who may change it while it is put together."""
    locked = lock_package(package)
    insist(policy.may_keep_package(by, locked, scope(by, today(now))))
    if locked.state != State.GATHERING:
        raise Stale(_("This package is not put together any more: %(state)s.") % {"state": locked.get_state_display()})
    return locked
