"""Who may define, measure and assess: each answer says why not."""

from django.utils.translation import gettext as _

from kpis.models import Indicator
from organization.gate import Answer, check
from organization.ladder import Action
from organization.models import Person, Position
from organization.scope import Scope
from worklist.mine import is_given


def may_define(person: Person, scope: Scope) -> Answer:
    """Set indicators: level 5 and the company process manager."""
    refusal = _office(scope)
    return check(Action.SET_INDICATORS, person, scope.today) if refusal is None else refusal


def may_assess(person: Person, scope: Scope) -> Answer:
    """Assess a process for a quarter: level 5 and the company process manager."""
    refusal = _office(scope)
    return check(Action.ASSESS, person, scope.today) if refusal is None else refusal


def may_record(indicator: Indicator, scope: Scope) -> Answer:
    """Enter a value: whoever holds or acts for the position that keeps the indicator or was given its work, owner, process office."""
    if {indicator.keeper_id, indicator.process.owner_id} & scope.positions or _office(scope) is None:
        return Answer(allowed=True)
    if is_given(scope, f"measure:{indicator.pk}:"):
        return Answer(allowed=True)
    return Answer(allowed=False, reason=_("Only %(position)s enters this indicator's values.") % {"position": indicator.keeper})


def _office(scope: Scope) -> Answer | None:
    """None for the process office, else the refusal."""
    kind = Position.Kind.COMPANY_PROCESS_MANAGER
    if Position.objects.filter(pk__in=scope.positions, kind=kind).exists():
        return None
    return Answer(allowed=False, reason=_("Only the company process manager does this."))
