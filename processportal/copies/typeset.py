"""The program that sets one document: `python typeset.py FOLDER` makes FOLDER/document.pdf of FOLDER/procedure.typ and its files.

A process of its own, because typst knows no time limit. It reads nothing outside the folder but fonts, and says on its output which
of the wanted standards the document keeps: the first that can be, none where a letter is in no font.
"""

import sys
from pathlib import Path
from typing import Any

import typst

STANDARDS: tuple[Any, ...] = (["a-2a", "ua-1"], ["ua-1"], [])
"""Tagged for readers by ear and fit for the archive; tagged; as well as it can be done."""


def main(folder: Path, fonts: list[str]) -> str:
    """The standards of what was made, joined by a comma. Raises what typst raises where nothing could be made."""
    for wanted in STANDARDS:
        try:
            made: Any = typst.compile(str(folder / "procedure.typ"), root=str(folder), font_paths=fonts, format="pdf", pdf_standards=wanted)
        except typst.TypstError:
            if not wanted:
                raise
            continue
        (folder / "document.pdf").write_bytes(made)
        return ",".join(wanted)
    raise AssertionError


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1]), sys.argv[2:]))
