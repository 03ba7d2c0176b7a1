"""Definitions out to BPMN and back: identical, valid, and opened by others without a word."""

import io
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given, settings
from lxml import etree

from processes.bpmn import enclosed
from processes.bpmn.document import MODEL
from processes.bpmn.reading import read_bpmn
from processes.bpmn.writing import ncname, tag_of, write_bpmn
from processes.canonical import from_json, to_json
from processes.definition import Definition, Flow, Record, RoleRef, SipocRow, Step
from processes.importing import differences
from tests import make
from tests.processes.bpmn.files import CLAIM
from tests.processes.bpmn.test_reading import CORPUS
from tests.processes.flowchart.made import definitions

YES, TELL = Flow("yes", "wait", "yes", default=True), Flow("tell", "pay", "Invoice", message=True)
ORDER = Definition(
    number="PUR-001",
    title="Order <material> & pay",
    purpose="So that it is there.",
    sipoc=(SipocRow(key="row", supplier="Sales", input="Need", output="Order", customer="Stores"),),
    roles=(RoleRef(key="buyer", title="Buyer"), RoleRef(key="vendor", title="Vendor", external=True), RoleRef(key="idle", title="Idle")),
    steps=(
        Step(key="start", kind="start", name="Need", role="buyer", trigger="message"),
        Step(key="order", name="Order", role="buyer", inputs=("Need",), outputs=("Order", "Copy"), system="ERP", description="With\nit."),
        Step(key="ok", kind="decision", name="Confirmed?", role="buyer", flows=(YES, Flow("no", "order", "no"))),
        Step(key="wait", kind="wait", name="wait 2 days", role="vendor", duration="2 days", flows=(TELL,)),
        Step(key="pay", kind="subprocess", name="Pay", role="buyer", link="FIN 003", goes_on=True),
        Step(key="paper", kind="document", name="Slip", shared="block kslip 2 kblock"),
        Step(key="end", kind="end", name="Done", role="buyer", trigger="terminate"),
    ),
    records=(Record(key="rec", name="Order", kept_by="Buyer", retention="10 years"),),
    notes="Last words.",
)  # fmt: skip


def elements(data: bytes, name: str) -> list[etree._Element]:
    return list(etree.fromstring(data).iter(f"{{{MODEL}}}{name}"))


def test_it_comes_back_as_it_was_in_every_language() -> None:
    data = write_bpmn(ORDER)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found = read_bpmn(data)
        assert (found.definition, found.children, found.lost) == (ORDER, (), ())


@given(definitions())
@settings(max_examples=40)
def test_any_definition_comes_back_as_it_was(definition: Definition) -> None:
    clean = from_json(to_json(definition))
    assert read_bpmn(write_bpmn(clean)).definition == clean


def test_one_without_steps_too() -> None:
    empty = Definition(title="Later", purpose="To be written.")
    assert read_bpmn(write_bpmn(empty)).definition == empty


def test_what_the_drawing_says() -> None:
    data = write_bpmn(ORDER)
    assert [lane.get("name") for lane in elements(data, "lane")] == ["Buyer", "Vendor"]
    assert [node.get("name") for node in elements(data, "intermediateCatchEvent")] == ["wait 2 days"]
    assert elements(data, "exclusiveGateway")[0].get("default") == "yes"
    assert elements(data, "callActivity")[0].get("calledElement") == "FIN_003"
    assert [one.get("name") for one in elements(data, "dataObjectReference")] == ["Need", "Order", "Copy"]
    assert {(flow.get("sourceRef"), flow.get("targetRef")) for flow in elements(data, "sequenceFlow")} >= {
        ("start", "order"),
        ("ok", "order"),
    }
    assert [(one.get("sourceRef"), one.get("targetRef")) for one in elements(data, "association")] == [("wait", "pay")]


def test_what_another_tool_changed_holds_and_the_rest_is_added() -> None:
    data = (
        write_bpmn(ORDER)
        .replace(b'name="Confirmed?"', b'name="Confirmed in writing?"')
        .replace(b"<bpmn:documentation>With\nit.", b"<bpmn:documentation>No prices.")
    )
    found = read_bpmn(data).definition
    named = {step.key: step for step in found.steps}
    assert named["ok"].name == "Confirmed in writing?"
    assert (named["order"].description, named["order"].system, named["wait"].duration) == ("No prices.", "ERP", "2 days")
    assert (found.purpose, found.records, found.notes) == (ORDER.purpose, ORDER.records, ORDER.notes)
    assert {role.title: role.external for role in found.roles if role.title != found.title} == {"Buyer": False, "Vendor": True}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99}', "[" * 3000])
def test_a_spoilt_enclosure_is_as_if_it_were_not_there(text: str) -> None:
    root = etree.fromstring(write_bpmn(ORDER))
    next(root.iter(enclosed.TAG)).text = text
    found = read_bpmn(etree.tostring(root)).definition
    assert (found.title, found.purpose, len(found.steps)) == (ORDER.title, "", len(ORDER.steps))


def test_it_is_found_beside_what_other_tools_enclose() -> None:
    root = etree.fromstring(write_bpmn(ORDER))
    next(root.iter(enclosed.EXTENSIONS)).append(etree.Element("{urn:other}colour"))
    assert read_bpmn(etree.tostring(root)).definition == ORDER


def test_an_event_that_waits_for_a_condition_says_so() -> None:
    low = Definition(
        title="T", roles=(RoleRef("a", "A"),), steps=(Step("low", kind="wait", name="Stock low", role="a", trigger="conditional"),)
    )
    (event,) = elements(write_bpmn(low), "conditionalEventDefinition")
    assert [child.tag for child in event] == [f"{{{MODEL}}}condition"]
    assert read_bpmn(write_bpmn(low)).definition == low


