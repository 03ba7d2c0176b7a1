"""Word files, spreadsheets and archives made for tests, and what was read from them in short."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from openpyxl import Workbook

from processes.definition import Definition, explicit_flows


def word(fill: Callable[[Document], None]) -> bytes:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def steps(definition: Definition) -> list[tuple[str, str, str]]:
    return [(step.kind, definition.role_title(step.role), step.name) for step in definition.steps]


def ways(definition: Definition) -> list[tuple[str, str, str]]:
    names = {step.key: step.name for step in definition.steps}
    return [(names[flow.source], flow.label, names.get(flow.target, "")) for flow in explicit_flows(definition.steps) if flow.label]


def lists(document: Document) -> None:
    document.add_heading("Purchasing of material", 0)
    document.add_heading("1. Purpose", 1)
    document.add_paragraph("So that material is there in time.")
    document.add_heading("2 Scope", 1)
    document.add_paragraph("All plants", style="List Bullet")
    document.add_heading("3. Responsibilities", 1)
    document.add_paragraph("The buyer buys.")
    document.add_heading("4. Procedure", 1)
    document.add_paragraph("Buyer: Ask for three offers", style="List Number")
    document.add_paragraph("By mail or telephone.")
    paragraph = document.add_paragraph(style="List Number")
    paragraph.add_run("Head of Purchasing").bold = True
    paragraph.add_run(" checks the offers")
    document.add_paragraph("Is the price right? If no, go to step 1.", style="List Number")
    document.add_paragraph("Order the goods", style="List Number")
    document.add_paragraph("Responsible: Buyer")
    document.add_heading("Records", 1)
    document.add_paragraph("Order – 10 years", style="List Bullet")
    document.add_heading("References", 1)
    document.add_paragraph("Supplier handbook")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)  # fmt: skip


@dataclass
class Fake:
    """A zip archive with these parts."""

    parts: dict[str, bytes]

    def data(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return out.getvalue()


def book(*sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        page = made.create_sheet(f"Sheet {number}")
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
