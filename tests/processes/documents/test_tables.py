"""Tables of steps from CSV and spreadsheets become definitions."""

import datetime as dt
import time

import pytest

from processes.canonical import clean, from_json, to_json
from processes.definition import Definition, explicit_flows
from processes.documents import sheet
from processes.documents.columns import fields_of
from processes.documents.sheet import read_csv, read_xlsx
from processes.exporting.sheets import as_csv, as_xlsx
from tests.processes.documents.made import book, steps
from tests.processes.flowchart.made import HOSTILE, purchase
from tests.processes.test_exporting import WHOLE


def test_more_steps_than_a_chart_bears_are_listed() -> None:
    rows = [["Role", "Step"], *(["Buyer", f"Do {n}"] for n in range(405))]
    found = read_xlsx(book(rows), "f")
    assert len(found.definition.steps) == 402
    assert [one.text for one in found.not_taken] == ["Do 400", "Do 401", "Do 402", "Do 403", "Do 404"]


def test_small_cells() -> None:
    found = read_csv("Role,Step,Kind,Work time,Inputs\n : ,Order,判断,soon,A; B\nBuyer,Pay,Nothing,2 h,\n".encode(), "t")
    order, pay = found.definition.steps[1:3]
    assert (order.kind, order.role, order.inputs, pay.work_time, pay.kind) == ("decision", "", ("A", "B"), 120, "activity")
    assert [one.text for one in found.not_taken] == ["soon", "Nothing"]
    assert read_csv(b"Step,Role,Minutes\nA,B," + b"x" * 20 + b"\n", "t").not_taken[0].text == "x" * 20
    long = read_csv(("Step,System\nA," + "y" * 310).encode(), "t")
    assert (len(long.definition.steps[1].system), [len(one.text) for one in long.not_taken]) == (300, [310])


def test_our_own_table_comes_back() -> None:
    for found in (read_csv(as_csv(WHOLE), "t"), read_xlsx(as_xlsx(WHOLE, "t"), "t")):
        before, after = WHOLE.steps[1], found.definition.steps[1]
        for field in (
            "name",
            "kind",
            "inputs",
            "outputs",
            "records",
            "system",
            "form",
            "instruction",
            "link",
            "duration",
            "work_time",
            "waiting_time",
        ):
            assert getattr(after, field) == getattr(before, field), field
        for several in ("consulted", "informed"):
            assert list(map(found.definition.role_title, getattr(after, several))) == list(map(WHOLE.role_title, getattr(before, several)))
        assert found.definition.role_title(after.accountable) == WHOLE.role_title(before.accountable) != ""
        assert [(one.risk, one.control) for one in after.risks] == [(one.risk, one.control) for one in before.risks] != []
        assert found.not_taken == ()
    whole = purchase()
    again = read_xlsx(as_xlsx(whole, "t"), "t").definition
    assert [(step.kind, step.name, again.role_title(step.role)) for step in again.steps] == [
        (step.kind, step.name, whole.role_title(step.role)) for step in whole.steps
    ]
    assert arrows(again) == arrows(whole)
    assert any(message for *_rest, message in arrows(whole))


def arrows(definition: Definition) -> list[tuple[int, int, str, bool]]:
    numbers = definition.numbers()
    flows = explicit_flows(definition.steps)
    return sorted((numbers[flow.source], numbers[flow.target], flow.label, flow.message) for flow in flows)


def test_ways_that_lead_nowhere_are_listed() -> None:
    rows = [
        ["No.", "Role", "Step", "Goes on with"],
        ["1.", "Buyer", "Ask", "→ 3)"],
        ["", "Buyer", "Order", "then pay; if late -> 9"],
        ["", "", "Pay", ""],
    ]
    found = read_csv("\n".join(",".join(row) for row in rows).encode(), "t")
    assert (2, 4, "", False) in arrows(found.definition)
    assert [(one.where, one.text) for one in found.not_taken] == [("Row 3", "then pay"), ("Row 3", "if late -> 9")]


def test_the_head_is_found_below_a_title_and_on_another_sheet() -> None:
    rows = [["Purchasing"], [], ["Responsible", "Activity", "Minutes"], ["Buyer", "Order", 12.0], [None, "Pay", 1.5], ["Buyer", None, None]]
    found = read_xlsx(book([["nothing", "here"]], rows), "file")
    assert found.definition.title == "Sheet 1"
    assert steps(found.definition)[1:-1] == [("activity", "Buyer", "Order"), ("activity", "Buyer", "Pay")]
    assert [(one.where, one.text) for one in found.not_taken] == [
        ("Row 1", "Purchasing"), ("Row 4", "12"), ("Row 5", "1.5"), ("Row 6", "Buyer"),
    ]  # fmt: skip
    assert "<th>Responsible</th>" in found.original


def test_days_are_days_and_encodings_are_found() -> None:
    noon = [dt.datetime(2026, 1, 2, tzinfo=None), dt.datetime(2026, 1, 2, 3, tzinfo=None)]  # noqa: DTZ001 a spreadsheet knows no zones
    found = read_xlsx(book([["Role", "Step", "Since", "Deadline"], ["Buyer", "Order", *noon]]), "file")
    assert found.definition.steps[1].duration == "2026-01-02 03:00:00"
    assert found.not_taken[0].text == "2026-01-02"
    chinese = read_csv("岗位;步骤\n采购员;下单".encode("gb18030"), "file").definition
    assert steps(chinese)[1:-1] == [("activity", "采购员", "下单")]


def test_five_thousand_rows_in_seconds_and_nothing_lost() -> None:
    data = ("Role,Step\n" + "".join(f"Buyer,Do {n}\n" for n in range(5_200))).encode()
    begun = time.process_time()
    found = read_csv(data, "file")
    assert time.process_time() - begun < 10
    assert len(found.definition.steps) == 402
    listed = {one.text for one in found.not_taken}
    assert {f"Do {n}" for n in range(400, 5_200)} <= listed


def test_hostile_cells_are_text() -> None:
    cells = [clean(text).strip() or "x" for text in HOSTILE]
    found = read_xlsx(book([["Role", "Step"], *(["Buyer", text] for text in cells)]), "f")
    assert "<script" not in found.original
    assert from_json(to_json(found.definition)) == found.definition


def test_columns_are_known_in_both_languages_and_once() -> None:
    assert fields_of(["No.", "Responsible:", "ACTIVITY", "Step", "输出", "Goes on with", "?"]) == [
        "number",
        "role",
        "name",
        "",
        "outputs",
        "next",
        "",
    ]
    assert fields_of(["Responsible", "Description"]) == ["role", "name"]


def test_only_the_rows_that_are_read_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "ROWS", 3)
    found = read_csv(b"Role,Step\nA,b\nC,d\nE,f\n", "file")
    assert [one.text for one in found.not_taken] == ["E", "f"]


def test_a_cell_of_spaces_is_read_at_once() -> None:
    spaces = " " * 100_000
    data = f"Role,Step,Inputs,Work time\nBuyer,Check,a{spaces}b,1{spaces}!\nBuyer,Sign,x,{'1 m ' * 30_000}\n".encode()
    begun = time.process_time()
    steps_found = read_csv(data, "x").definition.steps[1:3]
    assert [(len(step.inputs), step.work_time) for step in steps_found] == [(1, 0), (1, 0)]
    assert time.process_time() - begun < 2
