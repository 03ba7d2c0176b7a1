"""What was decided and signed about a process, as plain rows for its page and for evidence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from approvals.models import ApprovalCase, Decision, Waiver, WaiverEnd
from organization.acting_words import told
from organization.models import Signature
from processes.models import Process, Revision


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision. `again` marks a person who had decided an earlier stage of the same case too: readers are told."""

    case: int
    ordinal: int
    version: str
    stage: str
    verdict: str
    verdict_label: str
    person: str
    position: str
    acting_for: str
    reason: str
    at: dt.datetime
    sha256: str
    again: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature on exactly this content."""

    meaning: str
    meaning_label: str
    person: str
    position: str
    acting_for: str
    reason: str
    at: dt.datetime
    sha256: str
    sequence: int


def decisions_of(process: Process) -> Sequence[Decided]:
    """Every decision about any revision of this process, newest first, in one query. Whoever shows them has asked for sight."""
    rows = Decision.objects.filter(case__revision__process=process).select_related(
        "signature", "stage", "content", "case__revision", "decided_by", "seat__position"
    )
    seen: set[tuple[int, int, int]] = set()
    decided = []
    for row in rows.order_by("pk"):
        stages_before = {stage for case, person, stage in seen if (case, person) == (row.case_id, row.decided_by_id)}
        decided.append(_decided(row, again=bool(stages_before - {row.stage_id})))
        seen.add((row.case_id, row.decided_by_id, row.stage_id))
    return decided[::-1]


def _decided(row: Decision, *, again: bool) -> Decided:
    return Decided(
        case=row.case_id,
        ordinal=row.case.revision.ordinal,
        version=row.case.revision.label,
        stage=row.stage.title,
        verdict=row.verdict,
        verdict_label=row.get_verdict_display(),
        person=row.signature.person_name if row.signature else row.decided_by.name,
        position=row.position_title or (row.signature.position_title if row.signature else row.seat.position.title),
        acting_for=told(row.acting_for),
        reason=row.reason,
        at=row.decided_at,
        sha256=row.content.sha256,
        again=again,
    )


def signatures_of(revision: Revision) -> Sequence[Signed]:
    """What was signed on the way to this revision: its author and the decisions of the case that approved it, in order."""
    if revision.frozen is None or revision.submitted_at is None:
        return ()
    signatures = Signature.objects.filter(
        content_sha256=revision.frozen.sha256,
        signed_at__gte=revision.submitted_at,
        meaning__in=("authored", "reviewed", "released", "approved"),
    ).exclude(decisions__case__kind=ApprovalCase.Kind.WITHDRAW)
    if revision.approved_at is not None:  # whoever asked for its withdrawal signed the same content, later
        signatures = signatures.exclude(meaning="authored", signed_at__gt=revision.approved_at)
    return [
        Signed(
            meaning=row.meaning,
            meaning_label=row.get_meaning_display(),
            person=row.person_name,
            position=row.position_title,
            acting_for=told(row.acting_for),
            reason=row.reason,
            at=row.signed_at,
            sha256=row.content_sha256,
            sequence=row.sequence,
        )
        for row in signatures.order_by("sequence")
    ]


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver as readers see it. `counts`: new cases still skip this; `used`: the revision shown went its way by it."""

    waiver: Waiver
    counts: bool
    used: bool

    @property
    def end(self) -> WaiverEnd | None:
        """Who took it back and why, where somebody did."""
        return getattr(self.waiver, "end", None)


def waivers_of(process: Process, day: dt.date, shown: Revision | None = None) -> Sequence[Waived]:
    """Every waiver of this process, newest first, in one query; `shown` is the revision that a page shows."""
    used = (
        Q(stages__case__revision=shown, stages__case__content=shown.frozen_id) | Q(signature__in=shown.holds.values("signature"))
        if shown
        else Q(pk=None)
    )
    rows = Waiver.objects.filter(process=process).select_related("given_by", "end__by", "signature", "revision")
    counted = rows.annotate(used=Exists(Waiver.objects.filter(used, pk=OuterRef("pk"))))
    return [Waived(row, counts=row.until >= day and not hasattr(row, "end"), used=row.used) for row in counted]


def waivers_to_tell(process: Process, day: dt.date, shown: Revision | None) -> Sequence[Waived]:
    """Those that matter to a reader of this revision: by which it went its way, and those that count today for what comes."""
    found = waivers_of(process, day, shown)
    return [one for one in found if one.used or (one.counts and one.waiver.revision_id in {None, shown.pk if shown else None})]
