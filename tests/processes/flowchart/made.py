"""Definitions to draw: a few by hand, and any that hypothesis can think of."""

import random
from typing import Any

from hypothesis import strategies as st

from processes.definition import KINDS, Definition, Flow, RoleRef, Step

HOSTILE = (
    "</script><script>alert(1)</script>",
    'a "quoted" \\N \\G \\"name\\" & <b>bold</b>',
    "\x00\x07\x1b[31mred\x7f\ufffe\ud800",
    "مرحبا بالعالم \u202eevil\u202c",
    "👩‍👩‍👧‍👦🏽 ok 🇨🇳",
    "x" * 300,
    "选择既有供应商目录中的供应商，然后通知部门经理（最大三十日）。",
    "javascript:alert(1)",
    "]]> <!-- &amp; &#0; <![CDATA[",
    "",
    " \t\n ",
)


def step(key: str, kind: str = "activity", name: str = "", role: str = "", *to: str, **more: Any) -> Step:
    """A step whose arrows are written "target" or "target|label", dashed ones "~target"."""
    flows = []
    for n, arrow in enumerate(to):
        target, _, label = arrow.removeprefix("~").partition("|")
        flows.append(Flow(f"{key}-{n}", target, label, message=arrow.startswith("~")))
    return Step(key, kind, name, role, flows=tuple(flows), goes_on=not to, **more)


def purchase() -> Definition:
    """Nineteen steps over five lanes, with two loops and four decisions."""
    roles = (
        RoleRef("r", "Requester"),
        RoleRef("m", "Line manager"),
        RoleRef("p", "Procurement"),
        RoleRef("s", "Supplier", external=True),
        RoleRef("f", "Finance"),
        RoleRef("x", "Works council"),
    )
    steps = (
        step("need", "start", "Need identified", "r"),
        step("fill", "activity", "Fill in purchase request", "r", outputs=("Purchase request", "Quote", "Drawing", "Budget")),
        step("review", "activity", "Review request", "m"),
        step("ok", "decision", "Approved?", "m", "value|yes", "fill|rework", "no|no"),
        step("no", "end", "Request rejected", "m"),
        step("value", "decision", "Value above 10 000 EUR?", "p", "tender|yes", "choose|no"),
        step("tender", "subprocess", "Run tender", "p", "order", link="PUR-014"),
        step("choose", "activity", "Select catalogue supplier", "p"),
        step("order", "activity", "Issue purchase order", "p", outputs=("Purchase order",)),
        step("deliver", "activity", "Confirm and deliver goods", "s", "wait", "~goods|advice"),
        step("wait", "wait", "Wait for delivery (30 days)", "p", trigger="timer"),
        step("goods", "activity", "Check goods received", "r", outputs=("Delivery note",)),
        step("fine", "decision", "Goods in order?", "r", "match|yes", "claim|no"),
        step("claim", "activity", "Send claim to supplier", "p", "deliver"),
        step("match", "activity", "Match invoice, order and delivery note", "f"),
        step("three", "decision", "Three-way match?", "f", "pay|yes", "clear|no"),
        step("clear", "activity", "Clarify the difference", "f", "match"),
        step("pay", "activity", "Pay invoice", "f"),
        step("paid", "end", "Supplier paid", "f"),
    )
    return Definition(title="Purchase to pay", roles=roles, steps=steps)


def chain(length: int, lanes: int = 3) -> Definition:
    """A long process with a decision that skips or goes back at every fifth step."""
    roles = tuple(RoleRef(f"r{n}", f"Department {n}") for n in range(lanes))
    steps = []
    for n in range(length):
        role, key = f"r{n // 7 % lanes}", f"s{n}"
        if n % 5 == 4 and n + 3 < length:
            other = f"s{n - 3}" if n % 2 else f"s{n + 3}"
            steps.append(step(key, "decision", "Complete?", role, f"s{n + 1}|yes", f"{other}|no"))
        else:
            steps.append(step(key, "activity", "Check the customer order", role))
    return Definition(roles=roles, steps=tuple(steps))


names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.sampled_from(("Check offer", "Approve", "审核采购申请")))


@st.composite
def definitions(draw: st.DrawFn, max_steps: int = 14) -> Definition:
    """Any process: unknown roles, arrows to nowhere, loops, twins, hostile names."""
    size = draw(st.integers(0, max_steps))
    roles = tuple(RoleRef(f"r{n}", draw(names), draw(st.booleans())) for n in range(draw(st.integers(0, 4))))
    keys = [f"s{n}" for n in range(size)]
    flows = st.builds(
        Flow, st.sampled_from([f"f{n}" for n in range(40)]), st.sampled_from([*keys, "", "nowhere"]), names, message=st.booleans()
    )
    steps = tuple(
        Step(
            key,
            draw(st.sampled_from(KINDS)),
            draw(names),
            draw(st.sampled_from([*(role.key for role in roles), "", "unknown"])),
            outputs=tuple(draw(st.lists(names, max_size=4))),
            flows=tuple(draw(st.lists(flows, max_size=4))),
            goes_on=draw(st.booleans()),
            trigger=draw(st.sampled_from(("", "timer", "message", "odd"))),
            link=draw(names),
        )
        for key in keys
    )
    return Definition(roles=roles, steps=steps)


def tangle(seed: int) -> Definition:
    """A process with far too many arrows, the same for the same seed."""
    dice = random.Random(seed)
    size = dice.randint(8, 25)
    steps = []
    for n in range(size):
        decision = dice.random() < 0.3
        arrows = [f"s{dice.randrange(size)}|case" for _ in range(dice.randint(1, 2) if decision else dice.random() < 0.25)]
        arrows += ["|else"] if decision else []
        steps.append(step(f"s{n}", "decision" if decision else "activity", "Do it", f"r{dice.randrange(4)}", *arrows))
    return Definition(roles=tuple(RoleRef(f"r{n}", f"Role {n}") for n in range(4)), steps=tuple(steps))
