"""How much each change of a revision matters, as people confirmed it: marks by the place of the change. Asks no database.

The portal proposes a mark for each change (`compare`); the author marks, approvers confirm or correct, and what stands at the
approval is kept with the revision. Whoever asks whether a revision is substantive asks here, and not the proposal.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from processes.comparison import Change, Comparison
from processes.models import Revision
from processes.wording import Mark

Marks = Mapping[str, Mark]


def is_lowered(proposed: Mark, mark: Mark) -> bool:
    """Whether what is always substantive counts for less, which needs a reason.

    Everything that is proposed as substantive is on the product's list, or (a limit, another picture) may hide something of it.
    """
    return proposed == Mark.SUBSTANTIVE > mark


def as_marked(comparison: Comparison, marks: Marks) -> Comparison:
    """The comparison with these marks; the proposal counts where none is given."""
    return replace(comparison, changes=tuple(replace(change, mark=marks.get(change.place, change.mark)) for change in comparison.changes))


def digest(comparison: Comparison) -> str:
    """SHA-256 of all marks by place: what somebody saw and confirmed."""
    lines = sorted(f"{change.place}={int(change.mark)}" for change in comparison.changes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def wording(change: Change) -> str:
    """A short hash of what the change says, to find out whether it still says the same to the same reader."""
    return hashlib.sha256(f"{change.kind}\0{change.old}\0{change.new}".encode()).hexdigest()[:16]


def kept(comparison: Comparison, against: Revision) -> dict[str, Any]:
    """What `lifecycle.approve` keeps: the final marks, and of which comparison they are."""
    return {"against": against.pk, "marks": {change.place: int(change.mark) for change in comparison.changes}}


def final(revision: Revision, against: Revision) -> Marks:
    """Place → mark, as confirmed at the approval; none where the revision is compared with another one, or was approved without."""
    known = revision.marks if revision.marks.get("against") == against.pk else {}
    return {place: Mark(mark) for place, mark in known.get("marks", {}).items()}
