"""The tables of a pack: each says its head and, of one revision, its rows as they stood. Later rooms add theirs.

A table without a gatherer stays empty, and the index says why.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.history import signatures_of
from approvals.models import ApprovalCase, Decision
from kpis.models import Measurement
from organization.acting_words import told
from organization.calendar import company_zone
from organization.models import Signature
from processes.models import Process, Revision
from processportal.audit_pack.paper import AsOf
from training.models import Acknowledgement, Course, Reading, TrainingRecord

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One revision, its process with the settings of then, and the day."""

    revision: Revision
    process: Process
    at: AsOf


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file's; `gatherers` each give rows that begin behind the number of the process. `empty` says why there are none."""

    name: str
    head: Sequence[str | Promise]
    gatherers: Sequence[Callable[[Subject], Rows]]
    empty: str | Promise = ""

    def rows(self, subject: Subject) -> Rows:
        """With the number of the process in front."""
        return [[subject.process.number, *row] for gather in self.gatherers for row in gather(subject)]

    @property
    def columns(self) -> list[str]:
        """In the active language."""
        return [_("Process"), *map(str, self.head)]


def _revision(subject: Subject) -> Rows:
    revision, process = subject.revision, subject.process
    sha256 = revision.frozen.sha256 if revision.frozen else ""
    return [
        [
            process.title, revision.label, *_both(revision.effective_from), _local(revision.effective_until), str(process.owner),
            str(process.department), process.get_document_type_display(), process.get_level_display(),
            process.get_confidentiality_display(), f"{process.next_review_on or ''}", sha256,
        ]
    ]  # fmt: skip


def _signatures(subject: Subject) -> Rows:
    signed = [one for one in signatures_of(subject.revision) if one.at <= subject.at.instant]
    hashes = dict(Signature.objects.filter(sequence__in=[one.sequence for one in signed]).values_list("sequence", "entry_hash"))
    return [
        [
            one.meaning_label, one.person, one.position, one.acting_for, *_both(one.at), one.reason, str(one.sequence),
            hashes[one.sequence], one.sha256,
        ]
        for one in signed
    ]  # fmt: skip


def _unsigned(subject: Subject) -> Rows:
    """Approvals of stages that asked for no signature."""
    decided = Decision.objects.filter(
        case__revision=subject.revision, case__state=ApprovalCase.State.APPROVED, signature=None, decided_at__lte=subject.at.instant
    )
    return [
        [
            _("%(verdict)s, without signature") % {"verdict": one.get_verdict_display()}, one.decided_by.name, one.seat.position.title,
            told(one.acting_for), *_both(one.decided_at), one.reason, "", "", one.content.sha256,
        ]
        for one in decided.select_related("decided_by", "seat__position", "content").order_by("pk")
    ]  # fmt: skip


def _read(subject: Subject) -> Rows:
    done = Acknowledgement.objects.filter(revision=subject.revision, acknowledged_at__lte=subject.at.instant).select_related("person")
    rows = done.order_by("acknowledged_at", "pk").iterator()
    return [[one.person.name, one.person.login, _("Read"), *_both(one.acknowledged_at), _shown(one.shown)] for one in rows]


def _unread(subject: Subject) -> Rows:
    """Who had been asked and had not confirmed when the day ended."""
    read = Acknowledgement.objects.filter(revision=subject.revision, acknowledged_at__lte=subject.at.instant).values("person")
    owed = Reading.objects.filter(revision=subject.revision, work_item__raised_at__lte=subject.at.instant).exclude(person__in=read)
    still = owed.exclude(ended_at__lte=subject.at.instant).select_related("person", "work_item").order_by("person__name", "pk")
    return [[one.person.name, one.person.login, _("Not read yet"), "", "", ""] for one in still.iterator()]


def _trained(subject: Subject) -> Rows:
    """Who had completed, or not, a course about the process or one that it demanded; as the records stood then."""
    instant, about = subject.at.instant, Q(processes=subject.process.pk) | Q(demands__process=subject.process.pk)
    rows = TrainingRecord.objects.filter(course__in=Course.objects.filter(about), day__lte=subject.at.day, recorded_at__lte=instant)
    standing = rows.exclude(superseded_by__recorded_at__lte=instant).select_related("person", "course")
    return [
        [
            one.person.name, one.person.login, str(one.course), f"{one.day}", one.get_result_display(),
            "" if one.score is None else f"{one.score}", f"{one.valid_until or ''}", *_both(one.recorded_at),
        ]
        for one in standing.order_by("course__code", "day", "pk").iterator()
    ]  # fmt: skip


