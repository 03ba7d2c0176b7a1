"""Many files at once: each is read in the background, and becomes a draft where that is wanted; a crash loses and doubles nothing.

Every file is a row with its state. A worker takes one up by a compare-and-swap that counts its tries, and writes the outcome by another;
the draft and the state that says so are one transaction. Whoever comes later goes on where the rows say that something is left.
"""

import datetime as dt
import hashlib
import logging
import time
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Department, Person, Position
from organization.refusals import Refused
from organization.scope import scope
from processes import bringing_in, policy, roles
from processes.bringing_in import DRAWN, Asked, ending_of
from processes.canonical import clean
from processes.documents.archive import MOST, UNPACKED, Packed, unpack
from processes.documents.found import NotRead
from processes.models import ImportBatch, PendingImport
from processes.role_matching import match
from worklist.outbox import wake

TASK: Final = "processes.tasks.work_on_import"
KEPT: Final = dt.timedelta(days=7)
CLAIM_ENDS: Final = dt.timedelta(minutes=1)
"""After this long a file that a worker took up and did not finish is taken up again."""
TRIES: Final = 3
RECENT: Final = 5
ROUND: Final = 120.0
"""Seconds after which a worker hands the rest on to the next round, well before it would be stopped."""
Outcome = PendingImport.Outcome
OPEN: Final = (Outcome.WAITING, Outcome.WANTED)
READY: Final = (Outcome.UNDERSTOOD, Outcome.KNOWN)

logger = logging.getLogger(__name__)