def test_kinds_and_numbers_in_the_words_of_bpmn() -> None:
    assert [tag_of(Step(key="k", kind="decision", task_type=kind)) for kind in ("", "inclusive", "eventBased")] == [
        "exclusiveGateway", "inclusiveGateway", "eventBasedGateway",
    ]  # fmt: skip
    assert [tag_of(Step(key="k", task_type=kind)) for kind in ("", "user", "strange")] == ["task", "userTask", "task"]
    assert [ncname(number) for number in ("PUR-001", "1 a", "", "采购:1")] == ["PUR-001", "_1_a", "", "采购_1"]


def test_keys_that_are_used_twice_get_ids_of_their_own() -> None:
    same = Definition(
        title="T", roles=(RoleRef("a", "A"),), steps=(Step("a", role="a", flows=(Flow("a", "b"),)), Step("b", kind="end", role="a"))
    )
    ids = [element.get("id") for element in etree.fromstring(write_bpmn(same)).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert read_bpmn(write_bpmn(same)).definition == same


def test_differences_name_their_place() -> None:
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}], "c": 0}, "T") == ["T/a/1/b", "T/c"]
    assert differences([1], [1, 2], "T") == ["T"]


# --- commands


def test_the_round_trip_is_told(tmp_path: Path) -> None:
    file, out = tmp_path / "claim.bpmn", io.StringIO()
    file.write_bytes(CLAIM)
    call_command("import_bpmn", str(file), check=True, json=True, roundtrip=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["roundtrip"], told["diff"]) == ("identical", [])
    call_command("import_bpmn", str(file), check=True, roundtrip=True, stdout=(out := io.StringIO()))
    assert "exported and read again: identical" in out.getvalue()
    call_command("import_bpmn", str(file), check=True, json=True, stdout=(out := io.StringIO()))
    assert "roundtrip" not in json.loads(out.getvalue())


def test_a_difference_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.importing.write_bpmn", lambda definition: write_bpmn(replace(definition, purpose="Another.")))
    file, out = tmp_path / "claim.bpmn", io.StringIO()
    file.write_bytes(CLAIM)
    call_command("import_bpmn", str(file), check=True, json=True, roundtrip=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["roundtrip"], told["diff"]) == ("different", ["Handle a claim/purpose"])


@pytest.mark.django_db
def test_a_process_is_exported_by_its_number(cast: make.Cast, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    process = make.process(cast.purchasing, number="PUR-009")
    make.effective(process, ORDER)
    make.draft(process, replace(ORDER, purpose="Next."))
    out = tmp_path / "out.bpmn"
    call_command("export_bpmn", "pur-009", out=out, stdout=io.StringIO())
    assert (read_bpmn(out.read_bytes()).definition.purpose, read_bpmn(out.read_bytes()).definition.number) == (ORDER.purpose, "PUR-009")
    call_command("export_bpmn", "PUR-009", revision="1.0")
    assert read_bpmn(capfdbinary.readouterr().out).definition.purpose == ORDER.purpose
    only_draft = make.process(cast.purchasing, number="PUR-010")
    make.draft(only_draft, ORDER)
    call_command("export_bpmn", "PUR-010", out=out, stdout=io.StringIO())
    for arguments, why in (
        (("NO-1",), "no process"),
        (("PUR-009", "--revision", "7.0"), "no version 7.0"),
        (("PUR-009", "--out", str(tmp_path)), "cannot be written"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("export_bpmn", *arguments)


# --- what others say of our files


@pytest.fixture(scope="module")
def moddle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bpmn-moddle, the reader of bpmn.io, with the OMG's schema in it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not on this machine: bpmn-moddle cannot read our exports here")
    home = tmp_path_factory.mktemp("npm")
    (home / "package.json").write_text('{"private": true, "type": "module"}')
    done = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "bpmn-moddle@10"], cwd=home, capture_output=True, timeout=120, check=False
    )
    if done.returncode:
        pytest.skip("the npm registry is not reached: bpmn-moddle cannot read our exports here")
    return home


def exports(folder: Path) -> list[Path]:
    """Our own definition and, where they are, every tenth of other people's models."""
    found = [ORDER]
    for path in sorted(path for path in CORPUS.rglob("*.bpmn") if path.is_file())[::10]:
        try:
            found.append(read_bpmn(path.read_bytes()).definition)
        except ValueError:
            continue
    folder.mkdir()
    for n, definition in enumerate(found):
        (folder / f"{n}.bpmn").write_bytes(write_bpmn(definition))
    return sorted(folder.iterdir())


@pytest.mark.slow
def test_exports_are_valid_and_read_by_others_without_a_warning(moddle: Path) -> None:
    files = exports(moddle / "exports")
    schema = etree.XMLSchema(etree.parse(moddle / "node_modules" / "bpmn-moddle" / "resources" / "bpmn" / "xsd" / "BPMN20.xsd"))
    for file in files:
        schema.assertValid(etree.parse(file))
    (moddle / "read.js").write_text(
        "import {BpmnModdle} from 'bpmn-moddle'; import fs from 'fs'; const told = [];"
        "for (const file of fs.readdirSync('exports')) {"
        "  const {warnings} = await new BpmnModdle().fromXML(fs.readFileSync('exports/' + file, 'utf8'));"
        "  told.push(...warnings.map(w => file + ': ' + w.message)); }"
        "console.log(JSON.stringify({files: fs.readdirSync('exports').length, told}));"
    )
    done = subprocess.run(
        [shutil.which("node") or "node", "read.js"], cwd=moddle, capture_output=True, timeout=120, check=True, env=os.environ
    )
    assert json.loads(done.stdout) == {"files": len(files), "told": []}
