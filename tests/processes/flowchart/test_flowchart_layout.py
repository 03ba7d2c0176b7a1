"""What holds for the drawing of any process, however odd."""

from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processes.definition import Definition, RoleRef, explicit_flows
from processes.flowchart.chart import chart_of
from processes.flowchart.geometry import Geometry, geometry_of
from processes.flowchart.layout import layout
from processes.flowchart.surroundings import Rect
from tests.processes.flowchart.made import chain, definitions, purchase, step, tangle

upright = st.booleans()
thorough = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def geometry(definition: Definition, *, upright: bool = True) -> Geometry:
    return geometry_of(layout(chart_of(definition), upright=upright))


def segments(drawn: Geometry) -> list[tuple[str, Rect]]:
    found = []
    for edge in drawn.edges:
        for (ax, ay), (bx, by) in pairwise(edge.points):
            found.append((edge.id, Rect(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))))
    return found


def inside(inner: Rect, outer: Rect) -> bool:
    across = outer.x <= inner.x and inner.x + inner.w <= outer.x + outer.w
    return across and outer.y <= inner.y and inner.y + inner.h <= outer.y + outer.h


def crossings(drawn: Geometry) -> int:
    count = 0
    for (one, a), (other, b) in combinations(segments(drawn), 2):
        flat, tall = (a, b) if a.h == 0 else (b, a)
        if one != other and flat.h == 0 and tall.w == 0:
            count += flat.x < tall.x < flat.x + flat.w and tall.y < flat.y < tall.y + tall.h
    return count


def overlaps(drawn: Geometry) -> int:
    """How often two arrows that share neither source nor target lie on each other."""
    ends = {edge.id: {edge.source, "to " + edge.target} for edge in drawn.edges}
    pairs = [(a, b) for (one, a), (other, b) in combinations(segments(drawn), 2) if not ends[one] & ends[other]]
    flat = sum(a.h == b.h == 0 and a.y == b.y and min(a.x + a.w, b.x + b.w) - max(a.x, b.x) > 1 for a, b in pairs)
    return flat + sum(a.w == b.w == 0 and a.x == b.x and min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > 1 for a, b in pairs)


def assert_well_drawn(drawn: Geometry) -> None:
    lanes = {lane.id: lane.rect for lane in drawn.lanes}
    everything = [*(node.rect for node in drawn.nodes), *(label.rect for label in drawn.labels)]
    assert [pair for pair in combinations(everything, 2) if pair[0].meets(pair[1])] == []
    assert [pair for pair in combinations(lanes.values(), 2) if pair[0].meets(pair[1], -0.1)] == []
    assert [node.id for node in drawn.nodes if not inside(node.rect, lanes[node.lane])] == []
    for _, segment in segments(drawn):
        assert segment.w == 0 or segment.h == 0
        assert [rect for rect in everything if segment.meets(rect, -0.05)] == []


@thorough
@given(definitions(), upright)
def test_nothing_overlaps_and_no_arrow_passes_a_step_or_a_text(definition: Definition, upright: bool) -> None:
    assert_well_drawn(geometry(definition, upright=upright))


@thorough
@given(definitions(), upright)
def test_every_step_and_every_flow_is_drawn_once(definition: Definition, upright: bool) -> None:
    drawn = geometry(definition, upright=upright)
    keys = {item.key for item in definition.steps}
    assert [node.id for node in drawn.nodes] == [item.key for item in definition.steps]
    wanted = [(flow.source, flow.target) for flow in explicit_flows(definition.steps) if flow.target in keys]
    assert [(edge.source, edge.target) for edge in drawn.edges] == wanted
    assert [edge.id for edge in drawn.edges if len(edge.points) < 2] == []
    assert max(Counter(edge.id for edge in drawn.edges).values(), default=1) == 1


@thorough
@given(definitions(), upright)
def test_every_arrow_begins_and_ends_at_its_steps(definition: Definition, upright: bool) -> None:
    drawn = geometry(definition, upright=upright)
    rect = {node.id: node.rect for node in drawn.nodes}
    for edge in drawn.edges:
        for key, (x, y) in ((edge.source, edge.points[0]), (edge.target, edge.points[-1])):
            assert rect[key].meets(Rect(x, y, 0, 0), 0.1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions(max_steps=30), upright)
