"""What a test does to the server that it starts, and to no other: the guards of a decision taken out, or a decision held up half way."""

import datetime as dt
import os
import time
from pathlib import Path

from django.apps import AppConfig
from django.db.models import F, QuerySet

WINDOW = 0.5  # seconds between looking and writing, as in a slow request
LONGEST = 60.0


class Tampering(AppConfig):
    """In the last place of the installed apps of `served`."""

    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        if os.environ.get("UNGUARDED"):
            without_guards()
        if place := os.environ.get("HELD_AT"):
            held_up(Path(place))


def without_guards() -> None:
    """Get, check, save: no lock on the case, and no look at what it is when it is written."""
    from approvals import moving, workflow
    from approvals.models import ApprovalCase

    def read() -> "QuerySet[ApprovalCase]":
        return ApprovalCase.objects.select_related("revision__process", "revision__frozen", "content", "submitted_by")

    def write(case: ApprovalCase, *, to: str, now: dt.datetime) -> None:
        time.sleep(WINDOW)
        closed = None if to == ApprovalCase.State.OPEN else now
        ApprovalCase.objects.filter(pk=case.pk).update(state=to, version=F("version") + 1, closed_at=closed)
        case.refresh_from_db(fields=("state", "version", "closed_at"))

    moving._cases = read
    moving.swap = workflow.swap = write


def held_up(place: Path) -> None:
    """Once the decision and its signature are written and before anything follows from them, waits while this file is there."""
    from approvals import workflow

    advance = workflow._advance

    def later(*args: object, **kwargs: object) -> None:
        if place.exists():
            place.with_suffix(".inside").write_text(str(os.getpid()))
        end = time.monotonic() + LONGEST
        while place.exists() and time.monotonic() < end:
            time.sleep(0.02)
        advance(*args, **kwargs)

    workflow._advance = later
