"""What a revision changes: the version it is compared with and the comparison."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Q

from processes import checking
from processes.compare import Comparison, compare
from processes.content import frozen_definition, working_definition
from processes.definition import Definition
from processes.drafting import TYPES_WITH_STEPS
from processes.finding_texts import sentence
from processes.flowchart.findings import Finding
from processes.models import FrozenContent, Process, Revision


def findings(revision: Revision) -> Sequence[Finding]:
    """What is wrong or unwise in the steps of a draft, where its document type has steps."""
    return checking.findings(working_definition(revision)) if revision.process.document_type in TYPES_WITH_STEPS else ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as a sentence, with the step to which a page jumps."""

    level: str
    step: str
    text: str


def told(some: Sequence[Finding], definition: Definition) -> list[Found]:
    """Findings in the active language."""
    numbers = definition.numbers()
    return [Found(finding.level, finding.step, sentence(finding, numbers)) for finding in some]


def errors(revision: Revision) -> Sequence[Finding]:
    """Findings that stand in the way of submission."""
    return [finding for finding in findings(revision) if finding.level == "error"]


def warnings(revision: Revision) -> Sequence[Finding]:
    """Findings that need a word of the submitter: why the draft is right all the same."""
    return [finding for finding in findings(revision) if finding.level == "warning"]


def warnings_told(definition: Definition) -> list[Found]:
    """The warnings of what was frozen, as sentences."""
    return told([finding for finding in checking.findings(definition) if finding.level == "warning"], definition)


def base_of(process: Process, at: dt.datetime, *, besides: Revision | None = None) -> Revision | None:
    """The approved version with which a reader compares; None before the first approval.

    It is the one in force at this moment (at the very moment of a change, the one that is replaced), else the newest one.
    """
    if besides is not None and besides.ordinal == 1:
        return None
    approved = process.revisions.regular().select_related("frozen").exclude(pk=besides and besides.pk)
    began = approved.filter(effective_from__lt=at).filter(Q(effective_until__isnull=True) | Q(effective_until__gte=at))
    return began.order_by("-effective_from").first() or approved.order_by("-major", "-minor").first()


def says_the_same(process: Process, content_sha256: str, *, besides: Revision | None = None) -> bool:
    """Whether this content is, to the byte, that of the newest version approved by its whole route, from which a draft begins.

    Not of the one in force: what is planned may be set back by a later version that says again what holds today.
    """
    newest = process.revisions.regular().exclude(pk=besides and besides.pk).order_by("-major", "-minor")
    return newest.values_list("frozen__sha256", flat=True).first() == content_sha256


def between(base: Revision, new: Definition) -> Comparison:
    """What changes against this approved version."""
    return compare(approved_definition(base), new)


def approved_definition(revision: Revision) -> Definition:
    """What was approved; an approved revision always is frozen."""
    return frozen_definition(cast("FrozenContent", revision.frozen))


@dataclass(frozen=True, slots=True)
class Touched:
    """How far a change reaches: the number of steps, and the titles of the roles that do them."""

    steps: int
    roles: Sequence[str]


def touched(comparison: Comparison, old: Definition, new: Definition) -> Touched:
    """Steps that were added, removed, moved or changed, and the roles that did them or do them now."""
    keys = {key for change in comparison.changes if change.area == "steps" for key in (change.key, change.old_key) if key}
    steps = {change.key for change in comparison.changes if change.area == "steps"}
    roles = {document.role_title(step.role) for document in (old, new) for step in document.steps if step.key in keys}
    renamed = {change.name for change in comparison.changes if change.area == "roles"}
    return Touched(len(steps), sorted((roles | renamed) - {""}))
