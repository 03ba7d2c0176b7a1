"""Who may set reminder plans, webhooks and look after failed deliveries: yes or no, and why not."""

import datetime as dt

from django.utils.translation import gettext as _

from organization.gate import Answer
from organization.models import Person, Position
from organization.policy import YES, may_manage, office_held

PROCESS_OFFICE = (Position.Kind.COMPANY_PROCESS_MANAGER, Position.Kind.PROCESS_SUPERVISION)


def may_plan_reminders(by: Person, today: dt.date) -> Answer:
    """Say when whom to remind: the process office."""
    if any(office_held(by, kind, today) for kind in PROCESS_OFFICE):
        return YES
    return Answer(False, reason=_("Only the process office decides when reminders go out. Ask the company process manager."))


def may_connect(by: Person) -> Answer:
    """Say which addresses outside the portal are told, and send again what failed: administrators."""
    if may_manage(by):
        return YES
    return Answer(False, reason=_("Only administrators look after mail and webhooks. Ask one of them."))
