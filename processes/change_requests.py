"""Stories of change requests: the only module that writes `ChangeRequest.state`, along one written table.

Every story locks the process, then the request (the order of the lifecycle, which closes requests when it approves), asks the
policy on the locked rows and swaps state and version in one UPDATE: whoever comes second gets Stale and nothing happens.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import policy, request_notices
from processes.access import may_see
from processes.canonical import clean
from processes.content import definition_of
from processes.drafting import start_draft
from processes.models import ChangeRequest, ChangeRequestMove, Process, Revision
from worklist.items import raise_item, settle
from worklist.models import WorkItem

LONGEST: Final = 4_000
MOST_OPEN: Final = 20
"""Requests of one person about one process that may wait for an answer at once."""
WORKING_DAYS_TO_ANSWER: Final = 10
OPEN, ACCEPTED, DONE, MERGED, DECLINED, WITHDRAWN = ChangeRequest.State.values
Name = ChangeRequestMove.Name
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (OPEN, Name.ACCEPT): ACCEPTED,
        (OPEN, Name.WAIT): OPEN,
        (OPEN, Name.MERGE): MERGED,
        (OPEN, Name.DECLINE): DECLINED,
        (OPEN, Name.WITHDRAW): WITHDRAWN,
        (ACCEPTED, Name.DECLINE): DECLINED,
        (ACCEPTED, Name.DONE): DONE,
        (ACCEPTED, Name.REOPEN): OPEN,
        (DONE, Name.UNDO): ACCEPTED,
        (MERGED, Name.MERGE): MERGED,
        (MERGED, Name.REOPEN): OPEN,
    }
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a periodic review says about one waiting request: "wait", "accept" or "decline" with a reason."""

    act: str
    reason: str = ""


@transaction.atomic
def ask(
    process: Process, *, revision: Revision, by: Person, now: dt.datetime, wrong: str, instead: str = "", anchor: str = ""
) -> ChangeRequest:
    """A request about the step with this key in what was read, or about the whole (""); the owner position owes an answer.

    The same words sent twice are one request. Raises Refused.
    """
    locked = locked_process(process.pk)
    if not may_see(locked, scope(by, calendar.today(now))):
        raise Refused(_("There is no process %(number)s that you may see.") % {"number": locked.number})
    insist(policy.may_suggest(locked, revision))
    wrong, instead = typed(wrong), typed(instead)
    if not wrong:
        raise Refused(_("Say what is wrong or missing."))
    mine = locked.change_requests.waiting().filter(asked_by=by)
    same: ChangeRequest | None = mine.filter(anchor=anchor, wrong=wrong, instead=instead).first()
    if same is not None:
        return same
    if mine.count() >= MOST_OPEN:
        words = {"number": locked.number, "most": MOST_OPEN}
        raise Refused(
            _("%(most)d of your requests about %(number)s wait for an answer already. Withdraw one that has become idle.") % words
        )
    made = ChangeRequest.objects.create(
        process=locked, revision=revision, asked_by=by, asked_at=now, wrong=wrong, instead=instead, **step_of(revision, anchor)
    )
    _record(made, Name.ASK, "", by=by, now=now)
    _owe(made, now)
    return made


@transaction.atomic
def accept(request: ChangeRequest, *, by: Person, now: dt.datetime, seen: int) -> ChangeRequest:
    """Takes it into the open draft, or into a new one. Raises Refused, also while a revision is in review, or Stale."""
    locked = _lock(request, by=by, now=now, seen=seen)
    draft = start_draft(locked.process, by=by, now=now)
    if draft.state != Revision.State.DRAFT:
        raise Refused(_("A revision is in review. Accept the request when that is decided; what is in review is not changed."))
    return _answer(locked, Name.ACCEPT, by=by, now=now, draft=draft)


@transaction.atomic
def merge(request: ChangeRequest, into: ChangeRequest, *, by: Person, now: dt.datetime, seen: int) -> ChangeRequest:
    """Makes what becomes of the other request the outcome of this one too, and of those joined with it. Raises Refused or Stale."""
    locked = _lock(request, by=by, now=now, seen=seen)
    if locked.pk == into.pk:
        raise Refused(_("A request is not its own duplicate. Choose another one."))
    other = locked.process.change_requests.live().filter(pk=into.pk).first()
    if other is None:
        raise Stale(_("The other request was closed meanwhile. Nothing was done; look at what it says now."))
    for duplicate in locked.duplicates.all():
        _move(duplicate, Name.MERGE, by=by, now=now, joined=other)
    return _answer(locked, Name.MERGE, by=by, now=now, joined=other)


@transaction.atomic
def decline(request: ChangeRequest, *, by: Person, now: dt.datetime, seen: int, reason: str) -> ChangeRequest:
    """Says no, with a reason that its asker reads; also to what was accepted before. Raises Refused or Stale."""
    locked, reason = _lock(request, by=by, now=now, seen=seen), typed(reason)
    if not reason:
        raise Refused(_("Write the reason: whoever asked reads it."))
    return _answer(locked, Name.DECLINE, by=by, now=now, reason=reason)


@transaction.atomic
def withdraw(request: ChangeRequest, *, by: Person, now: dt.datetime) -> ChangeRequest:
    """Its asker takes it back while it waits; twice is as good as once. What was joined with it waits on, its oldest first."""
    locked = _locked(request)
    if locked.asked_by_id != by.pk:
        raise Refused(_("Only whoever asked withdraws the request."))
    if locked.state == WITHDRAWN:
        return locked
    duplicates = list(locked.duplicates.select_related("process__owner").order_by("pk"))
    _answer(locked, Name.WITHDRAW, by=by, now=now)
    if duplicates:
        first, *others = duplicates
        for other in others:
            _move(other, Name.MERGE, by=by, now=now, joined=first)
        _put_back(first, by=by, now=now)
    return locked


def answer_each(process: Process, answers: Mapping[int, Answered], *, by: Person, now: dt.datetime) -> None:
    """What a periodic review says about every request that waits, by its id; the caller has locked the process. Raises Refused."""
    waiting = list(process.change_requests.waiting())
    if any(request.pk not in answers for request in waiting):
        raise Refused(_("Say of each open change request what becomes of it. One may have come in meanwhile; look at the list again."))
    for request in waiting:
        given = answers[request.pk]
        if given.act == Name.ACCEPT:
            accept(request, by=by, now=now, seen=request.version)
        elif given.act == Name.DECLINE:
            decline(request, by=by, now=now, seen=request.version, reason=given.reason)
        else:
            _move(request, Name.WAIT, by=by, now=now, reason=typed(given.reason))


def approved(revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """Closes what this revision took up; called inside its approval."""
    for request in revision.requests.filter(state=ACCEPTED).select_related("process"):
        request_notices.tell_askers(_move(request, Name.DONE, by=by, now=now, draft=revision), now)


def taken_back(revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """The approval does not hold: what the revision had done is in its draft again."""
    for request in revision.requests.filter(state=DONE).select_related("process"):
        request_notices.tell_askers(_move(request, Name.UNDO, by=by, now=now, draft=revision), now)


def given_up(revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """The draft was discarded: what it had taken up waits for an answer again."""
    for request in revision.requests.filter(state=ACCEPTED).select_related("process__owner"):
        _put_back(request, by=by, now=now)


def ended(process: Process, *, by: Person, now: dt.datetime, reason: str) -> None:
    """The process is withdrawn: what waits for an answer is declined for that reason; called inside the withdrawal."""
    for request in process.change_requests.waiting().select_related("process", "asked_by"):
        _answer(request, Name.DECLINE, by=by, now=now, reason=reason)


def locked_process(process_id: int) -> Process:
    """The process under its lock."""
    found: Process = Process.objects.select_for_update(of=("self",)).select_related("owner", "department").get(pk=process_id)
    return found


def _locked(request: ChangeRequest) -> ChangeRequest:
    process = locked_process(request.process_id)
    found: ChangeRequest = ChangeRequest.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=request.pk)
    found.process = process
    return found


def _lock(request: ChangeRequest, *, by: Person, now: dt.datetime, seen: int) -> ChangeRequest:
    """The request under its lock as it was seen, for somebody who may answer it. Raises Refused or Stale."""
    found = _locked(request)
    insist(policy.may_contribute(by, found.process, scope(by, calendar.today(now))))
    if found.version != seen:
        raise Stale(_("Somebody was faster: this request is now “%(state)s”. Nothing was done.") % {"state": found.get_state_display()})
    return found


def _answer(request: ChangeRequest, name: str, *, by: Person, now: dt.datetime, **given: Any) -> ChangeRequest:
    """The move, the end of what was owed for it, and the word to whoever asked."""
    move = _move(request, name, by=by, now=now, **given)
    outcome = WorkItem.Outcome.MOOT if name == Name.WITHDRAW else WorkItem.Outcome.DONE
    for item in WorkItem.objects.open().filter(source_key__startswith=_key(request)):
        settle(item, outcome=outcome, now=now)
    request_notices.tell_askers(move, now)
    return request


def _put_back(request: ChangeRequest, *, by: Person, now: dt.datetime) -> None:
    move = _move(request, Name.REOPEN, by=by, now=now)
    _owe(request, now)
    request_notices.tell_askers(move, now)


def _move(
    request: ChangeRequest,
    name: str,
    *,
    by: Person,
    now: dt.datetime,
    reason: str = "",
    draft: Revision | None = None,
    joined: ChangeRequest | None = None,
) -> ChangeRequestMove:
    """Swaps state and version; a lock makes losing unlikely, the swap makes a wrong win impossible."""
    before = request.state
    if (before, name) not in MOVES:
        raise Stale(_("This cannot be done now: the request is in the state “%(state)s”.") % {"state": request.get_state_display()})
    seen = ChangeRequest.objects.filter(pk=request.pk, state=before, version=request.version)
    if not seen.update(state=MOVES[before, name], version=F("version") + 1, draft=draft, joined=joined):
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    request.refresh_from_db(fields=("state", "version", "draft", "joined"))
    return _record(request, name, before, by=by, now=now, reason=reason, revision=draft, other=joined)


def _record(request: ChangeRequest, name: str, before: str, *, by: Person, now: dt.datetime, **given: Any) -> ChangeRequestMove:
    return ChangeRequestMove.objects.create(request=request, name=name, from_state=before, to_state=request.state, by=by, at=now, **given)


def _owe(request: ChangeRequest, now: dt.datetime) -> None:
    process = request.process
    raise_item(
        kind=WorkItem.Kind.CHANGE_REQUEST, subject=f"{process.number} {process.title}", url_name="processes:change_request",
        url_args=[process.number, request.pk], position=process.owner,
        due_on=calendar.add_working_days(calendar.today(now), WORKING_DAYS_TO_ANSWER),
        source_key=f"{_key(request)}{request.version}", now=now,
    )  # fmt: skip


def _key(request: ChangeRequest) -> str:
    return f"request:{request.process_id}:{request.pk}:"


def typed(text: str) -> str:
    """What somebody typed, as it is kept. Raises Refused where it is too long."""
    text = clean(text).strip()
    if len(text) > LONGEST:
        raise Refused(
            _("The text has %(length)d characters; at most %(most)d are kept. Shorten it.") % {"length": len(text), "most": LONGEST}
        )
    return text


def step_of(revision: Revision, anchor: str) -> dict[str, Any]:
    """The step as it was read. Raises Refused where the revision has none with this key."""
    if not anchor:
        return {"anchor": ""}
    definition = definition_of(revision)
    step = definition.step(anchor)
    if step is None:
        raise Refused(_("The step of this request is not in the revision that you read."))
    return {"anchor": anchor, "step_number": definition.numbers()[anchor], "step_name": step.name[:300]}
