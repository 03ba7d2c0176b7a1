"""The files in a zip archive, each with its bytes or why it is not taken. Pure; sizes are counted while unpacking, never believed."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from processes.documents.found import NotRead
from processes.documents.opening import LARGEST, PIECE

MOST: Final = 200
UNPACKED: Final = 60_000_000
"""Bytes of all files together."""
FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file: its name with its folders, and its bytes; or a sentence why not."""

    name: str
    data: bytes = b""
    said: str = ""


def unpack(data: bytes) -> list[Packed]:
    """The files, in the order of the archive. Raises NotRead where the archive as a whole is not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
            if len(entries) > MOST:
                raise NotRead(_("The archive holds more than %(most)d files. Divide it.") % {"most": MOST})
            return list(_files(archive, entries))
    except FAULTS as fault:
        raise NotRead(_("The archive is damaged. Pack it anew and try again.")) from fault


def _is_hidden(name: str) -> bool:
    """What systems put beside the files: folders of resources, thumbnails."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".") or name.endswith("Thumbs.db")


def _files(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[Packed]:
    left = UNPACKED
    for entry in entries:
        if entry.flag_bits & 1:
            yield Packed(entry.filename, said=_("The file is protected by a password."))
            continue
        try:
            data = _read(archive, entry, min(left, LARGEST))
        except FAULTS:
            yield Packed(entry.filename, said=_("The file is damaged."))
            continue
        if data is None and left < LARGEST:
            raise NotRead(_("Unpacked, the archive is larger than %(size)d MB. Divide it.") % {"size": UNPACKED // 1_000_000})
        if data is None:
            yield Packed(entry.filename, said=_("The file has more than %(size)d MB.") % {"size": LARGEST // 1_000_000})
            continue
        left -= len(data)
        yield Packed(entry.filename, data)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """The bytes of one file; None where they are more than `most`."""
    found = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            found += piece
            if len(found) > most:
                return None
    return bytes(found)
