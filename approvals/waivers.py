"""Stories of waivers: a person of level 5 who wrote nothing of it signs that a stage, or the wait for training, is left out.

A waiver counts where stages are copied into a case, so what runs keeps what it has; the last stage and independence are never waived.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import moving, routes, seating, submission, waiver_policy, workflow
from approvals.models import ApprovalCase, CaseStage, Waiver, WaiverEnd
from organization.calendar import today
from organization.models import Person, Position, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from organization.signing import sign
from processes import holding, review
from processes.models import Process, Revision
from worklist.notices import Message, tell_many

What = Waiver.What
LONGEST_DAYS: Final = 366
DAYS_BEFORE: Final = 7
TOLD_WITHIN: Final = dt.timedelta(days=30)
"""What ran out longer ago is news to nobody."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be left out: a stage by its title, or with "" the training; until which day; `revision` for this one alone."""

    stage: str
    until: dt.date
    reason: str
    revision: Revision | None = None

    @property
    def what(self) -> Waiver.What:
        """A stage, or the training."""
        return What.STAGE if self.stage else What.TRAINING


@transaction.atomic
def give(process: Process, wanted: Wanted, *, by: Person, now: dt.datetime) -> Waiver:
    """Signs the waiver. For one revision it counts at once: its open stage is skipped, or it is held back no longer.

    Its authors and the owner are told. Raises Refused, or Stale where the revision has moved on.
    """
    if wanted.revision is not None:
        for case in ApprovalCase.objects.pending().filter(revision=wanted.revision).values_list("pk", flat=True):
            moving.lock(case)  # before the process, as every decision does: two that wait for each other would end in neither
    locked: Process = Process.objects.select_for_update(of=("self",)).select_related("owner", "department").get(pk=process.pk)
    day, view = today(now), scope(by, today(now))
    reason = workflow.typed(wanted.reason)
    insist(waiver_policy.may_waive(by, locked, wanted.revision, view))
    _refuse_unless_sensible(locked, wanted, reason, day)
    signature = sign(
        by, position=_position(view), meaning=Signature.Meaning.WAIVED, subject=_subject(locked, wanted), reason=reason, now=now,
        content_sha256=wanted.revision.frozen.sha256 if wanted.revision and wanted.revision.frozen else "",
    )  # fmt: skip
    waiver = Waiver.objects.create(
        process=locked, revision=wanted.revision, what=wanted.what, stage=wanted.stage, until=wanted.until, reason=reason, given_by=by,
        given_at=now, signature=signature,
    )  # fmt: skip
    if wanted.revision is not None:
        _count_at_once(waiver, wanted.revision, by=by, now=now)
    _tell_concerned(waiver, now)
    return waiver


@transaction.atomic
def revoke(waiver: Waiver, *, by: Person, now: dt.datetime, reason: str) -> WaiverEnd:
    """From now on it counts no more; cases that have begun keep what they have. Whoever signed it is told."""
    locked = Waiver.objects.select_for_update(of=("self",)).select_related("process", "given_by").get(pk=waiver.pk)
    day, reason = today(now), workflow.typed(reason)
    insist(waiver_policy.may_revoke(by, locked, scope(by, day)))
    if not Waiver.objects.standing(day).filter(pk=locked.pk).exists():
        raise Stale(_("This waiver does not count any more. Nothing was changed."))
    if not reason:
        raise Refused(_("Write the reason: whoever signed the waiver is told."), field="reason")
    made = WaiverEnd.objects.create(waiver=locked, by=by, at=now, reason=reason)
    if locked.given_by != by:
        words = gettext_lazy("{document}: a waiver that you signed was taken back")
        _tell(locked, "revoked", [locked.given_by], format_lazy(words, document=_document(locked.process)), reason, now=now)
    return made


def tell_ending(now: dt.datetime) -> int:
    """Tells those who signed, once each, that a waiver runs out within a week, and that it has; says how many waivers that are."""
    day = today(now)
    ending = Waiver.objects.filter(end__isnull=True, until__range=(day - TOLD_WITHIN, day + dt.timedelta(days=DAYS_BEFORE)))
    found = list(ending.select_related("process", "given_by"))
    for waiver in found:
        over = waiver.until < day
        words = (
            gettext_lazy("{document}: a waiver that you signed has run out on {day}")
            if over
            else gettext_lazy("{document}: a waiver that you signed runs out on {day}")
        )
        subject = format_lazy(words, document=_document(waiver.process), day=lazy(date_format, str)(waiver.until))
        body = gettext_lazy("New cases go the whole way again, unless another waiver is signed.")
        _tell(waiver, "over" if over else "ending", [waiver.given_by], subject, body, now=now)
    return len(found)


