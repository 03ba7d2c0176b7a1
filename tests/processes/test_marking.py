"""Marks of changes: every change has its place and exactly one mark, whatever was edited and whatever somebody marks."""

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from approvals import marks
from processes import marking
from processes.canonical import canonical, parse
from processes.compare import compare
from processes.comparison import Comparison
from processes.definition import Definition
from processes.models import Revision
from processes.wording import Mark
from tests import make
from tests.processes.test_compare import DEFINITIONS

OLD = make.definition("Check offer", "Sign order")
NEW = replace(OLD, purpose="Why we do this.", steps=(OLD.steps[0], OLD.steps[2], *OLD.steps[3:]))


@given(DEFINITIONS, DEFINITIONS, st.dictionaries(st.integers(0, 60), st.sampled_from(Mark)))
def test_any_edit_gives_every_change_one_place_and_one_mark(old: Definition, new: Definition, chosen: dict[int, Mark]) -> None:
    proposed = compare(old, new)
    places = [change.place for change in proposed.changes]
    assert len(set(places)) == len(places)
    given_ = {places[n]: mark for n, mark in chosen.items() if n < len(places)}
    marked = marking.as_marked(proposed, given_)
    assert [change.place for change in marked.changes] == places
    assert [change.mark for change in marked.changes] == [given_.get(change.place, change.mark) for change in proposed.changes]
    below = [c.place for c, mine in zip(proposed.changes, marked.changes, strict=True) if c.mark == Mark.SUBSTANTIVE != mine.mark]
    assert marks.lowered(proposed, marked) == bool(below)


@given(DEFINITIONS, DEFINITIONS)
def test_places_are_the_same_after_freezing(old: Definition, new: Definition) -> None:
    places = [change.place for change in compare(old, new).changes]
    frozen = [change.place for change in compare(parse(canonical(old)), parse(canonical(new))).changes]
    assert places == frozen


def test_a_place_says_what_it_is_about() -> None:
    assert [change.place for change in compare(OLD, NEW).changes] == ["text//purpose", "steps/s1/removed"]


def test_places_and_digests_are_the_same_in_every_language() -> None:
    with translation.override("zh-hans"):
        there = compare(OLD, NEW)
    here = compare(OLD, NEW)
    assert [change.place for change in there.changes] == [change.place for change in here.changes]
    assert marking.digest(there) == marking.digest(here)


def test_the_digest_is_of_the_marks_and_the_wording_of_the_text() -> None:
    proposed = compare(OLD, NEW)
    assert marking.digest(proposed) != marking.digest(marking.as_marked(proposed, {"text//purpose": Mark.COSMETIC}))
    again = compare(OLD, replace(NEW, purpose="Why we do that."))
    first, then = proposed.changes[0], again.changes[0]
    assert first.place == then.place
    assert marking.wording(first) != marking.wording(then)
    assert marking.wording(first) == marking.wording(replace(first, mark=Mark.COSMETIC))


@pytest.mark.parametrize("proposed", list(Mark), ids=str)
@pytest.mark.parametrize("mark", list(Mark), ids=str)
def test_only_what_is_always_substantive_can_be_lowered(proposed: Mark, mark: Mark) -> None:
    assert marking.is_lowered(proposed, mark) == (proposed == Mark.SUBSTANTIVE and mark != Mark.SUBSTANTIVE)


def test_final_marks_are_of_one_comparison() -> None:
    first, other = Revision(pk=1), Revision(pk=2)
    marked = marking.as_marked(compare(OLD, NEW), {"steps/s1/removed": Mark.CLARIFYING})
    kept = marking.kept(marked, first)
    revision = Revision(pk=3, marks=kept)
    assert marking.final(revision, first) == {"text//purpose": Mark.CLARIFYING, "steps/s1/removed": Mark.CLARIFYING}
    assert marking.final(revision, other) == {}
    assert marking.final(Revision(pk=4), first) == {}
    assert not marking.as_marked(compare(OLD, NEW), marking.final(revision, first)).is_substantive


def test_nothing_changed_is_marked_by_nobody() -> None:
    assert marking.as_marked(Comparison(), {"text//purpose": Mark.SUBSTANTIVE}) == Comparison()
