"""How cases and change packages move: the lock, the swap that names what was seen, and the end.

The only module that writes `ApprovalCase.state` and `ChangePackage.state`.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.db.models import Exists, Prefetch, QuerySet
from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, CaseAct, CaseStage, ChangePackage, Comment, Decision, PackageMember, Seat
from organization.models import Person
from organization.refusals import Stale
from worklist.items import close_all

State = ApprovalCase.State
AUTHORS = Prefetch("contributors", Person.objects.only("pk"))
LOCK_TIMED_OUT = "55P03"
"""PostgreSQL's code where a row is locked by others for longer than `lock_timeout`."""


def lock(case_id: int) -> ApprovalCase:
    """The case with what the stories need, until the end of the transaction; the package to which it belongs before it.

    Raises Stale where others keep it longer than one may wait.
    """
    with _patience():
        list(ChangePackage.objects.select_for_update(of=("self",)).filter(cases=case_id))
        case: ApprovalCase = _cases().prefetch_related(AUTHORS).get(pk=case_id)
    return case


def _cases() -> QuerySet[ApprovalCase]:
    """Under their locks as they are read."""
    found: QuerySet[ApprovalCase] = ApprovalCase.objects.select_for_update(of=("self",))
    return found.select_related("revision__process", "revision__frozen", "content", "submitted_by")


@contextmanager
def _patience() -> Iterator[None]:
    """Raises Stale where others keep a lock longer than one may wait."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_TIMED_OUT:
            raise
        raise Stale(_("Others are at this review at the same moment. Nothing was recorded; look at it again.")) from error


def locked(seat: Seat) -> tuple[ApprovalCase, Seat]:
    """The case under its lock, and then the seat as it is under this lock."""
    found = locked_together(seat)
    return found.case, found.seats[0]


@dataclass(frozen=True, slots=True)
class Stage:
    """A case under its lock with the seats of one stage, the one that was asked for first.

    `decided`: somebody has decided in this case. `discussed`: something that was said about its revision is not settled.
    """

    case: ApprovalCase
    seats: list[Seat]
    decided: bool
    discussed: bool


def locked_together(seat: Seat) -> Stage:
    """The case under its lock, and then the seat and after it the others of its stage, as they are under this lock."""
    with _patience():
        # A case is submitted with its package or without one, for good: what has none needs no lock before its own.
        case = _cases().filter(stages__seats=seat.pk, package__isnull=True).first()
    case = case or lock(CaseStage.objects.values_list("case", flat=True).get(seats=seat.pk))
    seats = Seat.objects.filter(stage__seats=seat.pk).select_related(*Seat.NEEDED).order_by("pk")
    found = seats.annotate(
        decided=Exists(Decision.objects.filter(case=case)), discussed=Exists(Comment.objects.unsettled().filter(revision=case.revision_id))
    )
    first = min(found, key=lambda one: one.pk != seat.pk)
    return Stage(case, sorted(found, key=lambda one: one.pk != seat.pk), first.decided, first.discussed)


def swap(case: ApprovalCase, *, to: str, now: dt.datetime) -> None:
    """Moves the case if it is pending and as it was seen. The lock makes losing unlikely; the swap makes a wrong win impossible."""
    seen = ApprovalCase.objects.pending().filter(pk=case.pk, version=case.version)
    version, closed_at = case.version + 1, None if to == State.OPEN else now
    if not seen.update(state=to, version=version, closed_at=closed_at):
        raise Stale(_("Somebody was faster. Nothing was done; look at the review again."))
    case.state, case.version, case.closed_at = to, version, closed_at


def end(case: ApprovalCase, to: str, *, now: dt.datetime, done: Collection[int] = ()) -> None:
    """Closes the case, unless the decision has moved it there already; what others still owed to it, advice too, is no longer needed.

    `done` are ids of the work items with which it ended.
    """
    if case.state != to:
        swap(case, to=to, now=now)
    close_all(owed(case), done, now=now)


def owed(case: ApprovalCase) -> QuerySet[Any]:
    """Ids of the work items that were raised for this case."""
    of_seats = Seat.objects.filter(stage__case=case, work_item__isnull=False).order_by().values_list("work_item", flat=True)
    of_acts = CaseAct.objects.filter(case=case, work_item__isnull=False).order_by().values_list("work_item", flat=True)
    return of_seats.union(of_acts, all=True)


def lock_package(package: ChangePackage) -> ChangePackage:
    """The package under its lock."""
    locked: ChangePackage = ChangePackage.objects.select_for_update().get(pk=package.pk)
    return locked


def move_package(package: ChangePackage, to: str, *, now: dt.datetime) -> None:
    """Moves a locked package; with its end its members are free for another one."""
    ended = to in {ChangePackage.State.APPROVED, ChangePackage.State.DISSOLVED}
    package.state, package.version, package.closed_at = to, package.version + 1, now if ended else None
    package.save(update_fields=["state", "version", "closed_at"])
    if ended:
        PackageMember.objects.filter(package=package).update(closed_at=now)