def stages_to_waive(process: Process, now: dt.datetime) -> list[str]:
    """Titles of the stages that a waiver may skip: those of the route of today and of the open case, without the last ones."""
    draft = process.revisions.open().first()
    wrote = submission.writers_of(draft) if draft else frozenset()
    try:
        planned = [stage.title for stage in routes.plan_for(process, today(now), besides=wrote).stages if not stage.is_last]
    except Refused:  # nobody could decide at all, so there is nothing to leave out
        planned = []
    return list(dict.fromkeys([*planned, *_to_come(process).values_list("title", flat=True)]))


def unmet(process: Process, standing: Iterable[Waiver], now: dt.datetime) -> frozenset[int]:
    """Ids of those among the waivers whose stage no way of this process has today: renamed, or gone. They skip nothing."""
    of_stages = [waiver for waiver in standing if waiver.stage]
    known = stages_to_waive(process, now) if of_stages else ()
    return frozenset(waiver.pk for waiver in of_stages if waiver.stage not in known)


def _to_come(process: Process) -> QuerySet[CaseStage]:
    """Stages of the open case in which somebody is still to be asked, without the last one."""
    return CaseStage.objects.filter(
        case__revision__process=process, case__state=ApprovalCase.State.OPEN, closed_at=None, replaced_at=None, waiver=None, is_last=False
    ).order_by("order")


def _refuse_unless_sensible(process: Process, wanted: Wanted, reason: str, day: dt.date) -> None:
    if not reason:
        raise Refused(_("Write the reason: every reader of the process sees it."), field="reason")
    if not day <= wanted.until <= day + dt.timedelta(days=LONGEST_DAYS):
        raise Refused(_("A waiver ends today at the earliest and after a year at the latest."), field="until")
    alike = Waiver.objects.for_case(process, wanted.revision).standing(day).filter(what=wanted.what, stage=wanted.stage)
    if alike.exists():
        raise Refused(_("This is waived already until %(day)s.") % {"day": date_format(alike[0].until)}, field="stage")


def _count_at_once(waiver: Waiver, revision: Revision, *, by: Person, now: dt.datetime) -> None:
    case = ApprovalCase.objects.filter(revision=revision, state=ApprovalCase.State.OPEN).first()
    if waiver.what == What.TRAINING:
        if revision.holds.open().exists():
            holding.waive(revision, waiver.signature, by=by, now=now, reason=waiver.reason)
    elif case is None:
        raise Stale(_("Nothing of this version is in review any more. Nothing was waived."))
    else:
        _skip(case, waiver, now)


def _skip(case: ApprovalCase, waiver: Waiver, now: dt.datetime) -> None:
    """Nobody is asked in this stage any more; where it had its turn, the next one has."""
    case = moving.lock(case.pk)
    stage = _to_come(case.revision.process).filter(title=waiver.stage).first()
    if stage is None:
        raise Stale(_("Nobody is asked in this stage any more. Nothing was waived."))
    moving.swap(case, to=ApprovalCase.State.OPEN, now=now)
    had_its_turn = stage.opened_at is not None
    stage.waiver, stage.closed_at = waiver, now if had_its_turn else None
    stage.save(update_fields=["waiver", "closed_at"])
    if had_its_turn:
        seating.unseat(case, now=now)
        seating.open_next(case, now=now)


def _position(view: Scope) -> Position | None:
    """In which position it is signed: an office, where the person holds one."""
    held = Position.objects.filter(pk__in=view.held)
    offices = held.filter(kind__in=(Position.Kind.COMPANY_PROCESS_MANAGER, Position.Kind.TOP_MANAGEMENT))
    return offices.order_by("pk").first() or held.order_by("pk").first()


def _subject(process: Process, wanted: Wanted) -> str:
    """What is signed, in the language of whoever signs."""
    words = {"document": _document(process), "stage": _(wanted.stage) if wanted.stage else "", "day": date_format(wanted.until)}
    if wanted.stage:
        return _("%(document)s: the stage “%(stage)s” is skipped until %(day)s") % words
    return _("%(document)s: nobody waits for the training until %(day)s") % words


def _document(process: Process) -> str:
    return f"{process.number} {process.title}"


def _tell_concerned(waiver: Waiver, now: dt.datetime) -> None:
    """Whoever writes in it, and the owner."""
    process, day = waiver.process, today(now)
    at_work = process.revisions.open().first() or process.revisions.held().first() or process.revisions.in_force(now).first()
    if at_work is not None:
        at_work.process = process
        subject = format_lazy(
            gettext_lazy("{person} signed a waiver for {document}"), person=waiver.given_by.name, document=_document(process)
        )
        others = [person for person in review.concerned(at_work, day) if person != waiver.given_by]
        _tell(waiver, "given", others, subject, waiver.reason, now=now)


def _tell(waiver: Waiver, what: str, people: Iterable[Person], subject: str | Promise, body: str | Promise, *, now: dt.datetime) -> None:
    url = reverse("approvals:waivers", args=[waiver.process.number])
    tell_many([Message(person, f"waiver:{waiver.pk}:{what}:{person.pk}", subject, body, url) for person in people], now=now)
