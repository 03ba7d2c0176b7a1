"""How cases and change packages move: the lock, the swap that names what was seen, and the end.

The only module that writes `ApprovalCase.state` and `ChangePackage.state`.
"""

import datetime as dt

from django.db import OperationalError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, CaseStage, ChangePackage, PackageMember, Seat
from organization.models import Person
from organization.refusals import Stale
from worklist.items import withdraw_many
from worklist.models import WorkItem

State = ApprovalCase.State
AUTHORS = Prefetch("contributors", Person.objects.only("pk"))
LOCK_TIMED_OUT = "55P03"
"""PostgreSQL's code where a row is locked by others for longer than `lock_timeout`."""


def lock(case_id: int) -> ApprovalCase:
    """The case with what the stories need, until the end of the transaction; the package to which it belongs before it.

    Raises Stale where others keep it longer than one may wait.
    """
    return _lock(case_id, ChangePackage.objects.filter(cases=case_id))


def _lock(case_id: int, package: QuerySet[ChangePackage]) -> ApprovalCase:
    cases = ApprovalCase.objects.select_for_update(of=("self",)).select_related(
        "revision__process", "revision__frozen", "content", "submitted_by"
    )
    try:
        list(package.select_for_update(of=("self",)))
        case: ApprovalCase = cases.prefetch_related(AUTHORS).get(pk=case_id)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_TIMED_OUT:
            raise
        raise Stale(_("Others are at this review at the same moment. Nothing was recorded; look at it again.")) from error
    return case


def locked(seat: Seat) -> tuple[ApprovalCase, Seat]:
    """The case under its lock, and then the seat as it is under this lock."""
    case, seats = locked_together(seat)
    return case, seats[0]


def locked_together(seat: Seat) -> tuple[ApprovalCase, list[Seat]]:
    """The case under its lock, and then the seat and after it the others of its stage, as they are under this lock."""
    case_id, package_id = CaseStage.objects.values_list("case", "case__package").get(seats=seat.pk)
    # A case is submitted with its package or without one: where it has none, nothing is asked for it.
    case = _lock(case_id, ChangePackage.objects.filter(pk=package_id))
    seats = Seat.objects.filter(stage__seats=seat.pk).select_related(*Seat.NEEDED).order_by("pk")
    return case, sorted(seats, key=lambda one: one.pk != seat.pk)


def swap(case: ApprovalCase, *, to: str, now: dt.datetime) -> None:
    """Moves the case if it is pending and as it was seen. The lock makes losing unlikely; the swap makes a wrong win impossible."""
    seen = ApprovalCase.objects.pending().filter(pk=case.pk, version=case.version)
    version, closed_at = case.version + 1, None if to == State.OPEN else now
    if not seen.update(state=to, version=version, closed_at=closed_at):
        raise Stale(_("Somebody was faster. Nothing was done; look at the review again."))
    case.state, case.version, case.closed_at = to, version, closed_at


def end(case: ApprovalCase, to: str, *, now: dt.datetime) -> None:
    """Closes the case, unless the decision has moved it there already; what others still owed to it, advice too, is no longer needed."""
    if case.state != to:
        swap(case, to=to, now=now)
    owed = WorkItem.objects.open().order_by().values_list("pk", flat=True)
    withdraw_many(list(owed.filter(seat__stage__case=case).union(owed.filter(case_act__case=case))), now=now)


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
