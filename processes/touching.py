"""What a changed definition touches around it: positions that fill its roles, processes it names and that name it, interfaces."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, Literal

from django.db.models import F, Prefetch, Q

from organization.models import Department, Position
from processes import derived, interfaces
from processes.definition import Definition
from processes.models import Interface, Link, Process, Revision, Role
from processes.roles import catalogue_title

MOST: Final = 100
"""Titles of roles that are looked up, and processes that are listed by name; more are counted."""
Became = Literal["added", "removed", ""]


@dataclass(frozen=True, slots=True)
class Filled:
    """A role by its title, with the ids and titles of the positions that fill it."""

    title: str
    positions: Mapping[int, str]


def filled(titles: Sequence[str], department: Department, day: dt.date) -> list[Filled]:
    """Who fills these roles: a role of the department goes before one of the whole company. Two queries (none for no roles)."""
    asked = [catalogue_title(title) for title in titles[:MOST]]
    if not asked:
        return []
    named = reduce(or_, (Q(title__iexact=title) for title in asked))
    roles = Role.objects.filter(named).filter(Q(department=department) | Q(department__isnull=True))
    living = Prefetch("positions", Position.objects.existing(day).order_by("title"))
    found: dict[str, Role] = {}
    for role in roles.order_by(F("department").asc(nulls_last=True)).prefetch_related(living):
        found.setdefault(role.title.casefold(), role)
    return [Filled(title, _positions(found.get(title.casefold()))) for title in asked]


def _positions(role: Role | None) -> Mapping[int, str]:
    return {position.pk: position.title for position in role.positions.all()} if role else {}


def named(old: Definition | None, new: Definition) -> list[tuple[str, Became]]:
    """Numbers of the processes that steps and references name, in order of the text, and what became of them; removed ones last."""
    then = {number for number, _step in derived.named(old)} if old else set()
    now = dict.fromkeys(number for number, _step in derived.named(new))
    kept: list[tuple[str, Became]] = [(number, "" if number in then or not old else "added") for number in now]
    return [*kept, *((number, "removed") for number in sorted(then - set(now)))]


def naming(process: Process, now: dt.datetime) -> tuple[int, list[str]]:
    """How many other processes name this one in what is in force, and their first numbers. Two queries."""
    held = Revision.objects.in_force(now)
    links = Link.objects.filter(target=process, revision__in=held).exclude(revision__process=process)
    numbers = links.order_by("revision__process__number").values_list("revision__process__number", flat=True).distinct()
    return numbers.count(), list(numbers[:MOST])


def asked_again(process: Process, definition: Definition) -> list[Interface]:
    """Agreed interfaces about which this definition says something else: once approved, the other side is asked again."""
    return [terms.interface for terms in interfaces.agreed(process) if interfaces.says_otherwise(terms, process, definition)]
