"""Stories of who must read a process: a rule begins, ends, or is passed on when its department is dissolved; a rule grants no sight."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from organization.calendar import today
from organization.models import Appointment, Department, Level, Person, Position
from organization.policy import insist, may_manage
from organization.refusals import Refused
from organization.remembering import remembered
from organization.scope import scope
from organization.sentences import listed
from processes import policy
from processes.models import Process, Role
from training.models import AudienceRule
from training.reach import Rules, choose_each, default_rules, must_read, rules_on, selected_by, was_ruled, with_access, with_sight
from training.rule_words import obstacle, whom
from training.selection import contradict
from worklist.outbox import wake

__all__ = ["add_rule", "begin", "end_rule", "ensure_rules", "foresee", "must_read", "pass_on", "with_sight"]

NAMED: Final = 10
Target = Department | Position | Role | Level | Person
FIELDS: Final[dict[type, str]] = {Department: "department", Position: "position", Role: "role", Level: "level", Person: "person"}
NOBODY, EVERYBODY, EMPTIES = "nobody", "everybody", "empties"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a rule would do on its first day: whom it selects, how many then have to read, and what makes it worth a second question."""

    people: QuerySet[Person]
    count: int
    audience: int
    asks: str
    """Why it is asked twice: it selects nobody, everybody in the company, or leaves nobody who has to read; "" where it is not."""
    obstacle: str


def ensure_rules(process: Process, day: dt.date) -> None:
    """A process without any rule, past or present, is read by its home and participating departments."""
    if not was_ruled(process):
        # Somebody may do the same at the same moment.
        bulk_create_with_history(default_rules(process, day), AudienceRule, ignore_conflicts=True)


def new_rule(
    process: Process, target: Target, day: dt.date, *, excludes: bool = False, narrow: bool = False, ends_before: dt.date | None = None
) -> AudienceRule:
    """A rule about this target from this day on, not written yet."""
    field = next(name for kind, name in FIELDS.items() if isinstance(target, kind))
    return AudienceRule(
        process=process, starts_on=day, ends_before=ends_before, excludes=excludes, narrow=narrow, **{field: target}
    )  # fmt: skip


def foresee(rule: AudienceRule, day: dt.date) -> Foreseen:
    """What this rule would do, of `day` as today. Raises Refused where it would be refused, whoever adds it."""
    there = rules_on(rule.process, rule.starts_on)
    _must_make_sense(rule, there, day)
    ((_rule, chosen),) = choose_each([rule])
    people = Person.objects.filter(with_access(rule.starts_on), selected_by(chosen, rule.starts_on)).order_by("name", "pk")
    then = Rules(rule.process, rule.starts_on, [*there.each, (rule, chosen)])
    count, left = people.count(), then.people().count()
    said = NOBODY if not count else EVERYBODY if _is_everybody(people, rule.starts_on) else EMPTIES if rule.excludes and not left else ""
    return Foreseen(people, count, left, said, obstacle(rule, rule.starts_on, filled=bool(chosen.positions)))


def add_rule(
    process: Process,
    target: Target,
    *,
    by: Person,
    now: dt.datetime,
    excludes: bool = False,
    narrow: bool = False,
    starts_on: dt.date | None = None,
    ends_before: dt.date | None = None,
) -> AudienceRule:
    """From today (or a later day) on whom the target selects must (or, with `excludes`, need not) read.

    `narrow`: a department without what lies below it, a level without those above it. Raises Refused with the names of who could
    not see it, and where the rule contradicts or repeats another one.
    """
    day = today(now)
    with transaction.atomic():
        locked = _locked(process, by, day)
        ensure_rules(locked, day)
        rule = new_rule(locked, target, starts_on or day, excludes=excludes, narrow=narrow, ends_before=ends_before)
        if same := _same(rule):
            return same
        _must_make_sense(rule, rules_on(locked, rule.starts_on), day)
        with remembered(rule, by=by, now=now):
            rule.save()
        wake("training.tasks.hand_out_process", locked.pk)
    return rule


def begin(process: Process, *, by: Person, now: dt.datetime) -> None:
    """Writes down the rules by which the process would be read first, so that they can be changed before."""
    day = today(now)
    with transaction.atomic():
        ensure_rules(_locked(process, by, day), day)


def end_rule(rule: AudienceRule, *, by: Person, now: dt.datetime) -> None:
    """The rule no longer holds from today on; past days are still answered from the readings."""
    day = today(now)
    with transaction.atomic():
        process = _locked(rule.process, by, day)
        locked = AudienceRule.objects.select_for_update().filter(pk=rule.pk).first()
        if locked is None or (locked.ends_before is not None and locked.ends_before <= day):
            return
        with remembered(locked, by=by, now=now):
            _end(locked, day)
        wake("training.tasks.hand_out_process", process.pk)


