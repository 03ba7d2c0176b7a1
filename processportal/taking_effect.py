"""Gathers what the page of taking effect shows: what an approved version waits for, how many have read it, and what this person may do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals.calling_off import package_of
from approvals.models import ChangePackage
from approvals.waiver_policy import may_waive
from organization.gate import Answer
from organization.models import Person
from organization.scope import Scope
from processes import policy
from processes.holding import Read
from processes.models import EffectHold, Process, Revision
from training import coverage
from training.courses import demands
from training.courses.demands import Planned
from training.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Effect:
    """The page for one person. `hold` is what keeps it back now; `ended` what did before, oldest first."""

    revision: Revision
    hold: EffectHold | None
    ended: Sequence[EffectHold]
    coverage: Coverage
    until_then: Revision | None
    waits: bool
    may_sign: Answer
    may_call_off: Answer
    may_waive: bool
    demands: Sequence[Planned]
    """The courses that have to be completed first, with how far that is."""
    package: ChangePackage | None
    """As part of which it was approved: its documents are cancelled together."""

    @property
    def read(self) -> Read:
        """How far its readers are, as the signature keeps it."""
        return Read(self.coverage.owed, self.coverage.read, sum(one.need.missing for one in self.demands))

    @property
    def all_read(self) -> bool:
        """Whether nobody is left who should read it, or complete a training first, and has not."""
        return self.coverage.read >= self.coverage.owed and not self.read.untrained


def effect_of(revision: Revision, person: Person, scope: Scope, now: dt.datetime) -> Effect:
    """An approved revision, as this person sees it."""
    process = revision.process
    holds = list(revision.holds.select_related("released_by", "signature").order_by("pk"))
    waits = revision.effective_from is None or revision.effective_from > now
    return Effect(
        revision=revision,
        hold=next((hold for hold in holds if hold.released_at is None), None),
        ended=[hold for hold in holds if hold.released_at is not None],
        coverage=coverage.of_revision(revision, now),
        until_then=process.revisions.in_force(now).exclude(pk=revision.pk).first() if waits else None,
        waits=waits,
        may_sign=policy.may_sign_effect(process, revision, scope),
        may_call_off=policy.may_call_off(person, process, scope),
        may_waive=bool(may_waive(person, process, revision, scope)),
        demands=demands.plans(process, scope.today, now),
        package=package_of(revision) if waits else None,
    )


def coming(process: Process, shown: Revision, now: dt.datetime) -> Revision | None:
    """The approved version that comes after the one shown: held back, or waiting for its day."""
    approved = process.revisions.filter(state=Revision.State.APPROVED, ordinal__gt=shown.ordinal)
    found: Revision | None = approved.held().first() or approved.filter(effective_from__gt=now).order_by("effective_from").first()
    return found
