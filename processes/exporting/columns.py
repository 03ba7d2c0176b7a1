"""The table of steps: its columns, and a row of cells for each step. Pure."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from processes.definition import Definition
from processes.durations import in_words
from processes.procedure import StepView, steps_of
from processes.step_words import kinds

COLUMNS: Final[Mapping[str, str | Promise]] = {
    "number": _("No."), "role": _("Role"), "name": _("Step"), "kind": _("Kind"), "next": _("Goes on with"),
    "description": _("Description"), "inputs": _("Inputs"), "outputs": _("Outputs"), "records": _("Records"), "system": _("System"),
    "form": _("Form"), "form_address": _("Address of the form"), "instruction": _("Work instruction"), "link": _("Process behind it"),
    "duration": _("Duration"), "work_time": _("Work time"), "waiting_time": _("Waiting time"), "accountable": _("Accountable"),
    "consulted": _("Consulted"), "informed": _("Informed"), "risks": _("Risks and controls"),
}  # fmt: skip
"""Field → heading; whoever reads such a table knows the same headings."""


def rows(definition: Definition) -> list[list[str]]:
    """The headings, and then the cells of each step in the order of COLUMNS."""
    names = kinds()
    return [[str(heading) for heading in COLUMNS.values()], *(_row(view, names) for view in steps_of(definition))]


def _row(view: StepView, names: Mapping[str, str]) -> list[str]:
    step = view.step
    cells = {
        "number": str(view.number), "role": view.role, "name": step.name, "kind": names[step.kind],
        "next": "\n".join(f"{way.label} {'⇢' if way.message else '→'} {way.number}".strip() for way in view.ways),
        "description": step.description,
        "inputs": "\n".join(step.inputs), "outputs": "\n".join(step.outputs), "records": "\n".join(step.records),
        "work_time": in_words(step.work_time), "waiting_time": in_words(step.waiting_time), "accountable": view.accountable,
        "consulted": "\n".join(view.consulted), "informed": "\n".join(view.informed),
        "risks": "\n".join(f"{one.risk} → {one.control}" if one.control else one.risk for one in step.risks),
    }  # fmt: skip
    return [cells[name] if name in cells else str(getattr(step, name)) for name in COLUMNS]
