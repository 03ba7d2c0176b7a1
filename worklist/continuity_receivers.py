"""What people coming and going means for the worklist: a handover is opened at once, vacancies are looked at soon."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from organization.calendar import today
from organization.models import Person
from worklist import handover
from worklist.continuity_policy import held_around
from worklist.outbox import wake

VACANCIES, HANDOVERS = "processportal.tasks.reconcile_vacancies", "processportal.tasks.reconcile_handovers"
AT_MOST = 50


def person_deactivated(person: Person, now: dt.datetime, **_given: Any) -> None:
    """Inside the transaction of the deactivation: nobody leaves without a handover."""
    handover.open_for(person, now)
    appointments_changed(list(held_around(person, today(now)).values_list("position", flat=True)))


def appointments_changed(position_ids: Sequence[int], **_given: Any) -> None:
    """These positions may be vacant or filled, and with that lines of handovers settled. Many at once: all are looked at."""
    if position_ids:
        wake(VACANCIES, *(position_ids if len(position_ids) <= AT_MOST else ()))
        wake(HANDOVERS)
