"""A revision as a file: pictures, tables, text and data, for whoever may see it and for nobody else."""

import csv
import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from lxml import etree, html
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from processes.bpmn.reading import read_bpmn
from processes.canonical import canonical, from_json, parse, sha256, to_json
from processes.definition import Boundary, Definition, Record, Reference, Risk, RoleRef, SipocRow, Step
from processes.exporting import pictures, sheets
from processes.exporting.columns import COLUMNS, rows
from processes.exporting.markdown import as_markdown, plain
from processes.exporting.schema import json_schema
from processes.flowchart.draw import draw
from processes.flowchart.text import text_width
from processes.models import Process, Revision
from processes.views.downloads import FORMATS, content_of, file_name
from tests import make
from tests.conftest import SignedIn
from tests.make import Cast
from tests.processes.flowchart.made import HOSTILE, chain, definitions, purchase

WHOLE = Definition(
    number="PUR-001",
    title="采购 & <b>pay</b>",
    purpose="So that it is *there*.\n# Not a heading of ours",
    scope="All",
    boundary=Boundary("Need", "Check", "Pay", "Paid"),
    sipoc=(SipocRow("p", "Sales | Service", "Need", "Buy", "Order", "Stores"),),
    roles=(RoleRef("b", "Buyer"), RoleRef("h", "Head")),
    steps=(
        Step("s", "start", "Need", "b"),
        Step(
            "a", "activity", "=1+1", "b", "Do **it**.", ("Offer",), ("Order", "Copy"), ("Report",), system="ERP", form="F 12",
            form_address="https://forms.example/12", instruction="WI-007", work_time=90, waiting_time=480, accountable="h",
            consulted=("h",), informed=("h",), risks=(Risk("r", "Late", "Remind"), Risk("q", "Lost")), duration="2 days", link="PUR-002",
        ),
        *make.definition("Good?").steps[1:],
    ),
    records=(Record("c", "Report", "Buyer", "10 years"),),
    references=(Reference("e", "Handbook", "https://example.com/"),),
    notes="Last *words*.",
)  # fmt: skip


# --- pictures


def picture(definition: Definition) -> bytes:
    return pictures.standalone(draw(definition, label="x").svg, "PUR-001 · 2.0", "Title")


def test_a_picture_needs_and_does_nothing() -> None:
    root = etree.fromstring(picture(replace(purchase(), title=HOSTILE[0])))
    text = etree.tostring(root, encoding="unicode")
    assert not list(root.iter("{*}a", "{*}script", "{*}image", "{*}use", "{*}foreignObject"))
    assert not [name for element in root.iter() for name in element.attrib if name.endswith("href") or name.startswith("on")]
    assert not re.search(r"var\(|url\(|@import|@media|:is\(|http(?!://www.w3.org)", text)
    assert (root.find("{*}title").text, root.findall("{*}text")[-1].text) == ("Title", "PUR-001 · 2.0")
    assert float(root.get("height")) == float(root.get("viewBox").split()[3])


def test_every_rule_of_the_page_that_is_plain_is_in_the_picture() -> None:
    rules = pictures.stylesheet()
    for part in (".lane-body {", ".step-decision .step-shape { fill: #fdf4dc; stroke: #96650b }", ".flow-message .flow-line", ".doc-text"):
        assert part in rules
    for part in ("line-through", ":hover", "mark-", "Canvas", "light-dark"):
        assert part not in rules


def test_the_ring_of_an_event_does_not_hide_its_disc() -> None:
    definition = Definition(roles=(RoleRef("b", "B"),), steps=(Step("w", "wait", "Wait", "b"),))
    shapes = etree.fromstring(picture(definition)).xpath("//*[contains(@class, 'step-wait')]/*[contains(@class, 'step-shape')]")
    assert ["ring" in shape.get("class") for shape in shapes] == [False, True]


def test_png_and_pdf_of_any_text() -> None:
    steps = tuple(Step(f"k{n}", name=text, role="b") for n, text in enumerate(HOSTILE))
    svg = picture(Definition(roles=(RoleRef("b", "采购员"),), steps=steps))
    assert pictures.png(svg).startswith(b"\x89PNG")
    assert pictures.pdf(svg, 'A "quoted" #title').startswith(b"%PDF")


def test_a_very_long_chart_is_painted_smaller() -> None:
    svg = picture(chain(400))
    data = pictures.png(svg)
    width, height = (int.from_bytes(data[place : place + 4], "big") for place in (16, 20))
    assert 1_000_000 < width * height <= pictures.MOST_PIXELS * 1.01
    assert pictures.pdf(svg, "Long").startswith(b"%PDF")


