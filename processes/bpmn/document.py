"""Opening a BPMN file that somebody else made: safely, with a second try for the common defects (see `mending`)."""

import contextlib
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import mending
from processes.bpmn.mending import DC, DI, MODEL

__all__ = ["DC", "DI", "MODEL", "Document", "NotImported", "is_bpmn", "local", "open_document", "q"]

LARGEST: Final = 5_000_000
MOST_NODES: Final = 5_000
DEEPEST: Final = 20
FORBIDDEN: Final = ("<!DOCTYPE", "<!ENTITY")


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
    try:
        document = Document(_parse(data))
    except etree.XMLSyntaxError as error:
        document = _second_try(data, error)
    if document.root.getroottree().docinfo.internalDTD is not None:
        raise NotImported(_("The file declares a DTD, which a process model never needs. Export it again without one."))
    if document.root.tag != q("definitions") and not document.repairs and local(document.root) == "definitions":
        document = _second_try(data, None)
    if document.root.tag != q("definitions"):
        raise NotImported(
            _("This is XML, but not BPMN 2.0: it begins with <%(name)s>. Export the model as BPMN 2.0.")
            % {"name": local(document.root)[:60]}
        )
    return document


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


def _second_try(data: bytes, error: etree.XMLSyntaxError | None) -> Document:
    """All that can be mended is, and told; what still cannot be read is refused with its place."""
    repairs: list[str] = []
    for mended, said in mending.mended(data):
        data = mended
        repairs.append(_(said))
    try:
        return Document(_parse(data), tuple(repairs))
    except etree.XMLSyntaxError as still:
        error = error or still
    windows = mending.as_windows(data)
    if windows is not None:
        with contextlib.suppress(etree.XMLSyntaxError):
            return Document(_parse(windows), (*repairs, _(mending.WINDOWS)))
    line, column = error.position
    raise NotImported(
        _("The XML is broken at line %(line)s, column %(column)s: %(reason)s. Export the model again.")
        % {"line": line, "column": column, "reason": (error.msg or "").split(", line")[0]}
    ) from error
