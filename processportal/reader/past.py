"""What a procedure said on a past day: the revision that was valid, and what else held on that day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from organization import calendar
from organization.past import instant_of
from organization.scope import Scope
from processes.models import Process, Revision


@dataclass(frozen=True, slots=True)
class Held:
    """`revision` was valid when the day ended (when it is today: is valid now), `earlier` ones ended in its course.

    `owner` is the owner position as the settings named it then; "" where it is today's. `coming`: the day has not come yet.
    """

    day: dt.date
    revision: Revision | None
    earlier: Sequence[Revision]
    owner: str
    coming: bool


def held_on(process: Process, day: dt.date, scope: Scope, now: dt.datetime) -> Held:
    """Computed from the validities, as for today."""
    visible = Revision.objects.visible_to(scope).filter(process=process).select_related("frozen", "process")
    at = instant_of(day, now)
    earlier = visible.filter(effective_until__gt=calendar.midnight(day), effective_until__lte=at, effective_from__lt=at)
    then = process.history.filter(history_date__lte=at).select_related("owner").order_by("-history_date", "-history_id").first()
    owner = str(then.owner) if then and then.owner_id != process.owner_id else ""
    return Held(day, visible.in_force(at).first(), list(earlier.order_by("effective_until")), owner, day > scope.today)
