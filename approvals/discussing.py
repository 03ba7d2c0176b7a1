"""Talking about a draft before it is submitted: remarks at its steps, people named with @, and people asked from elsewhere."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import comments
from approvals.comments import Words
from approvals.mentions import Said
from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import may_see, may_see_revision, participate
from processes.models import Participation, Revision
from processes.policy import may_change_metadata, may_contribute
from worklist.notices import Message, tell_many


def say(revision: Revision, words: Words, *, by: Person, now: dt.datetime) -> Said:
    """A remark on the draft; whoever is named with @login is told. Raises Refused or Stale."""
    with transaction.atomic():
        draft = _open(revision)
        if not may_see_revision(draft, scope(by, today(now))):
            raise Refused(_("You do not take part in this draft."))
        return comments.keep(draft, None, words, None, by=by, now=now)


def ask(revision: Revision, person: Person, *, by: Person, now: dt.datetime) -> Participation:
    """Lets somebody read this draft and say something about it, also from another department. Raises Refused or Stale.

    A confidential process is opened by this, so only those who answer for it ask people who do not see it.
    """
    with transaction.atomic():
        draft, day = _open(revision), today(now)
        insist(may_contribute(by, draft, scope(by, day)))
        if not may_see(draft.process, scope(person, day)) and not may_change_metadata(by, draft.process, scope(by, day)):
            words = {"number": draft.process.number}
            raise Refused(_("Only whoever answers for %(number)s opens it to people who may not see it yet.") % words)
        if not person.has_access(day):
            raise Refused(_("%(name)s has no access any more.") % {"name": person.name})
        part = participate(draft.process, revision=draft, person=person, part=Participation.Part.READER)
        values = {"number": draft.process.number, "name": by.name}
        told = Message(
            person, f"ask:{draft.pk}:{person.pk}", gettext_lazy("%(number)s: your opinion is wanted") % values,
            gettext_lazy("%(name)s asks you to read the draft of %(number)s and to say what you think.") % values, _address(draft),
        )  # fmt: skip
        tell_many([told], now=now)
        return part


def asked(revision: Revision) -> list[Person]:
    """Who was asked by name, in the order of their names."""
    parts = revision.participations.filter(part=Participation.Part.READER, person__isnull=False).select_related("person")
    return sorted((part.person for part in parts if part.person), key=lambda person: person.name)


def _open(revision: Revision) -> Revision:
    draft: Revision = Revision.objects.select_for_update(of=("self",)).select_related("process__department").get(pk=revision.pk)
    if draft.state != Revision.State.DRAFT:
        raise Stale(_("This is no longer a draft; what is to be said about it belongs into the review."))
    return draft


def _address(draft: Revision) -> str:
    return reverse("approvals:discussion", args=[draft.process.number])
