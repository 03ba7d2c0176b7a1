"""The five-level ladder as plain data: rungs, their abilities, and which level each action needs."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_noop

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Skill:
    """One ability and the criterion by which an assessor recognises it, as English message ids."""

    text: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: its number, its name, its abilities, and after how many months it is renewed (None: never) as it is shipped."""

    number: int
    name: str
    abilities: tuple[Skill, ...]
    renewal_months: int | None = 36


RUNGS: tuple[Rung, ...] = (
    Rung(
        1,
        gettext_noop("process student"),
        (
            Skill(
                gettext_noop("Has the basic concepts of process management."),
                gettext_noop(
                    "Explains trigger, result, roles, hand-offs and interfaces of a process of their own work, and has passed the "
                    "quiz of level 1."
                ),
            ),
            Skill(
                gettext_noop("Masters the drawing of flowcharts."),
                gettext_noop(
                    "Draws a flowchart without faults from a told story: one start, named decisions with a condition on every "
                    "branch, every step in the lane of who does it."
                ),
            ),
        ),
        renewal_months=None,
    ),
    Rung(
        2,
        gettext_noop("process descriptor"),
        (
            Skill(
                gettext_noop("Knows the methods and tools of process description."),
                gettext_noop(
                    "Has described at least one process here with steps, roles, inputs, outputs, records and times, without help "
                    "with the tools."
                ),
            ),
            Skill(
                gettext_noop("Defines process boundaries clearly."),
                gettext_noop(
                    "States trigger, first and last step, end result, suppliers and customers so that the neighbours agree and "
                    "nothing is left out or claimed twice."
                ),
            ),
            Skill(
                gettext_noop("Designs a single process independently."),
                gettext_noop(
                    "Has taken a process from draft to approval; it was accepted at the first submission, or what came back was "
                    "small and mended without help."
                ),
            ),
        ),
    ),
    Rung(
        3,
        gettext_noop("process analyst"),
        (
            Skill(
                gettext_noop(
                    "Coordinates the interfaces between platforms and departments so that the process system keeps improving and "
                    "runs smoothly."
                ),
                gettext_noop(
                    "Has brought interfaces between departments to an agreement of both sides, and settled at least one on which "
                    "they did not agree at first."
                ),
            ),
            Skill(
                gettext_noop("With the process supervision department, finds problems through process audits and drives implementation."),
                gettext_noop(
                    "Has planned and run audits, raised findings that stood up to question, and followed them until the measure was"
                    " shown to work."
                ),
            ),
        ),
    ),
    Rung(
        4,
        gettext_noop("process advisor"),
        (
            Skill(
                gettext_noop("Knows the business model and the value chain."),
                gettext_noop(
                    "Explains how the company earns its money, which processes carry the value chain, and what a change in one of "
                    "them does to the others."
                ),
            ),
            Skill(
                gettext_noop("With the process manager, completes and optimises the company's process management system."),
                gettext_noop(
                    "Has proposed and carried through changes of the process system beyond one department: gaps closed, duplicates "
                    "merged, measures that got better."
                ),
            ),
            Skill(
                gettext_noop("Arranges training on company-level processes so that the staff concerned understand them."),
                gettext_noop(
                    "Has arranged training whose effect was checked: who took part passed, and works by the procedure afterwards."
                ),
            ),
        ),
    ),
    Rung(
        5,
        gettext_noop("process manager"),
        (
            Skill(
                gettext_noop("Builds the company-level process system so that the company runs on systems and not on isolated activities."),
                gettext_noop(
                    "Answers for a process architecture in which every process has an owner, a review date and readers, and which "
                    "stands when people leave."
                ),
            ),
            Skill(
                gettext_noop("Sets process performance indicators and organises their assessment."),
                gettext_noop(
                    "Has set indicators with targets and a reason for each, had them measured in time, and drawn consequences from "
                    "the results."
                ),
            ),
            Skill(
                gettext_noop("Leads process teams and keeps improving their and their members' performance."),
                gettext_noop(
                    "Members of the team have climbed levels by a development plan, work is shared fairly, and the team's results "
                    "have become better."
                ),
            ),
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