def test_the_same_definition_gives_the_same_layout(definition: Definition, upright: bool) -> None:
    assert geometry(definition, upright=upright) == geometry(definition, upright=upright)


@thorough
@given(definitions(), upright)
def test_simplified_arrows_keep_clear_of_steps_too(definition: Definition, upright: bool) -> None:
    chart = chart_of(definition)
    drawn = geometry_of(layout(chart, upright=upright, simple_above=0))
    assert len(drawn.edges) == len(chart.edges)
    assert_well_drawn(drawn)


@pytest.mark.parametrize("upright", [True, False])
def test_a_purchase_process_is_drawn_with_its_lanes_in_the_authors_order(upright: bool) -> None:
    drawn = geometry(purchase(), upright=upright)
    assert [lane.name for lane in drawn.lanes] == ["Requester", "Line manager", "Procurement", "Supplier", "Finance"]
    places = [lane.rect.x if upright else lane.rect.y for lane in drawn.lanes]
    assert places == sorted(places)
    assert crossings(drawn) <= 3
    assert_well_drawn(drawn)


def test_time_runs_down_or_to_the_right() -> None:
    plain = Definition(steps=tuple(step(key) for key in "abc"))
    down, right = geometry(plain), geometry(plain, upright=False)
    assert [node.rect.y for node in down.nodes] == sorted({node.rect.y for node in down.nodes})
    assert [node.rect.x for node in right.nodes] == sorted({node.rect.x for node in right.nodes})


def test_steps_without_a_role_come_last_in_a_lane_of_their_own() -> None:
    definition = Definition(roles=(RoleRef("b", "Buyer"),), steps=(step("a", "activity", "Check", "gone"), step("c", "end", "", "b")))
    assert [(lane.key, lane.title) for lane in chart_of(definition, "(niemand)").lanes] == [("b", "Buyer"), ("", "(niemand)")]


def test_two_arrows_between_the_same_steps_can_be_told_apart() -> None:
    drawn = geometry(Definition(steps=(step("a", "activity", "Check", "", "b|one", "b|two"), step("b", "end"))))
    assert drawn.edges[0].points != drawn.edges[1].points


def test_the_branches_of_a_decision_leave_at_different_corners() -> None:
    steps = (step("d", "decision", "Which?", "", "a|one", "b|two", "c|three"), step("a"), step("b"), step("c"))
    drawn = geometry(Definition(steps=steps))
    assert len({edge.points[0] for edge in drawn.edges[:3]}) == 3


def test_a_process_without_steps_is_an_empty_sheet() -> None:
    assert geometry(Definition()).as_dict() == {"lanes": [], "nodes": [], "edges": [], "labels": []}


@pytest.mark.parametrize("length", [60, 200, 400])
def test_long_processes_are_well_drawn(length: int) -> None:
    drawn = geometry(chain(length))
    assert [node.id for node in drawn.nodes] == [f"s{n}" for n in range(length)]
    assert crossings(drawn) <= length / 10


def test_more_than_400_steps_get_plain_arrows() -> None:
    assert [layout(chart_of(chain(size)), upright=True).simplified for size in (400, 401)] == [False, True]


def test_arrows_hardly_lie_on_each_other_even_in_a_tangle() -> None:
    drawn = [geometry(tangle(seed)) for seed in range(50)]
    assert sum(overlaps(each) for each in drawn) <= sum(len(each.edges) for each in drawn) / 250


def test_a_hand_off_never_enters_a_step_from_behind() -> None:
    """A step of the lane between takes the way straight across, so that the target moves on by one rank."""
    roles = tuple(RoleRef(key, key) for key in "abc")
    steps = (
        step("one", "start", "", "a", "two"),
        step("two", "activity", "Here", "a", "far"),
        step("far", "activity", "Far away", "c", "end"),
        step("other", "start", "", "b", "between"),
        step("between", "activity", "Between", "b", "end"),
        step("end", "end", "", "b"),
    )
    drawn = geometry(Definition(roles=roles, steps=steps))
    behind = {node.id: node.rect.y + node.rect.h for node in drawn.nodes}
    assert [edge.id for edge in drawn.edges if edge.points[-1][1] == behind[edge.target]] == []
