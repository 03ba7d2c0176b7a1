"""Who else must read in the demo company: whoever does a role, holds a level or is named; and who need not."""

import datetime as dt

from organization.models import Level, Position
from processes.models import Process, Role
from processportal.demo.agreed import holder
from training import audiences

DAYS_AGO = 12
ANALYST = 3


def play(now: dt.datetime) -> None:
    """The owners said so, two weeks ago."""
    then = now - dt.timedelta(days=DAYS_AGO)
    _say("PUR-002", Role.objects.get(title="Requester"), then)
    _say("PUR-002", holder(Position.objects.get(kind=Position.Kind.COMPANY_PROCESS_MANAGER), then), then)
    _say("PUR-002", Position.objects.get(department__code="PUR", title="Purchasing Assistant"), then, excludes=True)
    _say("MGT-003", Level.objects.get(pk=ANALYST), then)


def _say(number: str, target: audiences.Target, then: dt.datetime, *, excludes: bool = False) -> None:
    process = Process.objects.select_related("department", "owner").get(number=number)
    audiences.add_rule(process, target, by=holder(process.owner, then), now=then, excludes=excludes)
