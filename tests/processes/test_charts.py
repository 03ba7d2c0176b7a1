"""The chart on a page: drawn once, and an honest sentence when it cannot be drawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from processes import charts
from processes.definition import Definition, Step
from processes.flowchart import engine
from tests import make


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Path]:
    """A `dot` that writes one line for each call."""
    log, program = tmp_path / "calls", tmp_path / "dot"
    program.write_text(f'#!/bin/sh\necho x >> {log}\nexec {engine.dot_binary()} "$@"\n')
    program.chmod(0o755)
    engine.configure(program)
    yield log
    engine.configure("")


def calls(log: Path) -> int:
    return len(log.read_text().splitlines())


def test_the_same_content_is_drawn_once(counting: Path) -> None:
    first = charts.chart(make.definition(), label="Purchase")
    assert first.svg is not None
    assert first.svg.startswith("<svg")
    assert charts.chart(make.definition(), label="Purchase") == first
    assert calls(counting) == 1


def test_other_ways_of_drawing_are_other_drawings(counting: Path) -> None:
    definition = make.definition()
    charts.chart(definition)
    charts.chart(definition, orientation="LR")
    charts.chart(definition, marks={"s1": "added"})
    with translation.override("zh-hans"):
        charts.chart(definition, label="采购")
    charts.chart(make.definition("Other"))
    assert calls(counting) == 5


def test_when_the_program_fails_a_sentence_says_so_and_it_is_not_tried_at_once_again(tmp_path: Path) -> None:
    log, program = tmp_path / "calls", tmp_path / "dot"
    program.write_text(f"#!/bin/sh\necho x >> {log}\nexit 1\n")
    program.chmod(0o755)
    engine.configure(program)
    try:
        for _ in range(2):
            drawn = charts.chart(make.definition())
            assert drawn == charts.Chart(None, "The chart could not be drawn. The steps below are complete.")
    finally:
        engine.configure("")
    assert calls(log) == 1


def test_a_missing_program_and_too_many_steps_have_their_own_sentences(tmp_path: Path) -> None:
    engine.configure(tmp_path / "nowhere")
    try:
        assert "missing on this server" in charts.chart(make.definition()).message
    finally:
        engine.configure("")
    huge = Definition(steps=tuple(Step(key=f"s{n}") for n in range(1501)))
    assert "too many steps" in charts.chart(huge).message
