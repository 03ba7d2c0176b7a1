"""Audience rules in plain words: whom a rule selects, and what stands in its way."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import gate
from organization.models import Department, Person, Position
from processes.models import Role


def whom(rule: Any) -> str:
    """Whom a rule (or a row of its history) selects, such as "Whoever holds “Buyer” (PUR)"."""
    if rule.department_id is not None:
        return _department(rule.department, narrow=rule.narrow)
    if rule.position_id is not None:
        return _("Whoever holds “%(position)s” (%(code)s)") % {"position": rule.position.title, "code": rule.position.department.code}
    if rule.role_id is not None:
        return _role(rule.role)
    if rule.level_id is not None:
        level = {"level": gate.level_name(rule.level_id)}
        return _("People with %(level)s exactly") % level if rule.narrow else _("People with %(level)s or above") % level
    return _("%(name)s, by name") % {"name": rule.person.name}


def _department(department: Department, *, narrow: bool) -> str:
    words = {"department": department.name}
    if narrow:
        return _("%(department)s itself, without what lies below it") % words
    if department.parent_id is None:
        return _("Everybody in the company (%(department)s)") % words
    return _("%(department)s with everything below it") % words


def _role(role: Role) -> str:
    if role.department is None:
        return _("Whoever does the role “%(role)s”") % {"role": role.title}
    return _("Whoever does the role “%(role)s” (%(code)s)") % {"role": role.title, "code": role.department.code}


def obstacle(rule: Any, day: dt.date, *, filled: bool) -> str:
    """Why the rule selects nobody for good, or until something is done; "" where nothing of the kind is known."""
    if rule.department_id is not None:
        return _dissolved(rule.department, day)
    if rule.position_id is not None:
        return _closed(rule.position, day)
    if rule.person_id is not None:
        return _gone(rule.person, day)
    if rule.role_id is not None and not filled:
        return _(
            "No position fills the role “%(role)s”, so nobody is reached by it. Say in the role catalogue which positions fill it."
        ) % {"role": rule.role.title}
    return ""


def _dissolved(department: Department, day: dt.date) -> str:
    if department.dissolved_on is None or department.dissolved_on > day:
        return ""
    words = {"department": department.name, "day": date_format(department.dissolved_on)}
    return _("%(department)s was dissolved on %(day)s. Remove this rule, and say who reads instead.") % words


def _closed(position: Position, day: dt.date) -> str:
    if position.closed_on is None or position.closed_on > day:
        return ""
    words = {"position": position.title, "day": date_format(position.closed_on)}
    return _("“%(position)s” was closed on %(day)s. Remove this rule, and say who reads instead.") % words


def _gone(person: Person, day: dt.date) -> str:
    if person.has_access(day):
        return ""
    return _("%(name)s has left and need not read anything any more. Remove this rule.") % {"name": person.name}
