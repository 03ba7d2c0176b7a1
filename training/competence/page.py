"""What the pages of assessments show, as plain rows."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from organization import gate
from organization.ladder import HIGHEST
from organization.models import Ability, HeldLevel, Person
from organization.scope import Scope
from processes.models import Process
from training.competence import facts
from training.competence.lapsing import BEFORE, DAY
from training.models import AbilityRating, Assessment, Assessor, Evidence, EvidenceVerdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody accepts a piece of evidence; without a name where it is not known who said so."""

    name: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of evidence: what kind, of what, when, where it is looked at by this reader, and what each assessor says of it."""

    row: Evidence
    label: str
    title: str
    text: str
    url: str
    verdicts: Sequence[Verdict]

    @property
    def differs(self) -> bool:
        """Whether one accepts what another one does not."""
        return len({one.accepted for one in self.verdicts}) > 1


def verdicts(assessors: Sequence[Assessor]) -> dict[int, list[Verdict]]:
    """By evidence, in the order of the assessors. One query."""
    names = {one.pk: one.name for one in assessors}
    found: dict[int, list[Verdict]] = {}
    for one in EvidenceVerdict.objects.filter(assessor__in=names):
        found.setdefault(one.evidence_id, []).append(Verdict(names[one.assessor_id], one.accepted))
    return found


def shown(evidence: Iterable[Evidence], view: Scope, said: Mapping[int, Sequence[Verdict]]) -> list[Shown]:
    """For this reader: of a process that they may not see the number stands there, and nothing else of what belongs to it.

    One query (none where no process is named).
    """
    rows = list(evidence)
    numbers = {row.number for row in rows if row.number}
    titles = dict(Process.objects.visible_to(view).filter(number__in=numbers).values_list("number", "title")) if numbers else {}
    return [_shown(row, titles, said.get(row.pk, ())) for row in rows]


def _shown(row: Evidence, titles: Mapping[str, str], said: Sequence[Verdict]) -> Shown:
    seen = not row.number or row.number in titles
    text, url = (row.text, _address(row)) if seen else ("", "")
    return Shown(row, facts.label(row.kind), titles.get(row.number, ""), text, url, [*_once_for_all(row), *said])


def _once_for_all(row: Evidence) -> list[Verdict]:
    """What was said while there was one verdict for all assessors."""
    return [] if row.accepted is None else [Verdict(row.accepted_by.name if row.accepted_by else "", row.accepted)]


def _address(row: Evidence) -> str:
    """Where it is looked at; nowhere where the room it came from is not there any more."""
    try:
        return reverse(row.url_name, args=row.url_args) if row.url_name else ""
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Rated:
    """One ability, and how each assessor found it."""

    text: str
    criterion: str
    by: Sequence[tuple[str, AbilityRating]]


def rated(assessment: Assessment, assessors: Sequence[Assessor]) -> list[Rated]:
    """By ability, in the order of the assessors. Two queries."""
    names = {one.pk: one.name for one in assessors}
    found: dict[int, list[tuple[str, AbilityRating]]] = {}
    for one in AbilityRating.objects.filter(assessor__in=names).order_by("assessor"):
        found.setdefault(one.ability_id, []).append((names[one.assessor_id], one))
    abilities = Ability.objects.filter(level=assessment.level_id)
    return [Rated(_(one.text), _(found[one.pk][0][1].criterion), found[one.pk]) for one in abilities if one.pk in found]


@dataclass(frozen=True, slots=True)
class Rung:
    """A level that a person can be assessed for: its abilities with their criteria; `renews` where it is held already."""

    number: int
    name: str
    abilities: Sequence[tuple[str, str]]
    renews: bool


@dataclass(frozen=True, slots=True)
class Climb:
    """Where a person stands on the ladder, since when and until when, and which assessments are open to them.

    `renewable_from`: the day from which the level held is to be renewed, as long as it is still to come.
    """

    level: int
    name: str
    held: HeldLevel | None
    open_to: Sequence[Rung]
    renewable_from: dt.date | None

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the level is held."""
        return self.held.held_until - dt.timedelta(days=1) if self.held and self.held.held_until else None


def climb(person: Person, day: dt.date) -> Climb:
    """In two queries. Renewal is offered from the first notice about it on."""
    held = HeldLevel.objects.on(day).filter(person=person).order_by("-level").first()
    level = held.level_id if held else 0
    until = held.held_until if held else None
    renewable = until - max(BEFORE) * DAY if until else None
    coming = renewable if renewable and renewable > day else None
    wanted = [n for n in (level + 1, level if renewable and not coming else 0) if 0 < n <= HIGHEST]
    texts: dict[int, list[tuple[str, str]]] = {}
    for one in Ability.objects.filter(level__in=wanted):
        texts.setdefault(one.level_id, []).append((_(one.text), _(one.criterion)))
    rungs = [Rung(n, gate.level_name(n), texts.get(n, []), n == level) for n in wanted]
    return Climb(level, gate.level_name(level), held, rungs, coming)


def level_given(assessment: Assessment) -> HeldLevel | None:
    """The level that a passed assessment gave, held until it is renewed; None where nobody has confirmed it yet."""
    if assessment.state != Assessment.State.PASSED:
        return None
    given = HeldLevel.objects.filter(person=assessment.candidate_id, level=assessment.level_id, ground=HeldLevel.Ground.ASSESSMENT)
    return given.filter(given_at__gte=assessment.closed_at).order_by("given_at", "pk").first()
