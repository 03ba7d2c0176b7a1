"""Stories of the ladder: a person is given a level, initial placement, and how hard a gate is. Each is signed."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organization import calendar, events, gate, policy
from organization.ladder import HIGHEST, Action
from organization.models import CompanySettings, GateRule, HeldLevel, Level, Person, Position, Proposal, Signature
from organization.refusals import Refused
from organization.signing import sign
from organization.workdays import add_months

PLACEMENT = dt.timedelta(days=365)


@transaction.atomic
def assign(person: Person, level: int, *, by: Person, now: dt.datetime, reason: str) -> HeldLevel | None:
    """The person holds this level (1 to 5) from today on, or none (0: returns None). Top management places at any level for a year.

    The highest level is given so only while nobody could confirm it, which stays on record; else by `proposals.assign`.
    """
    today = calendar.today(now)
    if level == HIGHEST:
        policy.insist(policy.may_act_alone(by, person, today))
    signature = ask(person, level, by=by, now=now, reason=reason)
    if level == HIGHEST:
        Proposal.objects.create(
            person=person, level=level, reason=reason, state=Proposal.State.ALONE, proposed_by=by, proposed_at=now
        )  # fmt: skip
    return give(person, level, by=by, now=now, reason=reason, signature=signature)


def ask(person: Person, level: int, *, by: Person, now: dt.datetime, reason: str) -> Signature:
    """Within a transaction: whether `by` may give this level, signed."""
    today, (person, settings, held) = calendar.today(now), locked(person, calendar.today(now))
    _sensible(person, held, level, reason)
    policy.insist(policy.may_give_level(by, person, held=held, level=level, settings=settings, today=today))
    return sign(
        by,
        position=office(by, today),
        meaning=Signature.Meaning.PLACED,
        subject=f"{person.login} {person.name}: {held} → {level}",
        reason=reason,
        now=now,
    )


def give(person: Person, level: int, *, by: Person, now: dt.datetime, reason: str, signature: Signature | None) -> HeldLevel | None:
    """Within a transaction: the level itself, where `by` still may give it. The first placement opens the twelve months."""
    today, (person, settings, held) = calendar.today(now), locked(person, calendar.today(now))
    _sensible(person, held, level, reason)
    policy.insist(policy.may_give_level(by, person, held=held, level=level, settings=settings, today=today))
    placed = level > held + 1
    if placed and settings.placement_until is None:
        settings.placement_until = today + PLACEMENT
        settings.save()
        transaction.on_commit(calendar.forget)
    ground = HeldLevel.Ground.PLACEMENT if placed else HeldLevel.Ground.ASSIGNED
    return hold(person, level, by=by, now=now, ground=ground, reason=reason, signature=signature)


def hold(
    person: Person, level: int, *, by: Person, now: dt.datetime, ground: str, reason: str, signature: Signature | None,
    until: dt.date | None = None,
) -> HeldLevel | None:  # fmt: skip
    """Within a transaction that has asked the policy: this level from today on, until the day given, or until it is to be renewed.

    What is held or to come ends. The level below follows each end, so that a lapse takes one level and not all.
    """
    today = calendar.today(now)
    lasting = HeldLevel.objects.filter(person=person).lasting(today)
    lasting.filter(held_from__gt=today).update(held_until=F("held_from"))
    lasting.filter(held_from__lte=today).update(held_until=today)
    rows = [
        HeldLevel(
            person=person, level_id=number, held_from=start, held_until=end, ground=HeldLevel.Ground.LAPSED if later else ground,
            reason=reason, given_by=by, given_at=now, signature=None if later else signature,
        )
        for later, (number, start, end) in enumerate(terms(level, today, until))
    ]  # fmt: skip
    for row in rows:
        row.save(force_insert=True)
    events.level_changed.send(sender=HeldLevel, person=person, now=now)
    return rows[0] if rows else None


def terms(level: int, today: dt.date, until: dt.date | None = None) -> list[tuple[int, dt.date, dt.date | None]]:
    """Which level is held on which days [from, until), if it is given today and never renewed."""
    renewals = dict(Level.objects.values_list("number", "renewal_months"))
    found: list[tuple[int, dt.date, dt.date | None]] = []
    start: dt.date | None = today
    while level and start is not None:
        months = renewals.get(level)
        end = until or (add_months(start, months) if months else None)
        found.append((level, start, end))
        level, start, until = level - 1, end, None
    return found


def locked(person: Person, today: dt.date) -> tuple[Person, CompanySettings, int]:
    """The person and the settings, locked, and the level held today."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    settings = CompanySettings.objects.select_for_update().get_or_create(pk=1)[0]
    return person, settings, gate.level_of(person, today)


def _sensible(person: Person, held: int, level: int, reason: str) -> None:
    if not person.is_active:
        raise Refused(_("%(name)s has left; levels are given to active people.") % {"name": person.name})
    if not 0 <= level <= HIGHEST:
        raise Refused(_("There are five levels."))
    if level == held:
        raise Refused(_("%(name)s holds this level already.") % {"name": person.name})
    if not reason.strip():
        raise Refused(_("Say why: the reason stays on record with your signature."))


def office(by: Person, today: dt.date) -> Position | None:
    """The office in which the person signs: process office, else top management, else none (an administrator)."""
    return policy.office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, today) or policy.office_held(
        by, Position.Kind.TOP_MANAGEMENT, today
    )


@transaction.atomic
def set_gate(action: Action, mode: str, *, by: Person, now: dt.datetime, reason: str) -> GateRule:
    """How hard one row of the ladder's table is from now on."""
    today = calendar.today(now)
    rule = GateRule.objects.select_for_update().get_or_create(pk=action.value)[0]
    policy.insist(policy.may_set_gate(by, today))
    if mode not in GateRule.Mode.values:
        raise Refused(_("Choose enforce, warn or off."))
    if mode == rule.mode:
        raise Refused(_("It is set to this already."))
    if not reason.strip():
        raise Refused(_("Say why: the reason stays on record with your signature."))
    sign(
        by,
        position=office(by, today),
        meaning=Signature.Meaning.RULED,
        subject=f"{action.value}: {rule.mode} → {mode}",
        reason=reason,
        now=now,
    )
    rule.mode = mode
    rule.save()
    return rule
