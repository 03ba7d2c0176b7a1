"""Sums of time and the critical path."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from processes.definition import Flow, Step
from processes.times import Times, times_of
from tests.processes.flowchart.made import step


def timed(key: str, work: int = 0, waiting: int = 0, *to: str) -> Step:
    flows = tuple(Flow(f"{key}-{target}", target) for target in to)
    return Step(key=key, work_time=work, waiting_time=waiting, flows=flows, goes_on=False)


def test_the_longest_branch_counts_and_a_join_waits_for_the_last() -> None:
    steps = [timed("a", 10, 0, "b", "c"), timed("b", 5, 60, "d"), timed("c", 30, 0, "d"), timed("d", 1)]
    assert times_of(steps) == Times(work=46, waiting=60, lead=76, critical=("a", "b", "d"), loops=False)


def test_a_way_back_is_gone_once() -> None:
    steps = [timed("a", 10, 0, "b"), timed("b", 5, 0, "a", "c"), timed("c", 1)]
    assert times_of(steps) == Times(work=16, waiting=0, lead=16, critical=("a", "b", "c"), loops=True)
    assert times_of([timed("a", 3, 0, "a")]) == Times(work=3, waiting=0, lead=3, critical=("a",), loops=True)


def test_what_says_nothing_has_no_times() -> None:
    assert not times_of([])
    assert not times_of([step("a"), step("b")])
    assert times_of([timed("a", 0, 1)])


def test_messages_and_missing_steps_lead_nowhere() -> None:
    steps = [Step(key="a", work_time=1, goes_on=False, flows=(Flow("f", "b", message=True), Flow("g", "gone"))), timed("b", 9)]
    assert times_of(steps).lead == 9


@st.composite
def acyclic(draw: st.DrawFn) -> list[Step]:
    size = draw(st.integers(1, 7))
    keys = [f"s{n}" for n in range(size)]
    return [
        timed(
            key, draw(st.integers(0, 9)), draw(st.integers(0, 9)), *draw(st.sets(st.sampled_from(keys[n + 1 :]))) if keys[n + 1 :] else ()
        )
        for n, key in enumerate(keys)
    ]


@given(acyclic())
def test_it_equals_the_longest_of_all_ways(steps: list[Step]) -> None:
    by_key = {one.key: one for one in steps}

    def ways(key: str) -> list[int]:
        own = by_key[key].work_time + by_key[key].waiting_time
        return [own + rest for flow in by_key[key].flows for rest in ways(flow.to)] or [own]

    found = times_of(steps)
    assert found.lead == max(length for key in by_key for length in ways(key))
    assert sum(by_key[key].work_time + by_key[key].waiting_time for key in found.critical) == found.lead
    assert all(later in {flow.to for flow in by_key[earlier].flows} for earlier, later in pairwise(found.critical))


@given(st.lists(st.tuples(st.integers(0, 9), st.sets(st.integers(0, 9), max_size=3)), max_size=10))
def test_any_tangle_has_an_end(rows: list[tuple[int, set[int]]]) -> None:
    steps = [timed(f"s{n}", work, 0, *(f"s{m}" for m in sorted(to) if m < len(rows))) for n, (work, to) in enumerate(rows)]
    found = times_of(steps)
    assert found.lead <= found.work
    assert len(set(found.critical)) == len(found.critical)
