"""A table of positions: what each row makes or changes, deputies before those whom they stand in for."""

from typing import Any

from django.utils.translation import gettext as _

from organization import structure
from organization.models import Person, Position
from organization.tables.chains import ordered
from organization.tables.checking import Fault, Line
from organization.tables.columns import POSITIONS
from organization.tables.lookup import Office, References, named, office
from organization.tables.steps import Nearest, Occasion, Plan, State, Step, differences, in_order, needed, once

USUAL: dict[str, Any] = {
    "kind": Position.Kind.STAFF,
    "required_level": 0,
    "deputy": None,
    "substitution": Position.Substitution.ABSENCE,
    "substitute": None,
}


def plan(lines: tuple[Line, ...], occasion: Occasion) -> Plan:
    """A fixed number of queries for every five thousand departments and people that are named."""
    known = References(lines)
    known.positions |= {named(p.deputy): p.deputy for p in known.positions.values() if p.deputy}
    rows, faults = once(lines, lambda line: office(line.values["department"], line.values["title"]), "title")
    order, circles = ordered(_above(rows))
    rank = {key: n for n, key in enumerate(order)}
    for key, line in rows.items():
        faults += [*known.department(line, "department"), *known.person(line, "substitute"), *_faults(key, line, known, rows, circles)]
    spoilt = {fault.row for fault in faults}
    steps = [(rank[key], _step(line, key, known, occasion)) for key, line in rows.items() if line.row not in spoilt]
    return Plan(in_order(steps), tuple(faults))


def _above(rows: dict[Office, Line]) -> dict[Office, Office | None]:
    """Position → its deputy, as it should be after the table: those that the table does not name keep theirs."""
    pairs = Position.objects.values_list("department__code", "title", "deputy__department__code", "deputy__title")
    above = {office(code, title): office(of, deputy) if deputy else None for code, title, of, deputy in pairs}
    for key, line in rows.items():
        deputy = line.values.get("deputy")
        above[key] = office(*deputy) if deputy else None if "deputy" in line.values else above.get(key)
    return above


def _faults(key: Office, line: Line, known: References, rows: dict[Office, Line], circles: set[Office]) -> list[Fault]:
    deputy = line.values.get("deputy")
    if key in known.positions and known.positions[key].closed_on:
        return [line.fault("title", _("This position is closed."))]
    if key in circles and _deputy_changes(key, line, known):
        return [line.fault("deputy", _("These positions would stand in for each other in a circle. Choose another deputy."))]
    if deputy and office(*deputy) in known.positions:
        return [line.fault("deputy", _("This position is closed."))] if known.positions[office(*deputy)].closed_on else []
    if deputy and office(*deputy) not in rows:
        near = Nearest([f"{p.department.code}/{p.title}" for p in known.positions.values()])
        sentence = _("There is no such position, neither here nor in the table.")
        return [line.fault("deputy", near(sentence, "/".join(deputy)))]
    return []


def _deputy_changes(key: Office, line: Line, known: References) -> bool:
    """A circle that is there already is not the fault of a row that leaves it as it is."""
    found, deputy = known.positions.get(key), line.values.get("deputy")
    present = named(found.deputy) if found and found.deputy else None
    return "deputy" in line.values and (office(*deputy) if deputy else None) != present


def _step(line: Line, key: Office, known: References, occasion: Occasion) -> Step:
    said = line.values
    found = known.positions.get(key)
    label = f"{said['department']} · {said['title']}"
    present = _present(found) if found else USUAL
    want = present | {"title": said["title"]} | {name: said[name] for name in USUAL if name in said}
    if want["deputy"] and office(*want["deputy"]) in known.positions:
        want["deputy"] = _spelled(known.positions[office(*want["deputy"])])

    def particulars() -> dict[str, Any]:
        deputy, login = want["deputy"], want["substitute"]
        people: dict[str, Person] = known.people | (
            {found.substitute.login.lower(): found.substitute} if found and found.substitute else {}
        )
        return want | {
            "deputy": needed(known.positions, office(*deputy), "/".join(deputy)) if deputy else None,
            "substitute": people[login.lower()] if login else None,
        }

    def create() -> None:
        department = known.departments[said["department"]]
        known.positions[key] = structure.create_position(department, by=occasion.by, **particulars())

    if found is None:
        return Step(line.row, label, State.NEW, do=create)
    changed = differences(POSITIONS, _shown(want), _shown(present))
    if not changed:
        return Step(line.row, label, State.SAME)
    return Step(
        line.row,
        label,
        State.CHANGED,
        changed,
        lambda: structure.change_position(found, by=occasion.by, now=occasion.now, **particulars()),
    )


def _spelled(position: Position) -> tuple[str, str]:
    return position.department.code, position.title


def _present(found: Position) -> dict[str, Any]:
    return {
        "title": found.title,
        "kind": found.kind,
        "required_level": found.required_level,
        "deputy": _spelled(found.deputy) if found.deputy else None,
        "substitution": found.substitution,
        "substitute": found.substitute.login if found.substitute else None,
    }


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """The same, so that login names are equal whatever their spelling, and choices are shown by their names."""
    return values | {
        "kind": Position.Kind(values["kind"]),
        "substitution": Position.Substitution(values["substitution"]),
        "substitute": (values["substitute"] or "").lower(),
    }
