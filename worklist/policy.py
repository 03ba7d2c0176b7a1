"""Who may set reminder plans, webhooks and look after failed deliveries: yes or no, and why not."""

import datetime as dt

from django.utils.translation import gettext as _

from organization.gate import Answer
from organization.models import Person, Position
from organization.policy import YES, may_manage
from organization.scope import scope

PROCESS_OFFICE = (Position.Kind.COMPANY_PROCESS_MANAGER, Position.Kind.PROCESS_SUPERVISION)


def may_plan_reminders(by: Person, today: dt.date) -> Answer:
    """Say when whom to remind: the process office."""
    if Position.objects.filter(pk__in=scope(by, today).positions, kind__in=PROCESS_OFFICE).exists():
        return YES
    return Answer(False, reason=_("Only the process office decides when reminders go out. Ask the company process manager."))


def may_connect(by: Person) -> Answer:
    """Say which addresses outside the portal are told, and send again what failed: administrators."""
    if may_manage(by):
        return YES
    return Answer(False, reason=_("Only administrators look after mail and webhooks. Ask one of them."))
