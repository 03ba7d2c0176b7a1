"""How cases and change packages move: the lock, the swap that names what was seen, and the end.

The only module that writes `ApprovalCase.state` and `ChangePackage.state`.
"""

import datetime as dt

from django.db import OperationalError
from django.utils.translation import gettext as _

from approvals import seating
from approvals.models import ApprovalCase, CaseStage, ChangePackage, PackageMember, Seat
from organization.refusals import Stale
from worklist.items import withdraw_many
from worklist.models import WorkItem

State = ApprovalCase.State
LOCK_TIMED_OUT = "55P03"
"""PostgreSQL's code where a row is locked by others for longer than `lock_timeout`."""


def lock(case_id: int) -> ApprovalCase:
    """The case with what the stories need, until the end of the transaction; the package to which it belongs before it.

    Raises Stale where others keep it longer than one may wait.
    """
    cases = ApprovalCase.objects.select_for_update(of=("self",)).select_related(
        "revision__process", "revision__frozen", "content", "submitted_by"
    )
    try:
        list(ChangePackage.objects.select_for_update(of=("self",)).filter(cases=case_id))
        case: ApprovalCase = cases.get(pk=case_id)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_TIMED_OUT:
            raise
        raise Stale(_("Others are at this review at the same moment. Nothing was recorded; look at it again.")) from error
    return case


def locked(seat: Seat) -> tuple[ApprovalCase, Seat]:
    """The case under its lock, and then the seat as it is under this lock."""
    case = lock(CaseStage.objects.values_list("case", flat=True).get(seats=seat.pk))
    return case, Seat.objects.select_related(*Seat.NEEDED).get(pk=seat.pk)


def swap(case: ApprovalCase, *, to: str, now: dt.datetime) -> None:
    """Moves the case if it is pending and as it was seen. The lock makes losing unlikely; the swap makes a wrong win impossible."""
    seen = ApprovalCase.objects.pending().filter(pk=case.pk, version=case.version)
    version, closed_at = case.version + 1, None if to == State.OPEN else now
    if not seen.update(state=to, version=version, closed_at=closed_at):
        raise Stale(_("Somebody was faster. Nothing was done; look at the review again."))
    case.state, case.version, case.closed_at = to, version, closed_at


def end(case: ApprovalCase, to: str, *, now: dt.datetime) -> None:
    """Closes the case; what others still owed to it, advice too, is no longer needed."""
    swap(case, to=to, now=now)
    seating.unseat(case, now=now)
    withdraw_many(list(WorkItem.objects.open().filter(case_act__case=case).values_list("pk", flat=True)), now=now)


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
