"""Who may give content in review effect at once, in an emergency: whoever may decide in its last stage; each answer says why not."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, Mode
from approvals.policy import YES, Turn
from organization.gate import Answer


def may_release(case: ApprovalCase, turns: Sequence[Turn]) -> Answer:
    """`turns` are how the person stands to the seats of the open case in which nobody has decided; those of the last stage count."""
    if case.kind != ApprovalCase.Kind.REVISE:
        return _no(_("Only a new version is released in an emergency."))
    if case.package_id is not None:
        return _no(_("A change package takes effect together. None of its versions is released alone."))
    if case.sign_by is not None:
        return _no(_("It has been released in an emergency already, which is done once."))
    mine = seat_to_release(turns)
    if mine is None:
        return next((turn.answer for turn in turns if turn.seat.stage.is_last and not turn.answer), _no(_("You do not decide here.")))
    if _ends_it(mine, turns):
        return _no(_("It is the last stage's turn. Approve it instead: then it takes effect."))
    return YES


def seat_to_release(turns: Sequence[Turn]) -> Turn | None:
    """The seat of the last stage in which the person may decide, and in whose position he or she signs."""
    return next((turn for turn in turns if turn.seat.stage.is_last and turn.answer and not turn.lent), None)


def _ends_it(mine: Turn, turns: Sequence[Turn]) -> bool:
    """Whether the approval of this person alone would end the case now."""
    stage = mine.seat.stage
    alone = len([turn for turn in turns if turn.seat.stage_id == stage.pk]) == 1
    return stage.opened_at is not None and (alone or stage.mode == Mode.ANY)


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
