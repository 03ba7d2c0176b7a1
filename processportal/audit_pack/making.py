"""Audit packs: asked for, made document by document in the background, put together, deleted after a while.

Each document is a row. A worker takes one up by a compare-and-swap that counts its tries; what it made and the state that says so are
one UPDATE. A worker that dies loses one document's work, and whoever comes later goes on where the rows say that something is left.
"""

import datetime as dt
import logging
import time
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.past import FIRST, instant_of
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes.access import may_see
from processes.models import Process, Revision
from processportal.audit_pack import archive, policy
from processportal.audit_pack.models import AuditPack, AuditPackEntry, AuditPackPart
from processportal.audit_pack.paper import AsOf, document_as_of
from processportal.audit_pack.selecting import SELECTORS
from processportal.audit_pack.tables import TABLES, Subject
from processportal.copies.typesetting import NotTypeset, typeset
from worklist.outbox import wake

TASK: Final = "processportal.audit_pack.tasks.make_pack"
MOST: Final = 500
"""Documents of one pack."""
MOST_WAITING: Final = 2
"""Packs of one person that are being made."""
KEPT: Final = dt.timedelta(days=14)
CLAIM_ENDS: Final = dt.timedelta(minutes=5)
TRIES: Final = 3
ROUND: Final = 120.0
"""Seconds after which a worker hands the rest on to the next round, well before it would be stopped."""
Outcome = AuditPack.Outcome

logger = logging.getLogger(__name__)


@transaction.atomic
def ask(what: str, key: str, day: dt.date, *, by: Person, now: dt.datetime) -> AuditPack:
    """A pack of what a selector names, as of the end of a day (of today: as of now), in the active language. Raises Refused."""
    view = scope(by, calendar.today(now))
    insist(policy.may_ask(by, view))
    if not FIRST <= day <= view.today:
        raise Refused(_("Choose today or a day that has passed."))
    if AuditPack.objects.select_for_update().filter(asked_by=by, outcome=Outcome.WAITING).count() >= MOST_WAITING:
        raise Refused(_("Two of your packs are being made already. Wait until one of them is ready."))
    if what not in SELECTORS:
        raise Refused(_("Choose of what the pack is made."))
    at = instant_of(day, now)
    chosen = SELECTORS[what].chosen(key, view, at)
    held = Revision.objects.in_force(at).filter(process__in=chosen.processes).order_by("process__number")
    seen = list(held.filter(process__in=Process.objects.visible_to(view)).values_list("pk", flat=True)[: MOST + 1])
    if not seen:
        raise Refused(_("Nothing of it that you may see was in force on that day."))
    if len(seen) > MOST:
        raise Refused(_("More than %(most)d documents do not go into one pack. Choose a department below.") % {"most": MOST})
    pack = AuditPack.objects.create(
        what=what, key=key, title=chosen.title[:300], day=day, asked_by=by, asked_at=now, language=translation.get_language() or "en",
        left_out=held.count() - len(seen),
    )  # fmt: skip
    AuditPackEntry.objects.bulk_create(AuditPackEntry(pack=pack, ordinal=n, revision_id=pk) for n, pk in enumerate(seen, 1))
    wake(TASK, pack.pk)
    return pack


def go_on() -> int:
    """The sweeper: whatever a lost or killed worker left."""
    waiting = AuditPack.objects.filter(_free(timezone.now()), outcome=Outcome.WAITING)
    return sum(work_on(pack) for pack in list(waiting.order_by("pk").values_list("pk", flat=True)))


def forget_old(now: dt.datetime) -> int:
    """Archives that are older than `KEPT` go; that they were made, of what and for whom stays. Says how many went."""
    old = AuditPack.objects.exclude(outcome__in=(Outcome.WAITING, Outcome.GONE)).filter(asked_at__lt=now - KEPT)
    return sum(_forget(pack) for pack in old)


def work_on(pk: int) -> int:
    """Makes what is open of a pack, document by document, then the archive; says how many documents were taken up."""
    begun, done = time.monotonic(), 0
    while (entry := _claim(pk, timezone.now())) is not None:
        done += 1
        try:
            _make(entry, timezone.now())
        except Exception:
            logger.exception("document %s of audit pack %s failed (try %s)", entry.ordinal, pk, entry.tries)
        if time.monotonic() - begun > ROUND:
            wake(TASK, pk)
            return done
    try:
        _finish(pk, timezone.now())
    except Exception:
        logger.exception("audit pack %s could not be put together", pk)
    return done


