"""How cases and change packages move: the lock, the swap that names what was seen, and the end.

The only module that writes `ApprovalCase.state` and `ChangePackage.state`.
"""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from approvals import seating
from approvals.models import ApprovalCase, CaseStage, ChangePackage, PackageMember, Seat
from organization.refusals import Stale

State = ApprovalCase.State


def lock(case_id: int) -> ApprovalCase:
    """The case with what the stories need, until the end of the transaction; the package to which it belongs before it."""
    list(ChangePackage.objects.select_for_update(of=("self",)).filter(cases=case_id))
    cases = ApprovalCase.objects.select_for_update(of=("self",)).select_related(
        "revision__process", "revision__frozen", "content", "submitted_by"
    )
    case: ApprovalCase = cases.get(pk=case_id)
    return case


def locked(seat: Seat) -> tuple[ApprovalCase, Seat]:
    """The case under its lock, and then the seat as it is under this lock."""
    case = lock(CaseStage.objects.values_list("case", flat=True).get(seats=seat.pk))
    return case, Seat.objects.select_related("stage", "position__department", "work_item", "named").get(pk=seat.pk)


def swap(case: ApprovalCase, *, to: str, now: dt.datetime) -> None:
    """Moves the case if it is pending and as it was seen. The lock makes losing unlikely; the swap makes a wrong win impossible."""
    seen = ApprovalCase.objects.pending().filter(pk=case.pk, version=case.version)
    if not seen.update(state=to, version=F("version") + 1, closed_at=None if to == State.OPEN else now):
        raise Stale(_("Somebody was faster. Nothing was done; look at the review again."))
    case.refresh_from_db(fields=("state", "version", "closed_at"))


def end(case: ApprovalCase, to: str, *, now: dt.datetime) -> None:
    """Closes the case; what others still owed to it is no longer needed."""
    swap(case, to=to, now=now)
    seating.unseat(case, now=now)


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
