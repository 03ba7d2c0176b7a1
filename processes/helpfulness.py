"""Whether a version helped: each reader says yes or no once and may change it; the owner reads counts and comments, and no names."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes import policy
from processes.access import may_see
from processes.canonical import clean
from processes.models import Helpful, Process, Revision

LONGEST: Final = 1_000
FEWEST: Final = 3
"""Answers from which on they are counted: fewer would say who said what."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many said yes and no; None where too few answered to tell."""

    yes: int
    no: int

    @property
    def told(self) -> bool:
        """Whether there are enough of them."""
        return self.yes + self.no >= FEWEST


@transaction.atomic
def say(revision: Revision, *, by: Person, now: dt.datetime, helped: bool, comment: str = "") -> Helpful:
    """What this reader says of this version now, instead of what he or she said before. Raises Refused."""
    if not may_see(revision.process, scope(by, calendar.today(now))):
        raise Refused(_("There is no process %(number)s that you may see.") % {"number": revision.process.number})
    insist(policy.may_suggest(revision.process, revision))
    comment = clean(comment).strip()
    if len(comment) > LONGEST:
        words = {"length": len(comment), "most": LONGEST}
        raise Refused(_("The text has %(length)d characters; at most %(most)d are kept. Shorten it.") % words)
    said = {"helped": helped, "comment": comment, "said_at": now}
    return Helpful.objects.update_or_create(revision=revision, person=by, defaults=said)[0]


def counts(revision: Revision) -> Counts:
    """Of one version, in one query."""
    found = revision.helpful.aggregate(yes=Count("pk", filter=Q(helped=True)), no=Count("pk", filter=Q(helped=False)))
    return Counts(found["yes"], found["no"])


def comments(process: Process, before: int, rows: int) -> Sequence[Helpful]:
    """The newest comments about any version, one more than asked for, without who wrote them."""
    found = Helpful.objects.filter(revision__process=process).exclude(comment="").select_related("revision").defer("revision__content")
    return list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: rows + 1])