def pass_on(department: Department, to: Department, *, by: Person, now: dt.datetime) -> int:
    """What one department must (or need not) read, the other one must from today on; says how many rules that were."""
    day = today(now)
    insist(may_manage(by))
    with transaction.atomic():
        rules = list(AudienceRule.objects.select_for_update().not_over(day).filter(department=department).order_by("pk"))
        for rule in rules:
            there = AudienceRule.objects.not_over(day).filter(process_id=rule.process_id, department=to, excludes=rule.excludes)
            if not there.filter(Q(ends_before__isnull=True) | Q(ends_before=rule.ends_before)).exists():
                AudienceRule.objects.create(
                    process_id=rule.process_id,
                    department=to,
                    narrow=rule.narrow,
                    excludes=rule.excludes,
                    starts_on=max(day, rule.starts_on),
                    ends_before=rule.ends_before,
                )
            _end(rule, day)
    return len(rules)


def _locked(process: Process, by: Person, day: dt.date) -> Process:
    locked: Process = Process.objects.select_for_update(of=("self",)).select_related("department", "owner").get(pk=process.pk)
    insist(policy.may_change_metadata(by, locked, scope(by, day)))
    return locked


def _end(rule: AudienceRule, day: dt.date) -> None:
    """What begins today or later never held."""
    if rule.starts_on >= day:
        rule.delete()
    else:
        rule.ends_before = day
        rule.save(update_fields=["ends_before"])


def _about(rule: AudienceRule) -> list[AudienceRule]:
    """The rules about the same thing that share a day with it."""
    kind, key = rule.about
    there = AudienceRule.objects.not_over(rule.starts_on).filter(process=rule.process, **{kind: key}).with_targets()
    return [one for one in there.order_by("pk") if rule.ends_before is None or one.starts_on < rule.ends_before]


def _same(rule: AudienceRule) -> AudienceRule | None:
    """A rule that says this already, at least as long."""
    wide = [one for one in _about(rule) if (one.excludes, one.narrow) == (rule.excludes, rule.narrow)]
    return next((one for one in wide if one.starts_on <= rule.starts_on and one.ends_before in (None, rule.ends_before)), None)


def _must_make_sense(rule: AudienceRule, there: Rules, day: dt.date) -> None:
    """Raises Refused for days that are over, what another rule says or contradicts, and people without sight."""
    if rule.starts_on < day:
        raise Refused(_("A rule begins today or later; past days stay as they were."))
    if rule.ends_before is not None and rule.ends_before <= rule.starts_on:
        raise Refused(_("The last day lies before the first one."))
    _must_not_clash(rule, [*_about(rule), *([] if there.written else [one for one, _chosen in there.each if one.about == rule.about])])
    if not rule.excludes:
        _must_see(rule, there)


def _must_not_clash(rule: AudienceRule, others: Sequence[AudienceRule]) -> None:
    words = {"whom": whom(rule)}
    if any(contradict(rule, one) for one in others):
        if rule.excludes:
            raise Refused(_("“%(whom)s” must read it by another rule, which this one would contradict. Remove that rule instead.") % words)
        raise Refused(_("“%(whom)s” is left out by another rule, which wins, so nobody would be reached. Remove that rule first.") % words)
    if any(one.excludes == rule.excludes for one in others):
        raise Refused(_("There is a rule about this already: “%(whom)s”. Remove it first, or let this one begin after it.") % words)


def _must_see(rule: AudienceRule, there: Rules) -> None:
    """Nobody is asked to read what he may not see; whom another rule leaves out is not asked."""
    ((_rule, chosen),) = choose_each([rule])
    only_this = Rules(rule.process, rule.starts_on, [(rule, chosen), *(pair for pair in there.each if pair[0].excludes)])
    blind = only_this.blind().order_by("name", "pk")
    names = list(blind.values_list("name", flat=True)[: NAMED + 1])
    if len(names) > NAMED:
        words = {"names": listed(names[:NAMED]), "more": str(blind.count() - NAMED)}
        raise Refused(
            _(
                "These people may not see the document, so they cannot be asked to read it: %(names)s and %(more)s more. "
                "Widen who may see it first."
            )
            % words
        )
    if names:
        raise Refused(
            _("These people may not see the document, so they cannot be asked to read it: %(names)s. Widen who may see it first.")
            % {"names": listed(names)}
        )


def _is_everybody(people: QuerySet[Person], day: dt.date) -> bool:
    """Whether nobody who holds a position is missing."""
    holders = Appointment.objects.on(day).values("person")
    return not Person.objects.filter(with_access(day), pk__in=holders).exclude(pk__in=people.order_by().values("pk")).exists()
