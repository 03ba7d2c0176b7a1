"""Other people's models, read, written, read again and laid out: how many, how fast, and what went wrong."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from processes.bpmn.reading import Imported, NotImported, read_bpmn
from processes.bpmn.writing import write_bpmn
from processes.definition import Definition
from processes.flowchart.chart import chart_of
from processes.flowchart.geometry import geometry_of
from processes.flowchart.layout import layout
from processportal.bench.faults import faults

Result = TypeVar("Result")
FAULTS_UP_TO = 400  # steps; each pair of arrows is looked at


@dataclass(frozen=True, slots=True)
class Told:
    """One row: its name, how many things, seconds for one of them, and counts."""

    name: str
    size: int
    seconds: float
    counts: dict[str, int]


def measure(folder: Path) -> Iterator[Told]:
    """import_corpus, export_corpus (out and in again), layout_corpus_tb and layout_corpus_lr."""
    files = [path.read_bytes() for path in sorted(folder.rglob("*.bpmn")) if path.is_file()]
    found, taken = _timed(lambda: [_read(data) for data in files])
    imported = [one for one in found if one is not None]
    counts = Counter(one.fate for each in imported for one in each.told)
    yield Told("import_corpus", len(files), taken, {"imported": len(imported), "refused": len(files) - len(imported), **counts})
    definitions = [d for each in imported for d in (each.definition, *(child for _key, child in each.children))]
    same, taken = _timed(lambda: [read_bpmn(write_bpmn(d)).definition == d for d in definitions])
    yield Told("export_corpus", len(definitions), taken, {"identical": sum(same), "different": len(same) - sum(same)})
    for upright in (True, False):
        yield _layout("layout_corpus_tb" if upright else "layout_corpus_lr", definitions, upright=upright)


def _layout(name: str, definitions: list[Definition], *, upright: bool) -> Told:
    drawn = [d for d in definitions if d.steps]
    made, taken = _timed(lambda: [layout(chart_of(d), upright=upright) for d in drawn])
    counts = Counter[str]()
    for one in made:
        if len(one.chart.nodes) <= FAULTS_UP_TO:
            counts += faults(geometry_of(one).as_dict())
    return Told(name, len(drawn), taken, {"steps": sum(len(d.steps) for d in drawn), **counts})


def _read(data: bytes) -> Imported | None:
    try:
        return read_bpmn(data)
    except NotImported:
        return None


def _timed(call: Callable[[], list[Result]]) -> tuple[list[Result], float]:
    """The result, and the seconds for one of its members."""
    start = time.perf_counter()
    made = call()
    return made, (time.perf_counter() - start) / max(1, len(made))