def test_what_cannot_be_painted_says_so() -> None:
    with pytest.raises(pictures.NoPicture):
        pictures.png(b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>")


@pytest.mark.parametrize("foot", ["PUR-001 Purchase to pay · Version 1.0, in force on 25 November 2026", "采购" * 100 + " · 草稿"])
def test_how_it_stands_is_never_cut_off(foot: str) -> None:
    narrow = Definition(roles=(RoleRef("b", "B"),), steps=(Step("a", name="Do", role="b"),))
    root = etree.fromstring(pictures.standalone(draw(narrow, label="x").svg, foot, "Title"))
    lines = root.findall("{*}text[@class='chart-foot']")
    said = [str(line.text) for line in lines]
    assert len(said) > 1
    assert "".join("".join(said).split()) == "".join(foot.split())
    assert max(text_width(text, pictures.FOOT_FONT) for text in said) <= float(root.get("width")) - 2 * pictures.FOOT_SIDE
    assert float(lines[-1].get("y")) < float(root.get("height")) == float(root.find("{*}rect").get("height"))


def test_chinese_is_painted() -> None:
    if "CJK" not in subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout:
        pytest.skip("there is no Chinese font")
    painted = {
        pictures.png(picture(Definition(roles=(RoleRef("b", "B"),), steps=(Step("a", name=name, role="b"),))))
        for name in ("采", "购", "员")
    }
    assert len(painted) == 3  # three boxes for missing signs would be one picture


# --- tables


def test_the_table_has_a_cell_for_everything_that_a_step_says() -> None:
    head, _start, row, *_rest = rows(WHOLE)
    said = dict(zip(COLUMNS, row, strict=True))
    assert len(head) == len(COLUMNS)
    assert (said["number"], said["role"], said["kind"], said["work_time"], said["waiting_time"]) == (
        "2",
        "Buyer",
        "Activity",
        "1 h 30 min",
        "1 day",
    )
    assert (said["outputs"], said["accountable"], said["risks"]) == ("Order\nCopy", "Head", "Late → Remind\nLost")
    asks = dict(zip(COLUMNS, rows(WHOLE)[3], strict=True))
    assert asks["next"] == "yes → 4\nno → 4"
    assert {field for field in Step.__dataclass_fields__ if field not in COLUMNS} == {
        "key", "flows", "goes_on", "trigger", "task_type", "shared",
    }  # fmt: skip


def test_no_cell_is_run_and_both_tables_say_the_same() -> None:
    plain_rows = list(csv.reader(io.StringIO(sheets.as_csv(WHOLE).decode("utf-8-sig"))))
    assert plain_rows[2][2] == "'=1+1"
    sheet = load_workbook(io.BytesIO(sheets.as_xlsx(WHOLE, "A/B: [采购]" * 9))).active
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert cells == plain_rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert (sheet.freeze_panes, sheet.title) == ("D2", "A B   采购 A B   采购 A B   采购 A B")
    assert load_workbook(io.BytesIO(sheets.as_xlsx(Definition(), "[]"))).active.title == "1"


def test_a_cell_holds_what_spreadsheets_count() -> None:
    many = Definition(roles=(RoleRef("b", "B"),), steps=(Step("a", name="Do", role="b", description="\U0001f600" * 20_000),))
    sheet = load_workbook(io.BytesIO(sheets.as_xlsx(many, "T"))).active
    assert sheet.cell(2, list(COLUMNS).index("description") + 1).value == "\U0001f600" * (sheets.LONGEST_CELL // 2)


def test_headings_are_in_the_reader_s_language() -> None:
    with translation.override("zh-hans"):
        assert rows(WHOLE)[0][1] == "角色"


# --- text


def outline(text: str) -> list[tuple[str, str]]:
    """(level, text) of the headings that a reader of Markdown sees outside quotations."""
    tokens, found, depth = MarkdownIt("commonmark").parse(text), [], 0
    for token, inner in zip(tokens, [*tokens[1:], None], strict=True):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and not depth:
            found.append((token.tag, inner.content if inner else ""))
    return found


def test_the_text_reads_like_the_page() -> None:
    text = as_markdown(WHOLE, "Version 2.0")
    assert [head for level, head in outline(text) if level == "h2"] == [
        "Purpose",
        "Scope",
        "Boundary",
        "Steps",
        "Roles",
        "Records",
        "References",
        "Notes",
    ]
    assert "### 2. =1+1" in text
    assert "- Done in: ERP: F 12 https://forms.example/12" in text
    assert "- Risk: Late → Remind\n- Risk: Lost → no control" in text
    assert "| Sales \\| Service | Need | Buy | Order | Stores |" in text
    assert "> # Not a heading of ours" in text
    assert "- yes → 4. Need met" in text
    empty = as_markdown(Definition(title="T"), "Draft")
    assert empty == "# T\n\n*Draft*\n"


@given(definitions())
@settings(max_examples=50)
def test_nothing_that_was_typed_changes_the_structure(definition: Definition) -> None:
    text = as_markdown(replace(definition, title="T"), "Draft")
    assert len([level for level, _head in outline(text) if level == "h3"]) == len(definition.steps)
    assert len([level for level, _head in outline(text) if level == "h1"]) == 1


@pytest.mark.parametrize("label", ["1.", "2) y", "- x", "+ x", "---", "===", "- - -", "1986. A year"])
def test_a_label_makes_no_list_and_no_rule(label: str) -> None:
    text = as_markdown(Definition(title="T", references=(Reference("e", label, ""), Reference("f", label, "x"))), "Draft")
    tokens = MarkdownIt("commonmark").parse(text)
    assert [token.type for token in tokens].count("list_item_open") == 2
    assert "hr" not in {token.type for token in tokens}
    assert [plain(text) for text in ("1.5 mm", "-5 °C", "=1+1", "")] == ["1.5 mm", "-5 °C", "=1+1", ""]


def test_signs_of_markdown_are_signs() -> None:
    assert MarkdownIt("commonmark").renderInline(plain("*a* [b](c) <d> `e` \\ & ![f]")) == "*a* [b](c) &lt;d&gt; `e` \\ &amp; ![f]"


# --- the address


@pytest.fixture
def process(cast: Cast) -> Process:
    process = make.process(cast.purchasing, number="PUR-001", title="Purchase to pay", confidentiality="departments")
    make.effective(process, make.definition("Check offer", "Good?"))
    make.draft(process, make.definition("Toss a coin"))
    return process


@pytest.mark.django_db
def test_every_format_is_what_it_says(client: SignedIn, cast: Cast, process: Process) -> None:
    client.as_(cast.reader)
    begins = {
        "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "svg-wide": b"<?xml", "png-wide": b"\x89PNG", "pdf-wide": b"%PDF",
        "bpmn": b"<?xml",
        "xlsx": b"PK", "csv": b"\xef\xbb\xbf", "md": b"# PUR-001", "json": b"{",
    }  # fmt: skip
    assert set(begins) == set(FORMATS)
    for what, begin in begins.items():
        answer = client.get(f"/processes/PUR-001/revisions/1/download/{what}/")
        assert answer.content.startswith(begin), what
        assert answer["Content-Disposition"] == f'attachment; filename="PUR-001 v1.0 Purchase to pay.{FORMATS[what].ending}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    frozen = process.revisions.get(ordinal=1).frozen
    assert frozen
    assert client.get("/processes/PUR-001/revisions/1/download/json/").content == bytes(frozen.content)
    assert read_bpmn(client.get("/processes/PUR-001/revisions/1/download/bpmn/").content).definition == parse(bytes(frozen.content))
    page = client.get("/processes/PUR-001/").content.decode()
    assert all(f"/processes/PUR-001/revisions/1/download/{what}/" in page for what in FORMATS)


@pytest.mark.django_db
def test_the_menus_offer_what_is_shown_and_let_a_refusal_be_read(client: SignedIn, cast: Cast, process: Process) -> None:
    client.as_(cast.reader)
    for query, ending in (("", ""), ("?chart=wide", "-wide")):
        page = html.fromstring(client.get(f"/processes/PUR-001/{query}").content)
        shown = page.xpath("//section[@id='flowchart']//a[contains(@href, '/download/')]/@href")
        assert [address.split("/")[-2] for address in shown] == [f"svg{ending}", f"png{ending}", f"pdf{ending}"]
        # With this attribute a browser throws the page away that says why there is no file.
        assert not page.xpath("//a[contains(@href, '/revisions/1/download/')][@download]")


@pytest.mark.django_db
def test_names_of_files_say_the_version_and_are_safe(cast: Cast, process: Process) -> None:
    first, second = process.revisions.order_by("ordinal")
    assert file_name(first, "采购到付款") == "PUR-001 v1.0 采购到付款"
    assert file_name(second, "Purchase to pay") == "PUR-001 Draft Purchase to pay"
    assert file_name(first, "../a\\b\n\u202egpj.exe") == "PUR-001 v1.0 ..-a-b gpj.exe"
    assert len(file_name(first, "采" * 200).encode()) < 250


@pytest.mark.django_db
def test_downloads_follow_sight(client: SignedIn, cast: Cast, process: Process) -> None:
    seen = {}
    for who in ("stranger", "reader", "author", "approver"):
        client.as_(getattr(cast, who))
        seen[who] = tuple(client.get(f"/processes/PUR-001/revisions/{n}/download/md/").status_code for n in (1, 2, 9))
    assert seen == {"stranger": (404, 404, 404), "reader": (200, 200, 404), "author": (200, 200, 404), "approver": (200, 200, 404)}
    Process.objects.update(confidentiality="company")
    client.as_(cast.stranger)
    assert [client.get(f"/processes/PUR-001/revisions/{n}/download/md/").status_code for n in (1, 2)] == [200, 404]
    assert client.get("/processes/PUR-001/revisions/1/download/exe/").status_code == 404
    assert client.post("/processes/PUR-001/revisions/1/download/md/").status_code == 405


@pytest.mark.django_db
def test_what_cannot_be_drawn_says_what_to_do(client: SignedIn, cast: Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_svg: bytes) -> bytes:
        raise pictures.NoPicture("x")

    monkeypatch.setattr(pictures, "png", broken)
    answer = client.as_(cast.reader).get("/processes/PUR-001/revisions/1/download/png/")
    assert (answer.status_code, "The SVG of the chart can be opened" in answer.content.decode()) == (503, True)
    monkeypatch.setattr(
        "processes.views.downloads.chart", lambda *_a, **_k: type("None", (), {"svg": None, "message": "Too long to draw."})()
    )
    answer = client.get("/processes/PUR-001/revisions/1/download/svg/")
    assert (answer.status_code, "Too long to draw." in answer.content.decode()) == (503, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (-1, None, "Version 1.0, in force on"), (1, None, "not yet in force on"), (-2, -1, "Version 1.0, no longer in force on"),
        (None, None, "Draft, not in force,"),
    ],
)  # fmt: skip
def test_a_print_says_how_it_stands(cast: Cast, since: int | None, until: int | None, says: str) -> None:
    process = make.process(cast.purchasing)
    if since is None:
        revision = make.draft(process)
    else:
        revision = make.effective(process, since=make.now() + make.dt.timedelta(days=since))
        if until is not None:
            Revision.objects.filter(pk=revision.pk).update(effective_until=make.now() + make.dt.timedelta(days=until))
    assert says in content_of(Revision.objects.select_related("process", "frozen").get(pk=revision.pk), "").standing


# --- the schema of the JSON


def test_the_schema_that_is_documented_is_the_one_of_the_code() -> None:
    documented = (Path(__file__).parents[2] / "docs/definition.schema.json").read_text("utf-8")
    assert json.loads(documented) == json.loads(json.dumps(json_schema()))


def conforms(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is as the schema says, for what occurs in ours."""
    if "$ref" in schema:
        return conforms(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "object":
        known = schema["properties"]
        return (
            set(value) <= set(known)
            and set(schema["required"]) <= set(value)
            and all(conforms(v, known[k], whole) for k, v in value.items())
        )
    if schema["type"] == "array":
        return len(value) <= schema["maxItems"] and all(conforms(one, schema["items"], whole) for one in value)
    if schema["type"] == "string":
        return isinstance(value, str) and len(value) <= schema.get("maxLength", 64) and bool(re.match(schema.get("pattern", ""), value))
    return type(value) is {"boolean": bool, "integer": int}[schema["type"]]


@given(definitions())
@settings(max_examples=40)
def test_every_export_conforms_to_the_schema(definition: Definition) -> None:
    document = to_json(from_json(to_json(definition)))
    assert conforms(document, json_schema(), json_schema())
    assert not conforms(document | {"colour": "red"}, json_schema(), json_schema())
    assert not conforms(document | {"schema": 99}, json_schema(), json_schema())
    assert not conforms(document | {"title": 5}, json_schema(), json_schema())


def test_chinese_is_drawn_in_chinese_forms_whichever_part_is_chinese() -> None:
    latin = draw(make.definition()).svg
    assert b'font-family: "Noto Sans CJK SC"' not in pictures.standalone(latin, "Version 1.0", "t")
    for chart, foot in ((draw(make.definition("检验")).svg, "Version 1.0"), (latin, "版本 1.0")):
        assert b'font-family: "Noto Sans CJK SC"' in pictures.standalone(chart, foot, "t")


def test_what_is_exported_and_read_again_has_the_hash_that_was_signed(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    signed = make.effective(process, make.definition("Check offer", "Is it cheap?", "Sign order"), by=cast.author).frozen
    client.as_(cast.reader)
    address = "/processes/PUR-001/revisions/1/download/{}/"
    assert signed is not None
    assert sha256(client.get(address.format("json")).content) == signed.sha256
    read = read_bpmn(client.get(address.format("bpmn")).content).definition
    assert sha256(canonical(read)) == signed.sha256
