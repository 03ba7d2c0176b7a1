"""What the askers of a change request are told of it, each as far as he or she may still see the process."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from organization.calendar import today
from organization.models import Person
from organization.scope import scope
from processes.access import may_see
from processes.models import ChangeRequest, ChangeRequestMove
from worklist.notices import Message, tell_many

Name = ChangeRequestMove.Name
# What was done → subject and text; the text of a "no" is its reason.
WORDS: Final[Mapping[str, tuple[Any, Any]]] = {
    Name.ACCEPT: (
        gettext_lazy("{number}: your change request is accepted"),
        gettext_lazy("It goes into the draft of the next version. You are told when that is approved."),
    ),
    Name.MERGE: (
        gettext_lazy("{number}: your change request is joined with another one"),
        gettext_lazy("Somebody else asked for the same. You are told what becomes of it."),
    ),
    Name.DECLINE: (gettext_lazy("{number}: your change request is declined"), ""),
    Name.DONE: (
        gettext_lazy("{number}: your change request is done in version {version}"),
        gettext_lazy("The version is approved. Thank you for asking."),
    ),
    Name.REOPEN: (
        gettext_lazy("{number}: your change request waits for an answer again"),
        gettext_lazy("What had taken it up was given up."),
    ),
    Name.UNDO: (
        gettext_lazy("{number}: the version with your change request is a draft again"),
        gettext_lazy("Its approval was taken back. You are told when it is approved."),
    ),
}
UNSEEN = gettext_lazy("{number}: your change request was answered")


def tell_askers(move: ChangeRequestMove, now: dt.datetime) -> None:
    """Tells whoever asked for it, and whoever asked for what is joined with it; nobody of what they did themselves."""
    request = move.request
    if move.name not in WORDS:
        return
    told = [request, *request.duplicates.select_related("asked_by")]
    tell_many([_message(one, move, now) for one in told if one.asked_by_id != move.by_id], now=now)


def _message(asked: ChangeRequest, move: ChangeRequestMove, now: dt.datetime) -> Message:
    person, process, key = asked.asked_by, move.request.process, f"request:{asked.pk}:{move.pk}"
    if not _sees(person, move, now):
        return Message(person, key, format_lazy(UNSEEN, number=process.number), "", reverse("processes:my_change_requests"))
    subject, text = WORDS[move.name]
    words = {"number": process.number, "version": move.revision.label if move.revision else ""}
    address = reverse("processes:change_request", args=[process.number, asked.pk])
    return Message(person, key, format_lazy(subject, **words), text or move.reason, address)


def _sees(person: Person, move: ChangeRequestMove, now: dt.datetime) -> bool:
    return may_see(move.request.process, scope(person, today(now)))
