"""Talking about a draft before it is submitted: remarks at its steps, people named with @, and people asked from elsewhere."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.comments import LONGEST
from approvals.models import Comment
from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import may_see, may_see_revision, participate
from processes.canonical import clean, from_json
from processes.models import Participation, Revision
from processes.policy import may_change_metadata, may_contribute
from worklist.notices import Message, tell_many

MENTION = re.compile(r"(?<![\w@.])@([\w.@+-]{1,80}?)(?=[\s,;:!?)，。；：！？）]|\.?(?:\s|$))")
NAMED = 20
"""People that one remark tells at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """A remark, and those named in it who were not told: nobody has this login, or may not see the draft."""

    comment: Comment
    not_told: Sequence[str] = ()


def say(revision: Revision, *, by: Person, now: dt.datetime, text: str, anchor: str = "") -> Said:
    """A remark at the step with this key, or on the whole (""); whoever is named with @login is told. Raises Refused or Stale."""
    with transaction.atomic():
        draft = _open(revision)
        if not may_see_revision(draft, scope(by, today(now))):
            raise Refused(_("You do not take part in this draft."))
        text = clean(text).strip()
        if not text:
            raise Refused(_("Write the comment first."))
        if len(text) > LONGEST:
            words = {"length": len(text), "most": LONGEST}
            raise Refused(_("The comment has %(length)d characters; at most %(most)d are kept. Shorten it.") % words)
        if anchor and from_json(draft.content).step(anchor) is None:
            raise Refused(_("The step of this comment is not in this revision."))
        comment, new = Comment.objects.get_or_create(
            revision=draft, case=None, anchor=anchor, text=text, author=by, resolved_at=None, defaults={"created_at": now}
        )
        return Said(comment, _tell_named(comment, draft, now) if new else ())


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


def _tell_named(comment: Comment, draft: Revision, now: dt.datetime) -> list[str]:
    names = list(dict.fromkeys(name.lower().rstrip(".") for name in MENTION.findall(comment.text)))
    known = {person.login.lower(): person for person in Person.objects.filter(login__in=_spellings(comment.text, names))}
    day = today(now)
    seeing = {name: person for name, person in known.items() if may_see_revision(draft, scope(person, day))}
    values = {"number": draft.process.number, "name": comment.author.name}
    subject = gettext_lazy("%(number)s: %(name)s names you in a comment") % values
    messages = [
        Message(person, f"mention:{comment.pk}:{person.pk}", subject, comment.text, _address(draft))
        for name in names[:NAMED]
        if (person := seeing.get(name)) and person.pk != comment.author_id
    ]
    tell_many(messages, now=now)
    return [name for name in names if name not in seeing or name in names[NAMED:]]


def _spellings(text: str, names: Sequence[str]) -> set[str]:
    """Logins as they were typed and in lower case."""
    return {found.rstrip(".") for found in MENTION.findall(text)} | set(names)


def _address(draft: Revision) -> str:
    return reverse("approvals:discussion", args=[draft.process.number])
