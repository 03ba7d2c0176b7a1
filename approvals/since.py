"""What moved in a document since somebody last looked at it: what they decided or commented on before is the last they saw.

Showing a page writes nothing, so having opened one does not count as having looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from approvals import corrections
from approvals.models import ApprovalCase, Comment, Correction, Decision
from organization.models import Person
from processes.charts import Chart, chart
from processes.compare import Comparison, compare, marks
from processes.content import frozen_definition
from processes.definition import Definition


@dataclass(frozen=True, slots=True)
class Since:
    """The earlier case, what moved since, its charts where a step or arrow moved, and what the author answered to the return."""

    case: ApprovalCase
    comparison: Comparison
    charts: Sequence[Chart]
    answers: Sequence[Correction]


def last_look(case: ApprovalCase, person: Person) -> ApprovalCase | None:
    """The last earlier case of this revision in which the person decided or said something."""
    decided = Decision.objects.filter(case=OuterRef("pk"), decided_by=person)
    said = Comment.objects.filter(case=OuterRef("pk"), author=person)
    earlier = ApprovalCase.objects.filter(revision=case.revision_id, pk__lt=case.pk).filter(Q(Exists(decided)) | Q(Exists(said)))
    return earlier.select_related("content").order_by("-pk").first()


def since(case: ApprovalCase, definition: Definition, person: Person) -> Since | None:
    """What moved for this person, while the case is open; None where it is looked at for the first time, or is to be withdrawn."""
    moves = case.state == ApprovalCase.State.OPEN and case.kind != ApprovalCase.Kind.WITHDRAW
    look = last_look(case, person) if moves else None
    if look is None:
        return None
    old = frozen_definition(look.content)
    comparison = compare(old, definition)
    coloured = marks(comparison)
    charts = (
        chart(old, marks=coloured, label=_("Before: %(title)s") % {"title": definition.title}),
        chart(definition, marks=coloured, label=_("Now: %(title)s") % {"title": definition.title}),
    )
    return Since(look, comparison, charts if coloured else (), list(corrections.asked(case.revision, before=case)))
