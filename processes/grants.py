"""Exceptions on one restricted process, kept by django-guardian: the only module that writes them.

They open a process to a person or group beyond department and participation, and give no right but seeing.
"""

import datetime as dt

from django.contrib.auth.models import Group
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from organization import calendar
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope
from processes import policy
from processes.models import Process

VIEW = "processes.view_process"


@transaction.atomic
def open_to(process: Process, whom: Person | Group, *, by: Person, now: dt.datetime) -> None:
    """Lets a person or group see this process. Twice is once. Raises Refused."""
    _ask(process, by, now)
    assign_perm(VIEW, whom, process)


@transaction.atomic
def close_to(process: Process, whom: Person | Group, *, by: Person, now: dt.datetime) -> None:
    """Takes the exception back; nothing happens where there is none. Raises Refused."""
    _ask(process, by, now)
    remove_perm(VIEW, whom, process)


def _ask(process: Process, by: Person, now: dt.datetime) -> None:
    answer = policy.may_change_metadata(by, process, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
