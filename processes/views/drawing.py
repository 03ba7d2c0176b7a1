"""The chart of a draft with its findings, as the page shows them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from processes import charts, fixes
from processes.checking import findings
from processes.definition import Definition
from processes.drafting import TYPES_WITH_STEPS
from processes.finding_texts import FIXES, sentence
from processes.flowchart.draw import Orientation
from processes.flowchart.findings import Finding
from processes.matrices import hand_offs, raci
from processes.parts import Proposal, proposals

GRAVITY = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Said:
    """One finding: how grave (error, warning, hint), its sentence, the step it leads to, and fixes with what they do.

    `place` is its number among the findings of this content, by which a fix is asked for.
    """

    level: str
    text: str
    step: str
    code: str
    place: int
    fixes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The SVG, or None and why not; findings, the gravest first; where a long process divides well; how much is done and passed on."""

    svg: str | None
    message: str
    findings: tuple[Said, ...]
    parts: tuple[Proposal, ...] = ()
    steps: int = 0
    hand_offs: int = 0

    @property
    def errors(self) -> int:
        """How many findings keep the draft from being submitted."""
        return sum(one.level == "error" for one in self.findings)


def drawn(definition: Definition, orientation: Orientation) -> Drawn:
    """The drawing and the findings of a definition."""
    numbers = definition.numbers()
    ordered = sorted(enumerate(findings(definition)), key=lambda placed: GRAVITY.index(placed[1].level))
    found = [Said(f.level, sentence(f, numbers), f.step, f.code, place, _fixes(definition, f)) for place, f in ordered]
    if not definition.steps:
        missing = tuple(found) if definition.document_type in TYPES_WITH_STEPS else ()
        return Drawn(None, _("The chart is drawn here while you type the steps."), missing)
    label = _("Flowchart of %(title)s") % {"title": definition.title or definition.number}
    chart = charts.chart(definition, orientation=orientation, label=label)
    passed_on = sum(cell.count for row in hand_offs(definition) for cell in row)
    return Drawn(chart.svg, chart.message, tuple(found), tuple(proposals(definition)), len(raci(definition)), passed_on)


def _fixes(definition: Definition, finding: Finding) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(FIXES[name])) for name in fixes.offered(definition, finding))
