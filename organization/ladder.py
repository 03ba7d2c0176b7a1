"""The five-level ladder as plain data: rungs, their abilities, and which level each action needs."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_noop

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: its number, its name and its abilities, as English message ids."""

    number: int
    name: str
    abilities: tuple[str, ...]


RUNGS: tuple[Rung, ...] = (
    Rung(
        1,
        gettext_noop("process student"),
        (
            gettext_noop("Has the basic concepts of process management."),
            gettext_noop("Masters the drawing of flowcharts."),
        ),
    ),
    Rung(
        2,
        gettext_noop("process descriptor"),
        (
            gettext_noop("Knows the methods and tools of process description."),
            gettext_noop("Defines process boundaries clearly."),
            gettext_noop("Designs a single process independently."),
        ),
    ),
    Rung(
        3,
        gettext_noop("process analyst"),
        (
            gettext_noop(
                "Coordinates the interfaces between platforms and departments so that the process system keeps improving and runs smoothly."
            ),
            gettext_noop("With the process supervision department, finds problems through process audits and drives implementation."),
        ),
    ),
    Rung(
        4,
        gettext_noop("process advisor"),
        (
            gettext_noop("Knows the business model and the value chain."),
            gettext_noop("With the process manager, completes and optimises the company's process management system."),
            gettext_noop("Arranges training on company-level processes so that the staff concerned understand them."),
        ),
    ),
    Rung(
        5,
        gettext_noop("process manager"),
        (
            gettext_noop("Builds the company-level process system so that the company runs on systems and not on isolated activities."),
            gettext_noop("Sets process performance indicators and organises their assessment."),
            gettext_noop("Leads process teams and keeps improving their and their members' performance."),
        ),
    ),
)
NAMES: dict[int, str] = {rung.number: rung.name for rung in RUNGS}


class Action(StrEnum):
    """What the ladder gates. The values are keys of `GateRule`."""

    CONTRIBUTE = "contribute"
    SUBMIT = "submit"
    AGREE_INTERFACE = "agree_interface"
    AUDIT = "audit"
    EDIT_ARCHITECTURE = "edit_architecture"
    APPROVE_DEPARTMENT = "approve_department"
    APPROVE_COMPANY = "approve_company"
    SET_INDICATORS = "set_indicators"
    ASSESS = "assess"
    ASSIGN_LEVELS = "assign_levels"
    SET_ROUTES = "set_routes"


@dataclass(frozen=True, slots=True)
class Gate:
    """The level that an action needs, and what the action is called (English message id)."""

    level: int
    label: str


GATES: dict[Action, Gate] = {
    Action.CONTRIBUTE: Gate(1, gettext_noop("Contribute to a draft and draw its flowchart")),
    Action.SUBMIT: Gate(2, gettext_noop("Own and submit a draft")),
    Action.AGREE_INTERFACE: Gate(3, gettext_noop("Agree an interface for a department")),
    Action.AUDIT: Gate(3, gettext_noop("Plan and run audits, raise findings")),
    Action.EDIT_ARCHITECTURE: Gate(4, gettext_noop("Edit the process architecture, arrange training, advise in reviews")),
    Action.APPROVE_DEPARTMENT: Gate(3, gettext_noop("Approve department-level documents")),
    Action.APPROVE_COMPANY: Gate(5, gettext_noop("Approve company-level and cross-department documents")),
    Action.SET_INDICATORS: Gate(5, gettext_noop("Set performance indicators")),
    Action.ASSESS: Gate(5, gettext_noop("Organise performance assessments")),
    Action.ASSIGN_LEVELS: Gate(5, gettext_noop("Assign capability levels")),
    Action.SET_ROUTES: Gate(5, gettext_noop("Set approval routes and re-route cases")),
}
