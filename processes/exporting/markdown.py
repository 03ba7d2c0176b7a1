"""A definition as a Markdown document that reads like the procedure page. What was typed cannot change its structure. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from processes.definition import Definition
from processes.durations import in_words
from processes.procedure import StepView, roles_of, steps_of

SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
MARKER: Final = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|-[-\s]*$))")
"""Before the sign that makes a list or a rule of the line, or of the item, that it begins."""


def as_markdown(definition: Definition, standing: str) -> str:
    """The whole document; `standing` says which version it is and whether it holds."""
    title = " ".join(part for part in (definition.number, definition.title) if part)
    parts = [f"# {plain(title)}", f"*{plain(standing)}*", *_frame(definition), *_steps(definition), *_ending(definition)]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """One line in which every sign of Markdown is a sign, wherever in a line it is put."""
    return MARKER.sub(r"\1\\", SPECIAL.sub(r"\\\1", " ".join(text.split())))


def quoted(text: str) -> str:
    """Markdown that somebody typed, kept apart from the structure around it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, or "" without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell if line is lines[1] else plain(cell) for cell in line) + " |" for line in lines)


def _frame(definition: Definition) -> Iterator[str]:
    boundary = definition.boundary
    for heading, text in ((_("Purpose"), definition.purpose), (_("Scope"), definition.scope)):
        if text:
            yield f"## {heading}"
            yield quoted(text)
    edges = (
        (_("Begins when"), boundary.trigger), (_("First step"), boundary.first_step), (_("Last step"), boundary.last_step),
        (_("Ends with"), boundary.result),
    )  # fmt: skip
    said = [f"- {name}: {plain(text)}" for name, text in edges if text]
    sipoc = [(row.supplier, row.input, row.process, row.output, row.customer) for row in definition.sipoc]
    if said or sipoc:
        yield f"## {_('Boundary')}"
    yield "\n".join(said)
    yield table((_("Supplier"), _("Input"), _("Process"), _("Output"), _("Customer")), sipoc)


def _steps(definition: Definition) -> Iterator[str]:
    views = steps_of(definition)
    if views:
        yield f"## {_('Steps')}"
    for view in views:
        yield f"### {view.number}. {plain(view.step.name) or '–'}"
        yield "\n".join(_facts(view))
        yield quoted(view.step.description)


def _facts(view: StepView) -> Iterator[str]:
    step = view.step
    records = [f"{one.name} ({one.retention})" if one.retention else one.name for one in view.records]
    done_in = ": ".join(part for part in (step.system, " ".join(part for part in (step.form, step.form_address) if part)) if part)
    facts = (
        (_("Role"), view.role), (_("Needs"), ", ".join(step.inputs)), (_("Gives"), ", ".join(step.outputs)),
        (_("Records"), ", ".join(records)), (_("Done in"), done_in),
        (_("Work time"), in_words(step.work_time)), (_("Waiting time"), in_words(step.waiting_time)),
        (_("Time"), step.duration), (_("Accountable"), view.accountable), (_("Consulted"), ", ".join(view.consulted)),
        (_("Informed"), ", ".join(view.informed)), (_("See"), step.link), (_("Work instruction"), step.instruction),
    )  # fmt: skip
    for name, text in facts:
        if text:
            yield f"- {name}: {plain(text)}"
    for risk in step.risks:
        yield f"- {_('Risk')}: {plain(risk.risk)} → {plain(risk.control) or _('no control')}"
    for way in view.ways:
        yield f"- {plain(way.label)} → {way.number}. {plain(way.name)}".replace("-  →", "- →")


def _ending(definition: Definition) -> Iterator[str]:
    roles = [(role.title, ", ".join(map(str, role.numbers))) for role in roles_of(definition)]
    records = [(record.name, record.kept_by, record.retention) for record in definition.records]
    for heading, found in (
        (_("Roles"), table((_("Role"), _("Steps")), roles)),
        (_("Records"), table((_("Record"), _("Kept by"), _("For")), records)),
        (_("References"), "\n".join(f"- {plain(one.label)} {plain(one.target)}" for one in definition.references)),
        (_("Notes"), quoted(definition.notes)),
    ):
        if found:
            yield f"## {heading}"
            yield found
