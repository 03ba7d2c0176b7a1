"""Somebody left the demo company two weeks ago: a vacancy, a handover that is half finished, and sixty nights of proofs."""

import datetime as dt

from organization import appointments
from organization.calendar import midnight, today
from organization.models import Person
from organization.people import deactivate
from processportal.continuity import checking, handing_over
from processportal.demo.staff import Staff
from worklist import handover as stories
from worklist import vacancies
from worklist.models import ContinuityProof, Handover, HandoverLine

NIGHTS = 60
# Nights ago → how many items led to nobody that night; mended by the next or the one after.
BAD_NIGHTS = {47: 2, 46: 1, 31: 3}
# Answered after everything else that was told in the demo: notices are listed as they were written, the newest first.
LEFT_DAYS_AGO, OFFERED, ANSWERED = 14, 11, 5
SINCE_DAYS_AGO = 640


def play(staff: Staff, now: dt.datetime) -> None:
    """Karin Vogt bought castings and ran the tenders; her head offered what she had in hand, and not all of it was taken."""
    people, castings = staff.people, staff.positions["pur-castings"]
    head, administrator = people["claire.hartmann"], people["tom.okafor"]
    leaver = Person.objects.create_user("karin.vogt", "Karin Vogt", email="karin.vogt@example.com")
    since = today(now) - dt.timedelta(days=SINCE_DAYS_AGO)
    appointments.appoint(leaver, castings, by=administrator, now=_ago(now, SINCE_DAYS_AGO), starts_on=since)
    deactivate(leaver, by=administrator, now=_ago(now, LEFT_DAYS_AGO))
    vacancies.reconcile(_ago(now, LEFT_DAYS_AGO))
    handover = Handover.objects.get(person=leaver)
    handing_over.reconcile(handover, _ago(now, LEFT_DAYS_AGO))
    owned, tenders = handover.lines.filter(kind=HandoverLine.Kind.PROCESS).select_related("handover").order_by("-subject")
    asked = _ago(now, OFFERED)
    handing_over.offer(
        [owned], people["jun.wang"], by=head, now=asked, reason="You visited both foundries with Karin and know their drawings."
    )
    handing_over.offer([tenders], people["hannah.brooks"], by=head, now=asked, reason="You prepared the last two tenders with Karin.")
    handing_over.accept([owned], by=people["jun.wang"], now=_ago(now, ANSWERED), answer="Yes. I keep the file of both foundries.")
    stories.decline(
        [tenders], by=people["hannah.brooks"], now=_ago(now, ANSWERED), answer="I have never led one myself; ask Jun or Claire."
    )


def prove(now: dt.datetime) -> None:
    """What every night's check found, and today's."""
    vacancies.reconcile(now)
    handing_over.reconcile_all(now)
    latest = checking.prove(now)
    ContinuityProof.objects.bulk_create(_night(latest, back, now) for back in range(1, NIGHTS))


def _night(latest: ContinuityProof, back: int, now: dt.datetime) -> ContinuityProof:
    day = today(now) - dt.timedelta(days=back)
    open_items = max(0, latest.open_items - back % 7 * 4 - back)
    return ContinuityProof(
        day=day, checked_at=midnight(day) + dt.timedelta(minutes=40), open_items=open_items, unowned=BAD_NIGHTS.get(back, 0),
        processes=latest.processes, processes_unowned=0,
    )  # fmt: skip


def _ago(now: dt.datetime, days: int) -> dt.datetime:
    return now - dt.timedelta(days=days)
