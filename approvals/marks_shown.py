"""Changes with their marks as a page shows them: what was proposed, what the submitter said, who corrected, what is typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals import marks
from approvals.mark_forms import Typed
from approvals.models import ApprovalCase, CaseMark
from processes import marking
from processes.comparison import MARKS, Change, Comparison
from processes.models import Revision
from processes.wording import Mark

GROUPED_FROM: Final = 12
"""So many changes stand under one heading for each part of the document."""
PARTS: Final[Mapping[str, str | Promise]] = {
    "text": gettext_lazy("Title and texts"),
    "boundary": gettext_lazy("Process boundary"),
    "sipoc": gettext_lazy("Suppliers, inputs, outputs, customers"),
    "roles": gettext_lazy("Roles"),
    "steps": gettext_lazy("Steps"),
    "records": gettext_lazy("Records"),
    "references": gettext_lazy("References"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """Who marked it otherwise, and how."""

    by: str
    mark: Mark

    @property
    def label(self) -> str:
        """The mark in words."""
        return str(MARKS[self.mark])


@dataclass(frozen=True, slots=True)
class Marked:
    """One change; `change.mark` is the proposal. `typed` is what a form that came back says, `is_new` that it says nothing of this."""

    change: Change
    author: Mark | None = None
    corrections: Sequence[Correction] = ()
    typed: Mark | None = None
    is_new: bool = False

    @property
    def mark(self) -> Mark:
        """What counts now."""
        return self.corrections[-1].mark if self.corrections else self.author or self.change.mark

    @property
    def chosen(self) -> Mark:
        """What the control shows."""
        return self.typed or self.mark

    @property
    def label(self) -> str:
        """What counts now, in words."""
        return str(MARKS[self.mark])

    @property
    def author_label(self) -> str:
        """The submitter's mark in words, where it is not the proposal."""
        return str(MARKS[self.author]) if self.author not in {None, self.change.mark} else ""

    @property
    def is_always(self) -> bool:
        """Whether a lower mark needs a reason."""
        return self.change.mark == Mark.SUBSTANTIVE

    @property
    def is_lowered(self) -> bool:
        """Whether what is always substantive counts for less now."""
        return marking.is_lowered(self.change.mark, self.mark)

    @property
    def wording(self) -> str:
        """Tells whether it still says the same when the form comes back."""
        return marking.wording(self.change)

    @property
    def choices(self) -> Sequence[tuple[int, str, bool, bool]]:
        """Value, words, whether it is chosen, whether it is the proposal."""
        return [(int(mark), str(label), mark == self.chosen, mark == self.change.mark) for mark, label in MARKS.items()]


@dataclass(frozen=True, slots=True)
class Part:
    """Changes of one part of the document; without a title where there are few in all."""

    title: str | Promise
    rows: Sequence[Marked]


@dataclass(frozen=True, slots=True)
class Marks:
    """All changes of one comparison, and what was seen of their marks."""

    rows: Sequence[Marked]
    seen: str

    @property
    def parts(self) -> Sequence[Part]:
        """The rows, under headings where there are many."""
        if len(self.rows) < GROUPED_FROM:
            return [Part("", self.rows)] if self.rows else []
        found = [Part(title, [row for row in self.rows if row.change.area == area]) for area, title in PARTS.items()]
        return [part for part in found if part.rows]

    @property
    def is_substantive(self) -> bool:
        """Whether the marks that count now make a major version."""
        return any(row.mark == Mark.SUBSTANTIVE for row in self.rows)

    @property
    def lowered(self) -> int:
        """How many changes that are always substantive count for less."""
        return sum(row.is_lowered for row in self.rows)

    @property
    def fresh(self) -> int:
        """How many changes a form that came back says nothing of."""
        return sum(row.is_new for row in self.rows)


NO_MARKS: Final = Marks((), "")


def of_draft(comparison: Comparison, typed: Typed, before: Mapping[str, CaseMark]) -> Marks:
    """What the submitter marks: typed marks stay where the change still says the same; `before` anything is typed, what counted last."""
    rows = []
    for change in comparison.changes:
        same = typed.wordings.get(change.place) == marking.wording(change)
        said = typed.marks.get(change.place) if same else None if typed.was_sent else _of_author(before.get(change.place), change)
        rows.append(Marked(change, typed=said, is_new=typed.was_sent and not same))
    return Marks(rows, "")


def said_before(draft: Revision) -> Mapping[str, CaseMark]:
    """The marks with which this draft was last submitted, by place. One query."""
    return {mark.place: mark for mark in CaseMark.objects.filter(case__revision=draft).order_by("pk")}


def of_case(case: ApprovalCase, comparison: Comparison, typed: Typed) -> Marks:
    """The marks of a case as they stand, and what an approver has typed over them. Two queries."""
    by_author = {mark.place: mark for mark in CaseMark.objects.filter(case=case)}
    corrected: dict[str, list[Correction]] = {}
    proposals = {change.place: change.mark for change in comparison.changes}
    for one in marks.corrections_of(case).select_related("decision__decided_by"):
        if proposals.get(one.place) == one.proposed:
            corrected.setdefault(one.place, []).append(Correction(one.decision.decided_by.name, Mark(one.after)))
    rows = [
        Marked(change, _of_author(by_author.get(change.place), change), corrected.get(change.place, ()), typed.marks.get(change.place))
        for change in comparison.changes
    ]
    return Marks(rows, marking.digest(as_they_stand(comparison, rows)))


def as_they_stand(comparison: Comparison, rows: Iterable[Marked]) -> Comparison:
    """The comparison with the marks that count now."""
    return marking.as_marked(comparison, {row.change.place: row.mark for row in rows})


def _of_author(mark: CaseMark | None, change: Change) -> Mark | None:
    return Mark(mark.marked) if mark and mark.proposed == change.mark else None