def _shown(shown: str) -> str:
    return {"whole": _("the whole"), "changes": _("what had changed")}.get(shown, shown)


def _measured(subject: Subject) -> Rows:
    """What was recorded until then, without what had been corrected by then."""
    instant = subject.at.instant
    found = Measurement.objects.filter(indicator__process=subject.process.pk, recorded_at__lte=instant, period_start__lte=subject.at.day)
    rows = found.exclude(corrected_by__recorded_at__lte=instant).select_related("indicator", "recorded_by")
    return [
        [
            one.indicator.name, one.indicator.unit, f"{one.period_start:%Y-%m}", *map(_number, (one.value, one.target, one.limit)),
            one.get_rating_display(), one.recorded_by.name, *_both(one.recorded_at), one.comment,
        ]
        for one in rows.order_by("indicator__name", "indicator", "period_start", "pk")
    ]  # fmt: skip


_WHEN: Final = (gettext_lazy("When (company time)"), gettext_lazy("When (UTC)"))
APPROVALS: Final = Table(
    "approvals",
    (
        gettext_lazy("Meaning"), gettext_lazy("Person"), gettext_lazy("Position"), gettext_lazy("Acting for"), *_WHEN,
        gettext_lazy("Reason"), gettext_lazy("Signature"), gettext_lazy("Hash of the signature"), gettext_lazy("Content (SHA-256)"),
    ),
    (_signatures, _unsigned),
)  # fmt: skip
NUMBER_OF_SIGNATURE: Final = 8
"""The column of `APPROVALS` in which it stands."""
TABLES: Final = (
    Table(
        "revisions",
        (
            gettext_lazy("Title"), gettext_lazy("Version"), gettext_lazy("In force from (company time)"),
            gettext_lazy("In force from (UTC)"),
            gettext_lazy("In force until (company time)"), gettext_lazy("Owner"), gettext_lazy("Department"), gettext_lazy("Document type"),
            gettext_lazy("Document level"), gettext_lazy("Confidentiality"), gettext_lazy("Next review"), gettext_lazy("Content (SHA-256)"),
        ),
        (_revision,),
    ),
    APPROVALS,
    Table(
        "readers",
        (gettext_lazy("Person"), gettext_lazy("Login name"), gettext_lazy("State"), *_WHEN, gettext_lazy("What was shown")),
        (_read, _unread),
    ),
    Table(
        "trainings",
        (
            gettext_lazy("Person"), gettext_lazy("Login name"), gettext_lazy("Course"), gettext_lazy("Day"), gettext_lazy("Result"),
            gettext_lazy("Result in percent"), gettext_lazy("Valid until"), *_WHEN,
        ),
        (_trained,),
    ),
    Table(
        "findings",
        (gettext_lazy("Finding"), gettext_lazy("Grade"), gettext_lazy("Raised on"), gettext_lazy("State"), gettext_lazy("Answer")),
        (),
        gettext_lazy("Audits and findings are not kept in this portal yet, so there are none to list."),
    ),
    Table(
        "indicators",
        (
            gettext_lazy("Indicator"), gettext_lazy("Unit"), gettext_lazy("Month"), gettext_lazy("Value"), gettext_lazy("Target"),
            gettext_lazy("Limit"), gettext_lazy("Rating"), gettext_lazy("Recorded by"), *_WHEN, gettext_lazy("Comment"),
        ),
        (_measured,),
    ),
)  # fmt: skip


def _local(at: dt.datetime | None) -> str:
    return f"{localtime(at, company_zone()):%Y-%m-%d %H:%M:%S}" if at else ""


def _both(at: dt.datetime | None) -> tuple[str, str]:
    return _local(at), f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}" if at else ""


def _number(value: object) -> str:
    """Without the zeros at the end."""
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
