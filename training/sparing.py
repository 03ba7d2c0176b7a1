"""People who need not read a new version: written down, so that coverage stays honest, and told in a line of their summary."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from organization.models import Person
from processes.models import Revision
from training.models import Spared
from worklist.notices import Message, tell_many

BATCH: Final = 1_000


def spare(revision: Revision, people: Mapping[int, int], within: Q, now: dt.datetime) -> int:
    """Person → the version that he or she has read: of those `within` these are spared, and nobody else.

    Says how many are new; they are told once.
    """
    known = dict(Spared.objects.filter(within, revision=revision).values_list("person", "ended_at"))
    ended = [person for person, end in known.items() if end is None and person not in people]
    again = [person for person, end in known.items() if end is not None and person in people]
    if ended:
        Spared.objects.filter(revision=revision, person__in=ended).update(ended_at=now)
    if again:
        Spared.objects.filter(revision=revision, person__in=again).update(ended_at=None)
    new = sorted(people.keys() - known.keys())
    for start in range(0, len(new), BATCH):
        some = new[start : start + BATCH]
        rows = [Spared(revision=revision, person_id=person, read_id=people[person], spared_at=now) for person in some]
        Spared.objects.bulk_create(rows, ignore_conflicts=True)
        _tell(revision, some, now)
    return len(new)


def _tell(revision: Revision, people: Sequence[int], now: dt.datetime) -> None:
    process = revision.process
    words = gettext_lazy("{document}: version {version} changes nothing in what you do")
    subject = format_lazy(words, document=f"{process.number} {process.title}", version=revision.label)
    body = gettext_lazy("You need not read it again. What has changed is shown there.")
    url = reverse("revision_changes", args=[process.number, revision.ordinal])
    found = Person.objects.filter(pk__in=people)
    tell_many((Message(one, f"spared:{revision.pk}:{one.pk}", subject, body, url) for one in found), now=now)
