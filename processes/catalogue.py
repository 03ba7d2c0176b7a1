"""The catalogue: new processes with their number, changes of their metadata, other homes, and giving up what was never approved."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Department, Person, Position
from organization.policy import insist, may_manage
from organization.refusals import Refused
from organization.remembering import remembered
from organization.scope import scope
from processes import lifecycle, policy
from processes.drafting import open_draft
from processes.models import NumberSeries, Process, ProcessGroup, Role

INFIX: Final[Mapping[str, str]] = MappingProxyType(
    {
        Process.Type.PROCESS: "",
        Process.Type.SOP: "SOP-",
        Process.Type.WORK_INSTRUCTION: "WI-",
        Process.Type.POLICY: "POL-",
        Process.Type.FORM: "FRM-",
    }
)
METADATA: Final = ("title", "level", "department", "owner", "group", "confidentiality", "language")


@transaction.atomic
def create_process(
    *,
    title: str,
    document_type: str,
    level: str,
    department: Department,
    owner: Position,
    by: Person,
    now: dt.datetime,
    group: ProcessGroup | None = None,
    participating: Iterable[Department] = (),
    confidentiality: str = Process.Confidentiality.COMPANY,
    language: str = "en",
) -> Process:
    """A new process with the next number of its department and type, and its first draft. Raises Refused."""
    answer = policy.may_create(by, department, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    process = Process(
        number=draw_number(department, document_type), title=title.strip(), document_type=document_type, level=level,
        department=department, owner=owner, group=group, confidentiality=confidentiality, language=language,
        created_at=now, created_by=by,
    )  # fmt: skip
    _refuse_unless_clean(process)
    with remembered(process, by=by, now=now):
        process.save()
        process.participating.set(participating)
    open_draft(process, by=by, now=now)
    return process


def draw_number(department: Department, document_type: str) -> str:
    """The next number, such as PUR-010 or PUR-SOP-001, from the locked series row of this department and type.

    Numbers that exist already (imported, or typed by hand) are passed over.
    """
    if document_type not in INFIX:
        raise Refused(_("There is no document type “%(type)s”.") % {"type": document_type})
    NumberSeries.objects.get_or_create(department=department, document_type=document_type)
    series = NumberSeries.objects.select_for_update().get(department=department, document_type=document_type)
    while True:
        series.last += 1
        number = f"{department.code}-{INFIX[document_type]}{series.last:03d}"
        if not Process.objects.filter(number=number).exists():
            series.save(update_fields=["last"])
            return number


@transaction.atomic
def change_metadata(
    process: Process,
    changes: Mapping[str, Any],
    *,
    by: Person,
    now: dt.datetime,
    participating: Collection[Department] | None = None,
    reason: str = "",
) -> Process:
    """Changes title, level, department, owner, group, confidentiality or language; number and type stay for ever.

    What readers rely on (title, language) reaches them with the next approved revision. Raises Refused.
    """
    locked = Process.objects.select_for_update().get(pk=process.pk)
    view = scope(by, calendar.today(now))
    answer = policy.may_change_metadata(by, locked, view)
    if answer and locked.level != Process.Level.DEPARTMENT and changes.get("level") == Process.Level.DEPARTMENT:
        answer = policy.may_leave_company_level(locked, view)
    if not answer:
        raise Refused(answer.reason)
    for name, value in changes.items():
        if name not in METADATA:
            raise Refused(_("“%(field)s” does not change.") % {"field": name})
        setattr(locked, name, value)
    _refuse_unless_clean(locked)
    with remembered(locked, by=by, now=now, reason=reason.strip()):
        locked.save(update_fields=list(changes) or None)
        if participating is not None:
            locked.participating.set(participating)
    process.refresh_from_db()
    return process


@transaction.atomic
def move_home(process: Process, department: Department, *, by: Person, reason: str = "") -> Process:
    """Another home department while the company is reorganized: number, owner and all else stay. Administrators alone; raises Refused."""
    locked: Process = Process.objects.select_for_update().get(pk=process.pk)
    insist(may_manage(by))
    if department.dissolved_on:
        raise Refused(_("%(name)s is dissolved; choose another department.") % {"name": department.name})
    locked.department = department
    with remembered(locked, by=by, reason=reason):
        locked.save(update_fields=["department"])
    return locked


@transaction.atomic
def pass_on_parts(department: Department, to: Department, *, by: Person) -> int:
    """Where the one department takes part in a process the other one does from now on; says in how many."""
    insist(may_manage(by))
    processes = list(department.takes_part_in.select_for_update().order_by("pk"))
    for process in processes:
        process.participating.add(to)
        process.participating.remove(department)
    return len(processes)


@transaction.atomic
def pass_on_roles(department: Department, to: Department, *, by: Person) -> None:
    """The department's roles go with its documents; where the other one has a role of the title, its positions fill that one too."""
    insist(may_manage(by))
    for role in Role.objects.select_for_update().filter(department=department).order_by("pk"):
        same = Role.objects.filter(department=to, title__iexact=role.title).first()
        if same:
            same.positions.add(*role.positions.all())
        else:
            role.department = to
            role.save()


def discard(process: Process, *, by: Person, now: dt.datetime, reason: str = "") -> Process:
    """Gives up a process that was never approved (see `lifecycle.discard_process`)."""
    return lifecycle.discard_process(process, by=by, now=now, reason=reason)


def _refuse_unless_clean(process: Process) -> None:
    try:
        process.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault
