"""Putting a revision on paper: set first, then written down, so that nothing is registered that nobody holds in hand."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import participate
from processes.models import Participation, Process, Revision
from processportal.copies import policy
from processportal.copies.document import document_of, facts_of
from processportal.copies.models import Copy
from processportal.copies.standing import State, standing_of
from processportal.copies.typesetting import NotTypeset, typeset

LONGEST: Final = dt.timedelta(days=3 * 366)
HOLDS: Final = {State.CURRENT.value, State.COMING.value}
Made = tuple[Copy, bytes]


def print_(revision: Revision, *, by: Person, now: dt.datetime) -> Made:
    """An uncontrolled print: valid today, with a watermark on every page. Raises Refused."""
    answer = policy.may_print(revision, scope(by, today(now)))
    if not answer:
        raise Refused(answer.reason)
    return make(_new(revision, Copy.Kind.UNCONTROLLED, by, now, today(now)), now)


def issue(
    revision: Revision, *, by: Person, now: dt.datetime, valid_until: dt.date, place: str = "", position: Position | None = None
) -> Made:
    """A controlled copy; with a responsible position it hangs at a place and is called back when it is no longer true. Raises Refused."""
    answer = policy.may_issue(by, revision.process, scope(by, today(now)))
    if not answer:
        raise Refused(answer.reason)
    kind = Copy.Kind.POSTED if position else Copy.Kind.CONTROLLED
    copy = _new(revision, kind, by, now, valid_until)
    copy.place, copy.position = place.strip(), position
    return make(copy, now)


def make(copy: Copy, now: dt.datetime, before: Callable[[], None] = lambda: None) -> Made:
    """Sets the document, then keeps the copy if the revision still stands as printed; `before` runs in the same transaction.

    Setting takes its time and holds no lock meanwhile. Raises Refused or Stale.
    """
    _refuse_unless_sensible(copy, now)
    try:
        document, files = document_of(copy)
        made = typeset(document, files)
    except NotTypeset as failure:
        raise Refused(_reason(str(failure))) from failure
    copy.standards = made.standards
    with transaction.atomic():
        process = Process.objects.select_for_update().get(pk=copy.process_id)
        seen = copy.revision
        locked = Revision.objects.get(pk=copy.revision_id)
        stands, stood = ((one.version, one.effective_until, one.suspended_until) for one in (locked, seen))
        if (stands, process.state) != (stood, copy.process.state):
            raise Stale(_("This version changed while it was being printed. Nothing was kept; print it again."))
        before()
        copy.save(force_insert=True)
        if copy.position and process.confidentiality != Process.Confidentiality.COMPANY:
            participate(process, part=Participation.Part.READER, position=copy.position)
    return copy, made.pdf


def again(copy: Copy, now: dt.datetime) -> bytes:
    """The same paper once more, while it still tells the truth. Raises Refused."""
    if copy.closed_at is not None:
        raise Refused(_("This copy is out of use. Make a new one."))
    standing = standing_of(copy, now)
    if standing.state.value != copy.facts["state"] or standing.expired:
        raise Refused(_("This copy no longer says how the document stands. Exchange it for a new one."))
    try:
        return typeset(*document_of(copy)).pdf
    except NotTypeset as failure:
        raise Refused(_reason(str(failure))) from failure


def renewed(copy: Copy, *, by: Person, now: dt.datetime, valid_until: dt.date, before: Callable[[], None]) -> Made:
    """A new copy of what is in force now, for the same place, in the place of this one. Raises Refused or Stale."""
    revision = copy.process.revisions.in_force(now).select_related("process__owner", "process__department", "frozen").first()
    if revision is None or revision.process.state != Process.State.ACTIVE:
        raise Refused(_("Nothing of this process is in force. Take the copy down and destroy it."))
    new = _new(revision, copy.kind, by, now, valid_until)
    new.place, new.position, new.replaces = copy.place, copy.position, copy
    return make(new, now, before)


def _new(revision: Revision, kind: str, by: Person, now: dt.datetime, valid_until: dt.date) -> Copy:
    copy = Copy(
        process=revision.process,
        revision=revision,
        kind=kind,
        version=revision.label,
        printed_by=by,
        printed_at=now,
        valid_until=valid_until,
    )
    copy.facts = facts_of(revision, now, copy)
    return copy


def _refuse_unless_sensible(copy: Copy, now: dt.datetime) -> None:
    day = today(now)
    if copy.kind != Copy.Kind.UNCONTROLLED and copy.facts["state"] not in HOLDS:
        raise Refused(_("Only what is in force, or will be, is given out as a controlled copy. Print it uncontrolled."))
    if copy.kind == Copy.Kind.POSTED and not copy.place:
        raise Refused(_("Say where the copy hangs."))
    if not day <= copy.valid_until <= day + LONGEST:
        raise Refused(_("A copy is valid until today at least and three years at most."))


def _reason(failure: str) -> str:
    if failure == "timeout":
        return _("The document took too long to set and was stopped. Nothing was printed; try again, or divide the process.")
    return _("The document could not be set. Nothing was printed; whoever looks after the portal finds the reason in its log.")
