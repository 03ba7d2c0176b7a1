"""Who acts for a position: the walk along the chain, on plain data, without any query."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Offices that exist once on each storey of the company, so that the storey above can stand in.
OFFICES = frozenset({"head", "department_process_manager", "process_auditor", "process_supervision"})
PROCESS_OFFICE = "company_process_manager"
TOP = "top_management"


class Cause(StrEnum):
    """Why the asked position's own holder does not act."""

    HOLDS = "holds"
    AWAY = "away"
    VACANT = "vacant"
    BARRED = "barred"
    NOBODY_PRESENT = "nobody_present"


@dataclass(frozen=True, slots=True)
class Office:
    """A position as the walk needs it."""

    id: int
    department: int
    kind: str
    deputy: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A person is away; `until` is the first day back."""

    until: dt.date
    substitute: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that decides who acts on one day; all numbers are ids.

    `holders`: position → people in the order of their appointment. `levels` may be empty where no question asks for one.
    """

    offices: Mapping[int, Office]
    parents: Mapping[int, int | None]
    holders: Mapping[int, tuple[int, ...]]
    away: Mapping[int, Away] = field(default_factory=dict)
    levels: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could act, in which position, and how far from the asked holder."""

    person: int
    office: int


@dataclass(frozen=True, slots=True)
class Found:
    """Who acts, in which position, and why not the holder; `until` is the first day back where the cause is an absence."""

    person: int
    office: int
    cause: Cause
    until: dt.date | None = None


def offices_above(snapshot: Snapshot, office: Office) -> Iterator[int]:
    """The same office in the departments above, nearest first."""
    seen = {office.department}
    department = snapshot.parents.get(office.department)
    while department is not None and department not in seen:
        seen.add(department)
        if office.kind in OFFICES:
            yield from (o.id for o in snapshot.offices.values() if o.department == department and o.kind == office.kind)
        department = snapshot.parents.get(department)


def with_deputies(snapshot: Snapshot, start: int) -> Iterator[int]:
    """The position, its deputy position, that one's deputy …; a cycle ends."""
    seen: set[int] = set()
    current: int | None = start
    while current is not None and current in snapshot.offices and current not in seen:
        seen.add(current)
        yield current
        current = snapshot.offices[current].deputy


def chain(snapshot: Snapshot, position: int) -> Iterator[int]:
    """The positions asked one after the other; each once."""
    last = [o.id for kind in (PROCESS_OFFICE, TOP) for o in snapshot.offices.values() if o.kind == kind]
    storeys = [position, *offices_above(snapshot, snapshot.offices[position]), *last]
    return iter(dict.fromkeys(office for storey in storeys for office in with_deputies(snapshot, storey)))


def present(snapshot: Snapshot, office: int) -> Iterator[Candidate]:
    """Holders who are there, then the substitutes of those who are not (and theirs, while a substitute is away too)."""
    holders = snapshot.holders.get(office, ())
    yield from (Candidate(person, office) for person in holders if person not in snapshot.away)
    for holder in holders:
        seen: set[int] = set()
        person: int | None = holder
        while person is not None and person in snapshot.away and person not in seen:
            seen.add(person)
            person = snapshot.away[person].substitute
        if person is not None and person not in snapshot.away and person != holder:
            yield Candidate(person, office)


def walk(
    snapshot: Snapshot,
    position: int,
    *,
    excluding: frozenset[int] = frozenset(),
    decided: frozenset[int] = frozenset(),
    required_level: int = 0,
) -> Found | None:
    """The first along the chain who may act: present before absent, and who has not decided before who has.

    None only where nobody in the whole chain is independent and has the level.
    """

    def may(candidate: Candidate) -> bool:
        return candidate.person not in excluding and snapshot.levels.get(candidate.person, 0) >= required_level

    offices = list(chain(snapshot, position))
    there = [c for office in offices for c in present(snapshot, office) if may(c)]
    if chosen := _fresh_first(there, decided):
        return _explained(snapshot, position, chosen)
    absent = [c for office in offices for person in snapshot.holders.get(office, ()) if may(c := Candidate(person, office))]
    if chosen := _fresh_first(absent, decided):
        return Found(chosen.person, chosen.office, Cause.NOBODY_PRESENT, snapshot.away[chosen.person].until)
    return None


def _fresh_first(candidates: Iterable[Candidate], decided: frozenset[int]) -> Candidate | None:
    candidates = list(candidates)
    return next((c for c in candidates if c.person not in decided), candidates[0] if candidates else None)


def _explained(snapshot: Snapshot, position: int, chosen: Candidate) -> Found:
    """The found person with the cause: does the asked position's holder act, and if not, why not."""
    holders = snapshot.holders.get(position, ())
    if chosen.office == position and chosen.person in holders:
        return Found(chosen.person, chosen.office, Cause.HOLDS)
    if not holders:
        return Found(chosen.person, chosen.office, Cause.VACANT)
    if all(person in snapshot.away for person in holders):
        return Found(chosen.person, chosen.office, Cause.AWAY, min(snapshot.away[person].until for person in holders))
    return Found(chosen.person, chosen.office, Cause.BARRED)