def files_of(uploads: Sequence[Packed]) -> list[Packed]:
    """The uploaded files, archives unpacked. Raises NotRead where they are too many or too large."""
    found: list[Packed] = []
    for one in uploads:
        try:
            found += unpack(one.data) if ending_of(one.name) == "zip" and not one.said else [one]
        except NotRead as refusal:
            if len(uploads) == 1:
                raise
            found.append(Packed(one.name, said=str(refusal)))
    if not found:
        raise NotRead(_("The archive holds no files."))
    if len(found) > MOST:
        raise NotRead(_("More than %(most)d files at once are not taken. Bring them in in portions.") % {"most": MOST})
    if sum(len(one.data) for one in found) > UNPACKED:
        raise NotRead(_("Together the files have more than %(size)d MB. Bring them in in portions.") % {"size": UNPACKED // 1_000_000})
    return found


@transaction.atomic
def open_batch(files: Sequence[Packed], *, by: Person, now: dt.datetime) -> ImportBatch:
    """Keeps the files and has them read. Old batches go, and of one person all but the newest in which nothing is open."""
    ImportBatch.objects.filter(uploaded_at__lt=now - KEPT).delete()
    done = ImportBatch.objects.filter(person=by).exclude(files__outcome__in=OPEN).order_by("-uploaded_at", "-pk")
    ImportBatch.objects.filter(pk__in=list(done.values_list("pk", flat=True)[RECENT - 1 :])).delete()
    batch = ImportBatch.objects.create(person=by, uploaded_at=now)
    for n, one in enumerate(files):
        PendingImport.objects.create(
            batch=batch, ordinal=n, person=by, name=clean(one.name).strip()[-255:] or "–", content=one.data, said=one.said,
            sha256=hashlib.sha256(one.data).hexdigest(), uploaded_at=now, outcome=Outcome.REFUSED if one.said else Outcome.WAITING,
        )  # fmt: skip
    wake(TASK, batch.pk)
    return batch


@transaction.atomic
def make_all(batch: ImportBatch, *, department: Department, owner: Position, by: Person, now: dt.datetime) -> int:
    """Has drafts made of all files that were understood, and says of how many. Raises Refused."""
    answer = policy.may_create(by, department, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    ImportBatch.objects.filter(pk=batch.pk).update(department=department, owner=owner)
    count = batch.files.filter(outcome=Outcome.UNDERSTOOD).update(outcome=Outcome.WANTED, claimed_at=None, tries=0, said="")
    if not count:
        raise Refused(_("No file waits for its draft."))
    wake(TASK, batch.pk)
    return count


def recent(person: Person) -> list[ImportBatch]:
    """The newest uploads of a person with how many files they have in all (`total`), open (`still`) and `understood`."""
    found = ImportBatch.objects.filter(person=person).annotate(
        total=Count("files"),
        still=Count("files", filter=Q(files__outcome__in=OPEN)),
        understood=Count("files", filter=Q(files__outcome=Outcome.UNDERSTOOD)),
    )
    return list(found.order_by("-uploaded_at", "-pk")[:RECENT])


def go_on() -> int:
    """The sweeper: whatever a lost or killed worker left."""
    waiting = PendingImport.objects.filter(_free(timezone.now()), outcome__in=OPEN, batch__isnull=False)
    return sum(work_on(batch) for batch in waiting.order_by("batch").values_list("batch", flat=True).distinct())


def work_on(batch: int) -> int:
    """Reads and makes what is open in a batch, file by file; says how many were taken up."""
    begun, done = time.monotonic(), 0
    while (file := _claim(batch, timezone.now())) is not None:
        done += 1
        try:
            with translation.override(file.person.language):
                (_make if file.outcome == Outcome.WANTED else _read)(file, timezone.now())
        except Exception:
            logger.exception("file %s of import %s failed (try %s)", file.pk, batch, file.tries)
        if time.monotonic() - begun > ROUND:
            wake(TASK, batch)
            break
    return done


def _free(now: dt.datetime) -> Q:
    return Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_ENDS)


def _claim(batch: int, now: dt.datetime) -> PendingImport | None:
    """The next open file, for this worker alone. One that was tried too often is refused instead."""
    for file in PendingImport.objects.filter(_free(now), batch=batch, outcome__in=OPEN).defer("content").select_related("person", "batch"):
        mine = PendingImport.objects.filter(_free(now), pk=file.pk, outcome=file.outcome, tries=file.tries)
        if file.tries >= TRIES:
            with translation.override(file.person.language):
                mine.update(
                    outcome=Outcome.REFUSED, said=_("Working on this file failed several times. Bring it in alone."), claimed_at=None
                )
        elif mine.update(claimed_at=now, tries=F("tries") + 1):
            file.refresh_from_db()
            return file
    return None


def _read(file: PendingImport, now: dt.datetime) -> None:
    """What the file says, and whether it came in before."""
    data = bytes(file.content)
    try:
        steps, lost, said = _understood(data, file.name)
    except NotRead as refusal:
        _settle(file, outcome=Outcome.REFUSED, said=str(refusal))
        return
    known = bringing_in.known_as(data, scope(file.person, calendar.today(now)))
    earlier = PendingImport.objects.filter(batch=file.batch_id, ordinal__lt=file.ordinal, sha256=file.sha256).first()
    if known:
        said = _("Brought in before as %(number)s.") % {"number": known[0].number}
    elif earlier:
        said = _("The same file as “%(name)s”.") % {"name": earlier.name}
    outcome = Outcome.KNOWN if known or earlier else Outcome.UNDERSTOOD
    _settle(file, outcome=outcome, steps=steps, lost=lost, said=said, process=known[0] if known else None)


def _understood(data: bytes, name: str) -> tuple[int, int, str]:
    """Steps, things that are not taken over, and what had to be mended."""
    if ending_of(name) not in DRAWN:
        document = bringing_in.read_file(data, name)
        return len(document.definition.steps), len(document.not_taken), ""
    drawing = bringing_in.read_drawing(data)
    said = _("Mended for reading: %(repairs)s.") % {"repairs": "; ".join(drawing.repairs)} if drawing.repairs else ""
    return sum(len(definition.steps) for definition in drawing.definitions), len(drawing.lost), said


def _make(file: PendingImport, now: dt.datetime) -> None:
    """The draft, with lanes that surely are roles of the catalogue under the roles' names."""
    batch = file.batch
    if batch is None or batch.department is None or batch.owner is None:
        _settle(file, outcome=Outcome.UNDERSTOOD)
        return
    try:
        found = bringing_in.read_file(bytes(file.content), file.name).definition
        matches = match([role.title for role in found.roles if role.title.strip()], roles.titles_of([batch.department]))
        asked = Asked(
            department=batch.department, owner=batch.owner, title=found.title[:200] or file.name[:200], language=found.language,
            roles={one.title: one.taken for one in matches},
        )  # fmt: skip
        bringing_in.make_draft(file, asked, by=file.person, now=now)
    except (NotRead, Refused) as refusal:
        _settle(file, outcome=Outcome.UNDERSTOOD, said=str(refusal))


def _settle(file: PendingImport, **written: object) -> None:
    """Writes the outcome, where nobody else wrote one meanwhile."""
    PendingImport.objects.filter(pk=file.pk, outcome=file.outcome, tries=file.tries).update(claimed_at=None, **written)
