"""Who acts for a position: the walk along the chain, on plain data, without any query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Offices that exist once on each storey of the company, so that the storey above can stand in.
OFFICES = frozenset({"head", "department_process_manager", "process_auditor", "process_supervision"})
PROCESS_OFFICE = "company_process_manager"
TOP = "top_management"


class Rule(StrEnum):
    """Who acts for a holder who is away, before the deputy position is asked; the words of `Position.Substitution`."""

    ABSENCE = "absence"
    STANDING = "standing"
    DEPUTY = "deputy"


class Cause(StrEnum):
    """Why the asked position's own holder does not act."""

    HOLDS = "holds"
    AWAY = "away"
    VACANT = "vacant"
    BARRED = "barred"
    NOBODY_PRESENT = "nobody_present"


class Step(StrEnum):
    """Why a position is asked: it is the one, a deputy, the same office above, or one of the two that always exist."""

    ASKED = "asked"
    DEPUTY = "deputy"
    ABOVE = "above"
    PROCESS_OFFICE = "process_office"
    TOP = "top"


@dataclass(frozen=True, slots=True)
class Office:
    """A position as the walk needs it. `substitute` is the standing one: None too where that person has left."""

    id: int
    department: int
    kind: str
    deputy: int | None = None
    rule: str = Rule.ABSENCE
    substitute: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A person is away; `until` is the first day back."""

    until: dt.date
    substitute: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that decides who acts on one day; all numbers are ids.

    `holders`: position → people in the order of their appointment. `levels` may be empty where no question asks for one.
    The offices are looked up by department and kind, and by kind, as often as positions are asked: both are sorted once.
    """

    offices: Mapping[int, Office]
    parents: Mapping[int, int | None]
    holders: Mapping[int, tuple[int, ...]]
    away: Mapping[int, Away] = field(default_factory=dict)
    levels: Mapping[int, int] = field(default_factory=dict)
    storeys: Mapping[tuple[int, str], list[int]] = field(init=False, repr=False, compare=False)
    kinds: Mapping[str, list[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        storeys: dict[tuple[int, str], list[int]] = defaultdict(list)
        kinds: dict[str, list[int]] = defaultdict(list)
        for office in self.offices.values():
            if office.kind in OFFICES:
                storeys[office.department, office.kind].append(office.id)
            elif office.kind in (PROCESS_OFFICE, TOP):
                kinds[office.kind].append(office.id)
        object.__setattr__(self, "storeys", storeys)
        object.__setattr__(self, "kinds", kinds)


@dataclass(frozen=True, slots=True)
class Link:
    """A position that is asked, and why; `deputy_of` names the position for which it is the deputy."""

    office: int
    step: Step
    deputy_of: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could act, in which position; `standing`: as its standing substitute."""

    person: int
    office: int
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Who acts, in which position, and why not the holder; `until` is the first day back where the cause is an absence."""

    person: int
    office: int
    cause: Cause
    until: dt.date | None = None
    standing: bool = False


def storeys_above(snapshot: Snapshot, office: Office) -> Iterator[int]:
    """The same office in the departments above, nearest first; a circle of departments ends."""
    if office.kind not in OFFICES:
        return
    seen = {office.department}
    department = snapshot.parents.get(office.department)
    while department is not None and department not in seen:
        seen.add(department)
        yield from snapshot.storeys.get((department, office.kind), ())
        department = snapshot.parents.get(department)


def links(snapshot: Snapshot, position: int) -> Iterator[Link]:
    """The positions asked one after the other, each followed by its deputy, the deputy's deputy …; each once, so circles end."""
    seen: set[int] = set()
    for start, step in _starts(snapshot, position):
        current: int | None = start
        deputy_of: int | None = None
        while current is not None and current in snapshot.offices and current not in seen:
            seen.add(current)
            yield Link(current, step if deputy_of is None else Step.DEPUTY, deputy_of)
            current, deputy_of = snapshot.offices[current].deputy, current


def _starts(snapshot: Snapshot, position: int) -> Iterator[tuple[int, Step]]:
    yield position, Step.ASKED
    yield from ((above, Step.ABOVE) for above in storeys_above(snapshot, snapshot.offices[position]))
    for kind, step in ((PROCESS_OFFICE, Step.PROCESS_OFFICE), (TOP, Step.TOP)):
        yield from ((office, step) for office in snapshot.kinds.get(kind, ()))


def present(snapshot: Snapshot, office: int) -> Iterator[Candidate]:
    """Holders who are there, then the substitutes of those who are not."""
    holders = snapshot.holders.get(office, ())
    yield from (Candidate(person, office) for person in holders if person not in snapshot.away)
    for holder in holders:
        if holder in snapshot.away and (substitute := substitute_for(snapshot, snapshot.offices[office], holder)):
            yield substitute


def substitute_for(snapshot: Snapshot, office: Office, holder: int) -> Candidate | None:
    """Who acts in the office for a holder who is away, by the office's rule; None where its deputy position is asked next."""
    named = named_for(snapshot.away, holder) if office.rule == Rule.ABSENCE else None
    if named is not None:
        return Candidate(named, office.id)
    if office.rule != Rule.DEPUTY and office.substitute is not None and office.substitute not in snapshot.away:
        return Candidate(office.substitute, office.id, standing=True)
    return None


def named_for(away: Mapping[int, Away], holder: int) -> int | None:
    """Whom the absence names, or whom that one's absence names while a substitute is away too; a circle ends with nobody."""
    seen: set[int] = set()
    person: int | None = holder
    while person is not None and person in away and person not in seen:
        seen.add(person)
        person = away[person].substitute
    return None if person in seen else person


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

    def first(candidates: Iterator[Candidate]) -> Candidate | None:
        decided_already: Candidate | None = None
        for candidate in candidates:
            if candidate.person in excluding or snapshot.levels.get(candidate.person, 0) < required_level:
                continue
            if candidate.person not in decided:
                return candidate
            decided_already = decided_already or candidate
        return decided_already

    if chosen := first(c for link in links(snapshot, position) for c in present(snapshot, link.office)):
        return _explained(snapshot, position, chosen)
    holders = (Candidate(person, link.office) for link in links(snapshot, position) for person in snapshot.holders.get(link.office, ()))
    if chosen := first(holders):
        return Found(chosen.person, chosen.office, Cause.NOBODY_PRESENT, snapshot.away[chosen.person].until)
    return None


def _explained(snapshot: Snapshot, position: int, chosen: Candidate) -> Found:
    """The found person with the cause: does the asked position's holder act, and if not, why not."""
    holders = snapshot.holders.get(position, ())
    cause, until = Cause.BARRED, None
    if chosen.office == position and chosen.person in holders:
        cause = Cause.HOLDS
    elif not holders:
        cause = Cause.VACANT
    elif all(person in snapshot.away for person in holders):
        cause, until = Cause.AWAY, min(snapshot.away[person].until for person in holders)
    return Found(chosen.person, chosen.office, cause, until, chosen.standing)
