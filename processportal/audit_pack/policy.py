"""Who may ask for an audit pack. What is in it is what that person may see, and nothing else."""

from django.utils.translation import gettext as _

from organization.gate import Answer
from organization.models import Person, Position
from organization.scope import Scope

AUDITING = (Position.Kind.PROCESS_AUDITOR, Position.Kind.TOP_MANAGEMENT)


def may_ask(person: Person, scope: Scope) -> Answer:
    """The process office, process auditors, top management, and guests, whose access has a last day: audits from outside."""
    if scope.office or person.access_until is not None or Position.objects.filter(pk__in=scope.positions, kind__in=AUDITING).exists():
        return Answer(True)
    return Answer(False, reason=_("Audit packs are made for the process office, process auditors, top management and auditing guests."))
