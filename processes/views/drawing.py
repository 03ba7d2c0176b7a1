"""The chart of a draft with its findings, as the page shows them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from processes import charts
from processes.definition import Definition
from processes.drafting import TYPES_WITH_STEPS
from processes.finding_texts import sentence
from processes.flowchart.draw import Orientation
from processes.flowchart.findings import find

GRAVITY = ("error", "warning", "hint")
FIXES = {"no-end": "add-end"}


@dataclass(frozen=True, slots=True)
class Said:
    """One finding: how grave (error, warning, hint), its sentence, the step it leads to, and a fix that the editor knows."""

    level: str
    text: str
    step: str
    fix: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The SVG, or None and why not; findings, the gravest first."""

    svg: str | None
    message: str
    findings: tuple[Said, ...]

    @property
    def errors(self) -> int:
        """How many findings keep the draft from being submitted."""
        return sum(one.level == "error" for one in self.findings)


def drawn(definition: Definition, orientation: Orientation) -> Drawn:
    """The drawing and the findings of a definition."""
    numbers = definition.numbers()
    ordered = sorted(find(definition), key=lambda finding: GRAVITY.index(finding.level))
    found = [Said(f.level, sentence(f, numbers), f.step, FIXES.get(f.code, "")) for f in ordered]
    if not definition.steps:
        missing = tuple(found) if definition.document_type in TYPES_WITH_STEPS else ()
        return Drawn(None, _("The chart is drawn here while you type the steps."), missing)
    label = _("Flowchart of %(title)s") % {"title": definition.title or definition.number}
    chart = charts.chart(definition, orientation=orientation, label=label)
    return Drawn(chart.svg, chart.message, tuple(found))
