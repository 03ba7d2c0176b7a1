"""The second try: each common defect is mended and told; what is no defect is left as it is."""

import pytest

from processes.bpmn.document import NotImported, open_document
from processes.bpmn.mending import DC, DI, WAYS, mended
from processes.bpmn.reading import read_bpmn
from tests.processes.bpmn.files import process

PLAIN = process("<startEvent id='s'/><task id='t' name='Größe'/><sequenceFlow id='f' sourceRef='s' targetRef='t'/>").decode()
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MISSPELT = ("namespaces of BPMN that were misspelt or missing",)


def test_three_common_defects_are_mended_and_told() -> None:
    plain = process("<task id='t' name='Größe'/>").decode()
    assert open_document(("\n \n" + plain).encode()).repairs == ("white space before the first line",)
    assert open_document(b"\xef\xbb\xbf" + ("\n" + plain).encode()).repairs == ("white space before the first line",)
    camunda = plain.replace("<task id", '<task camunda:assignee="me" id')
    assert open_document(camunda.encode()).repairs == ("missing declarations of well-known prefixes",)
    windows = open_document(plain.encode("cp1252"))
    assert windows.repairs == ("letters in a Windows encoding although the file says UTF-8",)
    assert windows.root[0][0].get("name") == "Größe"
    with pytest.raises(NotImported, match="broken"):
        open_document(plain.replace("</process>", "").encode("cp1252"))


@pytest.mark.parametrize(
    "written",
    [
        f"{MODEL} ",
        f"{MODEL}/",
        MODEL.replace("http:", "https:"),
        "http://schema.omg.org/spec/BPMN/2.0",
        "http://www.omg.org/spec/BPMN/20100501/MODEL",
        "http://www.omg.org/bpmn20",
        MODEL.lower(),
    ],
)
def test_a_namespace_that_is_meant_is_taken(written: str) -> None:
    found = read_bpmn(PLAIN.replace(f'"{MODEL}"', f'"{written}"').encode())
    assert (found.repairs, [step.name for step in found.definition.steps]) == (MISSPELT, ["", "Größe"])


def test_the_namespaces_of_the_drawing_are_meant_too() -> None:
    wrong = (
        PLAIN.replace(DI, f"{DI}/").replace(DC, DC.replace("http", "https")).replace('xmlns:x="', f'xmlns:w="{WAYS.lower()} " xmlns:x="')
    )
    root = open_document(wrong.replace(MODEL, "http://www.omg.org/bpmn20").encode()).root
    assert {root.nsmap[name] for name in ("bpmndi", "dc", "w")} == {DI, DC, WAYS}


def test_no_namespace_at_all_and_a_foreign_one_with_a_blank() -> None:
    assert open_document(PLAIN.replace(f'xmlns="{MODEL}" ', "").encode()).repairs == MISSPELT
    blank = open_document(PLAIN.replace("http://example.com/engine", " urn:our engine ").encode())
    assert (blank.repairs, blank.root.nsmap["x"]) == (MISSPELT, "urn:our%20engine")
    with pytest.raises(NotImported, match="begins with <definitions>"):
        open_document(PLAIN.replace(f'"{MODEL}"', '"urn:wsdl"').encode())
    with pytest.raises(NotImported, match="broken"):
        open_document(b"<definitions><process></definitions>")


@pytest.mark.parametrize(
    ("broken", "said", "name"),
    [
        (PLAIN.replace("Größe", "a < b"), "the signs < and & inside a text", "a < b"),
        (PLAIN.replace("Größe", "R&D & more &amp; so on"), "the signs < and & inside a text", "R&D & more & so on"),
        (PLAIN.replace("Größe", "one&nbsp;two &auml;"), "letters written as in web pages, such as &nbsp;", "one two ä"),
        (PLAIN.replace("Größe", "a\x02b&#x1F;c&#31;d&#65;&#10;&#xFFFF;&#xD800;&#9999999;"), "characters that no text may hold", "abcdA"),
    ],
)  # fmt: skip
def test_signs_and_letters_in_a_text(broken: str, said: str, name: str) -> None:
    found = read_bpmn(broken.encode())
    assert (found.repairs, found.definition.steps[1].name) == ((said,), name)


def test_what_names_no_letter_stays_and_is_refused() -> None:
    with pytest.raises(NotImported, match="xxe"):
        open_document(PLAIN.replace("Größe", "&xxe;").encode())
    with pytest.raises(NotImported, match="broken"):
        open_document(PLAIN.replace("name='Größe'", "name='Größe other='<'").encode())


def test_an_encoding_that_is_not_the_declared_one() -> None:
    declared = PLAIN.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert open_document(declared.encode()).repairs == ("another encoding declared than the file has",)
    assert not list(mended(declared.encode("cp1252")))
    assert not list(mended(PLAIN.encode("utf-16")))
    assert not list(mended(PLAIN.encode("utf-16-le")))
    assert not list(mended(PLAIN.partition("?>\n")[2].encode()))


def test_arrows_without_ends_take_the_steps_that_name_them_and_ids_are_made() -> None:
    nodes = (
        "<task id='a' name='A'><outgoing>x:f</outgoing><outgoing>g</outgoing><outgoing/></task>"
        "<task id='b' name='B'><incoming>f</incoming></task><task name='C'/>"
        "<task id='e'><outgoing>g</outgoing></task><sequenceFlow id='f'/><sequenceFlow id='g' targetRef='b'/><sequenceFlow/>"
    )
    found = read_bpmn(process(nodes))
    assert found.repairs == ("steps or arrows without an id", "arrows that did not name their ends; their steps named them")
    assert [flow.to for flow in found.definition.steps[0].flows] == ["b"]
    assert [one.element for one in found.lost] == ["sequenceFlow", "sequenceFlow"]
