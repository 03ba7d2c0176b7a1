"""Stories of problem reports: the only module that writes `ProblemReport.state`. Reported once, answered once.

Every story locks the process, then the report (as change requests do), and swaps the state in one UPDATE.
"""

import datetime as dt
from typing import Any, Final, cast

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import calendar
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import change_requests, policy
from processes.access import may_see
from processes.canonical import sha256
from processes.change_requests import locked_process, step_of, typed
from processes.models import FrozenContent, Picture, ProblemReport, Process, Revision
from processes.picture_files import Prepared
from worklist.items import raise_item, settle
from worklist.models import WorkItem
from worklist.notices import tell

OPEN, ANSWERED, ACCEPTED, CLOSED = ProblemReport.State.values
MOST_OPEN: Final = 10
"""Reports of one person about one process that may wait at once."""
WORKING_DAYS_TO_ANSWER: Final = 5
SUBJECT: Final = 160
"""Characters of what was reported that stand in the work item."""
TOLD: Final = {
    ANSWERED: gettext_lazy("{number}: your problem report is answered"),
    ACCEPTED: gettext_lazy("{number}: your problem report became a change request"),
    CLOSED: gettext_lazy("{number}: your problem report is closed"),
}


@transaction.atomic
def report(
    process: Process, *, revision: Revision, by: Person, now: dt.datetime, text: str, anchor: str = "", photo: Prepared | None = None
) -> ProblemReport:
    """A problem at the step with this key in what was read, or with the whole (""); the owner position owes an answer.

    The same words at the same step sent twice are one report. Raises Refused.
    """
    locked = locked_process(process.pk)
    if not may_see(locked, scope(by, calendar.today(now))):
        raise Refused(_("There is no process %(number)s that you may see.") % {"number": locked.number})
    insist(policy.may_suggest(locked, revision))
    text = typed(text)
    if not text:
        raise Refused(_("Say what went wrong."))
    mine = locked.problem_reports.filter(reported_by=by, state=OPEN)
    same: ProblemReport | None = mine.filter(anchor=anchor, text=text).first()
    if same is not None:
        return same
    if mine.count() >= MOST_OPEN:
        words = {"number": locked.number, "most": MOST_OPEN}
        raise Refused(_("%(most)d of your reports about %(number)s wait for an answer already. Speak to the owner directly.") % words)
    made = ProblemReport.objects.create(
        process=locked, revision=revision, content=cast("FrozenContent", revision.frozen), reported_by=by, reported_at=now, text=text,
        photo=_kept(photo, by=by, now=now), **step_of(revision, anchor),
    )  # fmt: skip
    raise_item(
        kind=WorkItem.Kind.ACT, subject=f"{locked.number} {locked.title}: {text}"[:SUBJECT], url_name="processes:problem",
        url_args=[locked.number, made.pk], position=locked.owner,
        due_on=calendar.add_working_days(calendar.today(now), WORKING_DAYS_TO_ANSWER), source_key=_key(made), now=now,
    )  # fmt: skip
    return made


@transaction.atomic
def answer(problem: ProblemReport, *, by: Person, now: dt.datetime, text: str) -> ProblemReport:
    """Says what was done about it, or how it is meant. Raises Refused or Stale."""
    return _end(_lock(problem, by=by, now=now), ANSWERED, by=by, now=now, text=_said(text))


@transaction.atomic
def close(problem: ProblemReport, *, by: Person, now: dt.datetime, text: str) -> ProblemReport:
    """Nothing is done, for a reason that the reporter reads. Raises Refused or Stale."""
    return _end(_lock(problem, by=by, now=now), CLOSED, by=by, now=now, text=_said(text))


@transaction.atomic
def accept(problem: ProblemReport, *, by: Person, now: dt.datetime, text: str = "") -> ProblemReport:
    """Becomes a change request in the reporter's name, who is told what becomes of it. Raises Refused or Stale."""
    locked = _lock(problem, by=by, now=now)
    sees = may_see(locked.process, scope(locked.reported_by, calendar.today(now)))
    asked = change_requests.ask(
        locked.process, revision=locked.revision, by=locked.reported_by if sees else by, now=now, wrong=locked.text, anchor=locked.anchor
    )
    return _end(locked, ACCEPTED, by=by, now=now, text=typed(text), request=asked)


def ended(process: Process, *, by: Person, now: dt.datetime, reason: str) -> None:
    """The process is withdrawn: what waits is closed for that reason; called inside the withdrawal."""
    for problem in process.problem_reports.filter(state=OPEN).select_related("process", "reported_by"):
        _end(problem, CLOSED, by=by, now=now, text=reason)


def _lock(problem: ProblemReport, *, by: Person, now: dt.datetime) -> ProblemReport:
    process = locked_process(problem.process_id)
    rows = ProblemReport.objects.select_for_update(of=("self",)).select_related("reported_by", "revision__frozen")
    found: ProblemReport = rows.get(pk=problem.pk)
    found.process = found.revision.process = process
    insist(policy.may_answer_problem(by, process, scope(by, calendar.today(now))))
    return found


def _end(problem: ProblemReport, state: str, *, by: Person, now: dt.datetime, text: str, **given: Any) -> ProblemReport:
    """The swap, the end of what was owed for it, and the word to the reporter."""
    waiting = ProblemReport.objects.filter(pk=problem.pk, state=OPEN)
    if not waiting.update(state=state, answer=text, answered_by=by, answered_at=now, **given):
        raise Stale(_("Somebody was faster: this report is answered. Nothing was done; look at what it says now."))
    problem.refresh_from_db(fields=("state", "answer", "answered_by", "answered_at", "request"))
    for item in WorkItem.objects.open().filter(source_key=_key(problem)):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)
    if problem.reported_by_id != by.pk:
        _tell(problem, now)
    return problem


def _tell(problem: ProblemReport, now: dt.datetime) -> None:
    """As far as the reporter may still see the process; else by its number alone."""
    process, person = problem.process, problem.reported_by
    sees = may_see(process, scope(person, calendar.today(now)))
    tell(
        person,
        key=f"problem:{problem.pk}:{problem.state}",
        subject=format_lazy(TOLD[problem.state], number=process.number),
        body=problem.answer if sees else "",
        url=reverse("processes:problem", args=[process.number, problem.pk]) if sees else reverse("home"),
        now=now,
    )


def _said(text: str) -> str:
    text = typed(text)
    if not text:
        raise Refused(_("Write an answer: whoever reported it reads it."))
    return text


def _kept(photo: Prepared | None, *, by: Person, now: dt.datetime) -> Picture | None:
    """The photo as the portal wrote it anew, without a revision that shows it: only the report leads to it."""
    if photo is None:
        return None
    facts = {
        "content": photo.content, "media_type": photo.media_type, "width": photo.width, "height": photo.height,
        "created_by": by, "created_at": now,
    }  # fmt: skip
    return Picture.objects.get_or_create(sha256=sha256(photo.content), defaults=facts)[0]


def _key(problem: ProblemReport) -> str:
    return f"problem:{problem.process_id}:{problem.pk}"
