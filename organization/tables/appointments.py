"""A table of appointments: a row is the appointment of a person to a position from a day on."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from organization import appointments, proposals
from organization.models import Appointment
from organization.tables import lookup
from organization.tables.checking import Fault, Line
from organization.tables.columns import APPOINTMENTS
from organization.tables.lookup import Office, References, office
from organization.tables.steps import Occasion, Plan, State, Step, differences, in_order, meeting, once

DAY = dt.timedelta(days=1)
FIRST, CHANGED, AFTER = range(3)
"""New ones come before changes, so that no office is empty in between; those that follow on a changed one come after it."""

Holding = tuple[str, Office]
"""Login name in small letters, and position."""


def plan(lines: tuple[Line, ...], occasion: Occasion) -> Plan:
    """A fixed number of queries for every five thousand people and departments that are named."""
    known = References(lines)
    rows, faults = once(lines, lambda line: (_holding(line), line.values["starts_on"]), "starts_on")
    for line in rows.values():
        faults += [*known.person(line, "login"), *known.department(line, "department"), *known.position(line), *_inverted(line)]
    faults += _meeting(rows)
    present = _present(known)
    spoilt = {fault.row for fault in faults}
    changing = {key[0] for key, line in rows.items() if key in present and _changed(line, present[key])}
    steps = []
    for key, line in rows.items():
        if line.row not in spoilt:
            found = present.get(key)
            rank = CHANGED if found else AFTER if key[0] in changing else FIRST
            steps.append((rank, _step(line, found, known, occasion)))
    return Plan(in_order(steps), tuple(faults))


def _holding(line: Line) -> Holding:
    return line.values["login"].lower(), office(line.values["department"], line.values["title"])


def _inverted(line: Line) -> list[Fault]:
    last = line.values.get("last_day")
    return [line.fault("last_day", _("The last day lies before the first."))] if last and last < line.values["starts_on"] else []


def _meeting(rows: dict[tuple[Holding, dt.date], Line]) -> list[Fault]:
    spans = defaultdict(list)
    for (holding, starts_on), line in rows.items():
        last = line.values.get("last_day")
        spans[holding].append((line, starts_on, last + DAY if last else None))
    sentence = _("It meets row %(row)s: the same person in the same position.")
    return [later.fault("starts_on", sentence % {"row": first.row}) for group in spans.values() for later, first in meeting(group)]


def _present(known: References) -> dict[tuple[Holding, dt.date], Appointment]:
    found: dict[tuple[Holding, dt.date], Appointment] = {}
    names = {position.pk: key for key, position in known.positions.items()}
    logins = {person.pk: login for login, person in known.people.items()}
    for some in lookup.batches(logins):
        rows = Appointment.objects.filter(person__in=some).select_related("person", "position")
        found |= {((logins[a.person_id], names[a.position_id]), a.starts_on): a for a in rows if a.position_id in names}
    return found


def _changed(line: Line, found: Appointment) -> bool:
    want = _wanted(line, found)
    return (want["last_day"], want["mode"], want["percent"]) != (_last_day(found), found.mode, found.percent)


def _last_day(found: Appointment) -> dt.date | None:
    return found.ends_before - DAY if found.ends_before else None


def _wanted(line: Line, found: Appointment | None) -> dict[str, Any]:
    said = line.values
    return {
        "last_day": said.get("last_day", _last_day(found) if found else None),
        "mode": Appointment.Mode(said.get("mode") or (found.mode if found else Appointment.Mode.FULL)),
        "percent": said.get("percent") or (found.percent if found else 100),
    }


def _step(line: Line, found: Appointment | None, known: References, occasion: Occasion) -> Step:
    login, position = _holding(line)
    want = _wanted(line, found)
    label = f"{known.people[login].name} · {known.positions[position].title}"
    terms: dict[str, Any] = {
        "starts_on": line.values["starts_on"],
        "ends_before": want["last_day"] + DAY if want["last_day"] else None,
        "mode": want["mode"].value,
        "percent": want["percent"],
    }
    if found is None:

        def create() -> object:
            return proposals.appoint(known.people[login], known.positions[position], by=occasion.by, now=occasion.now, **terms)

        return Step(line.row, label, State.NEW, do=create)
    present = {"last_day": _last_day(found), "mode": Appointment.Mode(found.mode), "percent": found.percent}
    changed = differences(APPOINTMENTS, want, present)
    if not changed:
        return Step(line.row, label, State.SAME)
    return Step(
        line.row,
        label,
        State.CHANGED,
        changed,
        lambda: appointments.change_appointment(found, by=occasion.by, now=occasion.now, **terms),
    )
