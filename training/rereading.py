"""Who reads again: only people in whose role something substantive has changed since the version that they have read.

The rule is written down in docs/decisions/0023-who-reads-again.md.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Max, Q, QuerySet

from organization.models import Appointment, Signature
from processes import marking, touching
from processes.compare import compare
from processes.comparison import Comparison
from processes.concern import Roles, roles_concerned
from processes.content import Damaged, definition_of
from processes.definition import Definition
from processes.models import Process, Revision
from processes.roles import catalogue_title
from training.models import Acknowledgement

Meaning = Signature.Meaning
READ_BY_SIGNING: Final = (Meaning.AUTHORED, Meaning.REVIEWED, Meaning.APPROVED, Meaning.RELEASED)
"""Who wrote, reviewed or approved exactly this content, signed, has read it; who only sent it back need not have."""
MOST_VERSIONS: Final = 12
"""Whoever read something older than so many versions ago reads the whole."""
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Duty:
    """Of an audience: who has to read the revision, `again` those of them who have read an earlier version and are shown the changes.

    `spared` are those who need not, each with the id of the version that he or she has read.
    """

    owes: frozenset[int]
    again: frozenset[int]
    spared: Mapping[int, int]


def duty(revision: Revision, audience: Collection[int], day: dt.date) -> Duty:
    """Of these people (ids) on this day. A fixed number of queries, and some for each version that somebody had read last.

    Whoever has read this very content is in neither. An emergency release is read by everybody.
    """
    left = set(audience)
    if left:
        left -= read_this(revision, among(left))
    spared: dict[int, int] = {}
    again: set[int] = set()
    for base, readers in _by_version(revision, left).items():
        again |= readers
        if revision.emergency:
            continue
        positions = _positions(concern(base, revision), revision.process, day)
        if positions is not None:
            concerned = _holders(positions, day, among(readers)) if positions else set()
            spared |= dict.fromkeys(readers - concerned, base.pk)
    return Duty(frozenset(left - spared.keys()), frozenset(again - spared.keys()), spared)


def last_read(revision: Revision, person: int) -> Revision | None:
    """The version before this one that the person has read: with it the person compares. None where there is none."""
    return next(iter(_by_version(revision, {person})), None)


def compared_with(revision: Revision, person: int) -> Revision | None:
    """With what somebody compares who is shown only the changes: the version that he or she has read, else what was in force before."""
    read = last_read(revision, person) if revision.state == Revision.State.APPROVED else None
    return read or previous_of(revision)


def previous_of(revision: Revision) -> Revision | None:
    """What was in force before."""
    before = Revision.objects.regular().filter(process=revision.process_id, ordinal__lt=revision.ordinal)
    return before.select_related("frozen", "process").order_by("-ordinal").first()


def changes_since(previous: Revision, revision: Revision, content: Definition) -> Comparison:
    """What `content` of a revision says otherwise, each change as it was marked at the approval."""
    return marking.as_marked(compare(definition_of(previous), content), marking.final(revision, previous))


def concern(base: Revision, revision: Revision) -> Roles | None:
    """The roles in which something substantive has changed from one version to the other, over all between them; None is everybody.

    Each step counts as it was marked at its approval. What cannot be read any more as it was signed concerns everybody.
    """
    line = _line(base, revision)
    if len(line) > MOST_VERSIONS:
        return None
    key = "concern:" + hashlib.sha256(repr([(one.pk, one.version) for one in line]).encode()).hexdigest()
    known: tuple[Roles | None] | None = cache.get(key)
    if known is None:
        known = (_concern(line),)
        cache.set(key, known, DAY)
    return known[0]


def among(people: Collection[int]) -> Q:
    """The condition on `person` of lying between the first and the last of these: an index serves it, however many they are."""
    return Q(person__gte=min(people), person__lte=max(people))


def read_this(revision: Revision, people: Q) -> set[int]:
    """Ids of those people who have confirmed exactly this content of the process, in whichever version, or signed it as theirs."""
    known = confirmed(revision).filter(people), signed(revision).filter(people)
    return {person for rows in known for person in rows.values_list("person", flat=True)}


def confirmed(revision: Revision) -> QuerySet[Acknowledgement]:
    """Acknowledgements of exactly this content of the process, in whichever version."""
    return Acknowledgement.objects.filter(revision__process=revision.process_id, content=revision.frozen_id)


def signed(revision: Revision) -> QuerySet[Signature]:
    """Signatures of exactly this content by those who wrote, reviewed or approved it."""
    return signatures([revision.frozen.sha256] if revision.frozen else [])


def _by_version(revision: Revision, people: set[int]) -> dict[Revision, set[int]]:
    """Of these people, those who have read a version before this one: by the last that each has read."""
    before = _before(revision) if people else []
    if not before:
        return {}
    at = {one.approved_at: one for one in before}
    contents = {one.frozen.sha256: one for one in before if one.frozen is not None}
    last: dict[int, dt.datetime] = {}
    rows: Iterable[tuple[int, Any]] = (
        Acknowledgement.objects.filter(among(people), revision__in=before)
        .order_by()
        .values("person")
        .annotate(last=Max("revision__approved_at"))
        .values_list("person", "last")
    )
    signed = signatures(contents).filter(among(people)).values_list("person", "content_sha256").distinct()
    for person, when in [*rows, *((person, contents[sha256].approved_at) for person, sha256 in signed)]:
        if person in people and (person not in last or last[person] < when):
            last[person] = when
    found: dict[Revision, set[int]] = {}
    for person, when in last.items():
        found.setdefault(at[when], set()).add(person)
    return found


def _before(revision: Revision) -> list[Revision]:
    """What was approved of the process before this one, oldest first."""
    rows = Revision.objects.filter(process=revision.process_id, state=Revision.State.APPROVED, approved_at__lt=revision.approved_at)
    return list(rows.exclude(pk=revision.pk).select_related("frozen").defer("content", "frozen__content").order_by("approved_at", "pk"))


def _line(base: Revision, revision: Revision) -> list[Revision]:
    """From one version to the other, with the regular ones between them, one after the other."""
    between = Revision.objects.regular().filter(
        process=revision.process_id, approved_at__gt=base.approved_at, approved_at__lt=revision.approved_at
    )
    return [base, *between.exclude(pk=revision.pk).order_by("approved_at", "pk")[:MOST_VERSIONS], revision]


def _concern(line: Sequence[Revision]) -> Roles | None:
    keys = [one.pk for one in line]
    whole = {one.pk: one for one in Revision.objects.filter(pk__in=keys).select_related("frozen", "process")}
    found: Roles = frozenset()
    for old, new in pairwise(whole[key] for key in keys):
        try:
            before, after = definition_of(old), definition_of(new)
        except Damaged:
            return None
        roles = roles_concerned(marking.as_marked(compare(before, after), marking.final(new, old)), before, after)
        if roles is None:
            return None
        found |= roles
    return found


def _positions(roles: Roles | None, process: Process, day: dt.date) -> set[int] | None:
    """Who does these roles on this day; None is everybody: nobody knows who does a role that no position fills."""
    if roles is None:
        return None
    titles = sorted(roles)
    filled = {one.title: one.positions for one in touching.filled(titles, process.department, day)}
    if not all(filled.get(catalogue_title(title)) for title in titles):
        return None
    return {position for positions in filled.values() for position in positions}


def _holders(positions: set[int], day: dt.date, people: Q) -> set[int]:
    return set(Appointment.objects.on(day).filter(people, position__in=positions).values_list("person", flat=True))


def signatures(contents: Iterable[str]) -> QuerySet[Signature]:
    """Signatures of these contents by those who wrote, reviewed or approved them."""
    return Signature.objects.filter(content_sha256__in=list(contents), meaning__in=READ_BY_SIGNING)
