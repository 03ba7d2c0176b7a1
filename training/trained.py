"""Which version somebody was trained on, on any day: by what they confirmed or signed until then, beside what was in force and owed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from organization.calendar import today
from organization.models import Absence, Person, Signature
from organization.scope import Scope
from processes.models import Process, Revision
from training.models import Acknowledgement, QuizAttempt, Reading, Spared
from training.owing import TONES, State
from training.rereading import READ_BY_SIGNING
from training.then import readings_at, were_to_read


@dataclass(frozen=True, slots=True)
class Proof:
    """A person had read this revision: when they confirmed or signed it, and the hash of its content."""

    revision: Revision
    sha256: str
    at: dt.datetime
    signed: bool
    shown: str = ""
    score: int | None = None
    """Of the quiz that was passed for this content, in percent."""


@dataclass(frozen=True, slots=True)
class Trained:
    """One process on one day; `state` is None where the person was not asked to read the version of then."""

    process: Process
    in_force: Revision | None
    to_read: Revision | None
    proof: Proof | None
    state: State | None
    due: dt.date | None

    @property
    def tone(self) -> str:
        """The colour of how it stood."""
        return TONES.get(self.state, "neutral") if self.state else ""


def trained_on(person: Person, at: dt.datetime, scope: Scope, after: str, limit: int) -> list[Trained]:
    """What this person had read, or was to read, at this moment, of what the reader of the page may see today.

    By process number, `limit` rows after the number `after`. A fixed number of queries.
    """
    readings = readings_at(at).filter(person=person)
    spared = Spared.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), person=person, spared_at__lte=at)
    confirmed = Acknowledgement.objects.filter(person=person, acknowledged_at__lte=at)
    concerned = Q(pk__in=readings.values("revision__process")) | Q(pk__in=spared.values("revision__process"))
    concerned |= Q(pk__in=confirmed.values("revision__process"))
    signed = Signature.objects.filter(person=person, signed_at__lte=at, meaning__in=READ_BY_SIGNING).exclude(content_sha256="")
    concerned |= Q(pk__in=Revision.objects.filter(frozen__sha256__in=signed.values("content_sha256")).values("process"))
    visible = Process.objects.visible_to(scope).filter(concerned, number__gt=after).order_by("number")
    processes = list(visible[:limit])
    in_force = _by_process(Revision.objects.in_force(at), processes)
    to_read = _by_process(were_to_read(at), processes)
    owed = {reading.revision_id: reading for reading in readings.filter(revision__in=to_read.values()).select_related("work_item")}
    free = set(spared.filter(revision__in=to_read.values()).values_list("revision", flat=True))
    away = Absence.objects.on(today(at)).filter(person=person).exists()
    proofs = _proofs(person, processes, at)
    found = []
    for process in processes:
        asked = to_read.get(process.pk)
        proof = proofs.get(process.pk)
        reading = owed.get(asked.pk) if asked else None
        state = _state(asked, proof, reading, spared=bool(asked and asked.pk in free), away=away, day=today(at))
        due = reading.work_item.due_on if reading and state in {State.DUE, State.OVERDUE, State.PAUSED} else None
        found.append(Trained(process, in_force.get(process.pk), asked, proof, state, due))
    return found


def _by_process(revisions: object, processes: Sequence[Process]) -> dict[int, Revision]:
    found = Revision.objects.filter(pk__in=revisions.filter(process__in=processes).values("pk"))  # type: ignore[attr-defined]
    return {one.process_id: one for one in found.select_related("frozen").defer("content", "frozen__content")}


def _proofs(person: Person, processes: Sequence[Process], at: dt.datetime) -> dict[int, Proof]:
    """Process → the newest version that was confirmed or signed by then."""
    approved = Revision.objects.filter(process__in=processes, state=Revision.State.APPROVED, approved_at__lte=at, frozen__isnull=False)
    revisions = {one.pk: one for one in approved.select_related("frozen").defer("content", "frozen__content").order_by("approved_at", "pk")}
    contents = {one.frozen.sha256 for one in revisions.values() if one.frozen}
    passed = QuizAttempt.objects.filter(person=person, passed=True, ended_at__lte=at, content__in=[r.frozen_id for r in revisions.values()])
    scores = dict(passed.order_by("ended_at").values_list("content", "score"))
    confirmed = Acknowledgement.objects.filter(person=person, acknowledged_at__lte=at, revision__in=revisions)
    by_revision = {one.revision_id: one for one in confirmed}
    rows = Signature.objects.filter(person=person, signed_at__lte=at, content_sha256__in=contents, meaning__in=READ_BY_SIGNING)
    signed = dict(rows.order_by("-signed_at").values_list("content_sha256", "signed_at"))
    found: dict[int, Proof] = {}
    for revision in revisions.values():  # oldest first: the newest stays
        sha256 = revision.frozen.sha256 if revision.frozen else ""
        if said := by_revision.get(revision.pk):
            found[revision.process_id] = Proof(
                revision, sha256, said.acknowledged_at, signed=False, shown=said.shown, score=scores.get(revision.frozen_id)
            )  # fmt: skip
        elif sha256 in signed:
            found[revision.process_id] = Proof(revision, sha256, signed[sha256], signed=True)
    return found


def _state(asked: Revision | None, proof: Proof | None, reading: Reading | None, *, spared: bool, away: bool, day: dt.date) -> State | None:
    if asked is None:
        return None
    if proof and asked.frozen and proof.sha256 == asked.frozen.sha256:
        return State.SIGNED if proof.signed else State.READ
    if reading is None:
        return State.SPARED if spared else None
    if reading.work_item.due_on < day:
        return State.OVERDUE
    return State.PAUSED if away else State.DUE
