"""What a periodic review has to answer besides change requests: plain points that the rooms above gather, and what was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from organization.refusals import Refused, Stale
from processes.canonical import clean
from processes.change_requests import LONGEST, Answered
from processes.models import ChangeRequest, Move, ReviewAnswer

Answer = ReviewAnswer.Answer
Source = ReviewAnswer.Source
ANSWERS: Final = (Answer.NOTHING, Answer.REVISE, Answer.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that came up since the last review. `key` changes whenever what is said of it does; `link` leads there."""

    source: str
    key: str
    text: str
    link: str = ""


def insist_on_answers(agenda: Sequence[Point], given: Mapping[str, Answered], verdict: str) -> None:
    """Each point is answered, and nothing else is. Raises Refused, or Stale where the list is no longer what was shown."""
    if {point.key for point in agenda} != set(given):
        raise Stale(_("What has to be answered has changed since the page was opened. Nothing was recorded; look at the list again."))
    for point in agenda:
        answer = given[point.key]
        if answer.act not in ANSWERS:
            raise Refused(_("Say what becomes of each point: “%(text)s” is not answered.") % {"text": point.text})
        if answer.act == Answer.REVISE and verdict != "revise":
            raise Refused(
                _("You answered that “%(text)s” goes into the new version. Then the verdict is to revise.") % {"text": point.text}
            )
        if answer.act != Answer.REVISE and not answer.reason.strip():
            raise Refused(_("Write to “%(text)s” why nothing is changed, or where it is dealt with.") % {"text": point.text})


def keep(
    move: Move, agenda: Iterable[Point], given: Mapping[str, Answered], requests: Iterable[ChangeRequest], asked: Mapping[int, Answered]
) -> None:
    """Writes down what was answered to what, in the words in which it was shown."""
    rows = [(point.source, point.key, point.text, given[point.key]) for point in agenda]
    rows += [(Source.REQUEST, f"request-{one.pk}", f"{one.place}: {one.wrong}", asked[one.pk]) for one in requests]
    ReviewAnswer.objects.bulk_create(
        ReviewAnswer(move=move, source=source, key=key, text=text, answer=said.act, note=clean(said.reason).strip()[:LONGEST])
        for source, key, text, said in rows
    )
