"""Who must read a process: departments with what lies below, included and excluded; a rule grants no sight."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from organization.calendar import today
from organization.models import Appointment, Department, Person
from organization.policy import insist, may_manage
from organization.refusals import Refused
from organization.remembering import remembered
from organization.scope import below, scope
from processes import policy
from processes.models import Process
from training.models import AudienceRule

NAMED = 10


def members(departments: Collection[int], day: dt.date) -> set[int]:
    """Ids of active people who hold a position in these departments or below on this day."""
    return _holders(Q(position__department__in=below(departments)), day) if departments else set()


def must_read(process: Process, day: dt.date) -> set[int]:
    """Ids of the people who must read this process on this day: included minus excluded, and nobody who may not see it."""
    rules = list(AudienceRule.objects.on(day).filter(process=process).values_list("department", "excludes"))
    included = members([department for department, excludes in rules if not excludes], day)
    excluded = members([department for department, excludes in rules if excludes], day)
    return with_sight(process, included - excluded, day)


def with_sight(process: Process, people: Collection[int], day: dt.date) -> set[int]:
    """Those of these people who may see the process in their own right, in a fixed number of queries.

    Stands beside `visible_to`, which answers for one person; standing in for somebody makes nobody a reader.
    """
    if process.confidentiality == Process.Confidentiality.COMPANY:
        return set(people)
    parts = process.participations.filter(policy.open_until(day))
    positions = [process.owner_id, *parts.values_list("position", flat=True)]
    sighted = {process.created_by_id, *parts.values_list("person", flat=True), *_holders(Q(position__in=positions), day)}
    sighted.update(process.user_grants.values_list("user", flat=True), process.group_grants.values_list("group__user", flat=True))
    if process.confidentiality == Process.Confidentiality.DEPARTMENTS:
        sighted |= members(default_departments(process), day)
    return sighted & set(people)


def ensure_rules(process: Process, day: dt.date) -> None:
    """A process without any rule, past or present, is read by its home and participating departments."""
    if not process.audience_rules.exists():
        bulk_create_with_history(
            [AudienceRule(process=process, department_id=department, starts_on=day) for department in sorted(default_departments(process))],
            AudienceRule,
            ignore_conflicts=True,  # somebody did the same at the same moment
        )


def add_rule(process: Process, department: Department, *, by: Person, now: dt.datetime, excludes: bool = False) -> AudienceRule:
    """From today on the department must (or, with `excludes`, need not) read. Raises Refused with the names of who could not see it."""
    day = today(now)
    with transaction.atomic():
        locked = Process.objects.select_for_update().get(pk=process.pk)
        answer = policy.may_change_metadata(by, locked, scope(by, day))
        if not answer:
            raise Refused(answer.reason)
        reached = set() if excludes else members([department.pk], day)
        blind = reached - with_sight(locked, reached, day)
        if blind:
            names = ", ".join(Person.objects.filter(pk__in=blind).order_by("name").values_list("name", flat=True)[:NAMED])
            raise Refused(
                _("These people may not see the document, so they cannot be asked to read it: %(names)s. Widen who may see it first.")
                % {"names": names}
            )
        ensure_rules(locked, day)
        rule: AudienceRule = AudienceRule.objects.get_or_create(
            process=locked, department=department, excludes=excludes, ends_before=None, defaults={"starts_on": day}
        )[0]
        return rule


def end_rule(rule: AudienceRule, *, by: Person, now: dt.datetime) -> None:
    """The rule no longer holds from today on; past days are still answered from the readings."""
    day = today(now)
    with transaction.atomic():
        locked = AudienceRule.objects.select_for_update().select_related("process").get(pk=rule.pk)
        answer = policy.may_change_metadata(by, locked.process, scope(by, day))
        if not answer:
            raise Refused(answer.reason)
        with remembered(locked, by=by, now=now):
            if locked.starts_on >= day:
                locked.delete()
            elif locked.ends_before is None:
                locked.ends_before = day
                locked.save(update_fields=["ends_before"])


def pass_on(department: Department, to: Department, *, by: Person, now: dt.datetime) -> int:
    """What one department must (or need not) read, the other one must from today on; says how many rules that were."""
    day = today(now)
    insist(may_manage(by))
    with transaction.atomic():
        rules = list(AudienceRule.objects.select_for_update().filter(department=department, ends_before=None).order_by("pk"))
        for rule in rules:
            AudienceRule.objects.get_or_create(
                process_id=rule.process_id, department=to, excludes=rule.excludes, ends_before=None, defaults={"starts_on": day}
            )
            if rule.starts_on >= day:
                rule.delete()
            else:
                rule.ends_before = day
                rule.save(update_fields=["ends_before"])
    return len(rules)


def default_departments(process: Process) -> set[int]:
    """Home and participating departments."""
    return {process.department_id, *process.participating.values_list("pk", flat=True)}


def _holders(of: Q, day: dt.date) -> set[int]:
    return set(Appointment.objects.on(day).filter(of).values_list("person", flat=True))
