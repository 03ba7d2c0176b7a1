"""Who must read a process: departments with what lies below, included and excluded; a rule grants no sight."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Appointment, Department, Person
from organization.refusals import Refused
from organization.scope import scope
from processes import policy
from processes.models import Process
from training.models import AudienceRule


def subtree(departments: Collection[int]) -> set[int]:
    """Ids of these departments and of everything below them; one query per department given."""
    found: set[int] = set()
    for department in Department.objects.filter(pk__in=departments).with_tree_fields():
        found.update(department.descendants(include_self=True).values_list("pk", flat=True))
    return found


def members(departments: Collection[int], day: dt.date) -> set[int]:
    """Ids of active people who hold a position in these departments or below on this day."""
    if not departments:
        return set()
    return set(Appointment.objects.on(day).filter(position__department__in=subtree(departments)).values_list("person", flat=True))


def must_read(process: Process, day: dt.date) -> set[int]:
    """Ids of the people who must read this process on this day: included minus excluded."""
    rules = list(AudienceRule.objects.on(day).filter(process=process).values_list("department", "excludes"))
    included = members([department for department, excludes in rules if not excludes], day)
    return included - members([department for department, excludes in rules if excludes], day)


def without_sight(process: Process, people: Collection[int], day: dt.date) -> list[Person]:
    """Those of these people who may not see the process, by name. Only restricted processes cost queries."""
    if process.confidentiality == Process.Confidentiality.COMPANY:
        return []
    return [
        person
        for person in Person.objects.filter(pk__in=people).order_by("name")
        if not Process.objects.visible_to(scope(person, day)).filter(pk=process.pk).exists()
    ]


def ensure_rules(process: Process, day: dt.date) -> None:
    """A process that never had a rule is read by its home and participating departments."""
    if process.audience_rules.exists():
        return
    for department in {process.department_id, *process.participating.values_list("pk", flat=True)}:
        AudienceRule.objects.create(process=process, department_id=department, starts_on=day)


def add_rule(process: Process, department: Department, *, by: Person, now: dt.datetime, excludes: bool = False) -> AudienceRule:
    """From today on the department must (or, with `excludes`, need not) read. Raises Refused with the names of who could not see it."""
    day = today(now)
    with transaction.atomic():
        locked = Process.objects.select_for_update().get(pk=process.pk)
        answer = policy.may_change_metadata(by, locked, scope(by, day))
        if not answer:
            raise Refused(answer.reason)
        blind = [] if excludes else without_sight(locked, members([department.pk], day), day)
        if blind:
            names = ", ".join(person.name for person in blind[:10])
            raise Refused(
                _("These people may not see the document, so they cannot be asked to read it: %(names)s. Widen who may see it first.")
                % {"names": names}
            )
        ensure_rules(locked, day)
        rule, _made = AudienceRule.objects.get_or_create(
            process=locked, department=department, excludes=excludes, ends_before=None, defaults={"starts_on": day}
        )
        return rule


def end_rule(rule: AudienceRule, *, by: Person, now: dt.datetime) -> None:
    """The rule no longer holds from today on; past days are still answered from the readings."""
    day = today(now)
    with transaction.atomic():
        locked = AudienceRule.objects.select_for_update().select_related("process").get(pk=rule.pk)
        answer = policy.may_change_metadata(by, locked.process, scope(by, day))
        if not answer:
            raise Refused(answer.reason)
        if locked.starts_on >= day:
            locked.delete()
        elif locked.ends_before is None:
            locked.ends_before = day
            locked.save(update_fields=["ends_before"])
