"""A table of departments: what each row makes or changes, those above before those below."""

from typing import Any

from django.utils.translation import gettext as _

from organization import structure
from organization.models import Department
from organization.sentences import listed
from organization.tables import lookup
from organization.tables.chains import ordered
from organization.tables.checking import Fault, Line
from organization.tables.columns import DEPARTMENTS
from organization.tables.steps import Nearest, Occasion, Plan, State, Step, differences, in_order, needed, once

COMPANY = Department.Kind.COMPANY


def plan(lines: tuple[Line, ...], occasion: Occasion) -> Plan:
    """Two queries."""
    known = lookup.departments()
    rows, faults = once(lines, lambda line: str(line.values["code"]), "code")
    root = next((d.code for d in known.values() if d.kind == COMPANY), None)
    root = root or next((code for code, line in rows.items() if line.values.get("kind") == COMPANY), None)
    wanted = {code: _wanted(line, known.get(code), root) for code, line in rows.items()}
    above: dict[str, str | None] = {code: d.parent.code.upper() if d.parent else None for code, d in known.items()}
    above |= {code: want["parent"] for code, want in wanted.items()}
    order, circles = ordered(above)
    faults += _faults(rows, known, wanted, circles)
    spoilt = {fault.row for fault in faults}
    rank = {code: n for n, code in enumerate(order)}
    steps = [(rank[code], _step(line, wanted[code], known, occasion)) for code, line in rows.items() if line.row not in spoilt]
    return Plan(in_order(steps), tuple(faults))


def _wanted(line: Line, found: Department | None, root: str | None) -> dict[str, Any]:
    """Everything that the department should be after this row: what is not said stays, or is as usual."""
    said = line.values
    kind = Department.Kind(said.get("kind") or (found.kind if found else Department.Kind.DEPARTMENT))
    present = found.parent.code.upper() if found and found.parent else None
    parent = said["parent"] or root if "parent" in said else present or root
    return {"code": said["code"], "name": said["name"], "kind": kind, "parent": said.get("parent") if kind == COMPANY else parent}


def _faults(rows: dict[str, Line], known: dict[str, Department], wanted: dict[str, dict[str, Any]], circles: set[str]) -> list[Fault]:
    faults = []
    near = Nearest([*known, *rows])
    for code, line in rows.items():
        parent = wanted[code]["parent"]
        if code in known and known[code].dissolved_on:
            faults.append(line.fault("code", _("This department is dissolved; its code is never used again.")))
        elif code in circles:
            words = {"codes": listed(sorted(circles))}
            faults.append(line.fault("parent", _("These departments would lie below each other in a circle: %(codes)s.") % words))
        elif parent and parent not in known and parent not in rows:
            faults.append(line.fault("parent", near(_("There is no department with this code, neither here nor in the table."), parent)))
    return faults


def _step(line: Line, want: dict[str, Any], known: dict[str, Department], occasion: Occasion) -> Step:
    code, parent = want["code"], want["parent"]
    found, label = known.get(code), f"{code} · {want['name']}"

    def place() -> Department | None:
        return needed(known, parent, parent) if parent else None

    def create() -> None:
        known[code] = structure.create_department(by=occasion.by, code=code, name=want["name"], kind=want["kind"], parent=place())

    if found is None:
        return Step(line.row, label, State.NEW, do=create)
    present = {
        "name": found.name,
        "kind": Department.Kind(found.kind),
        "parent": found.parent.code.upper() if found.parent else None,
    }
    changed = differences(DEPARTMENTS, want, present)
    if not changed:
        return Step(line.row, label, State.SAME)

    def change() -> object:
        return structure.change_department(found, by=occasion.by, name=want["name"], kind=want["kind"], parent=place())

    return Step(line.row, label, State.CHANGED, changed, change)
