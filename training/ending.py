"""A process was withdrawn: whoever had read it or should have is told what replaces it, and nobody is asked to read it any more."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from organization.calendar import today
from organization.models import Person
from processes.models import Process
from processes.withdrawal import words_of
from training.assignments import end_obsolete
from training.models import AudienceRule
from worklist.notices import Message, tell_many


def end(process: Process, now: dt.datetime) -> int:
    """Ends audience and readings, and tells the readers of the last version, each once; says how many. Safe to run twice."""
    tomorrow = today(now) + dt.timedelta(days=1)
    with transaction.atomic():
        for rule in AudienceRule.objects.on(today(now)).filter(process=process).select_for_update():
            rule.ends_before = min(tomorrow, rule.ends_before or tomorrow)
            rule.save(update_fields=["ends_before"])
    end_obsolete(now)
    readers = readers_of(process)
    subject, url = words_of(process, now), reverse("process", args=[process.number])
    tell_many(
        [Message(one, f"withdrawn:{process.pk}:withdrawn:{one.pk}", subject, process.withdrawn_because, url) for one in readers], now=now
    )
    return len(readers)


def readers_of(process: Process) -> list[Person]:
    """Whoever has read the version that ended, or was asked to."""
    last = process.revisions.filter(effective_until=process.withdrawn_from).values("pk")
    asked = Q(pk__in=Person.objects.filter(readings__revision__in=last).values("pk"))
    read = Q(pk__in=Person.objects.filter(acknowledgements__revision__in=last).values("pk"))
    return list(Person.objects.filter(asked | read).order_by("pk"))