def _free(now: dt.datetime) -> Q:
    return Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_ENDS)


def _claim(pk: int, now: dt.datetime) -> AuditPackEntry | None:
    """The next open document, for this worker alone. One that was tried too often goes in without its paper."""
    open_ = AuditPackEntry.objects.filter(_free(now), pack=pk, pack__outcome=Outcome.WAITING, made_at__isnull=True)
    for entry in open_.select_related("pack__asked_by", "revision__process", "revision__frozen"):
        mine = AuditPackEntry.objects.filter(_free(now), pk=entry.pk, made_at__isnull=True, tries=entry.tries)
        if entry.tries >= TRIES:
            with translation.override(entry.pack.language):
                mine.update(made_at=now, said=_("Making the paper failed several times."), claimed_at=None)
        elif mine.update(claimed_at=now, tries=F("tries") + 1):
            entry.tries += 1
            return entry
    return None


def _make(entry: AuditPackEntry, now: dt.datetime) -> None:
    """The paper and the rows of the tables, for whoever asked: what may no longer be seen goes in as left out."""
    pack = entry.pack
    at = AsOf(pack.day, min(instant_of(pack.day, now), pack.asked_at), pack.asked_by, now)
    written: dict[str, object] = {"made_at": now, "claimed_at": None}
    with translation.override(pack.language):
        if not _still_seen(pack, entry.revision.process, now):
            written["said"] = archive.HIDDEN
        else:
            process = _as_of(entry.revision.process, at.instant)
            document, files = document_as_of(entry.revision, process, at)
            subject = Subject(entry.revision, process, at)
            written["rows"] = {table.name: table.rows(subject) for table in TABLES}
            try:
                written["content"] = typeset(document, files).pdf
            except NotTypeset as failure:
                written["said"] = _("The paper could not be set (%(why)s). Its text is in the ledger.") % {"why": failure}
    AuditPackEntry.objects.filter(pk=entry.pk, made_at__isnull=True, tries=entry.tries).update(**written)


def _still_seen(pack: AuditPack, process: Process, now: dt.datetime) -> bool:
    """Between asking and making somebody may have lost access, or the document been closed to them."""
    day = calendar.today(now)
    return pack.asked_by.has_access(day) and may_see(process, scope(pack.asked_by, day))


def _as_of(process: Process, instant: dt.datetime) -> Process:
    """The process with the settings of then; those of its first record where there is none so old."""
    records = process.history.order_by("-history_date", "-history_id")
    record = records.filter(history_date__lte=instant).first() or records.last()
    found: Process = record.instance if record else process
    return found


def _finish(pk: int, now: dt.datetime) -> None:
    """Puts the archive together once every document is made. One worker does; after too many tries the pack has failed."""
    waiting = AuditPack.objects.filter(_free(now), pk=pk, outcome=Outcome.WAITING).exclude(entries__made_at__isnull=True)
    pack = waiting.select_related("asked_by").first()
    if pack is None:
        return
    mine = AuditPack.objects.filter(_free(now), pk=pk, outcome=Outcome.WAITING, tries=pack.tries)
    if pack.tries >= TRIES:
        mine.update(outcome=Outcome.FAILED)
        return
    if not mine.update(claimed_at=now, tries=F("tries") + 1):
        return
    with translation.override(pack.language), archive.put_together(pack, now) as built, transaction.atomic():
        held = AuditPack.objects.filter(pk=pk, outcome=Outcome.WAITING, tries=pack.tries + 1)
        if held.update(outcome=Outcome.MADE, made_at=now, claimed_at=None, size=built.size, sha256=built.sha256):
            for ordinal, piece in enumerate(built.pieces()):
                AuditPackPart.objects.create(pack=pack, ordinal=ordinal, content=piece)
            pack.entries.update(content=None, rows={})


@transaction.atomic
def _forget(pack: AuditPack) -> int:
    gone = AuditPack.objects.filter(pk=pack.pk, outcome=pack.outcome).update(outcome=Outcome.GONE)
    if gone:
        pack.parts.all().delete()
        pack.entries.all().delete()
    return gone
