"""Whom the rules of a process select on a day: the one evaluation, as queries; nobody is loaded, however large the audience is."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from organization.models import Appointment, HeldLevel, Person
from organization.scope import below, below_each
from processes import policy
from processes.models import Process, Role
from training.models import AudienceRule
from training.selection import Chosen, choose, together


@dataclass(frozen=True, slots=True)
class Reach:
    """People who are asked to read, and those of them who hold one of the positions that were asked about."""

    people: int
    concerned: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a process on a day, in their order, each with whom it selects."""

    process: Process
    day: dt.date
    each: Sequence[tuple[AudienceRule, Chosen]]
    written: bool = field(default=True, kw_only=True)
    """Whether somebody wrote them down; else they are those by which a first version is handed out."""

    def asking(self) -> Chosen:
        """All that rules ask to read."""
        return together(chosen for rule, chosen in self.each if not rule.excludes)

    def leaving_out(self) -> Chosen:
        """All that rules leave out, which wins."""
        return together(chosen for rule, chosen in self.each if rule.excludes)

    def selected(self) -> QuerySet[Person]:
        """Asked and not left out, whether they may see the process or not."""
        asked = Person.objects.filter(with_access(self.day), selected_by(self.asking(), self.day))
        return asked.exclude(selected_by(self.leaving_out(), self.day))

    def people(self) -> QuerySet[Person]:
        """The audience: selected, and nobody who may not see the process."""
        return self.selected().filter(sighted(self.process, self.day))

    def blind(self) -> QuerySet[Person]:
        """Selected, but not asked to read, since they may not see the process."""
        if self.process.is_for_all:
            return Person.objects.none()
        return self.selected().exclude(sighted(self.process, self.day))

    def counted(self) -> list[int]:
        """How many people each rule selects, in one query."""
        if not self.each:
            return []
        counts = {f"n{n}": Count("pk", filter=selected_by(chosen, self.day)) for n, (_rule, chosen) in enumerate(self.each)}
        found = Person.objects.filter(with_access(self.day)).aggregate(**counts)
        return [found[f"n{n}"] for n in range(len(self.each))]


def audience(process: Process, day: dt.date) -> QuerySet[Person]:
    """The people who must read this process on this day; a process without any rule is read as it will be handed out first."""
    return rules_on(process, day).people()


def must_read(process: Process, day: dt.date) -> set[int]:
    """Their ids."""
    return set(audience(process, day).order_by().values_list("pk", flat=True))


def reach(process: Process, day: dt.date, positions: Collection[int] | None) -> Reach:
    """Of the audience of this process on this day; None concerns everybody: nobody knows who does a role that no position fills."""
    readers = audience(process, day)
    if positions is None:
        people = readers.count()
        return Reach(people, people)
    found = readers.aggregate(people=Count("pk"), concerned=Count("pk", filter=Q(pk__in=_holders(Q(position__in=positions), day))))
    return Reach(found["people"], found["concerned"])


def rules_on(process: Process, day: dt.date, *further: AudienceRule) -> Rules:
    """The rules of this day, with some that are not written yet. Three queries, one more for roles and for a process without rules."""
    rules = list(AudienceRule.objects.on(day).filter(process=process).with_targets().order_by("pk"))
    written = bool(rules) or was_ruled(process)
    if not written:
        rules = default_rules(process, day)
    return Rules(process, day, choose_each([*rules, *further]), written=written)


def choose_each(rules: Iterable[AudienceRule]) -> list[tuple[AudienceRule, Chosen]]:
    """Each rule with whom it selects. One query for the departments, one for the roles, where there are any."""
    rules = list(rules)
    about = [rule.about for rule in rules]
    lower = below_each({key for rule, (kind, key) in zip(rules, about, strict=True) if kind == "department" and not rule.narrow})
    fills = _fills({key for kind, key in about if kind == "role"})
    return [(rule, choose(rule, lower, fills)) for rule in rules]


def was_ruled(process: Process) -> bool:
    """Whether there is or was any rule: also one that was taken away on its first day, of which only the history knows."""
    written = AudienceRule.objects.filter(process=OuterRef("pk"))
    known = AudienceRule.history.filter(process_id=OuterRef("pk"))
    return Process.objects.filter(Exists(written) | Exists(known), pk=process.pk).exists()


def default_rules(process: Process, day: dt.date) -> list[AudienceRule]:
    """Not written: home and participating departments read what nobody said anything about."""
    departments = {process.department, *process.participating.all()}
    found = sorted(departments, key=lambda department: department.pk)
    return [AudienceRule(process=process, department=department, starts_on=day) for department in found]


def selected_by(chosen: Chosen, day: dt.date) -> Q:
    """The condition on people of being chosen on this day."""
    found = [Q(pk__in=chosen.people)] if chosen.people else []
    if chosen.departments or chosen.positions:
        offices = Q(position__department__in=chosen.departments) if chosen.departments else Q()
        offices |= Q(position__in=chosen.positions) if chosen.positions else Q()
        found.append(Q(pk__in=_holders(offices, day)))
    if chosen.levels:
        found.append(Q(pk__in=HeldLevel.objects.on(day).filter(level__in=chosen.levels).values("person")))
    condition = found.pop() if found else Q(pk__in=())
    for further in found:
        condition |= further
    return condition


def with_access(day: dt.date) -> Q:
    """The condition on people of having an account on this day: the twin of `Person.has_access`."""
    return Q(is_active=True) & (Q(access_until__isnull=True) | Q(access_until__gte=day))


def sighted(process: Process, day: dt.date) -> Q:
    """The condition on people of seeing the process in their own right; empty where everybody sees it.

    Stands beside `visible_to`, which answers for one person; standing in for somebody makes nobody a reader.
    """
    if process.is_for_all:
        return Q()
    parts = process.participations.filter(policy.open_until(day))
    may = Q(pk=process.created_by_id) | Q(pk__in=parts.filter(person__isnull=False).values("person"))
    may |= Q(pk__in=_holders(Q(position=process.owner_id) | Q(position__in=parts.filter(position__isnull=False).values("position")), day))
    may |= Q(pk__in=process.user_grants.values("user"))
    may |= Q(pk__in=process.group_grants.values("group__user"))
    if process.confidentiality == Process.Confidentiality.DEPARTMENTS:
        home = {process.department_id, *process.participating.values_list("pk", flat=True)}
        may |= Q(pk__in=_holders(Q(position__department__in=below(home)), day))
    return may


def with_sight(process: Process, people: Collection[int], day: dt.date) -> set[int]:
    """Those of these people who may see the process in their own right."""
    if process.is_for_all:
        return set(people)
    return set(Person.objects.filter(sighted(process, day), pk__in=people).order_by().values_list("pk", flat=True))


def _fills(roles: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {role: set() for role in roles}
    rows = Role.positions.through.objects.filter(role__in=roles).values_list("role", "position") if roles else ()
    for role, position in rows:
        found[role].add(position)
    return {role: frozenset(positions) for role, positions in found.items()}


def _holders(of: Q, day: dt.date) -> QuerySet[Any, dict[str, Any]]:
    return Appointment.objects.on(day).filter(of).values("person")
