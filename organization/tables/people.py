"""A table of people: who is new, whose particulars change, who has left."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from organization import people
from organization.models import Person
from organization.tables import lookup
from organization.tables.checking import Fault, Line
from organization.tables.columns import PEOPLE
from organization.tables.steps import Occasion, Plan, State, Step, differences, in_order, once

LANGUAGES = dict(settings.LANGUAGES)
NEW, CHANGED, LEFT = range(3)


def plan(lines: tuple[Line, ...], occasion: Occasion) -> Plan:
    """One query for every five thousand rows."""
    known = lookup.people(line.values["login"] for line in lines)
    rows, faults = once(lines, lambda line: str(line.values["login"]).lower(), "login")
    for key, line in rows.items():
        faults += _faults(line, known.get(key))
    spoilt = {fault.row for fault in faults}
    steps = [_step(line, known.get(key), occasion) for key, line in rows.items() if line.row not in spoilt]
    return Plan(in_order(steps), tuple(faults))


def _faults(line: Line, found: Person | None) -> list[Fault]:
    active = line.values.get("active", True)
    if found is None and not active:
        return [line.fault("active", _("There is nobody with this login name; somebody who has left is not made new."))]
    if found is not None and not found.is_active and active:
        key = "active" if "active" in line.values else "login"
        return [
            line.fault(key, _("This person has left. Accounts are never used again: take another login name, or say no under “active”."))
        ]
    return []


def _step(line: Line, found: Person | None, occasion: Occasion) -> tuple[int, Step]:
    said = {key: value for key, value in line.values.items() if key != "active"}
    label = f"{said['login']} · {said['name']}"
    if found is None:
        return NEW, Step(line.row, label, State.NEW, do=lambda: people.open_account(by=occasion.by, **said))
    if not found.is_active:
        return NEW, Step(line.row, label, State.SAME)
    particulars: dict[str, Any] = {key: getattr(found, key) or "" for key in ("name", "email", "language", "badge")} | {
        "access_until": found.access_until
    }
    want = particulars | {key: value for key, value in said.items() if key != "login"}
    changed = differences(PEOPLE, _named(want), _named(particulars))
    left = differences(PEOPLE, {"active": line.values.get("active", True)}, {"active": True})
    if not changed and not left:
        return NEW, Step(line.row, label, State.SAME)

    def change() -> None:
        if changed:
            people.change_person(found, by=occasion.by, is_staff=found.is_staff, now=occasion.now, **want)
        if left:
            people.deactivate(found, by=occasion.by, now=occasion.now)

    return (LEFT if left else CHANGED), Step(line.row, label, State.CHANGED, changed + left, change)


def _named(particulars: dict[str, Any]) -> dict[str, Any]:
    return particulars | {"language": str(LANGUAGES[particulars["language"]])}
