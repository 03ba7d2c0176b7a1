"""Who may sign a waiver, and who takes one back; each answer says why not."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals.models import Waiver
from approvals.submission import writers_of
from organization.gate import Answer, level_name, level_of
from organization.ladder import HIGHEST
from organization.models import Person
from organization.scope import Scope
from processes.access import may_see
from processes.models import Process, Revision


def may_waive(person: Person, process: Process, revision: Revision | None, scope: Scope) -> Answer:
    """Level 5, whatever the ladder's table allows besides, who sees the process and wrote nothing of what is on its way."""
    held = level_of(person, scope.today)
    if held < HIGHEST:
        words = {"needed": level_name(HIGHEST), "held": level_name(held)}
        return _no(_("A waiver needs %(needed)s; held today: %(held)s.") % words)
    if not may_see(process, scope):
        return _no(_("You may not see this document."))
    if process.state != Process.State.ACTIVE:
        return _no(_("%(number)s is no longer active.") % {"number": process.number})
    on_its_way = [revision] if revision else [*process.revisions.open(), *process.revisions.held()]
    if any(person.pk in writers_of(one) for one in on_its_way):
        return _no(_("You wrote or submitted part of this. A waiver is signed by somebody independent."))
    return Answer(True)


def may_revoke(person: Person, waiver: Waiver, scope: Scope) -> Answer:
    """Whoever signed it, and everybody of level 5: what is taken back makes the way longer, never shorter."""
    if revocable(person, [waiver], scope):
        return Answer(True)
    return _no(_("Whoever signed the waiver takes it back, or somebody with %(level)s.") % {"level": level_name(HIGHEST)})


def revocable(person: Person, waivers: Sequence[Waiver], scope: Scope) -> frozenset[int]:
    """Ids of those among them that this person may take back."""
    highest = level_of(person, scope.today) >= HIGHEST
    return frozenset(waiver.pk for waiver in waivers if highest or waiver.given_by_id == person.pk)


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
