"""Seeing one process or revision (the twins of `visible_to`), and taking part in one."""

import datetime as dt

from django.db import models

from organization.models import Person, Position
from organization.scope import Scope
from processes.models import Participation, Process, Revision
from processes.policy import open_until


def may_see(process: Process, scope: Scope) -> bool:
    """Whether `Process.objects.visible_to(scope)` holds this process."""
    if process.confidentiality == Process.Confidentiality.COMPANY:
        return True
    if process.owner_id in scope.positions or process.created_by_id == scope.person_id:
        return True
    if process.confidentiality == Process.Confidentiality.DEPARTMENTS and _in_departments(process, scope):
        return True
    return _takes_part(process, scope) or _is_exception(process, scope)


def is_open(revision: Revision) -> bool:
    """Approved, of a process that is public in the company: everybody sees it, and nobody's scope need be asked."""
    return revision.state == Revision.State.APPROVED and revision.process.is_for_all


def may_see_revision(revision: Revision, scope: Scope) -> bool:
    """Whether `Revision.objects.visible_to(scope)` holds this revision."""
    process = revision.process
    if not may_see(process, scope):
        return False
    if revision.state == Revision.State.APPROVED or process.department_id in scope.departments:
        return True
    if process.owner_id in scope.positions or revision.created_by_id == scope.person_id:
        return True
    mine = process.participations.filter(scope.person_or_position()).filter(open_until(scope.today))
    whole = models.Q(revision__isnull=True) & ~models.Q(part=Participation.Part.READER)
    return mine.filter(models.Q(revision=revision) | whole).exists()


def participate(
    process: Process,
    *,
    part: str,
    revision: Revision | None = None,
    position: Position | None = None,
    person: Person | None = None,
    until: dt.date | None = None,
) -> Participation:
    """Lets a person or position take part from now on, until a day (included) or without end; repeating it extends, never shortens."""
    found, created = Participation.objects.get_or_create(
        process=process, revision=revision, position=position, person=person, part=part, defaults={"until": until}
    )
    if not created and found.until is not None and (until is None or until > found.until):
        found.until = until
        found.save(update_fields=["until"])
    return found


def _in_departments(process: Process, scope: Scope) -> bool:
    return process.department_id in scope.departments or process.participating.filter(pk__in=scope.departments).exists()


def _takes_part(process: Process, scope: Scope) -> bool:
    return process.participations.filter(scope.person_or_position()).filter(open_until(scope.today)).exists()


def _is_exception(process: Process, scope: Scope) -> bool:
    mine = process.user_grants.filter(user=scope.person_id)
    return mine.exists() or process.group_grants.filter(group__user=scope.person_id).exists()
