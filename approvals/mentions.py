"""People named with @login in what is said about a revision: who is told, who is not, and whom to suggest as one types."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy

from approvals.models import Comment
from organization.calendar import today
from organization.models import Person
from organization.scope import scope
from processes.access import may_see_revision
from processes.models import Revision
from worklist.notices import Message, tell_many

MENTION = re.compile(r"(?<![\w@.])@([\w.@+-]{1,80}?)(?=[\s,;:!?)，。；：！？）]|\.?(?:\s|$))")
NAMED = 20
"""People that one remark tells at most."""
SUGGESTED = 6
LOOKED_AT = 12
"""Whether somebody may see a draft costs a few queries, so only the first few whose name fits are asked."""


@dataclass(frozen=True, slots=True)
class Said:
    """A remark, and those named in it who were not told: nobody has this login, or may not see what it is about."""

    comment: Comment
    not_told: Sequence[str] = ()


def tell_named(comment: Comment, *, url: str, now: dt.datetime) -> list[str]:
    """Tells whoever is named and may see the revision, once; gives the names of those who were not told."""
    names = list(dict.fromkeys(name.lower().rstrip(".") for name in MENTION.findall(comment.text)))
    if not names:
        return []
    logins = _spellings(comment.text, names[:NAMED])
    known = {person.login.lower(): person for person in Person.objects.filter(login__in=logins)}
    day, revision = today(now), comment.revision
    seeing = {name: person for name, person in known.items() if may_see_revision(revision, scope(person, day))}
    values = {"number": revision.process.number, "name": comment.author.name}
    subject = gettext_lazy("%(number)s: %(name)s names you in a comment") % values
    messages = [
        Message(person, f"mention:{comment.pk}:{person.pk}", subject, comment.text, url)
        for name in names
        if (person := seeing.get(name)) and person.pk != comment.author_id
    ]
    tell_many(messages, now=now)
    return [name for name in names if name not in seeing]


def suggestions(revision: Revision, typed: str, now: dt.datetime) -> list[Person]:
    """People whose login or name begins so and who may see this revision, by name."""
    typed = typed.strip()
    if not typed:
        return []
    fits = Q(login__istartswith=typed) | Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    people = Person.objects.filter(fits, is_active=True).order_by("name", "pk")[:LOOKED_AT]
    day = today(now)
    return [person for person in people if may_see_revision(revision, scope(person, day))][:SUGGESTED]


def _spellings(text: str, names: Sequence[str]) -> set[str]:
    """These logins as they were typed and in lower case."""
    typed = {found.rstrip(".") for found in MENTION.findall(text)}
    return {one for one in typed if one.lower() in names} | set(names)
