"""What the live checks find, and the sentences that say what to do."""

from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings

from processes.definition import Definition, Flow, Reference, RoleRef, SipocRow, Step
from processes.finding_texts import TEXTS, sentence
from processes.flowchart.findings import Finding, find
from tests.processes.flowchart.made import definitions, purchase, step

BUYER = (RoleRef("b", "Buyer"),)
START, END = step("start", "start", "Need", "b"), step("end", "end", "Done", "b")


def found(*steps: Step, roles: tuple[RoleRef, ...] = BUYER) -> list[tuple[str, str, str]]:
    return [(f.code, f.level, f.step) for f in find(Definition(roles=roles, steps=steps))]


def do(key: str, *to: str, name: str = "", kind: str = "activity") -> Step:
    return step(key, kind, name or f"Do {key}", "b", *to)


def test_a_good_process_has_no_findings() -> None:
    assert found(START, do("a"), do("q", "end|yes", "a|no", kind="decision"), END) == []


def test_the_purchase_process_only_has_a_role_too_many() -> None:
    assert find(purchase()) == (Finding("unused-role", "hint", values={"role": "Works council"}),)


def test_an_empty_process_asks_for_the_first_step() -> None:
    assert found() == [("no-steps", "error", "")]


def test_one_step_lacks_start_and_end() -> None:
    assert found(do("a")) == [("no-start", "error", ""), ("no-end", "error", ""), ("dead-end", "error", "a")]


def test_several_starts_are_a_hint() -> None:
    other = step("s2", "start", "Reminder", "b", "a")
    assert found(step("start", "start", "Need", "b", "a"), other, do("a"), END) == [("several-starts", "hint", "")]


def test_a_step_on_its_own_is_isolated_and_nothing_else() -> None:
    alone = Step("x", "activity", "Sweep", "b", goes_on=False)
    assert found(step("start", "start", "Need", "b", "end"), alone, END) == [("isolated", "error", "x")]


def test_a_step_that_only_points_at_itself_is_isolated() -> None:
    assert found(step("start", "start", "Need", "b", "end"), do("x", "x"), END) == [
        ("isolated", "error", "x"),
        ("endless-loop", "error", "x"),
    ]


def test_a_dead_end_and_a_step_never_reached() -> None:
    stop = Step("x", "activity", "Wait and see", "b", goes_on=False)
    assert found(START, do("q", "x|yes", "end|no", kind="decision"), stop, do("y"), END) == [
        ("dead-end", "error", "x"),
        ("unreachable", "error", "y"),
    ]


def test_of_a_part_that_is_never_reached_only_the_head_is_named() -> None:
    steps = (step("start", "start", "Need", "b", "end"), do("a"), do("c", "end"), do("d", "a"), END)
    assert found(*steps) == [("unreachable", "error", "d")]


def test_a_circle_that_is_never_reached_is_named_once() -> None:
    steps = (step("start", "start", "Need", "b", "end"), do("a", "c"), do("c", "a"), END)
    assert found(*steps) == [("unreachable", "error", "a"), ("endless-loop", "error", "a")]


def test_a_loop_without_a_way_out() -> None:
    steps = (START, do("q", "a|yes", "end|no", kind="decision"), do("a"), do("c", "a"), END)
    assert found(*steps) == [("endless-loop", "error", "a")]


def test_arrows_to_nowhere() -> None:
    last = Step("end", "activity", "File", "b", flows=(Flow("f", ""),))
    assert found(step("start", "start", "Need", "b", "end"), step("e", "end", "Done", "b"), last) == [
        ("isolated", "error", "e"),
        ("dead-end", "error", "end"),
        ("missing-target", "error", "end"),
    ]
    finding = find(Definition(roles=BUYER, steps=(START, do("a", "gone|yes", "end"), END)))[0]
    assert (finding.code, finding.values) == ("missing-target", {"label": "yes"})


def test_decisions() -> None:
    steps = (
        START,
        Step("q", "decision", "", "b", flows=(Flow("1", "end"), Flow("2", "end2", default=True))),
        step("end2", "end", "Other", "b"),
        END,
    )
    assert found(*steps) == [
        ("decision-without-question", "warning", "q"),
        ("branch-without-label", "error", "q"),
        ("branch-without-label", "warning", "q"),
    ]
    assert found(START, do("q", kind="decision"), END) == [("decision-with-one-branch", "warning", "q")]
    assert found(START, do("q", "end|yes", "n0|no", kind="decision"), END) == [("missing-target", "error", "q")]


def test_a_decision_with_five_branches_is_too_much() -> None:
    ends = [step(f"e{n}", "end", f"Result {n}", "b") for n in range(5)]
    assert found(START, do("q", *(f"e{n}|{n}" for n in range(5)), kind="decision"), *ends) == [("many-branches", "warning", "q")]


def test_an_activity_that_splits_has_to_say_how() -> None:
    assert found(START, do("a", "c", "end"), do("c"), END) == [("implicit-split", "error", "a")]


def test_an_exception_with_a_label_is_no_split() -> None:
    late = replace(do("a", "c", "end"), flows=(Flow("f1", "c"), Flow("f2", "end", "time is up")))
    assert found(START, late, do("c"), END) == []


def test_parallel_ways_that_meet_and_that_do_not() -> None:
    split, join = do("p", "x", "y", kind="parallel"), do("j", "end", kind="parallel")
    assert found(START, split, do("x", "j"), do("y", "j"), join, END) == []
    assert found(START, split, do("x", "end"), do("y", "end"), END) == [("never-joined", "warning", "p")]


