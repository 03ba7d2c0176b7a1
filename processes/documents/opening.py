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
LARGEST_PART: Final = {"docx": 4_000_000, "xlsx": 12_000_000}
"""Bytes of one XML part. A text is held as a tree, many times as large: 4 MB take some ten seconds, and are hundreds of pages."""
ENTRIES: Final = 3_000
PIECE: Final = 1 << 20
MAIN_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OLD: Final = b"\xd0\xcf\x11\xe0"
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
"""How text in UTF-16 begins, in which a declaration would not be seen; Office writes UTF-8."""
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
        left -= _part(archive, entry, left, LARGEST_PART[kind])


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, most: int) -> int:
    """How many bytes one part has unpacked; raises NotRead where they are more than are left, or it is XML that Office does not write."""
    is_xml, size, whole = entry.filename.endswith((".xml", ".rels")), 0, b""
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            size += len(piece)
            whole = whole + piece if is_xml else b""
            if size > left:
                raise NotRead(_("Unpacked, the file is larger than %(size)d MB. Divide it.") % {"size": UNPACKED // 1_000_000})
            if len(whole) > most:
                raise NotRead(_("The text of the file is larger than %(size)d MB. Divide it.") % {"size": most // 1_000_000})
    if whole.startswith(WIDE) or DECLARATION.search(whole):
        raise NotRead(_("The file contains declarations that no Office program writes. Open it, save it anew and try again."))
    return size
