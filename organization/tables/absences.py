"""A table of absences: a row is the absence of a person from a day on."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from organization import absences
from organization.models import Absence
from organization.tables import lookup
from organization.tables.checking import Fault, Line
from organization.tables.columns import ABSENCES
from organization.tables.lookup import References
from organization.tables.steps import Occasion, Plan, State, Step, differences, in_order, meeting, once

DAY = dt.timedelta(days=1)
CHANGED, NEW = range(2)
"""Changes come first: a new absence may lie where a changed one lay."""

Leave = tuple[str, dt.date]
"""Login name in small letters, and first day."""


def plan(lines: tuple[Line, ...], occasion: Occasion) -> Plan:
    """A fixed number of queries for every five thousand people that are named."""
    known = References(lines)
    rows, faults = once(lines, lambda line: (line.values["login"].lower(), line.values["starts_on"]), "starts_on")
    for line in rows.values():
        faults += [*known.person(line, "login"), *known.person(line, "substitute"), *_inverted(line)]
    faults += _meeting(rows)
    present = _present(known)
    spoilt = {fault.row for fault in faults}
    steps = [
        (CHANGED if key in present else NEW, _step(line, present.get(key), known, occasion))
        for key, line in rows.items()
        if line.row not in spoilt
    ]
    return Plan(in_order(steps), tuple(faults))


def _inverted(line: Line) -> list[Fault]:
    if line.values["last_day"] < line.values["starts_on"]:
        return [line.fault("last_day", _("The last day lies before the first."))]
    return []


def _meeting(rows: dict[Leave, Line]) -> list[Fault]:
    spans = defaultdict(list)
    for (login, starts_on), line in rows.items():
        spans[login].append((line, starts_on, line.values["last_day"] + DAY))
    sentence = _("It meets row %(row)s: the same person is away there already.")
    return [later.fault("starts_on", sentence % {"row": first.row}) for group in spans.values() for later, first in meeting(group)]


def _present(known: References) -> dict[Leave, Absence]:
    found: dict[Leave, Absence] = {}
    logins = {person.pk: login for login, person in known.people.items()}
    for some in lookup.batches(logins):
        rows = Absence.objects.filter(person__in=some).select_related("person", "substitute")
        found |= {(logins[a.person_id], a.starts_on): a for a in rows}
    return found


def _step(line: Line, found: Absence | None, known: References, occasion: Occasion) -> Step:
    said, login = line.values, line.values["login"].lower()
    present: dict[str, Any] = {"last_day": None, "substitute": "", "note": ""}
    if found:
        substitute = found.substitute.login if found.substitute else ""
        present = {"last_day": found.ends_before - DAY, "substitute": substitute.lower(), "note": found.note}
    want = present | {key: said[key] for key in present if key in said}
    want["substitute"] = (want["substitute"] or "").lower()
    label = f"{known.people[login].name} · {said['starts_on'].isoformat()}"
    terms: dict[str, Any] = {
        "starts_on": said["starts_on"],
        "ends_before": want["last_day"] + DAY,
        "substitute": _substitute(found, want["substitute"], known),
        "note": want["note"],
    }
    if found is None:

        def create() -> object:
            person = known.people[login]
            return absences.record_absence(person, by=occasion.by, now=occasion.now, source=Absence.Source.CSV, **terms)

        return Step(line.row, label, State.NEW, do=create)
    changed = differences(ABSENCES, want, present)
    if not changed:
        return Step(line.row, label, State.SAME)
    return Step(line.row, label, State.CHANGED, changed, lambda: absences.change_absence(found, by=occasion.by, now=occasion.now, **terms))


def _substitute(found: Absence | None, login: str, known: References) -> Any:
    if found and found.substitute and found.substitute.login.lower() == login:
        return found.substitute
    return known.people[login] if login else None
