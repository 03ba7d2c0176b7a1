"""The process manager's judgement of a process for one quarter, once."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kpis import policy
from kpis.models import QuarterAssessment
from kpis.periods import quarter_of
from organization.calendar import today
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.models import Process


def assess(process: Process, quarter: dt.date, *, rating: str, text: str, by: Person, now: dt.datetime) -> QuarterAssessment:
    """Record the assessment of a quarter that has begun. Raises Refused, or Stale where there is one already."""
    quarter, day = quarter_of(quarter), today(now)
    with transaction.atomic():
        view = scope(by, day)
        answer = policy.may_assess(by, view)
        if not answer:
            raise Refused(answer.reason)
        if quarter > day:
            raise Refused(_("This quarter has not begun."))
        if not text.strip():
            raise Refused(_("Say what the assessment rests on."))
        office = Position.objects.filter(pk__in=view.positions, kind=Position.Kind.COMPANY_PROCESS_MANAGER).first()
        try:
            with transaction.atomic():
                return QuarterAssessment.objects.create(
                    process=process,
                    quarter_start=quarter,
                    rating=rating,
                    text=text.strip(),
                    assessed_by=by,
                    position_title=str(office or ""),
                    assessed_at=now,
                )
        except IntegrityError as error:
            raise Stale(_("This quarter has been assessed already.")) from error