def test_names() -> None:
    steps = (START, step("a", "activity", " ", "b"), do("c", name="Check  order"), do("d", name="check order"), do("e", name="x" * 61), END)
    assert found(*steps) == [
        ("unnamed-step", "error", "a"),
        ("duplicate-name", "warning", "d"),
        ("long-name", "warning", "e"),
    ]


def test_texts_at_arrows() -> None:
    steps = (START, do("q", "end|" + "y" * 61, "a|no", kind="decision"), do("a", "end", "end"), END)
    assert found(*steps) == [
        ("long-label", "warning", "q"),
        ("identical-arrows", "warning", "a"),
        ("implicit-split", "error", "a"),
    ]


def test_ends_that_cannot_be_told_apart_are_a_hint() -> None:
    asks = step("q", "decision", "Approved?", "b", "e1|yes", "e2|no")
    start = step("start", "start", "Need", "b")
    assert found(start, asks, step("e1", "end", "Done", "b"), step("e2", "end", " done ", "b")) == [("ends-alike", "hint", "e2")]


def test_an_arrow_back_to_its_own_step_says_when() -> None:
    start = step("start", "start", "Need", "b")
    asks = step("q", "decision", "Approved?", "b", "q|not yet", "end|yes")
    assert found(start, asks, END) == []
    again = step("q", "decision", "Approved?", "b", "q", "end|yes")
    assert found(start, again, END) == [("arrow-to-itself", "warning", "q"), ("branch-without-label", "error", "q")]


def test_several_cases_at_once_are_a_hint() -> None:
    asks = replace(step("q", "decision", "Which?", "b", "end|a", "x|b"), task_type="inclusive")
    assert found(step("start", "start", "Need", "b"), asks, do("x"), END) == [("several-cases-at-once", "hint", "q")]


def test_what_is_used_comes_from_a_supplier_or_a_step() -> None:
    start, make_it = step("start", "start", "Need", "b"), step("m", "activity", "Make", "b", outputs=("Plan",))
    use = step("u", "activity", "Use", "b", inputs=("plan", "Order ", "Drawing"))
    content = Definition(roles=(RoleRef("b", "Buyer"),), steps=(start, make_it, use, END))
    assert find(content) == ()
    with_table = replace(content, sipoc=(SipocRow("r", input="order"),))
    assert find(with_table) == (Finding("input-from-nowhere", "hint", "u", {"name": "Drawing"}),)


def test_roles() -> None:
    nobody = (step("start", "start", "Need", ""), step("a", "activity", "Check", "gone"), END)
    assert found(*nobody) == [("missing-role", "warning", "start"), ("missing-role", "error", "a")]
    many = tuple(RoleRef(f"r{n}", f"Role {n}") for n in range(9))
    crowd = [step(f"s{n}", "activity", f"Do {n}", f"r{n}") for n in range(9)]
    assert found(START, *crowd, END, roles=(*BUYER, *many)) == [("many-roles", "warning", "")]


@pytest.mark.parametrize(("between", "code"), [(28, None), (29, "many-steps"), (48, "many-steps"), (49, "too-many-steps")])
def test_long_processes(between: int, code: str | None) -> None:
    expected = [(code, "warning", "")] if code else []
    assert found(START, *(do(f"s{n}") for n in range(between)), END) == expected


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(definitions())
def test_every_finding_of_any_process_has_a_sentence(definition: Definition) -> None:
    with override("en"):
        for finding in find(definition):
            assert "%(" not in sentence(finding, definition.numbers())


def test_processes_that_do_not_hold_are_named() -> None:
    here = step("a", "subprocess", "Buy", "b", link=" OLD-1 ", instruction="NEW-9")
    itself, round_about = step("c", "subprocess", "Again", "b", link="ME-1"), step("d", "subprocess", "Round", "b", link="YOU-1")
    references = (Reference("r", "Rule", "OLD-1"), Reference("s", "Rule", "NEW-9"), Reference("t", "Rule", "FINE-1"))
    definition = Definition(number="ME-1", roles=BUYER, steps=(START, here, itself, round_about, END), references=references)
    assert find(definition) == (Finding("link-itself", "warning", "c", {"name": "ME-1"}),)
    assert [
        (one.code, one.step, one.values["name"]) for one in find(definition, {"OLD-1": "withdrawn", "NEW-9": "unknown"}, {"YOU-1"})
    ] == [
        ("reference-withdrawn", "", "OLD-1"),
        ("reference-unknown", "", "NEW-9"),
        ("link-unknown", "a", "NEW-9"),
        ("link-withdrawn", "a", "OLD-1"),
        ("link-itself", "c", "ME-1"),
        ("link-circle", "d", "YOU-1"),
    ]


def test_sentences_name_steps_by_their_present_number() -> None:
    numbers = {"a": 3, "c": 7}
    with override("en"):
        assert sentence(Finding("duplicate-name", "warning", "c", {"name": "Check", "other": "a"}), numbers) == (
            "Step 7 has the same name as step 3. Say what is different, or use one step for both."
        )
        assert sentence(Finding("missing-target", "error", "a", {"label": "50 % yes"}), numbers) == (
            "The branch “50 % yes” of step 3 leads nowhere. Choose the step that follows."
        )
        assert sentence(Finding("missing-target", "error", "a", {"label": ""}), numbers) == (
            "An arrow of step 3 leads nowhere. Choose the step that follows, or remove the arrow."
        )
        assert sentence(Finding("missing-role", "error", "gone"), numbers) == "Step ? has no role. Say who does it."
    assert len(TEXTS) == 36
