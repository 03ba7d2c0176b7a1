"""What is wrong with a table, for a page and for a terminal. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from organization.tables.checking import Fault

SHOWN: Final = 300
GROUPS_SHOWN: Final = 6


def on_page(faults: Sequence[Fault]) -> dict[str, Any]:
    """The first of them, and what is wrong most often (organization/tables_fault_list.html)."""
    often = Counter((fault.column, fault.sentence) for fault in faults).most_common(GROUPS_SHOWN)
    return {
        "faults": faults[:SHOWN],
        "more": max(0, len(faults) - SHOWN),
        "often": [(column, sentence, times) for (column, sentence), times in often if times > 1],
        "rows_at_fault": len({fault.row for fault in faults}),
    }


def in_lines(faults: Sequence[Fault]) -> Iterator[str]:
    """Each in a line with its place, and how many there are; nothing where nothing is wrong."""
    for fault in faults:
        place = f"row {fault.row}{f', {fault.column}' if fault.column else ''}"
        yield f"✗ {place}{f' ({fault.value})' if fault.value else ''}: {fault.sentence}"
    if faults:
        yield f"{len(faults)} fault(s); nothing was changed."
