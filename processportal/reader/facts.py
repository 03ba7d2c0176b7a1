"""Gathers what the procedure page shows, as plain facts; the page asks nothing further."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch
from django.utils.translation import gettext as _

from approvals.history import Signed, signatures_of
from kpis.models import Indicator, Measurement
from kpis.periods import months_before
from organization.models import Person, Signature
from organization.scope import Scope
from processes.comparison import field_label
from processes.content import definition_of
from processes.definition import Definition
from processes.models import Process, Revision, Role, Variant
from processes.sharing import PROCESS, Difference, Source, differences
from training import opened, quiz_attempts
from training.models import Acknowledgement, Reading, Spared


@dataclass(frozen=True, slots=True)
class Status:
    """The banner: a state of the status badge, its words, and whether this is what holds now.

    `aside`: an emergency release holds instead for a while.
    """

    state: str
    label: str
    holds: bool
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """What this reader owes or has done for this revision, or is spared; `token` proves that the page was opened.

    `quiz`: to be passed before.
    """

    reading: Reading | None
    acknowledged: Acknowledgement | None
    token: str
    spared: Spared | None = None
    quiz: bool = False


def shown_revision(process: Process, scope: Scope, now: dt.datetime, ordinal: int | None) -> Revision | None:
    """The asked-for revision; else what is in force; else what will be; else the open draft; None when none may be seen."""
    visible = Revision.objects.visible_to(scope).filter(process=process).select_related("frozen", "process")
    if ordinal is not None:
        return visible.filter(ordinal=ordinal).first()
    approved = visible.regular().order_by(F("effective_from").desc(nulls_last=True), "-ordinal")
    return visible.in_force(now).first() or approved.first() or visible.open().first()


def current_instead_of(revision: Revision, scope: Scope, now: dt.datetime) -> Revision | None:
    """What is in force now, for whoever landed on something else; None where that is this one, or nothing is."""
    held = Revision.objects.visible_to(scope).filter(process=revision.process_id).in_force(now).exclude(pk=revision.pk)
    return held.defer("content").first() if revision.process.state == Process.State.ACTIVE else None


def status_of(revision: Revision, now: dt.datetime) -> Status:
    """Computed from the dates at every read."""
    process = revision.process
    if process.is_withdrawn(now):
        return Status("withdrawn", _("Withdrawn"), holds=False)
    if revision.state == Revision.State.DISCARDED:
        return Status("withdrawn", _("Discarded"), holds=False)
    if revision.state == Revision.State.IN_REVIEW:
        return Status("in_review", _("In review"), holds=False)
    if revision.state == Revision.State.DRAFT:
        return Status("draft", _("Draft"), holds=False)
    return _approved_status(revision, now)


def _approved_status(revision: Revision, now: dt.datetime) -> Status:
    since, until = revision.effective_from, revision.effective_until
    if since is None:
        return Status("approved", _("Approved, waits for readiness"), holds=False)
    if since > now:
        return Status("approved", _("Approved, not in force yet"), holds=False)
    if until is not None and until <= now:
        return Status("superseded", _("Superseded"), holds=False)
    if revision.is_suspended(now):
        return Status("superseded", _("Set aside by an emergency release"), holds=False, aside=True)
    return Status("effective", _("In force"), holds=True)


def approvals_of(revision: Revision) -> Sequence[Signed]:
    """Who approved exactly this content, as signed."""
    if revision.frozen is None or revision.state != Revision.State.APPROVED:
        return ()
    return [signed for signed in signatures_of(revision) if signed.meaning == Signature.Meaning.APPROVED]


def duty_of(revision: Revision, person: Person, shown: str, now: dt.datetime) -> Duty:
    """The reader's own reading of this revision; `shown` goes into the token, and so into the record. With "" nothing can be confirmed."""
    if revision.state != Revision.State.APPROVED or not shown:
        return Duty(None, None, "")
    done = Acknowledgement.objects.filter(revision=revision, person=person, content=revision.frozen_id).first()
    owed = None if done else Reading.objects.owed().filter(revision=revision, person=person).select_related("work_item").first()
    spared = Spared.objects.filter(revision=revision, person=person, ended_at__isnull=True).select_related("read").defer("read__content")
    quiz = done is None and quiz_attempts.is_to_pass(revision, person)
    return Duty(owed, done, opened.token(person, revision, shown, now), None if done or owed else spared.first(), quiz)


def roles_of_person(scope: Scope) -> frozenset[str]:
    """Titles, in lower case, of the catalogue roles that my positions fill."""
    return frozenset(title.lower() for title in Role.objects.filter(positions__in=scope.positions).values_list("title", flat=True))


def history_of(process: Process, scope: Scope) -> Sequence[Revision]:
    """The newest twenty revisions that this person may see."""
    visible = Revision.objects.visible_to(scope).filter(process=process).exclude(state=Revision.State.DISCARDED)
    return list(visible.select_related("submitted_by").order_by("-ordinal")[:20])


DIFFERENCES = 8
"""Differences of a variant that are spelt out; more are counted."""


@dataclass(frozen=True, slots=True)
class VariantOf:
    """The main process of a variant: its number, its title where the reader may see it, and the differences from what holds there."""

    number: str
    title: str
    differences: Sequence[tuple[Difference, str]]
    more: int


def variant_of(process: Process, definition: Definition, scope: Scope, now: dt.datetime) -> VariantOf | None:
    """Of which process this one (read with its `variant__main`) is a variant, with the fields that differ in words."""
    found: Variant | None = getattr(process, "variant", None)
    if found is None:
        return None
    main = found.main
    held = Revision.objects.visible_to(scope).filter(process=main).in_force(now).select_related("frozen").first()
    if held is None:
        seen = Process.objects.visible_to(scope).filter(pk=main.pk).exists()
        return VariantOf(main.number, main.title if seen else "", (), 0)
    differing = differences(definition, definition_of(held), Source(PROCESS, main.number))
    shown = [(one, ", ".join(dict.fromkeys(map(field_label, one.fields)))) for one in differing[:DIFFERENCES]]
    return VariantOf(main.number, main.title, shown, len(differing) - len(shown))


def indicators_of(process: Process, day: dt.date) -> Sequence[Indicator]:
    """What is measured on this day, each with the measurements of a year in `.latest`, newest first."""
    latest = Measurement.objects.current().filter(period_start__gte=months_before(day, 12)[0]).order_by("-period_start")
    measured = Indicator.objects.measured_on(day).filter(process=process)
    return list(measured.prefetch_related(Prefetch("measurements", queryset=latest, to_attr="latest")))
