"""Stories of what takes effect when a second person confirms it: who becomes process manager, and who holds level 5."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from organization import appointments, calendar, events, levels, policy
from organization.ladder import HIGHEST
from organization.models import Appointment, HeldLevel, Person, Position, Proposal, Signature
from organization.querysets import ProposalQuerySet
from organization.refusals import Refused, Stale
from organization.signing import sign

State = Proposal.State


def visible_to(person: Person, today: dt.date) -> ProposalQuerySet:
    """Everything for who may confirm; else what the person proposed. Nobody reads of their own before it is true."""
    found: ProposalQuerySet = Proposal.objects.select_related("person", "position__department", "proposed_by", "answered_by")
    return found if policy.may_look_at_proposals(person, today) else found.filter(proposed_by=person)


def waiting_for(reader: Person, today: dt.date, **where: object) -> list[Proposal]:
    """What waits here and the reader may see. One query where nothing waits, which is nearly always."""
    rows = list(Proposal.objects.waiting().filter(**where).select_related("person", "position"))
    return rows if rows and policy.may_look_at_proposals(reader, today) else [row for row in rows if row.proposed_by_id == reader.pk]


@transaction.atomic
def appoint(
    person: Person,
    position: Position,
    *,
    by: Person,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date | None = None,
    mode: str = Appointment.Mode.FULL,
    percent: int = 100,
) -> Appointment | Proposal:
    """Appoints; a process manager is proposed instead, where there is somebody to confirm it. The same twice is proposed once."""
    today = calendar.today(now)
    terms = {"starts_on": starts_on, "ends_before": ends_before, "mode": mode, "percent": percent}
    if position.kind not in policy.GUARDED or policy.may_act_alone(by, person, today):
        at_once: Appointment = appointments.appoint(person, position, by=by, now=now, **terms)  # type: ignore[arg-type]
        return at_once
    position = Position.objects.select_for_update().get(pk=position.pk)
    person = Person.objects.get(pk=person.pk)
    policy.insist(policy.may_change_appointment(by, person))
    appointments.must_be_open(person, position)
    appointments.must_be_possible(Appointment(person=person, position=position, **terms))
    waiting: Proposal | None = Proposal.objects.waiting().filter(person=person, position=position).first()
    if waiting is None:
        return _propose(Proposal(person=person, position=position, proposed_by=by, proposed_at=now, **terms), now)
    if any(getattr(waiting, name) != value for name, value in terms.items()):
        raise Refused(_("This appointment is proposed already, with other days. Take that proposal back first, or have it answered."))
    return waiting


@transaction.atomic
def assign(person: Person, level: int, *, by: Person, now: dt.datetime, reason: str) -> HeldLevel | Proposal | None:
    """Gives a level; the highest is proposed instead, signed, where there is somebody to confirm it."""
    if level != HIGHEST or policy.may_act_alone(by, person, calendar.today(now)):
        return levels.assign(person, level, by=by, now=now, reason=reason)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if Proposal.objects.waiting().filter(person=person, level=level).exists():
        raise Refused(_("This level is proposed already, and waits for confirmation."))
    signature = levels.ask(person, level, by=by, now=now, reason=reason)
    proposal = Proposal(person=person, level=level, reason=reason, proposed_by=by, proposed_at=now, signature=signature)
    return _propose(proposal, now)


def award(
    person: Person, level: int, *, by: Person, now: dt.datetime, ground: str, reason: str, signature: Signature,
    until: dt.date | None = None,
) -> HeldLevel | Proposal | None:  # fmt: skip
    """Within a transaction that has asked and signed: a level by assessment or exemption; the highest waits for a second person."""
    if level != HIGHEST:
        return levels.hold(person, level, by=by, now=now, ground=ground, reason=reason, signature=signature, until=until)
    proposal = Proposal(
        person=person, level=level, ground=ground, ends_before=until, reason=reason, proposed_by=by, proposed_at=now, signature=signature
    )
    if policy.may_act_alone(by, person, calendar.today(now)):
        proposal.state, proposal.signature = State.ALONE, None
        proposal.save()
        return levels.hold(person, level, by=by, now=now, ground=ground, reason=reason, signature=signature, until=until)
    if Proposal.objects.waiting().filter(person=person, level=level).exists():
        raise Refused(_("This level is proposed already, and waits for confirmation."))
    return _propose(proposal, now)


def _propose(proposal: Proposal, now: dt.datetime) -> Proposal:
    proposal.save()
    events.proposals_changed.send(sender=Proposal, proposal=proposal, now=now)
    return proposal


@transaction.atomic
def confirm(proposal: Proposal, *, by: Person, now: dt.datetime, reason: str = "") -> Proposal:
    """It takes effect, today at the earliest, signed by the second person. What has become impossible meanwhile is refused."""
    proposal = _waiting(proposal, by, now)
    if proposal.position is not None:
        _appoint(proposal, proposal.position, now)
    else:
        _give(proposal, now)
    return _answer(proposal, State.CONFIRMED, by=by, now=now, reason=reason)


def _appoint(proposal: Proposal, position: Position, now: dt.datetime) -> None:
    today = calendar.today(now)
    policy.insist(policy.may_change_appointment(proposal.proposed_by, proposal.person))
    starts_on = max(proposal.starts_on or today, today)
    if proposal.ends_before is not None and proposal.ends_before <= starts_on:
        raise Refused(_("Its last day has passed. Decline it; it can be proposed anew."))
    appointments.put_in(
        proposal.person, position, now=now, starts_on=starts_on, ends_before=proposal.ends_before, mode=proposal.mode,
        percent=proposal.percent,
    )  # fmt: skip


def _give(proposal: Proposal, now: dt.datetime) -> None:
    """What was proposed by assessment or exemption was asked for there; what is assigned is asked again."""
    given = {"by": proposal.proposed_by, "now": now, "reason": proposal.reason, "signature": proposal.signature}
    if not proposal.ground:
        levels.give(proposal.person, proposal.level or 0, **given)  # type: ignore[arg-type]
        return
    person, _settings, held = levels.locked(proposal.person, calendar.today(now))
    if not person.is_active:
        raise Refused(_("%(name)s has left; levels are given to active people.") % {"name": person.name})
    if held < HIGHEST - 1:
        raise Refused(_("%(name)s does not hold the level below any more. Decline it.") % {"name": person.name})
    if proposal.ground == HeldLevel.Ground.EXEMPTED and held < HIGHEST:
        raise Refused(
            _("%(name)s does not hold this level any more, so there is nothing to exempt from. Decline it.") % {"name": person.name}
        )
    if proposal.ends_before is not None and proposal.ends_before <= calendar.today(now):
        raise Refused(_("Its last day has passed. Decline it; it can be proposed anew."))
    levels.hold(person, HIGHEST, ground=proposal.ground, until=proposal.ends_before, **given)  # type: ignore[arg-type]


@transaction.atomic
def decline(proposal: Proposal, *, by: Person, now: dt.datetime, reason: str) -> Proposal:
    """It does not take effect, for a reason that the proposer reads. Signed."""
    proposal = _waiting(proposal, by, now)
    if not reason.strip():
        raise Refused(_("Say why: whoever proposed it has to know."))
    return _answer(proposal, State.DECLINED, by=by, now=now, reason=reason)


@transaction.atomic
def withdraw(proposal: Proposal, *, by: Person, now: dt.datetime) -> Proposal:
    """Whoever proposed it takes it back before it is answered."""
    proposal = _locked(proposal)
    if by.pk != proposal.proposed_by_id:
        raise Refused(_("Only whoever proposed it takes it back; others decline it."))
    proposal.state, proposal.answered_at = State.WITHDRAWN, now
    return _propose(proposal, now)


def _locked(proposal: Proposal) -> Proposal:
    found: Proposal = (
        Proposal.objects.select_for_update(of=("self",)).select_related("person", "position", "proposed_by").get(pk=proposal.pk)
    )
    if found.state != State.WAITING:
        raise Stale(_("This was answered or taken back in the meantime. Nothing was changed; open the page again and look."))
    return found


def _waiting(proposal: Proposal, by: Person, now: dt.datetime) -> Proposal:
    found = _locked(proposal)
    policy.insist(policy.may_confirm(by, found, calendar.today(now)))
    return found


def _answer(proposal: Proposal, state: str, *, by: Person, now: dt.datetime, reason: str) -> Proposal:
    subject = f"{proposal.person.login} {proposal.person.name}: {proposal.position.title if proposal.position else proposal.level}"
    proposal.answer_signature = sign(
        by,
        position=levels.office(by, calendar.today(now)),
        meaning=Signature.Meaning.CONFIRMED if state == State.CONFIRMED else Signature.Meaning.REJECTED,
        subject=subject,
        reason=reason,
        now=now,
    )
    proposal.state, proposal.answered_by, proposal.answered_at, proposal.answer = state, by, now, reason
    return _propose(proposal, now)
