"""Opening a BPMN file that somebody else made: safely, with a second try for the three common defects."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree

MODEL: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
LARGEST: Final = 5_000_000
MOST_NODES: Final = 5_000
DEEPEST: Final = 20
FORBIDDEN: Final = ("<!DOCTYPE", "<!ENTITY")
BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
WELL_KNOWN: Final = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "modeler": "http://camunda.org/schema/modeler/1.0",
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "bpmn": MODEL,
    "bpmn2": MODEL,
    "bpmndi": DI,
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "dc": DC,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


class NotImported(ValueError):
    """The file is refused; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Document:
    """The parsed file, and what had to be mended to read it."""

    root: etree._Element
    repairs: tuple[str, ...] = field(default=())


def local(element: etree._Element) -> str:
    """The name without its namespace; "" for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""  # type: ignore[redundant-expr]


def is_bpmn(element: etree._Element) -> bool:
    """Whether the element belongs to the BPMN model."""
    return isinstance(element.tag, str) and etree.QName(element).namespace == MODEL  # type: ignore[redundant-expr]


def q(name: str) -> str:
    """The name in the BPMN namespace, as lxml writes it."""
    return f"{{{MODEL}}}{name}"


def open_document(data: bytes) -> Document:
    """The root of a BPMN file. Raises NotImported with line and column where the XML is ill-formed.

    No entity is expanded, no DTD read, nothing fetched: a declaration of either is refused before parsing, in UTF-8 and UTF-16.
    """
    _refuse_by_bytes(data)
    repairs: list[str] = []
    try:
        root = _parse(data)
    except etree.XMLSyntaxError as error:
        root = _second_try(data, error, repairs)
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise NotImported(_("The file declares a DTD, which a process model never needs. Export it again without one."))
    if root.tag != q("definitions"):
        raise NotImported(
            _("This is XML, but not BPMN 2.0: it begins with <%(name)s>. Export the model as BPMN 2.0.") % {"name": local(root)[:60]}
        )
    return Document(root, tuple(repairs))


def _refuse_by_bytes(data: bytes) -> None:
    if len(data) > LARGEST:
        raise NotImported(
            _("The file has %(size)s MB; at most %(limit)s MB are read. Export one process at a time.")
            % {"size": len(data) // 1_000_000, "limit": LARGEST // 1_000_000}
        )
    if not data.strip():
        raise NotImported(_("The file is empty."))
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in data for word in FORBIDDEN):
            raise NotImported(_("The file declares a DTD or entities, which a process model never needs. Export it again without them."))


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_pis=True,
        remove_comments=True,
    )
    return etree.fromstring(data, parser)


def _second_try(data: bytes, error: etree.XMLSyntaxError, repairs: list[str]) -> etree._Element:
    """White space before the declaration, well-known prefixes without declaration, Windows letters called UTF-8."""
    for mend, said in (
        (_without_lead, _("white space before the first line")),
        (_with_prefixes, _("missing declarations of well-known prefixes")),
    ):
        mended = mend(data)
        if mended != data:
            data = mended
            repairs.append(said)
    try:
        return _parse(data)
    except etree.XMLSyntaxError:
        windows = _as_windows(data)
    if windows is not None:
        try:
            root = _parse(windows)
        except etree.XMLSyntaxError:
            pass
        else:
            repairs.append(_("letters in a Windows encoding although the file says UTF-8"))
            return root
    line, column = error.position
    raise NotImported(
        _("The XML is broken at line %(line)s, column %(column)s: %(reason)s. Export the model again.")
        % {"line": line, "column": column, "reason": (error.msg or "").split(", line")[0]}
    ) from error


def _without_lead(data: bytes) -> bytes:
    mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    return data if mark.startswith((b"\xff", b"\xfe")) else data[len(mark) :].lstrip()


def _with_prefixes(data: bytes) -> bytes:
    """Declares those well-known prefixes that are used and not declared, on the root element."""
    used = {name.decode() for name in re.findall(rb"[<\s/]([a-z][a-z0-9]*):[A-Za-z]", data)}
    missing = [name for name in WELL_KNOWN if name in used and f"xmlns:{name}=".encode() not in data]
    declared = "".join(f' xmlns:{name}="{WELL_KNOWN[name]}"' for name in missing).encode()
    return re.sub(rb"(<(?:[a-z0-9]+:)?definitions)(?=[\s>])", lambda found: found.group(1) + declared, data, count=1) if missing else data


def _as_windows(data: bytes) -> bytes | None:
    """The same text in UTF-8 where it is not valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return re.sub(r"encoding=[\"'][^\"']+[\"']", 'encoding="UTF-8"', data.decode("cp1252", errors="replace"), count=1).encode()
    return None
