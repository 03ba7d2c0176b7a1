"""What a process takes and gives, who gives and takes the same, and what was agreed about it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Q, When

from organization.scope import Scope
from processes import derived
from processes.content import working_definition
from processes.models import Interface, InterfaceTerms, Port, Process, Revision

OTHER: dict[str, str] = {Port.Side.INPUT: Port.Side.OUTPUT, Port.Side.OUTPUT: Port.Side.INPUT}
SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Partner:
    """A process on the other side: with its title for those who may see it. `terms` are the newest, where there are any."""

    process: Process
    visible: bool
    interface: Interface | None
    terms: InterfaceTerms | None


@dataclass(frozen=True, slots=True)
class Row:
    """An input or output, whom the text names as supplier or customer, and the processes on the other side."""

    side: str
    name: str
    parties: tuple[str, ...]
    partners: tuple[Partner, ...]


def rows(process: Process, revision: Revision | None, view: Scope, now: dt.datetime) -> list[Row]:
    """Inputs, then outputs, by name; also those that are agreed and no longer named. A fixed number of queries.

    What a process makes and uses itself, and nobody else names, is its own affair and left out.
    """
    named = _named(revision)
    agreed = _agreed(process)
    partners = _others(process, {name.casefold() for _side, name in named}, now)
    for (side, folded), found in agreed.items():
        if (side, folded) not in {(s, n.casefold()) for s, n in named}:
            named[side, found[0].name] = ()
    keys = {p.pk for some in partners.values() for p in some} | {_other(i, process).pk for some in agreed.values() for i in some}
    visible = set(Process.objects.visible_to(view).filter(pk__in=keys).values_list("pk", flat=True))
    made = [
        Row(
            side,
            name,
            parties,
            _partners(process, agreed.get((side, name.casefold()), []), partners[OTHER[side], name.casefold()], visible),
        )
        for (side, name), parties in sorted(named.items(), key=lambda item: (item[0][0] != Port.Side.INPUT, item[0][1].casefold()))
    ]
    both = {row.name.casefold() for row in made if row.side == Port.Side.INPUT}
    both &= {row.name.casefold() for row in made if row.side == Port.Side.OUTPUT}
    return [row for row in made if row.partners or row.name.casefold() not in both]


def suggestions(process: Process, side: str, typed: str, view: Scope, now: dt.datetime) -> list[tuple[str, Process]]:
    """Names that visible processes use on the other side and that contain what was typed, those that begin so first: (name, process)."""
    wanted = typed.strip().casefold()
    in_force = Revision.objects.in_force(now).filter(process__in=Process.objects.visible_to(view).filter(state=Process.State.ACTIVE))
    found = Port.objects.filter(side=OTHER[side], revision__in=in_force, folded__contains=wanted)
    begins = Case(When(folded__startswith=wanted, then=0), default=1)
    ports = found.exclude(revision__process=process).select_related("revision__process").order_by(begins, "folded", "pk")
    return [(port.name, port.revision.process) for port in ports[:SUGGESTED]]


def _named(revision: Revision | None) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for port in _ports(revision) if revision else ():
        found[port.side, port.name] = (*found.get((port.side, port.name), ()), *([port.party] if port.party else []))
    return found


def _ports(revision: Revision) -> Iterable[Port]:
    """Of a draft as it stands; the rows of whatever was submitted."""
    if revision.state == Revision.State.DRAFT:
        return derived.ports(revision, working_definition(revision))
    return revision.ports.order_by("pk")


def _agreed(process: Process) -> dict[tuple[str, str], list[Interface]]:
    """Interfaces of the process with their newest terms, by side and folded name."""
    mine = Interface.objects.filter(Q(giver=process) | Q(taker=process)).select_related("giver", "taker").prefetch_related("terms")
    found: dict[tuple[str, str], list[Interface]] = defaultdict(list)
    for interface in mine:
        found[Port.Side.OUTPUT if interface.giver_id == process.pk else Port.Side.INPUT, interface.name.casefold()].append(interface)
    return found


def _others(process: Process, folded: set[str], now: dt.datetime) -> dict[tuple[str, str], list[Process]]:
    """Processes in force that name the same, by their side and folded name."""
    in_force = Revision.objects.in_force(now).filter(process__state=Process.State.ACTIVE)
    same = Port.objects.filter(folded__in=folded, revision__in=in_force)
    found: dict[tuple[str, str], list[Process]] = defaultdict(list)
    for port in same.exclude(revision__process=process).select_related("revision__process").order_by("revision__process__number"):
        others = found[port.side, port.name.casefold()]
        if port.revision.process not in others:
            others.append(port.revision.process)
    return found


def _partners(process: Process, agreed: list[Interface], others: list[Process], visible: set[int]) -> tuple[Partner, ...]:
    known = {_other(interface, process).pk: interface for interface in agreed}
    processes = {p.pk: p for p in (*others, *(_other(interface, process) for interface in agreed))}
    made = [Partner(p, pk in visible, known.get(pk), _newest(known.get(pk))) for pk, p in processes.items()]
    return tuple(sorted(made, key=lambda partner: partner.process.number))


def _other(interface: Interface, process: Process) -> Process:
    other: Process = interface.taker if interface.giver_id == process.pk else interface.giver
    return other


def _newest(interface: Interface | None) -> InterfaceTerms | None:
    return max(interface.terms.all(), key=lambda terms: terms.ordinal, default=None) if interface else None
