"""How much the changes of a case matter: the portal proposes, the submitter marks, each approval confirms or corrects.

What counts is the last correction, else the submitter's mark, else the proposal. A mark stands while the portal proposes the same
for this place: where another version has come into force meanwhile, what is compared may say something else. Whoever approves has
seen the marks that hold: corrected ones are shown again before anybody signs them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.db.models import F, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import changes
from approvals.models import ApprovalCase, CaseMark, Decision, MarkCorrection
from organization.refusals import Refused, Stale
from processes import marking
from processes.comparison import MARKS, Change, Comparison
from processes.content import frozen_definition
from processes.marking import Marks
from processes.models import Revision
from processes.wording import Mark

SPELT_OUT: Final = 20
"""Marks that are written out in what is signed; all of them are in its hash."""


class Missing(Refused):
    """A word is missing where what is always substantive is to count for less."""


@dataclass(frozen=True, slots=True)
class Given:
    """Marks that somebody gave, by place, and the digest of those that were shown: "" where nothing was."""

    marks: Marks = field(default_factory=lambda: MappingProxyType({}))
    seen: str = ""


NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the approval of a case gives to its revision."""

    minor: bool
    kept: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an approval says about the marks: changes (with the proposal) that it marks otherwise, and the words that are signed."""

    corrections: Sequence[tuple[Change, Mark, Mark]] = ()
    statement: str = ""
    base: Revision | None = None
    marked: Comparison = field(default_factory=Comparison)

    def keep(self, decision: Decision) -> None:
        """Writes the corrections down with the decision."""
        MarkCorrection.objects.bulk_create(
            MarkCorrection(decision=decision, place=change.place, proposed=change.mark, before=before, after=after)
            for change, before, after in self.corrections
        )

    @property
    def outcome(self) -> Outcome:
        """What it gives to the revision where this approval is the last one."""
        return _outcome(self.base, self.marked)


def give(case: ApprovalCase, given: Marks, *, now: dt.datetime) -> str:
    """Writes down the marks of everything that changes; gives what the submitter signs about them.

    Raises Missing, or Refused where the case says the same as what was approved last: every submission comes by here.
    """
    base, proposed = compared(case, now)
    if base is not None and changes.says_the_same(case.revision.process, case.content.sha256, besides=case.revision):
        raise Refused(_("Nothing has changed yet: there is nothing to decide. Change the draft first, or discard it."))
    marked = marking.as_marked(proposed, given)
    if lowered(proposed, marked) and not case.marks_word:
        raise Missing(_("Say why changes that are always substantive may count for less. Approvers read it beside them."))
    CaseMark.objects.bulk_create(
        CaseMark(case=case, place=change.place, proposed=change.mark, marked=mine.mark)
        for change, mine in zip(proposed.changes, marked.changes, strict=True)
    )
    return "\n".join(filter(None, (statement(proposed, marked), case.marks_word)))


def confirm(case: ApprovalCase, given: Given, *, verdict: str, reason: str, now: dt.datetime) -> Confirmed:
    """What this verdict says about the marks; only approving says anything. Raises Stale where others hold meanwhile, and Missing."""
    if verdict != Decision.Verdict.APPROVE:
        return Confirmed()
    base, proposed = compared(case, now)
    before = marking.as_marked(proposed, standing(case, proposed))
    if given.seen and given.seen != marking.digest(before):
        raise Stale(_("Marks of changes were corrected since this page was shown. Nothing was recorded; look at them again."))
    after = marking.as_marked(before, given.marks)
    if lowered(proposed, after) and not reason:
        raise Missing(
            _("Changes that are always substantive count for less here. Write in the reason why that is right, or raise their marks.")
        )
    both = zip(proposed.changes, before.changes, after.changes, strict=True)
    corrections = [(change, was.mark, now_.mark) for change, was, now_ in both if was.mark != now_.mark]
    return Confirmed(corrections, statement(proposed, after), base, after)


def final(case: ApprovalCase, now: dt.datetime) -> Outcome:
    """Whether the new version is a minor one, and the marks that its revision keeps. A first version is never minor."""
    base, proposed = compared(case, now)
    return _outcome(base, marking.as_marked(proposed, standing(case, proposed)))


def _outcome(base: Revision | None, marked: Comparison) -> Outcome:
    return Outcome(minor=not marked.is_substantive, kept=marking.kept(marked, base)) if base else Outcome(minor=False, kept={})


def compared(case: ApprovalCase, at: dt.datetime) -> tuple[Revision | None, Comparison]:
    """The version that this case is compared with, and every change with its proposed mark; none in a first version or a withdrawal."""
    if case.kind == ApprovalCase.Kind.WITHDRAW:
        return None, Comparison()
    base = changes.base_of(case.revision.process, at, besides=case.revision)
    return base, changes.between(base, frozen_definition(case.content)) if base else Comparison()


def standing(case: ApprovalCase, proposed: Comparison) -> Marks:
    """Place → the mark that counts now, where somebody gave one. One query, none where nothing changes."""
    proposals = {change.place: int(change.mark) for change in proposed.changes}
    if not proposals:
        return {}
    row = ("place", "proposed", "mark", "turn", "pk")
    marked = case.marks.order_by().annotate(mark=F("marked"), turn=Value(0)).values_list(*row)
    corrected = corrections_of(case).order_by().annotate(mark=F("after"), turn=Value(1)).values_list(*row)
    given = marked.union(corrected, all=True).order_by("turn", "pk")
    return {place: Mark(mark) for place, proposal, mark, _turn, _pk in given if proposals.get(place) == proposal}


def corrections_of(case: ApprovalCase) -> Any:
    """What approvers corrected in this case, in order."""
    return MarkCorrection.objects.filter(decision__case=case).order_by("pk")


def lowered(proposed: Comparison, marked: Comparison) -> bool:
    """Whether anything that is always substantive counts for less."""
    return any(marking.is_lowered(change.mark, mine.mark) for change, mine in zip(proposed.changes, marked.changes, strict=True))


def statement(proposed: Comparison, marked: Comparison) -> str:
    """What is signed about marks other than the proposed ones, in the language of the person who signs; "" where there are none."""
    other = [(change, mine.mark) for change, mine in zip(proposed.changes, marked.changes, strict=True) if change.mark != mine.mark]
    if not other:
        return ""
    lines = [
        _("%(change)s: %(mark)s instead of %(proposed)s") % {"change": change.label, "mark": MARKS[mark], "proposed": MARKS[change.mark]}
        for change, mark in other[:SPELT_OUT]
    ]
    more = len(other) - SPELT_OUT
    if more > 0:
        lines.append(ngettext("and %(count)d other mark", "and %(count)d other marks", more) % {"count": more})
    return "\n".join([*lines, _("Marks of all changes: SHA-256 %(hash)s") % {"hash": marking.digest(marked)}])


def signed(reason: str, said: str) -> str:
    """The reason of a signature together with what is stated about marks."""
    return "\n\n".join(filter(None, (reason, said)))
