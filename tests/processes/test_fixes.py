"""Each fix mends what it is offered for, and does no other harm."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given

from processes import fixes
from processes.canonical import from_json, to_json
from processes.definition import Boundary, Definition, Flow, RoleRef, Step
from processes.flowchart.findings import Finding, find
from processes.operations import apply
from tests.processes.flowchart.made import definitions, step

ROLES = (RoleRef("b", "Buyer"), RoleRef("s", "Seller"))


def made(*steps: Step) -> Definition:
    return Definition(roles=ROLES, steps=steps, boundary=Boundary(trigger="Need arises", result="Goods are there"))


def mended(definition: Definition, code: str, name: str) -> Definition:
    finding = next(one for one in find(definition) if one.code == code)
    done = fixes.operations(definition, finding, name)
    assert done, "the fix does nothing"
    return applied(definition, done)


def applied(definition: Definition, done: Iterable[fixes.Operation]) -> Definition:
    for operation in done:
        definition = apply(definition, operation).definition
    return definition


def codes(definition: Definition) -> list[str]:
    return [finding.code for finding in find(definition)]


START, END = step("start", "start", "Need", "b"), step("end", "end", "Done", "b")
CHECK = step("check", name="Check", role="b")
STOP = Step("stop", name="Stop here", role="s", goes_on=False)


CASES: list[tuple[str, str, Definition]] = [
    ("no-start", "add-start", made(CHECK, END)),
    ("no-end", "add-end", made(START, CHECK)),
    ("unused-role", "drop-role", made(START, CHECK, END)),
    ("isolated", "remove-step", made(START, CHECK, END, step("alone", name="Alone", role="s"))),
    ("dead-end", "go-on", made(START, replace(CHECK, goes_on=False), END, step("x", "start", "X", "s", "end"))),
    ("dead-end", "end-here", made(START, replace(CHECK, goes_on=False), step("x", "start", "X", "s", "end"), END)),
    ("dead-end", "end-here", made(START, END, step("x", "start", "X", "s"), CHECK)),
    ("unreachable", "from-above", made(START, step("y", "decision", "Y?", "b", "end|yes", "z|no"), replace(STOP, key="z"), CHECK, END)),
    ("unnamed-step", "remove-step", made(START, step("empty", role="s"), CHECK, END)),
    ("long-name", "shorten", made(START, replace(CHECK, name="Check " + "carefully " * 12), END)),
    ("long-name", "shorten", made(START, replace(CHECK, name="检查" * 40), END)),
    ("missing-role", "role-above", made(START, replace(CHECK, role=""), END)),
    ("missing-role", "role-above", made(replace(START, role="gone"), CHECK, END)),
    ("missing-target", "to-below", made(START, step("y", "decision", "Y?", "b", "end|yes", "gone|no"), CHECK, END)),
    ("missing-target", "drop-arrow", made(START, step("y", "decision", "Y?", "b", "end|yes", "check|no", "n0|else"), CHECK, END)),
    ("identical-arrows", "one-arrow", made(START, step("y", "decision", "Y?", "b", "check|a", "|b", "end|c", "~check|c"), CHECK, END)),
    ("decision-with-one-branch", "other-case", made(START, step("y", "decision", "Y?", "b", "check|no"), CHECK, END)),
    ("decision-with-one-branch", "other-case", made(START, step("y", "decision", "Y?", "b"), CHECK, END)),
    ("decision-with-one-branch", "make-activity", made(START, step("y", "decision", "Y", "b", "check"), CHECK, END)),
    ("branch-without-label", "yes-no", made(START, step("y", "decision", "Y?", "b", "check", "end|No"), CHECK, END)),
    ("branch-without-label", "yes-no", made(START, step("y", "decision", "Y?", "b", "check", "end"), CHECK, END)),
    ("implicit-split", "ask-after", made(START, step("y", name="Y", role="b", ), CHECK, END)),
    ("implicit-split", "split-after", made(START, step("y", name="Y", role="b"), CHECK, END)),
]  # fmt: skip


def with_split(definition: Definition, *, goes_on: bool = False) -> Definition:
    """Its step "y" goes on in two ways, of which one is the step below, and tells somebody."""
    flows = (Flow("y1", ""), Flow("y2", "end"), Flow("y3", "check", "told", message=True))
    return replace(
        definition, steps=tuple(replace(one, flows=flows, goes_on=goes_on) if one.key == "y" else one for one in definition.steps)
    )


@pytest.mark.parametrize(("code", "name", "definition"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_it_mends_what_it_is_offered_for(code: str, name: str, definition: Definition) -> None:
    definition = with_split(definition, goes_on=name == "split-after") if code == "implicit-split" else definition
    before = codes(definition)
    assert code in before
    finding = next(one for one in find(definition) if one.code == code)
    assert name in fixes.offered(definition, finding)
    after = mended(definition, code, name)
    assert codes(after).count(code) < before.count(code)
    harmless = {"never-joined", "several-starts", "branch-without-label", "unused-role"}  # what the fix asks to be completed
    assert not (set(codes(after)) - set(before) - harmless)


def test_every_fix_has_a_case() -> None:
    assert {(code, name) for code, some in fixes.FIXES.items() for name in some} == {(code, name) for code, name, _made in CASES}


def test_what_a_fix_writes_is_of_the_process() -> None:
    assert mended(made(CHECK, END), "no-start", "add-start").steps[0].name == "Need arises"
    assert mended(made(START, CHECK), "no-end", "add-end").steps[-1].name == "Goods are there"
    other = mended(made(START, step("y", "decision", "Y?", "b", "check|no"), CHECK, END), "decision-with-one-branch", "other-case")
    assert [flow.label for flow in other.steps[1].flows] == ["no", "yes"]
    one = mended(made(START, step("y", "decision", "Y?", "b", "check|a", "|b", "end|c"), CHECK, END), "identical-arrows", "one-arrow")
    assert [(flow.label, flow.to) for flow in one.steps[1].flows] == [("a / b", "check"), ("c", "end")]
    long = mended(made(START, replace(CHECK, name="Check " + "carefully " * 12, description="How."), END), "long-name", "shorten")
    assert long.steps[1].description == ("Check " + "carefully " * 12).strip() + "\n\nHow."
    assert long.steps[1].name == "Check carefully carefully carefully carefully carefully…"
    told = mended(with_split(made(START, step("y", name="Y", role="b"), CHECK, END)), "implicit-split", "ask-after")
    assert [flow.to for flow in told.steps[2].flows] == ["check", "end"]
    assert [flow.message for flow in told.steps[1].flows] == [True]


@pytest.mark.parametrize(
    ("code", "name", "definition"),
    [
        ("dead-end", "go-on", made(START, CHECK)),
        ("dead-end", "end-here", made(START, replace(CHECK, flows=(Flow("f", "gone"),)), END)),
        ("unreachable", "from-above", made(START, END, CHECK, replace(END, key="e2"))),
        ("unnamed-step", "remove-step", made(START, step("y", "decision", "Y?", "b", "empty|yes", "end|no"), step("empty", role="b"), END)),
        ("missing-target", "to-below", made(START, replace(CHECK, flows=(Flow("f", "gone"),)))),
        ("branch-without-label", "yes-no", made(START, step("y", "decision", "Y?", "b", "check", "end", "start"), CHECK, END)),
        ("branch-without-label", "yes-no", made(START, step("y", "decision", "Y?", "b", "check", "end", "~start"), CHECK, END)),
    ],
)  # fmt: skip
def test_it_is_not_offered_where_it_would_do_nothing(code: str, name: str, definition: Definition) -> None:
    finding = next(one for one in find(definition) if one.code == code)
    assert name not in fixes.offered(definition, finding)


def test_nothing_for_what_has_no_fix_or_is_gone() -> None:
    assert fixes.offered(made(START, CHECK, END), Finding("many-branches", "warning", "check")) == []
    assert fixes.operations(made(START), Finding("no-end", "error"), "unknown") == []
    assert fixes.operations(made(START, CHECK), Finding("unused-role", "hint", values={"role": "Nobody"}), "drop-role") == []
    assert fixes.operations(made(replace(CHECK, role="")), Finding("missing-role", "error", "check"), "role-above") == []
    assert [one["op"] for one in fixes.operations(Definition(), Finding("no-start", "error"), "add-start")] == ["add"]
    assert [one["op"] for one in fixes.operations(Definition(), Finding("no-end", "error"), "add-end")] == ["add"]


@given(definitions())
def test_whatever_is_offered_can_be_done(definition: Definition) -> None:
    definition = from_json(to_json(definition))
    for finding in find(definition):
        for name in fixes.offered(definition, finding):
            applied(definition, fixes.operations(definition, finding, name))
