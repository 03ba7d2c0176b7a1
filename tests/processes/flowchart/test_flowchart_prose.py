"""The chart read aloud."""

from processes.definition import Definition, Flow, RoleRef, Step
from processes.flowchart.prose import Phrases, as_text
from tests.processes.flowchart.made import purchase, step

BUYER = (RoleRef("b", "Buyer"),)


def test_a_process_reads_like_prose() -> None:
    steps = (
        step("a", "start", "Need known", "b"),
        step("b", "activity", "Check offer", "b", outputs=("Note", "Price list")),
        step("c", "decision", "Cheap enough?", "b", "d|yes", "b|no"),
        step("d", "subprocess", "Order", "", link="PUR-014"),
        step("e", "end", "", "b"),
    )
    assert as_text(Definition(roles=BUYER, steps=steps)) == [
        "Step 1, Buyer: Need known. Go to step 2.",
        "Step 2, Buyer: Check offer. Result: Note, Price list. Go to step 3.",
        "Step 3, Buyer: Cheap enough? If yes, go to step 4; if no, go to step 2.",
        "Step 4: Order. See PUR-014. Go to step 5.",
        "Step 5, Buyer: End without a name. The process ends here.",
    ]


def test_parallel_ways_messages_and_unlabelled_branches() -> None:
    steps = (
        step("a", "parallel", "", "", "b", "c"),
        step("b", "activity", "Pack", "", "c", "~d|advice", "~d"),
        step("c", "decision", "All there?", "", "d|yes", "a"),
        step("d", "activity", "Ship", "", "nowhere"),
    )
    assert as_text(Definition(steps=steps)) == [
        "Step 1: Parallel paths without a name. At the same time, go on with steps 2, 3.",
        "Step 2: Pack. Send advice to step 4. Send a message to step 4. Go to step 3.",
        "Step 3: All there? If yes, go to step 4; otherwise, go to step 1.",
        "Step 4: Ship.",
    ]


def test_the_words_can_be_of_any_language() -> None:
    words = Phrases(
        step="步骤 {number}，{role}：{name}。",
        unnamed="未命名的{kind}",
        kinds={"decision": "判断"},
        branch="如果{label}，转到步骤 {target}",
        branch_without_label="否则，转到步骤 {target}",
        semicolon="；",
        stop="。",
    )
    steps = (Step("a", "decision", "", "b", flows=(Flow("f", "c", "是"), Flow("g", "c"))), step("c", "end", "完成", "b"))
    assert as_text(Definition(roles=BUYER, steps=steps), words)[0] == "步骤 1，Buyer：未命名的判断。 如果是，转到步骤 2；否则，转到步骤 2。"


def test_braces_in_names_are_text() -> None:
    assert as_text(Definition(steps=(step("a", "activity", "Fill {number}"),))) == ["Step 1: Fill {number}."]


def test_every_step_has_one_paragraph() -> None:
    assert len(as_text(purchase())) == len(purchase().steps)
