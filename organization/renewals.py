"""Stories of how long a level is held: exemption from renewal, revocation, after how many months it is renewed. Each is signed."""

import datetime as dt

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import calendar, gate, levels, policy, proposals
from organization.models import HeldLevel, Level, Person, Proposal, Signature
from organization.refusals import Refused
from organization.remembering import remembered
from organization.signing import sign

LONGEST = 120
"""Months: what nobody looks at for more than ten years is not renewed but forgotten."""


def ends_on(person: Person, day: dt.date) -> dt.date | None:
    """The first day on which the level held on this day is not held any more; None where no level is held, or without an end."""
    held = HeldLevel.objects.on(day).filter(person=person).order_by("-level").first()
    return held.held_until if held is not None else None


@transaction.atomic
def exempt(person: Person, until: dt.date, *, by: Person, now: dt.datetime, reason: str) -> HeldLevel | Proposal | None:
    """The level that is held need not be renewed before this day. Level 5 so only when a second person confirms it."""
    today = calendar.today(now)
    person, _settings, held = levels.locked(person, today)
    policy.insist(policy.may_steer_level(by, person, today))
    end = ends_on(person, today)
    if end is None:
        raise Refused(_("%(name)s holds no level that has to be renewed.") % {"name": person.name})
    if until <= end:
        raise Refused(_("It is held until %(day)s anyway. Choose a later day.") % {"day": date_format(end - dt.timedelta(days=1))})
    signature = _sign(person, f"{held} → {until.isoformat()}", Signature.Meaning.WAIVED, by=by, now=now, reason=reason)
    return proposals.award(
        person, held, by=by, now=now, ground=HeldLevel.Ground.EXEMPTED, reason=reason, signature=signature, until=until
    )  # fmt: skip


@transaction.atomic
def revoke(person: Person, *, by: Person, now: dt.datetime, reason: str) -> HeldLevel | None:
    """The level that is held ends today and leaves the one below. Taking away needs no second person: it opens nothing."""
    today = calendar.today(now)
    person, _settings, held = levels.locked(person, today)
    policy.insist(policy.may_steer_level(by, person, today))
    if not held:
        raise Refused(_("%(name)s holds no level.") % {"name": person.name})
    signature = _sign(person, f"{held} → {held - 1}", Signature.Meaning.REVOKED, by=by, now=now, reason=reason)
    return levels.hold(person, held - 1, by=by, now=now, ground=HeldLevel.Ground.REVOKED, reason=reason, signature=signature)


@transaction.atomic
def set_renewal(number: int, months: int | None, *, by: Person, now: dt.datetime, reason: str) -> Level:
    """After how many months this level is renewed (None: never), for whoever is given it from now on."""
    today = calendar.today(now)
    level = Level.objects.select_for_update().get(pk=number)
    policy.insist(policy.may_set_renewal(by, today))
    if months is not None and not 1 <= months <= LONGEST:
        raise Refused(_("Choose between 1 and %(most)d months, or none.") % {"most": LONGEST})
    if months == level.renewal_months:
        raise Refused(_("It is set to this already."))
    _insist_on_reason(reason)
    sign(
        by, position=levels.office(by, today), meaning=Signature.Meaning.RULED,
        subject=f"{gate.level_name(number)}: {level.renewal_months or 0} → {months or 0}", reason=reason, now=now,
    )  # fmt: skip
    level.renewal_months = months
    with remembered(level, by=by, now=now, reason=reason):
        level.save()
    return level


def _sign(person: Person, what: str, meaning: str, *, by: Person, now: dt.datetime, reason: str) -> Signature:
    _insist_on_reason(reason)
    position = levels.office(by, calendar.today(now))
    return sign(by, position=position, meaning=meaning, subject=f"{person.login} {person.name}: {what}", reason=reason, now=now)


def _insist_on_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why: the reason stays on record with your signature."))
