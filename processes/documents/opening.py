"""Looks at a Word or Excel file before anything reads it: is it one, how large is it unpacked, does it carry programs. Pure.

The sizes that a zip archive names are claims of whoever made it; the parts are unpacked piece by piece and counted.
"""

import io
import re
import zipfile
import zlib
from typing import Final

from django.utils.translation import gettext as _

from processes.documents.found import NotRead

LARGEST: Final = 20_000_000
"""Bytes of the file."""
UNPACKED: Final = 150_000_000
ENTRIES: Final = 3_000
PIECE: Final = 1 << 20
MAIN_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OLD: Final = b"\xd0\xcf\x11\xe0"
DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check(data: bytes, kind: str) -> None:
    """Raises NotRead unless `data` is a harmless file of this kind ("docx" or "xlsx")."""
    if not data:
        raise NotRead(_("The file is empty. Choose another one."))
    if len(data) > LARGEST:
        raise NotRead(_("The file has more than %(size)d MB. Take out pictures, or divide it.") % {"size": LARGEST // 1_000_000})
    if data.startswith(OLD):
        raise NotRead(
            _("This is a file of an old Office version, or it is protected by a password. Save it as .docx or .xlsx and try again.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_into(archive, kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as fault:
        raise NotRead(_("The file is damaged or no Office document. Open it, save it anew and try again.")) from fault


def _look_into(archive: zipfile.ZipFile, kind: str) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if MAIN_PART[kind] not in names:
        raise NotRead(_("This is no .%(kind)s document. Check the ending of the file.") % {"kind": kind})
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        raise NotRead(_("The file carries macros. Save it without them (as .docx or .xlsx) and try again."))
    if len(entries) > ENTRIES:
        raise NotRead(_("The file has more than %(most)d parts inside. Save it anew and try again.") % {"most": ENTRIES})
    left = UNPACKED
    for entry in entries:
        with archive.open(entry) as stream:
            head = b""
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise NotRead(_("Unpacked, the file is larger than %(size)d MB. Divide it.") % {"size": UNPACKED // 1_000_000})
                head = head or piece
        if entry.filename.endswith((".xml", ".rels")) and DECLARATION.search(head):
            raise NotRead(_("The file contains declarations that no Office program writes. Open it, save it anew and try again."))
