"""Compiles the message catalogues without msgfmt, which a bare machine does not have."""

from pathlib import Path

import polib


def compile_catalogues(folder: Path) -> list[Path]:
    """Every .po below `folder` whose .mo is missing or older is compiled beside it; the written files are returned."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written.append(target)
    return written
