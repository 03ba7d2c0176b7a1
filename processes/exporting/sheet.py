"""A definition as the blocks of a document on paper, in the order of the procedure page. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from organization.sentences import listed
from processes.definition import Definition
from processes.durations import in_words
from processes.exporting.blocks import Block, blocks, heading, plain, right_to_left
from processes.exporting.strips import OnPaper
from processes.procedure import StepView, roles_of, steps_of
from processes.step_words import kinds

Cell = list[Block]
STEP_LEVEL: Final = 2
SHORT: Final = 900
"""Characters of a description whose step is not divided between two pages."""
QUIET_KINDS: Final = {"activity"}
"""What a step is without anybody saying so."""


def body(definition: Definition, chart: OnPaper | None, no_chart: str) -> list[Block]:
    """Everything between the head of the document and its signatures; `no_chart` says why there is no chart where there is none."""
    views = steps_of(definition)
    return [
        *_frame(definition),
        *(_chart(definition, chart, no_chart) if views else ()),
        *_steps(views),
        *_responsibilities(views),
        *_ending(definition),
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[str]) -> Iterator[Block]:
    """A table, or nothing without rows. Widths are those of the page's template: "auto", "2fr"."""
    if rows:
        yield {
            "t": "table",
            "head": [plain(one) for one in head],
            "rows": [[plain(cell) for cell in row] for row in rows],
            "widths": widths,
        }


def facts(rows: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Those of these names and values that say something."""
    return [[name, text] for name, text in rows if text]


def _frame(definition: Definition) -> Iterator[Block]:
    for title, text in ((_("Purpose"), definition.purpose), (_("Scope"), definition.scope)):
        if text:
            yield heading(1, title)
            yield from blocks(text, below=1)
    boundary = definition.boundary
    names = (_("Begins when"), _("First step"), _("Last step"), _("Ends with"))
    said = (boundary.trigger, boundary.first_step, boundary.last_step, boundary.result)
    edges = facts(list(zip(names, said, strict=True)))
    if edges or definition.sipoc:
        yield heading(1, _("Boundary"))
    if edges:
        yield {"t": "facts", "rows": edges}
    sipoc = [(row.supplier, row.input, row.process, row.output, row.customer) for row in definition.sipoc]
    yield from table((_("Supplier"), _("Input"), _("Process"), _("Output"), _("Customer")), sipoc, ["1fr"] * 5)


def _chart(definition: Definition, chart: OnPaper | None, no_chart: str) -> Iterator[Block]:
    title = heading(1, _("Flowchart"))
    if chart is None:
        yield title
        yield {"t": "quote", "kind": "note", "blocks": [{"t": "p", "c": plain(no_chart), "rtl": False}]}
        return
    alt = _("Flowchart of %(title)s; every step is described below.") % {"title": definition.title or definition.number}
    strips = [{"file": f"chart-{n}.svg", "width": one.width, "height": one.height} for n, one in enumerate(chart.strips)]
    sheet = {"paper": chart.sheet.paper, "across": chart.sheet.across}
    yield {"t": "chart", "title": title, **sheet, "strips": strips, "alt": alt}


def _steps(views: Sequence[StepView]) -> Iterator[Block]:
    if views:
        yield heading(1, _("Steps"))
    names = kinds()
    for view in views:
        yield {
            "t": "step",
            "l": STEP_LEVEL,
            "number": view.number,
            "name": view.step.name or "–",
            "rtl": right_to_left(view.step.name),
            "role": view.role,
            "kind": "" if view.step.kind in QUIET_KINDS else names[view.step.kind],
            "blocks": blocks(view.step.description, below=STEP_LEVEL),
            "facts": _facts(view),
            "whole": len(view.step.description) < SHORT,
        }


def _facts(view: StepView) -> list[list[str]]:
    step = view.step
    records = [f"{one.name} ({one.retention})" if one.retention else one.name for one in view.records]
    done_in = ": ".join(part for part in (step.system, " ".join(part for part in (step.form, step.form_address) if part)) if part)
    rows = [
        (_("Needs"), listed(step.inputs)), (_("Gives"), listed(step.outputs)), (_("Records"), listed(records)),
        (_("Done in"), done_in), (_("Work time"), in_words(step.work_time)), (_("Waiting time"), in_words(step.waiting_time)),
        (_("Time"), step.duration), (_("See"), step.link), (_("Work instruction"), step.instruction),
        *((_("Risk"), f"{one.risk} → {one.control or _('no control')}") for one in step.risks),
        (_("Goes on with"), "\n".join(f"{way.label} → {way.number}. {way.name}".strip() for way in view.ways)),
    ]  # fmt: skip
    return facts(rows)


def _responsibilities(views: Sequence[StepView]) -> Iterator[Block]:
    """Who is responsible, accountable, consulted and informed, by name: as many roles as there are find room."""
    if any(view.accountable or view.consulted or view.informed for view in views):
        yield heading(1, _("Responsibilities"))
        rows = [
            (str(view.number), view.step.name, view.role, view.accountable, listed(view.consulted), listed(view.informed))
            for view in views
            if view.step.kind not in {"start", "end"}
        ]
        head = (_("No."), _("Step"), _("Responsible"), _("Accountable"), _("Consulted"), _("Informed"))
        yield from table(head, rows, ["auto", "2fr", "1.3fr", "1.3fr", "1.3fr", "1.3fr"])


def _ending(definition: Definition) -> Iterator[Block]:
    roles = [(role.title, listed(role.numbers)) for role in roles_of(definition)]
    records = [(record.name, record.kept_by, record.retention) for record in definition.records]
    references = [(one.label, one.target) for one in definition.references]
    for title, head, rows, widths in (
        (_("Roles"), (_("Role"), _("Steps")), roles, ["1fr", "1fr"]),
        (_("Records"), (_("Record"), _("Kept by"), _("For")), records, ["2fr", "1.3fr", "1fr"]),
        (_("References"), (_("Document"), _("Where")), references, ["1fr", "1fr"]),
    ):
        if rows:
            yield heading(1, title)
            yield from table(head, rows, widths)
    if definition.notes:
        yield heading(1, _("Notes"))
        yield from blocks(definition.notes, below=1)
